"""Where a class was stuck: exercises that nobody solved, the commonest errors, the usual mistakes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from course_lib.authoring.lesson import Lesson
from course_lib.grading.pages.figures import STOPPED
from course_lib.grading.pages.lesson_text import mistake_hints, name_of
from course_lib.grading.points.final_points import Marked


class Difficulty(NamedTuple):
    """An error or a mistake, the name of the exercise where it was made, and how many students made it."""

    text: str
    where: str
    students: int


def statuses_of(graded: Sequence[Marked], grade_id: str) -> Counter[str]:
    """How many students have which status in an exercise."""
    return Counter(
        each.graded.outcomes[grade_id].status for each in graded if grade_id in each.graded.outcomes
    )


def unsolved(graded: Sequence[Marked], lesson: Lesson) -> list[str]:
    """The names of the exercises that nobody solved."""
    names = []
    for grade_id, cell in lesson.exercises.items():
        found = statuses_of(graded, grade_id)
        if lesson.points[grade_id] and not found["right"] and found.total() > found["not graded"]:
            names.append(name_of(lesson, cell))
    return names


def common_errors(graded: Sequence[Marked], lesson: Lesson) -> list[Difficulty]:
    """The messages of what did not run to its end, whatever the line; the commonest first."""
    counts: Counter[tuple[int, str]] = Counter()
    for each in graded:
        for outcome in each.graded.outcomes.values():
            if outcome.message and outcome.status in STOPPED:
                message = re.sub(r"in line \d+ of your cell", "in the student's cell", outcome.message)
                counts[outcome.number, message.replace("your function", "the function")] += 1
    names = {cell.number: name_of(lesson, cell) for cell in lesson.exercises.values()}
    return [
        Difficulty(message, names.get(exercise, f"Exercise {exercise}"), count)
        for (exercise, message), count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    ]


def shown_hints(graded: Sequence[Marked], lesson: Lesson) -> list[Difficulty]:
    """Which hints for usual mistakes were on the students' screens last, by the outputs stored in their files."""
    known = {
        grade_id: {hint: _plain(hint) for hint in mistake_hints(lesson, grade_id)}
        for grade_id in lesson.exercises
    }
    counts: Counter[tuple[str, str]] = Counter()
    for each in graded:
        for grade_id, seen in each.graded.handed_in.items():
            output = _plain(seen.check)
            hints = known.get(grade_id, {})
            counts.update((grade_id, hint) for hint, plain in hints.items() if plain in output)
    return [
        Difficulty(hint, name_of(lesson, lesson.exercises[grade_id]), count)
        for (grade_id, hint), count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    ]


def _plain(text: str) -> str:
    return " ".join(text.split())
