"""Where a class was stuck: exercises that nobody solved, the commonest errors, the usual mistakes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from course_lib.authoring.lesson import Lesson
from course_lib.grading.pages.feedback import name_of
from course_lib.grading.pages.figures import STOPPED
from course_lib.grading.pages.html import escaped, section, table
from course_lib.grading.pages.lesson_text import checks_of, hints
from course_lib.grading.points.marks import Marked

MOST_SHOWN = 20


def statuses_of(graded: Sequence[Marked], grade_id: str) -> Counter[str]:
    return Counter(
        each.graded.outcomes[grade_id].status for each in graded if grade_id in each.graded.outcomes
    )


def unsolved(graded: Sequence[Marked], lesson: Lesson) -> str:
    names = []
    for grade_id, cell in lesson.exercises.items():
        found = statuses_of(graded, grade_id)
        if lesson.points[grade_id] and not found["right"] and found.total() > found["not graded"]:
            names.append(f"<li>{escaped(name_of(lesson, cell))}</li>")
    if not names:
        return ""
    why = "<p>Perhaps the exercise is at fault and not the class: look at it before the points are published.</p>"
    return f'<section class="box"><h2>Solved by nobody</h2><ul>{"".join(names)}</ul>{why}</section>'


def common_errors(graded: Sequence[Marked], lesson: Lesson) -> str:
    """The commonest messages of what did not run to its end, whatever the line."""
    counts: Counter[tuple[int, str]] = Counter()
    for each in graded:
        for outcome in each.graded.outcomes.values():
            if outcome.message and outcome.status in STOPPED:
                message = re.sub(r"in line \d+ of your cell", "in the student's cell", outcome.message)
                counts[outcome.number, message.replace("your function", "the function")] += 1
    if not counts:
        return ""
    names = {cell.number: name_of(lesson, cell) for cell in lesson.exercises.values()}
    common = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    rows = [
        [escaped(message), escaped(names.get(exercise, f"Exercise {exercise}")), str(count)]
        for (exercise, message), count in common[:MOST_SHOWN]
    ]
    left = f"<p>{len(common) - MOST_SHOWN} rarer ones are left out.</p>" * (len(common) > MOST_SHOWN)
    return section("Commonest errors", table(["Error", "Where", "Students"], rows, numbers=1), left)


def shown_hints(graded: Sequence[Marked], lesson: Lesson) -> str:
    """Which hint for a usual mistake was on the students' screens last, by the outputs stored in their files."""
    known = {
        grade_id: {
            hint: _plain(hint) for check in checks_of(lesson, grade_id) for hint in hints(check.source)[1]
        }
        for grade_id in lesson.exercises
    }
    counts: Counter[tuple[str, str]] = Counter()
    for each in graded:
        for grade_id, seen in each.graded.handed_in.items():
            output = _plain(seen.check)
            counts.update(
                (grade_id, hint) for hint, plain in known.get(grade_id, {}).items() if plain in output
            )
    if not counts:
        return ""
    rows = [
        [escaped(hint), escaped(name_of(lesson, lesson.exercises[grade_id])), str(count)]
        for (grade_id, hint), count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))[
            :MOST_SHOWN
        ]
    ]
    why = '<p class="quiet">Read from the outputs stored in the files, which students can change.</p>'
    return section(
        "Usual mistakes that the checks saw", why, table(["Hint", "Where", "Students"], rows, numbers=1)
    )


def _plain(text: str) -> str:
    return " ".join(text.split())
