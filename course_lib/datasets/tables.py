"""Tables in data/, read and checked: what scripts measured, and what was collected elsewhere.

rows = read_table("melodies.csv")    a dict a row, numbers as numbers
"""

from __future__ import annotations

import csv

from course_lib.datasets.bundled import read_verified


def read_rows(name: str) -> list[dict[str, str]]:
    """The rows of `data/NAME`, every field as text. Raises CourseError if the file is missing or damaged."""
    return list(csv.DictReader(read_verified(name).decode("utf-8").splitlines()))


def read_table(name: str) -> list[dict[str, float | str | None]]:
    """The same with numbers as floats, other text as it stands, and None for an empty field."""
    return [{column: _value(text) for column, text in row.items()} for row in read_rows(name)]


def _value(text: str) -> float | str | None:
    try:
        return float(text) if text else None
    except ValueError:
        return text
