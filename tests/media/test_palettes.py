"""Palettes against SciPy's nearest centres, laws of k-means in them, and error diffusion against a textbook's loop."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from course_lib import CourseError
from course_lib.datasets.images import load
from course_lib.media import palettes
from course_lib.theory.colour_spaces import from_lab, to_lab, to_linear

CUBE = 2.0 * np.array(list(np.ndindex(2, 2, 2))) - 1
PIXELS = arrays(np.uint8, (2, 3, 4, 3), elements=st.sampled_from([0, 10, 128, 255]))


@pytest.fixture(scope="module")
def emoji() -> np.ndarray:
    return load("emoji").images_test[:24]


def loss(images: np.ndarray, colours: np.ndarray) -> float:
    """Mean squared difference in CIELAB after drawing in these colours."""
    return float(np.square(to_lab(palettes.apply(images, colours)[1]) - to_lab(images)).sum(axis=-1).mean())


def test_each_pixel_gets_the_nearest_colour_as_scipy_finds_it(emoji: np.ndarray) -> None:
    vq = pytest.importorskip("scipy.cluster.vq")
    colours = palettes.palette(emoji, 8)
    numbers, drawn = palettes.apply(emoji, colours)
    assert numbers.dtype == np.uint8 and numbers.shape == emoji.shape[:3] and drawn.dtype == np.float32
    assert np.array_equal(drawn, colours[numbers])
    assert np.array_equal(numbers.ravel(), vq.vq(to_lab(emoji).reshape(-1, 3), to_lab(colours))[0])


def test_each_colour_is_the_mean_of_the_pixels_that_it_draws(emoji: np.ndarray) -> None:
    few = emoji[:3]
    colours = palettes.palette(few, 5)
    numbers, _ = palettes.apply(few, colours)
    means = [to_lab(few)[numbers == number].mean(axis=0) for number in range(5)]
    assert to_lab(colours) == pytest.approx(to_lab(from_lab(means)), abs=0.5)


def test_it_beats_the_corners_of_the_cube_and_eight_pixels_at_random(emoji: np.ndarray) -> None:
    random = np.random.default_rng(0)
    by_chance = [loss(emoji, emoji.reshape(-1, 3)[random.integers(0, 24 * 1024, 8)]) for _ in range(5)]
    found = loss(emoji, palettes.palette(emoji, 8))
    assert found < 0.5 * loss(emoji, CUBE) and found < 0.6 * min(by_chance)
    losses = [loss(emoji, palettes.palette(emoji, count)) for count in (2, 4, 8, 16)]
    assert losses == sorted(losses, reverse=True)


@pytest.mark.parametrize("space", palettes.SPACES)
@given(pixels=PIXELS)
def test_where_there_are_fewer_colours_they_are_given_back(space: str, pixels: np.ndarray) -> None:
    """The honest smaller result, from dark to light; and then drawing changes nothing."""
    colours = palettes.palette(pixels, 64, space)
    different = np.unique(pixels.reshape(-1, 3), axis=0)
    found = np.rint((colours + 1) * 127.5).astype("uint8")
    assert np.array_equal(np.unique(found, axis=0), different) and len(found) == len(different)
    assert (np.diff(to_lab(colours)[:, 0]) >= 0).all()
    assert palettes.apply(pixels, colours, space)[1] == pytest.approx(pixels / 127.5 - 1, abs=1e-6)


def test_only_what_is_opaque_counts(emoji: np.ndarray) -> None:
    alpha = (np.abs(emoji - 1).max(axis=-1) > 0.2).astype("float32")
    seen = palettes.palette(emoji, 8, alpha=alpha)
    assert (seen.min(axis=1) < 0.9).all() and (palettes.palette(emoji, 8).min(axis=1) > 0.95).any()
    assert np.array_equal(seen, palettes.palette(emoji, 8, alpha=alpha.astype(bool)))
    faint = np.maximum(alpha, 0.49)
    assert np.array_equal(seen, palettes.palette(emoji, 8, alpha=faint))
    with pytest.raises(CourseError, match="Nothing in these images is opaque"):
        palettes.palette(emoji, 8, alpha=0 * alpha)


def test_colours_in_cells_change_the_loss_by_little(
    emoji: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    exact = loss(emoji, palettes.palette(emoji, 8))
    monkeypatch.setattr(palettes, "MANY", 100)
    assert loss(emoji, palettes.palette(emoji, 8)) == pytest.approx(exact, rel=0.05)


def test_the_same_seed_gives_the_same_palette(emoji: np.ndarray) -> None:
    assert np.array_equal(palettes.palette(emoji, 6, seed=3), palettes.palette(emoji, 6, seed=3))


def textbook(light: np.ndarray, levels: np.ndarray) -> np.ndarray:
    """Floyd and Steinberg on one grey picture (h, w) of light, to the nearest of the levels by sRGB's numbers."""
    light, result = light.copy(), np.zeros(light.shape, int)
    height, width = light.shape
    curve = np.vectorize(lambda v: 12.92 * v if v <= 0.0031308 else 1.055 * v ** (1 / 2.4) - 0.055)
    for y in range(height):
        for x in range(width):
            old = light[y, x]
            result[y, x] = np.argmin(np.abs(curve(levels) - curve(min(max(old, 0), 1))))
            error = old - levels[result[y, x]]
            if x + 1 < width:
                light[y, x + 1] += error * 7 / 16
            if y + 1 < height:
                light[y + 1, x] += error * 5 / 16
                if x > 0:
                    light[y + 1, x - 1] += error * 3 / 16
                if x + 1 < width:
                    light[y + 1, x + 1] += error * 1 / 16
    return result


def test_dithering_is_the_textbooks_in_light() -> None:
    grey = np.random.default_rng(0).uniform(-1, 1, (3, 7, 6, 1)).astype("float32")
    images = grey.repeat(3, axis=-1)
    levels = np.array([-1.0, 0.1, 1.0])
    numbers, _ = palettes.apply(images, levels[:, np.newaxis].repeat(3, axis=1), "rgb", dither=True)
    for found, image in zip(numbers, images, strict=True):
        assert np.array_equal(
            found, textbook(to_linear(image)[..., 0], to_linear(levels[:, np.newaxis].repeat(3, 1))[:, 0])
        )


def test_dithered_areas_keep_their_mean_light() -> None:
    ramp = np.linspace(-1, 1, 64)[np.newaxis, np.newaxis, :, np.newaxis]
    images = np.broadcast_to(ramp, (1, 64, 64, 3)).astype("float32")
    black_and_white = CUBE[[0, -1]]

    def error(dither: bool) -> float:
        """The greatest difference of the means of eight neighbouring columns."""
        drawn = palettes.apply(images, black_and_white, dither=dither)[1]
        return float(
            np.abs((to_linear(drawn) - to_linear(images)).reshape(64, 8, 8, 3).mean(axis=(0, 2, 3))).max()
        )

    assert error(dither=True) < 0.03 < 0.3 < error(dither=False)


GOOD = np.zeros((2, 4, 4, 3), "float32") - 0.5
NO_IMAGES = [
    None,
    "images",
    [],
    GOOD[0],
    GOOD[..., :1],
    GOOD[:0],
    GOOD + np.nan,
    GOOD * np.inf,
    GOOD + 9,
    GOOD > 0,
]


@pytest.mark.parametrize("wrong", NO_IMAGES)
def test_what_are_no_colour_images_is_refused_in_one_line(wrong) -> None:
    for attempt in (lambda: palettes.palette(wrong), lambda: palettes.apply(wrong, CUBE)):
        with pytest.raises(CourseError) as caught:
            attempt()
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "arguments",
    [
        {"count": 0},
        {"count": 257},
        {"count": 2.0},
        {"count": True},
        {"space": "hsv"},
        {"space": None},
        {"space": ["lab"]},
        {"seed": -1},
        {"seed": 0.5},
        {"alpha": np.zeros((2, 4))},
        {"alpha": np.full((2, 4, 4), np.nan)},
        {"alpha": np.full((2, 4, 4), 2.0)},
        {"alpha": "none"},
    ],
)
def test_other_arguments_are_refused_in_one_line(arguments) -> None:
    with pytest.raises(CourseError) as caught:
        palettes.palette(GOOD, **arguments)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "colours",
    [None, "red", [], CUBE[0], CUBE[:, :2], CUBE * np.nan, CUBE * 2, np.zeros((257, 3)), [[0, 0, 0], [0]]],
)
def test_what_is_no_palette_is_refused_in_one_line(colours) -> None:
    with pytest.raises(CourseError) as caught:
        palettes.apply(GOOD, colours)
    assert "\n" not in str(caught.value)


def test_dither_is_a_switch() -> None:
    with pytest.raises(CourseError, match="dither is True or False"):
        palettes.apply(GOOD, CUBE, dither="no")
