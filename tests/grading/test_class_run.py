"""A whole class in one command: sixty files, stopped in the middle and continued; and the zips of two platforms."""

from __future__ import annotations

import csv
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
import zipfile
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest

from course_lib import ROOT, CourseError
from course_lib.authoring.lesson import Lesson, find_source, load_lesson
from course_lib.commands.program import build_parser, main
from course_lib.grading import key
from course_lib.grading.class_run import exercise_of, grade_class
from course_lib.grading.running.self_test import right_answers
from tests.grading.a_class import hand_in, notebook, write_class

COMMAND = [sys.executable, "-m", "course_lib", "grade", "01", "--jobs", "2", "--timeout", "5"]


@pytest.fixture(scope="module")
def lesson() -> Lesson:
    return load_lesson(find_source("01"))


@pytest.fixture(scope="module")
def class_key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("key") / "class.key"
    key.make(["01_gan_math"]).save(path)
    return path


def points_in(out: Path) -> dict[str, float]:
    with (out / "grades.csv").open(encoding="utf-8-sig", newline="") as file:
        return {row["student"]: float(row["total"]) for row in csv.DictReader(file)}


def graded_so_far(out: Path) -> int:
    try:
        with sqlite3.connect(f"file:{out / 'grades.db'}?mode=ro", uri=True) as connection:
            return connection.execute("SELECT count(*) FROM submission").fetchone()[0]
    except sqlite3.OperationalError:
        return 0


@pytest.mark.slow
def test_sixty_files_stopped_in_the_middle_and_continued(
    lesson: Lesson, class_key: Path, bubblewrap: str, tmp_path: Path
) -> None:
    expected = write_class(tmp_path / "handed in", lesson)
    out = tmp_path / "graded"
    command = [*COMMAND, str(tmp_path / "handed in"), "--key", str(class_key), "--out", str(out)]
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True, start_new_session=True)
    while graded_so_far(out) < 12 and process.poll() is None:
        time.sleep(0.2)
    os.killpg(process.pid, signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130, errors
    assert "of 60 are graded. The same command goes on from there." in errors and "Traceback" not in errors
    stopped_at = graded_so_far(out)
    assert 12 <= stopped_at < 60

    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert f"{stopped_at} of 60 are graded already" in done.stdout
    assert points_in(out) == expected
    assert done.stderr.count("\n") == sum(student.startswith("Broken") for student in expected), done.stderr
    pages = list((out / "feedback").glob("*/01_gan_math.html"))
    assert len(pages) == 60
    assert "60 in all, 10 of them not graded." in done.stdout
    names = {path.name for path in out.iterdir()}
    assert {
        "canvas.csv",
        "moodle.csv",
        "report.html",
        "results.jsonl",
        "adjustments.csv",
        ".gitignore",
    } <= names

    with (out / "adjustments.csv").open("a", encoding="utf-8") as file:
        file.write("Ada 00,1,-0.5,for the test\n")
    again = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert "60 of 60 are graded already; 0 to do." in again.stdout
    assert points_in(out) == expected | {"Ada 00": 9.5}
    reference = out / "private" / "01_gan_math.json"
    made = reference.stat().st_mtime_ns
    one = subprocess.run(
        [*command, "--student", "Ben 07", "--exercise", "2"], cwd=ROOT, capture_output=True, text=True
    )
    assert "59 of 60 are graded already; 1 to do." in one.stdout, one.stderr
    assert points_in(out) == expected | {"Ada 00": 9.5}
    assert reference.stat().st_mtime_ns == made and reference.parent.stat().st_mode & 0o77 == 0
    lines = (out / "results.jsonl").read_text(encoding="utf-8").splitlines()
    assert {each["student"] for each in map(json.loads, lines)} == expected.keys()


@pytest.mark.slow
@pytest.mark.parametrize(
    "pattern",
    [
        "{name}_{number}_assignsubmission_file_/01_gan_math.ipynb",
        "{squeezed}_{number}_98765_01_gan_math.ipynb",
    ],
    ids=["Moodle", "Canvas"],
)
def test_sixty_files_in_a_platforms_zip(
    pattern: str,
    lesson: Lesson,
    class_key: Path,
    bubblewrap: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture,
) -> None:
    handed_in = list(hand_in(lesson))
    with zipfile.ZipFile(tmp_path / "all.zip", "w", zipfile.ZIP_DEFLATED) as bundle:
        for number, (student, data, _) in enumerate(handed_in, 1000):
            squeezed = student.lower().replace(" ", "")
            bundle.writestr(pattern.format(name=student, squeezed=squeezed, number=number), data)
    roster = tmp_path / "roster.csv"
    rows = [f"{student},{number}" for number, (student, _, _) in enumerate(handed_in, 1000)]
    roster.write_text("\n".join(["name,id", *rows, "Zoe,1"]) + "\n", encoding="utf-8")
    out = tmp_path / "graded"
    words = [*COMMAND[3:], str(tmp_path / "all.zip"), "--key", str(class_key), "--out", str(out)]
    assert main([*words, "--roster", str(roster)]) == 0, capsys.readouterr().err
    assert points_in(out) == {student: points for student, _, points in handed_in} | {"Zoe": 0}


@pytest.mark.slow
def test_with_more_time_everybody_is_graded_anew(
    lesson: Lesson, class_key: Path, bubblewrap: str, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    name = next(iter(lesson.exercises))
    slow = right_answers(lesson)
    slow[name] = f"import time\ntime.sleep(2.5)\n{slow[name]}"
    (tmp_path / "all").mkdir()
    nbformat.write(notebook(lesson, slow), tmp_path / "all" / "Ada.ipynb")
    words = ["grade", "01", str(tmp_path / "all"), "--key", str(class_key), "--out", str(tmp_path / "graded")]
    for seconds, points in (("1", 10 - lesson.points[name]), ("20", 10)):
        assert main([*words, "--jobs", "1", "--timeout", seconds]) == 0, capsys.readouterr().err
        assert points_in(tmp_path / "graded") == {"Ada": points}


@pytest.mark.slow
def test_a_class_is_graded_from_python(
    lesson: Lesson, class_key: Path, bubblewrap: str, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    (tmp_path / "all").mkdir()
    right = right_answers(lesson)
    first = next(iter(lesson.exercises))
    nbformat.write(notebook(lesson, right), tmp_path / "all" / "Ada.ipynb")
    nbformat.write(notebook(lesson, right | {first: "def f(:"}), tmp_path / "all" / "Ben.ipynb")
    (tmp_path / "all" / "Cleo.ipynb").write_bytes(b"no notebook")
    out = tmp_path / "graded"
    most = {"Ada": 10, "Ben": 10 - lesson.points[first], "Cleo": 0}
    marked = grade_class("01", tmp_path / "all", key=class_key, out=out, jobs=1)
    assert {each.graded.submission.student: each.total for each in marked} == most == points_in(out)
    assert [each.status for each in marked] == ["graded", "graded", "unreadable"]
    assert marked[1].graded.outcomes[first].status == "error"

    with (out / "adjustments.csv").open("a", encoding="utf-8") as file:
        file.write("Cleo,total,=5,on paper\n")
    capsys.readouterr()
    again = grade_class("01", str(tmp_path / "all"), str(class_key), str(out), jobs=1)
    assert {each.graded.submission.student: each.total for each in again} == most | {"Cleo": 5}
    assert "3 of 3 are graded already; 0 to do." in capsys.readouterr().out


def test_from_python_too_mistakes_are_told_before_anything_is_made(class_key: Path, tmp_path: Path) -> None:
    (tmp_path / "all").mkdir()
    for mistake, says in (
        ({"timeout": 0}, "--timeout is a number of seconds above 0"),
        ({"jobs": 0}, "--jobs must be at least 1"),
        ({"exercise": "9", "student": "Ada"}, "no exercise '9'"),
        ({"late": "much"}, "--late is"),
        ({}, "holds no notebook"),
    ):
        with pytest.raises(CourseError, match=says):
            grade_class("01", tmp_path / "all", class_key, tmp_path / "graded", **mistake)
    assert not (tmp_path / "graded").exists()


@pytest.mark.parametrize("place", ["a file", "a file/below", "a link to nothing"])
def test_a_folder_that_cannot_be_made_is_one_line(
    place: str, class_key: Path, bubblewrap: str, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    (tmp_path / "a file").touch()
    (tmp_path / "a link to nothing").symlink_to(tmp_path / "nowhere" / "else")
    (tmp_path / "handed in").mkdir()
    (tmp_path / "handed in" / "Ada.ipynb").touch()
    words = ["01", str(tmp_path / "handed in"), "--key", str(class_key), "--out", str(tmp_path / place)]
    assert main(["grade", *words]) == 1
    err = capsys.readouterr().err
    assert str(tmp_path / place) in err and err.count("\n") == 1


def test_a_lesson_changed_after_its_release_is_told(
    class_key: Path, bubblewrap: str, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    loaded = key.load(class_key)
    older = replace(loaded.lessons["01_gan_math"], digest="0" * 16)
    replace(loaded, lessons={"01_gan_math": older}).save(tmp_path / "older.key")
    (tmp_path / "handed in").mkdir()
    (tmp_path / "handed in" / "Ada.ipynb").touch()
    words = ["grade", "01", str(tmp_path / "handed in"), "--out", str(tmp_path / "out"), "--key"]
    assert main([*words, str(tmp_path / "older.key")]) == 0
    assert "01_gan_math was changed after its release" in capsys.readouterr().out
    assert main([*words, str(class_key)]) == 0
    assert "after its release" not in capsys.readouterr().out


def test_exercises_are_found_by_number_and_name(lesson: Lesson) -> None:
    assert (
        exercise_of(lesson, "2")
        == exercise_of(lesson, "weighted_jensen_shannon")
        == "weighted_jensen_shannon"
    )
    with pytest.raises(CourseError, match=r"no exercise '9'; there are: 1 \(skew"):
        exercise_of(lesson, "9")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["01", "x", "--key", "k", "--out", "o", "--jobs", "0"], "--jobs must be at least 1"),
        (
            ["01", "x", "--key", "k", "--out", "o", "--timeout", "-1"],
            "--timeout is a number of seconds above 0",
        ),
        (["01", "x", "--key", "k", "--out", "o", "--exercise", "1"], "--exercise goes with --student"),
        (["01", "x", "--key", "nowhere.key", "--out", "o"], "nowhere.key"),
        (["77", "x", "--key", "k", "--out", "o"], "no lesson is called '77'"),
    ],
)
def test_mistakes_are_one_line(words: list[str], says: str, capsys: pytest.CaptureFixture) -> None:
    assert main(["grade", *words]) == 1
    err = capsys.readouterr().err
    assert says in err and err.count("\n") == 1


def test_no_sandbox_is_never_chosen_by_itself() -> None:
    words = ["grade", "01", "--jobs", "2", "handed in", "--key", "k", "--out", "o"]
    assert build_parser().parse_args(words).sandbox == "auto"


def test_the_self_test_needs_a_lesson_and_nothing_else(capsys: pytest.CaptureFixture) -> None:
    assert build_parser().parse_args(["grade", "--self-test", "01"]).self_test == "01"
    with pytest.raises(SystemExit):
        build_parser().parse_args(["grade", "01"])
    assert "required: SUBMISSIONS, --key, --out" in capsys.readouterr().err
