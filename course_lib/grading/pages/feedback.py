"""Each student's page, feedback/STUDENT/LESSON.html: what was right, what was asked, and a hint.

It shows what the student handed in, what everybody's notebook says and what `Outcome` says of the run. Reference
values, secret inputs and graded cells are not known here, so they cannot get onto a page.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from course_lib import CourseError
from course_lib.authoring.lesson import Cell, Lesson
from course_lib.grading.intake.handed_in import HandedIn
from course_lib.grading.pages.folders import folders, make_folder, write_page
from course_lib.grading.pages.lesson_text import asked, general_hints, name_of
from course_lib.grading.pages.rendering import render
from course_lib.grading.pages.wording import of_points, shortened, words
from course_lib.grading.points.adjustments import TOTAL
from course_lib.grading.points.final_points import Marked
from course_lib.grading.running.outcome import Outcome

MOST_CODE, MOST_CODE_LINES = 20_000, 400
MOST_OUTPUT, MOST_OUTPUT_LINES = 4_000, 60
UNGRADED = {
    "unreadable": (
        "Your file could not be read, so no exercise could be graded",
        "Your teacher can grade it again once there is a file that can be read; ask until when.",
    ),
    "crashed": (
        "Your file could not be graded",
        "Your teacher sees this too and can grade the file again.",
    ),
    "missing": ("Nothing was handed in", "If you did hand something in, tell your teacher where and when."),
}


def write(marked: Sequence[Marked], lesson: Lesson, out: Path) -> None:
    """Write everybody's page into the folder `out`; pages that would not change are left alone.

    Raises:
        CourseError: in one line, after all others are written, if a page cannot be.
    """
    failed: list[str] = []
    root = out / "feedback"
    try:
        make_folder(root)
    except OSError as error:
        raise CourseError(f"{root}: the feedback cannot be written ({error.strerror}).") from error
    for each, path in zip(marked, places(marked, lesson), strict=True):
        try:
            make_folder((out / path).parent)
            write_page(out / path, page_of(each, lesson))
        except OSError as error:
            failed.append(f"{out / path}: the page cannot be written ({error.strerror})")
    if failed:
        more = f"; and {len(failed) - 1} more like it" if len(failed) > 1 else ""
        raise CourseError(f"{failed[0]}{more}.")


def places(marked: Sequence[Marked], lesson: Lesson) -> list[Path]:
    """Where each page lies, seen from the folder of the results."""
    names = folders(each.graded.submission for each in marked)
    return [Path("feedback") / name / f"{lesson.name}.html" for name in names]


def page_of(marked: Marked, lesson: Lesson) -> str:
    """One student's page."""
    who = marked.graded.submission
    is_graded = marked.status == "graded"
    return render(
        "feedback.html",
        title=lesson.title,
        who=who,
        points=of_points(marked.total, marked.possible),
        reasons=marked.reasons.get(TOTAL, ()),
        ungraded=None if is_graded else _ungraded(marked, lesson),
        exercises=[_exercise(lesson, each, marked) for each in lesson.exercises.values()] * is_graded,
        notes=list(dict.fromkeys([*who.notes, *marked.graded.notes])),
    )


def _ungraded(marked: Marked, lesson: Lesson) -> dict[str, object]:
    """What stands in place of the exercises."""
    headline, advice = UNGRADED[marked.status]
    changes = [each for exercise in lesson.exercises.values() for each in _changes(marked, exercise)]
    return {"headline": headline, "advice": advice, "message": marked.graded.message, "changes": changes}


def _exercise(lesson: Lesson, exercise: Cell, marked: Marked) -> dict[str, object]:
    """What the page says of an exercise; empty is what it does not mention."""
    grade_id, of = exercise.grade_id, lesson.points[exercise.grade_id]
    outcome = marked.graded.outcomes.get(grade_id) or Outcome(grade_id, exercise.number, 0, of, "not graded")
    seen = marked.graded.handed_in.get(grade_id, HandedIn())
    is_open = outcome.of and outcome.status not in ("right", "not graded")
    return {
        "number": exercise.number,
        "name": name_of(lesson, exercise),
        "kind": outcome.status.split()[-1],
        "result": words(outcome),
        "points": of_points(marked.points[grade_id], outcome.of) if outcome.of else "",
        "message": outcome.message if outcome.status != "empty" else "",  # "Not written" has said it
        "changes": _changes(marked, exercise),
        "asked": asked(exercise) if is_open else None,
        "hints": general_hints(lesson, grade_id),
        "code": _lines(seen.code) if seen.code.strip() else None,
        "output": shortened(seen.output, MOST_OUTPUT, MOST_OUTPUT_LINES) if seen.output else None,
        "check": shortened(seen.check, MOST_OUTPUT, MOST_OUTPUT_LINES) if seen.check else None,
    }


def _changes(marked: Marked, exercise: Cell) -> list[str]:
    """What the teacher changed in the points of an exercise."""
    return [f"Exercise {exercise.number}: {each}" for each in marked.reasons.get(exercise.grade_id, ())]


def _lines(code: str) -> tuple[list[str], str]:
    """The lines of code to be shown, and what is said about the others."""
    shown, left_out = shortened(code.rstrip().replace("\r", "\n"), MOST_CODE, MOST_CODE_LINES)
    return shown.split("\n"), left_out
