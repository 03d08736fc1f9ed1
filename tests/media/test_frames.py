"""What counts as the frames of a film."""

from __future__ import annotations

import numpy as np
import pytest

from course_lib import CourseError
from course_lib.media.frames import checked_frames


def test_pixels_and_floats_are_the_same_film() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (3, 4, 5, 3), dtype="uint8")
    frames = checked_frames(pixels)
    assert frames.dtype == np.float32 and (frames.min() >= -1) and (frames.max() <= 1)
    np.testing.assert_allclose(frames, pixels / 127.5 - 1, atol=1e-6)
    assert checked_frames(frames) is frames
    assert checked_frames(frames.astype(float)).dtype == np.float32


@pytest.mark.parametrize(
    ("frames", "says"),
    [
        (np.zeros((3, 4, 5)), "have the shape"),
        (np.zeros((3, 4, 5, 2)), "have the shape"),
        (np.zeros((3, 0, 5, 3)), "have the shape"),
        (np.zeros((0, 4, 5, 3)), "at least 1 frames"),
        (np.full((3, 4, 5, 3), np.nan), "go from nan"),
        (np.full((3, 4, 5, 3), 255.0), "go from 255"),
        (np.full((3, 4, 5, 3), True), "array of numbers"),
        ([np.zeros((4, 5, 3)), np.zeros((5, 4, 3))], "array of numbers"),
        ("film", "array of numbers"),
        (None, "array of numbers"),
    ],
)
def test_anything_else_is_one_line(frames: object, says: str) -> None:
    with pytest.raises(CourseError, match=says) as error:
        checked_frames(frames)
    assert "\n" not in str(error.value)
