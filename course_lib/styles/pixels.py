"""What all in this room asks of a picture, and its patches as rows."""

from __future__ import annotations

import numpy as np

from course_lib import CourseError, datasets


def checked_picture(name: str, picture: np.ndarray) -> np.ndarray:
    """One picture (height, width, 3) in [-1, 1] as float32. Raises CourseError, with its `name`, for anything else."""
    picture = datasets.check_numbers(name, picture)
    if picture.ndim != 3 or picture.shape[-1] != 3 or not picture.size:
        raise CourseError(
            f"The {name} must be one picture (height, width, 3), but has the shape {picture.shape}; "
            "datasets.from_file makes one of a photograph, grey and transparent ones too."
        )
    try:
        datasets.check_images(picture[np.newaxis], part=True)
    except CourseError as error:  # which of two pictures it is
        raise CourseError(f"The {name}: {error}") from None
    return picture.astype("float32")


def patches(picture: np.ndarray, side: int, step: int = 1) -> np.ndarray:
    """The square patches of a picture (height, width, channels): (rows, columns, channels * side * side).

    A patch's values come colour by colour, within each row by row. Patch (i, j) has its upper left corner at pixel
    (i step, j step). Raises CourseError if not one fits.
    """
    if side > min(picture.shape[:2]):
        raise CourseError(
            f"A picture of {picture.shape[0]} x {picture.shape[1]} pixels has no patch of {side} x {side}."
        )
    windows = np.lib.stride_tricks.sliding_window_view(picture, (side, side), axis=(0, 1))[::step, ::step]
    return windows.reshape(*windows.shape[:2], -1)
