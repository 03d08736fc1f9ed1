"""Text, lists, shapes and sizes that no function here was made for: one line each, and no warning of NumPy's."""

from __future__ import annotations

import numpy as np
import pytest

from course_lib import CourseError
from course_lib.theory.bandits import (
    ab_tests,
    bootstrap,
    item_rates,
    learners,
    off_policy,
    peeking,
    playing,
    proportions,
    worlds,
)

THOMPSON, HALVES = learners.Thompson(), [0.5, 0.5]


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: off_policy.importance_weights(0.5, ["a"]), "propensities: numbers are wanted"),
        (lambda: off_policy.importance_weights(0.5, [1e-320]), "Row 0"),
        (lambda: off_policy.ips(["a"], [1]), "rewards: numbers are wanted"),
        (lambda: off_policy.clip([np.nan], 1), "Row 0: the weight is nan"),
        (lambda: off_policy.clip([1, -5], 1), "Row 1: the weight is -5"),
        (lambda: off_policy.clip([1], "a"), "most is a number above 0"),
        (lambda: off_policy.clipping_curve([1, 0], [0, 0], [1]), "All weights are 0"),
        (lambda: off_policy.clipping_curve([1, 0], [1, 2], 3), "limits are several numbers"),
        (lambda: off_policy.direct([0.1, 0.2], np.zeros((0, 2))), "Target probabilities are"),
        (lambda: off_policy.direct(np.zeros((2, 2, 2)), HALVES), "Predictions are of the items"),
        (lambda: off_policy.doubly_robust([1, 0], [1, 1], [0, 0], 0.1, 1), "Predictions are of the items"),
        (lambda: off_policy.doubly_robust([1, 0], [1, 1], ["a", "b"], HALVES, HALVES), "items: numbers"),
        (lambda: off_policy.doubly_robust([1, 0], [1, 1], [0, 1], HALVES, [HALVES] * 3), "are of 3 rows"),
        (lambda: off_policy.doubly_robust([1, 0], [1, 1], [0, 1], HALVES, [HALVES]), "are of 1 rows"),
        (lambda: bootstrap.bootstrap(np.mean, [1, 2], draws="a"), "draws is a whole number"),
        (lambda: bootstrap.bootstrap(np.mean, [1, 2], draws=np.inf), "draws is a whole number"),
        (lambda: bootstrap.percentile_interval(np.zeros((10, 3))), r"one estimate at a time.*\(10, 3\)"),
        (lambda: bootstrap.percentile_interval([1, 2], "a"), "confidence is a share"),
        (lambda: item_rates.item_rates([10], [1], "a"), "strength is a number"),
        (lambda: item_rates.item_rates([10, np.inf], [1, 1], 5), "Item 1"),
        (lambda: item_rates.cross_fitted([[0, 1]] * 5, [[0, 1]] * 5, 2, 1.0), "one reward for each item"),
        (lambda: item_rates.cross_fitted([0, -1] * 3, [0, 1] * 3, 2, 1.0), "Row 1: item -1 is unknown"),
        (lambda: learners.EpsilonGreedy("a"), "epsilon is a probability"),
        (lambda: learners.Thompson([1, 2], 1), "clicks_before is a number"),
        (lambda: playing.play(HALVES, learners.Thompson, 100), "A learner that chooses is wanted"),
        (lambda: playing.play(HALVES, "thompson", 100), "A learner that chooses is wanted"),
        (lambda: playing.play(np.zeros((1, 2, 2)), THOMPSON, 100), "Rates are of k items"),
        (lambda: playing.play(HALVES, THOMPSON, 100, discount="a"), "discount is a share"),
        (lambda: playing.play(HALVES, THOMPSON, None), "visitors is a whole number"),
        (lambda: ab_tests.compare([1, 2], 10, [1, 2, 3], 10), r"\(2,\) and \(2,\) and \(3,\)"),
        (lambda: ab_tests.compare(1, np.inf, 1, 10), "1 clicks of inf shown"),
        (lambda: ab_tests.power("a", 0.1, 10), "rate_a is a share"),
        (lambda: ab_tests.visitors_needed(0.1, 0.2, power=0.01), "A power above the level 0.05"),
        (lambda: peeking.simulate_looks([0.1, 0.2], [0.2, 0.3], 200, 2, 5), "one number each"),
        (lambda: peeking.ever_beyond([[np.nan, 2]], 1), "Run 0, look 1: the value is NaN"),
        (lambda: peeking.ever_beyond([[1, 2]], "a"), "One bound"),
        (lambda: peeking.coin_evidence(np.inf, 0), "counts from 0 on"),
        (lambda: peeking.coin_evidence([1, 2], [1, 2, 3]), "one shape are wanted"),
        (lambda: proportions.wilson_interval([1, 2], [3, 4, 5]), "one shape are wanted"),
        (lambda: proportions.wilson_interval("b", 10), "clicks: numbers are wanted"),
        (lambda: proportions.normal_quantile(1), "share is a share"),
        (lambda: proportions.binomial(1.5, 3), "rate is a probability"),
        (lambda: proportions.binomial(0.5, -1), "shown is a whole number from 0 on"),
        (lambda: worlds.uneven_policies(3, 1, 2, leaning=[1, np.nan, 3]), "leaning is a finite number"),
        (lambda: worlds.uneven_policies(3, 1, 2, leaning=[1, 2]), "leaning is a finite number"),
        (lambda: worlds.draw_log(HALVES, np.zeros((0, 2)), 3), "Policies are probabilities"),
        (lambda: worlds.draw_log([HALVES], [[HALVES]], 3), "Policies are probabilities"),
        (lambda: worlds.changing_rates([HALVES], 4, 0.5), "One rate an item"),
    ],
)
def test_it_is_refused_in_one_line(call, said: str) -> None:
    with pytest.raises(CourseError, match=said) as raised:
        call()
    assert "\n" not in str(raised.value)


def test_whole_numbers_may_be_floats() -> None:
    assert bootstrap.bootstrap(np.mean, [1, 2, 3], draws=2.0).shape == (2,)
    assert playing.play(HALVES, THOMPSON, 150.0, 100.0).visitors.tolist() == [100, 150]
    assert peeking.simulate_looks(0.1, 0.2, 200.0, 2.0, 5.0).z.shape == (5, 2)
    assert item_rates.cross_fitted([0.0, 1.0] * 5, [0, 1] * 5, 2.0, 1.0).shape == (10, 2)
    one, other = (
        off_policy.doubly_robust([1, 0], [1, 1], items, [0.2, 0.4], HALVES) for items in ([0, 1], [0.0, 1.0])
    )
    assert one == other
    # True and False, as numbers, choose items 1 and 0; as a mask they would choose rows
    assert off_policy.doubly_robust([1, 0], [1, 1], [True, False], [0.2, 0.4], HALVES) == pytest.approx(0.5)


@pytest.mark.filterwarnings("error")
def test_huge_numbers_keep_their_meaning() -> None:
    assert off_policy.self_normalised([1, 0], [1e308, 1e308]) == 0.5
    assert np.isfinite(proportions.wilson_interval(0, 1e300)).all()
    low, high = proportions.wilson_interval(1, 10, 1 - 2**-53)
    assert 0 <= low < 0.1 < high < 1
    assert ab_tests.power(0.5, 0.5, 10, level=1e-20) == pytest.approx(1e-20)
