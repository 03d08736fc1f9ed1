"""A pytest plugin that makes nbval compare what graded cells published, with tolerance, and nothing else.

Two ways to use it. `pytest -p course_lib.grading.running.nbval_plugin --nbval --nbval-current-env NOTEBOOK` runs an
assembled notebook whose graded cells hold the outputs of the reference run (see `expect`) in a kernel of nbval's own.
`Grading`, given to `pytest.main(plugins=[...])`, runs it in a kernel of ours, in the sandbox, and keeps what happened.

Either way what nbval reads from the students' source is put aside: comments like `# NBVAL_SKIP`, tags, markers.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import nbformat
import pytest
from nbval.plugin import IPyNbCell, IPyNbFile

from course_lib.authoring.lesson import Lesson
from course_lib.authoring.values import all_agree, published
from course_lib.grading.sandbox.forked_kernels import ForkedKernels
from course_lib.grading.sandbox.sandbox import Lost

NO_TIME_LEFT = "no time left"
OPTIONS = {"skip": False, "check": True, "check_exception": False}


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
            item.options = dict(OPTIONS)


def _comparison(item: IPyNbCell) -> Callable[..., bool]:
    tolerance = item.cell.metadata.get("course", {}).get("tolerance", 0)

    def compare_outputs(seen: list[Any], expected: list[Any], skip_compare: Any = None) -> bool:
        right = published(expected)
        if not right:
            return True
        values = published(seen)
        # never the values themselves: this text may reach the student
        item.comparison_traceback = [
            f"published {json.dumps(sorted(values))[:200]}, expected {json.dumps(sorted(right))}"
        ]
        return all_agree(values, right, tolerance)

    return compare_outputs


@dataclass(frozen=True)
class CellRan:
    """How one cell of a notebook went.

    error: the exception's type, "" if there was none; trace: the traceback's text, both as the kernel sent them, so
    nothing in them is to be believed or shown as it is. lost: why the kernel was lost at this cell, or before.
    """

    cell_id: str
    passed: bool
    error: str = ""
    trace: str = ""
    lost: str = ""


class Grading:
    """The plugin as an object: notebooks run in kernels from `kernels`, and `cells` tells how each cell went.

    begin_until: on the monotonic clock, after which no further exercise is begun.
    """

    def __init__(self, kernels: ForkedKernels, begin_until: float = math.inf) -> None:
        self.kernels, self.begin_until = kernels, begin_until
        self.cells: list[CellRan] = []

    @pytest.hookimpl
    def pytest_collection_modifyitems(self, items: list[Any]) -> None:
        pytest_collection_modifyitems(items)
        for item in items:
            file = item.parent
            if isinstance(file, IPyNbFile):
                # pytest calls these on the instance
                file.setup = self._setup(file)
                file.teardown = self._teardown(file)
                item.runtest = self._runtest(item)

    def _setup(self, file: IPyNbFile) -> Callable[[], None]:
        def setup() -> None:
            file.kernel = self.kernels.new()

        return setup

    def _teardown(self, file: IPyNbFile) -> Callable[[], None]:
        def teardown() -> None:
            if file.kernel is not None:  # also where it is dead: its processes may not be
                file.kernel.stop()
                file.kernel = None

        return teardown

    def _runtest(self, item: IPyNbCell) -> Callable[[], None]:
        run = item.runtest

        def runtest() -> None:
            kernel = item.parent.kernel
            if item.cell.get("id", "").startswith("before-") and time.monotonic() > self.begin_until:
                kernel.lost = kernel.lost or NO_TIME_LEFT
            try:
                if kernel.lost:
                    raise Lost(kernel.lost)
                run()
            except Exception:
                self._note(item, passed=False, lost=kernel.lost)
                raise
            status = list(kernel.status.values())[-1] if kernel.status else "?"
            # nbval goes by the error message alone, which the student's code can keep from being sent
            self._note(item, passed=status == "ok", lost=kernel.lost)
            if status != "ok":
                raise Lost(f"the kernel replied {status!r}")

        return runtest

    def _note(self, item: IPyNbCell, passed: bool, lost: str) -> None:
        error = trace = ""
        for output in item.test_outputs or []:
            if output.get("output_type") == "error":
                error = str(output.get("ename"))
                lines = output.get("traceback")
                trace = "\n".join(map(str, lines)) if isinstance(lines, list) else ""
        self.cells.append(CellRan(item.cell.get("id", ""), passed, error, trace, lost))
