"""Images as pixels: the range, the grid, and the files."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageSequence

from course_lib import CourseError, pictures


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


def test_film_has_every_frame_its_caption_and_its_time(tmp_path: Path) -> None:
    frames = [np.full((30, 60), shade, "uint8") for shade in (0, 90, 180)]
    pictures.save_gif(frames, tmp_path / "a.gif", ms=80, captions=["step 0", "step 1", "step 2"], scale=2)
    film = Image.open(tmp_path / "a.gif")
    found = [
        (np.asarray(frame.convert("L")), frame.info["duration"]) for frame in ImageSequence.Iterator(film)
    ]
    assert film.info["loop"] == 0
    assert [duration for _, duration in found] == [80, 80, 800]
    for (pixels, _), frame in zip(found, frames, strict=True):
        assert pixels.shape == (60 + 22, 120)
        assert (pixels[:60] == frame[0, 0]).all()
        assert (pixels[60:] < 128).any()  # the words
        assert (pixels[60:] > 250).mean() > 0.5


def test_colour_film_and_empty_film(tmp_path: Path) -> None:
    red = np.zeros((4, 4, 3), "uint8")
    red[..., 0] = 255
    pictures.save_gif([red, red[..., ::-1]], tmp_path / "b.gif")
    first, second = (
        np.asarray(f.convert("RGB"))[0, 0] for f in ImageSequence.Iterator(Image.open(tmp_path / "b.gif"))
    )
    assert (first.tolist(), second.tolist()) == ([255, 0, 0], [0, 0, 255])
    with pytest.raises(CourseError, match="at least one frame"):
        pictures.save_gif([], tmp_path / "c.gif")


def test_a_failed_write_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "samples.png"
    target.write_bytes(b"before")

    def full_disk(self: Path, content: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full_disk)
    with pytest.raises(OSError, match="No space left"):
        pictures.save_png(np.zeros((1, 2, 2, 1)), target)
    assert target.read_bytes() == b"before"


def test_mp4_plays_everywhere_and_shows_the_frames(ffmpeg: str, tmp_path: Path) -> None:
    red = np.zeros((9, 15, 3), "uint8")  # odd sizes, which the format does not know
    red[..., 0] = 255
    pictures.save_mp4([red, red[..., ::-1]], tmp_path / "b.mp4", ms=100, scale=3)
    asked = subprocess.run(
        [ffmpeg, "-hide_banner", "-i", tmp_path / "b.mp4", "-f", "rawvideo", "-pix_fmt", "rgb24", "-"],
        capture_output=True,
        check=True,
    )
    described = asked.stderr.decode()
    assert re.search(r"Stream .*Video: (h264|mpeg4).* yuv420p.* 46x28.* 10 fps", described), described
    frames = np.frombuffer(asked.stdout, "uint8").reshape(-1, 28, 46, 3).astype(int)
    assert len(frames) == 1 + 10  # the last one stays
    for frame, colour in ((frames[0], (255, 0, 0)), (frames[1], (0, 0, 255)), (frames[-1], (0, 0, 255))):
        assert abs(frame[2:24, 2:42] - colour).max() < 24
    content = (tmp_path / "b.mp4").read_bytes()
    assert content.index(b"moov") < content.index(b"mdat")  # starts to play before all of it is there
    assert [path.name for path in tmp_path.iterdir()] == ["b.mp4"]


def test_mp4_that_cannot_be_written_is_one_line_and_leaves_the_old_file(ffmpeg: str, tmp_path: Path) -> None:
    frames = [np.zeros((8, 8), "uint8")]
    with pytest.raises(CourseError, match="ffmpeg could not write") as caught:
        pictures.save_mp4(frames, tmp_path / "none" / "b.mp4")
    assert "\n" not in str(caught.value)
    (tmp_path / "b.mp4").write_bytes(b"before")
    (tmp_path / f".{os.getpid()}.b.mp4").symlink_to("/dev/full")
    with pytest.raises(CourseError, match="ffmpeg could not write"):
        pictures.save_mp4(frames, tmp_path / "b.mp4")
    assert (tmp_path / "b.mp4").read_bytes() == b"before"


def test_without_ffmpeg_mp4_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CourseError, match="apt install ffmpeg"):
        pictures.save_mp4([np.zeros((8, 8), "uint8")], tmp_path / "b.mp4")


@pytest.mark.parametrize(
    ("frames", "captions", "message"),
    [
        ([np.zeros((4, 4)), np.zeros((4, 6))], None, r"one size.*\(4, 4\), \(4, 6\)"),
        ([np.zeros((4, 4))], ["a", "b"], "1 frames but 2 captions"),
    ],
)
def test_film_of_unequal_parts_is_refused(frames, captions, message: str, tmp_path: Path) -> None:
    with pytest.raises(CourseError, match=message):
        pictures.save_gif(frames, tmp_path / "c.gif", captions=captions)
