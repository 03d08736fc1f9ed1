"""Runs every lesson as on Colab: alone in a folder, in a kernel that has `google.colab`. Called by `colab` beside it.

Usage: python colab.py CONTENT, where CONTENT stands for Colab's /content and does not exist yet.
"""

from __future__ import annotations

import os
import shutil
import sys
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient

CONTENT = Path(sys.argv[1])
HERE = Path(__file__).resolve().parents[2]


def main() -> None:
    CONTENT.mkdir()
    pretend_to_be_colab(CONTENT.parent / "stand-in")
    print(f"without an address: {error_of(source_of_first_cell(''))}")
    first_cell = source_of_first_cell("lane/course").replace("/content", str(CONTENT))
    for lesson in sorted((HERE / "lessons").glob("[0-9]*.ipynb")):
        shutil.copy(lesson, CONTENT)
        begun = time.monotonic()
        red = run(CONTENT / lesson.name, first_cell)
        print(f"{lesson.stem}: {time.monotonic() - begun:.0f} s{', ' + red if red else ''}", flush=True)
        if red:
            sys.exit(1)


def pretend_to_be_colab(folder: Path) -> None:
    """Kernels find a module `google.colab`, imported before their first cell."""
    (folder / "google" / "colab").mkdir(parents=True)
    (folder / "google" / "colab" / "__init__.py").touch()
    startup = folder / "ipython" / "profile_default" / "startup"
    startup.mkdir(parents=True)
    (startup / "colab.py").write_text("import google.colab\n", "utf-8")
    os.environ |= {"PYTHONPATH": str(folder), "IPYTHONDIR": str(folder / "ipython")}


def source_of_first_cell(repository: str) -> str:
    """As it stands in the lessons of a course that is published there; "" where it is not."""
    sys.path.insert(0, str(HERE))
    from course_lib.authoring.address import UNSET, Address, assuming
    from course_lib.authoring.first_cell import first_cell

    with assuming(Address(repository or UNSET)):
        return first_cell()


def error_of(source: str) -> str:
    """The one line that a student reads under a cell that fails."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)])
    NotebookClient(notebook, allow_errors=True, resources={"metadata": {"path": str(CONTENT)}}).execute()
    (line,) = notebook.cells[0].outputs[-1].traceback
    return line


def run(path: Path, first_cell: str) -> str:
    """Run a notebook to its end, in place; what its cells wrote to stderr, shortened."""
    notebook = nbformat.read(path, as_version=4)
    next(cell for cell in notebook.cells if cell.id == "course-setup").source = first_cell
    NotebookClient(notebook, timeout=900, resources={"metadata": {"path": str(CONTENT)}}).execute()
    outputs = (output for cell in notebook.cells for output in cell.get("outputs", []))
    return " ".join(output.text for output in outputs if output.get("name") == "stderr")[:300]


if __name__ == "__main__":
    main()
