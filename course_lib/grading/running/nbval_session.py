"""One pytest with nbval in it for all notebooks that a process grades, since starting pytest costs as much as a cell.

    run(path, Grading(kernels), seconds=20)      as often as one likes

pytest goes through its own loop until it is done with all tests, so it lives in a thread of its own; there the loop
takes one notebook after another as they come, and runs each cell by pytest's own protocol for a test.
"""

from __future__ import annotations

import os
import queue
import tempfile
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pytest
from nbval.plugin import IPyNbFile

from course_lib import CourseError
from course_lib.grading.running.nbval_plugin import Grading

AUTOLOAD = "PYTEST_DISABLE_PLUGIN_AUTOLOAD"
NOT_NEEDED = (
    "cacheprovider",
    "junitxml",
    "logging",
    "pastebin",
    "stepwise",
    "terminal",
    "threadexception",
    "unraisableexception",
)


@dataclass
class Notebook:
    """A notebook to run. done: without a result; an error in it is none of the notebook's."""

    path: Path
    grading: Grading
    seconds: float
    done: Future[None] = field(default_factory=Future)


def run(path: Path, grading: Grading, seconds: float) -> None:
    """Run an assembled notebook to its end; how its cells went is in `grading.cells`. seconds: what a cell may take."""
    notebook = Notebook(path, grading, seconds)
    _session(os.getpid()).waiting.put(notebook)
    notebook.done.result()


@cache
def _session(process: int) -> Session:
    """This process's; a process that was forked from one with a session has no thread of it."""
    return Session()


class Session:
    """The pytest plugin whose loop waits for notebooks, and the thread in which pytest runs."""

    def __init__(self) -> None:
        self.waiting: queue.SimpleQueue[Notebook] = queue.SimpleQueue()
        self.begun: Future[None] = Future()
        with no_other_plugins():
            threading.Thread(target=self._pytest, daemon=True, name="nbval").start()
            self.begun.result()

    def _pytest(self) -> None:
        """What the thread does. Whatever ends pytest before its loop is told to whoever waits for that."""
        ended = "it ended at once"
        try:
            with tempfile.TemporaryDirectory() as folder:
                options = ["-p", "nbval.plugin", "-c", os.devnull, "--noconftest", "--capture=no"]
                options += [f"-pno:{each}" for each in NOT_NEEDED]
                options += [f"--rootdir={folder}", f"--confcutdir={folder}"]
                pytest.main([*options, "--nbval", "--nbval-current-env", folder], plugins=[self])
        except BaseException as error:
            ended = f"{type(error).__name__}: {error}"
        if not self.begun.done():
            self.begun.set_exception(CourseError(f"pytest with nbval does not start here ({ended})."))

    def pytest_addoption(self, parser: pytest.Parser) -> None:
        parser.addoption("--color", default="no")  # terminal's, which nbval reads

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self, session: pytest.Session) -> bool:
        """There is nothing to collect before a notebook is handed in."""
        session.items = []
        return True

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        self.begun.set_result(None)
        while True:
            notebook = self.waiting.get()
            try:
                self._run(session, notebook)
            except BaseException as error:
                notebook.done.set_exception(error)
            else:
                notebook.done.set_result(None)

    def _run(self, session: pytest.Session, notebook: Notebook) -> None:
        session.config.option.nbval_cell_timeout = notebook.seconds
        cells = list(IPyNbFile.from_parent(session, path=notebook.path).collect())
        notebook.grading.pytest_collection_modifyitems(cells)
        for cell, following in zip(cells, [*cells[1:], None], strict=True):
            session.config.hook.pytest_runtest_protocol(item=cell, nextitem=following)


@contextmanager
def no_other_plugins() -> Iterator[None]:
    """pytest is run as it is written here, whatever the teacher's environment says.

    No plugin that happens to be installed is loaded: none is needed, and each takes its time, every time. And no option
    or plugin of the teacher's own work is passed on: with `-k nothing` in PYTEST_ADDOPTS everybody would get 0.
    """
    before = {name: value for name, value in os.environ.items() if name.startswith("PYTEST_")}
    for name in before:
        del os.environ[name]
    os.environ[AUTOLOAD] = "1"
    try:
        yield
    finally:
        del os.environ[AUTOLOAD]
        os.environ.update(before)
