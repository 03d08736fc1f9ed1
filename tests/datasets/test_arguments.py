"""Lists and switches that a person hands in, and what is neither."""

from __future__ import annotations

import numpy as np
import pytest

from course_lib import CourseError
from course_lib.datasets.arguments import check_switch, checked_list


@pytest.mark.parametrize("values", [None, 3, "film", b"film", np.array(3)])
def test_what_holds_no_values_is_no_list(values: object) -> None:
    assert checked_list("shots", iter([1, 2])) == [1, 2]
    with pytest.raises(CourseError, match="shots are a list, not"):
        checked_list("shots", values)


@pytest.mark.parametrize("value", [None, 1, 0.0, "yes", np.zeros(2)])
def test_a_switch_is_true_or_false(value: object) -> None:
    check_switch("closed", np.bool_(True))
    with pytest.raises(CourseError, match="closed is True or False"):
        check_switch("closed", value)
