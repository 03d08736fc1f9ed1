"""What every file here asks of its arguments, in one line each."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from course_lib import CourseError

Array = np.ndarray


def check_share(name: str, value: float) -> float:
    """A number strictly between 0 and 1, such as a level or a power. Raises CourseError with its name otherwise."""
    if not 0 < value < 1:
        raise CourseError(f"{name} is a share between 0 and 1, such as 0.05 or 0.8, not {value!r}.")
    return float(value)


def check_positive(name: str, value: float) -> float:
    """A finite number above 0. Raises CourseError with its name otherwise."""
    if not 0 < value < np.inf:
        raise CourseError(f"{name} is a number above 0, not {value!r}.")
    return float(value)


def check_count(name: str, value: int, least: int = 1) -> int:
    """A whole number from `least` on. Raises CourseError with its name otherwise."""
    if isinstance(value, bool) or value != value or value != int(value) or value < least:
        raise CourseError(f"{name} is a whole number from {least} on, not {value!r}.")
    return int(value)


def clicks_of_shown(clicks: ArrayLike, shown: ArrayLike) -> tuple[Array, Array]:
    """Counts as float arrays of one shape. Raises CourseError unless 0 <= clicks <= shown and shown >= 1."""
    clicks, shown = np.broadcast_arrays(np.asarray(clicks, float), np.asarray(shown, float))
    if not ((clicks >= 0) & (clicks <= shown) & (shown >= 1)).all():
        wrong = np.argmin((clicks >= 0) & (clicks <= shown) & (shown >= 1))
        raise CourseError(
            f"There cannot be {clicks.flat[wrong]:g} clicks of {shown.flat[wrong]:g} shown: counts are wanted, "
            "at least one shown, and at most each of them clicked."
        )
    return clicks, shown


def check_rates(rates: ArrayLike) -> Array:
    """Click rates by item, float (..., k), k >= 1. Raises CourseError unless all lie in [0, 1]."""
    rates = np.asarray(rates, float)
    if rates.ndim < 1 or rates.size == 0 or not ((rates >= 0) & (rates <= 1)).all():
        raise CourseError(
            f"Rates are probabilities from 0 to 1, one an item; these have the shape {rates.shape}"
            + (f" and go from {rates.min():.4g} to {rates.max():.4g}." if rates.size else ".")
        )
    return rates
