"""Submissions a minute: ours, sandbox included, beside nbgrader's autograde, in turn, in one run.

Both grade the same class, our solutions and right and wrong ones from the tests, in notebooks of the same cells:
set-up, exercises and graded cells, no demonstrations. nbgrader compares in the student's process with expected values
written into its hidden tests; it has one process. Ours has as many as there are cores, as `grade` has by default.
"""

from __future__ import annotations

import csv
import importlib.util
import json
import os
import runpy
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_notebook

from course_lib import ROOT, CourseError
from course_lib.authoring.assemble import exercise_seed, reference
from course_lib.authoring.lesson import Lesson, find_source, load_lesson
from course_lib.authoring.solutions import solved, stub
from course_lib.authoring.student import METADATA
from course_lib.authoring.values import published
from course_lib.files import replacing
from course_lib.grading.intake.submissions import Submission
from course_lib.grading.running.workers import Task, grade_all
from course_lib.grading.sandbox import sandbox

LESSONS = ("01", "04")  # one with NumPy alone, one whose set-up imports TensorFlow
CLASS = "benchmark"
SUBMISSIONS = 60
TURNS = ("ours", "nbgrader", "ours")  # a machine that slows down meanwhile then slows both

COMPARE = """\
import json
import numpy

def publish(**values):
    for name, value in values.items():
        seen, right = numpy.asarray(value, dtype=float), numpy.asarray(EXPECTED[name], dtype=float)
        assert seen.shape == right.shape
        assert numpy.all(numpy.abs(seen - right) <= {tolerance} * (numpy.abs(right).max() + 1e-3))

EXPECTED = json.loads({expected!r})
random = numpy.random.default_rng({seed})
"""


def run(out: Path) -> int:
    """Measure, print a table, write `grading.csv` into `out`; 0, or 1 if a right answer was not given its points."""
    out.mkdir(parents=True, exist_ok=True)
    kind = sandbox.choose("auto")
    turns = TURNS
    # One elsewhere on the PATH would lack what the lessons import.
    if importlib.util.find_spec("nbgrader") is None:
        turns = ("ours", "ours")
        print("nbgrader is left out, because it is not installed: pip install nbgrader", file=sys.stderr)
    rows, wrong = [], 0
    for name in LESSONS:
        lesson = load_lesson(find_source(name))
        sheets = answer_sheets(lesson)
        whole = reference(lesson, CLASS)
        seconds: dict[str, list[float]] = {}
        for program in turns:
            if program == "ours":
                taken, missed = grade_with_ours(lesson, sheets, whole, kind)
                wrong += missed
            else:
                taken = grade_with_nbgrader(lesson, sheets, whole)
            seconds.setdefault(program, []).append(taken)
            print(f"{lesson.name}, {program}: {len(sheets)} in {taken:.0f} s", flush=True)
        speed = {each: 60 * len(sheets) * len(times) / sum(times) for each, times in seconds.items()}
        rows += [(lesson.name, each, len(sheets), f"{value:.1f}") for each, value in speed.items()]
        if "nbgrader" in speed:
            (theirs,) = seconds["nbgrader"]
            times = speed["ours"] / speed["nbgrader"]
            before, after = (theirs / ours for ours in seconds["ours"])
            print(
                f"{lesson.name}: {speed['ours']:.0f} a minute in {kind}, nbgrader {speed['nbgrader']:.0f}: "
                f"{times:.1f} times as many (our first turn {before:.1f}, our second {after:.1f})"
            )
    with replacing(out / "grading.csv") as temporary, temporary.open("w", newline="") as file:
        csv.writer(file).writerows([("lesson", "program", "submissions", "a_minute"), *rows])
    return int(bool(wrong))


def answer_sheets(lesson: Lesson) -> list[dict[str, str]]:
    """A class: a quarter hands in our solutions, a quarter the tests' other right answers, half one wrong or empty."""
    answers = runpy.run_path(str(ROOT / "tests" / "lessons" / "answers" / f"{lesson.name}.py"))
    right, wrong = answers["RIGHT"], answers["WRONG"]
    names = list(lesson.exercises)
    ours = {name: solved(exercise.source) for name, exercise in lesson.exercises.items()}
    sheets = []
    for number in range(SUBMISSIONS):
        name = names[number % len(names)]
        bad = (
            stub(lesson.exercises[name].source)
            if number % 4 == 3
            else wrong[name][number % len(wrong[name])][0]
        )
        sheets.append((ours, right | {name: bad}, right, right | {name: bad})[number % 4])
    return sheets


def grade_with_ours(
    lesson: Lesson, sheets: list[dict[str, str]], whole: nbformat.NotebookNode, kind: str
) -> tuple[float, int]:
    """Grade with `grade`'s own loop; the seconds, and how many sets of right answers did not earn all points."""
    begun = time.perf_counter()
    task = Task(lesson.name, nbformat.writes(whole), kind, seconds=20.0)
    submissions = []
    for number, sheet in enumerate(sheets):
        cells = [exercise_cell(each, source) for each, source in sheet.items()]
        data = nbformat.writes(new_notebook(cells=cells, metadata=METADATA)).encode()
        submissions.append(Submission(f"student {number}", f"{number}.ipynb", data))
    results = list(grade_all(task, submissions, jobs=os.cpu_count() or 1))
    taken = time.perf_counter() - begun
    totals = {each.submission.file: each.total for each in results}
    return taken, sum(totals[f"{number}.ipynb"] != 10 for number in range(0, len(sheets), 2))  # all right


def exercise_cell(grade_id: str, source: str) -> nbformat.NotebookNode:
    metadata = {"grade": False, "grade_id": grade_id, "locked": False, "schema_version": 3, "solution": True}
    return new_code_cell(source, id=grade_id, metadata={"nbgrader": metadata | {"task": False}})


def grade_with_nbgrader(lesson: Lesson, sheets: list[dict[str, str]], whole: nbformat.NotebookNode) -> float:
    """Grade with `nbgrader autograde`; the seconds, set-up of its course not counted."""
    values = {cell.id: published(cell.outputs) for cell in whole.cells}
    with tempfile.TemporaryDirectory() as folder:
        course = Path(folder)
        source = course / "source" / "lesson" / "lesson.ipynb"
        source.parent.mkdir(parents=True)
        nbformat.write(nbgrader_notebook(lesson, {}, values), source)
        nbgrader(course, "generate_assignment", "lesson")
        for number, sheet in enumerate(sheets):
            submitted = course / "submitted" / f"student{number}" / "lesson" / "lesson.ipynb"
            submitted.parent.mkdir(parents=True)
            nbformat.write(nbgrader_notebook(lesson, sheet, values), submitted)
        begun = time.perf_counter()
        nbgrader(course, "autograde", "lesson")
        taken = time.perf_counter() - begun
        graded = len(list((course / "autograded").glob("*/lesson/lesson.ipynb")))
        if graded != len(sheets):
            raise CourseError(f"nbgrader graded {graded} of {len(sheets)} submissions.")
    return taken


def nbgrader_notebook(
    lesson: Lesson, answers: dict[str, str], values: dict[str, dict]
) -> nbformat.NotebookNode:
    cells = [new_code_cell(cell.source, id=cell.id) for cell in lesson.having("setup")]
    for grade_id, exercise in lesson.exercises.items():
        cells.append(exercise_cell(grade_id, answers.get(grade_id, stub(exercise.source))))
        for cell in (each for each in lesson.having("graded") if each.grade_id == grade_id):
            head = COMPARE.format(
                expected=json.dumps(values[cell.id]),
                seed=exercise_seed(CLASS, grade_id),
                tolerance=cell.tolerance,
            )
            metadata = {"grade": True, "grade_id": cell.id, "locked": True, "points": cell.points}
            metadata |= {"schema_version": 3, "solution": False, "task": False}
            cells.append(new_code_cell(f"{head}\n{cell.source}", id=cell.id, metadata={"nbgrader": metadata}))
    return new_notebook(cells=cells, metadata=METADATA)


def nbgrader(course: Path, *words: str) -> None:
    """One nbgrader command on the course in this folder. Raises CourseError with its last line if it fails."""
    command = [sys.executable, "-m", "nbgrader", *words, f"--CourseDirectory.root={course}"]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "TF_CPP_MIN_LOG_LEVEL": "3"}
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"  # it calls alembic
    done = subprocess.run(command, cwd=course, env=environment, capture_output=True, text=True)
    if done.returncode not in (0, 1):  # 1: some submission had an error, which is what wrong answers have
        raise CourseError(f"nbgrader {words[0]}: {(done.stderr.strip().splitlines() or ['failed'])[-1]}")
