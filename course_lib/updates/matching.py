"""Which cell of the course is a student's cell? By the strongest mark that it still has."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any

from course_lib.authoring.as_shipped import digest, shipped_digest
from course_lib.authoring.dependencies import functions

Cell = Mapping[str, Any]


def partners(theirs: Sequence[Cell], course: Sequence[Cell]) -> list[str | None]:
    """For each cell of a student's the id of the cell of the course that it is, or None.

    Each mark in turn, the surest first, leads to one cell for one: what a student copied stays the student's own. A
    digest counts more than an id, since ids such as `demo-losses-2` move on when we put a cell before.
    """
    found: list[str | None] = [None] * len(theirs)
    for mark in (_id_and_digest, _exercise, _our_digest, _id, _grade_id, _digest, _source, _function):
        left = [cell for cell in reversed(course) if cell["id"] not in found]
        free = {key: cell["id"] for cell in left for key in mark(cell)}
        for place, cell in enumerate(theirs):
            if found[place] is None:
                names = (free[key] for key in mark(cell) if key in free)
                found[place] = next((name for name in names if name not in found), None)
    by_id = {cell.get("id"): name for cell, name in zip(theirs, found, strict=True) if name}
    return [name or by_id.get(cell.get("id", "")) for cell, name in zip(theirs, found, strict=True)]


def is_bare(theirs: Iterable[Cell], course: Sequence[Cell]) -> bool:
    """Whether a notebook has lost all our marks, so that our texts cannot be told from the student's."""
    known = {cell["id"] for cell in course}
    return all(cell.get("id") not in known and shipped_digest(cell) is None for cell in theirs)


def role_of(cell: Cell) -> str:
    """What a cell of ours is in the lesson, `exercise` for instance; "" for the student's own."""
    course = cell["metadata"].get("course")
    role = course.get("role") if isinstance(course, Mapping) else None
    return role if isinstance(role, str) else ""


def grade_id_of(cell: Cell) -> str | None:
    """The key of its exercise or check, copied with a cell that is copied."""
    grader = cell["metadata"].get("nbgrader")
    name = grader.get("grade_id") if isinstance(grader, Mapping) else None
    return name if isinstance(name, str) else None


def has_our_id(cell: Cell) -> bool:
    """Whether a cell has an id that we gave; a copy that the student made has another, and the same metadata."""
    name = cell.get("id", "")
    return bool(role := role_of(cell)) and (name == grade_id_of(cell) or name.startswith(f"{role}-"))


def _id_and_digest(cell: Cell) -> list[Hashable]:
    return [(cell.get("id"), known) for known in _digest(cell)]


def _exercise(cell: Cell) -> list[Hashable]:
    return [name for name in _grade_id(cell) if name == cell.get("id")]


def _our_digest(cell: Cell) -> list[Hashable]:
    return _digest(cell) if has_our_id(cell) else []


def _id(cell: Cell) -> list[Hashable]:
    return [cell["id"]] if "id" in cell else []


def _grade_id(cell: Cell) -> list[Hashable]:
    name = grade_id_of(cell)
    return [name] if name else []


def _digest(cell: Cell) -> list[Hashable]:
    known = shipped_digest(cell)
    return [known] if known else []


def _source(cell: Cell) -> list[Hashable]:
    return [digest(cell["source"])] if cell["source"].strip() else []


def _function(cell: Cell) -> list[Hashable]:
    """An exercise whose grade_id has changed is still the one that asks for its functions."""
    asks = role_of(cell) == "exercise" or (not role_of(cell) and cell["source"].startswith("# Exercise "))
    return sorted(functions(cell["source"])) if asks and cell["cell_type"] == "code" else []
