"""Trainings with the seeds 1 to 3, for the check of lesson 08's exercise 7: names and vital signs.

They stand in `data/held_out_patients.csv`, which `data/make_held_out_patients.py` writes. The lesson keeps them out
of its pages, because a student's program is to find the names by itself.
"""

from __future__ import annotations

import csv

from course_lib.datasets.bundled import read_verified

TABLE = "held_out_patients.csv"


def held_out() -> list[tuple[str, dict[str, float]]]:
    """The trainings as pairs (name of the disease, or "healthy"; sign -> number), three of each name.

    Raises CourseError if the table is missing or damaged.
    """
    rows = csv.DictReader(read_verified(TABLE).decode("utf-8").splitlines())
    return [
        (row["name"], {sign: float(number) for sign, number in row.items() if sign not in ("name", "seed")})
        for row in rows
    ]
