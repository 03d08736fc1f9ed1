"""`build` and `run` from the command line, on a small course in a temporary folder."""

import json
import re
import shutil

import nbformat
import pytest

import course_lib.authoring.build  # before any of its ROOTs is set to a temporary folder  # noqa: F401
from course_lib.authoring.student import student_notebook
from course_lib.commands.build import keep_work
from course_lib.commands.program import main


@pytest.fixture
def course(tmp_path, small_source, monkeypatch):
    """The folder of a course whose only lesson is the small one."""
    for module in ("course_lib", "course_lib.authoring.lesson"):
        monkeypatch.setattr(f"{module}.ROOT", tmp_path)
    return tmp_path


def test_build_check_tamper_and_build_again(course, capsys, small_text):
    notebook = course / "lessons" / "90_small.ipynb"
    assert main(["build", "--check"]) == 1
    assert "90_small.ipynb: missing" in capsys.readouterr().out

    assert main(["build"]) == 0
    printed = capsys.readouterr()
    assert printed.out == "90_small: executed and written\n"
    lines = printed.err.splitlines()
    assert len(lines) == 8 and all(
        re.match(r"90_small.ipynb: cell \d of 8, \d\.\d s, [\w-]+$", each) for each in lines
    )
    assert main(["build", "--check"]) == 0
    assert main(["build", "90"]) == 0
    assert "outputs are up to date" in capsys.readouterr().out

    built = notebook.read_text()
    notebook.write_text(built.replace("Twice x.", "Half x."))
    assert main(["build", "--check", "90_small"]) == 1
    assert (
        "cell 'double' is not what the source gives; run: python3 -m course_lib build 90"
        in capsys.readouterr().out
    )
    assert main(["build", "90"]) == 0
    assert notebook.read_text() == built

    shutil.copy(notebook, course / "lessons" / "91_solved.ipynb")
    assert main(["build", "--check"]) == 1
    assert "lessons/91_solved.ipynb: no source gives this notebook" in capsys.readouterr().out
    assert main(["build", "--check", "90"]) == 0

    assert main(["run", "90"]) == 0
    printed = capsys.readouterr()
    assert re.search(r"90_small.ipynb: 8 cells in \d+ s", printed.out)
    assert "\x1b" not in printed.err and "\r" not in printed.err
    assert notebook.read_text() == built


def test_solutions(course, capsys):
    assert main(["build", "--solutions", str(course / "teacher"), "90"]) == 0
    assert "return 2 * x" in (course / "teacher" / "90_small.ipynb").read_text()
    assert main(["build", "--solutions", str(course / "lessons")]) == 1
    assert "error: --solutions: lessons/ holds the students' copies" in capsys.readouterr().err


def test_a_failing_cell_exits_1_with_its_own_traceback(course, capsys):
    path = course / "my copy.ipynb"
    cells = [
        nbformat.v4.new_code_cell("x = 1", id="a"),
        nbformat.v4.new_code_cell("def f():\n    x / 0\nf()", id="b"),
    ]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    assert main(["run", str(path)]) == 1
    error = capsys.readouterr().err
    assert "ZeroDivisionError" in error and "x / 0" in error and "\x1b" not in error
    assert error.splitlines()[-1] == "error: my copy.ipynb, cell 2 (b): ZeroDivisionError: division by zero"
    assert "nbclient" not in error


def test_a_slightly_invalid_notebook_runs_as_it_is_graded(course, capsys):
    cell = {"cell_type": "code", "source": ["x = 1\n", "y = 2"]}  # neither outputs nor execution_count
    cells = [
        cell | {"id": "a", "metadata": None},
        cell | {"id": "a", "metadata": {"tags": 5}, "outputs": [{"output_type": "stream"}]},  # a second "a"
        {"cell_type": "heading", "source": "Sums", "level": 1},
        cell | {"id": "no id at all!", "source": "x + y", "execution_count": "two", "metadata": {}},
        {"cell_type": "code", "id": "b", "source": "1 / 0", "metadata": {"tags": ["raises-exception"]}},
    ]
    path = course / "my copy.ipynb.json"
    path.write_text("\ufeff" + json.dumps({"nbformat": 4, "cells": cells}), encoding="utf-8")
    assert main(["run", str(path)]) == 0
    printed = capsys.readouterr()
    assert printed.out.startswith("my copy.ipynb.json: 4 cells in ")
    assert [line.rpartition(", ")[2] for line in printed.err.splitlines()] == ["a", "cell-2", "cell-4", "b"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["run", "7"], "no lesson is called '7'; there are: 90_small"),
        (["run", "90"], "there is no notebook"),
        (["run", "nowhere.ipynb"], "there is no notebook nowhere.ipynb"),
        (
            ["run", "{course}/lessons/source/90_small.ipynb"],
            "is not a notebook that can be run. The file is JSON",
        ),
        (
            ["run", "{course}/README.md"],
            "README.md is not a notebook: take a file that ends in .ipynb, or a lesson",
        ),
        (["run", "{course}/lessons"], "lessons is a folder: name the notebook in it"),
        (["build", "7"], "no lesson is called '7'"),
    ],
)
def test_mistakes_give_one_line(arguments, message, course, capsys):
    (course / "lessons" / "source" / "90_small.ipynb").write_text("{}")
    (course / "README.md").write_text("# A course")
    assert main([each.format(course=course) for each in arguments]) == 1
    error = capsys.readouterr().err
    assert error.startswith("error: ") and message in error and error.count("\n") == 1


def test_a_broken_source_is_named_with_its_line(course, capsys, write_source, small_text):
    write_source(small_text.replace("### END SOLUTION", "### END SOLUTIONS", 1))
    assert main(["build"]) == 1
    assert capsys.readouterr().err == (
        "error: lessons/source/90_small.py:20: ### BEGIN SOLUTION is left open; add ### END SOLUTION\n"
    )


def test_building_over_a_notebook_in_which_somebody_wrote_keeps_it(course, small_lesson, capsys):
    path = course / "lessons" / "90_small.ipynb"
    notebook = student_notebook(small_lesson)
    nbformat.write(notebook, path)
    keep_work(path)
    assert capsys.readouterr().out == "" and not (course / "before").exists()
    next(cell for cell in notebook.cells if cell.id == "double").source += "\nmine = 1"
    nbformat.write(notebook, path)
    keep_work(path)
    (kept,) = (course / "before").glob("*/lessons/90_small.ipynb")
    assert kept.read_bytes() == path.read_bytes()
    assert f"kept in {kept.parent.parent.relative_to(course).as_posix()}" in capsys.readouterr().out
