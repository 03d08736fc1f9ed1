"""Every lesson's notebook as it lies in the repository: up to date, running, small, and legible without eyes."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest

from course_lib.authoring.build import LIMIT, check_built, notebook_path
from course_lib.authoring.lesson import Lesson


@pytest.fixture
def notebook(source: Path) -> nbformat.NotebookNode:
    return nbformat.read(notebook_path(source), as_version=4)


def test_it_is_what_its_source_gives(lesson: Lesson):
    assert check_built(lesson) == []


def test_it_runs_to_the_end_with_its_stubs(source: Path, nbval):
    failures = [cell.failure for cell in nbval(notebook_path(source), "--nbval-lax") if not cell.passed]
    assert failures == []


def test_it_is_small(source: Path):
    assert notebook_path(source).stat().st_size < LIMIT


def test_it_begins_with_the_title_and_the_launch_links(notebook):
    lines = notebook.cells[0].source.splitlines()
    assert lines[0].startswith("# ")
    assert "Binder" in lines[2] and "Colab" in lines[2]


def test_it_says_what_it_teaches_and_where_it_comes_from(notebook):
    text = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    for section in (
        "You will be able to",
        "Time",
        "## What we saw",
        "## Quiz",
        "## Where next",
        "## References",
    ):
        assert section.lower() in text.lower(), f"there is no {section}"


def test_every_picture_has_an_alternative_text(notebook):
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            assert re.search(r"!\[\s*\]\(", cell.source) is None, cell.id
            html = cell.source
        else:
            data = [output.get("data", {}) for output in cell.outputs]
            assert not any(kind.startswith("image/") for each in data for kind in each), (
                f"{cell.id}: a picture without alternative text; show it with plots.show(figure, alt=...)"
            )
            html = "".join("".join(each.get("text/html", "")) for each in data)
        for image in re.findall(r"<img\b[^>]*>", html):
            assert re.search(r'\balt="[^"]{10,}"', image), f"{cell.id}: {image[:80]}"


def test_no_picture_comes_from_the_network(notebook):
    text = nbformat.writes(notebook)
    assert re.search(r"""<img[^>]*\bsrc=\\?["']?(https?:)?//""", text) is None
    assert re.search(r"!\[[^\]]*\]\((https?:)?//", text) is None


def test_no_error_and_no_warning_is_stored(notebook):
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            assert output.output_type != "error", cell.id
            assert output.get("name") != "stderr", f"{cell.id}: {output.text[:200]}"
