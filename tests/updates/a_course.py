"""A course of one small lesson in two versions, a student who works in it, and clones of it."""

from __future__ import annotations

import copy
import json
import subprocess
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import nbformat

from course_lib.authoring.lesson import load_lesson
from course_lib.authoring.student import student_notebook

NAME = "lessons/01_small.ipynb"
LESSON = '''\
# %% [markdown]
# # 1. A small lesson
#
# What it is about.

# %% role="setup"
import math

# %% [markdown]
# ## Doubling
#
# Twice as much.

# %%
print("two doubled is", 2 * 2)

# %% role="exercise" grade_id="double"
# Exercise 1
def double(x):
    """Twice x."""
    ### BEGIN SOLUTION
    return 2 * x
    ### END SOLUTION


# %% role="check" grade_id="double"
check(1, "double", [(3, 6)])

# %% [markdown]
# ## Shifting

# %% role="exercise" grade_id="shift"
# Exercise 2
def shift(x, by):
    """x, moved."""
    ### BEGIN SOLUTION
    return x + by
    ### END SOLUTION


# %% role="check" grade_id="shift"
check(2, "shift", [((3, 1), 4)])

# %%
print("the end")
'''
ANSWER = "# Exercise 1\ndef double(x):\n    return x + x"
MOVED = "# Exercise 2\ndef shift(x, by):\n    return by + x"


@cache
def built(source: str = LESSON, name: str = "01_small") -> bytes:
    """The lesson's notebook as students get it; demos have an output."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{name}.py"
        path.write_text(source, encoding="utf-8")
        notebook = student_notebook(load_lesson(path))
    for cell in notebook.cells:
        if cell.cell_type == "code" and cell.metadata.course.role == "demo":
            cell.outputs = [nbformat.v4.new_output("stream", text="ours\n")]
            cell.execution_count = 1
    return (nbformat.writes(notebook) + "\n").encode()


def changed(*replacements: tuple[str, str], source: str = LESSON) -> str:
    """A newer source: each first text replaced by the second, and it has to be there."""
    for old, new in replacements:
        assert source.count(old) == 1, old
        source = source.replace(old, new)
    return source


def without(first: str, last: str, source: str = LESSON) -> str:
    """The source without what stands from one text up to another."""
    return source[: source.index(first)] + source[source.index(last) :]


REWORDED = changed(('"""Twice x."""', '"""Two times x, a number."""'))
RECAST = changed(("def shift(x, by)", "def shift(x, by, times)"))
SHORTER = without('# %% role="exercise" grade_id="shift"', '# %%\nprint("the end")')


def worked_on(data: bytes, work: Callable[[list[dict]], object]) -> bytes:
    """A notebook after somebody, or a program, changed its list of cells in place."""
    notebook = json.loads(data)
    work(notebook["cells"])
    return json.dumps(notebook, ensure_ascii=False, indent=1).encode()


def by_id(cells: list[dict], name: str) -> dict:
    return next(cell for cell in cells if cell.get("id") == name)


def answered(data: bytes, **answers: str) -> bytes:
    """With the sources of these cells, given by id, replaced, and an output under each."""

    def answer(cells: list[dict]) -> None:
        for name, source in answers.items():
            cell = by_id(cells, name.replace("__", "-"))
            cell["source"] = source
            if cell["cell_type"] == "code":
                cell["outputs"] = [stream(f"output of {name}")]

    return worked_on(data, answer)


def stream(text: str) -> dict:
    return {"output_type": "stream", "name": "stdout", "text": [text]}


def own_cell(source: str, kind: str = "code", name: str = "a1b2c3d4") -> dict:
    """As JupyterLab makes one."""
    cell = {"cell_type": kind, "id": name, "metadata": {}, "source": source.splitlines(keepends=True)}
    return cell | ({"execution_count": 3, "outputs": [stream("mine")]} if kind == "code" else {})


def with_own(data: bytes, after: str, cell: dict) -> bytes:
    def add(cells: list[dict]) -> None:
        cells.insert(1 + [each.get("id") for each in cells].index(after), copy.deepcopy(cell))

    return worked_on(data, add)


def only_run(data: bytes) -> bytes:
    """As JupyterLab saves a notebook that was run to the end and not written in."""
    notebook = json.loads(data)
    notebook["metadata"]["language_info"] = {"name": "python", "version": "3.12.1", "file_extension": ".py"}
    notebook["metadata"]["kernelspec"]["display_name"] = ".venv"
    for number, cell in enumerate(notebook["cells"]):
        if cell["cell_type"] == "code":
            cell["execution_count"] = number
            cell["outputs"] = [stream("seen by the student")]
        cell["metadata"]["collapsed"] = False
        cell["source"] = "".join(cell["source"]) + "\n"
    return json.dumps(notebook, indent=2).encode()


def sources(data: bytes | str) -> dict[str, str]:
    """Source by id, in the order of the cells, which are valid in the notebook format."""
    notebook = nbformat.reads(data if isinstance(data, str) else data.decode(), as_version=4)
    nbformat.validate(notebook)
    assert len({cell.id for cell in notebook.cells}) == len(notebook.cells)
    return {cell.id: cell.source for cell in notebook.cells}


def git(folder: Path, *words: str) -> str:
    who = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "init.defaultBranch=main")
    done = subprocess.run(["git", *who, *words], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


class Upstream:
    """The course's repository, in `folder`; `publish` makes a newer version of it."""

    def __init__(self, folder: Path, files: dict[str, bytes]) -> None:
        self.folder = folder
        folder.mkdir(parents=True)
        git(folder, "init", "--quiet")
        self.publish(files)

    def publish(self, files: dict[str, bytes | None]) -> None:
        """A commit with these files; those that are None are gone in it."""
        for name, content in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.unlink(missing_ok=True) if content is None else path.write_bytes(content)
        git(self.folder, "add", "--all")
        git(self.folder, "commit", "--quiet", "--message", "A version")

    def clone(self, folder: Path, *words: str) -> Path:
        git(self.folder.parent, "clone", "--quiet", *words, self.folder.as_uri(), str(folder))
        return folder


def files_in(folder: Path) -> dict[str, bytes]:
    """All files of a copy of the course, but for git's own."""
    paths = [path for path in folder.rglob("*") if path.is_file()]
    found = {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}
    return {name: content for name, content in found.items() if not name.startswith(".git/")}
