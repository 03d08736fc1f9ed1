"""Take the answers out of a submission: the student's notebook, however it was edited on the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from course_lib.authoring.lesson import Lesson
from course_lib.authoring.markers import FIRST_LINE, stub
from course_lib.authoring.student import student_notebook


@dataclass
class Collected:
    """Answers by grade_id, and the mark each was found by (the keys of `marks` below)."""

    answers: dict[str, str] = field(default_factory=dict)
    found_by: dict[str, str] = field(default_factory=dict)


def collect(lesson: Lesson, notebook: Mapping[str, Any]) -> Collected:
    """The answers in a notebook (as nbformat reads it, or plain JSON), each by its strongest surviving mark.

    A cell that was split or copied carries its grade_id twice: the pieces are put together in their order,
    untouched stubs left out. Position counts only in a notebook with as many code cells as ours.
    """
    cells = _get(notebook, "cells")
    cells = [c for c in cells if _get(c, "cell_type") == "code"] if isinstance(cells, list) else []
    ours = [cell.id for cell in student_notebook(lesson).cells if cell.cell_type == "code"]
    marks = {
        "grade_id": [_get(cell, "metadata", "nbgrader", "grade_id") for cell in cells],
        "cell id": [_get(cell, "id") for cell in cells],
        "first line": [_number(_source(cell)) for cell in cells],
        "position": ours if len(cells) == len(ours) else [],
    }
    collected = Collected()
    taken: set[int] = set()
    for found_by, found in marks.items():
        for grade_id, exercise in lesson.exercises.items():
            sought = exercise.number if found_by == "first line" else grade_id
            places = [place for place, mark in enumerate(found) if mark == sought and place not in taken]
            if grade_id in collected.answers or not places:
                continue
            pieces = [_source(cells[place]) for place in places]
            written = [piece for piece in pieces if piece.strip() != stub(exercise.source).strip()]
            collected.answers[grade_id] = "\n\n".join(written or pieces[:1])
            collected.found_by[grade_id] = found_by
            taken.update(places)
    return collected


def _number(source: str) -> int | None:
    first = FIRST_LINE.match(source.lstrip())
    return int(first[1]) if first and len(first[1]) < 9 else None


def _source(cell: Any) -> str:
    source = _get(cell, "source")
    if isinstance(source, list):
        source = "".join(line for line in source if isinstance(line, str))
    return source if isinstance(source, str) else ""


def _get(value: Any, *keys: str) -> Any:
    for key in keys:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value
