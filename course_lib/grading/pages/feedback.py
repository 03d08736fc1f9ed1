"""Each student's page, feedback/STUDENT/LESSON.html: what was right, what was asked, and a hint.

It shows what the student handed in, what everybody's notebook says and what `Outcome` says of the run. Reference
values, secret inputs and graded cells are not known here, so they cannot get onto a page.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from course_lib import CourseError
from course_lib.authoring.lesson import Cell, Lesson
from course_lib.grading.intake.handed_in import HandedIn
from course_lib.grading.pages.folders import folders, make_folder, write_page
from course_lib.grading.pages.html import WORDS, escaped, of_points, page, shortened, table
from course_lib.grading.pages.lesson_text import asked, checks_of, hints
from course_lib.grading.points.adjustments import TOTAL
from course_lib.grading.points.marks import Marked
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
    body = [
        f'<header><p class="quiet">Feedback on</p><h1>{escaped(lesson.title)}</h1>',
        f"<p>{_who(marked)}</p>",
    ]
    body.append(f'<p class="total">{of_points(marked.total, marked.possible)}</p>')
    body += [f"<p>{escaped(reason)}</p>" for reason in marked.reasons.get(TOTAL, ())]
    body.append("</header>")
    if marked.status == "graded":
        seen = marked.graded.handed_in
        outcomes = {
            each: marked.graded.outcomes.get(each)
            or Outcome(each, cell.number, 0, lesson.points[each], "not graded")
            for each, cell in lesson.exercises.items()
        }
        rows = [
            [
                f'<a href="#exercise-{each.number}">{escaped(name_of(lesson, lesson.exercises[grade_id]))}</a>',
                words(each),
                of_points(marked.points[grade_id], each.of) if each.of else "",
            ]
            for grade_id, each in outcomes.items()
        ]
        body.append(table(["Exercise", "Result", "Points"], rows, numbers=1))
        body += [
            _exercise(lesson, lesson.exercises[grade_id], each, marked, seen.get(grade_id, HandedIn()))
            for grade_id, each in outcomes.items()
        ]
    else:
        headline, advice = UNGRADED[marked.status]
        said = escaped(marked.graded.message)
        changes = [each for grade_id in lesson.exercises for each in _changes(marked, grade_id, lesson)]
        body.append(
            f'<section class="box"><h2>{headline}</h2><p>{said}</p><p>{advice}</p>{"".join(changes)}</section>'
        )
    notes = dict.fromkeys([*who.notes, *marked.graded.notes])
    if notes:
        body.append("<section><h2>How your file was read</h2><ul>")
        body += [f"<li>{escaped(note)}</li>" for note in notes]
        body.append("</ul></section>")
    return page(f"{lesson.title}: feedback for {who.student}", "\n".join(body))


def name_of(lesson: Lesson, exercise: Cell) -> str:
    """As "Exercise 3: a slope": its number, and its heading in the text before it if there is one."""
    place = lesson.cells.index(exercise)
    heading = ""
    for cell in reversed(lesson.cells[:place]):
        if cell.role == "exercise":
            break
        found = re.findall(r"^##+[ \t]+(\S.*)", cell.source, re.MULTILINE) if cell.kind == "markdown" else []
        if found:
            heading = re.sub(r"^Exercise\s+\d+\W*", "", found[-1])
            heading = re.sub(r"[$*`]|\[(.*?)\]\(.*?\)", r"\1", heading).strip()
            break
    heading = heading or exercise.grade_id.replace("_", " ")
    return f"Exercise {exercise.number}: {heading}"


def words(outcome: Outcome) -> str:
    """The status in words."""
    if outcome.status == "not graded" and not outcome.of:
        return "No points here"
    return WORDS[outcome.status]


def _who(marked: Marked) -> str:
    who = marked.graded.submission
    number = f" ({escaped(who.student_id)})" if who.student_id else ""
    file = f'<br><span class="quiet">File: <bdi>{escaped(who.file)}</bdi></span>' if who.file else ""
    return f"<bdi>{escaped(who.student)}</bdi>{number}{file}"


def _changes(marked: Marked, grade_id: str, lesson: Lesson) -> list[str]:
    """What the teacher changed in the points of an exercise."""
    number = lesson.exercises[grade_id].number
    return [f"<p>Exercise {number}: {escaped(each)}</p>" for each in marked.reasons.get(grade_id, ())]


def _exercise(lesson: Lesson, exercise: Cell, outcome: Outcome, marked: Marked, seen: HandedIn) -> str:
    points = marked.points[exercise.grade_id]
    kind = outcome.status.split()[-1]
    counts = f" · {of_points(points, outcome.of)}" if outcome.of else ""
    parts = [
        f'<section class="exercise {kind}" id="exercise-{exercise.number}">',
        f"<h2>{escaped(name_of(lesson, exercise))}</h2>",
        f'<p><span class="status">{words(outcome)}</span>{counts}</p>',
    ]
    if outcome.message and outcome.status != "empty":  # "Not written" has said it
        parts.append(f"<p>{escaped(outcome.message)}</p>")
    parts += _changes(marked, exercise.grade_id, lesson)
    if outcome.of and outcome.status not in ("right", "not graded"):
        parts.append(f'<h3>What was asked</h3><pre class="asked">{escaped(asked(exercise))}</pre>')
        general = [hints(cell.source)[0] for cell in checks_of(lesson, exercise.grade_id)]
        parts += [f"<h3>Hint</h3><p>{escaped(each)}</p>" for each in general if each]
    if seen.code.strip():
        parts.append("<h3>Your code</h3>" + _code(seen.code))
    if seen.output:
        parts.append("<h3>Output stored in your file</h3>" + _output(seen.output))
    if seen.check:
        parts.append("<h3>Output of the check, as stored in your file</h3>" + _output(seen.check))
    return "\n".join([*parts, "</section>"])


def _code(code: str) -> str:
    """Code with its line numbers, which are drawn and not copied."""
    shown, left_out = shortened(code.rstrip().replace("\r", "\n"), MOST_CODE, MOST_CODE_LINES)
    lines = "\n".join(f"<span>{line}</span>" for line in escaped(shown).split("\n"))
    return f'<pre class="code" tabindex="0">{lines}</pre>' + f'<p class="quiet">{left_out}</p>' * bool(
        left_out
    )


def _output(text: str) -> str:
    shown, left_out = shortened(text, MOST_OUTPUT, MOST_OUTPUT_LINES)
    # a line feed right after <pre> would be lost
    return f"<pre>\n{escaped(shown)}</pre>" + f'<p class="quiet">{left_out}</p>' * bool(left_out)
