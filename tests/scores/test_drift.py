"""Distances of a batch to a reference: those of `metrics`, or sums written out, and blind to what they cannot see."""

from __future__ import annotations

import numpy as np
import pytest

from course_lib import CourseError
from course_lib.scores import metrics
from course_lib.scores.drift import FrechetDistance, KernelDistance, MeanDistance, pixel_moments

ALL = (KernelDistance, FrechetDistance, MeanDistance)
RNG = np.random.default_rng(0)
REFERENCE = RNG.normal(size=(200, 6)) @ RNG.normal(size=(6, 6)) + 1


@pytest.mark.parametrize("count", [2, 4, 30])
def test_the_two_distances_of_the_scores(count) -> None:
    rows = np.random.default_rng(count).normal(size=(count, 6))
    assert KernelDistance(REFERENCE)(rows) == pytest.approx(
        metrics.kernel_distance(rows, REFERENCE), rel=1e-9
    )
    assert FrechetDistance(REFERENCE)(rows) == pytest.approx(
        metrics.frechet_distance(rows, REFERENCE), rel=1e-6
    )


def test_the_distance_of_means_in_coordinates_where_the_reference_is_standard() -> None:
    rows = np.random.default_rng(1).normal(size=(16, 6))
    whitened = np.linalg.solve(
        np.linalg.cholesky(np.cov(REFERENCE.T)), (rows.mean(axis=0) - REFERENCE.mean(axis=0))
    )
    assert MeanDistance(REFERENCE)(rows) == pytest.approx(16 * (whitened**2).mean(), rel=1e-3)
    assert MeanDistance(REFERENCE)(rows[:1]) > 0


def test_batches_drawn_alike_have_a_mean_of_one_or_nothing() -> None:
    rng = np.random.default_rng(2)
    reference = rng.normal(size=(2000, 5))
    batches = rng.normal(size=(2000, 16, 5))
    kernel, means = KernelDistance(reference), MeanDistance(reference)
    assert np.mean([kernel(batch) for batch in batches]) == pytest.approx(0, abs=0.05)
    assert np.mean([means(batch) for batch in batches]) == pytest.approx(1, abs=0.05)


def test_means_are_blind_to_a_collapse_that_keeps_the_mean_and_the_others_are_not() -> None:
    rows = np.random.default_rng(3).normal(size=(32, 6)) * 1e-3
    rows += REFERENCE.mean(axis=0) - rows.mean(axis=0)
    assert MeanDistance(REFERENCE)(rows) == pytest.approx(0, abs=1e-9)
    usual = np.random.default_rng(3).choice(REFERENCE, 32, replace=False)
    for each in (KernelDistance, FrechetDistance):
        assert each(REFERENCE)(rows) > 2 * each(REFERENCE)(usual)


def test_what_never_varied_in_the_reference_is_seen_when_it_does() -> None:
    reference = REFERENCE.copy()
    reference[:, 2] = 1.0
    moved = reference[:16].copy()
    moved[:, 2] = 1.5
    for each in ALL:
        assert each(reference)(reference[:16]) < each(reference)(moved) < 1e9  # and no digits are lost for it
    assert MeanDistance(np.ones((9, 3)))(np.ones((4, 3))) == 0  # a reference of one picture


def test_pixel_moments_by_hand() -> None:
    images = np.full((2, 4, 4, 1), 0.5)
    images[1, :2] = -0.5
    assert pixel_moments(images) == pytest.approx(np.array([[0.5, 0], [0, 0.5]]))


@pytest.mark.parametrize("distance", ALL)
def test_odd_input_is_named_in_one_line(distance) -> None:
    measure = distance(REFERENCE)
    for rows in (REFERENCE[:5, :3], np.full((5, 6), np.nan), REFERENCE[:0], REFERENCE[0], ["a"], None):
        with pytest.raises(CourseError) as raised:
            measure(rows)
        assert "\n" not in str(raised.value)
    for reference in (REFERENCE[:1], REFERENCE[0], np.full((5, 6), np.inf)):
        with pytest.raises(CourseError):
            distance(reference)
    with pytest.raises(CourseError, match="pixels in 0"):
        pixel_moments(np.full((2, 4, 4, 1), 200))
