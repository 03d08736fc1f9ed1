"""A sheet read back by Pillow, sprite by sprite; its table; and what is refused in one line."""

from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from course_lib import CourseError
from course_lib.datasets.images import load
from course_lib.media.palettes import apply, palette
from course_lib.media.sprite_sheet import Sheet, lay_out, save_sheet

RANDOM = np.random.default_rng(0)
MANY_COLOURS = RANDOM.uniform(-1, 1, (7, 9, 8, 3)).astype("float32")
FEW_COLOURS = RANDOM.choice([-1.0, 0.2, 1.0], (7, 9, 8, 3)).astype("float32")
ALPHA = RANDOM.choice([0, 0.5, 1.0], (7, 9, 8)).astype("float32")
NAMES = ["fox", "owl", "ünïcode", 'a "quoted" <b>', "e", "f", "g"]


def read(content: bytes) -> tuple[Image.Image, np.ndarray]:
    picture = Image.open(io.BytesIO(content))
    picture.load()
    return picture, np.asarray(picture.convert("RGBA"))


@pytest.mark.parametrize(("images", "mode"), [(MANY_COLOURS, "RGBA"), (FEW_COLOURS, "P")])
def test_every_sprite_comes_back(images: np.ndarray, mode: str) -> None:
    sheet = lay_out(images, ALPHA, NAMES, columns=3)
    picture, pixels = read(sheet.png())
    assert picture.mode == mode and np.array_equal(pixels, sheet.pixels)
    assert sheet.pixels.shape == (3 * 10 - 1, 3 * 9 - 1, 4) and list(sheet.frames) == NAMES
    covered = np.zeros(pixels.shape[:2], int)
    for image, alpha, (x, y, width, height) in zip(images, ALPHA, sheet.frames.values(), strict=True):
        sprite = pixels[y : y + height, x : x + width]
        assert np.array_equal(sprite[..., 3], np.rint(255 * alpha))
        seen = alpha > 0
        assert np.array_equal(sprite[seen, :3], np.rint((image[seen] + 1) * 127.5).astype("uint8"))
        assert (sprite[~seen] == 0).all()
        covered[y : y + height, x : x + width] += 1
    assert covered.max() == 1 and (pixels[covered == 0] == 0).all()


def test_a_palette_is_the_smaller_file_and_holds_256_colours() -> None:
    grey = (np.arange(256).reshape(1, 16, 16, 1).repeat(3, axis=-1)).astype("uint8")
    assert read(lay_out(grey).png())[0].mode == "P"
    more = np.concatenate([grey, np.full_like(grey, 7)])
    more[1, 0, 0] = (1, 2, 3)
    picture, pixels = read(lay_out(more, gap=0).png())
    assert picture.mode == "RGBA" and tuple(pixels[0, 16]) == (1, 2, 3, 255)
    emoji = load("emoji").images_test[:9]
    sheet = lay_out(apply(emoji, palette(emoji, 8))[1])
    buffer = io.BytesIO()
    Image.fromarray(sheet.pixels).save(buffer, "PNG", optimize=True)
    assert len(sheet.png()) < 0.75 * len(buffer.getvalue())


def test_both_files_are_written_and_agree(tmp_path: Path) -> None:
    steps = {"walk": ["fox", "owl", "fox"]}
    content = save_sheet(tmp_path / "sheet.png", FEW_COLOURS, ALPHA, NAMES, animations=steps)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["sheet.json", "sheet.png"]
    assert (tmp_path / "sheet.png").read_bytes() == content
    table = json.loads((tmp_path / "sheet.json").read_text("utf-8"))
    sheet = lay_out(FEW_COLOURS, ALPHA, NAMES, animations=steps)
    frames = {name: tuple(entry["frame"][key] for key in "xywh") for name, entry in table["frames"].items()}
    assert frames == sheet.frames and table["animations"] == steps
    height, width = sheet.pixels.shape[:2]
    assert table["meta"]["image"] == "sheet.png" and table["meta"]["size"] == {"w": width, "h": height}


def test_without_alpha_all_is_opaque_and_sprites_have_numbers() -> None:
    sheet = lay_out(FEW_COLOURS, gap=0)
    assert isinstance(sheet, Sheet) and list(sheet.frames)[:2] == ["sprite 00", "sprite 01"]
    assert (sheet.pixels[:18, :24, 3] == 255).all()


@pytest.mark.parametrize(
    "arguments",
    [
        {"images": None},
        {"images": []},
        {"images": FEW_COLOURS[:0]},
        {"images": FEW_COLOURS[0]},
        {"images": FEW_COLOURS * np.nan},
        {"images": FEW_COLOURS[..., :1]},
        {"alpha": ALPHA[:3]},
        {"alpha": ALPHA + 1},
        {"alpha": ALPHA * np.nan},
        {"names": NAMES[:3]},
        {"names": ["x"] * 7},
        {"names": [*NAMES[:6], ""]},
        {"names": [*NAMES[:6], 3]},
        {"names": [*NAMES[:6], ["x"]]},
        {"names": "abcdefg"},
        {"names": 7},
        {"columns": 0},
        {"columns": 2.0},
        {"columns": True},
        {"gap": -1},
        {"gap": 1e9},
        {"animations": ["fox"]},
        {"animations": {"walk": []}},
        {"animations": {"walk": ["wolf"]}},
        {"animations": {"walk": "fox"}},
        {"animations": {3: ["fox"]}},
        {"animations": {"walk": [["fox"]]}},
    ],
)
def test_other_arguments_are_refused_in_one_line(arguments) -> None:
    with pytest.raises(CourseError) as caught:
        lay_out(**{"images": FEW_COLOURS, "alpha": ALPHA, "names": NAMES, **arguments})
    assert "\n" not in str(caught.value)


def test_a_sheet_too_long_is_refused() -> None:
    with pytest.raises(CourseError, match="would have 5,000 x 8 pixels"):
        lay_out(np.zeros((5, 8, 1000, 3), "uint8"), columns=5, gap=0)


@pytest.mark.parametrize(
    "path", [None, 3, "", "/", "sheet", "sheet.jpg", "no/such/folder/sheet.png", "nul\0.png"]
)
def test_what_is_no_name_of_a_sheet_is_refused_and_nothing_written(path, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CourseError) as caught:
        save_sheet(path, FEW_COLOURS)
    assert "\n" not in str(caught.value) and not list(tmp_path.iterdir())
