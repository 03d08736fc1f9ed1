"""What a film is here: frames (n, height, width, 1 or 3), float32 in [-1, 1], or uint8."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from course_lib import CourseError
from course_lib.datasets import check_numbers, check_whole
from course_lib.datasets.images import scale

MOST_FRAMES = 180_000
"""Of a film: an hour of 50 a second."""


def checked_frames(frames: np.ndarray, what: str = "frames", least: int = 1) -> np.ndarray:
    """The frames as float32 in [-1, 1]; uint8 ones are scaled.

    Raises CourseError, with `what` they are, for fewer than `least`, another shape, NaN and values outside.
    """
    frames = check_numbers(what, frames)
    if frames.ndim != 4 or 0 in frames.shape[1:] or frames.shape[-1] not in (1, 3):
        raise CourseError(
            f"The {what} of a film have the shape (n, height, width, 1 or 3), not {frames.shape}."
        )
    if len(frames) < least:
        raise CourseError(f"There must be at least {least} {what}, but there are {len(frames)}.")
    if frames.dtype == np.uint8:
        return scale(frames)
    low, high = (float(frames.min()), float(frames.max())) if len(frames) else (0.0, 0.0)
    if not (low >= -1.001 and high <= 1.001):  # also true of NaN
        raise CourseError(
            f"The {what} of a film lie in [-1, 1] (or are uint8), but these go from {low:.3g} to {high:.3g}."
        )
    return frames.astype("float32", copy=False)


def checked_pair(
    name: str, what: str, pair: Sequence[int], least: int, most: int | None = None
) -> tuple[int, int]:
    """Two whole numbers, such as a height and a width. Raises CourseError with their name, and `what` they are."""
    shape = check_numbers(name, pair).shape
    if shape != (2,):
        raise CourseError(f"{name} is {what}, two whole numbers, not an array {shape}.")
    one, other = pair
    for number in (one, other):
        check_whole(name, what, number, least, most)
    return int(one), int(other)
