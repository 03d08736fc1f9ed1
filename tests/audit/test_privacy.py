"""Differential privacy: the accountant against dp-accounting, integrals and an exact formula; the mechanisms."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import norm

from course_lib import CourseError
from course_lib.audit import privacy
from course_lib.audit.privacy import (
    caught_at_most,
    clipped,
    epsilon,
    laplace,
    noise_for,
    noisy_mean,
    renyi,
)

BY_DP_ACCOUNTING = {  # (sampling rate, noise, steps, delta): at our orders, at its own, which have fractions
    (1, 1, 1, 1e-5): (4.752728336819822, 4.728507067217623),
    (1, 4, 1, 1e-5): (1.0125506277526433, 1.0125506277526433),
    (1, 2, 100, 1e-6): (37.429216196844386, 37.429216196844386),
    (0.01, 1.1, 1000, 1e-5): (1.7252908180449448, 1.7117701662429012),
    (0.01, 0.8, 3000, 1e-5): (5.845384986163589, 5.845384986163589),
    (0.01, 2, 10000, 1e-6): (2.630084917040783, 2.629141898585195),
    (256 / 60000, 1.0, 5000, 1e-5): (1.8217326468018902, 1.8113348587038707),
    (0.1, 1.5, 500, 1e-5): (9.237972032803807, 9.100969735816077),
    (0.001, 0.5, 1000, 1e-5): (4.963359064352079, 4.382144962527826),
    (0.01, 0.5, 2000, 1e-5): (20.817635732540865, 20.598417726210826),
}
"""Of dp-accounting 0.6.0."""


@pytest.mark.parametrize("case", BY_DP_ACCOUNTING)
def test_the_accountant_says_what_dp_accounting_says(case) -> None:
    same_orders, its_own = BY_DP_ACCOUNTING[case]
    assert epsilon(*case) == pytest.approx(same_orders, rel=1e-10)
    assert its_own <= epsilon(*case) * (1 + 1e-10) <= 1.15 * its_own


def test_the_table_is_what_dp_accounting_says_today() -> None:
    rdp = pytest.importorskip("dp_accounting.rdp")
    event = pytest.importorskip("dp_accounting.dp_event")
    for (rate, noise, steps, delta), (same_orders, _) in BY_DP_ACCOUNTING.items():
        accountant = rdp.RdpAccountant(privacy.ORDERS)
        accountant.compose(event.PoissonSampledDpEvent(rate, event.GaussianDpEvent(noise)), steps)
        assert accountant.get_epsilon(delta) == pytest.approx(same_orders)


@pytest.mark.parametrize(("order", "rate", "noise"), [(2, 0.1, 1.0), (3, 0.5, 2.0), (8, 0.02, 1.5)])
def test_the_divergence_is_its_integral(order, rate, noise) -> None:
    """Of the mixture from the Gaussian, in both directions: the formula is the larger one."""

    def divergence(swapped: bool) -> float:
        def integrand(x: float) -> float:
            plain = norm.pdf(x, 0, noise)
            mixed = (1 - rate) * plain + rate * norm.pdf(x, 1, noise)
            above, below = (plain, mixed) if swapped else (mixed, plain)
            return (above / below) ** order * below

        return math.log(quad(integrand, -12 * noise, 12 * noise + order, limit=400)[0]) / (order - 1)

    assert renyi(order, rate, noise) == pytest.approx(divergence(swapped=False), rel=1e-6)
    assert divergence(swapped=True) <= renyi(order, rate, noise)


@pytest.mark.parametrize("noise", [0.6, 1.0, 3.0, 10.0])
def test_one_gaussian_release_costs_no_less_than_it_does_and_little_more(noise) -> None:
    """Balle & Wang 2018 (arXiv:1805.06530), theorem 8, gives the exact delta of an epsilon."""
    told = epsilon(1, noise, 1, 1e-5)

    def delta(spent: float) -> float:
        half, shift = 1 / (2 * noise), spent * noise
        return norm.cdf(half - shift) - math.exp(spent) * norm.cdf(-half - shift)

    assert delta(told) < 1e-5 < delta(0.85 * told)


@given(
    st.floats(0.001, 1),
    st.floats(0.3, 5),
    st.integers(1, 3000),
    st.sampled_from([1e-7, 1e-5, 1e-3]),
    st.data(),
)
def test_more_steps_more_people_less_noise_and_a_smaller_delta_cost_more(
    rate, noise, steps, delta, data
) -> None:
    spent = epsilon(rate, noise, steps, delta)
    assert epsilon(rate, noise, steps + data.draw(st.integers(1, 50)), delta) >= spent
    assert epsilon(rate, noise * data.draw(st.floats(1, 2)), steps, delta) <= spent * (1 + 1e-9)
    assert epsilon(rate * data.draw(st.floats(0.2, 1)), noise, steps, delta) <= spent * (1 + 1e-9)
    assert epsilon(rate, noise, steps, delta / 10) >= spent


@settings(max_examples=10)
@given(st.floats(0.1, 30), st.floats(0.001, 1), st.integers(1, 3000))
def test_the_noise_for_an_epsilon_is_the_least(target, rate, steps) -> None:
    noise = noise_for(target, rate, steps, 1e-5)
    assert epsilon(rate, noise, steps, 1e-5) <= target < epsilon(rate, 0.999 * noise, steps, 1e-5)


def test_without_noise_nothing_is_promised() -> None:
    assert epsilon(0.1, 0, 1, 1e-5) == math.inf
    assert epsilon(1e-4, 50, 1, 1e-3) == 0


def test_what_cannot_be_reached_is_said() -> None:
    with pytest.raises(CourseError, match="No noise makes epsilon"):
        noise_for(0.01, 1, 10, 1e-12)


ROWS = st.lists(st.lists(st.floats(-1e6, 1e6), min_size=3, max_size=3), min_size=1, max_size=8).map(np.array)


@given(ROWS, st.floats(0.01, 100), st.integers(0, 7))
def test_one_person_moves_the_mean_by_no_more_than_the_bound(gradients, bound, gone) -> None:
    short = clipped(gradients, bound)
    assert (np.linalg.norm(short, axis=1) <= bound * (1 + 1e-9)).all()
    kept = np.linalg.norm(gradients, axis=1) <= bound
    assert short[kept] == pytest.approx(gradients[kept])
    both = [
        noisy_mean(rows, bound, 0, 10, np.random.default_rng(0))
        for rows in (gradients, np.delete(gradients, gone % len(gradients), axis=0))
    ]
    assert np.linalg.norm(both[0] - both[1]) <= bound / 10 * (1 + 1e-9)


def test_clipping_the_mean_instead_lets_one_person_turn_it() -> None:
    gradients = np.append(np.full((999, 1), 1.0), [[-1e6]], axis=0)
    means = [clipped(rows.mean(axis=0, keepdims=True), 1.0)[0, 0] for rows in (gradients[:-1], gradients)]
    assert means == [1, -1]
    each = [
        noisy_mean(rows, 1.0, 0, 1000, np.random.default_rng(0))[0] for rows in (gradients[:-1], gradients)
    ]
    assert each == pytest.approx([0.999, 0.998])


def test_the_noise_has_the_deviation_that_is_counted() -> None:
    rng = np.random.default_rng(1)
    means = noisy_mean(np.zeros((0, 20_000)), 3.0, 1.5, 60, rng)
    assert means.std() == pytest.approx(3.0 * 1.5 / 60, rel=0.02)
    assert abs(means.mean()) < 4 * means.std() / math.sqrt(20_000)


def test_laplace_noise_keeps_its_promise_on_neighbouring_counts() -> None:
    """Histograms of releases of 10 and of 11: no bin's chances differ by more than exp(epsilon)."""
    edges = np.arange(4, 18, 0.5)
    seen = [np.histogram(laplace(np.full(400_000, count), 0.8, seed=count), edges)[0] for count in (10, 11)]
    ratios = np.log(seen[0] / seen[1])
    assert np.abs(ratios).max() == pytest.approx(0.8, abs=0.06)
    released = laplace(np.zeros((1000, 100)), 0.5, sensitivity=2, seed=1)
    assert np.abs(released).mean() == pytest.approx(4, rel=0.02)
    assert (laplace([3, 4], 1, seed=5) == laplace([3, 4], 1, seed=5)).all()


def test_no_attack_on_a_gaussian_release_finds_more_than_the_promise_allows() -> None:
    """The best attack is a threshold, whose false alarms and catches are known in closed form."""
    noise = 1.2
    thresholds = np.linspace(-6, 8, 300)
    alarms, found = norm.sf(thresholds, 0, noise), norm.sf(thresholds, 1, noise)
    for delta in (1e-5, 1e-2):
        spent = epsilon(1, noise, 1, delta)
        bounds = [caught_at_most(spent, delta, alarm) for alarm in alarms]
        assert (found <= np.array(bounds) + 1e-12).all()
    assert caught_at_most(0, 0, 0.3) == pytest.approx(0.3)
    assert caught_at_most(1, 0, 0.01) == pytest.approx(0.01 * math.e)
    assert caught_at_most(1, 0, 0.9) == pytest.approx(1 - 0.1 / math.e)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: laplace([1, 2], 0), "epsilon is"),
        (lambda: laplace([1, 2], math.nan), "epsilon is"),
        (lambda: laplace([1, math.nan], 1), "counts hold NaN"),
        (lambda: laplace(["many"], 1), "array of numbers"),
        (lambda: laplace([1], 1, sensitivity=-1), "sensitivity is"),
        (lambda: laplace([1], 1, seed=1.5), "seed is"),
        (lambda: clipped([1.0, 2.0], 1), "a row for each example"),
        (lambda: clipped([[1.0]], 0), "bound is"),
        (lambda: noisy_mean([[1.0]], 1, -1, 1, np.random.default_rng(0)), "noise is"),
        (lambda: noisy_mean([[1.0]], 1, 1, 0, np.random.default_rng(0)), "batch is"),
        (lambda: noisy_mean([[1.0]], 1, 1, 1, 0), "rng is"),
        (lambda: renyi(1, 0.1, 1), "order is"),
        (lambda: renyi(2000, 0.1, 1), "order is"),
        (lambda: epsilon(0, 1, 1, 1e-5), "sampling_rate is"),
        (lambda: epsilon(1.5, 1, 1, 1e-5), "sampling_rate is"),
        (lambda: epsilon(0.1, True, 1, 1e-5), "noise is"),
        (lambda: epsilon(0.1, 1, 0, 1e-5), "steps is"),
        (lambda: epsilon(0.1, 1, 1, 0), "delta is"),
        (lambda: epsilon(0.1, 1, 1, 1), "delta is"),
        (lambda: noise_for(math.inf, 0.1, 1, 1e-5), "target is"),
        (lambda: caught_at_most(-1, 0, 0.1), "epsilon is"),
        (lambda: caught_at_most(1, 0, 2), "false_alarms is"),
    ],
)
def test_what_is_no_privacy_is_refused_in_one_line(call, message) -> None:
    with pytest.raises(CourseError, match=message) as refused:
        call()
    assert "\n" not in str(refused.value)


def test_the_example_of_the_paper_that_counted_first() -> None:
    """Abadi et al. 2016, section 3.2: q = 0.01, noise 4, 10,000 steps, delta 1e-5 cost 1.26 by their conversion."""
    theirs = min(10_000 * renyi(order, 0.01, 4) + math.log(1e5) / (order - 1) for order in range(2, 65))
    assert theirs == pytest.approx(1.26, abs=0.005)
    assert 0.9 < epsilon(0.01, 4, 10_000, 1e-5) < theirs


@pytest.mark.parametrize("noise", [1e-13, 1e-154, 1e-170, 1e-200, 5e-324])
def test_noise_that_is_hardly_there_is_none(noise) -> None:
    """Its square is 0: the sum was NaN, and max(0, NaN) is 0, which promised that nothing is told."""
    for rate in (0.1, 1):
        assert renyi(2, rate, noise) == epsilon(rate, noise, 10, 1e-5) == math.inf


def test_where_nothing_is_promised_all_may_be_caught() -> None:
    assert caught_at_most(math.inf, 1e-5, 0) == caught_at_most(1e9, 0, 0.01) == 1
    assert caught_at_most(700, 0, 0) == 0


def test_numbers_of_few_bits_count_as_what_they_are() -> None:
    assert renyi(np.int8(127), 0.1, 2) == renyi(127, 0.1, 2)
    assert renyi(np.uint64(3), np.float32(0.5), np.int8(12)) == renyi(3, 0.5, 12)
    assert laplace([0.0], np.float32(0.01), np.int16(1000)) == pytest.approx(
        laplace([0.0], 0.01, 1000), rel=1e-3
    )
    assert noisy_mean(
        np.zeros((0, 2)), np.int8(100), np.int8(100), 1, np.random.default_rng(0)
    ) == pytest.approx(noisy_mean(np.zeros((0, 2)), 100, 100, 1, np.random.default_rng(0)))


def test_a_gradient_without_a_length_is_refused() -> None:
    assert clipped(np.array([[1e140, 0.0]]), 2.0).tolist() == [[2, 0]]
    with pytest.raises(CourseError, match="diverged"):
        clipped(np.array([[1e200, 0.0]]), 2.0)
