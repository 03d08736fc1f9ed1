"""Estimators of a policy's value: a second time by plain loops, exactly over all logs of a tiny world, and by laws."""

from __future__ import annotations

import re
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib import CourseError
from course_lib.theory.bandits import off_policy
from course_lib.theory.bandits.item_rates import cross_fitted
from course_lib.theory.bandits.off_policy import (
    clip,
    clipping_curve,
    direct,
    doubly_robust,
    effective_samples,
    importance_weights,
    ips,
    self_normalised,
)
from tests.theory.bandits.tiny_world import POLICIES, RATES, TARGET, TRUTH, logs, mean_over_logs

GUESS = np.array([0.5, 0.1, 0.9])
"""Predicted rates that are far from right."""
REWARDS = st.floats(-5, 5)
WEIGHTS = st.floats(0.001, 1000)
ROWS = st.lists(st.tuples(REWARDS, WEIGHTS), min_size=1, max_size=20).map(lambda rows: np.array(rows).T)


def weighed(items: np.ndarray, propensities: np.ndarray) -> np.ndarray:
    return importance_weights(np.array(TARGET)[items], propensities)


def plain_ips(items, rewards, propensities) -> float:
    """Horvitz and Thompson: each reward over how likely it was to be seen."""
    total = 0.0
    for item, reward, propensity in zip(items, rewards, propensities, strict=True):
        total += TARGET[item] * reward / propensity
    return total / len(items)


def plain_self_normalised(items, rewards, propensities) -> float:
    above = below = 0.0
    for item, reward, propensity in zip(items, rewards, propensities, strict=True):
        above += reward * TARGET[item] / propensity
        below += TARGET[item] / propensity
    return above / below


def plain_doubly_robust(items, rewards, propensities, predicted) -> float:
    """Dudik, Langford and Li, for a target that is drawn from: predicted(row, item)."""
    total = 0.0
    for row, (item, reward, propensity) in enumerate(zip(items, rewards, propensities, strict=True)):
        for other, share in enumerate(TARGET):
            total += share * predicted(row, other)
        total += TARGET[item] / propensity * (reward - predicted(row, item))
    return total / len(items)


def plain_effective_samples(weights) -> float:
    above = below = 0.0
    for weight in weights:
        above += weight
        below += weight * weight
    return above * above / below


def drawn(seed: int, rows: int = 40) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    policy = np.array(POLICIES)[rng.integers(2, size=rows)]
    items = np.array([rng.choice(3, p=each) for each in policy])
    rewards = (rng.random(rows) < np.array(RATES)[items]).astype(float)
    return items, rewards, policy[np.arange(rows), items]


@pytest.mark.parametrize("seed", range(5))
def test_each_estimator_by_plain_loops(seed: int) -> None:
    items, rewards, propensities = drawn(seed)
    weights = weighed(items, propensities)
    assert ips(rewards, weights) == pytest.approx(plain_ips(items, rewards, propensities))
    assert self_normalised(rewards, weights) == pytest.approx(
        plain_self_normalised(items, rewards, propensities)
    )
    assert doubly_robust(rewards, weights, items, GUESS, TARGET) == pytest.approx(
        plain_doubly_robust(items, rewards, propensities, lambda row, item: GUESS[item])
    )
    by_row = np.random.default_rng(seed).random((len(items), 3))
    assert doubly_robust(rewards, weights, items, by_row, TARGET) == pytest.approx(
        plain_doubly_robust(items, rewards, propensities, lambda row, item: by_row[row, item])
    )
    assert effective_samples(weights) == pytest.approx(plain_effective_samples(weights))
    assert direct(by_row, TARGET) == pytest.approx(
        sum(share * by_row[row, item] for row in range(40) for item, share in enumerate(TARGET)) / 40
    )


def test_the_tiny_world_is_whole() -> None:
    assert sum(chance for chance, *_ in logs(2)) == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize("rows", [1, 2, 3])
def test_ips_is_right_on_average_over_all_logs(rows: int) -> None:
    found = mean_over_logs(lambda items, rewards, p: ips(rewards, weighed(items, p)), rows)
    assert found == pytest.approx(TRUTH, abs=1e-12)


@pytest.mark.parametrize("rows", [1, 2, 3])
def test_doubly_robust_is_right_on_average_over_all_logs_whatever_the_model_says(rows: int) -> None:
    found = mean_over_logs(
        lambda items, rewards, p: doubly_robust(rewards, weighed(items, p), items, GUESS, TARGET), rows
    )
    assert found == pytest.approx(TRUTH, abs=1e-12)


def test_doubly_robust_with_a_model_cross_fitted_to_the_same_log_is_right_on_average() -> None:
    def estimate(items, rewards, p) -> float:
        predicted = cross_fitted(items, rewards, 3, strength=0.5, folds=len(items))
        return doubly_robust(rewards, weighed(items, p), items, predicted, TARGET)

    assert mean_over_logs(estimate, 3) == pytest.approx(TRUTH, abs=1e-12)


def test_doubly_robust_with_a_right_model_is_right_on_average_though_the_weights_are_wrong() -> None:
    found = mean_over_logs(
        lambda items, rewards, p: doubly_robust(rewards, 3 * weighed(items, p) + 1, items, RATES, TARGET), 2
    )
    assert found == pytest.approx(TRUTH, abs=1e-12)


def test_self_normalised_is_biased_and_less_so_with_more_rows() -> None:
    bias = [
        abs(mean_over_logs(lambda items, rewards, p: self_normalised(rewards, weighed(items, p)), n) - TRUTH)
        for n in (1, 2, 3)
    ]
    assert bias[0] > bias[1] > bias[2] > 0.001


def test_wrong_propensities_bias_ips() -> None:
    found = mean_over_logs(lambda items, rewards, p: ips(rewards, weighed(items, np.full_like(p, 1 / 3))), 2)
    assert abs(found - TRUTH) > 0.05


def test_clipping_makes_ips_too_low() -> None:
    found = [
        mean_over_logs(lambda items, rewards, p, most=most: ips(rewards, clip(weighed(items, p), most)), 2)
        for most in (0.5, 1, 2, 5)
    ]
    assert found == sorted(found) and found[0] < found[2] < TRUTH
    assert found[-1] == pytest.approx(TRUTH)  # no weight here is above 5


@given(ROWS)
def test_the_target_that_wrote_the_log_gets_the_plain_mean(rows: np.ndarray) -> None:
    rewards, propensities = rows[0], rows[1] / 1000
    weights = importance_weights(propensities, propensities)
    for found in (ips(rewards, weights), self_normalised(rewards, weights)):
        assert found == pytest.approx(rewards.mean(), abs=1e-9)
    assert effective_samples(weights) == pytest.approx(len(rewards))


@given(ROWS)
def test_self_normalised_stays_within_the_rewards(rows: np.ndarray) -> None:
    assert rows[0].min() - 1e-9 <= self_normalised(*rows) <= rows[0].max() + 1e-9


@given(ROWS, REWARDS)
def test_a_number_added_to_all_rewards_is_added_to_self_normalised_alone(rows, more) -> None:
    rewards, weights = rows
    found = self_normalised(rewards + more, weights) - self_normalised(rewards, weights)
    assert found == pytest.approx(more, abs=1e-8)
    assert ips(rewards + more, weights) - ips(rewards, weights) == pytest.approx(
        more * weights.mean(), abs=1e-6
    )


@given(ROWS, st.floats(0.01, 100))
def test_effective_samples_lie_between_1_and_n_and_know_no_scale(rows, scale) -> None:
    weights = rows[1]
    found = effective_samples(weights)
    assert 1 - 1e-9 <= found <= len(weights) + 1e-9
    assert effective_samples(scale * weights) == pytest.approx(found)


def test_one_row_that_weighs_all_is_worth_one() -> None:
    assert effective_samples([1e300, 1, 1]) == pytest.approx(1)
    assert effective_samples([0, 0, 2, 2]) == pytest.approx(2)


@given(ROWS)
def test_the_clipping_curve_ends_at_the_weights_as_they_are(rows: np.ndarray) -> None:
    rewards, weights = np.abs(rows[0]), rows[1]
    limits = [weights.max() * share for share in (0.1, 0.5, 1)]
    curve = clipping_curve(rewards, weights, limits)
    wanted = {
        "limit": weights.max(),
        "clipped": 0.0,
        "kept": 1.0,
        "ips": ips(rewards, weights),
        "self_normalised": self_normalised(rewards, weights),
        "effective_samples": effective_samples(weights),
    }
    assert curve[-1] == pytest.approx(wanted, rel=1e-12)
    for name, sign in (("ips", 1), ("kept", 1), ("clipped", -1), ("effective_samples", -1)):
        values = [sign * row[name] for row in curve]
        assert all(one <= other + 1e-9 for one, other in pairwise(values)), name


def test_a_perfect_model_leaves_doubly_robust_nothing_to_mend() -> None:
    items = np.array([0, 1, 2, 1])
    rewards = GUESS[items]
    assert doubly_robust(rewards, np.array([9.0, 0.1, 3, 2]), items, GUESS, TARGET) == pytest.approx(
        direct(GUESS, TARGET)
    )


def test_a_model_that_knows_nothing_leaves_ips() -> None:
    items, rewards, propensities = drawn(0)
    weights = weighed(items, propensities)
    assert doubly_robust(rewards, weights, items, np.zeros(3), TARGET) == ips(rewards, weights)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: importance_weights(0.5, [0.5, 0]), "Row 1: 0 is no propensity"),
        (lambda: importance_weights(0.5, [0.5, 1.2]), "Row 1: 1.2 is no propensity"),
        (lambda: importance_weights(0.5, [np.nan, 1]), "Row 0: nan is no propensity"),
        (lambda: importance_weights(1.5, [0.5, 0.5]), "Row 0: 1.5 is no target probability"),
        (lambda: importance_weights([0.5], [0.5, 0.5]), "One target probability a row"),
        (lambda: importance_weights(0.5, []), "at least one"),
        (lambda: importance_weights(0.5, 0.5), "at least one"),
        (lambda: ips([], []), "at least one row"),
        (lambda: ips([1, 0], [1]), "One reward and one weight a row"),
        (lambda: ips([1, np.nan], [1, 1]), "Row 1: the reward is nan"),
        (lambda: ips([1, 0], [1, np.inf]), "Row 1: the weight is inf"),
        (lambda: self_normalised([1, 0], [-1, 2]), "Row 0: the weight is -1"),
        (lambda: self_normalised([1, 0], [0, 0]), "All weights are 0"),
        (lambda: effective_samples([0, 0]), "All weights are 0"),
        (lambda: effective_samples([]), "at least one row"),
        (lambda: clip([1, 2], 0), "most is a number above 0"),
        (lambda: clip([1, 2], np.nan), "most is a number above 0"),
        (lambda: direct([0.1, 0.2], [0.5, 0.3, 0.2]), "of 2 items, and target probabilities of 3"),
        (lambda: direct([0.1, 0.2], [0.5, 0.6]), "with the sum 1"),
        (lambda: direct([0.1, np.nan], [0.5, 0.5]), "NaN"),
        (lambda: direct(np.zeros((2, 2)), np.full((3, 2), 0.5)), "of 2 rows, and target probabilities of 3"),
        (lambda: doubly_robust([1], [1], [2], [0.1, 0.2], [0.5, 0.5]), "from 0 to 1 are known"),
        (lambda: doubly_robust([1], [1], [0.5], [0.1, 0.2], [0.5, 0.5]), "from 0 to 1 are known"),
        (lambda: doubly_robust([1], [1], [0, 1], [0.1, 0.2], [0.5, 0.5]), "One item a row"),
        (lambda: doubly_robust([1], [1], [0], np.zeros((2, 2)), [0.5, 0.5]), "of 2 rows, and there are 1"),
    ],
)
def test_odd_input_is_named_in_one_line(call, said: str) -> None:
    with pytest.raises(CourseError, match=re.escape(said)) as raised:
        call()
    assert "\n" not in str(raised.value)


def test_nothing_is_changed_in_place() -> None:
    weights = np.array([1.0, 5.0])
    clip(weights, 2)
    off_policy.clipping_curve([1.0, 0.0], weights, [2])
    assert weights.tolist() == [1, 5]
