"""A cell's digest tells whether somebody wrote in it, and nothing else changes it."""

from __future__ import annotations

import nbformat
import pytest

from course_lib.authoring.as_shipped import digest, is_as_shipped, shipped_digest
from course_lib.authoring.student import solved_notebook, student_notebook


def test_every_cell_of_a_students_notebook_is_as_shipped(small_lesson) -> None:
    cells = student_notebook(small_lesson).cells
    assert all(is_as_shipped(cell) for cell in cells)
    for cell in cells:
        cell.source += " x"
    assert not any(is_as_shipped(cell) for cell in cells)


def test_solutions_are_not_what_students_got(small_lesson) -> None:
    assert not any(is_as_shipped(cell) for cell in solved_notebook(small_lesson).cells)


@pytest.mark.parametrize("same", ["x = 1\ny = 2", "x = 1  \ny = 2\n\n", "\nx = 1\r\ny = 2"])
def test_space_that_editors_strip_does_not_count(same: str) -> None:
    assert digest(same) == digest("x = 1\ny = 2")


@pytest.mark.parametrize("other", ["x = 1\n y = 2", "x = 1\n\ny = 2", "x = 1", ""])
def test_all_else_counts(other: str) -> None:
    assert digest(other) != digest("x = 1\ny = 2")


@pytest.mark.parametrize(
    ("metadata", "known"),
    [
        ({}, None),
        ({"course": 1}, None),
        ({"course": {}}, ""),
        ({"course": {"digest": 3}}, ""),
        ({"course": {"digest": "ab"}}, "ab"),
    ],
)
def test_cells_of_ours_are_told_from_others(metadata: dict, known: str | None) -> None:
    assert shipped_digest(nbformat.v4.new_code_cell("", metadata=metadata)) == known
