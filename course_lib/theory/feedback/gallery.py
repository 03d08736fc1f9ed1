"""Banners drawn beforehand, so that a loop of many rounds shows real pictures and yet takes a second.

    gallery = Gallery(seen, features)       of each look asked for several pictures: what is seen, and their features

NumPy only: who draws the pictures and who reads them comes from elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from course_lib import CourseError
from course_lib.theory.taste.checking import as_array, check_numbers

Array = np.ndarray


@dataclass(frozen=True, eq=False)
class Gallery:
    """seen: int (looks, copies), the look that each picture really has. features: (looks, copies, k), by which
    pictures are near or far. Raises CourseError where the two do not fit each other."""

    seen: Array
    features: Array

    def __post_init__(self) -> None:
        object.__setattr__(self, "seen", as_array(self.seen))  # as arrays, whatever was given
        object.__setattr__(self, "features", check_numbers("Features of pictures", self.features))
        fits = self.features.ndim == 3 and self.features.shape[:2] == self.seen.shape
        if not fits or not self.seen.size or self.seen.dtype.kind not in "iu":
            raise CourseError(
                f"A gallery has looks seen, whole numbers (looks, copies), and features (looks, copies, k), not "
                f"{self.seen.dtype} {self.seen.shape} and {self.features.shape}."
            )
        if self.seen.min() < 0 or self.seen.max() >= len(self.seen):
            raise CourseError(
                f"The looks seen go from {self.seen.min()} to {self.seen.max()}, and there are {len(self.seen)}."
            )

        if not np.isfinite(self.features).all():
            raise CourseError("Features of pictures are finite numbers, and one here is NaN or infinite.")

    def draw(self, looks: ArrayLike, rng: np.random.Generator) -> tuple[Array, Array]:
        """One of the copies of each look asked for: what is seen, (n,), and features (n, k).

        Raises CourseError for looks that there are not."""
        looks = check_looks(looks, len(self.seen))
        copies = rng.integers(self.seen.shape[1], size=len(looks))
        return self.seen[looks, copies], self.features[looks, copies]


def check_looks(looks: ArrayLike, count: int) -> Array:
    """Numbers of looks, int (n,), from 0 to count - 1; none at all is fine. Raises CourseError for others."""
    looks = as_array(looks)
    if looks.shape == (0,):
        return looks.astype(int)
    if looks.ndim != 1 or looks.dtype.kind not in "iu" or looks.min() < 0 or looks.max() >= count:
        raise CourseError(
            f"Looks are whole numbers (n,) from 0 to {count - 1}; these are {looks.dtype} of the shape {looks.shape}"
            + (f", from {looks.min()} to {looks.max()}." if looks.size and looks.dtype.kind in "iu" else ".")
        )
    return looks


def mean_distance(features: ArrayLike) -> float:
    """The mean Euclidean distance of two different rows of (n, k), n >= 2: 0 where all are alike."""
    features = check_numbers("Features", features)
    if features.ndim != 2 or len(features) < 2 or not np.isfinite(features).all():
        raise CourseError(
            f"Two rows or more of finite numbers are wanted, (n, k); these have the shape {features.shape}."
        )
    features = features - features[0]  # where all are alike no rounding is left
    squares = (features**2).sum(axis=1)
    between = squares[:, None] + squares - 2 * features @ features.T
    np.fill_diagonal(between, 0)
    return float(np.sqrt(np.maximum(between, 0)).sum() / (len(features) * (len(features) - 1)))
