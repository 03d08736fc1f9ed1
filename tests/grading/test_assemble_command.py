"""`assemble`: the notebook it writes is graded by the pytest command it prints."""

import json
import os
import re
import stat
import subprocess

import nbformat
import pytest

from course_lib.authoring.lesson import find_source
from course_lib.authoring.student import student_notebook
from course_lib.authoring.values import MIME, published
from course_lib.commands.program import main
from course_lib.grading import gradable
from course_lib.grading.key import Key, LessonKey
from tests.grading.small_lesson import RIGHT, small_lesson

SECRET = "5e" * 32


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The small lesson, its key and submissions to it."""
    folder = tmp_path_factory.mktemp("assemble")
    lesson = small_lesson(folder)
    key = Key(SECRET, "0.1.0", "2026-09-01", {lesson.name: LessonKey(lesson.points, "")})
    key.save(folder / "class.key")
    wrong = {
        "twice_the_mean": "# NBVAL_SKIP\n# NBVAL_RAISES_EXCEPTION\n# NBVAL_IGNORE_OUTPUT\n"
        "def twice_the_mean(numbers):\n    return float(np.mean(numbers))"
    }
    partly = RIGHT["distances"].replace("max(x - middle, middle - x)", "x - middle")
    for name, answers in {
        "right": RIGHT,
        "wrong": wrong | {"distances": partly},
        "stub": {},
    }.items():
        notebook = student_notebook(lesson)
        for cell in notebook.cells:
            cell.source = answers.get(cell.id, cell.source)
        nbformat.write(notebook, folder / f"{name}.ipynb")
    return folder


@pytest.fixture
def known(folder, monkeypatch):
    """Lessons are looked up in the folder, too."""
    monkeypatch.setattr(gradable, "find_source", lambda name: find_source(name, folder))
    return folder


def call(folder, submission, out, *more) -> int:
    words = [str(folder / submission), "--key", str(folder / "class.key"), "--out", str(out)]
    return main(["assemble", *words, *more])


def outcome_of(command: str, cwd) -> tuple[dict[str, dict[int, bool]], str]:
    """Run the command as a person would; which cells of each file passed, and all it printed."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "PYTHON"))}
    command += " -rA --color=no"
    ran = subprocess.run(command, shell=True, cwd=cwd, env=kept, capture_output=True, text=True)
    passed: dict[str, dict[int, bool]] = {}
    line = re.compile(r"^(PASSED|FAILED|SKIPPED|XFAIL|XPASS|ERROR) (\w+)\.ipynb::Cell (\d+)", re.MULTILINE)
    for word, name, number in line.findall(ran.stdout):
        passed.setdefault(name, {})[int(number)] = word == "PASSED"
    return passed, ran.stdout + ran.stderr


def _course(cell) -> dict:
    return cell.metadata.get("course", {})


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="the command is for another shell there")
def test_the_printed_command_grades_a_right_and_a_wrong_submission(known, tmp_path, capsys):
    elsewhere = tmp_path / "where it's run"
    elsewhere.mkdir()
    (elsewhere / "conftest.py").write_text("raise SystemExit('somebody else's')")
    commands, points = {}, {}
    for name in ("right", "wrong", "stub"):
        assert call(known, f"{name}.ipynb", elsewhere / f"{name}.ipynb") == 0
        said, warned = capsys.readouterr()
        (commands[name],) = [line for line in said.splitlines() if " -m pytest " in line]
        assert warned == f"warning: {gradable.WARNING}\n" and "--nbval-lax" in commands[name]
        found = [line.split() for line in said.splitlines() if line.startswith("  Cell ")]
        points[name] = {int(words[1].strip(":")): float(words[5]) for words in found}
    assert sorted(points["right"].values()) == [3, 3, 4]

    # one run for all three, since each costs seconds
    passed, lax = outcome_of(commands["right"] + " wrong.ipynb stub.ipynb", elsewhere)
    assert all(passed["right"].values()) and len(passed["right"]) == 9, lax
    strictly, strict = outcome_of(commands["wrong"].replace("--nbval-lax", "--nbval"), elsewhere)
    assert strictly["wrong"] == passed["wrong"], strict
    for name in points:
        assert passed[name].keys() > points[name].keys(), lax
    earned = {
        name: sum(value for cell, value in points[name].items() if passed[name][cell]) for name in points
    }
    # wrong: the first exercise, and a sign in the second that shows for some numbers only
    assert earned == {"right": 10, "wrong": 3, "stub": 0}
    notebook = nbformat.read(elsewhere / "wrong.ipynb", as_version=4)
    values = [str(published(cell.outputs)["value"]) for cell in notebook.cells if "points" in _course(cell)]
    assert len(values) == 3 and not any(value in lax + strict for value in values)


def test_the_notebook_is_private_and_says_so(known, tmp_path):
    out = tmp_path / "a.ipynb"
    assert call(known, "right.ipynb", out) == 0
    if os.name != "nt":
        assert stat.S_IMODE(out.stat().st_mode) == 0o600
    notebook = nbformat.read(out, as_version=4)
    nbformat.validate(notebook)
    assert "trusted work only" in notebook.cells[0].source
    graded = [cell for cell in notebook.cells if "points" in _course(cell)]
    assert all(MIME in cell.outputs[0].data for cell in graded)
    assert [path.name for path in tmp_path.iterdir()] == ["a.ipynb"]
    assert SECRET not in out.read_text()


def test_only_its_own_files_are_overwritten(known, tmp_path, capsys):
    out = tmp_path / "a.ipynb"
    assert call(known, "wrong.ipynb", out) == 0
    before = out.read_text()
    assert call(known, "right.ipynb", out) == 0
    assert out.read_text() != before
    for content in ("{}", "", "[1]", '{"metadata": [1]}', (known / "wrong.ipynb").read_text()):
        out.write_text(content)
        assert call(known, "right.ipynb", out) == 1
        assert "name another file" in capsys.readouterr().err and out.read_text() == content


@pytest.mark.parametrize(
    ("submission", "out", "more", "message"),
    [
        ("none.ipynb", "a.ipynb", (), "cannot be read (No such file"),
        ("class.key", "a.ipynb", (), "no cells"),
        ("right.ipynb", "a.txt", (), "ends with .ipynb"),
        ("right.ipynb", "no/a.ipynb", (), "cannot be written"),
        ("right.ipynb", "a.ipynb", ("--lesson", "07"), "no lesson is called '07'"),
    ],
)
def test_mistakes_are_one_line(known, tmp_path, capsys, submission, out, more, message):
    assert call(known, submission, tmp_path / out, *more) == 1
    error = capsys.readouterr().err
    assert message in error and error.count("\n") == 1 and not list(tmp_path.iterdir())


def test_the_lesson_shows_by_its_exercises(folder):
    lessons = {
        "01_small": LessonKey({"twice_the_mean": 4, "distances": 6}, ""),
        "02_other": LessonKey({"sums": 5, "distances": 5}, ""),
    }
    key = Key(SECRET, "0.1.0", "2026-09-01", lessons)
    cells = json.loads((folder / "right.ipynb").read_text())["cells"]
    assert gradable.lesson_of(cells, key) == "01_small"
    for odd in (
        {},
        {"nbgrader": 3},
        {"nbgrader": {"grade_id": ["x"]}},
        {"nbgrader": {"grade_id": "distances"}},
    ):
        with pytest.raises(ValueError, match="add --lesson"):
            gradable.lesson_of([{"metadata": odd}], key)
    assert gradable.lesson_of([], Key(SECRET, "", "", {"01_small": lessons["01_small"]})) == "01_small"
