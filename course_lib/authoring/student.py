"""Notebooks from a lesson: the student's (stubs in, answers and notes out) and the solved one.

Both come from the same cells in the same order with the same ids, so outputs move from one to the other.
"""

from __future__ import annotations

import re
from urllib.parse import quote, urlencode

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from course_lib.authoring.address import UNSET, repository
from course_lib.authoring.as_shipped import digest
from course_lib.authoring.dependencies import needed
from course_lib.authoring.first_cell import FOLDED, first_cell
from course_lib.authoring.lesson import OUR_ANSWER, Cell, Lesson
from course_lib.authoring.reading_time import MINUTES, minutes
from course_lib.authoring.solutions import solved, stub
from course_lib.checks.packed import pack

SILENT = ("check", "spoiler", "exercise")
"""Roles whose cells hold no output in the student's copy."""
TITLE = "# @title "
"""The first line of a folded cell: Colab shows it alone, JupyterLab beside the three dots that open the cell."""

METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}

LAUNCH_ROW = re.compile(r".*\]\(https://(mybinder\.org/v2|colab\.research\.google\.com/github)/.*")
"""The line of launch links that a first cell's text may begin with."""


def student_notebook(lesson: Lesson) -> nbformat.NotebookNode:
    """What students open, without outputs: no solution, no graded cell, no note for teachers."""
    cells = [cell for cell in lesson.cells if cell.role not in ("graded", "notes")]
    sources = [(cell, stub(cell.source) if cell.number else cell.source) for cell in cells]
    notebook = _notebook(lesson, sources)
    for each in notebook.cells:
        each.metadata.course["digest"] = digest(each.source)
    return notebook


def solved_notebook(lesson: Lesson, notes: bool = False) -> nbformat.NotebookNode:
    """The same with the solutions in; with `notes`, the teacher's copy."""
    left_out = ("graded",) if notes else ("graded", "notes")
    cells = [cell for cell in lesson.cells if cell.role not in left_out]
    return _notebook(lesson, [(cell, solved(cell.source)) for cell in cells])


def _notebook(lesson: Lesson, sources: list[tuple[Cell, str]]) -> nbformat.NotebookNode:
    cells = [_notebook_cell(lesson, cell, source) for cell, source in sources]
    first = cells[0].source.replace(MINUTES, str(minutes(lesson)))
    cells[0].source = with_launch_links(first, lesson.name)
    first_code = next((index for index, cell in enumerate(cells) if cell.cell_type == "code"), len(cells))
    metadata = {"course": {"role": "setup"}, **FOLDED}
    cells.insert(first_code, new_code_cell(first_cell(), id="course-setup", metadata=metadata))
    notebook = new_notebook(cells=cells, metadata=METADATA)
    notebook.metadata["course"] = {"lesson": lesson.name}
    return notebook


def _notebook_cell(lesson: Lesson, cell: Cell, source: str) -> nbformat.NotebookNode:
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
    if cell.role == "check":
        source = check_source(lesson, cell)
    if title := cell.fold or (
        cell.role == "check" and f"Check exercise {lesson.exercises[cell.grade_id].number}"
    ):
        source = f"{TITLE}{title}\n{source}"
        metadata |= FOLDED
    return new_code_cell(source, id=cell.id, metadata=metadata)


def check_source(lesson: Lesson, cell: Cell) -> str:
    """The source of a check cell, with the course's own answer filled in where it says OUR_ANSWER."""
    source = cell.source.strip("\n")
    if not re.search(rf"\b{OUR_ANSWER}\b", source):
        return source
    answer = pack(standing_alone(lesson, cell.grade_id))
    return f'{OUR_ANSWER} = "{answer}"  # packed, so that nobody reads it by accident\n{source}'


def standing_alone(lesson: Lesson, grade_id: str) -> str:
    """The solution of an exercise, after those of the other exercises that it stands on."""
    solutions = {each: solved(cell.source) for each, cell in lesson.exercises.items()}
    wanted = {grade_id} | needed([solutions[grade_id]], solutions)
    return "\n\n".join(source.strip() for each, source in solutions.items() if each in wanted)


def with_launch_links(source: str, name: str) -> str:
    """A lesson's first cell with its launch links under the title, in the place of those that may be there."""
    title, _, text = source.partition("\n")
    text = text.strip()
    if row := LAUNCH_ROW.match(text):
        text = text[row.end() :].lstrip()
    return "\n\n".join(part for part in (title, launch_links(name), text) if part)


def launch_links(name: str) -> str:
    """The line under the title that opens the lesson in the browser; empty while the course has no address.

    Binder takes the path inside JupyterLab as one value, percent-encoded; a branch keeps its slashes.
    """
    address, branch = repository()
    if address == UNSET:
        return ""
    notebook, branch = f"lessons/{quote(name)}.ipynb", quote(branch)
    binder = f"https://mybinder.org/v2/gh/{address}/{branch}?{urlencode({'urlpath': f'lab/tree/{notebook}'})}"
    colab = f"https://colab.research.google.com/github/{address}/blob/{branch}/{notebook}"
    return f"**[Launch on Binder]({binder})** | **[Open in Colab]({colab})**"
