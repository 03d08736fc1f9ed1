"""Intervals for a share, against SciPy."""

from __future__ import annotations

import pytest
import scipy.stats

from course_lib import CourseError
from course_lib.scores import intervals
from course_lib.scores.intervals import exact_interval


@pytest.mark.parametrize("count", [1, 7, 20])
def test_the_interval_is_that_of_clopper_and_pearson(count: int) -> None:
    for right in range(count + 1):
        for confidence in (0.8, 0.95):
            expected = scipy.stats.binomtest(right, count).proportion_ci(confidence, method="exact")
            assert exact_interval(right, count, confidence) == pytest.approx(tuple(expected), abs=1e-9)


def test_the_search_ends_where_the_condition_does() -> None:
    assert intervals._solve(lambda p: p < 0.3) == pytest.approx(0.3, abs=1e-12)


def test_impossible_scores_are_refused() -> None:
    with pytest.raises(CourseError, match="21 right answers of 20"):
        exact_interval(21, 20)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((2.0, 20), "right is .*a whole number"),
        ((2, 20.0), "count is"),
        ((2, 20, 95), "such as 0.95, not 95"),
    ],
)
def test_shares_that_were_not_counted_are_refused(arguments: tuple, message: str) -> None:
    with pytest.raises(CourseError, match=message):
        exact_interval(*arguments)
