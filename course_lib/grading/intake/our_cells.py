"""What of a lesson is needed to tell our cells from the student's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from course_lib.authoring.lesson import Lesson
from course_lib.authoring.solutions import solved, squeezed, stub
from course_lib.authoring.student import student_notebook
from course_lib.grading.intake.statements import Statement, bound, names_bound, statements


@dataclass(frozen=True)
class Ours:
    """Ids and squeezed sources of our code cells, stubs and functions by grade_id, statements of our worked code."""

    ids: tuple[str, ...]
    sources: frozenset[str]
    stubs: Mapping[str, str]
    functions: Mapping[str, frozenset[str]]
    in_setup: frozenset[str]
    worked: tuple[Statement, ...]
    texts: frozenset[str]
    checks: Mapping[str, frozenset[str]]
    """The cell ids of an exercise's checks."""

    def is_stub(self, grade_id: str, source: str) -> bool:
        """Whether nothing was written into the cell of an exercise."""
        return squeezed(source) in ("", self.stubs[grade_id])


@lru_cache(maxsize=8)
def cells_of(lesson: Lesson) -> Ours:
    """Of a lesson, read once."""
    cells = [cell for cell in student_notebook(lesson).cells if cell.cell_type == "code"]
    parsed = {role: [s for cell in lesson.having(role) for s in statements(cell.source) or ()] for role in
              ("setup", "demo", "spoiler", "check")}  # fmt: skip
    checks = lesson.having("check")
    return Ours(
        ids=tuple(cell.id for cell in cells),
        sources=frozenset(squeezed(cell.source) for cell in cells),
        stubs={each: squeezed(stub(cell.source)) for each, cell in lesson.exercises.items()},
        functions={each: bound(solved(cell.source)) for each, cell in lesson.exercises.items()},
        in_setup=names_bound(parsed["setup"]),
        # only what defines or assigns: nobody's answer needs our plots, or a training run
        worked=tuple(
            replace(each, changes=frozenset(), hands=()) for each in parsed["demo"] + parsed["spoiler"]
        ),
        texts=frozenset(each.text for role in parsed for each in parsed[role]),
        checks={
            each: frozenset(cell.id for cell in checks if cell.grade_id == each) for each in lesson.exercises
        },
    )
