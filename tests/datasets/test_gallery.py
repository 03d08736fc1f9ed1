"""Single pictures: every photograph a person may have gives an upright RGB array, or one line that says why not."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from course_lib import ROOT, CourseError, datasets

RED, BLUE = (255, 0, 0), (0, 0, 255)


def halves(width: int, height: int) -> Image.Image:
    """Red above, blue below."""
    picture = Image.new("RGB", (width, height), RED)
    picture.paste(BLUE, (0, height // 2, width, height))
    return picture


def test_the_names_are_those_of_the_files_and_of_the_table() -> None:
    for folder, names in (("paintings", datasets.PAINTINGS), ("photos", datasets.PHOTOS)):
        assert sorted(names) == sorted(path.stem for path in (ROOT / "data" / folder).glob("*.webp"))
    with (ROOT / "data/paintings/paintings.csv").open(encoding="utf-8") as file:
        rows = {row["file"].removesuffix(".webp"): row for row in csv.DictReader(file)}
    assert set(rows) == set(datasets.PAINTINGS)
    for name, row in rows.items():
        with Image.open(ROOT / "data/paintings" / row["file"]) as picture:
            assert picture.size == (int(row["width"]), int(row["height"]))
        assert datasets.painting_facts(name) == {fact: row[fact] for fact in ("artist", "title", "year")}


@pytest.mark.parametrize("name", ["hokusai_great_wave", "leonardo_mona_lisa"])
def test_a_painting_keeps_its_shape_and_is_what_the_file_shows(name: str) -> None:
    found = datasets.painting(name, 128)
    with Image.open(ROOT / f"data/paintings/{name}.webp") as file:
        whole = np.asarray(file.convert("RGB")) / 255
    assert found.dtype == np.float32 and max(found.shape) == 128 and found.shape[2] == 3
    assert found.shape[0] / found.shape[1] == pytest.approx(whole.shape[0] / whole.shape[1], rel=0.02)
    np.testing.assert_allclose((found.mean((0, 1)) + 1) / 2, whole.mean((0, 1)), atol=0.01)
    assert np.abs(found).max() <= 1


def test_a_photograph_of_ones_own_is_shrunk_and_says_so(tmp_path: Path) -> None:
    said: list[str] = []
    halves(3000, 2000).save(tmp_path / "large.jpg")
    found = datasets.from_file(tmp_path / "large.jpg", 256, say=said.append)
    assert found.shape == (171, 256, 3) and said == ["large.jpg: 3000 x 2000 pixels, shrunk to 256 x 171."]
    np.testing.assert_allclose(found[20, 128], [1, -1, -1], atol=0.05)
    np.testing.assert_allclose(found[150, 128], [-1, -1, 1], atol=0.05)


def test_a_small_one_keeps_its_size_and_its_pixels_in_silence(tmp_path: Path, capsys) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (40, 50, 3), "uint8")
    Image.fromarray(pixels).save(tmp_path / "small.png")
    found = datasets.from_file(str(tmp_path / "small.png"))
    np.testing.assert_array_equal(np.round((found.astype(float) + 1) * 127.5), pixels)
    assert capsys.readouterr().out == ""


def test_grey_transparent_palette_and_turned_ones_come_out_right(tmp_path: Path) -> None:
    halves(60, 40).convert("L").save(tmp_path / "grey.png")
    clear = Image.new("RGBA", (60, 40), (0, 0, 0, 0))
    clear.paste((*RED, 255), (0, 0, 30, 40))
    clear.save(tmp_path / "clear.png")
    halves(60, 40).convert("P").save(tmp_path / "palette.gif")
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned: show it a quarter to the right
    halves(60, 40).save(tmp_path / "turned.jpg", exif=exif, quality=95)

    grey = datasets.from_file(tmp_path / "grey.png")
    assert grey.shape == (40, 60, 3) and np.ptp(grey, axis=2).max() == 0
    np.testing.assert_array_equal(
        datasets.from_file(tmp_path / "clear.png")[20, [5, 55]], [[1, -1, -1], [1, 1, 1]]
    )
    np.testing.assert_array_equal(
        datasets.from_file(tmp_path / "palette.gif")[[5, 35], 30], [[1, -1, -1], [-1, -1, 1]]
    )
    turned = datasets.from_file(tmp_path / "turned.jpg")
    assert turned.shape == (60, 40, 3)
    np.testing.assert_allclose(
        turned[30, [5, 35]], [[-1, -1, 1], [1, -1, -1]], atol=0.05
    )  # red is now on the right


def test_the_size_said_of_a_turned_photograph_is_that_of_the_upright_one(tmp_path: Path) -> None:
    said: list[str] = []
    exif = Image.Exif()
    exif[0x0112] = 8
    halves(600, 300).save(tmp_path / "turned.jpg", exif=exif)
    assert datasets.from_file(tmp_path / "turned.jpg", 100, say=said.append).shape == (100, 50, 3)
    assert said == ["turned.jpg: 300 x 600 pixels, shrunk to 50 x 100."]


def test_what_is_no_usable_picture_is_refused_in_one_line(tmp_path: Path, monkeypatch) -> None:
    (tmp_path / "letter.jpg").write_text("Dear Vincent")
    (tmp_path / "empty.png").write_bytes(b"")
    halves(300, 300).save(tmp_path / "whole.jpg")
    (tmp_path / "cut.jpg").write_bytes((tmp_path / "whole.jpg").read_bytes()[:900])
    halves(20, 300).save(tmp_path / "tiny.png")
    halves(4000, 200).save(tmp_path / "narrow.png")
    monkeypatch.setattr("course_lib.datasets.folder.MOST_PIXELS", 4000 * 199)
    expected = {
        "nowhere.jpg": "nowhere.jpg does not exist; looked for from",
        ".": "is a folder, not a file",
        "letter.jpg": "letter.jpg is not a picture that can be read here",
        "empty.png": "empty.png is not a picture",
        "cut.jpg": "cut.jpg cannot be read: ",
        "tiny.png": "would be 17 x 256 pixels, and no edge may be below 32: take a larger",
        "narrow.png": "4000 x 200 pixels are too many, shrink it first",
    }
    for name, message in expected.items():
        with pytest.raises(CourseError) as caught:
            datasets.from_file(tmp_path / name)
        assert message in str(caught.value) and "\n" not in str(caught.value), name
    monkeypatch.undo()
    with pytest.raises(CourseError, match=r"256 x 13 pixels, .* or a larger `longest`"):
        datasets.from_file(tmp_path / "narrow.png")


def test_a_name_that_is_not_listed_gets_a_near_one_or_the_list() -> None:
    with pytest.raises(
        CourseError, match="no 'great_wave' among the paintings; did you mean hokusai_great_wave"
    ):
        datasets.painting("great_wave")
    with pytest.raises(CourseError, match=r"no 'x' among the photos; choose one of astronaut, cat, coffee"):
        datasets.photo("x")
    with pytest.raises(CourseError, match=r"longest is .* from 32 to 2048, not 8"):
        datasets.photo("cat", 8)
    with pytest.raises(CourseError, match="among the paintings"):
        datasets.painting_facts("cat")


@pytest.mark.parametrize("path", [None, 3, b"a.jpg", ["a.jpg"], Image.new("RGB", (40, 40))])
def test_what_is_no_path_is_refused(path: object) -> None:
    with pytest.raises(CourseError, match="takes the path of a file"):
        datasets.from_file(path)
