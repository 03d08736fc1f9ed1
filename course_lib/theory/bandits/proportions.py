"""How sure is a click rate? Two intervals, and how often each holds the truth.

    wilson_interval(46, 10_000)             (0.0034, 0.0061)
    coverage(wald_interval, 0.005, 1000)    0.871, where 0.95 was promised

A third, exact one, by Clopper and Pearson, is in `course_lib.scores.intervals`. NumPy only.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike

from course_lib import CourseError
from course_lib.theory.bandits.checking import as_number, check_count, check_share, clicks_of_shown

Array = np.ndarray
Interval = Callable[..., tuple[Array, Array]]
"""(clicks, shown, confidence) to (low, high), arrays of one shape."""


def normal_quantile(share: float) -> float:
    """The number below which a standard normal variable lies with this probability: 1.96 for 0.975.

    Raises CourseError for a share outside (0, 1).
    """
    return NormalDist().inv_cdf(check_share("share", share))


def wald_interval(clicks: ArrayLike, shown: ArrayLike, confidence: float = 0.95) -> tuple[Array, Array]:
    """rate +- z sqrt(rate (1 - rate) / shown): what many textbooks print. Cut to [0, 1]; of no width at 0 clicks.

    The spread is estimated by the rate itself, so that a low count claims to be sure. Raises CourseError for counts
    that are none and for a confidence outside (0, 1).
    """
    clicks, shown = clicks_of_shown(clicks, shown)
    z = -normal_quantile((1 - check_share("confidence", confidence)) / 2)
    rate = clicks / shown
    half = z * np.sqrt(rate * (1 - rate) / shown)
    return np.maximum(rate - half, 0), np.minimum(rate + half, 1)


def wilson_interval(clicks: ArrayLike, shown: ArrayLike, confidence: float = 0.95) -> tuple[Array, Array]:
    """All rates p with |clicks / shown - p| <= z sqrt(p (1 - p) / shown): the spread of p, not of the rate found.

    E. B. Wilson, "Probable Inference, the Law of Succession, and Statistical Inference", JASA 22 (1927), p. 209.
    Raises as `wald_interval` does.
    """
    clicks, shown = clicks_of_shown(clicks, shown)
    z = -normal_quantile((1 - check_share("confidence", confidence)) / 2)
    rate, stretch = clicks / shown, 1 + z**2 / shown
    middle = (rate + z**2 / (2 * shown)) / stretch
    half = z * np.sqrt(rate * (1 - rate) / shown + (z / (2 * shown)) ** 2) / stretch
    low = np.where(clicks == 0, 0.0, np.maximum(middle - half, 0))  # rounding must not lift the end off 0
    return low, np.where(clicks == shown, 1.0, np.minimum(middle + half, 1))


def binomial(rate: float, shown: int) -> Array:
    """The probabilities of 0, 1 ... `shown` clicks, (shown + 1,).

    Raises CourseError for a rate outside [0, 1] and for what is no count.
    """
    shown = check_count("shown", shown, 0)
    if not 0 <= as_number(rate) <= 1:
        raise CourseError(f"rate is a probability from 0 to 1, not {rate!r}.")
    if rate in (0, 1):
        return np.eye(shown + 1)[shown * int(rate)]
    counts = np.arange(shown + 1)
    factorials = np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, shown + 1)))])
    logs = factorials[-1] - factorials - factorials[::-1]
    return np.exp(logs + counts * math.log(rate) + (shown - counts) * math.log1p(-rate))


def coverage(interval: Interval, rate: float, shown: int, confidence: float = 0.95) -> float:
    """How likely `interval` holds the true rate: the binomial probabilities of all counts whose interval does, summed.

    Brown, Cai and DasGupta, "Interval Estimation for a Binomial Proportion", Statistical Science 2001, section 2.
    Raises CourseError for a rate outside (0, 1).
    """
    check_share("rate", rate)
    shown = check_count("shown", shown)
    low, high = interval(np.arange(shown + 1), shown, confidence)
    return float(binomial(rate, shown)[(low <= rate) & (rate <= high)].sum())
