"""The belief from clicks: against plain loops, against Bradley-Terry's own fit, against known rates."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib import CourseError
from course_lib.theory.feedback import click_model
from course_lib.theory.feedback.click_model import click_rates, fit_clicks, with_base
from course_lib.theory.taste import bradley_terry

TABLE = np.array([[1, 0, 1], [1, 0, 0], [0, 1, 1], [0, 1, 0], [1, 1, 0]])
SHOWN, CLICKED = np.array([40, 25, 0, 60, 3]), np.array([5, 1, 0, 9, 3])
PRIOR = np.array([click_model.BASE_MEAN, 0, 0, 0])
SPREADS = np.array([click_model.BASE_SPREAD, *[click_model.SPREAD] * 3])


def log_posterior(weights: np.ndarray) -> float:
    """By plain loops over looks and impressions."""
    total = 0.0
    for row, shown, clicked in zip(TABLE, SHOWN, CLICKED, strict=True):
        logit = weights[0] + sum(w * c for w, c in zip(weights[1:], row, strict=True))
        chance = 1 / (1 + math.exp(-logit))
        for number in range(shown):
            total += math.log(chance if number < clicked else 1 - chance)
    for weight, mean, spread in zip(weights, PRIOR, SPREADS, strict=True):
        total -= ((weight - mean) / spread) ** 2 / 2
    return total


def test_the_mean_is_the_mode_and_the_covariance_its_curvature_by_plain_loops() -> None:
    belief = fit_clicks(TABLE, SHOWN, CLICKED)
    steps = np.eye(4) * 1e-3
    for step in steps:
        slope = (log_posterior(belief.mean + step) - log_posterior(belief.mean - step)) / 2e-3
        assert abs(slope) < 1e-4
    hessian = [
        [
            sum(s * t * log_posterior(belief.mean + s * one + t * other) for s in (1, -1) for t in (1, -1))
            / 4e-6
            for other in steps
        ]
        for one in steps
    ]
    np.testing.assert_allclose(np.linalg.inv(-np.array(hessian)), belief.covariance, rtol=1e-3, atol=1e-5)


def test_a_click_is_a_choice_of_the_banner_over_nothing() -> None:
    """Bradley-Terry between a banner and an empty one, impression by impression, is the same model."""
    rows = with_base(TABLE)
    chosen = np.repeat(rows, CLICKED, axis=0)
    passed = np.repeat(rows, SHOWN - CLICKED, axis=0)
    theirs = bradley_terry.fit(np.concatenate([chosen, -passed]), PRIOR, np.diag(SPREADS**2))
    ours = fit_clicks(TABLE, SHOWN, CLICKED)
    np.testing.assert_allclose(ours.mean, theirs.mean, atol=1e-6)
    np.testing.assert_allclose(ours.covariance, theirs.covariance, atol=1e-6)


def test_without_impressions_the_belief_is_the_prior() -> None:
    belief = fit_clicks(TABLE, np.zeros(5), np.zeros(5))
    np.testing.assert_allclose(belief.mean, PRIOR)
    np.testing.assert_allclose(belief.covariance, np.diag(SPREADS**2))
    np.testing.assert_allclose(click_rates(belief.mean, TABLE), 0.015)


def test_many_clicks_find_the_rates() -> None:
    rates = np.array([0.02, 0.01, 0.04, 0.02, 0.01])  # odds multiply, nearly, in the table's columns
    shown = np.full(5, 10_000_000)
    belief = fit_clicks(TABLE[:4], shown[:4], (rates * shown)[:4])
    np.testing.assert_allclose(click_rates(belief.mean, TABLE[:4]), rates[:4], rtol=0.02)


@given(st.lists(st.tuples(st.integers(0, 500), st.floats(0, 1)), min_size=5, max_size=5))
def test_more_clicks_on_a_look_never_lower_what_is_expected_of_it(counts: list[tuple[int, float]]) -> None:
    shown = np.array([count + 1 for count, _ in counts])
    clicked = np.array([int(share * count) for count, share in counts])
    more = clicked.copy()
    more[0] += 1
    before, after = (click_rates(fit_clicks(TABLE, shown, each).mean, TABLE) for each in (clicked, more))
    assert after[0] > before[0] and np.isfinite(after).all()


@pytest.mark.parametrize(
    ("shown", "clicked", "says"),
    [
        (SHOWN[:4], CLICKED[:4], "each of 5 looks"),
        (SHOWN, CLICKED[:4], "each of 5 looks"),
        (SHOWN, [5, 1, 1, 9, 3], "Look 2: 1 clicks of 0 shown; a click on nothing shown is none"),
        (SHOWN, [-1, 1, 0, 9, 3], "Look 0: -1 clicks"),
        (SHOWN, [math.nan, 1, 0, 9, 3], "Look 0: nan clicks"),
    ],
)
def test_odd_counts_are_one_clear_line(shown, clicked, says: str) -> None:
    with pytest.raises(CourseError, match=says):
        fit_clicks(TABLE, shown, clicked)


@pytest.mark.parametrize("spread", [0.0, -1.0, math.nan, math.inf])
def test_an_odd_spread_is_refused(spread: float) -> None:
    with pytest.raises(CourseError, match="spread is a number above 0"):
        fit_clicks(TABLE, SHOWN, CLICKED, spread)
