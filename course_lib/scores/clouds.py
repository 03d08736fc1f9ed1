"""What scores compare: clouds of features, arrays (N, d). Each fault in one is a CourseError of one line."""

from __future__ import annotations

import numpy as np

from course_lib import CourseError, datasets


def cloud(features: np.ndarray, what: str, least: int) -> np.ndarray:
    """Features (N, d) as float64, N >= least. what: who needs them, for the error."""
    features = datasets.check_numbers("features", features)
    if features.ndim != 2 or len(features) < least or not features.size:
        raise CourseError(
            f"{what} needs features (N, d) with N >= {least}, but got the shape {features.shape}."
        )
    return finite("features", features)


def clouds(
    features_a: np.ndarray, features_b: np.ndarray, what: str, least: int
) -> tuple[np.ndarray, np.ndarray]:
    """Two clouds of one width."""
    a, b = cloud(features_a, what, least), cloud(features_b, what, least)
    if a.shape[1] != b.shape[1]:
        raise CourseError(
            f"{what} compares clouds of one width, but these have {a.shape[1]} and {b.shape[1]} features: take both "
            "from the same feature network."
        )
    return a, b


def finite(name: str, values: np.ndarray) -> np.ndarray:
    """As float64. Raises CourseError for NaN and infinities, of which every score would be one too, or an error."""
    values = datasets.check_numbers(name, values)
    refuse_infinite(name, values)
    return values.astype("float64")


def refuse_infinite(name: str, values: np.ndarray) -> None:
    """Raise CourseError if one of the values, an array of any shape, is NaN or infinite."""
    if values.size and not np.isfinite([values.min(), values.max()]).all():
        raise CourseError(f"The {name} hold NaN or infinite values; np.isfinite({name}) shows where.")


def flat(images: np.ndarray) -> np.ndarray:
    """Images, features or points (N, ...) as rows (N, d)."""
    images = datasets.check_numbers("images", images)
    if not images.ndim or not images.size:
        raise CourseError(f"Images (N, ...) are wanted, but these have the shape {images.shape}.")
    return images.reshape(len(images), -1)
