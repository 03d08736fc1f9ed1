"""The detector: what it learns, what it must not learn, and its rates against ones counted by hand."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from course_lib import CourseError
from course_lib.audit import detector


def smooth(count: int, seed: int) -> np.ndarray:
    """Pictures (count, 12, 12, 1) on the steps of 8-bit pixels."""
    rng = np.random.default_rng(seed)
    down, across = np.mgrid[0:12, 0:12]
    waves = np.cos(rng.uniform(0.1, 0.4, (count, 1, 1)) * (down + across) + rng.uniform(0, 6, (count, 1, 1)))
    return (np.rint(127.5 * (0.7 * waves + 1)) / 127.5 - 1)[..., np.newaxis]


def test_it_learns_what_tells_them_apart() -> None:
    rough = smooth(300, 1) + np.random.default_rng(2).normal(0, 0.5, (300, 12, 12, 1))
    rough = np.clip(rough, -1, 1)
    model = detector.train(smooth(200, 0), rough[:200], epochs=8)
    found = detector.rates(detector.scores(model, smooth(100, 3)), detector.scores(model, rough[200:]))
    assert found.auc > 0.95 and found.accuracy > 0.9


def test_that_values_lie_between_the_steps_of_pixels_is_not_seen() -> None:
    """The same pictures, moved by less than half a step, get the same scores."""
    real = smooth(64, 0)
    moved = np.clip(real + np.random.default_rng(1).uniform(-0.0035, 0.0035, real.shape), -1, 1)
    assert np.array_equal(detector.as_kept(real), detector.as_kept(moved))
    model = detector.build((12, 12, 1), seed=1)
    assert np.array_equal(detector.scores(model, real), detector.scores(model, moved))


def test_one_seed_one_network_and_each_picture_is_judged_alone() -> None:
    one, other = (detector.train(smooth(40, 0), -smooth(40, 1), epochs=1, seed=3) for _ in range(2))
    assert all(np.array_equal(*pair) for pair in zip(one.get_weights(), other.get_weights(), strict=True))
    images = smooth(600, 5)
    together = detector.scores(one, images)
    assert together.shape == (600,)
    assert detector.scores(one, images[570:571]) == pytest.approx(together[570:571], abs=1e-5)


def test_both_kinds_count_alike() -> None:
    """Nothing to tell them apart, ten times as many of one kind: scores stay about 0, not at the odds of 10."""
    model = detector.train(smooth(500, 0), smooth(50, 1), epochs=2)
    assert abs(np.median(detector.scores(model, smooth(200, 2)))) < 1.0


def test_rates_by_hand() -> None:
    real, generated = np.array([-2.0, -1.0, 0.0, 3.0]), np.array([-0.5, 1.0, 2.0, 4.0, 5.0])
    found = detector.rates(real, generated)
    wins = (generated[:, np.newaxis] > real).mean()
    assert found.auc == pytest.approx(wins) and found.auc_low < found.auc < found.auc_high
    assert found.accuracy == pytest.approx((3 / 4 + 4 / 5) / 2) and found.false_alarms == pytest.approx(1 / 4)
    ends = [stats.binomtest(*counted).proportion_ci(0.975, "exact") for counted in ((3, 4), (4, 5))]
    assert found.accuracy_low == pytest.approx(sum(end.low for end in ends) / 2)
    assert found.accuracy_high == pytest.approx(sum(end.high for end in ends) / 2)


def test_the_accuracys_interval_holds_as_often_as_it_says() -> None:
    rng = np.random.default_rng(4)
    held = 0
    for _ in range(200):
        found = detector.rates(rng.normal(-0.5, 1, 40), rng.normal(0.8, 1, 60))
        true = (stats.norm.cdf(0.5) + stats.norm.cdf(0.8)) / 2
        held += found.accuracy_low <= true <= found.accuracy_high
    assert held >= 190


GOOD = smooth(32, 0)


@pytest.mark.parametrize(
    "call",
    [
        lambda: detector.train(GOOD, GOOD[:31]),
        lambda: detector.train(GOOD, np.zeros((40, 16, 16, 1))),
        lambda: detector.train(GOOD, GOOD + 3),
        lambda: detector.train(GOOD, GOOD * np.nan),
        lambda: detector.train(GOOD, GOOD, epochs=0),
        lambda: detector.train(GOOD, GOOD, seed=-1),
        lambda: detector.train(GOOD[:, :5, :5], GOOD[:, :5, :5]),
        lambda: detector.build((28, 28, 1), seed=True),
        lambda: detector.build(28),
        lambda: detector.scores(detector.build((12, 12, 1)), np.zeros((1, 16, 16, 1))),
        lambda: detector.scores(detector.build((12, 12, 1)), GOOD[0]),
        lambda: detector.scores(None, GOOD),
        lambda: detector.rates([1.0], [np.nan, 2.0]),
        lambda: detector.rates([1.0, 2.0], []),
        lambda: detector.rates([1.0, 2.0], [1.0, 2.0], confidence=2),
    ],
)
def test_mistakes(call) -> None:
    with pytest.raises(CourseError) as error:
        call()
    assert "\n" not in str(error.value)
