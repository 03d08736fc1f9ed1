"""An A/B test looked at again and again: how often it cries wolf, and two cures that hold the level.

    looks = simulate_looks(0.005, 0.005, visitors=100_000, looks=10, runs=2000, seed=0)      no difference at all
    ever_beyond(abs(looks.z), 1.96)                      0.18, where 0.05 was meant
    ever_beyond(abs(looks.z), pocock_bound(10))          0.04: a bound for ten looks, planned beforehand
    ever_beyond(looks.evidence, 1 / 0.05)                at most 0.05, after as many looks as one likes

NumPy only.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from course_lib import CourseError
from course_lib.theory.bandits.ab_tests import compare
from course_lib.theory.bandits.checking import (
    as_number,
    check_count,
    check_positive,
    check_rates,
    check_share,
    numbers,
    of_one_shape,
)

Array = np.ndarray
LARGEST = math.log(np.finfo(float).max)
"""The logarithm of the most evidence that a number can hold; what is beyond stays there."""


class Looks(NamedTuple):
    """Of many tests at each look, all (runs, looks): counts so far, z of the test of two proportions, evidence."""

    clicks_a: Array
    shown_a: Array
    clicks_b: Array
    shown_b: Array
    z: Array
    evidence: Array


def simulate_looks(
    rate_a: float, rate_b: float, visitors: int, looks: int, runs: int, seed: int = 0
) -> Looks:
    """Tests of `visitors` in both arms together, each sent to a or b by a fair coin, looked at `looks` times.

    The looks are as far apart as whole visitors allow. Raises CourseError for rates outside [0, 1] and for fewer than
    20 visitors a look, of whom both arms might not get one.
    """
    if check_rates([rate_a, rate_b]).ndim != 1:
        raise CourseError("rate_a and rate_b are one number each.")
    looks, runs, visitors = (
        check_count(name, value) for name, value in (("looks", looks), ("runs", runs), ("visitors", visitors))
    )
    if visitors < 20 * looks:
        raise CourseError(f"{visitors} visitors are too few for {looks} looks: at least 20 a look.")
    rng = np.random.default_rng(seed)
    each = np.diff(np.linspace(0, visitors, looks + 1).round().astype(int))
    to_a = rng.binomial(each, 0.5, (runs, looks))
    clicks_a = rng.binomial(to_a, rate_a).cumsum(axis=1)
    clicks_b = rng.binomial(each - to_a, rate_b).cumsum(axis=1)
    shown_a = to_a.cumsum(axis=1)
    shown_b = each.cumsum() - shown_a
    z = compare(clicks_a, np.maximum(shown_a, 1), clicks_b, np.maximum(shown_b, 1)).z
    return Looks(clicks_a, shown_a, clicks_b, shown_b, z, coin_evidence(clicks_a, clicks_b))


def ever_beyond(values: ArrayLike, bound: float) -> float:
    """The share of runs, values (runs, looks), that reach the bound at a look: those that somebody would stop there."""
    return float((stopping_look(values, bound) > 0).mean())


def stopping_look(values: ArrayLike, bound: float) -> Array:
    """The number of the first look, from 1 on, at which each run reaches the bound, int (runs,); 0 where none does."""
    values = numbers("values", values)
    if values.ndim != 2 or not values.size:
        raise CourseError(f"Values are wanted of the shape (runs, looks), not {values.shape}.")
    if np.isnan(values).any():
        run, look = np.argwhere(np.isnan(values))[0]
        raise CourseError(
            f"Run {run}, look {look + 1}: the value is NaN, which neither reaches a bound nor does not."
        )
    if np.isnan(as_number(bound)):
        raise CourseError(f"One bound for all looks is wanted, a number, not {bound!r}.")
    reached = values >= bound
    return np.where(reached.any(axis=1), reached.argmax(axis=1) + 1, 0)


def pocock_bound(looks: int, level: float = 0.05, draws: int = 200_000, seed: int = 0) -> float:
    """The bound that |z| reaches at one of so many even looks with probability `level` if there is no difference.

    S. J. Pocock, "Group sequential methods in the design and analysis of clinical trials", Biometrika 64 (1977), table
    1: 1.960, 2.178, 2.289, 2.361, 2.413 for 1 to 5 looks, 2.555 for 10. Here the quantile of `draws` simulated tests,
    whose z are sums of normal steps: right to about 0.01.
    """
    looks, draws = check_count("looks", looks), check_count("draws", draws, 100)
    check_share("level", level)
    steps = np.random.default_rng(seed).normal(size=(draws, looks))
    z = steps.cumsum(axis=1) / np.sqrt(np.arange(1, looks + 1))
    return float(np.quantile(np.abs(z).max(axis=1), 1 - level))


def coin_evidence(clicks_a: ArrayLike, clicks_b: ArrayLike, strength: float = 50.0) -> Array:
    """How much better "the arms differ" tells the clicks so far than "they do not"; 1 before the first click.

    If visitors go to both arms by a fair coin and the arms do not differ, each click is a fair coin, too. Against it
    stands a coin whose chance q is itself drawn from Beta(strength, strength), about 0.5: the ratio of both
    probabilities of a + b = n clicks is

        2^n E[q^a (1 - q)^b] = 2^n B(strength + a, strength + b) / B(strength, strength).

    A strength of 50 expects q within 0.4 and 0.6, effects of up to a half; another one costs power, not the level.

    Under "no difference" the expectation of this ratio stays 1 from click to click, so that it ever reaches 1 / level
    with probability `level` at most (J. Ville, "Etude critique de la notion de collectif", 1939): look after each
    click, if you like. H. Robbins, "Statistical methods related to the law of the iterated logarithm", Annals of
    Mathematical Statistics 41 (1970), has the mixture; Howard, Ramdas, McAuliffe and Sekhon, "Time-uniform,
    nonparametric, nonasymptotic confidence sequences", Annals of Statistics 49 (2021), what became of it.
    """
    clicks_a, clicks_b = of_one_shape(
        "Clicks of a and b", numbers("clicks", clicks_a), numbers("clicks", clicks_b)
    )
    if not clicks_a.size or not all(
        np.isfinite(each).all() and (each >= 0).all() and (each == np.floor(each)).all()
        for each in (clicks_a, clicks_b)
    ):
        raise CourseError("Clicks of both arms are counts from 0 on, and there is at least one of each.")
    check_positive("strength", strength)
    clicks_a, clicks_b = clicks_a.astype(int), clicks_b.astype(int)
    total = clicks_a + clicks_b
    # B(s + a, s + b) / B(s, s) is a product of s, s + 1 ... over one of 2 s, 2 s + 1 ...; with s and 2 s taken out of
    # the factors 2^n is gone, and neither a large strength nor many clicks cost digits
    counts = np.arange(total.max())
    one = np.concatenate([[0.0], np.log1p(counts / strength).cumsum()])
    both = np.concatenate([[0.0], np.log1p(counts / strength / 2).cumsum()])
    return np.exp(np.minimum(one[clicks_a] + one[clicks_b] - both[total], LARGEST))
