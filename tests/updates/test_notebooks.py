"""Was a notebook written in, or only run? And is what is written back what Jupyter would write?"""

from __future__ import annotations

import json

import nbformat
import pytest

from course_lib import ROOT
from course_lib.authoring.lesson import load_lesson
from course_lib.authoring.student import student_notebook
from course_lib.updates.notebooks import dump, has_work, load, was_run
from tests.updates.a_course import ANSWER, answered, built, only_run, own_cell, with_own, worked_on

LESSONS = sorted((ROOT / "lessons").glob("*.ipynb"))


def test_a_notebook_that_was_never_opened_or_only_run_holds_no_work() -> None:
    assert not has_work(built())
    assert not has_work(only_run(built()))


def test_empty_cells_deleted_cells_moved_cells_and_copies_of_ours_are_no_work() -> None:
    assert not has_work(with_own(built(), "double", own_cell("  \n")))
    assert not has_work(worked_on(built(), lambda cells: cells.__delitem__(3)))
    assert not has_work(worked_on(built(), lambda cells: cells.reverse()))
    assert not has_work(worked_on(built(), lambda cells: cells.append({**cells[3], "id": "another"})))


@pytest.mark.parametrize(
    "written",
    [
        answered(built(), double=ANSWER),
        answered(built(), text__doubling="## Doubling\n\nTwice as much. My note."),
        with_own(built(), "double", own_cell("1 + 1")),
        with_own(built(), "double", own_cell("", "markdown") | {"attachments": {"a.png": {}}}),
        built()[:-100],
        b"\xff\xfe\x00",
    ],
)
def test_one_word_is_work_and_so_is_what_cannot_be_read(written: bytes) -> None:
    assert has_work(written)


def test_without_marks_the_new_notebook_says_what_is_ours() -> None:
    def lose(cells: list[dict]) -> None:
        for cell in cells:
            cell["metadata"] = {}

    bare = worked_on(built(), lose)
    assert has_work(bare)
    assert not has_work(bare, built())
    assert has_work(worked_on(bare, lambda cells: cells.append(own_cell("1 + 1"))), built())


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_a_lesson_that_is_read_and_written_is_the_same_byte_for_byte(path) -> None:
    assert dump(load(path.read_bytes())) == path.read_bytes().decode("utf-8")


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_every_cell_of_a_lesson_knows_its_source_as_shipped(path) -> None:
    """So a lesson as built holds no work, and one word more in any of its cells is some."""
    lesson = load_lesson(ROOT / "lessons" / "source" / f"{path.stem}.py")
    data = nbformat.writes(student_notebook(lesson)).encode()
    assert not has_work(data)
    for place in range(len(json.loads(data)["cells"])):
        assert has_work(worked_on(data, lambda cells, place=place: cells[place]["source"].append("!")))


def test_a_notebook_that_was_run_is_told_from_one_that_was_only_built() -> None:
    assert was_run(only_run(built())) and not was_run(built())
    assert not was_run(b"no notebook") and not was_run(b'{"cells": [1]}')
