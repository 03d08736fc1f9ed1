"""A notebook into which answers were carried is graded as the one in which they were written."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import nbformat
import pytest

from course_lib import ROOT
from course_lib.authoring.assemble import evaluate
from course_lib.authoring.lesson import load_lesson
from course_lib.authoring.student import student_notebook
from course_lib.grading.intake.answers import Collected, collect
from course_lib.grading.intake.notebook import read
from course_lib.updates.carry import carry
from tests.grading.small_lesson import RIGHT, small_lesson
from tests.updates.a_course import answered, by_id, own_cell, with_own, worked_on

LESSONS = sorted((ROOT / "lessons" / "source").glob("[0-9][0-9]_*.py"))


def shipped(lesson) -> bytes:
    return nbformat.writes(student_notebook(lesson)).encode()


def newer(data: bytes) -> bytes:
    """All our texts reworded, the first demo gone, and a new one on top: as a newer course might come."""

    def reword(cells: list[dict]) -> None:
        for cell in cells:
            if cell["cell_type"] == "markdown":
                cell["source"] = ["Reworded.\n", *cell["source"]]
                cell["metadata"]["course"]["digest"] = "0" * 12
        demos = [cell for cell in cells if cell["metadata"]["course"]["role"] == "demo"]
        if demos:
            cells.remove(demos[0])

    return worked_on(data, reword)


def graded(lesson, data: bytes) -> Collected:
    return collect(lesson, {"cells": read(data)})


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_grading_finds_the_same_answers_in_the_same_way(path: Path) -> None:
    lesson = load_lesson(path)
    right = runpy.run_path(str(ROOT / "tests" / "lessons" / "answers" / path.name))["RIGHT"]
    old = answered(shipped(lesson), **right)
    first = next(iter(lesson.exercises))
    old = with_own(old, first, own_cell("import math\n\ndef helper(x):\n    return math.sqrt(x)"))
    before = graded(lesson, old)
    after = graded(lesson, carry(old, newer(shipped(lesson))).text.encode())
    assert set(before.answers) == {*lesson.exercises}
    assert after.answers == before.answers
    assert after.found_by == before.found_by
    assert after.written == before.written


def test_an_answer_that_was_split_or_uses_another_cell_is_still_found(tmp_path: Path) -> None:
    lesson = small_lesson(tmp_path)
    head, _, tail = RIGHT["distances"].rpartition("\n")

    def split(cells: list[dict]) -> None:
        cell = by_id(cells, "distances")
        cell["source"] = [head]
        cells.insert(cells.index(cell) + 1, {**cell, "id": "5e5e5e5e", "source": [tail]})

    old = answered(shipped(lesson), twice_the_mean="def twice_the_mean(numbers):\n    return twice(numbers)")
    old = with_own(old, "setup-1-a-small-lesson", own_cell("def twice(x):\n    return 2 * sum(x) / len(x)"))
    old = worked_on(old, split)
    before = graded(lesson, old)
    after = graded(lesson, carry(old, newer(shipped(lesson))).text.encode())
    assert (after.answers, after.lines_before) == (before.answers, before.lines_before)
    assert "def twice(x)" in after.answers["twice_the_mean"] and tail in after.answers["distances"]


@pytest.mark.slow
def test_it_earns_the_same_points(tmp_path: Path) -> None:
    lesson = small_lesson(tmp_path)
    wrong = re.sub("2 /", "3 /", RIGHT["twice_the_mean"])
    old = answered(shipped(lesson), **{**RIGHT, "twice_the_mean": wrong})
    carried = carry(old, newer(shipped(lesson))).text.encode()
    points = evaluate(lesson, graded(lesson, carried).answers, "a class")
    assert (
        points
        == evaluate(lesson, graded(lesson, old).answers, "a class")
        == {"twice_the_mean": 0, "distances": 6}
    )
