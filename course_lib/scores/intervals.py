"""How sure is a share that was counted? Intervals for the probability behind it."""

from __future__ import annotations

import math
from collections.abc import Callable

from course_lib import CourseError, datasets


def exact_interval(right: int, count: int, confidence: float = 0.95) -> tuple[float, float]:
    """All probabilities p under which `right` of `count` or something more extreme is not too rare.

    Clopper and Pearson 1934: at the lower end p, `right` or more has probability (1 - confidence) / 2; at the upper
    end `right` or fewer has. Raises CourseError unless 0 <= right <= count and count >= 1, all of them whole, and
    0 < confidence < 1.
    """
    datasets.check_whole("right", "how many answers were right", right)
    datasets.check_whole("count", "how many answers there were", count)
    if not 0 < confidence < 1:
        raise CourseError(f"confidence is a share between 0 and 1, such as 0.95, not {confidence}.")
    if not 0 <= right <= count or count < 1:
        raise CourseError(f"There cannot be {right} right answers of {count}.")
    tail = (1 - confidence) / 2
    low = 0.0 if right == 0 else _solve(lambda p: 1 - _at_most(right - 1, count, p) < tail)
    high = 1.0 if right == count else _solve(lambda p: _at_most(right, count, p) > tail)
    return low, high


def _solve(is_below: Callable[[float], bool]) -> float:
    """The place in (0, 1) up to which `is_below` holds, by halving."""
    low, high = 0.0, 1.0
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if is_below(middle) else (low, middle)
    return low


def _at_most(right: int, count: int, p: float) -> float:
    """The binomial probability of `right` or fewer successes."""
    return sum(math.comb(count, k) * p**k * (1 - p) ** (count - k) for k in range(right + 1))
