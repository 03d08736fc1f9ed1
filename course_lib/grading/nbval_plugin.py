"""A pytest plugin that makes nbval compare what graded cells published, with tolerance, and nothing else.

Use it with `pytest -p course_lib.grading.nbval_plugin --nbval --nbval-current-env NOTEBOOK`, where the notebook
was assembled and its graded cells hold the outputs of the reference run: see `expect`.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import nbformat
from nbval.plugin import IPyNbCell

from course_lib.authoring.lesson import Lesson
from course_lib.authoring.values import all_agree, published


def expect(notebook: nbformat.NotebookNode, reference: nbformat.NotebookNode, lesson: Lesson) -> None:
    """Store the reference's published values as the outputs nbval is to find in an assembled notebook."""
    tolerances = {cell.id: cell.tolerance for cell in lesson.having("graded")}
    outputs = {cell.id: cell.outputs for cell in reference.cells}
    for cell in notebook.cells:
        # without an execution count nbval compares nothing
        cell.execution_count = 1
        if cell.id in tolerances:
            cell.outputs = outputs[cell.id]
            cell.metadata["course"]["tolerance"] = tolerances[cell.id]


def pytest_collection_modifyitems(items: list[Any]) -> None:
    for item in items:
        if isinstance(item, IPyNbCell):
            item.compare_outputs = _comparison(item)


def _comparison(item: IPyNbCell) -> Callable[..., bool]:
    tolerance = item.cell.metadata.get("course", {}).get("tolerance", 0)

    def compare_outputs(seen: list[Any], expected: list[Any], skip_compare: Any = None) -> bool:
        right = published(expected)
        if not right:
            return True
        values = published(seen)
        # never the values themselves: this text may reach the student
        item.comparison_traceback = [
            f"published {json.dumps(sorted(values))}, expected {json.dumps(sorted(right))}"
        ]
        return all_agree(values, right, tolerance)

    return compare_outputs
