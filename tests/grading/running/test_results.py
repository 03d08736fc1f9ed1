"""The database of results: nothing is forgotten, nothing is graded twice, and a damaged file is said to be one."""

import contextlib
import multiprocessing
import os
import signal
import sqlite3
import subprocess
import sys
import threading
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib import ROOT, CourseError
from course_lib.grading.intake.handed_in import HandedIn
from course_lib.grading.intake.submissions import Submission
from course_lib.grading.running.outcome import Graded, Outcome
from course_lib.grading.running.results import FORMAT, Results

LESSON = "01_small"
ADA = Submission("Ada", "ada.ipynb", b"{}", "17")
OUTCOMES = {
    "first": Outcome("first", 1, 2.0, 2.0, "right", "", "grade_id"),
    "second": Outcome("second", 2, 0.1, 3.0, "error", "NameError in line 4 of your cell.", "position"),
}
SEEN = {"first": HandedIn("def f():\n    return 'ø\ud800'\n", "3.0", ""), "second": HandedIn()}


def graded(submission: Submission, **changes) -> Graded:
    whole = Graded(submission, LESSON, "graded", "", OUTCOMES, ("found by position", "ø"), 1.25, SEEN)
    return replace(whole, **changes)


@pytest.fixture
def results(tmp_path):
    with Results(tmp_path / "grades.db") as opened:
        yield opened


def test_gives_back_what_was_added(results, tmp_path):
    assert results.find(ADA, LESSON) is None
    results.add(graded(ADA), "v1")
    with Results(tmp_path / "grades.db") as again:
        assert again.find(ADA, LESSON) == again.find(ADA, LESSON, "v1") == graded(ADA)


def test_knows_by_student_file_content_lesson_and_version(results):
    results.add(graded(ADA), "v1")
    for other in ({"student": "Ida"}, {"file": "b/ada.ipynb"}, {"data": b"{} "}, {"problem": "broken"}):
        assert results.find(replace(ADA, **other), LESSON) is None, other
    assert results.find(ADA, "02_other") is None
    assert results.find(ADA, LESSON, "v2") is None


def test_holds_todays_submission(results):
    results.add(graded(ADA), "v1")
    today = Submission("Ada", "ada.ipynb", b"{}", "roster-17", late=True, platform_id="17", section="B")
    assert results.find(today, LESSON).submission is today


def test_graded_again_is_replaced_and_the_newest_counts(results, tmp_path):
    results.add(graded(ADA), "v1")
    results.add(graded(ADA, seconds=2.0), "v2")
    assert results.find(ADA, LESSON, "v1") is None
    assert results.find(ADA, LESSON).seconds == 2.0
    results.add(graded(replace(ADA, student_id="new"), seconds=3.0), "v2")
    assert results.find(ADA, LESSON).seconds == 3.0
    with contextlib.closing(sqlite3.connect(tmp_path / "grades.db")) as plain:
        assert plain.execute("SELECT count(*) FROM submission").fetchone() == (2,)


def test_unread_submissions_are_kept_apart_by_problem(results):
    missing = Submission("Ada", "", problem="Nothing was handed in.")
    broken = Submission("Ada", "ada.ipynb", problem="This is a symbolic link.")
    for each in (missing, broken):
        results.add(Graded(each, LESSON, "unreadable", each.problem), "v1")
    for each in (missing, broken):
        assert results.find(each, LESSON, "v1") == Graded(each, LESSON, "unreadable", each.problem)
    assert results.find(replace(broken, problem="Another."), LESSON) is None


@settings(max_examples=30)
@given(st.lists(st.text(st.characters(), max_size=8), min_size=4, max_size=4))
def test_any_text(tmp_path_factory, texts):
    student, file, student_id, message = texts
    submission = Submission(student, file, b"x", student_id)
    with Results(tmp_path_factory.mktemp("db") / "grades.db") as results:
        results.add(graded(submission, notes=(message, "\ud800\0'\"")), "v")
        assert results.find(submission, LESSON, "v").notes == (message, "\ud800\0'\"")


WRITER = """
import sys
from course_lib.grading.intake.submissions import Submission
from course_lib.grading.running.outcome import Graded, Outcome
from course_lib.grading.running.results import Results
outcome = Outcome("first", 1, 2.0, 2.0, "right", "x" * 3000)
with Results(sys.argv[1]) as results:
    for number in range(100_000):
        submission = Submission(f"student {number}", "a.ipynb", b"{}")
        results.add(Graded(submission, "01_small", "graded", "", {"first": outcome}), "v1")
        print(number, flush=True)
"""


@pytest.mark.parametrize("after", [1, 60])
def test_survives_kill_9(tmp_path, after):
    path = tmp_path / "grades.db"
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, path], stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    for _ in range(after):
        assert writer.stdout.readline()
    os.kill(writer.pid, signal.SIGKILL)
    said = after + len(writer.stdout.read().splitlines())
    assert writer.wait() == -signal.SIGKILL
    with Results(path) as results:
        for number in range(said):
            assert results.find(Submission(f"student {number}", "a.ipynb", b"{}"), "01_small", "v1")
        results.add(graded(ADA), "v1")
        assert results.find(ADA, LESSON)


def add_many(path, name):
    for number in range(20):
        with Results(path) as results:
            results.add(graded(Submission(f"{name} {number}", "a")), "v")


def test_two_runs_at_once(tmp_path):
    path = tmp_path / "grades.db"
    context = multiprocessing.get_context("fork")
    runs = [context.Process(target=add_many, args=(path, name)) for name in "ab"]
    for run in runs:
        run.start()
    for run in runs:
        run.join(60)
    assert [run.exitcode for run in runs] == [0, 0]
    with Results(path) as results:
        assert all(results.find(Submission(f"{name} {n}", "a"), LESSON) for name in "ab" for n in range(20))


def test_a_run_that_looks_while_another_makes_the_table(tmp_path):
    """The other's mark is not there yet at the first look, and its table at the second."""
    path = tmp_path / "grades.db"

    def open_another() -> None:
        Results(path).connection.close()

    class Slow(Results):
        def _value(self, statement):
            found = super()._value(statement)
            if statement == "PRAGMA application_id":
                other.start()
                other.join(0.5)
            return found

    other = threading.Thread(target=open_another)
    with Slow(path) as results:
        other.join()
        results.add(graded(ADA), "v")
        assert results.find(ADA, LESSON)


def one_line(path) -> str:
    with pytest.raises(CourseError) as caught, Results(path) as results:
        results.find(ADA, LESSON)
    message = str(caught.value)
    assert "\n" not in message and str(path) in message
    return message


@pytest.fixture
def filled(tmp_path):
    path = tmp_path / "grades.db"
    with Results(path) as results:
        for number in range(200):
            results.add(graded(replace(ADA, file=f"{number}.ipynb")), "v1")
    return path


@pytest.mark.parametrize("damage", ["text", "head", "middle", "half"])
def test_damaged(filled, damage):
    content = bytearray(filled.read_bytes())
    if damage == "text":
        content = bytearray(b"this was never a database, whatever its name may say " * 40)
    elif damage == "head":
        content[:200] = bytes(200)
    elif damage == "middle":
        middle = len(content) // 8192 * 4096
        content[middle : middle + 4096] = os.urandom(4096)
    else:
        del content[len(content) // 2 :]
    filled.write_bytes(content)
    with pytest.raises(CourseError, match=r"grades\.db is damaged: move it away"):
        Results(filled)


def test_damaged_row(filled):
    with contextlib.closing(sqlite3.connect(filled)) as plain, plain:
        plain.execute(
            "UPDATE submission SET outcomes = '[{\"x\": 1}]', file = 'ada.ipynb' WHERE file = '7.ipynb'"
        )
    assert "damaged" in one_line(filled)


@pytest.mark.parametrize("damage", ["[3]", '{"first": {"x": 1}}', "{}}", '"x"', "3"])
def test_damaged_row_of_what_was_handed_in(filled, damage):
    with contextlib.closing(sqlite3.connect(filled)) as plain, plain:
        plain.execute(
            "UPDATE submission SET handed_in = ?, file = 'ada.ipynb' WHERE file = '7.ipynb'", (damage,)
        )
    assert "damaged" in one_line(filled)


def test_older_file(filled):
    """One of before a result knew what was handed in."""
    with contextlib.closing(sqlite3.connect(filled)) as plain:
        plain.execute("ALTER TABLE submission DROP COLUMN handed_in")
        plain.execute(f"PRAGMA user_version = {FORMAT - 1}")
    assert "older version of the course: move it away and run again" in one_line(filled)


def test_newer_foreign_or_no_file(filled, tmp_path):
    with contextlib.closing(sqlite3.connect(filled)) as plain:
        plain.execute(f"PRAGMA user_version = {FORMAT + 1}")
    assert "newer version" in one_line(filled)
    with contextlib.closing(sqlite3.connect(tmp_path / "gradebook.db")) as plain, plain:
        plain.execute("CREATE TABLE student (id TEXT)")
    assert "not of grades" in one_line(tmp_path / "gradebook.db")
    assert "cannot be used" in one_line(tmp_path)
    assert "cannot be used" in one_line(tmp_path / "missing" / "grades.db")


def test_in_use(filled, monkeypatch):
    monkeypatch.setattr("course_lib.grading.running.results.BUSY_SECONDS", 0.1)
    with contextlib.closing(sqlite3.connect(filled, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert "is in use" in one_line(filled)
