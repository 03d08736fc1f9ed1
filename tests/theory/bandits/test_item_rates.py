"""Rates by item: what shrinking does, whether the strength is found again, and that no row predicts itself."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from course_lib import CourseError
from course_lib.datasets.clicks import CAMPAIGNS, POLICIES, load_clicks
from course_lib.theory.bandits import item_rates as rates_module
from course_lib.theory.bandits.item_rates import cross_fitted, fit_spread, item_rates

COUNTS = st.lists(
    st.integers(1, 300).flatmap(lambda shown: st.tuples(st.just(shown), st.integers(0, shown))),
    min_size=2,
    max_size=12,
).map(lambda rows: np.array(rows).T)


@given(COUNTS, st.floats(0.1, 1e5))
def test_rates_lie_between_the_item_s_own_and_the_common_one(counts, strength) -> None:
    shown, clicked = counts
    own, mean = clicked / shown, clicked.sum() / shown.sum()
    found = item_rates(shown, clicked, strength)
    assert (np.minimum(own, mean) - 1e-12 <= found).all() and (found <= np.maximum(own, mean) + 1e-12).all()
    assert found == pytest.approx((clicked + strength * mean) / (shown + strength))


@given(COUNTS)
def test_the_ends_of_shrinking(counts) -> None:
    shown, clicked = counts
    assert item_rates(shown, clicked, 0).tolist() == (clicked / shown).tolist()
    assert set(item_rates(shown, clicked, math.inf)) == {clicked.sum() / shown.sum()}


def test_the_likelihood_is_the_beta_binomial_s_but_for_what_no_strength_changes() -> None:
    shown, clicked = np.array([30, 50, 80]), np.array([1, 0, 7])
    found, wanted = [
        [f(strength) for strength in (15.0, 200.0)]
        for f in (
            lambda m: rates_module._log_likelihood(shown, clicked, 0.05, m),
            lambda m: stats.betabinom.logpmf(clicked, shown, 0.05 * m, 0.95 * m).sum(),
        )
    ]
    assert found[0] - found[1] == pytest.approx(wanted[0] - wanted[1])


def test_a_strength_is_found_again() -> None:
    rng = np.random.default_rng(0)
    shown = np.full(400, 2000)
    truth = rng.beta(0.02 * 500, 0.98 * 500, 400)
    spread = fit_spread(shown, rng.binomial(shown, truth))
    assert 350 < spread.strength < 700 and spread.p_value < 1e-6
    assert spread.mean == pytest.approx(0.02, abs=0.001)


def test_items_alike_are_found_to_differ_as_seldom_as_the_p_value_says() -> None:
    rng = np.random.default_rng(1)
    shown = np.full(30, 600)
    found = [fit_spread(shown, rng.binomial(shown, 0.03)).p_value for _ in range(200)]
    assert (np.array(found) < 0.05).mean() < 0.1
    assert np.isclose(found, 1).mean() > 0.35


def test_the_log_cannot_show_that_items_differ() -> None:
    """The lesson says so of each campaign, both halves together."""
    for campaign in CAMPAIGNS:
        counts = [load_clicks(policy, campaign).counts for policy in POLICIES]
        spread = fit_spread(*(sum(each) for each in zip(*counts, strict=True)))
        assert spread.p_value > 0.1
        assert (spread.strength == math.inf) == (campaign != "men")


def test_no_row_predicts_itself() -> None:
    rng = np.random.default_rng(0)
    items, rewards = rng.integers(4, size=60), rng.integers(2, size=60).astype(float)
    before = cross_fitted(items, rewards, 4, strength=2)
    for row in (0, 17, 59):
        changed = rewards.copy()
        changed[row] = 1 - changed[row]
        after = cross_fitted(items, changed, 4, strength=2)
        assert (after[row] == before[row]).all() and not (after == before).all()


def test_folds_by_plain_loops() -> None:
    items, rewards = np.array([0, 1, 1, 0, 2, 1]), np.array([1.0, 0, 1, 0, 0, 1])
    found = cross_fitted(items, rewards, 3, strength=1.5, folds=6)
    for row in range(6):
        others = [other for other in range(6) if other != row]
        mean = sum(rewards[other] for other in others) / 5
        for item in range(3):
            of_item = [rewards[other] for other in others if items[other] == item]
            assert found[row, item] == pytest.approx((sum(of_item) + 1.5 * mean) / (len(of_item) + 1.5))


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: fit_spread([10, 10], [0, 0]), "no item can differ"),
        (lambda: fit_spread([0, 0], [0, 0]), "at least one shown"),
        (lambda: fit_spread([], []), "at least one shown"),
        (lambda: item_rates([0, 10], [1, 0], 5), "Item 0: 1 clicks of 0 shown; a click on nothing shown"),
        (lambda: item_rates([5, 10], [np.nan, 0], 5), "Item 0: nan clicks"),
        (lambda: item_rates([0, 10], [0, 1], 0), "Item 0 was never shown"),
        (lambda: item_rates([5, 10], [0, 1], -1), "strength is a number"),
        (lambda: item_rates([5, 10], [0], 1), "these are"),
        (lambda: cross_fitted([0, 1], [0, 1], 2, 1.0, folds=3), "3 folds of 2 rows"),
        (lambda: cross_fitted([0, 1], [0, 1], 2, 1.0, folds=1), "1 folds of 2 rows"),
        (lambda: cross_fitted([0, 1], [0, 1, 1], 2, 1.0, folds=2), "one reward for each item"),
        (lambda: cross_fitted([0, 2], [0, 1], 2, 1.0, folds=2), "items from 0 to 1 are known"),
    ],
)
def test_odd_input_is_named_in_one_line(call, said: str) -> None:
    with pytest.raises(CourseError, match=said) as raised:
        call()
    assert "\n" not in str(raised.value)


def test_the_p_value_is_half_that_of_chi_squared() -> None:
    spread = fit_spread([1000, 1000, 1000], [20, 35, 30])
    assert 0.1 < spread.gain < 2
    assert spread.p_value == pytest.approx(stats.chi2.sf(2 * spread.gain, 1) / 2)
