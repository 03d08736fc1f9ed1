"""Notebooks from a lesson: the student's (stubs in, answers and notes out) and the solved one.

Both come from the same cells in the same order with the same ids, so outputs move from one to the other.
"""

from __future__ import annotations

import tomllib
from functools import cache

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from course_lib import ROOT
from course_lib.authoring.lesson import Cell, Lesson
from course_lib.authoring.solutions import solved, stub

UNSET = "OWNER/NAME"
SILENT = ("check", "spoiler", "exercise")
"""Roles whose cells hold no output in the student's copy."""

METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}

COLAB_CELL = """\
# Makes course_lib importable: from the checkout this notebook lies in or, on Colab, fetched now.
import importlib.util
import subprocess
import sys
from pathlib import Path

if importlib.util.find_spec("course_lib") is None:
    checkout = Path("/content/course") if "google.colab" in sys.modules else Path.cwd().parent
    if "google.colab" in sys.modules and not (checkout / "course_lib").is_dir():
{fetch}
    sys.path.insert(0, str(checkout))
"""


@cache
def repository() -> tuple[str, str]:
    """The course's address (`OWNER/NAME` until set) and branch, from `[tool.course]` in pyproject.toml."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["course"]
    return settings["repository"], settings.get("branch", "main")


def student_notebook(lesson: Lesson) -> nbformat.NotebookNode:
    """What students open, without outputs: no solution, no graded cell, no note for teachers."""
    cells = [cell for cell in lesson.cells if cell.role not in ("graded", "notes")]
    return _notebook(lesson, [_student_cell(cell) for cell in cells])


def solved_notebook(lesson: Lesson, notes: bool = False) -> nbformat.NotebookNode:
    """The same with the solutions in; with `notes`, the teacher's copy."""
    left_out = ("graded",) if notes else ("graded", "notes")
    cells = [cell for cell in lesson.cells if cell.role not in left_out]
    return _notebook(lesson, [_notebook_cell(cell, solved(cell.source)) for cell in cells])


def _notebook(lesson: Lesson, cells: list[nbformat.NotebookNode]) -> nbformat.NotebookNode:
    title, _, text = cells[0].source.partition("\n")
    cells[0].source = f"{title}\n\n{launch_links(lesson.name)}\n\n{text.strip()}"
    first_code = next((index for index, cell in enumerate(cells) if cell.cell_type == "code"), len(cells))
    cells.insert(
        first_code, new_code_cell(colab_cell(), id="course-setup", metadata={"course": {"role": "setup"}})
    )
    notebook = new_notebook(cells=cells, metadata=METADATA)
    notebook.metadata["course"] = {"lesson": lesson.name}
    return notebook


def _student_cell(cell: Cell) -> nbformat.NotebookNode:
    return _notebook_cell(cell, stub(cell.source) if cell.role == "exercise" else cell.source)


def _notebook_cell(cell: Cell, source: str) -> nbformat.NotebookNode:
    source = source.strip("\n")  # the formatter sets functions apart by blank lines, also at a cell's start
    metadata: dict = {"course": {"role": cell.role}}
    if cell.tags:
        metadata["tags"] = list(cell.tags)
    if cell.role in ("exercise", "check"):
        is_answer = cell.role == "exercise"
        metadata["nbgrader"] = {
            "grade": False,
            "grade_id": cell.id,
            "locked": not is_answer,
            "schema_version": 3,
            "solution": is_answer,
            "task": False,
        }
    if cell.kind == "markdown":
        return new_markdown_cell(source, id=cell.id, metadata=metadata)
    return new_code_cell(source, id=cell.id, metadata=metadata)


def launch_links(name: str) -> str:
    """The line under the title that opens the lesson in the browser, or says why there is none yet."""
    address, branch = repository()
    if address == UNSET:
        return (
            "*Launch links for Binder and Colab appear here once the course has an address: "
            "set `repository` under `[tool.course]` in `pyproject.toml` and build again.*"
        )
    notebook = f"lessons/{name}.ipynb"
    binder = f"https://mybinder.org/v2/gh/{address}/{branch}?urlpath=lab/tree/{notebook}"
    colab = f"https://colab.research.google.com/github/{address}/blob/{branch}/{notebook}"
    return f"**[Launch on Binder]({binder})** | **[Open in Colab]({colab})**"


def colab_cell() -> str:
    """The set-up cell the builder puts before the first code cell; it imports nothing heavy."""
    address, branch = repository()
    if address == UNSET:
        fetch = ['print("The course has no address yet: set repository in pyproject.toml and build again.")']
    else:
        url = f"https://github.com/{address}.git"
        fetch = [
            f'address = "{url}"',
            f'command = ["git", "clone", "--depth=1", "--branch={branch}", address, str(checkout)]',
            "subprocess.run(command, check=True)",
        ]
    return COLAB_CELL.format(fetch="\n".join(" " * 8 + line for line in fetch)).rstrip()
