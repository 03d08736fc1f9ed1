"""Images as pixels: the range, the grid, and the files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from course_lib import CourseError
from course_lib.media import pictures


def test_minus_one_is_black_and_plus_one_is_white() -> None:
    # Shown as if they lay in [0, 1], images in [-1, 1] would lose everything below grey.
    assert pictures.to_uint8(np.array([-1.0, -0.5, 0.0, 1.0])).tolist() == [0, 64, 128, 255]
    every = np.arange(256, dtype="uint8")
    np.testing.assert_array_equal(pictures.to_uint8(every / 127.5 - 1), every)
    assert pictures.to_uint8(every) is every


@pytest.mark.parametrize(
    "images", [np.array([0.0, 1.5]), np.array([0, 255.0]), np.array([np.nan]), np.array([-np.inf])]
)
def test_pixels_out_of_range_are_refused(images: np.ndarray) -> None:
    with pytest.raises(CourseError, match=r"must lie in \[-1, 1\]"):
        pictures.to_uint8(images)


@given(count=st.integers(1, 20), columns=st.none() | st.integers(1, 7), channels=st.sampled_from([0, 1, 3]))
def test_a_grid_holds_every_image_in_its_place(count: int, columns: int | None, channels: int) -> None:
    shape = (count, 4, 5, channels) if channels else (count, 4, 5)
    images = np.random.default_rng(count).integers(0, 255, shape, dtype="uint8")
    canvas = pictures.tile(images, columns, gap=1)
    wide = min(columns or pictures.default_columns(count), count)
    rows = -(-count // wide)
    assert canvas.shape[:2] == (rows * 5 - 1, wide * 6 - 1)
    assert canvas.ndim == (3 if channels == 3 else 2)
    for index, image in enumerate(images):
        top, left = index // wide * 5, index % wide * 6
        found = canvas[top : top + 4, left : left + 5]
        np.testing.assert_array_equal(found, image[..., 0] if channels == 1 else image)
    covered = images.sum(dtype=int) if channels != 1 else images[..., 0].sum(dtype=int)
    background = canvas.size - images.size
    assert canvas.sum(dtype=int) == covered + 255 * background  # all the rest is white


@pytest.mark.parametrize("shape", [(0, 4, 4, 1), (4, 4), (2, 4, 4, 2)])
def test_what_is_no_batch_of_images_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(CourseError, match="shape"):
        pictures.tile(np.zeros(shape))


def test_png_keeps_the_pixels(tmp_path: Path) -> None:
    images = np.random.default_rng(0).uniform(-1, 1, (6, 8, 8, 3)).astype("float32")
    pictures.save_png(images, tmp_path / "samples.png", columns=3, scale=1)
    found = np.asarray(Image.open(tmp_path / "samples.png"))
    np.testing.assert_array_equal(found, pictures.tile(images, 3))
    assert [path.name for path in tmp_path.iterdir()] == ["samples.png"]  # no temporary file is left


def test_a_failed_write_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "samples.png"
    target.write_bytes(b"before")

    def write_errors(self: Path, content: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", write_errors)
    with pytest.raises(OSError, match="No space left"):
        pictures.save_png(np.zeros((1, 2, 2, 1)), target)
    assert target.read_bytes() == b"before"
