"""A lesson as a page of the site: the student's copy or the solved one, with the outputs stored in its notebook."""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path

import nbformat

from course_lib import CourseError
from course_lib.authoring.build import notebook_path
from course_lib.authoring.lesson import Lesson
from course_lib.authoring.student import SILENT, TITLE, solved_notebook, student_notebook
from course_lib.site.markdown import Pages, for_the_site

EMBEDDED = re.compile(r'(<img[^>]*?)?\bsrc="data:(image|audio|video)/([\w.+-]+);base64,([A-Za-z0-9+/=\s]+)"')
ENDINGS = {"jpeg": "jpg", "mpeg": "mp3", "svg+xml": "svg", "x-wav": "wav"}
CURES = "## Print this page\n"
"""Under this heading lesson 08 has its table of cures."""
SOLVED = (
    "> This copy has the solutions and the notes for teachers. Outputs are those of the students' copy: what would "
    "answer a question is left out, and nothing was run for this page."
)


def lesson_page(
    lesson: Lesson, page: str, pages: Pages, pictures: Path, solutions: bool
) -> nbformat.NotebookNode:
    """The notebook that the builder turns into a page.

    Args:
        lesson: read from its source.
        page: where on the site it will stand, such as `lessons/06_dcgan.ipynb`.
        pages: what is on the site, for its links.
        pictures: the folder for pictures and sounds; one that is there already is not written again.
        solutions: with the solutions and the teaching notes.

    Raises:
        CourseError: the lesson was never built.
    """
    notebook = solved_notebook(lesson, notes=True) if solutions else student_notebook(lesson)
    outputs = _stored_outputs(notebook_path(lesson.path))
    notebook.cells = [
        cell for cell in notebook.cells if cell.id != "course-setup"
    ]  # says how Colab finds the course
    source = f"lessons/{lesson.name}.ipynb"
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = for_the_site(cell.source, source, page, pages)
            continue
        if cell.metadata.course.role not in SILENT:
            cell.outputs = [_with_files(each, page, pictures) for each in outputs.get(cell.id, ())]
        if cell.source.startswith(TITLE):
            title, _, cell.source = cell.source.removeprefix(TITLE).partition("\n")
            cell.metadata["tags"] = [*cell.metadata.get("tags", ()), "hide-input"]
            cell.metadata["mystnb"] = {"code_prompt_show": title, "code_prompt_hide": title}
    if solutions:
        title, _, rest = notebook.cells[0].source.partition("\n")
        notebook.cells[0].source = f"{title}: solutions\n\n{SOLVED}\n\n{rest}"
    return notebook


def cures_page(lesson: Lesson, pages: Pages) -> str:
    """The table of cures on a page of its own, to print. Raises CourseError if the lesson has none."""
    found = [
        cell.source.partition(CURES)[2].partition("\n## ")[0] for cell in lesson.cells if CURES in cell.source
    ]
    if not found or "<table>" not in found[0]:
        raise CourseError(
            f"{lesson.path.name} has no table under {CURES.strip()!r}, which a page of the site shows"
        )
    text = for_the_site(found[0].strip(), f"lessons/{lesson.name}.ipynb", "cures.md", pages)
    back = f"From [lesson {lesson.name[:2]}](lessons/{lesson.name}.ipynb), on a page to print."
    button = '<button class="print" onclick="print()">Print</button>'
    return f"# Faults and cures\n\n{back}\n\n{button}\n\n{text}\n"


def _stored_outputs(path: Path) -> dict[str, list[nbformat.NotebookNode]]:
    """Cell id -> outputs, as `build` stored them."""
    try:
        cells = nbformat.read(path, as_version=4).cells
        return {cell.id: cell.outputs for cell in cells if cell.cell_type == "code"}
    except (OSError, ValueError, KeyError, AttributeError, nbformat.ValidationError) as error:
        mend = f"run: python3 -m course_lib build {path.stem.split('_')[0]}"
        raise CourseError(
            f"lessons/{path.name}: missing, or not a notebook that was built here; {mend}"
        ) from error


def _with_files(output: nbformat.NotebookNode, page: str, pictures: Path) -> nbformat.NotebookNode:
    """An output whose pictures and sounds lie in files beside the page, so that it opens before they are there."""
    text = output.get("data", {}).get("text/html")
    if not text:
        return output
    up = "../" * page.count("/")

    def filed(found: re.Match[str]) -> str:
        before, _, kind, data = found.groups()
        content = base64.b64decode(data)
        name = f"{hashlib.sha256(content).hexdigest()[:16]}.{ENDINGS.get(kind, kind)}"
        if not (pictures / name).exists():
            (pictures / name).write_bytes(content)
        return f'{before or ""}{"loading=lazy " if before else ""}src="{up}_static/{pictures.name}/{name}"'

    return nbformat.from_dict({**output, "data": {**output["data"], "text/html": EMBEDDED.sub(filed, text)}})
