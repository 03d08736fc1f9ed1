"""`grade --self-test`: does grading work on this machine, and does it hold?

Independently written right answers must earn all points, untouched stubs none, and each attack of `hostile` none, while
the right answers beside it keep theirs.
"""

from __future__ import annotations

import ast
import runpy
import sys
import time
from collections.abc import Iterator

from course_lib import ROOT, CourseError
from course_lib.authoring.assemble import reference
from course_lib.authoring.lesson import Lesson, find_source, load_lesson
from course_lib.authoring.solutions import stub
from course_lib.grading.running.answer_sheet import AnswerSheet, check_timeout, modules_of
from course_lib.grading.running.attacks import ATTACKS
from course_lib.grading.running.outcome import Outcome
from course_lib.grading.sandbox import sandbox
from course_lib.grading.sandbox.forked_kernels import ForkedKernels

CLASS = "self-test"
LEAST_SECONDS = 5.0  # that an attack's cells get
LOADED = 5  # times as long as all right answers together took at first: a machine may get busier


def run(name: str, kind: str, seconds: float) -> int:
    """Print one line a case; 0 if all are as they should be, or else 1.

    Raises:
        CourseError: there is no sandbox, or the lesson has no answers written for tests.
    """
    from tqdm import tqdm

    check_timeout(seconds)
    lesson = load_lesson(find_source(name))
    kind = sandbox.choose(kind)
    if kind == "none":
        raise CourseError("The self-test attacks the machine it runs on: not without a sandbox.")
    right = right_answers(lesson)
    limit = seconds
    whole = reference(lesson, CLASS)
    bad = 0
    print(f"{lesson.name} in {kind}: {len(ATTACKS) + 2} cases, each attack in the place of one right answer")
    with (
        ForkedKernels(kind, modules_of(lesson)) as kernels,
        tqdm(total=len(ATTACKS) + 2, disable=not sys.stderr.isatty(), leave=False) as bar,
    ):
        for what, answers, losing in cases(lesson, right):
            begun = time.perf_counter()
            outcomes = AnswerSheet(lesson, answers, whole, kernels, limit).grade()
            if not losing:  # the right answers: attacks get what these take here and now, many times
                limit = min(seconds, max(LEAST_SECONDS, LOADED * (time.perf_counter() - begun)))
            wrong = [
                each
                for each in outcomes.values()
                if each.points != (0 if each.grade_id in losing else each.of)
            ]
            bad += bool(wrong)
            bar.write(f"{'ok  ' if not wrong else 'BAD '} {what}: {described(outcomes, wrong, losing)}")
            bar.update()
    print(
        "All as it should be." if not bad else f"{bad} of {len(ATTACKS) + 2} cases are not as they should be."
    )
    return int(bool(bad))


def cases(lesson: Lesson, right: dict[str, str]) -> Iterator[tuple[str, dict[str, str], set[str]]]:
    """Name, answers, and the exercises that must earn nothing."""
    yield "right answers", right, set()
    stubs = {each: stub(cell.source) for each, cell in lesson.exercises.items()}
    yield "untouched stubs", stubs, set(stubs)
    with_points = [each for each in lesson.exercises if lesson.points[each]]
    for number, (what, attack) in enumerate(ATTACKS.items()):
        target = with_points[number % len(with_points)]
        yield what, right | {target: attack.format(function=function_of(lesson, target))}, {target}


def function_of(lesson: Lesson, grade_id: str) -> str:
    """The first function that an exercise asks for."""
    body = ast.parse(lesson.exercises[grade_id].source).body
    return next(node.name for node in body if isinstance(node, ast.FunctionDef))


def right_answers(lesson: Lesson) -> dict[str, str]:
    """The independently written answers in `tests/lessons/answers`."""
    path = ROOT / "tests" / "lessons" / "answers" / f"{lesson.name}.py"
    if not path.is_file() or not lesson.exercises:
        raise CourseError(f"{lesson.name} has no answers to test with; take another lesson, for instance 01.")
    return runpy.run_path(str(path))["RIGHT"]


def described(outcomes: dict[str, Outcome], wrong: list[Outcome], losing: set[str]) -> str:
    """What the line on the screen says: which exercises went wrong, or else what became of the attacked one."""
    if wrong:
        return "; ".join(
            f"exercise {each.number} ({each.grade_id}), {each.points:g} of {each.of:g}: {each.status}. {each.message}"
            for each in wrong
        )
    if len(losing) != 1:
        return "as expected"
    (attacked,) = (outcomes[each] for each in losing)
    return f"{attacked.status}. {attacked.message}"
