"""A model card: what a published generator learned from, how well it draws, and what it is not for.

After Mitchell et al. 2019, "Model Cards for Model Reporting" (arXiv:1810.03993), section 4, shortened.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from numbers import Integral, Real
from typing import Any

import keras
import numpy as np

from course_lib import __version__
from course_lib.media.pictures import to_uint8
from course_lib.models.sampling import generate
from course_lib.studio.export import in_single_precision, rounded
from course_lib.studio.site_folder import FORMAT
from course_lib.studio.sources import Source

USES = (
    "Learning how generative networks work, and play. Its pictures show nothing that exists: they are no evidence, and "
    "no measure of anybody."
)
LIMITS = (
    "It knows only what its training pictures showed, in their proportions, and may draw some of it seldom or never.",
    "Some of its pictures are broken, and some may come close to a picture of its training.",
)
TRIED = 64  # pictures by which the rounding is measured


def model_card(source: Source, title: str) -> dict[str, Any]:
    """The card as JSON holds it. Raises CourseError if what the generator draws does not lie in [-1, 1]."""
    generator = source.generator
    return {
        "format": FORMAT,
        "title": title,
        "made_with": f"gan-course {__version__}",
        "draws": _drawn(generator.output_shape[1:]),
        "classes": list(source.class_names),
        "trained_on": source.trained_on,
        "data_licence": source.licence,
        "settings": _said(source.settings),
        "scores": _said(source.scores),
        "weights": int(generator.count_params()),
        "rounding": measured_rounding(generator, len(source.class_names)),
        "uses": USES,
        "limits": list(LIMITS),
    }


def measured_rounding(generator: keras.Model, classes: int = 0) -> dict[str, Any]:
    """How much weights of half precision change the pictures, in brightness 0 to 255, both computed in float32.

    Of 64 latents, in the classes by turns: the largest difference of any pixel, and the mean one.
    """
    latents = np.random.default_rng(0).standard_normal(
        (TRIED, generator.inputs[0].shape[-1]), dtype="float32"
    )
    labels = np.arange(TRIED) % classes if classes else None
    pictures = [generate(network(generator), latents, labels) for network in (in_single_precision, rounded)]
    exact, drawn = (to_uint8(each).astype("float64") for each in pictures)
    difference = np.abs(exact - drawn)
    return {
        "weights_in": "float16",
        "pictures": TRIED,
        "largest_of_255": int(difference.max()),
        "mean_of_255": round(float(difference.mean()), 4),
    }


def rows(card: dict[str, Any]) -> list[tuple[str, str]]:
    """The card for people: what each line is about, and what it says."""
    settings = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in card["settings"].items())
    lines = [
        ("Draws", card["draws"] + (f" of {len(card['classes'])} classes" if card["classes"] else "")),
        ("Learned from", card["trained_on"]),
        ("Licence of those pictures", card["data_licence"]),
        ("Training", settings),
        ("Score", _score(card["scores"])),
        ("Size", f"{card['weights']:,} weights, two bytes each"),
        ("Rounding", said_of_rounding(card["rounding"])),
        ("Meant for", card["uses"]),
        ("Mind that", " ".join(card["limits"])),
        ("Made with", card["made_with"]),
    ]
    return [(about, text or "not stated") for about, text in lines]


def said_of_rounding(rounding: dict[str, Any]) -> str:
    """What `measured_rounding` found, in words."""
    changed = (
        f"a pixel by {rounding['mean_of_255']:.2g} of 255 on average, by {rounding['largest_of_255']} at most"
    )
    changed = changed if rounding["mean_of_255"] else "no pixel"
    return f"weights of half precision change {changed} ({rounding['pictures']} pictures)"


def _said(values: Mapping[str, Any]) -> dict[str, Any]:
    """What a card can say of a report, which anybody may have edited: texts and finite numbers."""
    said: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, str):
            said[name] = value
        elif isinstance(value, Real) and math.isfinite(value):
            said[name] = int(value) if isinstance(value, Integral) else float(value)
    return said


def _drawn(shape: tuple[int, int, int]) -> str:
    height, width, channels = shape
    return f"{'grey' if channels == 1 else 'colour'} pictures of {width} x {height} pixels"


def _score(scores: dict[str, Any]) -> str:
    """The report's scores in words: each distance, and what stands at the two ends of its scale."""
    numbers = {name: value for name, value in scores.items() if not isinstance(value, str)}
    distances = {name: value for name, value in numbers.items() if name.endswith("_distance")}
    said = ", ".join(f"{name.replace('_', ' ')} {value:g}" for name, value in distances.items())
    if said and "samples" in numbers:
        said += f" of {numbers['samples']:,} pictures"
    if said and {"real_against_real", "noise"} <= numbers.keys():
        said += (
            f" (less is better: real pictures {numbers['real_against_real']:g}, noise {numbers['noise']:g})"
        )
    return said + (f"; {scores['feature_space']}" if said and "feature_space" in scores else "")
