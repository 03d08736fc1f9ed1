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
instance of your own copy. One that breaks the notebook format a little is read
as `grade` would read it."""
EXAMPLE = """\
python3 -m course_lib run 06
python3 -m course_lib run my_copy.ipynb"""
NEEDS = ("jupytext", "nbformat", "nbclient", "ipykernel", "keras", "matplotlib", "tqdm")
EXTRAS = ("lab",)

DOWNLOADED = (".json", ".txt")
"""What browsers put behind .ipynb as they save it."""
CELL_ID = re.compile(r"[\w-]{1,64}", re.ASCII)
"""As the notebook format has it."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("lesson", metavar="LESSON", help="a number, a name or a notebook's path")


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
    if path.is_dir():
        raise CourseError(f"{path} is a folder: name the notebook in it, or a lesson by its number.")
    if path.is_file() and path.suffix not in (".ipynb", ".py", *DOWNLOADED):
        raise CourseError(
            f"{path} is not a notebook: take a file that ends in .ipynb, or a lesson by its number, such as 06."
        )
    if path.suffix != ".ipynb" and not (path.is_file() and path.suffix in DOWNLOADED):
        path = notebook_path(find_source(name))
    if not path.is_file():
        raise CourseError(f"there is no notebook {path}; a lesson's is made by: python3 -m course_lib build")
    return path.resolve()


def read_notebook(path: Path) -> NotebookNode:
    """The cells of a notebook, read as `grade` reads what is handed in: small breaches of the format are mended.

    Outputs are left out, since all cells run anew. Raises CourseError if there are no cells to be had.
    """
    from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_raw_cell

    from course_lib import CourseError
    from course_lib.grading.intake.notebook import read

    try:
        cells = read(path.read_bytes())
    except OSError as error:
        raise CourseError(f"cannot read {path}: {error.strerror}.") from error
    except CourseError as error:  # what comes after its colon is for who hands the file in
        reason, _, _ = str(error).partition(": ")
        raise CourseError(
            f"{path} is not a notebook that can be run. {reason}: save it anew in Jupyter, with all outputs cleared."
        ) from error
    new = {"code": new_code_cell, "markdown": new_markdown_cell, "raw": new_raw_cell}
    made, ids = [], set()
    for number, cell in enumerate(cells, 1):
        own = cell.get("id", "")
        name = own if CELL_ID.fullmatch(own) and own not in ids else f"cell-{number}"
        ids.add(name)
        tags = cell["metadata"].get("tags")
        known = {"tags": tags} if isinstance(tags, list) and all(isinstance(tag, str) for tag in tags) else {}
        made.append(new[cell["cell_type"]](cell["source"], id=name, metadata=known))
    return new_notebook(cells=made)


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
