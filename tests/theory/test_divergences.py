"""Laws of the divergences, on random densities over even and uneven grids, and their closed forms."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.spatial.distance import jensenshannon

from course_lib import CourseError
from course_lib.theory import divergences
from course_lib.theory.divergences import (
    best_value,
    integrate,
    jensen_shannon,
    kullback_leibler,
    normal,
    optimal_discriminator,
    total_variation,
    wasserstein,
)

MEASURES = [kullback_leibler, jensen_shannon, total_variation, wasserstein]
ROUNDING = 1e-12


@st.composite
def densities(draw, count=2):
    """A grid of up to 40 uneven steps and `count` densities on it, zeros allowed, each with integral one."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    size = draw(st.integers(3, 40))
    x = np.cumsum(rng.uniform(0.05, 1.0, size))
    empty = draw(st.floats(0.0, 0.6))
    found = []
    for _ in range(count):
        values = rng.gamma(0.5, size=size) * (rng.random(size) >= empty)
        values[rng.integers(size)] += 0.1
        found.append(values / integrate(values, x))
    return x, *found


@settings(max_examples=60, deadline=None)
@given(densities())
@pytest.mark.parametrize("measure", MEASURES)
def test_never_negative_and_zero_only_when_equal(measure, case):
    x, p, q = case
    assert measure(p, q, x) >= -ROUNDING
    assert measure(p, p, x) == pytest.approx(0, abs=ROUNDING)
    if total_variation(p, q, x) > 1e-3:
        assert measure(p, q, x) > 1e-7


@settings(max_examples=60, deadline=None)
@given(densities())
def test_symmetry_and_bounds(case):
    x, p, q = case
    for measure in (jensen_shannon, total_variation, wasserstein):
        assert measure(p, q, x) == pytest.approx(measure(q, p, x), abs=ROUNDING)
    assert jensen_shannon(p, q, x) <= np.log(2) + ROUNDING
    assert total_variation(p, q, x) <= 1 + ROUNDING
    assert wasserstein(p, q, x) <= (x[-1] - x[0]) * total_variation(p, q, x) + ROUNDING


@settings(max_examples=60, deadline=None)
@given(densities())
def test_pinsker_and_the_bounds_between_js_and_tv(case):
    x, p, q = case
    tv, js = total_variation(p, q, x), jensen_shannon(p, q, x)
    assert tv <= np.sqrt(kullback_leibler(p, q, x) / 2) + ROUNDING  # infinity is allowed
    assert tv**2 / 2 - ROUNDING <= js <= np.log(2) * tv + ROUNDING


@settings(max_examples=60, deadline=None)
@given(densities(count=3))
def test_triangle_inequality(case):
    x, p, q, r = case
    for distance in (total_variation, wasserstein, lambda *args: np.sqrt(max(jensen_shannon(*args), 0))):
        assert distance(p, r, x) <= distance(p, q, x) + distance(q, r, x) + 1e-7  # sqrt of a rounding error


@settings(max_examples=60, deadline=None)
@given(densities())
def test_value_of_the_game(case):
    x, p, q = case
    assert best_value(p, q, x) == pytest.approx(-np.log(4) + 2 * jensen_shannon(p, q, x), abs=1e-10)
    # No other discriminator earns more, here the best one with its logit pushed about at random.
    best = np.clip(optimal_discriminator(p, q), 1e-9, 1 - 1e-9)
    logit = np.log(best / (1 - best)) + np.random.default_rng(x.size).normal(size=x.size)
    other = 1 / (1 + np.exp(-logit))
    assert integrate(p * np.log(other) + q * np.log(1 - other), x) <= best_value(p, q, x) + 1e-7


X = np.linspace(-14, 14, 4001)


@pytest.mark.parametrize(
    ("mean_p", "std_p", "mean_q", "std_q"), [(0, 1, 1.5, 1), (-1, 0.5, 0.5, 1.2), (2, 1.4, 2, 0.7)]
)
def test_closed_forms_of_two_normals(mean_p, std_p, mean_q, std_q):
    p, q = normal(X, mean_p, std_p), normal(X, mean_q, std_q)
    np.testing.assert_allclose(p, stats.norm(mean_p, std_p).pdf(X), rtol=1e-12)
    closed = np.log(std_q / std_p) + (std_p**2 + (mean_p - mean_q) ** 2) / (2 * std_q**2) - 0.5
    assert kullback_leibler(p, q, X) == pytest.approx(closed, rel=1e-8)
    # The cheapest plan in one dimension moves quantile to quantile: W is the mean of a folded normal.
    shift, stretch = mean_p - mean_q, abs(std_p - std_q)
    folded = abs(shift) if stretch == 0 else stats.foldnorm(abs(shift) / stretch, scale=stretch).mean()
    # |P - Q| has a kink; the rule is second order
    assert wasserstein(p, q, X) == pytest.approx(folded, rel=1e-4)
    if std_p == std_q:
        assert total_variation(p, q, X) == pytest.approx(
            2 * stats.norm.cdf(abs(shift) / (2 * std_p)) - 1, rel=1e-4
        )


def test_against_scipy_on_samples():
    x, p, q = X, normal(X, -1, 0.8), normal(X, 1, 1.3)
    assert wasserstein(p, q, x) == pytest.approx(stats.wasserstein_distance(x, x, p, q), rel=1e-4)
    assert jensen_shannon(p, q, x) == pytest.approx(jensenshannon(p, q) ** 2, rel=1e-6)


def test_disjoint_supports_saturate_all_but_wasserstein():
    x = np.linspace(-1, 12, 13001)
    p = ((x >= 0) & (x <= 1)).astype(float)
    for gap in (2.0, 5.0, 9.0):
        q = ((x >= gap) & (x <= gap + 1)).astype(float)
        p_one, q_one = p / integrate(p, x), q / integrate(q, x)
        assert jensen_shannon(p_one, q_one, x) == pytest.approx(np.log(2))
        assert total_variation(p_one, q_one, x) == pytest.approx(1)
        assert kullback_leibler(p_one, q_one, x) == np.inf
        assert best_value(p_one, q_one, x) == pytest.approx(0, abs=ROUNDING)
        assert wasserstein(p_one, q_one, x) == pytest.approx(gap, rel=1e-3)


def test_far_tails_stay_finite():
    """Where plain log(1 - D) meets a D rounded to 1, the library's value must not be minus infinity."""
    p, q = normal(X, -6, 0.3), normal(X, 6, 0.3)
    assert optimal_discriminator(p, q)[np.argmax(p)] == 1
    assert best_value(p, q, X) == pytest.approx(0, abs=1e-9)
    assert np.all((optimal_discriminator(p, q) >= 0) & (optimal_discriminator(p, q) <= 1))
    assert optimal_discriminator([0.0, 1.0], [0.0, 3.0]) == pytest.approx([0.5, 0.25])


def test_mistakes_give_one_clear_line():
    with pytest.raises(CourseError, match="one value for each grid point"):
        integrate([1.0, 2.0], [0.0, 1.0, 2.0])
    with pytest.raises(CourseError, match="std must be positive"):
        normal(X, 0, 0)
    with pytest.raises(CourseError, match="shapes"):
        divergences.kullback_leibler(np.ones(3), np.ones(4), np.arange(3.0))
