"""Small worlds whose truth is known: logs are drawn from them, and days pass in them.

    policies = uneven_policies(34, spread=1.8, count=50, seed=0)        that write the log, (50, 34)
    drawn = draw_log(rates, policies, rows=10_000, seed=1)              items, rewards, propensities
    day = changing_rates(rates, batches=480, swing=0.8)                 (480, 34): each item has its hour

NumPy only.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from course_lib import CourseError
from course_lib.theory.bandits.checking import as_number, check_count, check_rates, numbers

Array = np.ndarray


class Drawn(NamedTuple):
    """A log: items int64 (n,), rewards float (n,) of 0 and 1, propensities float (n,)."""

    items: Array
    rewards: Array
    propensities: Array


def uneven_policies(
    item_count: int, spread: float, count: int = 50, seed: int = 0, leaning: ArrayLike = 0.0
) -> Array:
    """Policies (count, k) that show items by softmax(leaning + spread x normal numbers), as a policy that learns may.

    leaning: (k,), what all of them like: of the rates, it makes policies that have learned something. At spread 0 and
    without leaning all are uniform. The larger the spread, the rarer some items: with 34 items 1.8 makes 10,000
    rows worth about as many for the uniform policy as those of campaign "men". Raises CourseError for a spread below 0,
    for counts that are none and for a leaning of another shape or without end.
    """
    item_count, count = check_count("item_count", item_count), check_count("count", count)
    leaning = numbers("leaning", leaning)
    if leaning.shape not in ((), (item_count,)) or not np.isfinite(leaning).all():
        raise CourseError(
            f"leaning is a finite number for each of {item_count} items; these are {leaning.shape}."
        )
    if not 0 <= as_number(spread) < np.inf:
        raise CourseError(f"spread is a number from 0 on, not {spread!r}.")
    logits = leaning + spread * np.random.default_rng(seed).normal(size=(count, item_count))
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def draw_log(rates: ArrayLike, policies: ArrayLike, rows: int, seed: int | np.random.Generator = 0) -> Drawn:
    """`rows` impressions: one of the policies (m, k) at random shows an item, and it is clicked at its rate (k,).

    Raises CourseError for rates outside [0, 1] and policies that are no probabilities.
    """
    rates, policies = check_rates(rates), np.atleast_2d(numbers("policies", policies))
    rows = check_count("rows", rows)
    if (
        rates.ndim != 1
        or policies.shape[1:] != rates.shape
        or not (len(policies) and (policies >= 0).all() and np.allclose(policies.sum(axis=1), 1, atol=1e-6))
    ):
        raise CourseError(
            f"Policies are probabilities of the {rates.shape[-1]} items, (m, {rates.shape[-1]}), with the sum 1 each; "
            f"these have the shape {policies.shape}."
        )
    rng = np.random.default_rng(seed)
    which = rng.integers(len(policies), size=rows)
    steps = policies.cumsum(axis=1)
    steps[:, -1] = np.inf  # rounding must not leave a gap at the end
    last = policies.shape[1] - 1 - (policies[:, ::-1] > 0).argmax(axis=1)
    items = (rng.random((rows, 1)) >= steps[which]).sum(axis=1)
    items = np.minimum(items, last[which])  # nor draw an item of probability 0 there
    rewards = (rng.random(rows) < rates[items]).astype(float)
    return Drawn(items, rewards, policies[which, items])


def changing_rates(rates: ArrayLike, batches: int, swing: float, seed: int = 0) -> Array:
    """A day in which each item's rate goes once up and down by the share `swing`, each at its own hour, (batches, k).

    rate x (1 + swing sin(2 pi (time + phase))), phases evenly apart, dealt out by the seed. Raises CourseError for a
    swing outside [0, 1] and where a rate would rise above 1.
    """
    rates, batches = check_rates(rates), check_count("batches", batches)
    if rates.ndim != 1:
        raise CourseError(f"One rate an item is wanted, (k,), not {rates.shape}: the day is made here.")
    if not 0 <= as_number(swing) <= 1:
        raise CourseError(f"swing is a share of the rate from 0 to 1, not {swing!r}.")
    phases = np.random.default_rng(seed).permutation(len(rates)) / len(rates)
    times = np.arange(batches) / batches
    return check_rates(rates * (1 + swing * np.sin(2 * np.pi * (times[:, None] + phases))))
