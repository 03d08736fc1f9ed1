"""The class report, report.html: how the class did, where it was stuck, and whose files need the teacher's eyes."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from urllib.parse import quote

from course_lib import CourseError
from course_lib.authoring.lesson import Lesson
from course_lib.grading.pages.difficulties import common_errors, shown_hints, statuses_of, unsolved
from course_lib.grading.pages.feedback import name_of, places, words
from course_lib.grading.pages.figures import statuses_figure, totals_figure
from course_lib.grading.pages.folders import write_page
from course_lib.grading.pages.html import escaped, of_points, page, section, table
from course_lib.grading.points.marks import Marked
from course_lib.grading.points.spreadsheet import number
from course_lib.grading.running.outcome import Outcome

SIGNS = {"right": "✓", "partly": "◐", "wrong": "✗", "empty": "–", "not graded": "·"}
"""Of statuses, in the list of students; all others are an exclamation mark."""


def write(marked: Sequence[Marked], lesson: Lesson, out: Path) -> None:
    """Write report.html into the folder `out`. Raises CourseError if it cannot be written."""
    try:
        write_page(out / "report.html", page_of(marked, lesson))
    except OSError as error:
        raise CourseError(f"{out / 'report.html'}: cannot be written ({error.strerror}).") from error


def page_of(marked: Sequence[Marked], lesson: Lesson) -> str:
    """The whole report."""
    links = [quote(path.as_posix()) for path in places(marked, lesson)]
    linked = list(zip(marked, links, strict=True))
    graded = [each for each in marked if each.status == "graded"]
    parts = [
        f'<header><p class="quiet">Class report</p><h1>{escaped(lesson.title)}</h1>',
        _summary(marked, graded),
    ]
    parts.append("</header>")
    if graded:
        parts += [
            unsolved(graded, lesson),
            totals_figure([each.total for each in graded], graded[0].possible),
        ]
        parts += [_exercises(graded, lesson), common_errors(graded, lesson), shown_hints(graded, lesson)]
    parts += [
        _listed(linked, "Files that could not be read", lambda each: each.status == "unreadable"),
        _listed(linked, "Files whose grading broke off", lambda each: each.status == "crashed"),
        _listed(linked, "Nothing handed in", lambda each: each.status == "missing"),
        _students(linked, lesson),
    ]
    return page(f"{lesson.title}: class report", "\n".join(filter(None, parts)), wide=True)


def _summary(marked: Sequence[Marked], graded: Sequence[Marked]) -> str:
    counts = Counter(each.status for each in marked)
    late = sum(each.graded.submission.late for each in marked)
    by_hand = sum(_is_adjusted(each) for each in marked)
    said = [f"{len(marked)} {'student' if len(marked) == 1 else 'students'}", f"{counts['graded']} graded"]
    said += [f"{counts['unreadable']} not readable"] * bool(counts["unreadable"])
    said += [f"{counts['crashed']} whose grading broke off"] * bool(counts["crashed"])
    said += [f"{counts['missing']} without a file"] * bool(counts["missing"])
    said += [f"{late} late"] * bool(late)
    said += [f"{by_hand} adjusted by hand"] * bool(by_hand)
    line = f"<p>{', '.join(said)}.</p>"
    if not graded:
        return line + "<p>Nothing could be graded, so there are no numbers.</p>"
    totals = [each.total for each in graded]
    mean, median = statistics.fmean(totals), statistics.median(totals)
    return (
        f'{line}<p class="total">Mean {mean:.1f}, median {of_points(median, graded[0].possible)}</p>'
        '<p class="quiet">Of the students whose files were graded, after lateness and adjustments.</p>'
    )


def _is_adjusted(marked: Marked) -> bool:
    return sum(map(len, marked.reasons.values())) > (1 if marked.late else 0)


def _exercises(graded: Sequence[Marked], lesson: Lesson) -> str:
    statuses = {
        cell.number: statuses_of(graded, grade_id)
        for grade_id, cell in lesson.exercises.items()
        if lesson.points[grade_id]
    }
    rows = []
    for grade_id, cell in lesson.exercises.items():
        if not lesson.points[grade_id]:
            continue
        points = [each.points[grade_id] for each in graded]
        right = statuses[cell.number]["right"]
        rows.append(
            [
                escaped(name_of(lesson, cell)),
                _distribution(points),
                number(lesson.points[grade_id]),
                f"{statistics.fmean(points):.2f}",
                number(statistics.median(points)),
                f"{right} ({100 * right / len(graded):.0f}%)",
            ]
        )
    header = ["Exercise", "Points: students", "Of", "Mean", "Median", "Right"]
    figure = statuses_figure(statuses) if statuses else ""
    return section("Exercises", figure, table(header, rows, numbers=4))


def _distribution(points: Sequence[float]) -> str:
    """As "0: 12, 1.5: 3, 2: 40"; quartiles where there are many different ones."""
    counts = Counter(points)
    if len(counts) > 8:
        low, middle, high = statistics.quantiles(points, n=4)
        return f"quarters of the class up to {number(low)}, {number(middle)}, {number(high)}, {number(max(points))}"
    return ", ".join(f"{number(each)}:&nbsp;{counts[each]}" for each in sorted(counts))


def _listed(linked: Iterable[tuple[Marked, str]], heading: str, belongs: Callable[[Marked], bool]) -> str:
    rows = []
    for each, link in linked:
        if belongs(each):
            who = each.graded.submission
            rows.append([_name(each, link), f"<bdi>{escaped(who.file)}</bdi>", escaped(each.graded.message)])
    return section(f"{heading} ({len(rows)})", table(["Student", "File", "Why"], rows)) if rows else ""


def _students(linked: Sequence[tuple[Marked, str]], lesson: Lesson) -> str:
    numbers = [str(cell.number) for cell in lesson.exercises.values()]
    rows = []
    for each, link in linked:
        outcomes = [each.graded.outcomes.get(grade_id) for grade_id in lesson.exercises]
        signs = [_sign(outcome) if outcome else "" for outcome in outcomes]
        late = "late" if each.graded.submission.late else ""
        status = "" if each.status == "graded" else each.status
        rows.append([_name(each, link), number(each.total), " ".join(filter(None, [status, late])), *signs])
    key = (
        '<p class="quiet">✓ right, ◐ partly, ✗ not right, ! error or stopped, – not written, · not graded</p>'
    )
    return section("Students", key, table(["Student", "Points", "Remark", *numbers], rows))


def _sign(outcome: Outcome) -> str:
    said = words(outcome)
    return f'<span role="img" aria-label="{said}" title="{said}">{SIGNS.get(outcome.status, "!")}</span>'


def _name(marked: Marked, link: str) -> str:
    who = marked.graded.submission
    identity = f' <span class="quiet">{escaped(who.student_id)}</span>' if who.student_id else ""
    return f'<a href="{escaped(link)}"><bdi>{escaped(who.student)}</bdi></a>{identity}'
