"""The bootstrap on cases where the answer is known, and where it fails."""

from __future__ import annotations

import numpy as np
import pytest

from course_lib import CourseError
from course_lib.theory.bandits.bootstrap import bootstrap, percentile_interval


def test_its_spread_of_a_mean_is_the_standard_error() -> None:
    values = np.random.default_rng(0).normal(size=400)
    draws = bootstrap(np.mean, values, draws=4000)
    assert draws.mean() == pytest.approx(values.mean(), abs=0.005)
    assert draws.std() == pytest.approx(values.std() / np.sqrt(400), rel=0.05)


def test_two_rows_give_every_log_its_share() -> None:
    draws = bootstrap(np.sum, [0, 1], draws=20_000, seed=1)
    shares = [(draws == total).mean() for total in (0, 1, 2)]
    np.testing.assert_allclose(shares, [0.25, 0.5, 0.25], atol=0.015)


def test_columns_keep_together() -> None:
    values = np.arange(50)
    assert bootstrap(lambda a, b: float(np.abs(a - b[:, 0]).max()), values, values[:, None]).max() == 0


def test_the_same_seed_draws_the_same() -> None:
    first, again, other = (bootstrap(np.mean, np.arange(9), draws=5, seed=seed) for seed in (3, 3, 4))
    assert first.tolist() == again.tolist() != other.tolist()


def covered(draw, truth: float, rounds: int = 300) -> float:
    """How often the 95 % interval of the mean holds the truth."""
    rng = np.random.default_rng(0)
    held = 0
    for seed in range(rounds):
        low, high = percentile_interval(bootstrap(np.mean, draw(rng), draws=200, seed=seed))
        held += low <= truth <= high
    return held / rounds


@pytest.mark.slow
def test_it_covers_what_is_normal_and_not_what_has_a_heavy_tail() -> None:
    assert covered(lambda rng: rng.normal(size=200), 0) > 0.91
    heavy = covered(lambda rng: rng.lognormal(sigma=2.5, size=200), np.exp(2.5**2 / 2))
    assert heavy < 0.75


def test_the_middle_of_the_draws() -> None:
    assert percentile_interval(np.arange(101)) == pytest.approx((2.5, 97.5))
    assert percentile_interval(np.arange(101), 0.5) == (25, 75)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: bootstrap(np.mean, []), "one row or more"),
        (lambda: bootstrap(np.mean, 3), "one row or more"),
        (lambda: bootstrap(np.mean, [1, 2], [1]), r"these have \[1, 2\]"),
        (lambda: bootstrap(np.mean), "one row or more"),
        (lambda: bootstrap(np.mean, [1], draws=0), "draws is a whole number from 1 on"),
        (lambda: percentile_interval([]), "at least one and none of them NaN"),
        (lambda: percentile_interval([1, np.nan]), "at least one and none of them NaN"),
        (lambda: percentile_interval([1, 2], 95), "confidence is a share"),
    ],
)
def test_odd_input_is_named_in_one_line(call, said: str) -> None:
    with pytest.raises(CourseError, match=said) as raised:
        call()
    assert "\n" not in str(raised.value)
