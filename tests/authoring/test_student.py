"""The student's notebook and the solved one."""

import nbformat
import pytest

from course_lib.authoring import student
from course_lib.authoring.lesson import load_lesson
from course_lib.authoring.reading_time import minutes
from course_lib.authoring.student import solved_notebook, student_notebook
from course_lib.checks import check


@pytest.fixture
def published(monkeypatch):
    monkeypatch.setattr(student, "repository", lambda: ("someone/course", "main"))


def by_id(notebook) -> dict:
    return {cell.id: cell for cell in notebook.cells}


def test_answers_graded_cells_and_notes_are_cut(small_lesson):
    text = nbformat.writes(student_notebook(small_lesson))
    for secret in (
        "return 2 * x",
        "return double(double(x))",
        "SOLUTION",
        "BROKEN",
        "SEED",
        "publish",
        "teacher",
    ):
        assert secret not in text
    assert "return double(x) + 2" in text


def test_exercise_id_equals_grade_id_and_metadata_is_nbgraders(small_lesson):
    cells = by_id(student_notebook(small_lesson))
    expected = {"grade": False, "locked": False, "schema_version": 3, "solution": True, "task": False}
    assert cells["double"].metadata.nbgrader == {"grade_id": "double", **expected}
    assert cells["double"].source.startswith("# Exercise 1\n")
    check = cells["check-double"].metadata.nbgrader
    assert (check.locked, check.solution, check.grade) == (True, False, False)


def test_both_notebooks_have_the_same_cells(small_lesson):
    ours, solved = student_notebook(small_lesson), solved_notebook(small_lesson)
    assert [cell.id for cell in ours.cells] == [cell.id for cell in solved.cells]
    differing = [a.id for a, b in zip(ours.cells, solved.cells, strict=True) if a.source != b.source]
    assert differing == ["double", "quadruple"]
    assert "a teacher's cell" in nbformat.writes(solved_notebook(small_lesson, notes=True))


def test_notebooks_are_valid_and_the_same_each_time(small_lesson):
    for make in (student_notebook, solved_notebook):
        nbformat.validate(make(small_lesson))
        assert nbformat.writes(make(small_lesson)) == nbformat.writes(make(small_lesson))


def test_without_an_address_nothing_stands_between_title_and_text(small_lesson, monkeypatch):
    monkeypatch.setattr(student, "repository", lambda: (student.UNSET, "main"))
    assert student_notebook(small_lesson).cells[0].source == "# 90. A small lesson\n\nWhat it is about."


def test_links_point_to_the_lesson(small_lesson, published):
    links = student_notebook(small_lesson).cells[0].source.splitlines()[2]
    assert (
        "https://mybinder.org/v2/gh/someone/course/main?urlpath=lab%2Ftree%2Flessons%2F90_small.ipynb"
        in links
    )
    assert "https://colab.research.google.com/github/someone/course/blob/main/lessons/90_small.ipynb" in links
    assert "![" not in links


def test_checks_and_what_says_so_are_folded_in_jupyterlab_and_colab(small_text, write_source):
    text = small_text.replace('role="spoiler"', 'role="spoiler" fold="What double does"')
    cells = by_id(student_notebook(load_lesson(write_source(text))))
    folded = {
        name: cell for name, cell in cells.items() if cell.metadata.get("jupyter", {}).get("source_hidden")
    }
    assert {name: cell.source.splitlines()[0] for name, cell in folded.items()} == {
        "course-setup": "# @title Find the course; on Colab, fetch it once",
        "check-double": "# @title Check exercise 1",
        "check-quadruple": "# @title Check exercise 2",
        "spoiler-repair": "# @title What double does",
    }
    for name, cell in cells.items():
        assert (cell.metadata.get("cellView") == "form") == (name in folded)


def test_our_answer_stands_alone_in_its_check_and_cannot_be_read(small_text, write_source):
    """Exercise 2 calls exercise 1: what is packed brings its own `double` along."""
    text = small_text.replace('check(2, "quadruple", [(3, 12)])', OTHERWISE)
    lesson = load_lesson(write_source(text))
    cell = by_id(student_notebook(lesson))["check-quadruple"]
    assert "double(double" not in nbformat.writes(student_notebook(lesson))
    names = {"check": check, "double": None, "quadruple": lambda x: x + 2}
    exec(cell.source, names)
    assert names["checked_quadruple"](3) == 12
    assert cell.source == by_id(solved_notebook(lesson))["check-quadruple"].source


OTHERWISE = 'checked_quadruple = check(2, "quadruple", [(3, 12)], otherwise=OUR_ANSWER)'


def test_the_time_is_filled_in(small_text, write_source):
    lesson = load_lesson(
        write_source(small_text.replace("What it is about.", "**Time:** {minutes} minutes."))
    )
    assert f"**Time:** {minutes(lesson)} minutes." in student_notebook(lesson).cells[0].source
