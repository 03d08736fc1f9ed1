"""Films: every frame in its place and time, and files that are whole or not there."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageSequence

from course_lib import CourseError
from course_lib.media import films


def test_film_has_every_frame_its_caption_and_its_time(tmp_path: Path) -> None:
    frames = [np.full((30, 60), shade, "uint8") for shade in (0, 90, 180)]
    films.save_gif(frames, tmp_path / "a.gif", ms=80, captions=["step 0", "step 1", "step 2"], scale=2)
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
    films.save_gif([red, red[..., ::-1]], tmp_path / "b.gif")
    first, second = (
        np.asarray(f.convert("RGB"))[0, 0] for f in ImageSequence.Iterator(Image.open(tmp_path / "b.gif"))
    )
    assert (first.tolist(), second.tolist()) == ([255, 0, 0], [0, 0, 255])
    with pytest.raises(CourseError, match="at least one frame"):
        films.save_gif([], tmp_path / "c.gif")


def test_mp4_plays_everywhere_and_shows_the_frames(ffmpeg: str, tmp_path: Path) -> None:
    red = np.zeros((9, 15, 3), "uint8")  # odd sizes, which the format does not know
    red[..., 0] = 255
    films.save_mp4([red, red[..., ::-1]], tmp_path / "b.mp4", ms=100, scale=3)
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
        films.save_mp4(frames, tmp_path / "none" / "b.mp4")
    assert "\n" not in str(caught.value)
    (tmp_path / "b.mp4").write_bytes(b"before")
    (tmp_path / f".{os.getpid()}.b.mp4").symlink_to("/dev/full")
    with pytest.raises(CourseError, match="ffmpeg could not write"):
        films.save_mp4(frames, tmp_path / "b.mp4")
    assert (tmp_path / "b.mp4").read_bytes() == b"before"


def test_without_ffmpeg_mp4_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CourseError, match="apt install ffmpeg"):
        films.save_mp4([np.zeros((8, 8), "uint8")], tmp_path / "b.mp4")


@pytest.mark.parametrize(
    ("frames", "captions", "message"),
    [
        ([np.zeros((4, 4)), np.zeros((4, 6))], None, r"one size.*\(4, 4\), \(4, 6\)"),
        ([np.zeros((4, 4), "uint8")], ["a", "b"], "1 frames but 2 captions"),
    ],
)
def test_film_of_unequal_parts_is_refused(frames, captions, message: str, tmp_path: Path) -> None:
    with pytest.raises(CourseError, match=message):
        films.save_gif(frames, tmp_path / "c.gif", captions=captions)


PIXELS = np.zeros((4, 4), "uint8")


@pytest.mark.parametrize("save", [films.save_gif, films.save_mp4])
@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"frames": None}, "frames are a list"),
        ({"frames": "film"}, "frames are a list"),
        ({"frames": []}, "at least one frame"),
        ({"frames": [3]}, "uint8 pictures"),
        ({"frames": [PIXELS * 1.0]}, "uint8 pictures .* float64"),
        ({"frames": [PIXELS[:0]]}, "uint8 pictures"),
        ({"frames": [PIXELS[..., np.newaxis]]}, "uint8 pictures"),
        ({"ms": 0}, "ms is"),
        ({"ms": float("nan")}, "ms is"),
        ({"ms": 10**7}, "ms is"),
        ({"ms": "fast"}, "ms is"),
        ({"scale": 0}, "scale is"),
        ({"scale": 1.5}, "scale is"),
        ({"captions": 3}, "captions are a list"),
        ({"path": None}, "no name of a file"),
        ({"path": ""}, "no name of a file"),
        ({"path": "none/film.gif"}, "(?i)(cannot|could not) write"),
    ],
)
def test_what_makes_no_film_is_one_line(
    ffmpeg: str, save, options: dict, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CourseError, match=says) as caught:
        save(**{"frames": [PIXELS], "path": "film.gif", **options})
    assert "\n" not in str(caught.value) and list(tmp_path.iterdir()) == []
