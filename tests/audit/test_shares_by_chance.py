"""What fair draws differ by on average, few or many; and labels of every whole type."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from course_lib import CourseError
from course_lib.audit.copies import closest, nearest
from course_lib.audit.shares import class_shares, confused, corrected_interval


@pytest.mark.parametrize(
    "expected", [[0.5, 0.3, 0.2], [0.1] * 10, [0.02, 0.98], [1.0, 0.0], [0.25, 0.25, 0.5]]
)
@pytest.mark.parametrize("count", [1, 2, 4])
def test_by_chance_is_the_mean_over_all_draws(expected, count) -> None:
    """A bell curve's mean said 1.2 of one picture of ten classes, more than any two shares can differ."""
    expected = np.array(expected)
    mean = 0.0
    for draw in product(range(len(expected)), repeat=count):
        shares = np.bincount(draw, minlength=len(expected)) / count
        mean += expected[list(draw)].prod() * np.abs(shares - expected).sum() / 2
    assert class_shares(np.zeros(count, int), expected).by_chance == pytest.approx(mean)


def test_of_many_draws_it_is_the_bell_curves() -> None:
    expected = np.array([0.4, 0.3, 0.2, 0.1])
    bell = np.sqrt(expected * (1 - expected) / (2 * np.pi * 100_000)).sum()
    assert class_shares(np.zeros(100_000, int), expected).by_chance == pytest.approx(bell, rel=1e-4)


@pytest.mark.parametrize("kind", ["uint8", "int8", "uint64", "int32"])
def test_labels_of_every_whole_type(kind) -> None:
    labels, test = np.array([0, 1, 1, 2], kind), np.array([[50, 3, 2], [1, 60, 3], [2, 4, 70]], kind)
    assert class_shares(labels, np.full(3, 1 / 3)).counts.tolist() == [1, 2, 1]
    assert confused(labels, labels, np.int8(3)).tolist() == [[1, 0, 0], [0, 2, 0], [0, 0, 1]]
    ends = [corrected_interval(counts, test.astype(kind), rounds=20) for counts in (labels[1:], [1, 1, 2])]
    assert np.array_equal(*ends)


def test_errors_keep_to_one_line() -> None:
    with pytest.raises(CourseError, match="with the sum 1") as error:
        class_shares([0, 1], np.ones((50, 50)))
    assert "\n" not in str(error.value)
    with pytest.raises(CourseError, match="array of numbers"):
        class_shares([[0], [1, 1]], [0.5, 0.5])
    with pytest.raises(CourseError, match="from 1 to 1000"):
        confused([0], [0], 10**6)


def test_pixels_are_not_compared_with_images() -> None:
    images = np.random.default_rng(0).uniform(-1, 1, (60, 4))
    pixels = np.rint((images + 1) * 127.5).astype("uint8")
    assert (
        nearest(pixels, pixels, pixels, 1 / 49).copies > 0
        and nearest(images, images, images[:49], 1 / 49).copies
    )
    with pytest.raises(CourseError, match="to one scale"):
        nearest(images, pixels, images, 0.1)
    with pytest.raises(CourseError, match="what `nearest` gave back"):
        closest(images)
