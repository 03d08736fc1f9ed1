"""Two further lists of attacks, by people who had not read the sandbox: none gains a point, none costs anybody one."""

from __future__ import annotations

import pytest

from course_lib.authoring.lesson import Lesson
from course_lib.grading.running.answer_sheet import AnswerSheet
from course_lib.grading.sandbox.forked_kernels import ForkedKernels
from tests.grading.running import attacks_on_points, attacks_on_the_class
from tests.grading.small_lesson import RIGHT

pytestmark = pytest.mark.slow
ATTACKS = attacks_on_points.ATTACKS | attacks_on_the_class.ATTACKS


@pytest.mark.parametrize("name", ATTACKS)
def test_it_earns_nothing_and_costs_nothing(name: str, lesson: Lesson, kernels: ForkedKernels, whole) -> None:
    attack = ATTACKS[name]
    outcomes = AnswerSheet(lesson, RIGHT | attack, whole, kernels, seconds=2).grade()
    assert {each: outcomes[each].points for each in attack} == dict.fromkeys(attack, 0)
    for each in outcomes.keys() - attack.keys():
        assert outcomes[each].points == outcomes[each].of, outcomes[each]


def test_right_answers_earn_all_after_them(lesson: Lesson, kernels: ForkedKernels, whole) -> None:
    outcomes = AnswerSheet(lesson, RIGHT, whole, kernels).grade()
    assert {outcome.status for outcome in outcomes.values()} == {"right"}
