"""A folder of one's own: every size, mode and turn gives the same kind of array, and what cannot be read is named."""

from __future__ import annotations

import tempfile
import warnings
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image

from course_lib import ROOT, CourseError, datasets
from course_lib.datasets.folder import MOST_PIXELS

PRINTS = ROOT / "data" / "paintings"
RED, GREEN, BLUE, BLACK = [255, 0, 0], [0, 255, 0], [0, 0, 255], [0, 0, 0]


def bytes_of(images: np.ndarray) -> np.ndarray:
    """Images in [-1, 1] as bytes: the way back, with other arithmetic."""
    return np.round((images.astype("float64") + 1) / 2 * 255).astype(int)


def flag(width: int, height: int) -> np.ndarray:
    """Red top left, green top right, blue bottom left, black bottom right: it shows how it lies."""
    pixels = np.zeros((height, width, 3), "uint8")
    pixels[: height // 2, : width // 2] = RED
    pixels[: height // 2, width // 2 :] = GREEN
    pixels[height // 2 :, : width // 2] = BLUE
    return pixels


def corners(image: np.ndarray) -> list[list[int]]:
    """The colours well inside the four quarters of an image in [-1, 1], row by row."""
    low, high = len(image) // 4, len(image) - 1 - len(image) // 4
    return bytes_of(image)[[low, low, high, high], [low, high, low, high]].tolist()


def mean_colours(images: np.ndarray) -> np.ndarray:
    return bytes_of(images).mean(axis=(1, 2))


@given(st.integers(1, 9).flatmap(lambda side: arrays("uint8", (3, side, side, 3))))
@settings(max_examples=25, deadline=None)
def test_squares_of_the_right_side_come_back_bit_for_bit_sorted_by_name(pixels: np.ndarray) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for name, picture in zip(("b.png", "c.PNG", "a.png"), pixels, strict=True):
            Image.fromarray(picture).save(Path(folder) / name)
        images = datasets.from_folder(folder, side=pixels.shape[1])
    assert images.dtype == np.float32
    np.testing.assert_array_equal(images, pixels[[2, 0, 1]].astype("float32") / np.float32(127.5) - 1)


@given(width=st.integers(8, 60), height=st.integers(8, 60), side=st.integers(4, 20))
@settings(max_examples=25, deadline=None)
def test_whatever_its_size_the_middle_of_a_picture_stays_in_the_middle(width, height, side) -> None:
    with tempfile.TemporaryDirectory() as folder:
        Image.fromarray(flag(width - width % 2, height - height % 2)).save(Path(folder) / "flag.png")
        images = datasets.from_folder(folder, side)
    assert images.shape == (1, side, side, 3)
    assert np.abs(images).max() <= 1
    # All four colours have a quarter of the square: nothing was cut off on one side only, and nothing squeezed.
    np.testing.assert_allclose(mean_colours(images)[0], 255 / 4, atol=6)


def test_a_picture_is_cut_and_not_squeezed(tmp_path: Path) -> None:
    pixels = np.full((20, 60, 3), 255, "uint8")
    pixels[:, 20:40] = RED  # the middle third is a square
    Image.fromarray(pixels).save(tmp_path / "wide.png")
    Image.fromarray(pixels.swapaxes(0, 1)).save(tmp_path / "high.png")
    inside = bytes_of(datasets.from_folder(tmp_path, 10))[
        :, 2:-2, 2:-2
    ]  # at the cut the filter sees white pixels
    np.testing.assert_allclose(inside, np.broadcast_to(RED, inside.shape), atol=8)


STORED = {
    1: lambda upright: upright,
    2: np.fliplr,
    3: lambda upright: np.rot90(upright, 2),
    4: np.flipud,
    5: lambda upright: upright.swapaxes(0, 1),
    6: lambda upright: np.rot90(upright, 1),
    7: lambda upright: np.rot90(upright, 2).swapaxes(0, 1),
    8: lambda upright: np.rot90(upright, -1),
}
"""EXIF orientation -> how a camera that notes it has stored an upright picture (EXIF 2.3, tag 274)."""


@pytest.mark.parametrize("orientation", STORED)
@pytest.mark.parametrize("ending", ["jpg", "png"])
def test_a_picture_is_turned_as_the_camera_noted(tmp_path: Path, orientation: int, ending: str) -> None:
    stored = Image.fromarray(np.ascontiguousarray(STORED[orientation](flag(48, 32))))
    exif = Image.Exif()
    exif[274] = orientation
    stored.save(tmp_path / f"turned.{ending}", exif=exif, **({"quality": 100} if ending == "jpg" else {}))
    (image,) = datasets.from_folder(tmp_path, 16)
    np.testing.assert_allclose(corners(image), [RED, GREEN, BLUE, BLACK], atol=12)


def in_modes() -> dict[str, tuple[Image.Image, list[int]]]:
    """Name -> a picture of one colour in some mode, and that colour on white paper."""
    palette = Image.new("P", (8, 8), 1)
    palette.putpalette([0, 0, 0, 10, 200, 30])
    see_through = palette.copy()
    see_through.info["transparency"] = 1
    sixteen_bits = Image.fromarray(np.full((8, 8), 0x8040, "uint16"))
    return {
        "grey.png": (Image.new("L", (8, 8), 77), [77, 77, 77]),
        "bits.png": (Image.new("1", (8, 8), 0), BLACK),
        "sixteen.png": (sixteen_bits, [128, 128, 128]),
        "palette.png": (palette, [10, 200, 30]),
        "transparent_palette.png": (see_through, [255, 255, 255]),
        "transparent.png": (Image.new("RGBA", (8, 8), (0, 0, 0, 0)), [255, 255, 255]),
        "half.png": (Image.new("RGBA", (8, 8), (255, 0, 0, 128)), [255, 127, 127]),
        "half_grey.png": (Image.new("LA", (8, 8), (0, 51)), [204, 204, 204]),
        "print.jpg": (Image.new("CMYK", (8, 8), (0, 255, 255, 0)), RED),
        "grey.jpeg": (Image.new("L", (8, 8), 200), [200, 200, 200]),
    }


@pytest.mark.parametrize("name", in_modes())
def test_every_mode_becomes_rgb_on_white(tmp_path: Path, name: str) -> None:
    picture, colour = in_modes()[name]
    picture.save(tmp_path / name)
    images = datasets.from_folder(tmp_path, 8)
    np.testing.assert_allclose(bytes_of(images), np.broadcast_to(colour, images.shape), atol=2)


def test_a_large_photograph_read_at_half_its_size_looks_the_same(tmp_path: Path) -> None:
    """Pillow may decode a JPEG smaller, which is faster; on a picture without fine detail nobody sees it."""
    x, y = np.meshgrid(np.linspace(0, 1, 900), np.linspace(0, 1, 600))
    smooth = np.stack([x, y, 1 - x], axis=-1)
    picture = Image.fromarray((255 * smooth).astype("uint8"))
    for name, options in (("a.png", {}), ("b.jpg", {"quality": 95})):
        picture.save(tmp_path / name, **options)
    exact, fast = datasets.from_folder(tmp_path, 16)
    np.testing.assert_allclose(fast, exact, atol=0.03)


def test_what_cannot_be_read_is_named_and_the_rest_is_kept(tmp_path: Path) -> None:
    Image.fromarray(flag(8, 8)).save(tmp_path / "good.png")
    content = (tmp_path / "good.png").read_bytes()
    (tmp_path / "cut_off.png").write_bytes(content[: len(content) // 2])
    (tmp_path / "empty.jpg").write_bytes(b"")
    (tmp_path / "letter.png").write_text("no picture at all")
    side = int(MOST_PIXELS**0.5) + 1
    Image.new("1", (side, side)).save(tmp_path / "poster.png")
    (tmp_path / "._good.png").write_bytes(b"what macOS leaves beside files")
    (tmp_path / "notes.txt").write_text("not a picture, and does not say so")
    (tmp_path / "folder.png").mkdir()
    with pytest.warns(UserWarning, match="4 of 5 left out") as caught:
        images = datasets.from_folder(tmp_path, 8)
    (warning,) = caught
    assert corners(images[0]) == [RED, GREEN, BLUE, BLACK] and len(images) == 1
    for name in ("cut_off.png (", "empty.jpg (", "letter.png (", f"poster.png ({side} x {side} pixels"):
        assert name in str(warning.message)
    assert "._good" not in str(warning.message) and "\n" not in str(warning.message)
    assert warning.filename == __file__  # it points at the caller's line


def test_good_folders_give_no_warning() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert datasets.from_folder(PRINTS, 16).shape == (len(list(PRINTS.glob("*.webp"))), 16, 16, 3)
        assert datasets.from_folder(PRINTS, 16, pattern="hokusai_great*").shape == (1, 16, 16, 3)


def test_folders_without_pictures_are_refused_in_one_line(tmp_path: Path) -> None:
    def message(folder: Path, **options) -> str:
        with pytest.raises(CourseError) as caught:
            datasets.from_folder(folder, 8, **options)
        assert "\n" not in str(caught.value)
        return str(caught.value)

    assert "does not exist" in message(tmp_path / "nowhere")
    (tmp_path / "file.png").write_text("no picture")
    assert "is a file, not a folder" in message(tmp_path / "file.png")
    assert "can be read: file.png (" in message(tmp_path)
    said = message(tmp_path, pattern="cat_*")
    assert said.startswith("No file cat_* in ") and "there is 1 x .png" in said
    (tmp_path / "file.png").unlink()
    for name in ("1.heic", "2.heic", "3.txt"):
        (tmp_path / name).write_text("")
    assert "there is 2 x .heic, 1 x .txt" in message(tmp_path)


@pytest.mark.parametrize(
    ("call", "fragment"),
    [
        (lambda: datasets.from_folder(PRINTS, 0), "side is .* not 0"),
        (lambda: datasets.crops_from_folder(PRINTS, -1, 3), "side is .* not -1"),
        (lambda: datasets.crops_from_folder(PRINTS, 8, 0), "count is .* not 0"),
        (lambda: datasets.crops_from_folder(PRINTS, 8, 3, shares=(0.6, 0.3)), r"not \(0.6, 0.3\)"),
        (lambda: datasets.crops_from_folder(PRINTS, 8, 3, shares=(0, 0.3)), r"not \(0, 0.3\)"),
        (lambda: datasets.from_folder(PRINTS, 32.0), "a whole number from 1 to 1024, not 32.0"),
        (lambda: datasets.from_folder(PRINTS, "32"), "a whole number from 1 to 1024, not '32'"),
        (lambda: datasets.from_folder(PRINTS, True), "a whole number from 1 to 1024, not True"),
        (lambda: datasets.from_folder(PRINTS, 100_000), "a whole number from 1 to 1024, not 100000"),
        (lambda: datasets.crops_from_folder(PRINTS, 8, 2.5), "count is .* not 2.5"),
        (lambda: datasets.crops_from_folder(PRINTS, 8, 3, seed=-1), "seed is .* not -1"),
        (lambda: datasets.crops_from_folder(PRINTS, 8, 3, shares=0.5), "shares are two numbers .* not 0.5"),
    ],
)
def test_numbers_that_mean_nothing_are_refused(call, fragment: str) -> None:
    with pytest.raises(CourseError, match=fragment):
        call()


@given(seed=st.integers(0, 2**32), smallest=st.floats(0.2, 1), more=st.floats(0, 1))
@settings(max_examples=15, deadline=None)
def test_a_crop_is_a_square_of_the_asked_size_inside_its_picture(seed, smallest, more) -> None:
    """In a picture whose red is the column and whose green is the row, a crop says itself where it was cut."""
    shares = (smallest, smallest + more * (1 - smallest))
    columns, rows = np.meshgrid(np.arange(240), np.arange(120))
    with tempfile.TemporaryDirectory() as folder:
        Image.fromarray(np.stack([columns, rows, 0 * rows], axis=-1).astype("uint8")).save(
            f"{folder}/map.png"
        )
        crops = bytes_of(datasets.crops_from_folder(folder, 24, 20, seed, shares))
    for crop in crops:
        red, green = crop[12, :, 0], crop[:, 12, 1]
        assert (np.ptp(crop[..., 0], axis=0) <= 2).all()  # upright: red does not change down a column
        spans = np.array([red[-1] - red[0], green[-1] - green[0]]) * 24 / 23
        assert abs(spans[0] - spans[1]) <= 4
        assert (spans >= 120 * shares[0] - 5).all() and (spans <= 120 * shares[1] + 5).all()


def test_crops_are_the_same_for_the_same_seed_and_come_from_all_pictures(tmp_path: Path) -> None:
    for name, colour in (("red.png", RED), ("green.png", GREEN), ("blue.png", BLUE)):
        Image.new("RGB", (30, 20), tuple(colour)).save(tmp_path / name)
    first, again, other = (datasets.crops_from_folder(tmp_path, 8, 60, seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)
    found, counts = np.unique(bytes_of(first)[:, 4, 4], axis=0, return_counts=True)
    assert found.tolist() == [BLUE, GREEN, RED] and counts.min() > 8


def test_crops_of_prints_feed_a_gan() -> None:
    crops = datasets.crops_from_folder(PRINTS, 64, 40, pattern="hokusai_*")
    assert crops.shape == (40, 64, 64, 3) and crops.dtype == np.float32
    datasets.check_images(crops)


def test_of_many_files_that_cannot_be_read_a_few_are_named(tmp_path: Path) -> None:
    Image.new("RGB", (4, 4)).save(tmp_path / "good.png")
    for number in range(100):
        (tmp_path / f"bad_{number:03}.png").write_text("no picture")
    with pytest.warns(
        UserWarning, match=r"100 of 101 left out: bad_000.png \(not a picture.*; and 95 more"
    ) as caught:
        assert len(datasets.from_folder(tmp_path, 4)) == 1
    assert len(str(caught[0].message)) < 500 and str(tmp_path) not in str(caught[0].message)
