"""What a film is here: frames (n, height, width, 1 or 3), float32 in [-1, 1], or uint8."""

from __future__ import annotations

import numpy as np

from course_lib import CourseError
from course_lib.datasets import check_numbers
from course_lib.datasets.images import scale


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
