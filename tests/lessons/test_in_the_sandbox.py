"""What works in a notebook works in the sandbox: every module that a lesson imports, and every right answer."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterable
from pathlib import Path

import nbformat
import pytest

from course_lib.authoring.assemble import reference
from course_lib.authoring.lesson import Lesson, load_lesson, sources
from course_lib.authoring.solutions import solved
from course_lib.authoring.student import solved_notebook
from course_lib.grading.intake.submissions import Submission
from course_lib.grading.running.workers import Task, grade_all
from course_lib.grading.sandbox.forked_kernels import ForkedKernels

CLASS = "a class"
SECONDS = 240.0
"""A cell may import TensorFlow, on a machine that is busy with other tests."""


def tree(code: str) -> ast.Module:
    """A cell's code, IPython's own lines left out."""
    lines = ("" if line.lstrip().startswith(("%", "!")) else line for line in code.split("\n"))
    return ast.parse("\n".join(lines))


def imports(nodes: Iterable[ast.AST]) -> list[ast.Import | ast.ImportFrom]:
    return [node for node in nodes if isinstance(node, ast.Import | ast.ImportFrom)]


@pytest.mark.slow
def test_every_module_of_ours_that_a_lesson_imports_can_be_imported_inside(bubblewrap: str) -> None:
    code = [
        solved(cell.source) for path in sources() for cell in load_lesson(path).cells if cell.kind == "code"
    ]
    statements = {ast.unparse(node) for each in code for node in imports(ast.walk(tree(each)))}
    ours = sorted(each for each in statements if "course_lib" in each)
    assert len(ours) > 20
    with ForkedKernels("bwrap", modules=[]) as kernels:
        kernel = kernels.new()
        request = kernel.execute_cell_input(
            f"failed = []\nfor each in {ours!r}:\n    try:\n        exec(each)\n"
            "    except ImportError as error:\n        failed.append(f'{each}: {error}')\nassert not failed, failed"
        )
        kernel.await_reply(request, SECONDS)
        errors = []
        while not errors and kernel.status[request] != "ok":
            message = kernel.get_message("iopub", 10)
            errors += [message["content"]["evalue"]] if message["msg_type"] == "error" else []
        assert errors == []


@pytest.mark.slow
def test_the_right_answers_earn_everything_beside_any_import_of_the_lesson(
    source: Path, lesson: Lesson, answers: tuple[dict, dict], bubblewrap: str
) -> None:
    """Each answer names everything that the lesson imports, so all of that comes along with it into the sandbox."""
    if not lesson.exercises:
        pytest.skip("this lesson has no exercise")
    imported = {
        (alias.asname or alias.name).split(".")[0]
        for cell in lesson.having("setup", "demo", "spoiler")
        for node in imports(tree(cell.source).body)  # at the top level, where names are bound for all cells
        for alias in node.names
    }
    notebook = solved_notebook(lesson)
    for cell in notebook.cells:
        if cell.id in lesson.exercises:
            cell.source = f"{answers[0][cell.id].strip()}\n\n\n[{', '.join(sorted(imported))}]"
    assert imported
    task = Task(lesson.name, nbformat.writes(reference(lesson, CLASS)), "bwrap", seconds=SECONDS)
    (graded,) = grade_all(task, [Submission("Ada", "ada.ipynb", json.dumps(notebook).encode())])
    assert {each.grade_id: (each.points, each.message) for each in graded.outcomes.values()} == {
        grade_id: (lesson.points[grade_id], "") for grade_id in lesson.exercises
    }
