"""What every file here asks of its arguments, in one line each."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from course_lib import CourseError

Array = np.ndarray


def check_creations(creations: ArrayLike) -> Array:
    """Creations by their features, float (c, d), c >= 2 and d >= 1. Raises CourseError otherwise, or for NaN."""
    creations = np.asarray(creations, float)
    if creations.ndim != 2 or creations.shape[1] < 1:
        raise CourseError(
            f"Creations are a table, (creations, features), with one feature or more; this has the shape "
            f"{creations.shape}."
        )
    if len(creations) < 2:
        raise CourseError(f"To choose between two, two creations are needed; here are {len(creations)}.")
    if not np.isfinite(creations).all():
        wrong = int(np.argmin(np.isfinite(creations).all(axis=1)))
        raise CourseError(
            f"Features are finite numbers, and creation {wrong} has one that is NaN or infinite."
        )
    return creations


def check_pairs(pairs: ArrayLike, creation_count: int) -> Array:
    """Pairs of creations by their numbers, int64 (..., 2). No pair at all is fine.

    Raises CourseError for other shapes, for numbers that no creation has, and for a creation paired with itself.
    """
    pairs = np.asarray(pairs)
    if pairs.size == 0:
        return np.zeros((*pairs.shape[:-1], 2) if pairs.ndim > 1 else (0, 2), int)
    is_numbers = pairs.dtype.kind in "iuf"
    if pairs.shape[-1:] != (2,) or not is_numbers or (pairs != np.round(pairs)).any():  # also NaN
        raise CourseError(
            f"Pairs are two numbers of creations each, (n, 2), not {pairs.dtype} {pairs.shape}."
        )
    pairs = pairs.astype(int)
    if pairs.min() < 0 or pairs.max() >= creation_count:
        raise CourseError(
            f"Pairs name creations by their numbers, 0 to {creation_count - 1}; these go from {pairs.min()} to "
            f"{pairs.max()}."
        )
    same = pairs[..., 0] == pairs[..., 1]
    if same.any():
        raise CourseError(
            f"A pair holds two different creations, and one here pairs creation {pairs[same][0, 0]} with itself."
        )
    return pairs


def check_differences(differences: ArrayLike) -> Array:
    """Chosen minus other, float (..., n, d), d >= 1. Raises CourseError for other shapes and for NaN."""
    differences = np.asarray(differences, float)
    if differences.ndim < 2 or differences.shape[-1] < 1:
        raise CourseError(
            "What was chosen minus what was not is a table, (clicks, features), of shape (0, features) before the "
            f"first click; this has the shape {differences.shape}."
        )
    if not np.isfinite(differences).all():
        raise CourseError("Differences of features are finite numbers, and one here is NaN or infinite.")
    return differences


def check_rank(rank: int, features: int) -> int:
    """A whole number from 1 to the number of features. Raises CourseError otherwise."""
    if isinstance(rank, bool) or rank != rank or rank != int(rank) or not 1 <= rank <= features:
        raise CourseError(f"rank is a whole number from 1 to the {features} features, not {rank!r}.")
    return int(rank)
