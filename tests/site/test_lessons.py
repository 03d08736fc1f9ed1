"""A lesson as a page: the students' copy or the solved one, stored outputs and nothing run."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest
from PIL import Image

pytest.importorskip("math_core", reason="the site needs the extra `site`: pip install -e .[site]")
pytest.importorskip("myst_nb", reason="the site needs the extra `site`: pip install -e .[site]")

from course_lib import ROOT, CourseError
from course_lib.authoring.address import Address, assuming
from course_lib.authoring.lesson import Lesson, find_source, load_lesson
from course_lib.site.lessons import SOLVED, cures_page, lesson_page


@pytest.fixture(scope="module")
def lesson() -> Lesson:
    return load_lesson(find_source("00"))


def page_of(lesson: Lesson, pictures: Path, solutions: bool = False) -> nbformat.NotebookNode:
    where = "solutions" if solutions else "lessons"
    return lesson_page(lesson, f"{where}/{lesson.name}.ipynb", {}, pictures, solutions)


def html_of(notebook: nbformat.NotebookNode) -> str:
    return "".join(
        output.data["text/html"]
        for cell in notebook.cells
        if cell.cell_type == "code"
        for output in cell.outputs
        if "text/html" in output.get("data", {})
    )


def test_outputs_are_those_of_the_notebook_with_pictures_in_files(lesson: Lesson, tmp_path: Path) -> None:
    built = nbformat.read(ROOT / "lessons" / f"{lesson.name}.ipynb", as_version=4)
    page = page_of(lesson, tmp_path)
    nbformat.validate(page)
    before, after = html_of(built), html_of(page)
    words = r'alt="([^"]*)"'
    assert re.findall(words, after) == re.findall(words, before) != []
    assert "data:image" in before and "data:image" not in after
    names = re.findall(r'loading=lazy src="\.\./_static/[^/"]+/([^"]+)"', after)
    assert len(names) == before.count("data:image") and {*names} == {path.name for path in tmp_path.iterdir()}
    for name in names:
        with Image.open(tmp_path / name) as image:
            image.verify()
    streams = [
        output.text
        for cell in built.cells
        for output in cell.get("outputs", ())
        if output.output_type == "stream"
    ]
    ours = [
        output.text
        for cell in page.cells
        for output in cell.get("outputs", ())
        if output.output_type == "stream"
    ]
    assert ours == streams != []


def test_only_the_solved_page_has_solutions_and_notes(lesson: Lesson, tmp_path: Path) -> None:
    student, solved = ("\n".join(c.source for c in page_of(lesson, tmp_path, w).cells) for w in (False, True))
    assert (
        "raise NotImplementedError" in student and "BEGIN SOLUTION" not in student and SOLVED not in student
    )
    assert "raise NotImplementedError" not in solved and "BEGIN SOLUTION" in solved and SOLVED in solved
    notes = [cell.source for cell in lesson.cells if cell.role == "notes"]
    assert notes and notes[0] in solved and notes[0] not in student
    assert "fetch_course" not in student + solved


def test_a_folded_cell_has_its_title_on_the_fold(lesson: Lesson, tmp_path: Path) -> None:
    folded = [
        cell for cell in page_of(lesson, tmp_path).cells if "hide-input" in cell.metadata.get("tags", ())
    ]
    titles = [cell.metadata.mystnb.code_prompt_show for cell in folded]
    wanted = [cell.fold or "Check" for cell in lesson.cells if cell.fold or cell.role == "check"]
    assert len(titles) == len(wanted) and all(
        title.startswith(want) for title, want in zip(titles, wanted, strict=True)
    )
    assert not any(cell.source.startswith("# @title") for cell in folded)


def test_buttons_stand_there_only_if_the_course_has_an_address(lesson: Lesson, tmp_path: Path) -> None:
    assert "mybinder" not in page_of(lesson, tmp_path).cells[0].source
    with assuming(Address("ada/gans")):
        row = page_of(lesson, tmp_path).cells[0].source.splitlines()[2]
    assert "mybinder.org/v2/gh/ada/gans/main" in row and f"blob/main/lessons/{lesson.name}.ipynb" in row


def test_a_lesson_that_was_never_built_is_named(lesson: Lesson, tmp_path: Path) -> None:
    unbuilt = replace(lesson, path=tmp_path / "source" / "00_start_here.py")
    with pytest.raises(CourseError, match=r"missing, or not a notebook.*build 00"):
        page_of(unbuilt, tmp_path)
    (tmp_path / "00_start_here.ipynb").write_text("{")
    with pytest.raises(CourseError, match=r"missing, or not a notebook.*build 00"):
        page_of(unbuilt, tmp_path)


def test_the_table_of_cures_stands_alone(lesson: Lesson) -> None:
    page = cures_page(load_lesson(find_source("08")), {})
    assert page.count("<tr>") == 13 and page.count("</table>") == 1 and "mode collapse" in page
    assert page.startswith("# Faults and cures\n") and "\n## " not in page
    with pytest.raises(CourseError, match="has no table under"):
        cures_page(lesson, {})
