"""Grade many submissions: on some cores of this machine, or on the workers of a dask cluster.

The unit of work is one submission. Each worker process keeps a warm sandbox for the lesson and grades one submission
after another in it. joblib brings the processes, here or, with its dask backend, elsewhere; if a worker is lost, the
engine gives its submission to another one.
"""

from __future__ import annotations

import atexit
import multiprocessing
import os
import re
import sys
import threading
import time
import warnings
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from functools import cache

import nbformat

from course_lib import CourseError
from course_lib.authoring.lesson import Lesson, find_source, load_lesson
from course_lib.authoring.solutions import stub
from course_lib.grading.intake.answers import collect
from course_lib.grading.intake.handed_in import handed_in
from course_lib.grading.intake.notebook import read
from course_lib.grading.intake.submissions import Submission
from course_lib.grading.running.answer_sheet import AnswerSheet, modules_of
from course_lib.grading.running.outcome import Graded
from course_lib.grading.sandbox.forked_kernels import ForkedKernels
from course_lib.grading.sandbox.kernel import Limits

FUNCTION = re.compile(r"^def (\w+)", re.MULTILINE)


@dataclass(frozen=True)
class Task:
    """What is the same for all submissions to one lesson.

    reference: our solutions' notebook as JSON, executed with the class seed. It stays with the grader: what goes into
    the sandbox is the assembled notebook's source, cell by cell.
    """

    lesson: str
    reference: str
    sandbox: str
    seconds: float
    only: str | None = None
    limits: Limits = field(default_factory=Limits)


_kernels: dict[tuple[str, str, Limits], ForkedKernels] = {}


def grade_one(task: Task, submission: Submission) -> Graded:
    """Grade one submission; never raises for what is in it, not even where we did not think of it.

    Raises:
        CourseError: the sandbox does not work, or the lesson's source is broken: no submission's fault.
    """
    end_with_parent()
    try:
        with warnings.catch_warnings():  # a "\d" in an answer is between Python and the student
            warnings.simplefilter("ignore", SyntaxWarning)
            return _grade_one(task, submission)
    except CourseError:
        raise
    except Exception as error:
        message = f"The grader failed on this file ({type(error).__name__}): grade it again, or by hand, and report it."
        return Graded(submission, task.lesson, "crashed", message)


def _grade_one(task: Task, submission: Submission) -> Graded:
    begun = time.perf_counter()
    if submission.problem:
        return Graded(submission, task.lesson, "unreadable", submission.problem)
    try:
        cells = read(submission.data)
    except CourseError as error:
        return Graded(submission, task.lesson, "unreadable", str(error))
    lesson = lesson_called(task.lesson)
    if not names_an_exercise(lesson, cells):
        message = f"None of this lesson's exercises is in the file: hand in {lesson.name}.ipynb itself."
        return Graded(submission, task.lesson, "unreadable", message)
    collected = collect(lesson, {"cells": cells})
    sheet = AnswerSheet(
        lesson,
        collected.answers,
        reference_of(task.reference),
        forked_kernels(task, lesson),
        task.seconds,
        collected.found_by,
        collected.lines_before,
    )
    outcomes = sheet.grade(task.only)
    notes = (*submission.notes, *collected.notes)
    seen = handed_in(lesson, cells, collected)
    return Graded(submission, task.lesson, "graded", "", outcomes, notes, time.perf_counter() - begun, seen)


def names_an_exercise(lesson: Lesson, cells: list[dict]) -> bool:
    """False if no function with points is so much as named, as in another lesson's file: it could earn nothing."""
    exercises = [cell for cell in lesson.having("exercise") if lesson.points[cell.grade_id]]
    names = {name for cell in exercises for name in FUNCTION.findall(stub(cell.source))}
    words = {word for cell in cells for word in re.findall(r"\w+", cell["source"])}
    return not names or not names.isdisjoint(words)


@cache
def lesson_called(name: str) -> Lesson:
    """A lesson, read once a process."""
    return load_lesson(find_source(name))


@cache
def reference_of(text: str) -> nbformat.NotebookNode:
    """The notebook of a task's reference, read once a process; nobody changes it."""
    return nbformat.reads(text, as_version=4)


def forked_kernels(task: Task, lesson: Lesson) -> ForkedKernels:
    """This process's sandbox for the lesson; those for other lessons are ended."""
    key = (task.sandbox, task.lesson, task.limits)
    if key not in _kernels:
        close_all()
        _kernels[key] = ForkedKernels(task.sandbox, modules_of(lesson), task.limits)
    return _kernels[key]


@cache
def end_with_parent() -> None:
    """A worker process whose grader was killed outright ends too, and its sandbox with it."""
    if multiprocessing.current_process().name == "MainProcess":
        return
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


@atexit.register
def close_all() -> None:
    """End this process's sandboxes."""
    for kernels in _kernels.values():
        kernels.close()
    _kernels.clear()


def grade_all(
    task: Task, submissions: Iterable[Submission], jobs: int = 1, scheduler: str = ""
) -> Iterator[Graded]:
    """Grade them, each result as soon as it is there, in no particular order.

    Args:
        jobs: processes on this machine; not used with a scheduler.
        scheduler: the address of a dask scheduler, for instance tcp://10.0.0.1:8786.

    Raises:
        CourseError: the scheduler cannot be reached, or dask is not installed.
    """
    if jobs == 1 and not scheduler:
        try:
            for submission in submissions:
                yield grade_one(task, submission)
        finally:
            close_all()
        return
    from joblib import Parallel, delayed

    with _backend(scheduler):
        # one at a time to each worker: some take a second and some a minute
        parallel = Parallel(n_jobs=-1 if scheduler else jobs, batch_size=1, return_as="generator_unordered")
        results = parallel(delayed(grade_one)(task, submission) for submission in submissions)
        try:
            for graded in results:  # noqa: UP028 (`yield from` would close it before us, and it warns)
                yield graded
        finally:
            with warnings.catch_warnings():  # at Ctrl-C joblib wonders about the work left undone
                warnings.simplefilter("ignore")
                results.close()


def _backend(scheduler: str) -> AbstractContextManager[object]:
    """joblib's backend for the address; its own processes without one."""
    if not scheduler:
        return nullcontext()
    try:
        from distributed import Client
        from joblib import parallel_config
    except ImportError as error:
        raise CourseError(f"--scheduler needs dask: {sys.executable} -m pip install distributed") from error
    try:
        client = Client(scheduler, timeout=10)
    except (OSError, TimeoutError, ValueError) as error:
        raise CourseError(f"There is no dask scheduler at {scheduler}.") from error
    # a worker that was lost three times over one submission was lost by it
    return parallel_config(backend="dask", client=client, retries=2)
