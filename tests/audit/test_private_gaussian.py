"""The bell curve of pictures: its moments, the most that one picture moves them, and what noise leaves of them."""

from __future__ import annotations

import numpy as np
import pytest

from course_lib import CourseError
from course_lib.audit.private_gaussian import fit

RNG = np.random.default_rng(0)
INK = (0.5 + RNG.normal(0, 0.1, (3000, 2)) @ RNG.normal(size=(2, 12)) / 3).clip(0, 1)
IMAGES = (2 * INK - 1).reshape(-1, 3, 4, 1)


def test_without_noise_it_is_the_mean_and_the_covariance() -> None:
    curve = fit(IMAGES, 0)
    assert curve.mean == pytest.approx(INK.mean(axis=0))
    assert curve.root @ curve.root.T == pytest.approx(np.cov(INK.T, bias=True), abs=1e-9)


def test_what_is_drawn_has_these_moments() -> None:
    drawn = fit(IMAGES, 0).draw(20_000, seed=1)
    assert drawn.shape == (20_000, 3, 4, 1)
    assert drawn.dtype == np.float32 and np.abs(drawn).max() <= 1
    ink = (drawn.reshape(-1, 12) + 1) / 2
    assert ink.mean(axis=0) == pytest.approx(INK.mean(axis=0), abs=0.01)
    assert np.cov(ink.T) == pytest.approx(np.cov(INK.T), abs=0.002)


def test_one_picture_moves_the_released_sums_by_at_most_their_sensitivity() -> None:
    """The sums, got back from count, mean and covariance of all pictures and of all but one."""

    def sums(images: np.ndarray, longest: float) -> np.ndarray:
        curve = fit(images, 0, longest)
        moments = curve.root @ curve.root.T + np.outer(curve.mean, curve.mean)
        edge = longest * curve.mean[:, None]
        return len(images) * np.block([[moments, edge], [edge.T, np.array([[longest**2]])]])

    for longest in (0.5, 3.0):
        moved = np.linalg.norm(sums(IMAGES[:50], longest) - sums(IMAGES[1:50], longest))
        assert moved <= 2 * longest**2 * (1 + 1e-9)
    assert np.linalg.norm(sums(IMAGES[:50], 0.5) - sums(IMAGES[1:50], 0.5)) == pytest.approx(0.5, rel=1e-6)


def test_the_noise_has_the_deviation_that_is_promised() -> None:
    means = [fit(IMAGES, 5.0, 2.0, seed).mean for seed in range(200)]
    # An entry of the sums has the deviation noise * 2 longest^2; the mean is one, over longest and the count.
    assert np.std(means, axis=0).mean() == pytest.approx(5.0 * 2 * 2.0**2 / 2.0 / len(INK), rel=0.1)


def test_the_covariance_is_noised_on_both_sides_of_its_diagonal() -> None:
    """u^T N u of the leading direction u; a symmetric N with deviation s throughout has s^2 (2 - sum of u^4)."""
    leading = np.linalg.eigh(np.cov(INK.T, bias=True))[1][:, -1]
    found = [np.square(fit(IMAGES, 0.02, seed=seed).root).sum(axis=0).max() for seed in range(300)]
    wanted = 0.02 * 2 * 8.0**2 / len(INK) * np.sqrt(2 - (leading**4).sum())
    assert 0.8 * wanted < np.std(found) < 1.4 * wanted


def test_directions_that_noise_alone_would_show_are_left_out() -> None:
    pale = np.random.default_rng(2).uniform(-0.01, 0.01, (3000, 6, 6, 1))
    curve = fit(pale, 2.0)
    assert (np.abs(curve.root).sum(axis=0) > 0).sum() <= 2
    assert (np.abs(fit(IMAGES, 0.02).root).sum(axis=0) > 0).sum() == 2  # the two that are there


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: fit(IMAGES[..., 0], 1), "shape"),
        (lambda: fit(IMAGES, -1), "noise is"),
        (lambda: fit(IMAGES, 1, longest=0), "longest is"),
        (lambda: fit(IMAGES, 1, seed="a"), "seed is"),
        (lambda: fit(IMAGES[:2], 1e5, seed=1), "So much noise"),
        (lambda: fit(IMAGES, 0).draw(0), "count is"),
        (lambda: fit(IMAGES, 0).draw(1, seed=-1), "seed is"),
    ],
)
def test_what_cannot_be_fitted_or_drawn_is_refused_in_one_line(call, message) -> None:
    with pytest.raises(CourseError, match=message) as refused:
        call()
    assert "\n" not in str(refused.value)
