"""The student's notebook and the solved one."""

import ast
import os
import subprocess
import sys

import nbformat
import pytest

from course_lib import ROOT
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


def run_colab_cell(folder, before: str = "") -> subprocess.CompletedProcess:
    code = f"{before}\n{student.colab_cell()}\nimport course_lib\nprint(course_lib.__file__)"
    # -S: without the installed packages, the course among them
    clean = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    return subprocess.run(
        [sys.executable, "-S", "-c", code], cwd=folder, env=clean, capture_output=True, text=True, check=False
    )


def test_the_colab_cell_finds_the_checkout_next_door():
    ran = run_colab_cell(ROOT / "lessons")
    assert ran.stdout.strip() == str(ROOT / "course_lib" / "__init__.py"), ran.stderr


def test_the_colab_cell_is_plain_python(published):
    code = student.colab_cell()
    ast.parse(code)
    assert len(code.splitlines()) < 24 and "!" not in code and "import tensorflow" not in code
    assert max(map(len, code.splitlines())) <= 110


def test_on_colab_the_course_is_fetched_from_its_address(published, tmp_path):
    # a stand-in for git, found first on the path, that writes down what it was asked for
    pretend = (
        "import sys, types, subprocess; sys.modules['google.colab'] = types.ModuleType('google.colab')\n"
    )
    pretend += "subprocess.run = lambda command, check: print(command)"
    ran = run_colab_cell(tmp_path, pretend)
    assert "'git', 'clone', '--depth=1'" in ran.stdout
    assert "'https://github.com/someone/course.git', '/content/course'" in ran.stdout


def test_on_colab_without_an_address_one_line_says_so(small_lesson, tmp_path, monkeypatch):
    monkeypatch.setattr(student, "repository", lambda: (student.UNSET, "main"))
    ran = run_colab_cell(tmp_path, "import sys, types; sys.modules['google.colab'] = types.ModuleType('c')")
    assert ran.stdout.strip() == (
        "The course has no address yet: set repository in pyproject.toml and build again."
    )
