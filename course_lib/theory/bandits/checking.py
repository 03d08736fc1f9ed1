"""What every file here asks of its arguments, in one line each."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from course_lib import CourseError

Array = np.ndarray


def numbers(name: str, values: ArrayLike) -> Array:
    """The values as floats. Raises CourseError with their name for text, for lists of several lengths, and the like."""
    try:
        return np.asarray(values, float)
    except (TypeError, ValueError):
        raise CourseError(f"{name}: numbers are wanted, in rows of one length, and these are none.") from None


def as_number(value: object) -> float:
    """One number as a float; NaN for text, None, lists and whatever else is none, so that no comparison accepts it."""
    try:
        is_one = not isinstance(value, str | bytes) and not np.ndim(value) and not np.iscomplexobj(value)
        return float(value) if is_one else math.nan
    except (TypeError, ValueError, OverflowError):
        return math.nan


def of_one_shape(what: str, *arrays: Array) -> tuple[Array, ...]:
    """All in the shape they have together. Raises CourseError where there is none."""
    try:
        return tuple(np.broadcast_arrays(*arrays))
    except ValueError:
        shapes = " and ".join(str(each.shape) for each in arrays)
        raise CourseError(
            f"{what}: arrays of one shape are wanted, or numbers; these are {shapes}."
        ) from None


def whole_items(items: ArrayLike, rows: int, item_count: int) -> Array:
    """What was shown in each row, int64 (rows,). Raises CourseError unless all are whole, from 0 to item_count - 1."""
    items = numbers("items", items)
    if items.shape != (rows,):
        raise CourseError(
            f"One item a row is wanted, ({rows},), from 0 to {item_count - 1}, and these have the shape {items.shape}."
        )
    known = (items >= 0) & (items < item_count)
    known &= items == np.floor(np.where(known, items, 0))
    if not known.all():
        row = int(known.argmin())
        raise CourseError(
            f"Row {row}: item {items[row]:g} is unknown; whole numbers, the items from 0 to {item_count - 1} are known."
        )
    return items.astype(np.int64)


def check_share(name: str, value: float) -> float:
    """A number strictly between 0 and 1, such as a level or a power. Raises CourseError with its name otherwise."""
    if not 0 < as_number(value) < 1:
        raise CourseError(f"{name} is a share between 0 and 1, such as 0.05 or 0.8, not {value!r}.")
    return float(value)


def check_positive(name: str, value: float) -> float:
    """A finite number above 0. Raises CourseError with its name otherwise."""
    if not 0 < as_number(value) < math.inf:
        raise CourseError(f"{name} is a number above 0, not {value!r}.")
    return float(value)


def check_count(name: str, value: int, least: int = 1) -> int:
    """A whole number from `least` on. Raises CourseError with its name otherwise."""
    number = as_number(value)
    if isinstance(value, bool | np.bool_) or not least <= number < math.inf or number % 1:
        raise CourseError(f"{name} is a whole number from {least} on, not {value!r}.")
    return int(value)


def clicks_of_shown(clicks: ArrayLike, shown: ArrayLike) -> tuple[Array, Array]:
    """Counts as float arrays of one shape. Raises CourseError unless 0 <= clicks <= shown, and shown 1 to finite."""
    clicks, shown = of_one_shape("clicks and shown", numbers("clicks", clicks), numbers("shown", shown))
    right = (clicks >= 0) & (clicks <= shown) & (shown >= 1) & np.isfinite(shown)
    if not right.all():
        wrong = np.argmin(right)
        raise CourseError(
            f"There cannot be {clicks.flat[wrong]:g} clicks of {shown.flat[wrong]:g} shown: counts are wanted, "
            "at least one shown, and at most each of them clicked."
        )
    return clicks, shown


def check_rates(rates: ArrayLike) -> Array:
    """Click rates by item, float (..., k), k >= 1. Raises CourseError unless all lie in [0, 1]."""
    rates = numbers("rates", rates)
    if rates.ndim < 1 or rates.size == 0 or not ((rates >= 0) & (rates <= 1)).all():
        raise CourseError(
            f"Rates are probabilities from 0 to 1, one an item; these have the shape {rates.shape}"
            + (f" and go from {rates.min():.4g} to {rates.max():.4g}." if rates.size else ".")
        )
    return rates
