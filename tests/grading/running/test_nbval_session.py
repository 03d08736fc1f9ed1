"""One pytest for all notebooks of a process: it takes them as they come, and survives what is wrong with one."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from course_lib import CourseError
from course_lib.grading.running import nbval_session
from course_lib.grading.running.nbval_plugin import Grading
from course_lib.grading.sandbox.forked_kernels import ForkedKernels

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def kernels():
    with ForkedKernels("none", []) as kernels:
        yield kernels


@pytest.fixture
def passed(kernels, tmp_path: Path):
    """Which cells of a notebook passed."""

    def run(*sources: str, seconds: float = 20) -> list[bool]:
        path = tmp_path / "notebook.ipynb"
        nbformat.write(new_notebook(cells=[new_code_cell(each) for each in sources]), path)
        grading = Grading(kernels)
        nbval_session.run(path, grading, seconds)
        return [cell.passed for cell in grading.cells]

    return run


def test_notebooks_follow_each_other_in_one_pytest_each_in_a_kernel_of_its_own(passed) -> None:
    assert passed("a = 1", "assert a == 1", "b") == [True, True, False]
    assert passed("a", "a = 2") == [False, True]
    assert sum(thread.name == "nbval" for thread in threading.enumerate()) == 1


def test_each_notebook_brings_the_time_that_its_cells_may_take(passed) -> None:
    assert passed("import time; time.sleep(30)", seconds=0.2) == [False]
    assert passed("import time; time.sleep(0.4)", seconds=20) == [True]


def test_a_file_that_cannot_be_read_is_told_to_whoever_handed_it_in_and_the_next_one_runs(
    passed, kernels, tmp_path
) -> None:
    (tmp_path / "none.ipynb").write_text("{")
    with pytest.raises(Exception, match="not appear to be JSON"):
        nbval_session.run(tmp_path / "none.ipynb", Grading(kernels), seconds=20)
    assert passed("1") == [True]


def test_what_the_environment_says_to_pytest_is_put_back(monkeypatch) -> None:
    monkeypatch.setenv("PYTEST_ADDOPTS", "-k nothing")
    before = dict(os.environ)
    nbval_session.Session()
    assert dict(os.environ) == before


def test_a_pytest_that_does_not_start_is_one_line_and_nobody_waits(monkeypatch) -> None:
    monkeypatch.setattr(nbval_session, "NOT_NEEDED", ("nbval.plugin",))
    with pytest.raises(CourseError, match="does not start"):
        nbval_session.Session()
