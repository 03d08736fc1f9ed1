"""A picture with its latent: what comes back, and what is refused in one line."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from course_lib import CourseError
from course_lib.media import latent_png

LATENT = np.random.default_rng(0).standard_normal(64)
IMAGE = np.linspace(-1, 1, 48).reshape(6, 8, 1)


@pytest.mark.parametrize("label", [None, 3])
def test_latent_and_label_come_back_to_the_last_digit(tmp_path: Path, label: int | None) -> None:
    path = tmp_path / "boot.png"
    latent_png.save(IMAGE, LATENT, path, label)
    latent_png.save(IMAGE, LATENT, path, label)  # its own files it replaces
    latent, found = latent_png.load(path)
    assert np.array_equal(latent, LATENT) and found == label
    pixels = np.asarray(Image.open(path))
    assert pixels.shape == (24, 32) and (pixels[0, 0], pixels[-1, -1]) == (0, 255)
    assert list(tmp_path.iterdir()) == [path]


def with_text(path: Path, text: str) -> Path:
    chunk = PngInfo()
    chunk.add_text(latent_png.KEY, text)
    Image.new("L", (4, 4)).save(path, pnginfo=chunk)
    return path


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "[" * 5000,
        '{"latent": [1.0]}',
        '{"latent": [], "label": null}',
        '{"latent": [[1.0]], "label": null}',
        '{"latent": [NaN], "label": null}',
        '{"latent": [1e999], "label": null}',
        '{"latent": [1e39], "label": null}',
        '{"latent": [true], "label": null}',
        '{"latent": "12", "label": null}',
        '{"latent": [1.0], "label": -1}',
        '{"latent": [1.0], "label": "3"}',
        json.dumps({"latent": [10**400], "label": None}),
    ],
)
def test_what_is_no_latent_is_refused_in_one_line(tmp_path: Path, text: str) -> None:
    with pytest.raises(CourseError, match=r"latent in .* is damaged") as caught:
        latent_png.load(with_text(tmp_path / "odd.png", text))
    assert "\n" not in str(caught.value)


def test_foreign_files_are_refused_and_never_written_over(tmp_path: Path) -> None:
    photo, text = tmp_path / "photo.png", tmp_path / "notes.png"
    Image.new("L", (4, 4)).save(photo)
    text.write_text("my notes")
    for path, reason in ((photo, "without a latent"), (text, "not a PNG"), (tmp_path / "no.png", "no file")):
        with pytest.raises(CourseError, match=reason):
            latent_png.load(path)
    for path in (photo, text):
        before = path.read_bytes()
        with pytest.raises(CourseError, match="choose another name"):
            latent_png.save(IMAGE, LATENT, path)
        assert path.read_bytes() == before


def test_a_truncated_file_is_refused_or_whole(tmp_path: Path) -> None:
    path = tmp_path / "boot.png"
    latent_png.save(IMAGE, LATENT, path)
    whole = path.read_bytes()
    for length in range(0, len(whole), 97):
        path.write_bytes(whole[:length])
        try:
            latent, _ = latent_png.load(path)
        except CourseError:
            continue
        assert np.array_equal(latent, LATENT)


def test_a_place_that_cannot_be_written_and_a_wrong_name_are_one_line(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match="Cannot write"):
        latent_png.save(IMAGE, LATENT, tmp_path / "no" / "boot.png")
    with pytest.raises(CourseError, match=r"ends in \.png"):
        latent_png.save(IMAGE, LATENT, tmp_path / "boot.jpg")
    (tmp_path / "folder.png").mkdir()
    with pytest.raises(CourseError, match="choose another name"):
        latent_png.save(IMAGE, LATENT, tmp_path / "folder.png")
