"""One number in its range."""

from __future__ import annotations

import numpy as np
import pytest

from course_lib import CourseError
from course_lib.datasets.numbers import check_number


@pytest.mark.parametrize("value", [-0.1, 1.5, float("nan"), None, "1", True, [0.5], np.array([0.5]), 1j])
def test_what_is_no_number_in_its_range_is_refused_in_one_line(value: object) -> None:
    with pytest.raises(CourseError, match="share is so much, a number from 0 to 1, not ") as refused:
        check_number("share", "so much", value, 0, 1)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("value", [0, 1, 0.5, np.float32(0.5), np.int64(1)])
def test_numbers_of_every_kind_are_taken_with_both_ends(value: float) -> None:
    check_number("share", "so much", value, 0, 1)
