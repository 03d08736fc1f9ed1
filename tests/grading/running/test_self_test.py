"""The line of a case of `grade --self-test`: it names the exercise that went wrong."""

from __future__ import annotations

from course_lib.grading.running.outcome import Outcome
from course_lib.grading.running.self_test import described

ATTACKED = Outcome("first", 1, 0, 2, "error", "ValueError in line 3 of your cell.")
RIGHT = Outcome("second", 2, 3, 3, "right")
SLOW = Outcome("second", 2, 0, 3, "too slow", "It took longer than the 5 s that a cell may take.")


def test_where_all_is_well_it_says_what_became_of_the_attack() -> None:
    outcomes = {"first": ATTACKED, "second": RIGHT}
    assert described(outcomes, [], {"first"}) == "error. ValueError in line 3 of your cell."
    assert described(outcomes, [], set()) == "as expected"


def test_where_a_right_answer_lost_its_points_it_names_that_and_not_the_attack() -> None:
    said = described({"first": ATTACKED, "second": SLOW}, [SLOW], {"first"})
    assert said == "exercise 2 (second), 0 of 3: too slow. It took longer than the 5 s that a cell may take."
