"""Two creatives, one question: does b earn more clicks than a? The test of two proportions, and what it can see.

    compare(46, 10_000, 69, 10_000).p_value         0.031
    power(0.005, 0.006, visitors=10_000)            0.16: an effect of a fifth is found once in six tests
    visitors_needed(0.005, 0.006)                   85,862 of each

"visitors" are those of *each* of both arms. NumPy only.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from course_lib import CourseError
from course_lib.theory.bandits.checking import check_count, check_share, clicks_of_shown, of_one_shape
from course_lib.theory.bandits.proportions import normal_quantile

Array = np.ndarray


class Comparison(NamedTuple):
    """difference: rate of b minus rate of a. z: the same in standard errors under "no difference". p_value: of both
    sides."""

    difference: Array
    z: Array
    p_value: Array


def compare(clicks_a: ArrayLike, shown_a: ArrayLike, clicks_b: ArrayLike, shown_b: ArrayLike) -> Comparison:
    """The test of two proportions, its spread from both arms pooled; arrays of one shape, or numbers.

    z is 0 where neither arm, or each impression, was clicked. Normal approximation: with fewer than some five clicks
    an arm, take another test. Raises CourseError for counts that are none.
    """
    clicks_a, shown_a = clicks_of_shown(clicks_a, shown_a)
    clicks_b, shown_b = clicks_of_shown(clicks_b, shown_b)
    clicks_a, shown_a, clicks_b, shown_b = of_one_shape("a and b", clicks_a, shown_a, clicks_b, shown_b)
    difference = clicks_b / shown_b - clicks_a / shown_a
    pooled = (clicks_a + clicks_b) / (shown_a + shown_b)
    spread = np.sqrt(pooled * (1 - pooled) * (1 / shown_a + 1 / shown_b))
    z = np.divide(difference, spread, out=np.zeros_like(spread), where=spread > 0)
    return Comparison(difference, z, np.vectorize(_two_sided, otypes=[float])(z))


def power(rate_a: float, rate_b: float, visitors: int, level: float = 0.05) -> float:
    """How likely the test finds the difference at this level, whichever its sign, by the normal approximation.

    Under "no difference" z has spread 1; in truth it is normal with mean (rate_b - rate_a) / s0 and spread s1 / s0,
    s0 from the mean rate, s1 from both. Fleiss, Levin and Paik, "Statistical Methods for Rates and Proportions", 3rd
    edition 2003, chapter 4. Raises CourseError for rates outside (0, 1).
    """
    check_count("visitors", visitors)
    critical = -normal_quantile(check_share("level", level) / 2)
    pooled, own = _spreads(rate_a, rate_b)
    shift = abs(rate_b - rate_a) * math.sqrt(visitors)
    return float(_below((shift - critical * pooled) / own) + _below((-shift - critical * pooled) / own))


def visitors_needed(rate_a: float, rate_b: float, power: float = 0.8, level: float = 0.05) -> int:
    """How many visitors each arm needs to find the difference with this power.

    Raises CourseError for equal rates, which no number suffices for, and for a power that is not above the level: a
    test that looks at no visitor has that.
    """
    critical = -normal_quantile(check_share("level", level) / 2)
    wanted = normal_quantile(check_share("power", power))
    pooled, own = _spreads(rate_a, rate_b)
    if rate_a == rate_b:
        raise CourseError(
            f"Both rates are {rate_a}: no number of visitors finds a difference that is not there."
        )
    if power <= level:
        raise CourseError(
            f"A power above the level {level} is wanted, not {power}: by chance alone a test has that."
        )
    return math.ceil(((critical * pooled + wanted * own) / (rate_b - rate_a)) ** 2)


def _spreads(rate_a: float, rate_b: float) -> tuple[float, float]:
    """Of the difference of rates, times sqrt(visitors): if both were the mean rate, and as they are."""
    check_share("rate_a", rate_a)
    check_share("rate_b", rate_b)
    mean = (rate_a + rate_b) / 2
    return math.sqrt(2 * mean * (1 - mean)), math.sqrt(rate_a * (1 - rate_a) + rate_b * (1 - rate_b))


def _below(z: float) -> float:
    return math.erfc(-z / math.sqrt(2)) / 2


def _two_sided(z: float) -> float:
    return math.erfc(abs(z) / math.sqrt(2))
