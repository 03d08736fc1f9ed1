"""Build `lessons/NN_topic.ipynb` from `lessons/source/NN_topic.py`, and check that it still fits its source.

A built notebook remembers digests of what it was executed with: the lesson's own code cells, the course_lib modules
they import, directly or not, and the data files that they opened. While these stay the same, its outputs are kept and
nothing is executed again; text can be mended in seconds.
"""

from __future__ import annotations

import ast
import hashlib
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import nbformat

from course_lib import ROOT, CourseError
from course_lib.authoring import opened_data
from course_lib.authoring.execute import Progress, execute, silently
from course_lib.authoring.lesson import Lesson
from course_lib.authoring.solutions import solved
from course_lib.authoring.student import SILENT, TITLE, solved_notebook, student_notebook
from course_lib.datasets.bundled import checksums
from course_lib.files import replacing

LIMIT = 1_000_000
"""Bytes a built notebook may have."""


def notebook_path(source: Path) -> Path:
    """Where the notebook of a source lies: `lessons/01_x.ipynb` for `lessons/source/01_x.py`."""
    return source.parent.parent / f"{source.stem}.ipynb"


def build(lesson: Lesson, progress: Progress = silently) -> bool:
    """Write the student's notebook, executed with the solutions; True if it had to be executed.

    Raises:
        CellFailed: if a cell of the solved notebook fails.
        CourseError: if the notebook would be larger than LIMIT.
    """
    path = notebook_path(lesson.path)
    notebook = student_notebook(lesson)
    executed = _built(path)
    notebook.metadata.course["digests"] = digests(lesson, _data_of(executed))
    fresh = executed is None or bool(_changed(executed, notebook)) or _sources(executed) != _sources(notebook)
    if fresh:
        executed = solved_notebook(lesson)
        with tempfile.TemporaryDirectory() as temporary:
            opened = Path(temporary) / "opened"
            execute(executed, name=path.name, folder=path.parent, progress=progress, opened=opened)
            notebook.metadata.course["digests"] = digests(lesson, opened_data.names(opened))
    # the digests fix the code cells and their order, so outputs are matched by place: ids may have moved
    for cell, ran in zip(_code(notebook), _code(executed), strict=True):
        if cell.metadata.course.role not in SILENT:
            cell.outputs, cell.execution_count = ran.outputs, ran.execution_count
    _check_size(notebook, path)
    write(notebook, path)
    return fresh


def build_solutions(lesson: Lesson, folder: Path, progress: Progress = silently) -> Path:
    """Write the teacher's copy, executed, with solutions and notes, and return its path."""
    notebook = solved_notebook(lesson, notes=True)
    execute(notebook, name=lesson.name, folder=notebook_path(lesson.path).parent, progress=progress)
    folder.mkdir(parents=True, exist_ok=True)
    write(notebook, folder / f"{lesson.name}.ipynb")
    return folder / f"{lesson.name}.ipynb"


def check_built(lesson: Lesson) -> list[str]:
    """What is wrong with the built notebook, a line each; changes and executes nothing."""
    path = notebook_path(lesson.path)
    shown = path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else str(path)
    mend = f"run: python3 -m course_lib build {lesson.name.split('_')[0]}"
    built = _built(path)
    if built is None:
        return [f"{shown}: missing, or not a notebook that was built here; {mend}"]
    expected = student_notebook(lesson)
    expected.metadata.course["digests"] = digests(lesson, _data_of(built))
    if changed := _changed(built, expected):
        return [f"{shown}: its outputs are older than {', '.join(changed)}; {mend}"]
    differing = _first_difference(built, expected)
    return [f"{shown}: {differing} is not what the source gives; {mend}"] if differing else []


def write(notebook: nbformat.NotebookNode, path: Path) -> None:
    """Write atomically: a reader sees the old notebook or the new one, never half of it."""
    nbformat.validate(notebook)
    with replacing(path) as temporary:
        temporary.write_text(nbformat.writes(notebook) + "\n", encoding="utf-8", newline="\n")


def digests(lesson: Lesson, data: Iterable[str] = ()) -> dict[str, str]:
    """What decides the outputs, each with its digest: the executed code, the library it imports, the data it opened.

    data: names of files below `data/`; those without an entry in SHA256SUMS, such as that file itself, do not count.
    The launch links and the Colab cell stay out, so setting the course's address executes nothing.
    """
    cells = [cell for cell in lesson.cells if cell.kind == "code" and cell.role not in ("graded", "notes")]
    code = [solved(cell.source) for cell in cells]
    texts = {"the lesson's code": "\0".join(code)}
    for path in library_of("\n".join(code)):
        texts[path.relative_to(ROOT).as_posix()] = path.read_text(encoding="utf-8")
    found = {name: hashlib.sha256(text.encode()).hexdigest()[:16] for name, text in texts.items()}
    sums = checksums()
    return found | {f"data/{name}": sums[name][:16] for name in data if name in sums}


def library_of(code: str) -> list[Path]:
    """The course_lib modules that `code` imports, directly or through others, sorted."""
    found: dict[str, Path] = {}
    waiting = list(_course_imports(code))
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        stem = ROOT.joinpath(*name.split("."))
        path = next((p for p in (stem.with_suffix(".py"), stem / "__init__.py") if p.is_file()), None)
        if path:
            found[name] = path
            waiting += _course_imports(path.read_text(encoding="utf-8"))
        if "." in name:
            waiting.append(name.rpartition(".")[0])  # the room is imported first
    return [found[name] for name in sorted(found)]


def _course_imports(code: str) -> Iterator[str]:
    # a line of IPython's own (%magic, !command) is no Python and imports nothing of ours
    lines = ("" if line.lstrip().startswith(("%", "!")) else line for line in code.splitlines())
    for node in ast.walk(ast.parse("\n".join(lines))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        else:
            continue
        yield from (name for name in names if name.split(".")[0] == "course_lib")


def _built(path: Path) -> nbformat.NotebookNode | None:
    try:
        notebook = nbformat.read(path, as_version=4)
        nbformat.validate(notebook)
        return notebook if isinstance(notebook.metadata.get("course"), dict) else None
    except (OSError, ValueError, KeyError, AttributeError, TypeError, nbformat.ValidationError):
        return None


def _data_of(built: nbformat.NotebookNode | None) -> list[str]:
    """The data files that a built notebook opened as it was executed, as it remembers them."""
    known = built.metadata.course.get("digests") if built is not None else None
    names = known if isinstance(known, dict) else ()
    return [name.removeprefix("data/") for name in names if name.startswith("data/")]


def _changed(built: nbformat.NotebookNode, expected: nbformat.NotebookNode) -> list[str]:
    """Names of what has changed since the built notebook was executed."""
    then, now = built.metadata.course.get("digests"), expected.metadata.course.digests
    if not isinstance(then, dict):
        return ["everything"]
    return sorted(name for name in {*then, *now} if then.get(name) != now.get(name))


def _first_difference(built: nbformat.NotebookNode, expected: nbformat.NotebookNode) -> str | None:
    for here, there in zip(built.cells, expected.cells, strict=False):
        if here.id != there.id or here.cell_type != there.cell_type:
            return f"cell {there.id!r}"
        if here.source != there.source or here.metadata != there.metadata:
            return f"cell {there.id!r}"
        if here.cell_type == "code" and there.metadata.course.role in SILENT and here.outputs:
            return f"the output of {there.id!r}"
    if len(built.cells) != len(expected.cells):
        return f"the number of cells ({len(built.cells)})"
    built, expected = ({**each, "cells": []} for each in (built, expected))
    return None if built == expected else "the notebook's metadata"


def _check_size(notebook: nbformat.NotebookNode, path: Path) -> None:
    size = len(nbformat.writes(notebook).encode())
    if size < LIMIT:
        return
    outputs = {cell.id: len(str(cell.outputs)) for cell in _code(notebook)}
    worst = max(outputs, key=outputs.__getitem__)
    raise CourseError(
        f"{path.name}: {size / 1e6:.1f} MB, more than {LIMIT / 1e6:g}; "
        f"the biggest output is that of cell {worst!r}, {outputs[worst] / 1e6:.1f} MB"
    )


def _sources(notebook: nbformat.NotebookNode) -> list[str]:
    """The sources of the code cells, without the titles of folded ones: those change no output."""
    sources = [cell.source for cell in _code(notebook) if cell.id != "course-setup"]
    return [source.partition("\n")[2] if source.startswith(TITLE) else source for source in sources]


def _code(notebook: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]
