"""What every file here asks of its arguments, in one line each."""

from __future__ import annotations

from numbers import Real

import numpy as np
from numpy.typing import ArrayLike

from course_lib import CourseError
from course_lib.theory.bandits import checking as counts

Array = np.ndarray
LARGEST = 1e6
"""Features beyond it are refused: with their squares a prior of variance 1 is lost in the rounding."""


def check_numbers(what: str, values: ArrayLike) -> Array:
    """`values` as an array of floats. Raises CourseError, with `what` they are, for text, None and uneven lists."""
    array = as_array(values)
    if array.dtype.kind not in "biuf":
        raise CourseError(f"{what} are numbers in one table, and these are of the type {array.dtype}.")
    return array.astype(float, copy=False)


def as_array(values: ArrayLike) -> Array:
    """`values` as an array; of objects, (n,), where rows are not equally long."""
    try:
        return np.asarray(values)
    except ValueError:
        return np.full(len(values), None)


def check_number(name: str, value: float) -> float:
    """One real number, which True is not. Raises CourseError with its name otherwise."""
    if not isinstance(value, Real) or isinstance(value, bool | np.bool_):
        raise CourseError(f"{name} is one number, not {value!r}.")
    return float(value)


def check_count(name: str, value: int, least: int = 1) -> int:
    """A whole number from `least` on. Raises CourseError with its name otherwise."""
    if not np.isfinite(check_number(name, value)):
        raise CourseError(f"{name} is a whole number from {least} on, not {value!r}.")
    return counts.check_count(name, value, least)


def check_weights(weights: ArrayLike, features: int, what: str = "Weights") -> Array:
    """Tastes, or `what` else has one number a feature, float (..., features). CourseError for other shapes and NaN."""
    weights = check_numbers(what, weights)
    if weights.shape[-1:] != (features,) or not np.isfinite(weights).all():
        raise CourseError(
            f"{what} are finite numbers, one for each of {features} features; these have the shape {weights.shape}."
        )
    return weights


def check_creations(creations: ArrayLike) -> Array:
    """Creations by their features, float (c, d), c >= 2 and d >= 1. Raises CourseError otherwise, or for NaN."""
    creations = check_numbers("Features", creations)
    if creations.ndim != 2 or creations.shape[1] < 1:
        raise CourseError(
            f"Creations are a table, (creations, features), with one feature or more; this has the shape "
            f"{creations.shape}."
        )
    if len(creations) < 2:
        raise CourseError(f"To choose between two, two creations are needed; here are {len(creations)}.")
    good = (np.abs(creations) <= LARGEST).all(axis=1)  # NaN is not
    if not good.all():
        raise CourseError(
            f"Features are finite numbers of about unit spread, and creation {int(np.argmin(good))} has one that is "
            "NaN or infinite, or above a million."
        )
    return creations


def check_pairs(pairs: ArrayLike, creation_count: int) -> Array:
    """Pairs of creations by their numbers, int64 (..., 2). No pair at all is fine.

    Raises CourseError for other shapes, for numbers that no creation has, and for a creation paired with itself.
    """
    pairs = as_array(pairs)
    if pairs.shape == (0,) or 0 in pairs.shape[:-1]:
        return np.zeros((*pairs.shape[:-1], 2) if pairs.ndim > 1 else (0, 2), int)
    is_numbers = pairs.dtype.kind in "iuf" and np.isfinite(pairs).all()
    if pairs.shape[-1:] != (2,) or not is_numbers or (pairs != np.round(pairs)).any():
        raise CourseError(
            f"Pairs are two numbers of creations each, (n, 2), not {pairs.dtype} {pairs.shape}."
        )
    if pairs.min() < 0 or pairs.max() >= creation_count:
        raise CourseError(
            f"Pairs name creations by their numbers, 0 to {creation_count - 1}; these go from {pairs.min():g} to "
            f"{pairs.max():g}."
        )
    pairs = pairs.astype(int)
    same = pairs[..., 0] == pairs[..., 1]
    if same.any():
        raise CourseError(
            f"A pair holds two different creations, and one here pairs creation {pairs[same][0, 0]} with itself."
        )
    return pairs


def check_differences(differences: ArrayLike) -> Array:
    """Chosen minus other, float (..., n, d), d >= 1. Raises CourseError for other shapes and for NaN."""
    differences = check_numbers("Differences of features", differences)
    if differences.ndim < 2 or differences.shape[-1] < 1:
        raise CourseError(
            "What was chosen minus what was not is a table, (clicks, features), of shape (0, features) before the "
            f"first click; this has the shape {differences.shape}."
        )
    if not (np.abs(differences) <= 2 * LARGEST).all():
        raise CourseError(
            "Differences of features are finite numbers of about unit spread, and one here is NaN or infinite, or "
            "above two million."
        )
    return differences


def check_rank(rank: int, features: int) -> int:
    """A whole number from 1 to the number of features. Raises CourseError otherwise."""
    if not 1 <= check_number("rank", rank) <= features or rank != int(rank):
        raise CourseError(f"rank is a whole number from 1 to the {features} features, not {rank!r}.")
    return int(rank)
