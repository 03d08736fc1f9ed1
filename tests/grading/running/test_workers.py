"""Many submissions at once: on two processes here, and on a dask cluster that loses a worker on the way."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from course_lib import ROOT, CourseError
from course_lib.authoring.assemble import reference
from course_lib.authoring.lesson import Lesson, find_source, load_lesson
from course_lib.authoring.solutions import stub
from course_lib.grading.intake.answers import Collected
from course_lib.grading.intake.submissions import Submission
from course_lib.grading.running import workers
from course_lib.grading.running.self_test import right_answers
from course_lib.grading.running.workers import Task, grade_all

SEED = "a class"
KILLED = """
import os, psutil, signal
from course_lib.grading.intake.submissions import Submission
from course_lib.grading.running.workers import Task, grade_all
unreadable = [Submission(str(each), f"{each}.ipynb", b"no notebook") for each in range(20)]
list(grade_all(Task("01_gan_math", "", "", "bwrap", 1.0), unreadable, jobs=2))
print(*(each.pid for each in psutil.Process().children()), flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture(scope="module")
def lesson() -> Lesson:
    return load_lesson(find_source("01"))


@pytest.fixture(scope="module")
def task(lesson: Lesson, bubblewrap: str) -> Task:
    return Task(lesson.name, nbformat.writes(reference(lesson, SEED)), "bwrap", seconds=10)


def submissions(lesson: Lesson, count: int) -> list[Submission]:
    """Every third has the first exercise left as it was, every fifth is no notebook."""
    found = []
    for number in range(count):
        answers = right_answers(lesson)
        if number % 3 == 2:
            first = next(iter(lesson.exercises))
            answers[first] = stub(lesson.exercises[first].source)
        cells = [
            new_code_cell(source, metadata={"nbgrader": {"grade_id": grade_id}})
            for grade_id, source in answers.items()
        ]
        data = nbformat.writes(new_notebook(cells=cells)).encode() if number % 5 != 4 else b"no notebook"
        found.append(Submission(f"student {number}", f"{number}.ipynb", data))
    return found


def expected(lesson: Lesson, count: int) -> dict[str, float]:
    first = lesson.points[next(iter(lesson.exercises))]
    totals = {f"{number}.ipynb": 10 - first * (number % 3 == 2) for number in range(count)}
    return {file: 0 if int(file[:-6]) % 5 == 4 else total for file, total in totals.items()}


@pytest.mark.slow
def test_two_processes_give_everybody_the_points_of_one(lesson: Lesson, task: Task) -> None:
    handed_in = submissions(lesson, 6)
    for jobs in (1, 2):
        graded = list(grade_all(task, handed_in, jobs=jobs))
        assert {each.submission.file: each.total for each in graded} == expected(lesson, 6)
        assert sum(each.status == "unreadable" for each in graded) == 1


@pytest.mark.slow
def test_workers_end_with_a_grader_that_was_killed(bubblewrap: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", KILLED], cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == -signal.SIGKILL
    workers = [int(each) for each in done.stdout.split()]
    deadline = time.monotonic() + 60
    while any(Path(f"/proc/{each}").exists() for each in workers):
        assert workers and time.monotonic() < deadline
        time.sleep(0.1)


@pytest.mark.slow
def test_a_lost_worker_of_a_cluster_costs_nobody_anything(lesson: Lesson, task: Task) -> None:
    import distributed

    handed_in = submissions(lesson, 12)
    with distributed.LocalCluster(2, threads_per_worker=1, dashboard_address=None) as cluster:
        workers = [worker.process.pid for worker in cluster.workers.values()]
        graded = []
        for each in grade_all(task, handed_in, scheduler=cluster.scheduler_address):
            graded.append(each)
            if len(graded) == 2:
                os.kill(workers[0], signal.SIGKILL)
    assert {each.submission.file: each.total for each in graded} == expected(lesson, 12)


@pytest.mark.slow
def test_a_file_that_breaks_the_grader_itself_is_one_file(
    lesson: Lesson, task: Task, monkeypatch: pytest.MonkeyPatch
) -> None:
    handed_in = submissions(lesson, 3)
    real = workers.collect

    def collect(lesson: Lesson, notebook: dict) -> Collected:
        if calls.pop():
            raise ZeroDivisionError("SECRET")
        return real(lesson, notebook)

    calls = [False, True, False]
    monkeypatch.setattr(workers, "collect", collect)
    graded = list(grade_all(task, handed_in))
    assert [each.status for each in graded] == ["graded", "crashed", "graded"]
    assert "ZeroDivisionError" in graded[1].message and "SECRET" not in graded[1].message
    assert [each.total for each in graded] == [10, 0, expected(lesson, 3)["2.ipynb"]]


def test_the_file_of_another_lesson_is_named(task: Task) -> None:
    """Nothing runs, and nobody gets a silent 0 because a lesson's number was mistyped."""
    other = (ROOT / "lessons" / "06_dcgan.ipynb").read_bytes()
    (graded,) = grade_all(task, [Submission("Ada", "06_dcgan.ipynb", other)])
    assert graded.status == "unreadable" and "hand in 01_gan_math.ipynb" in graded.message
    ours = (ROOT / "lessons" / "01_gan_math.ipynb").read_bytes()
    (graded,) = grade_all(task, [Submission("Ada", "01_gan_math.ipynb", ours)])
    assert graded.status == "graded" and graded.total == 0


def test_what_the_pages_show_travels_with_the_result(lesson: Lesson, task: Task) -> None:
    (ada,) = submissions(lesson, 1)
    (graded,) = grade_all(task, [ada])
    right = right_answers(lesson)
    assert {each: seen.code for each, seen in graded.handed_in.items()} == right


def test_stopping_on_the_way_warns_of_nothing(recwarn: pytest.WarningsRecorder) -> None:
    """As Ctrl-C does it, while results wait to be taken."""
    broken = [Submission(str(number), "x.ipynb", problem="It is broken.") for number in range(100)]
    results = grade_all(Task("01_gan_math", "", "bwrap", 1), broken, jobs=2)
    next(results)
    time.sleep(0.5)
    results.close()
    assert not [str(each.message) for each in recwarn if "tasks" in str(each.message)]


def test_a_scheduler_that_is_not_there_is_named(task: Task) -> None:
    with pytest.raises(CourseError, match=r"no dask scheduler at tcp://127\.0\.0\.1:9"):
        list(grade_all(task, [], scheduler="tcp://127.0.0.1:9"))
