"""One run over a class: what was handed in, what is graded already, the rest graded, everything written."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nbformat

from course_lib import CourseError
from course_lib.authoring.assemble import reference
from course_lib.authoring.lesson import Lesson, find_source, load_lesson
from course_lib.files import replacing
from course_lib.grading import key as keys
from course_lib.grading.intake.submissions import gather
from course_lib.grading.pages import class_report, feedback
from course_lib.grading.points import adjustments, tables
from course_lib.grading.points.final_points import LatePolicy, Marked, mark_class
from course_lib.grading.running.answer_sheet import CELL_SECONDS, check_timeout
from course_lib.grading.running.backlog import Backlog
from course_lib.grading.running.outcome import Graded
from course_lib.grading.running.results import Results
from course_lib.grading.running.workers import Task
from course_lib.grading.sandbox.sandbox import choose


@contextmanager
def disk_errors_told() -> Iterator[None]:
    """A full disk, or a folder that may not be written to, as a line that says what is left."""
    try:
        yield
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        raise CourseError(f"{place}{error.strerror or error}. What was graded is kept.") from error


@disk_errors_told()
def grade_class(
    lesson: str,
    submissions: str | Path,
    key: str | Path,
    out: str | Path,
    *,
    roster: str | Path | None = None,
    late: str = "0%",
    student: str | None = None,
    exercise: str | None = None,
    timeout: float = CELL_SECONDS,
    sandbox: str = "auto",
    jobs: int = os.cpu_count() or 1,
    scheduler: str = "",
) -> list[Marked]:
    """Grade what a class handed in to a lesson, write tables, feedback and report; everybody's marks, by name.

        marked = grade_class("01", "submissions.zip", key="class.key", out="graded")
        {each.graded.submission.student: each.total for each in marked}

    What `out` holds already is not graded again, unless it was graded with another key, course or timeout. What is
    going on is printed. The arguments are called as the options of `grade`, and errors name them so.

    Args:
        lesson: "01" or "01_gan_math".
        submissions: a folder of notebooks or of students' folders, a platform's zip, or one notebook.
        key: the class's key, which `release` made.
        out: a folder for the results, for one lesson; made if it is missing.
        roster: a CSV file with the students' names, ids and usernames.
        late: what is taken off late work: a share, "10%", or points, "2".
        student: name or id; this student is graded again, and nobody else.
        exercise: number or grade_id; of this student only this exercise is graded again.
        timeout: seconds that a cell may take.
        sandbox: "bwrap", "podman" or "docker"; "auto", the first of these that works here; or "none", for trusted
            work only.
        jobs: processes on this machine.
        scheduler: address of a dask scheduler, whose workers grade instead.

    Raises:
        CourseError: in one line, for what is missing, cannot be read or written, or contradicts itself. What is in a
            submission raises nothing.
    """
    _check(jobs, timeout, student, exercise, sandbox)
    submissions, key, out = Path(submissions), Path(key), Path(out)
    taught = load_lesson(find_source(lesson))
    only = None if exercise is None else exercise_of(taught, exercise)
    class_key = _key_with(taught, key)
    policy = LatePolicy.of(late)
    if out.resolve().is_relative_to(submissions.resolve()):
        raise CourseError(
            f"--out {out} lies in SUBMISSIONS, and would be taken for a student: choose another."
        )
    handed_in = gather(submissions, taught.name, None if roster is None else Path(roster))
    again = [each for each in handed_in if student in (each.student, each.student_id)]
    if student is not None and not again:
        raise CourseError(f"{submissions} has nothing of a student called {student!r}.")
    kind = choose(sandbox)
    out.mkdir(mode=0o700, parents=True, exist_ok=True)  # points are nobody else's business
    (out / ".gitignore").write_text("*\n")  # nor a repository's, which the course's folder may be
    by_hand = out / "adjustments.csv"
    adjustments.load(by_hand)  # a mistake there is better told now than after the grading
    seed, digest = class_key.class_seed(taught.name), keys.digest_of(taught)
    if class_key.lessons[taught.name].digest != digest:
        print(f"note: {taught.name} was changed after its release; graded is what is in the course now.")
    version = f"{class_key.fingerprint} {digest}"
    whole = cached_reference(taught, seed, out / "private" / f"{taught.name}.json", version)
    task = Task(taught.name, whole, kind, timeout, only)
    version += f" {timeout:g} s"  # one limit for everybody: with another one, all are graded anew
    with Results(out / "grades.db") as results:
        backlog = Backlog(task, handed_in, again, version, results, jobs, scheduler)
        waiting = backlog.waiting()
        begun = time.perf_counter()
        backlog.grade(waiting)
        taken = time.perf_counter() - begun
        everybody = backlog.graded()
    marked = mark_class(everybody, taught, policy, adjustments.load(by_hand))
    tables.write(marked, taught, out)
    feedback.write(marked, taught, out)
    class_report.write(marked, taught, out)
    _sum_up(everybody, len(waiting), taken)
    print(f"Points: {out / 'grades.csv'}   class: {out / 'report.html'}   feedback: {out / 'feedback'}")
    return marked


def _check(jobs: int, timeout: float, student: str | None, exercise: str | None, sandbox: str) -> None:
    """Mistakes that need no look at a file. Raises CourseError."""
    if jobs < 1:
        raise CourseError(f"--jobs must be at least 1, not {jobs}.")
    check_timeout(timeout)
    if exercise and not student:
        raise CourseError("--exercise goes with --student.")
    if sandbox == "none":
        print(
            "warning: --sandbox none runs the students' code with your rights, on your files: trusted work only.",
            file=sys.stderr,
        )


def _key_with(lesson: Lesson, path: Path) -> keys.Key:
    """The class's key. Raises CourseError if the lesson is not among those it is for."""
    key = keys.load(path)
    if lesson.name not in key.lessons:
        known = ", ".join(key.lessons)
        raise CourseError(f"The key {path} is for {known}; `release` makes one that has {lesson.name}.")
    return key


def _sum_up(everybody: list[Graded], done: int, seconds: float) -> None:
    """Say who could not be graded, and how many were graded in this run, in how long."""
    failed = [each for each in everybody if each.status != "graded"]
    for each in failed:
        print(f"{each.submission.student}: {each.message}", file=sys.stderr)
    rate = f" in {seconds:.0f} s, {60 * done / seconds:.0f} a minute" if done else ""
    print(f"{done} done{rate}; {len(everybody)} in all, {len(failed)} of them not graded.")


def exercise_of(lesson: Lesson, wanted: str) -> str:
    """The grade_id of an exercise given by number or grade_id. Raises CourseError if there is none."""
    for grade_id, cell in lesson.exercises.items():
        if wanted in (grade_id, str(cell.number)):
            return grade_id
    known = ", ".join(f"{cell.number} ({grade_id})" for grade_id, cell in lesson.exercises.items())
    raise CourseError(f"{lesson.name} has no exercise {wanted!r}; there are: {known}")


def cached_reference(lesson: Lesson, seed: str, path: Path, version: str) -> str:
    """Our solutions executed with the class seed, once a class: later runs read it from `path`.

    The file holds expected values: it is for the instructor's eyes only, and lies in a folder nobody else may open.
    """
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
        if stored["version"] == version:
            return stored["notebook"]
    except (OSError, ValueError, KeyError, TypeError):
        pass  # not there, or not whole: made again
    print("Our own solutions are run first, once a class.", flush=True)
    notebook = nbformat.writes(reference(lesson, seed))
    path.parent.mkdir(mode=0o700, exist_ok=True)
    with replacing(path) as temporary:
        temporary.touch(mode=0o600)
        temporary.write_text(json.dumps({"version": version, "notebook": notebook}), encoding="utf-8")
    return notebook
