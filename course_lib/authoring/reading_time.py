"""How long a lesson takes a student, by one rule, so that what is printed under its title is no wish.

The rule was fitted to nine tries of six lessons, in which every exercise was solved from the student's notebook: 143
minutes on average, 141 by the rule, at most 35 apart. Sections of second reading do not count, nor does folded code.
"""

from __future__ import annotations

import re
from dataclasses import replace

from course_lib.authoring.lesson import Cell, Lesson

MINUTES = "{minutes}"
"""What stands for the number in the first cell of a lesson's source."""
WORDS_PER_MINUTE = 150
LINES_PER_MINUTE = 20
MINUTES_PER_EXERCISE = 12
ROUNDED_TO = 5
HALF_WAY = "**A good place to stop.**"
SECOND_READING = "Second reading:"


def minutes(lesson: Lesson) -> int:
    """What a student needs for the whole lesson, rounded to five minutes."""
    return max(ROUNDED_TO, ROUNDED_TO * round(sum(map(_minutes, counted(lesson))) / ROUNDED_TO))


def half_way(lesson: Lesson) -> float | None:
    """The share of the time, from 0 to 1, that lies before the good place to stop; None where there is none."""
    cells = counted(lesson)
    place = next((index for index, cell in enumerate(cells) if HALF_WAY in cell.source), None)
    if place is None:
        return None
    spent = [_minutes(cell) for cell in cells]
    return sum(spent[: place + 1]) / sum(spent)


def counted(lesson: Lesson) -> list[Cell]:
    """What the time is for: all but notes, graded cells and sections of second reading; texts are cut at headings."""
    found = []
    second_reading = 0  # the level of the heading that began it; 0 outside
    for cell in lesson.cells:
        for part in _sections(cell):
            heading = re.match(r"(#+) (.*)", part.source) if part.kind == "markdown" else None
            if heading and (not second_reading or len(heading[1]) <= second_reading):
                second_reading = len(heading[1]) if heading[2].startswith(SECOND_READING) else 0
            if not second_reading and part.role not in ("notes", "graded"):
                found.append(part)
    return found


def _sections(cell: Cell) -> list[Cell]:
    """The cell, or where it is a text with headings further down, its parts, each of which begins with one."""
    if cell.kind != "markdown":
        return [cell]
    texts = re.split(r"\n(?=#+ )", cell.source)
    return [replace(cell, source=text) for text in texts]


def _minutes(cell: Cell) -> float:
    if cell.kind == "markdown":
        return len(cell.source.split()) / WORDS_PER_MINUTE
    if cell.role == "exercise":
        return MINUTES_PER_EXERCISE
    if cell.role == "check" or cell.fold:
        return 0
    return sum(bool(line.strip()) for line in cell.source.splitlines()) / LINES_PER_MINUTE
