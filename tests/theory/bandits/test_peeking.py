"""Peeking errs as often as the literature says, the cures hold, and the evidence is a martingale, exactly."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib import CourseError
from course_lib.theory.bandits import peeking
from course_lib.theory.bandits.peeking import coin_evidence, ever_beyond, pocock_bound, simulate_looks

LEVEL, RUNS = 0.05, 10_000


@pytest.fixture(scope="module")
def null() -> peeking.Looks:
    return simulate_looks(0.005, 0.005, 200_000, 10, RUNS, seed=3)


def test_ten_looks_quadruple_the_error(null) -> None:
    """Armitage, McPherson and Rowe 1969, table 2: 0.193 for ten looks."""
    assert (np.abs(null.z[:, -1]) >= 1.96).mean() == pytest.approx(LEVEL, abs=0.01)
    assert ever_beyond(np.abs(null.z), 1.96) == pytest.approx(0.193, abs=0.015)


@pytest.mark.parametrize(("looks", "bound"), [(1, 1.960), (2, 2.178), (5, 2.413), (10, 2.555)])
def test_pocock_s_table(looks, bound) -> None:
    assert pocock_bound(looks) == pytest.approx(bound, abs=0.015)


def test_both_cures_hold_the_level(null) -> None:
    assert ever_beyond(np.abs(null.z), pocock_bound(10)) == pytest.approx(LEVEL, abs=0.01)
    assert ever_beyond(null.evidence, 1 / LEVEL) <= LEVEL


def test_the_evidence_holds_the_level_if_one_looks_after_each_click() -> None:
    heads = (np.random.default_rng(0).random((3000, 800)) < 0.5).cumsum(axis=1)
    tails = np.arange(1, 801) - heads
    for strength in (1, 50, 500):
        assert ever_beyond(coin_evidence(heads, tails, strength), 1 / LEVEL) <= LEVEL


def test_a_real_difference_is_found_and_cures_cost_power() -> None:
    looks = simulate_looks(0.005, 0.0065, 200_000, 10, 2000)
    once = (np.abs(looks.z[:, -1]) >= 1.96).mean()
    pocock = ever_beyond(np.abs(looks.z), pocock_bound(10))
    assert once > pocock > ever_beyond(looks.evidence, 20) > 0.5


def plainly(a: int, b: int, strength: int) -> Fraction:
    """2^n times the mixture's probability, by drawing click after click from Polya's urn."""
    found = Fraction(1)
    for click in range(a + b):
        ours = strength + (click if click < a else click - a)
        found *= 2 * Fraction(ours, 2 * strength + click)
    return found


@given(st.integers(0, 30), st.integers(0, 30), st.sampled_from([1, 2, 50]))
def test_the_evidence_by_polya_s_urn(a, b, strength) -> None:
    assert coin_evidence(a, b, strength) == pytest.approx(float(plainly(a, b, strength)), rel=1e-9)


@given(st.integers(0, 200), st.integers(0, 200), st.floats(0.5, 300))
def test_a_fair_coin_neither_raises_nor_lowers_the_evidence_on_average(a, b, strength) -> None:
    after = (coin_evidence(a + 1, b, strength) + coin_evidence(a, b + 1, strength)) / 2
    assert after == pytest.approx(coin_evidence(a, b, strength), rel=1e-9)


@given(st.integers(0, 12), st.sampled_from([1, 50]))
def test_its_mean_over_all_sequences_is_one(n, strength) -> None:
    mean = sum(math.comb(n, a) * coin_evidence(a, n - a, strength) for a in range(n + 1)) / 2**n
    assert mean == pytest.approx(1, rel=1e-9)


def test_counts_only_grow_and_visitors_add_up() -> None:
    looks = simulate_looks(0.1, 0.2, 1003, 7, 20)
    for name in ("clicks_a", "clicks_b", "shown_a", "shown_b"):
        assert (np.diff(getattr(looks, name), axis=1) >= 0).all()
    assert set((looks.shown_a + looks.shown_b)[:, -1]) == {1003}
    assert (looks.clicks_a <= looks.shown_a).all()


def test_the_look_at_which_one_stops() -> None:
    values = [[0, 1, 3, 1], [4, 0, 0, 9], [0, 0, 0, 0]]
    assert peeking.stopping_look(values, 3).tolist() == [3, 1, 0]
    assert ever_beyond(values, 3) == pytest.approx(2 / 3)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: simulate_looks(0.005, 0.005, 100, 10, 5), "at least 20 a look"),
        (lambda: simulate_looks(0.005, 1.5, 1000, 10, 5), "Rates are probabilities"),
        (lambda: simulate_looks(0.005, np.nan, 1000, 10, 5), "Rates are probabilities"),
        (lambda: simulate_looks(0.005, 0.005, 1000, 0, 5), "looks is a whole number from 1 on"),
        (lambda: pocock_bound(10, level=5), "level is a share"),
        (lambda: ever_beyond([1, 2], 3), r"\(runs, looks\)"),
        (lambda: ever_beyond([[1, 2]], [3, 4]), "One bound for all looks"),
        (lambda: ever_beyond([[1, 2]], np.nan), "One bound for all looks"),
        (lambda: coin_evidence(-1, 3), "counts from 0 on"),
        (lambda: coin_evidence([], []), "counts from 0 on"),
        (lambda: coin_evidence(0.5, 3), "counts from 0 on"),
        (lambda: coin_evidence(1, 3, strength=0), "strength is a number above 0"),
    ],
)
def test_odd_input_is_named_in_one_line(call, said) -> None:
    with pytest.raises(CourseError, match=said) as raised:
        call()
    assert "\n" not in str(raised.value)


@pytest.mark.filterwarnings("error")
def test_evidence_of_a_coin_that_is_surely_fair_is_none_and_of_many_clicks_finite() -> None:
    for strength in (1e9, 1e17, 1e300):
        assert coin_evidence(5, 0, strength) == pytest.approx(1, abs=1e-7)
    assert 1e300 < coin_evidence(3000, 0) < np.inf
