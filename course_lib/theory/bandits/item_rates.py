"""Click rates by item from few clicks: pulled towards the common mean, by as much as the counts themselves say.

    spread = fit_spread(shown, clicked)             do the items differ at all, and by how much?
    item_rates(shown, clicked, spread.strength)     what to believe of each

An item's rate is taken for a draw from a Beta distribution about the mean, the clicks for a draw from its rate. Then
(clicked + strength x mean) / (shown + strength) is what to expect: as if each item had been shown `strength` times
more, with the mean rate. NumPy only.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from course_lib import CourseError
from course_lib.theory.bandits.checking import as_number, check_count, numbers, whole_items

Array = np.ndarray
STRENGTHS = tuple(np.geomspace(10, 1e6, 101))
"""What is tried, in impressions; the last stands for "all items alike"."""


class Spread(NamedTuple):
    """mean: the common click rate. strength: impressions that the mean is worth, infinite if the items do not seem to
    differ. gain: log-likelihood above that of items all alike. p_value: how often items alike would show as much."""

    mean: float
    strength: float
    gain: float
    p_value: float


def fit_spread(shown: ArrayLike, clicked: ArrayLike) -> Spread:
    """The strength under which the counts (k,) are likeliest, of `STRENGTHS`, about their common rate.

    Beta-binomial likelihood: J. G. Skellam, "A Probability Distribution Derived from the Binomial Distribution by
    Regarding the Probability of Success as Variable Between the Sets of Trials", JRSS B 10 (1948). The p-value is half
    that of chi^2 with one degree of freedom, since a strength cannot be beyond infinite. Raises CourseError for counts
    that are none and for no click at all, or nothing but clicks.
    """
    shown, clicked = _counts(shown, clicked)
    mean = clicked.sum() / shown.sum()
    if not 0 < mean < 1:
        raise CourseError(
            f"With {clicked.sum():g} clicks of {shown.sum():g} no item can differ from another."
        )
    alike = float((clicked * math.log(mean) + (shown - clicked) * math.log1p(-mean)).sum())
    gains = [_log_likelihood(shown, clicked, mean, strength) - alike for strength in STRENGTHS]
    best = int(np.argmax(gains))
    if best == len(STRENGTHS) - 1 or gains[best] <= 0:
        return Spread(float(mean), math.inf, 0.0, 1.0)
    return Spread(
        float(mean), float(STRENGTHS[best]), float(gains[best]), math.erfc(math.sqrt(gains[best])) / 2
    )


def item_rates(shown: ArrayLike, clicked: ArrayLike, strength: float) -> Array:
    """(clicked + strength x mean) / (shown + strength), (k,): shrunk towards the common rate.

    An infinite strength gives that rate to all. Raises CourseError for counts that are none, a strength below 0,
    and with a strength of 0 for an item never shown.
    """
    shown, clicked = _counts(shown, clicked)
    if not as_number(strength) >= 0:
        raise CourseError(f"strength is a number of impressions from 0 on, not {strength!r}.")
    mean = clicked.sum() / shown.sum()
    if strength == math.inf:
        return np.full(len(shown), mean)
    if strength == 0 and (shown == 0).any():
        raise CourseError(
            f"Item {shown.argmin()} was never shown: without shrinking, strength 0, it has no rate."
        )
    return (clicked + strength * mean) / (shown + strength)


def cross_fitted(
    items: ArrayLike, rewards: ArrayLike, item_count: int, strength: float, folds: int = 5, seed: int = 0
) -> Array:
    """For each row the rates by item, (n, k), learned from rows of the other folds alone, so never from itself.

    V. Chernozhukov et al., "Double/debiased machine learning for treatment and structural parameters", Econometrics
    Journal 21 (2018). Raises CourseError unless there are 2 to n folds.
    """
    folds, item_count = check_count("folds", folds), check_count("item_count", item_count)
    rewards = numbers("rewards", rewards)
    if rewards.ndim != 1 or np.shape(items) != rewards.shape or not 2 <= folds <= len(rewards):
        raise CourseError(
            f"{folds} folds of {rewards.size} rows cannot be: from 2 folds to one a row, and "
            f"one reward for each item, (n,); these are {rewards.shape}."
        )
    items = whole_items(items, len(rewards), item_count)
    fold = np.random.default_rng(seed).permutation(len(items)) % folds
    predicted = np.empty((folds, item_count))
    for number in range(folds):
        others = fold != number
        shown = np.bincount(items[others], minlength=item_count)
        clicked = np.bincount(items[others], rewards[others], minlength=item_count)
        predicted[number] = item_rates(shown, clicked, strength)
    return predicted[fold]


def _counts(shown: ArrayLike, clicked: ArrayLike) -> tuple[Array, Array]:
    shown, clicked = numbers("shown", shown), numbers("clicked", clicked)
    if shown.ndim != 1 or shown.shape != clicked.shape or not shown.sum() > 0:
        raise CourseError(
            f"How often each item was shown and clicked is wanted, (k,) each, at least one shown; these are "
            f"{shown.shape} and {clicked.shape}."
        )
    right = (clicked >= 0) & (clicked <= shown) & np.isfinite(shown)
    if not right.all():
        wrong = int(np.argmin(right))
        raise CourseError(
            f"Item {wrong}: {clicked[wrong]:g} clicks of {shown[wrong]:g} shown; a click on nothing shown is none."
        )
    return shown, clicked


def _log_likelihood(shown: Array, clicked: Array, mean: float, strength: float) -> float:
    """Of counts in their order, the rates drawn from Beta(mean x strength, (1 - mean) x strength)."""
    a, b = mean * strength, (1 - mean) * strength
    constant = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)
    return sum(
        math.lgamma(a + k) + math.lgamma(b + n - k) - math.lgamma(a + b + n) + constant
        for n, k in zip(shown, clicked, strict=True)
    )
