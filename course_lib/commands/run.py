"""`run`: one lesson, headless."""

from __future__ import annotations

import argparse
import re
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from course_lib.authoring.execute import CellRun

HELP = "run one lesson from its first cell to its last, without a browser"
DESCRIPTION = """\
Run a lesson's notebook from its first cell to its last, with a bar that counts
the cells, and say how long it took and how much memory its kernel needed. The
notebook itself is left as it is. If a cell fails, its own traceback is shown
and the exit code is 1.

LESSON is a number (06), a name (06_dcgan), or the path of a notebook, for
instance of your own copy."""
EXAMPLE = """\
python3 -m course_lib run 06
python3 -m course_lib run my_copy.ipynb"""
NEEDS = ("jupytext", "nbformat", "nbclient", "ipykernel", "keras", "matplotlib", "tqdm")
EXTRAS = ("lab",)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("lesson", metavar="LESSON", help="which lesson")


def run(args: argparse.Namespace) -> int:
    from course_lib.authoring.execute import execute

    path = find_notebook(args.lesson)
    notebook = read_notebook(path)
    begun = time.perf_counter()
    with failing_cell_shown():
        runs = execute(notebook, name=path.name, folder=path.parent, progress=show_progress)
    peak = max((run.peak_memory or 0 for run in runs), default=0)
    memory = f", at most {peak / 1e9:.2f} GB of memory" if peak else ""
    print(f"{path.name}: {len(runs)} cells in {time.perf_counter() - begun:.0f} s{memory}")
    for slow in sorted(runs, key=lambda run: run.seconds, reverse=True)[:3]:
        print(f"  {slow.seconds:6.1f} s  {slow.cell_id}")
    return 0


def find_notebook(name: str) -> Path:
    """The notebook meant by a lesson's number or name, or by a path. Raises CourseError if there is none."""
    from course_lib import CourseError
    from course_lib.authoring.build import notebook_path
    from course_lib.authoring.lesson import find_source

    path = Path(name)
    if path.suffix != ".ipynb":
        path = notebook_path(find_source(name))
    if not path.is_file():
        raise CourseError(f"there is no notebook {path}; a lesson's is made by: python3 -m course_lib build")
    return path.resolve()


def read_notebook(path: Path) -> NotebookNode:
    """Read a notebook. Raises CourseError if the file is not one."""
    import nbformat

    from course_lib import CourseError

    try:
        notebook = nbformat.read(path, as_version=4)
        nbformat.validate(notebook)
        return notebook
    except (ValueError, KeyError, AttributeError, TypeError, nbformat.ValidationError) as error:
        raise CourseError(f"{path} is not a notebook: {str(error).splitlines()[0]}") from error


@contextmanager
def show_progress(name: str, total: int) -> Iterator[Callable[[CellRun], None]]:
    """A bar that counts cells; one plain line a cell where the output is no terminal."""
    if not sys.stderr.isatty():
        number = 0

        def line(run: CellRun) -> None:
            nonlocal number
            number += 1
            print(f"{name}: cell {number} of {total}, {run.seconds:.1f} s, {run.cell_id}", file=sys.stderr)

        yield line
        return

    from tqdm import tqdm

    with tqdm(total=total, desc=name, unit="cell", leave=False) as bar:

        def advance(run: CellRun) -> None:
            bar.set_postfix_str(run.cell_id[:30], refresh=False)
            bar.update()

        yield advance


@contextmanager
def failing_cell_shown() -> Iterator[None]:
    """Print the failing cell's own traceback before the error goes on to the command line."""
    from course_lib.authoring.execute import CellFailed

    try:
        yield
    except CellFailed as error:
        coloured = sys.stderr.isatty()
        print(
            error.traceback if coloured else re.sub(r"\x1b\[[0-9;]*m", "", error.traceback), file=sys.stderr
        )
        raise
