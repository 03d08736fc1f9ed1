"""Intervals of a rate against their definitions, their coverage against draws, and laws that always hold."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from course_lib import CourseError
from course_lib.scores.intervals import exact_interval
from course_lib.theory.bandits import proportions
from course_lib.theory.bandits.proportions import coverage, wald_interval, wilson_interval

COUNTS = st.integers(1, 5000).flatmap(lambda shown: st.tuples(st.integers(0, shown), st.just(shown)))
CONFIDENCES = st.floats(0.5, 0.999)


@given(COUNTS, CONFIDENCES)
def test_the_ends_of_wilson_s_interval_are_z_of_their_own_standard_errors_away(counts, confidence) -> None:
    """Wilson's definition, solved here by no formula: at both ends |rate - p| = z sqrt(p (1 - p) / n)."""
    clicks, shown = counts
    z = stats.norm.ppf((1 + confidence) / 2)
    for end, side in zip(wilson_interval(clicks, shown, confidence), (-1, 1), strict=True):
        if 0 < end < 1:
            found = (end - clicks / shown) / np.sqrt(end * (1 - end) / shown)
            assert found == pytest.approx(side * z, rel=1e-6)
        else:
            assert clicks in (0, shown)


@given(COUNTS, CONFIDENCES)
def test_wald_s_interval_by_scipy(counts, confidence) -> None:
    clicks, shown = counts
    rate = clicks / shown
    low, high = wald_interval(clicks, shown, confidence)
    spread = np.sqrt(rate * (1 - rate) / shown)
    if spread:
        wanted = np.clip(stats.norm.interval(confidence, rate, spread), 0, 1)
        np.testing.assert_allclose((low, high), wanted, atol=1e-12)
    else:
        assert low == high == rate


@given(COUNTS, CONFIDENCES)
def test_wilson_by_scipy(counts, confidence) -> None:
    wanted = stats.binomtest(*counts).proportion_ci(confidence, "wilson")
    np.testing.assert_allclose(wilson_interval(*counts, confidence), wanted, atol=1e-12)


@given(COUNTS, CONFIDENCES)
def test_intervals_hold_the_rate_and_lie_in_0_to_1(counts, confidence) -> None:
    clicks, shown = counts
    for interval in (wald_interval, wilson_interval):
        low, high = interval(clicks, shown, confidence)
        assert 0 <= low <= clicks / shown + 1e-12 and clicks / shown - 1e-12 <= high <= 1


@given(COUNTS)
def test_clicks_and_no_clicks_mirror_each_other(counts) -> None:
    clicks, shown = counts
    low, high = wilson_interval(clicks, shown)
    other_low, other_high = wilson_interval(shown - clicks, shown)
    assert low == pytest.approx(1 - other_high, abs=1e-12) and high == pytest.approx(1 - other_low, abs=1e-12)


def test_arrays_are_taken_as_numbers_are() -> None:
    clicks = np.array([0, 3, 46])
    low, high = wilson_interval(clicks, 10_000)
    for place, one in enumerate(clicks):
        assert (low[place], high[place]) == wilson_interval(one, 10_000)


@pytest.mark.parametrize(("rate", "shown"), [(0.005, 300), (0.3, 20), (0.0, 5), (1.0, 5)])
def test_binomial_probabilities_by_scipy(rate, shown) -> None:
    found = proportions.binomial(rate, shown)
    np.testing.assert_allclose(found, stats.binom.pmf(np.arange(shown + 1), shown, rate), atol=1e-12)


@pytest.mark.parametrize("interval", [wald_interval, wilson_interval])
@pytest.mark.parametrize(("rate", "shown"), [(0.005, 1000), (0.005, 300), (0.2, 40)])
def test_coverage_is_what_draws_say(interval, rate, shown) -> None:
    clicks = np.random.default_rng(0).binomial(shown, rate, 200_000)
    low, high = interval(clicks, shown)
    held = ((low <= rate) & (rate <= high)).mean()
    assert coverage(interval, rate, shown) == pytest.approx(held, abs=0.004)


def test_wald_fails_where_clicks_are_rare_and_wilson_does_not() -> None:
    assert coverage(wald_interval, 0.005, 300) < 0.8
    assert coverage(wald_interval, 0.005, 1000) < 0.88
    for shown in (300, 1000, 3000, 10_000):
        assert coverage(wilson_interval, 0.005, shown) > 0.93


def test_the_exact_interval_is_wider_than_wilson_s() -> None:
    low, high = wilson_interval(46, 10_000)
    exact_low, exact_high = exact_interval(46, 10_000)
    assert exact_low < low and high < exact_high


@pytest.mark.parametrize(
    ("clicks", "shown"), [(5, 4), (-1, 4), (0, 0), (np.nan, 4), ([1, 5], [4, 4]), (1, np.nan)]
)
def test_counts_that_are_none_are_named(clicks, shown) -> None:
    for interval in (wald_interval, wilson_interval):
        with pytest.raises(CourseError, match="There cannot be") as raised:
            interval(clicks, shown)
        assert "\n" not in str(raised.value)


@pytest.mark.parametrize("confidence", [0, 1, 95, np.nan])
def test_a_confidence_is_a_share(confidence) -> None:
    with pytest.raises(CourseError, match=re.escape("confidence is a share between 0 and 1")):
        wilson_interval(1, 10, confidence)


@pytest.mark.parametrize(("rate", "shown"), [(0, 10), (1, 10), (0.5, 0), (0.5, 2.5)])
def test_coverage_wants_a_rate_and_a_count(rate, shown) -> None:
    with pytest.raises(CourseError):
        coverage(wilson_interval, rate, shown)
