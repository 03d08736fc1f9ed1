"""Exact intervals of large counts: against SciPy's beta quantiles, and against those of the scores for small ones."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import beta

from course_lib import CourseError
from course_lib.audit.counting import exact_interval
from course_lib.scores import intervals


@given(st.data())
def test_ends_are_quantiles_of_beta_distributions(data) -> None:
    count = data.draw(st.integers(1, 20_000))
    right = data.draw(st.integers(0, count))
    confidence = data.draw(st.floats(0.5, 0.999))
    tail = (1 - confidence) / 2
    low, high = exact_interval(right, count, confidence)
    assert low == pytest.approx(beta.ppf(tail, right, count - right + 1) if right else 0, abs=1e-8)
    assert high == pytest.approx(
        beta.ppf(1 - tail, right + 1, count - right) if right < count else 1, abs=1e-8
    )


@pytest.mark.parametrize(("right", "count"), [(0, 1), (1, 1), (3, 20), (17, 40), (100, 300)])
def test_small_counts_are_those_of_the_scores(right: int, count: int) -> None:
    assert exact_interval(right, count) == pytest.approx(intervals.exact_interval(right, count), abs=1e-9)


@pytest.mark.parametrize(
    ("right", "count", "confidence", "reason"),
    [
        (3, 2, 0.95, "from 0 to 2"),
        (-1, 2, 0.95, "from 0 to 2"),
        (True, 2, 0.95, "a whole number"),
        (1.0, 2, 0.95, "a whole number"),
        (0, 0, 0.95, "from 1 on"),
        (1, 2, 1.0, "between 0 and 1"),
        (1, 2, float("nan"), "between 0 and 1"),
        (1, 2, "95", "between 0 and 1"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(right, count, confidence, reason: str) -> None:
    with pytest.raises(CourseError, match=reason) as error:
        exact_interval(right, count, confidence)
    assert "\n" not in str(error.value)
