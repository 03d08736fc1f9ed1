"""What a student's file shows for each exercise: the code, and what was stored below it.

It is taken while the file is open for grading and stored with the result, so that nobody reads the file again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from course_lib.authoring.lesson import Lesson
from course_lib.authoring.solutions import stub
from course_lib.grading.intake.answers import Collected
from course_lib.grading.intake.outputs import MOST_READ, as_text


@dataclass(frozen=True)
class HandedIn:
    """Of one exercise, at most MOST_READ characters each.

    code: the student's own cells, "" for an untouched stub; output: what is stored with them, as text; check: what is
    stored with our check.
    """

    code: str = ""
    output: str = ""
    check: str = ""


def handed_in(
    lesson: Lesson, cells: Sequence[Mapping[str, Any]], collected: Collected
) -> dict[str, HandedIn]:
    """For each exercise, by grade_id, what the file holds.

    Args:
        cells: the file's, as `notebook.read` gives them.
        collected: the answers that were found in them.
    """
    checks: dict[str, set[str]] = defaultdict(set)
    for check in lesson.having("check"):
        checks[check.grade_id].add(check.id)
    cells = [cell for cell in cells if cell["cell_type"] == "code" and cell["source"].strip()]
    found = {}
    for grade_id, exercise in lesson.exercises.items():
        code = collected.written.get(grade_id, "")
        is_own = [_is_in(code, cell, grade_id) for cell in cells]
        own = [cell for cell, is_it in zip(cells, is_own, strict=True) if is_it]
        below = [
            cell
            for cell, is_it in zip(cells, is_own, strict=True)
            if not is_it and _marks(cell) & checks[grade_id]
        ]
        untouched = code.strip() == stub(exercise.source).strip()
        found[grade_id] = HandedIn("" if untouched else code[:MOST_READ], as_text(own), as_text(below))
    return found


def _is_in(code: str, cell: Mapping[str, Any], grade_id: str) -> bool:
    """Whether an answer's code came from this cell: all of a cell's, or lines of its own if the cell was split."""
    source = cell["source"]
    whole = f"\n\n{source}\n\n" in f"\n\n{code}\n\n"
    return whole or (grade_id in _marks(cell) and f"\n{source}\n" in f"\n{code}\n")


def _marks(cell: Mapping[str, Any]) -> set[str]:
    grader = cell["metadata"].get("nbgrader")
    marks = (cell.get("id"), grader.get("grade_id") if isinstance(grader, Mapping) else None)
    return {mark for mark in marks if isinstance(mark, str)}
