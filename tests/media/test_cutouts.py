"""Figures of known opacity on a known ground, and emoji against SciPy's connected regions."""

from __future__ import annotations

import numpy as np
import pytest

from course_lib import CourseError
from course_lib.datasets.images import load
from course_lib.media.cutouts import TOLERANCE, cut_out, over
from course_lib.theory.colour_spaces import to_lab

BLUE = np.array([-0.8, -0.3, 0.7])
GROUNDS = {"white": (1.0, 1.0, 1.0), "green": (-0.5, 0.9, -0.6)}


@pytest.fixture(scope="module")
def emoji() -> np.ndarray:
    return load("emoji").images_test[::3]


def figures(count: int = 12, side: int = 32, fine: int = 8) -> tuple[np.ndarray, np.ndarray]:
    """Blobs of one or two colours, and how much of each pixel they cover, counted on an eight times finer grid."""
    random = np.random.default_rng(3)
    y, x = (np.mgrid[: side * fine, : side * fine] + 0.5) / fine - side / 2
    angle, radius = np.arctan2(y, x), np.hypot(x, y)
    images, alphas = [], []
    for _ in range(count):
        lobes, phase = random.integers(2, 6), random.uniform(0, 6)
        covered = radius < 11 * (1 + 0.25 * np.sin(lobes * angle + phase))
        alphas.append(covered.reshape(side, fine, side, fine).mean(axis=(1, 3)))
        top, bottom = random.uniform(-1, 0.4, (2, 3))
        images.append(
            np.where((np.arange(side) < side / 2)[:, np.newaxis, np.newaxis], top, bottom).repeat(
                side, axis=1
            )
        )
    return np.stack(images), np.stack(alphas)


def composite(colours: np.ndarray, alpha: np.ndarray, ground) -> np.ndarray:
    return alpha[..., np.newaxis] * colours + (1 - alpha[..., np.newaxis]) * np.asarray(ground)


@pytest.mark.parametrize("ground", GROUNDS.values(), ids=GROUNDS)
def test_soft_edges_are_near_the_truth_and_hard_ones_are_not(ground) -> None:
    colours, alpha = figures()
    seen = composite(colours, alpha, ground)
    truth = composite(colours, alpha, BLUE)
    soft, hard = cut_out(seen), cut_out(seen, soft=False)

    def error(cut) -> float:
        return float(np.sqrt(np.square(over(cut.images, cut.alpha, BLUE) - truth).mean()))

    assert error(soft) < error(hard) / 3
    assert np.abs(soft.alpha - alpha).mean() < np.abs(hard.alpha - alpha).mean() / 3
    assert set(np.unique(hard.alpha)) == {0, 1} and np.array_equal(hard.images, seen.astype("float32"))


@pytest.mark.parametrize("radius", [2.6, 3.4, 4.3, 5.2])
def test_a_disc_has_no_opaque_corner(radius: float, side: int = 14, fine: int = 16) -> None:
    """The outer pixels of its diagonals have no pixel further in beside them, and are mixtures all the same."""
    y, x = (np.mgrid[: side * fine, : side * fine] + 0.5) / fine - side / 2
    alpha = (np.hypot(x, y) < radius).reshape(side, fine, side, fine).mean(axis=(1, 3))
    cut = cut_out(composite(np.array([0.9, -0.2, -0.7]), alpha, (1, 1, 1))[np.newaxis])
    assert np.abs(cut.alpha[0] - alpha).max() < 0.1


def test_on_its_old_ground_an_emoji_looks_as_before(emoji: np.ndarray) -> None:
    cut = cut_out(emoji)
    again = over(cut.images, cut.alpha, (1, 1, 1))
    assert np.sqrt(np.square(again - emoji).mean()) < 0.03
    assert np.linalg.norm(to_lab(again) - to_lab(emoji), axis=-1).mean() < 1  # half of what can just be seen


def test_the_ground_is_scipys_region_at_the_border(emoji: np.ndarray) -> None:
    ndimage = pytest.importorskip("scipy.ndimage")
    alpha = cut_out(emoji, soft=False).alpha
    checked = 0
    for image, found in zip(emoji, alpha, strict=True):
        border = np.concatenate([image[0], image[-1], image[:, 0][1:-1], image[:, -1][1:-1]])
        near = np.linalg.norm(to_lab(image) - to_lab(np.median(border, axis=0)), axis=-1) <= TOLERANCE
        regions, _ = ndimage.label(near)
        at_border = np.unique(np.concatenate([regions[0], regions[-1], regions[:, 0], regions[:, -1]]))
        assert np.array_equal(found == 0, np.isin(regions, at_border[at_border > 0]))
        checked += bool((near & (found == 1)).any())
    assert checked > 20  # many have something white within that stays


RING = np.array(
    [
        list(row)
        for row in ("........", ".######.", ".#....#.", ".#.##.#.", ".#....#.", ".######.", "........")
    ]
)


def test_a_hole_stays_a_bay_goes_and_a_diagonal_is_no_way_in() -> None:
    def drawn(text: np.ndarray) -> np.ndarray:
        return np.where((text == "#")[np.newaxis, ..., np.newaxis], -0.6, 1.0).repeat(3, axis=-1)

    closed = RING.copy()
    assert (cut_out(drawn(closed), soft=False).alpha[0, 1:-1, 1:-1] == 1).all()
    bay = RING.copy()
    bay[5, 3] = "."
    assert np.array_equal(cut_out(drawn(bay), soft=False).alpha[0] == 1, bay == "#")
    corner = RING.copy()
    corner[5, 6] = "."  # touches the hole at a corner alone
    assert cut_out(drawn(corner), soft=False).alpha[0, 4, 5] == 1


def test_all_ground_is_wholly_transparent_and_a_figure_may_touch_the_border() -> None:
    assert (cut_out(np.full((1, 8, 8, 3), 255, "uint8")).alpha == 0).all()
    image = np.ones((1, 8, 8, 3), "float32")
    image[0, 2:6, :3] = -1
    assert np.array_equal(cut_out(image).alpha[0] == 1, image[0, ..., 0] == -1)


def test_a_stroke_of_one_pixel_stays_as_it_is() -> None:
    """It has nothing further in of which it could be a mixture."""
    image = np.ones((1, 9, 9, 3), "float32")
    image[0, 4, 2:7] = 0.4
    cut = cut_out(image)
    assert np.array_equal(cut.alpha[0] == 1, image[0, ..., 0] < 1) and set(np.unique(cut.alpha)) == {0, 1}
    assert np.array_equal(cut.images, image)


def test_noise_on_the_ground_is_tolerated_as_far_as_asked() -> None:
    colours, alpha = figures(4)
    noisy = composite(colours, alpha, (1, 1, 1)) - np.abs(
        np.random.default_rng(0).normal(0, 0.03, (4, 32, 32, 3))
    )
    noisy = np.clip(noisy, -1, 1)
    assert (cut_out(noisy).alpha[alpha == 0] == 0).mean() > 0.99
    assert (cut_out(noisy, tolerance=1).alpha[alpha == 0] == 0).mean() < 0.7


GOOD = np.zeros((2, 4, 4, 3), "float32") - 0.5


@pytest.mark.parametrize(
    "wrong", [None, "x", [], GOOD[0], GOOD[..., :1], GOOD[:0], GOOD * np.nan, GOOD + 9, GOOD > 0]
)
def test_what_are_no_colour_images_is_refused_in_one_line(wrong) -> None:
    for attempt in (lambda: cut_out(wrong), lambda: over(wrong, np.ones((2, 4, 4)), BLUE)):
        with pytest.raises(CourseError) as caught:
            attempt()
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize("tolerance", [-1, 101, np.nan, np.inf, None, "10", True, [10]])
def test_other_tolerances_are_refused_in_one_line(tolerance) -> None:
    with pytest.raises(CourseError) as caught:
        cut_out(GOOD, tolerance)
    assert "\n" not in str(caught.value)


def test_soft_is_a_switch() -> None:
    with pytest.raises(CourseError, match="soft is True or False"):
        cut_out(GOOD, soft=np.ones(2))


@pytest.mark.parametrize(
    ("alpha", "colour"),
    [
        (np.ones((2, 4)), BLUE),
        (np.full((2, 4, 4), 1.5), BLUE),
        (np.full((2, 4, 4), np.nan), BLUE),
        (None, BLUE),
        (np.ones((2, 4, 4)), BLUE[:2]),
        (np.ones((2, 4, 4)), BLUE * np.nan),
        (np.ones((2, 4, 4)), BLUE * 9),
        (np.ones((2, 4, 4)), np.full(3, -128, np.int8)),  # whose absolute value is -128
        (np.ones((2, 4, 4)), "blue"),
        (np.ones((2, 4, 4)), None),
    ],
)
def test_other_grounds_are_refused_in_one_line(alpha, colour) -> None:
    with pytest.raises(CourseError) as caught:
        over(GOOD, alpha, colour)
    assert "\n" not in str(caught.value)
