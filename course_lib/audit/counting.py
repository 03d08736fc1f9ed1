"""Intervals for a share of many pictures.

`scores.intervals.exact_interval` sums whole binomial coefficients, and of 2,000 pictures these are larger than any
float; here they stay logarithms.
"""

from __future__ import annotations

import numpy as np

from course_lib import CourseError, datasets
from course_lib.datasets.numbers import is_number

HALVINGS = 50


def exact_interval(right: int, count: int, confidence: float = 0.95) -> tuple[float, float]:
    """The interval of Clopper and Pearson (1934) for the probability behind `right` of `count`, of any size.

    Raises CourseError unless 0 <= right <= count, count >= 1, both whole, and 0 < confidence < 1.
    """
    datasets.check_whole("count", "how many there are", count, 1)
    datasets.check_whole("right", "how many of them were counted", right, 0, count)
    check_confidence(confidence)
    return _highest(count - right, count, confidence, upside_down=True), _highest(right, count, confidence)


def check_confidence(confidence: float) -> None:
    """Raise CourseError unless this is a share strictly between 0 and 1."""
    if not is_number(confidence) or not 0 < confidence < 1:
        raise CourseError(f"confidence is a share between 0 and 1, such as 0.95, not {confidence!r}.")


def _highest(right: int, count: int, confidence: float, upside_down: bool = False) -> float:
    """The largest p under which `right` or fewer still have the probability (1 - confidence) / 2.

    upside_down: 1 - p, for the other end: what is counted there are those that are not `right`.
    """
    p = 1.0
    if right < count:
        factorials = np.concatenate([[0.0], np.log(np.arange(1, count + 1)).cumsum()])
        k = np.arange(right + 1)
        coefficients = factorials[count] - factorials[k] - factorials[count - k]
        low, p = 0.0, 1.0
        for _ in range(HALVINGS):
            middle = (low + p) / 2
            chances = coefficients + k * np.log(middle) + (count - k) * np.log1p(-middle)
            if np.logaddexp.reduce(chances) > np.log((1 - confidence) / 2):
                low = middle
            else:
                p = middle
    return 1 - p if upside_down else p
