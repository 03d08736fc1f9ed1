"""A class that hands in sixty files for lesson 01: forty honest ones of several kinds, twenty hostile or broken."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell

from course_lib import ROOT
from course_lib.authoring.lesson import Lesson
from course_lib.authoring.student import student_notebook
from course_lib.grading.running.attacks import ATTACKS
from course_lib.grading.running.self_test import function_of, right_answers

BAD_ANSWERS = (
    *("patches publish", "rewrites cells before they run", "forges replies", "kills the kernel"),
    *("fills the memory", "loops when called", "imports the authoring room", "prints gigabytes"),
    *("an object that equals everything", "leaves a process behind"),
)


def notebook(lesson: Lesson, answers: dict[str, str]) -> nbformat.NotebookNode:
    """The student's copy with these answers in their cells, as JupyterLab would save it."""
    copy = student_notebook(lesson)
    for cell in copy.cells:
        if cell.id in answers:
            cell.source = answers[cell.id]
    return copy


def hand_in(lesson: Lesson) -> Iterator[tuple[str, bytes, float]]:
    """Name of the student, bytes of the file, points it must get."""
    right = right_answers(lesson)
    names = [each for each in lesson.exercises if lesson.points[each]]
    for number, (student, edited, points) in enumerate(honest(lesson, right, names)):
        yield f"{student} {number:02}", nbformat.writes(edited).encode(), points
    for number, what in enumerate(BAD_ANSWERS):
        target = names[number % len(names)]
        attack = ATTACKS[what].format(function=function_of(lesson, target))
        bad = notebook(lesson, right | {target: attack})
        yield f"Mallory {number:02}", nbformat.writes(bad).encode(), 10 - lesson.points[target]
    whole = nbformat.writes(notebook(lesson, right))
    broken = {
        "empty": b"",
        "truncated": whole.encode()[: len(whole) // 2],
        "no notebook": b"print('my answer')",
        "a web page": b"<!DOCTYPE html><html><body>Sign in</body></html>",
        "conflict": whole.replace("\n", "\n<<<<<<< HEAD\n", 1).encode(),
        "latin 1": b'{"cells": [], "author": "Andr\xe9"}',
        "deep": b"[" * 100_000,
        "a list": b"[1, 2, 3]",
        "cells of numbers": b'{"cells": [1, 2, {"cell_type": 3, "source": {"a": []}}], "metadata": 5}',
        "no cells": b'{"nbformat": 4, "metadata": {}}',
    }
    for what, data in broken.items():
        yield f"Broken {what}", data, 0


def honest(
    lesson: Lesson, right: dict[str, str], names: list[str]
) -> Iterator[tuple[str, nbformat.NotebookNode, float]]:
    """Forty notebooks of people who did their best."""
    for _ in range(6):
        yield "Ada", notebook(lesson, right), 10
    for name in names * 2:  # one exercise left as it was
        yield (
            "Ben",
            notebook(lesson, {each: right[each] for each in right if each != name}),
            10 - lesson.points[name],
        )
    for name in names:  # a syntax error in one
        yield "Cleo", notebook(lesson, right | {name: "def f(:\n  pass"}), 10 - lesson.points[name]
    for name in names:  # prints and warnings, a needless import, a slow but finite answer
        chatty = f"import sys, time\nprint('hello')\nprint('warning', file=sys.stderr)\ntime.sleep(0.2)\n{right[name]}"
        yield "Dora", notebook(lesson, right | {name: chatty}), 10
    for edit in (cleared, moved, split, helped, retold, stripped, twice, with_old_ids):
        edited = notebook(lesson, right)
        edit(edited, names, right)
        yield f"Emil {edit.__name__}", edited, 10
    for _ in range(6):
        yield "Finn", notebook(lesson, {}), 0


def cleared(edited: nbformat.NotebookNode, names: list[str], right: dict[str, str]) -> None:
    for cell in edited.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None


def moved(edited: nbformat.NotebookNode, names: list[str], right: dict[str, str]) -> None:
    answers = [cell for cell in edited.cells if cell.id in names]
    edited.cells = [cell for cell in edited.cells if cell.id not in names] + answers[::-1]


def split(edited: nbformat.NotebookNode, names: list[str], right: dict[str, str]) -> None:
    """A function's cell split in JupyterLab, which copies the metadata: an import above, the function below."""
    place = next(index for index, cell in enumerate(edited.cells) if cell.id == names[0])
    lower = edited.cells[place]
    upper = new_code_cell("import math", metadata=lower.metadata)
    edited.cells.insert(place, upper)


def helped(edited: nbformat.NotebookNode, names: list[str], right: dict[str, str]) -> None:
    """A helper function in a cell of its own, which the answer below calls."""
    place = next(index for index, cell in enumerate(edited.cells) if cell.id == names[-1])
    cell = edited.cells[place]
    edited.cells.insert(place, new_code_cell("def my_own_one():\n    return 1.0"))
    head, _, body = cell.source.partition("):\n")
    indent = body[: len(body) - len(body.lstrip(" "))]
    cell.source = f"{head}):\n{indent}assert my_own_one() == 1.0\n{body}"


def retold(edited: nbformat.NotebookNode, names: list[str], right: dict[str, str]) -> None:
    """Their own notes among the cells, and our text rewritten."""
    for cell in edited.cells:
        if cell.cell_type == "markdown":
            cell.source = f"My notes. {cell.source[::-1]}"
    edited.cells.insert(3, new_markdown_cell("# Exercise 2 was hard"))


def stripped(edited: nbformat.NotebookNode, names: list[str], right: dict[str, str]) -> None:
    """All metadata and ids lost, as some tools do; the first line of the stub is still there."""
    numbers = {name: number for number, name in enumerate(names, 1)}
    for cell in edited.cells:
        if cell.id in numbers:
            cell.source = f"# Exercise {numbers[cell.id]}\n{cell.source}"
        cell.metadata = {}
        cell.pop("id")
    edited.nbformat_minor = 4


def twice(edited: nbformat.NotebookNode, names: list[str], right: dict[str, str]) -> None:
    """The cell copied, the answer in the copy, the stub left above it."""
    place = next(index for index, cell in enumerate(edited.cells) if cell.id == names[1])
    answer = edited.cells[place]
    source = json.loads((ROOT / "lessons" / "01_gan_math.ipynb").read_text(encoding="utf-8"))
    stub = next(cell for cell in source["cells"] if cell.get("id") == names[1])["source"]
    edited.cells.insert(place, new_code_cell("".join(stub), metadata=answer.metadata))


def with_old_ids(edited: nbformat.NotebookNode, names: list[str], right: dict[str, str]) -> None:
    """New cell ids, as after a copy by another program; nbgrader's metadata is still there."""
    for number, cell in enumerate(edited.cells):
        cell.id = f"cell{number}"


def write_class(folder: Path, lesson: Lesson) -> dict[str, float]:
    """A folder for each student; the points each must get."""
    expected = {}
    for student, data, points in hand_in(lesson):
        place = folder / student
        place.mkdir(parents=True)
        (place / "01_gan_math.ipynb").write_bytes(data)
        expected[student] = points
    return expected
