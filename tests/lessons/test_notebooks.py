"""Every lesson's notebook as it lies in the repository: up to date, running, small, and legible without eyes."""

from __future__ import annotations

import re
import sys
from itertools import pairwise
from pathlib import Path

import nbformat
import pytest

from course_lib.authoring.build import LIMIT, check_built, notebook_path
from course_lib.authoring.dependencies import names
from course_lib.authoring.execute import execute
from course_lib.authoring.first_cell import first_cell
from course_lib.authoring.lesson import Lesson
from course_lib.authoring.reading_time import HALF_WAY, half_way, minutes
from course_lib.authoring.student import METADATA, SILENT, launch_links
from tests.lessons.conftest import Ran

BINDER_GIVES = 2 * 2**30
"""Bytes of memory; a server takes its part."""


@pytest.fixture
def notebook(source: Path) -> nbformat.NotebookNode:
    return nbformat.read(notebook_path(source), as_version=4)


def test_it_is_what_its_source_gives(lesson: Lesson):
    assert check_built(lesson) == []


def test_it_runs_to_the_end_with_its_stubs_without_red_in_the_memory_that_binder_gives(as_shipped: list[Ran]):
    assert [cell.failure for cell in as_shipped if not cell.passed] == []
    assert [cell.red for cell in as_shipped if cell.red] == []
    peaks = [cell.peak_memory for cell in as_shipped if cell.peak_memory]
    assert peaks or not sys.platform.startswith("linux")
    assert max(peaks, default=0) < 0.8 * BINDER_GIVES


def test_it_is_small(source: Path):
    assert notebook_path(source).stat().st_size < LIMIT


def test_it_begins_with_the_title_and_the_launch_links_if_there_are_any(notebook, lesson: Lesson):
    lines = notebook.cells[0].source.splitlines()
    assert lines[0].startswith("# ")
    links = launch_links(lesson.name)
    assert (
        (lines[2] == links)
        if links
        else not re.search(r"mybinder|Launch|pyproject", notebook.cells[0].source)
    )


def test_the_time_is_computed_and_a_long_lesson_has_a_place_to_stop_about_half_way(notebook, lesson: Lesson):
    assert f"**Time:** {minutes(lesson)} minutes" in notebook.cells[0].source
    if minutes(lesson) > 60:
        assert "\n".join(cell.source for cell in lesson.cells).count(HALF_WAY) == 1
        assert 0.35 <= half_way(lesson) <= 0.65


def test_what_is_predicted_is_not_shown_before_it_is_run(notebook):
    """The next code cell after "Predict first" keeps no output."""
    for cell, following in pairwise(notebook.cells):
        if re.search(r"\*\*(Predict first|Before you run)", cell.source) and cell.cell_type == "markdown":
            assert following.metadata.course.role in SILENT, following.id


def test_what_the_student_wrote_is_used_later(notebook, lesson: Lesson):
    """At least two demos a lesson run with functions that a check handed on, the student's where they are right.

    And a check that says "the lesson goes on with your f" says so only where it does.
    """
    handed_on: set[str] = set()
    users, used = [], set()
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        if cell.metadata.course.role == "check":
            handed_on |= set(re.findall(r"^(checked_\w+) = check", cell.source, re.MULTILINE))
        elif found := names(cell.source) & handed_on:
            users.append(cell.id)
            used |= found
    assert len(users) >= (2 if len(lesson.exercises) > 2 else min(1, len(lesson.exercises))), users
    assert handed_on == used


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


def test_nothing_stored_names_a_folder_of_the_machine_that_built_it(notebook):
    folder = r"(?<![\w.:/<])/(?:home|root|tmp|work|Users|private|var|opt)/"
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            texts = [text for kind, text in output.get("data", {}).items() if kind.startswith("text/")]
            shown = re.sub(r"base64,[\w+/=]+", "", "".join([output.get("text", ""), *map("".join, texts)]))
            assert re.search(folder, shown) is None, f"{cell.id}: {shown[:200]}"


@pytest.mark.slow
@pytest.mark.parametrize("quiet", [True, False])
def test_tensorflow_starts_without_a_red_block(quiet: bool, tmp_path: Path):
    """In a kernel as students have it; without the set-up cell the lines are there, so this test can fail."""
    code = "import keras\nkeras.ops.ones(2) + 1"
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)], metadata=METADATA)
    if quiet:
        notebook.cells.insert(0, nbformat.v4.new_code_cell(first_cell()))
    execute(notebook, folder=tmp_path)
    red = [output for cell in notebook.cells for output in cell.outputs if output.get("name") == "stderr"]
    assert bool(red) is not quiet, red
