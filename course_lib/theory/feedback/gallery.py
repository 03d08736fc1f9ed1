"""Banners drawn beforehand, so that a loop of many rounds shows real pictures and yet takes a second.

    gallery = Gallery(seen, features)       of each look asked for several pictures: what is seen, and their features

NumPy only: who draws the pictures and who reads them comes from elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from course_lib import CourseError

Array = np.ndarray


@dataclass(frozen=True, eq=False)
class Gallery:
    """seen: int (looks, copies), the look that each picture really has. features: (looks, copies, k), by which
    pictures are near or far. Raises CourseError where the two do not fit each other."""

    seen: Array
    features: Array

    def __post_init__(self) -> None:
        if self.seen.ndim != 2 or not self.seen.size or self.features.shape[:2] != self.seen.shape:
            raise CourseError(
                f"A gallery has looks seen (looks, copies) and features (looks, copies, k), not {self.seen.shape} and "
                f"{self.features.shape}."
            )
        if self.seen.min() < 0 or self.seen.max() >= len(self.seen):
            raise CourseError(
                f"The looks seen go from {self.seen.min()} to {self.seen.max()}, and there are {len(self.seen)}."
            )

    def draw(self, looks: Array, rng: np.random.Generator) -> tuple[Array, Array]:
        """One of the copies of each look asked for: what is seen, (n,), and features (n, k)."""
        copies = rng.integers(self.seen.shape[1], size=len(looks))
        return self.seen[looks, copies], self.features[looks, copies]


def mean_distance(features: Array) -> float:
    """The mean Euclidean distance of two different rows of (n, k), n >= 2: 0 where all are alike."""
    if features.ndim != 2 or len(features) < 2:
        raise CourseError(f"Two rows or more are wanted, (n, k); these have the shape {features.shape}.")
    squares = (features**2).sum(axis=1)
    between = squares[:, None] + squares - 2 * features @ features.T
    np.fill_diagonal(between, 0)
    return float(np.sqrt(np.maximum(between, 0)).sum() / (len(features) * (len(features) - 1)))
