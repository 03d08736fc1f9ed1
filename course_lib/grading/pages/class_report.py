"""The class report, report.html: how the class did, where it was stuck, and whose files need the teacher's eyes."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from course_lib import CourseError
from course_lib.authoring.lesson import Lesson
from course_lib.grading.pages.difficulties import common_errors, shown_hints, statuses_of, unsolved
from course_lib.grading.pages.feedback import places
from course_lib.grading.pages.figures import statuses_figure, totals_figure
from course_lib.grading.pages.folders import write_page
from course_lib.grading.pages.lesson_text import name_of
from course_lib.grading.pages.rendering import render
from course_lib.grading.pages.wording import of_points, words
from course_lib.grading.points.final_points import Marked
from course_lib.grading.points.spreadsheet import number

MOST_SHOWN = 20
"""Rows of errors, and of hints."""
SIGNS = {"right": "✓", "partly": "◐", "wrong": "✗", "empty": "–", "not graded": "·"}
"""Of statuses, in the list of students; all others are an exclamation mark."""
TO_LOOK_AT = {
    "Files that could not be read": "unreadable",
    "Files whose grading broke off": "crashed",
    "Nothing handed in": "missing",
}


def write(marked: Sequence[Marked], lesson: Lesson, out: Path) -> None:
    """Write report.html into the folder `out`. Raises CourseError if it cannot be written."""
    try:
        write_page(out / "report.html", page_of(marked, lesson))
    except OSError as error:
        raise CourseError(f"{out / 'report.html'}: cannot be written ({error.strerror}).") from error


def page_of(marked: Sequence[Marked], lesson: Lesson) -> str:
    """The whole report."""
    graded = [each for each in marked if each.status == "graded"]
    links = [quote(path.as_posix()) for path in places(marked, lesson)]
    students = [_student(each, link, lesson) for each, link in zip(marked, links, strict=True)]
    return render(
        "class_report.html",
        title=lesson.title,
        summary=_summary(marked),
        numbers=_numbers(graded, lesson) if graded else None,
        lists={
            heading: [each for each in students if each["status"] == status]
            for heading, status in TO_LOOK_AT.items()
        },
        columns=["Student", "Points", "Remark", *(cell.number for cell in lesson.exercises.values())],
        students=students,
    )


def _summary(marked: Sequence[Marked]) -> str:
    """As "7 students, 4 graded, 1 not readable, 2 late."."""
    counts = Counter(each.status for each in marked)
    late = sum(each.graded.submission.late for each in marked)
    by_hand = sum(_is_adjusted(each) for each in marked)
    said = [f"{len(marked)} {'student' if len(marked) == 1 else 'students'}", f"{counts['graded']} graded"]
    said += [f"{counts['unreadable']} not readable"] * bool(counts["unreadable"])
    said += [f"{counts['crashed']} whose grading broke off"] * bool(counts["crashed"])
    said += [f"{counts['missing']} without a file"] * bool(counts["missing"])
    said += [f"{late} late"] * bool(late)
    said += [f"{by_hand} adjusted by hand"] * bool(by_hand)
    return f"{', '.join(said)}."


def _is_adjusted(marked: Marked) -> bool:
    return sum(map(len, marked.reasons.values())) > (1 if marked.late else 0)


def _numbers(graded: Sequence[Marked], lesson: Lesson) -> dict[str, object]:
    """What the page says of the students whose files were graded; there is at least one."""
    totals, possible = [each.total for each in graded], graded[0].possible
    with_points = {each: cell for each, cell in lesson.exercises.items() if lesson.points[each]}
    statuses = {cell.number: statuses_of(graded, grade_id) for grade_id, cell in with_points.items()}
    errors = common_errors(graded, lesson)
    return {
        "mean": f"{statistics.fmean(totals):.1f}",
        "median": of_points(statistics.median(totals), possible),
        "unsolved": unsolved(graded, lesson),
        "totals": totals_figure(totals, possible),
        "statuses": statuses_figure(statuses) if statuses else None,
        "exercises": [_row(graded, lesson, grade_id) for grade_id in with_points],
        "errors": errors[:MOST_SHOWN],
        "rarer_errors": len(errors[MOST_SHOWN:]),
        "hints": shown_hints(graded, lesson)[:MOST_SHOWN],
    }


def _row(graded: Sequence[Marked], lesson: Lesson, grade_id: str) -> dict[str, str]:
    """One row of the table of exercises."""
    points = [each.points[grade_id] for each in graded]
    right = statuses_of(graded, grade_id)["right"]
    return {
        "name": name_of(lesson, lesson.exercises[grade_id]),
        "points": _distribution(points),
        "of": number(lesson.points[grade_id]),
        "mean": f"{statistics.fmean(points):.2f}",
        "median": number(statistics.median(points)),
        "right": f"{right} ({100 * right / len(graded):.0f}%)",
    }


def _distribution(points: Sequence[float]) -> str:
    """As "0: 12, 1.5: 3, 2: 40", no line ending after a colon; quartiles where there are many different ones."""
    counts = Counter(points)
    if len(counts) > 8:
        low, middle, high = statistics.quantiles(points, n=4)
        return f"quarters of the class up to {number(low)}, {number(middle)}, {number(high)}, {number(max(points))}"
    return ", ".join(f"{number(each)}:\N{NO-BREAK SPACE}{counts[each]}" for each in sorted(counts))


def _student(marked: Marked, link: str, lesson: Lesson) -> dict[str, object]:
    """What the lists say of a student. signs: for each exercise a sign and its words, both "" without an outcome."""
    outcomes = [marked.graded.outcomes.get(grade_id) for grade_id in lesson.exercises]
    status = "" if marked.status == "graded" else marked.status
    late = "late" if marked.graded.submission.late else ""
    return {
        "who": marked.graded.submission,
        "link": link,
        "status": marked.status,
        "message": marked.graded.message,
        "points": number(marked.total),
        "remark": " ".join(filter(None, [status, late])),
        "signs": [(SIGNS.get(each.status, "!"), words(each)) if each else ("", "") for each in outcomes],
    }
