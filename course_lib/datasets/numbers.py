"""What is one number, where an argument must be one, and its check."""

from __future__ import annotations

import numpy as np

from course_lib import CourseError


def is_number(value: object) -> bool:
    """Whether this is one real number, NaN and infinity among them; True is none, nor is an array."""
    return isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool)


def check_number(name: str, what: str, value: float, low: float, high: float) -> None:
    """Raise CourseError unless this is one number from low to high; NaN is in no range.

    name, what: the argument, and what it means to the person who reads the error.
    """
    if not is_number(value) or not low <= value <= high:
        raise CourseError(f"{name} is {what}, a number from {low:g} to {high:g}, not {value!r}.")
