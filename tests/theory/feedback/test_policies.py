"""Policies: the best mixture is the best, entropy keeps its bounds, and Thompson shows what may be the best."""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from course_lib import CourseError
from course_lib.theory.feedback.click_model import click_rates, fit_clicks
from course_lib.theory.feedback.policies import Greedy, Thompson, Uniform, best_mixture, entropy
from course_lib.theory.taste.bradley_terry import Belief

TABLE = np.eye(4)
KNOWN = fit_clicks(TABLE, np.full(4, 5000), [50, 100, 90, 20])
RATES = arrays(float, 6, elements=st.floats(0, 0.1))


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


@given(rates=RATES, price=st.floats(1e-4, 0.1), seed=st.integers(0, 1000))
def test_no_other_distribution_is_worth_more_than_the_best_mixture(rates, price, seed) -> None:
    def worth(p: np.ndarray) -> float:
        plain = -sum(each * math.log(each) for each in p if each > 0)
        return sum(p * rates) + price * plain

    best = best_mixture(rates, price)
    other = np.random.default_rng(seed).dirichlet(np.ones(6))
    assert worth(best) >= worth(other) - 1e-12
    assert worth(best) >= worth(0.9 * best + 0.1 * other) - 1e-12


@given(rates=RATES, price=st.floats(0, 0.1), constant=st.floats(-0.05, 0.05))
def test_a_mixture_is_one_and_no_constant_changes_it(rates, price, constant) -> None:
    best = best_mixture(rates, price)
    assert best.sum() == pytest.approx(1) and (best >= 0).all()
    if price > 1e-3 or constant == 0:  # at no price two rates that a rounding makes equal share
        np.testing.assert_allclose(best_mixture(rates + constant, price), best, atol=1e-9)


@given(rates=RATES, low=st.floats(1e-4, 0.05), more=st.floats(1.0, 10.0))
def test_a_higher_price_of_variety_buys_more_of_it_and_never_more_clicks(rates, low, more) -> None:
    cheap, dear = best_mixture(rates, low), best_mixture(rates, more * low)
    assert entropy(dear) >= entropy(cheap) - 1e-9
    assert dear @ rates <= cheap @ rates + 1e-12


def test_without_a_price_the_best_looks_share_all() -> None:
    np.testing.assert_array_equal(best_mixture([0.1, 0.3, 0.3, 0.2], 0.0), [0, 0.5, 0.5, 0])


@given(st.integers(1, 50).flatmap(lambda n: arrays(float, n, elements=st.floats(0.0, 1.0))))
def test_entropy_lies_between_0_and_that_of_all_alike(weights: np.ndarray) -> None:
    p = (weights + 1e-9) / (weights + 1e-9).sum()
    found = float(entropy(p))
    assert -1e-9 <= found <= math.log(len(p)) + 1e-9
    assert found == pytest.approx(-sum(each * math.log(each) for each in p))


def test_entropy_at_its_ends() -> None:
    assert entropy([0, 1.0, 0]) == 0 and entropy(np.full(7, 1 / 7)) == pytest.approx(math.log(7))


def test_greedy_takes_the_best_and_epsilon_spreads_its_share() -> None:
    np.testing.assert_array_equal(Greedy().probabilities(KNOWN, TABLE, rng()), [0, 1, 0, 0])
    found = Greedy(epsilon=0.2).probabilities(KNOWN, TABLE, rng())
    np.testing.assert_allclose(found, [0.05, 0.85, 0.05, 0.05])
    rates = click_rates(KNOWN.mean, TABLE)
    powers = [math.exp(rate / 0.004) for rate in rates]
    priced = Greedy(diversity=0.004).probabilities(KNOWN, TABLE, rng())
    np.testing.assert_allclose(priced, np.array(powers) / sum(powers))


def test_who_knows_nothing_shows_all_alike() -> None:
    nothing = fit_clicks(TABLE, np.zeros(4), np.zeros(4))
    for policy in (Uniform(), Greedy(), Greedy(diversity=0.01)):
        np.testing.assert_allclose(policy.probabilities(nothing, TABLE, rng()), 0.25)
    np.testing.assert_allclose(Thompson(draws=20_000).probabilities(nothing, TABLE, rng()), 0.25, atol=0.02)


def test_thompson_shows_a_look_as_often_as_it_may_be_the_best() -> None:
    """Of two looks: P(w_1 > w_2) of two numbers that are Gaussian together."""
    covariance = np.array([[1.0, 0.1, 0.0], [0.1, 0.5, 0.2], [0.0, 0.2, 0.3]])
    belief = Belief(np.array([-4.0, 0.3, 0.0]), covariance)
    spread = math.sqrt(0.5 + 0.3 - 2 * 0.2)
    found = Thompson(draws=40_000).probabilities(belief, np.eye(2), rng())
    assert found[0] == pytest.approx(NormalDist().cdf(0.3 / spread), abs=0.01)
    assert found.sum() == pytest.approx(1)


def test_thompson_is_greedy_once_all_is_known() -> None:
    sure = Belief(KNOWN.mean, KNOWN.covariance * 1e-6)
    for diversity in (0.0, 0.004):
        np.testing.assert_allclose(
            Thompson(diversity).probabilities(sure, TABLE, rng()),
            Greedy(diversity).probabilities(sure, TABLE, rng()),
            atol=1e-3,
        )


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (lambda: Greedy(diversity=-0.1), "diversity is a price"),
        (lambda: Thompson(diversity=math.nan), "diversity is a price"),
        (lambda: Greedy(epsilon=1.5), "epsilon is a probability"),
        (lambda: Thompson(draws=0), "draws is a whole number"),
        (lambda: best_mixture([], 0.1), "finite numbers, one a look"),
        (lambda: best_mixture([0.1, math.nan], 0.1), "finite numbers, one a look"),
        (lambda: best_mixture([0.1, 0.2], -1), "diversity is a price"),
        (lambda: entropy([0.5, 0.2]), "with the sum 1"),
        (lambda: entropy([1.5, -0.5]), "from 0 on"),
    ],
)
def test_odd_input_is_one_clear_line(wrong, says: str) -> None:
    with pytest.raises(CourseError, match=says):
        wrong()
