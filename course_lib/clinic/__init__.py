"""Sick GANs to examine (lesson 08). The room hands on what the lesson uses, such as `clinic.admit("A")`."""

from course_lib.clinic.patients import (
    ANSWERS,
    DIAGNOSES,
    PATIENTS,
    admit,
    discuss,
    prepared_for_k,
    record,
    travelled,
)
from course_lib.clinic.ring import (
    CENTRES,
    DEVIATION,
    Patient,
    Settings,
    real_points,
    second_opinion,
    some_latents,
    train,
    treat,
)
from course_lib.clinic.signs import signs_of

__all__ = [
    "ANSWERS",
    "CENTRES",
    "DEVIATION",
    "DIAGNOSES",
    "PATIENTS",
    "Patient",
    "Settings",
    "admit",
    "discuss",
    "prepared_for_k",
    "real_points",
    "record",
    "second_opinion",
    "signs_of",
    "some_latents",
    "train",
    "travelled",
    "treat",
]
