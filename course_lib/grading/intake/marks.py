"""The cells of a file, and the marks by which the cell of an exercise is known: whatever became of them on the way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from course_lib.authoring.lesson import Lesson
from course_lib.authoring.solutions import FIRST_LINE
from course_lib.grading.intake.our_cells import Ours
from course_lib.grading.intake.pieces import put_together
from course_lib.grading.intake.statements import bound

MOST_PIECES = 20
"""Cells that one answer may be put together from; of more, the last ones."""


@dataclass
class Marked:
    """What the marks lead to, by grade_id: source, mark and places of the cells; and sentences for the student."""

    answers: dict[str, str] = field(default_factory=dict)
    found_by: dict[str, str] = field(default_factory=dict)
    places: dict[str, list[int]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def code_cells(lesson: Lesson, ours: Ours, notebook: Mapping[str, Any]) -> list[Any]:
    """The cells of code, those of exercises also where a key press made them raw or Markdown cells.

    In JupyterLab R and M do that. A text under the heading "Exercise 2" is no answer: without its metadata, such a cell
    has to define a function of its exercise.
    """
    cells = entry(notebook, "cells")
    cells = cells if isinstance(cells, list) else []
    written = {
        each
        for cell in cells
        if is_code(cell)
        for each in _exercises_marked(lesson, cell)
        if not _is_stub(ours, each, cell)
    }

    def was_code(cell: Any) -> bool:
        marks = _exercises_marked(lesson, cell)
        source = source_of(cell)
        certain = entry(cell, "metadata", "nbgrader", "grade_id") in marks
        is_answer = any(certain or ours.functions[each] & bound(source) for each in marks)
        return bool(source.strip()) and is_answer and not (marks & written)

    return [
        cell
        for cell in cells
        if is_code(cell) or (entry(cell, "cell_type") in ("raw", "markdown") and was_code(cell))
    ]


def by_marks(lesson: Lesson, ours: Ours, cells: Sequence[Any], sources: Sequence[str]) -> Marked:
    """The answers that a mark leads to, each by its strongest one.

    Position counts only in a notebook with as many code cells as ours.
    """
    marks: dict[str, Sequence[Any]] = {
        "grade_id": [entry(cell, "metadata", "nbgrader", "grade_id") for cell in cells],
        "cell id": [
            entry(cell, "id") or entry(cell, "metadata", "id") for cell in cells
        ],  # the second is Colab's
        "first line": [exercise_number(source) for source in sources],
        "position": ours.ids if len(cells) == len(ours.ids) else (),
    }
    found = Marked()
    for found_by, values in marks.items():
        taken = {place for places in found.places.values() for place in places}
        for grade_id, exercise in lesson.exercises.items():
            sought = exercise.number if found_by == "first line" else grade_id
            places = [place for place, mark in enumerate(values) if mark == sought and place not in taken]
            if grade_id in found.places or not places:
                continue
            if len(places) > 1:  # a copied cell in which another exercise was written
                here = [
                    place for place in places if exercise_number(sources[place]) in (None, exercise.number)
                ]
                places = here or places
            found.places[grade_id] = places
            taken.update(places)
            found.found_by[grade_id] = found_by
            pieces = list(dict.fromkeys(sources[place] for place in places))[-MOST_PIECES:]
            found.answers[grade_id] = _one_answer(ours, grade_id, exercise.number, pieces, found.notes)
            if found_by != "grade_id":
                found.notes.append(
                    f"The cell of exercise {exercise.number} had lost its grade_id and was found by its {found_by}."
                )
            kinds = {str(entry(cells[place], "cell_type")) for place in places if not is_code(cells[place])}
            for kind in sorted(kinds):
                name, key = ("Markdown", "M") if kind == "markdown" else ("raw", "R")
                found.notes.append(
                    f"The cell of exercise {exercise.number} is a {name} cell (the key {key} does that) and was read "
                    "as code. In JupyterLab the key Y makes it one again."
                )
    return found


def _one_answer(ours: Ours, grade_id: str, number: int, pieces: list[str], notes: list[str]) -> str:
    """The pieces of a cell that was split or copied put together in their order, untouched stubs left out."""
    written = [piece for piece in pieces if not ours.is_stub(grade_id, piece)]
    if len(written) < 2:
        return (written or pieces)[0]
    answer, some_left_out = put_together(written)
    left_out = ", those that are not valid Python left out" if some_left_out else ""
    notes.append(
        f"Exercise {number} was in {len(written)} cells; they were put together in their order{left_out}."
    )
    return answer


def is_code(cell: Any) -> bool:
    return entry(cell, "cell_type") == "code"


def exercise_number(source: str) -> int | None:
    """The N of a first line `# Exercise N`."""
    first = FIRST_LINE.match(source.lstrip())
    return int(first[1]) if first and len(first[1]) < 9 else None


def source_of(cell: Any) -> str:
    """A cell's text; empty if it has none."""
    source = entry(cell, "source")
    if isinstance(source, list):
        source = "".join(line for line in source if isinstance(line, str))
    return source if isinstance(source, str) else ""


def names_of(cell: Any) -> list[str]:
    """What a cell is called: its grade_id, its id, and the id where Colab keeps it; those that are there."""
    places = ("metadata", "nbgrader", "grade_id"), ("id",), ("metadata", "id")
    return [name for keys in places if isinstance(name := entry(cell, *keys), str)]


def entry(value: Any, *keys: str) -> Any:
    """What lies under these keys, one in the other; None if nothing does."""
    for key in keys:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def _exercises_marked(lesson: Lesson, cell: Any) -> set[str]:
    """The exercises whose marks a cell bears."""
    number = exercise_number(source_of(cell))
    by_number = {each for each, exercise in lesson.exercises.items() if exercise.number == number}
    return {name for name in names_of(cell) if name in lesson.exercises} | by_number


def _is_stub(ours: Ours, grade_id: str, cell: Any) -> bool:
    return ours.is_stub(grade_id, source_of(cell))
