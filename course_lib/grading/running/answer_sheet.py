"""Run one student's answers in our notebook and see what each exercise earns.

Answers run together in one kernel; those that stand on others, and so get ours of these, in a later one. If a kernel is
lost on the way (an endless loop, too much memory), the exercises after it run in a new one. And what is not right then
runs once more alone, in a kernel of its own: nothing that one answer did to the other's world, meant or not, counts.
"""

from __future__ import annotations

import ast
import json
import math
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import takewhile
from pathlib import Path

import nbformat

from course_lib import CourseError
from course_lib.authoring.assemble import assemble, inputs_of, ours_shown
from course_lib.authoring.lesson import Lesson
from course_lib.authoring.solutions import solved, stub
from course_lib.grading.running import nbval_session
from course_lib.grading.running.error_messages import describe_error
from course_lib.grading.running.nbval_plugin import CellRan, Grading, expect
from course_lib.grading.running.outcome import Outcome, Status
from course_lib.grading.sandbox.forked_kernels import ForkedKernels
from course_lib.grading.sandbox.kernel import TOO_MUCH_OUTPUT

CELL_SECONDS = 20.0
WHOLE_FILE = 3  # times what a cell may take: so long after the first exercise of a file, no other is begun
TOO_MUCH = ("too much memory", TOO_MUCH_OUTPUT)


def modules_of(lesson: Lesson) -> list[str]:
    """What set-up, solutions and graded cells import: the warm parent imports it once for all submissions."""
    graded = [cell for cell in lesson.having("exercise", "graded") if lesson.points[cell.grade_id]]
    sources = [solved(cell.source) for cell in (*lesson.having("setup"), *graded)]
    found: dict[str, None] = {}
    for source in sources:
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Import):
                found |= dict.fromkeys(alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                found[node.module] = None
                if node.module == "course_lib":
                    found |= dict.fromkeys(f"course_lib.{alias.name}" for alias in node.names)
    return list(found)


def whole_file(seconds: float) -> float:
    """Seconds after which no further exercise of a file is begun, where a cell may take `seconds`."""
    return WHOLE_FILE * max(seconds, CELL_SECONDS)


def check_timeout(seconds: float) -> None:
    """Raises CourseError unless this is a time that a cell may take."""
    if not seconds > 0:
        raise CourseError(f"--timeout is a number of seconds above 0, not {seconds}.")


@dataclass
class AnswerSheet:
    """One student's answers on their way through the kernels.

    answers: grade_id -> source. reference: our solutions' notebook, executed; see
    `authoring.assemble.reference`. seconds: what a cell may take. found_by and lines_before: see `Collected`.
    """

    lesson: Lesson
    answers: Mapping[str, str]
    reference: nbformat.NotebookNode
    kernels: ForkedKernels
    seconds: float = CELL_SECONDS
    found_by: Mapping[str, str] = field(default_factory=dict)
    lines_before: Mapping[str, int] = field(default_factory=dict)
    begin_until: float = field(default=math.inf, init=False)

    def grade(self, only: str | None = None) -> dict[str, Outcome]:
        """The outcome of each exercise, by grade_id; with `only`, that exercise alone is graded.

        Raises:
            CourseError: the sandbox does not work.
        """
        outcomes = {each: self.without_running(each, only) for each in self.lesson.exercises}
        waiting = [each for each, outcome in outcomes.items() if outcome is None]
        self.begin_until = time.monotonic() + whole_file(self.seconds)
        # Ours of an exercise is shown to no kernel before the last one in which a student's is tried: what code has
        # seen it may keep, if only in how long the system takes for files that it has read.
        shown = {each: ours_shown(self.lesson, each, self.answers) for each in waiting}
        while waiting:
            ready = [each for each in waiting if shown[each].isdisjoint(waiting)]
            outcomes |= self.together_and_alone(ready)
            waiting = [each for each in waiting if each not in ready]
        return outcomes

    def together_and_alone(self, waiting: list[str]) -> dict[str, Outcome]:
        """Run these in one kernel, and what was not right once more alone."""
        outcomes = self.together(waiting)
        alone_so_far = True  # as good as alone: what ran before it in its kernel did what was asked
        for grade_id in waiting if len(waiting) > 1 else ():
            first = outcomes[grade_id]
            hopeless = first.points == first.of or (first.status in ("too slow", "too much") and alone_so_far)
            alone_so_far &= first.points == first.of
            if not hopeless and not self.is_over():
                alone = self.run([grade_id]).get(grade_id, first)
                outcomes[grade_id] = alone if alone.points >= first.points else first
        return outcomes

    def without_running(self, grade_id: str, only: str | None) -> Outcome | None:
        """The outcome of an exercise that need not run; None for the others."""
        if not self.lesson.points[grade_id] or only not in (None, grade_id):
            return self.outcome(grade_id, 0, "not graded")
        answer = self.answers.get(grade_id, "").strip()
        if not answer or answer == stub(self.lesson.exercises[grade_id].source).strip():
            return self.outcome(grade_id, 0, "empty", "Nothing was written.")
        return None

    def together(self, waiting: list[str]) -> dict[str, Outcome]:
        """Run these in one kernel; if it is lost on the way, those after the place in another one.

        Raises:
            CourseError: our own set-up does not run, so that nobody could earn anything.
        """
        outcomes: dict[str, Outcome] = {}
        tries = 2  # the kernel was lost before any answer of ours ran: no answer's fault
        while waiting and tries and not self.is_over():
            found = self.run(waiting)
            tries -= not found
            outcomes |= found
            waiting = [each for each in waiting if each not in found]
        if self.is_over():
            over = (
                f"It was not begun: your file had taken longer than {whole_file(self.seconds):g} s before it."
            )
            return outcomes | {each: self.outcome(each, 0, "too slow", over) for each in waiting}
        if waiting and not outcomes:  # nothing of this student's ran yet
            raise CourseError(
                f"{self.lesson.name}: our own set-up does not run here, so nothing is graded and nothing recorded. "
                "`python3 -m course_lib doctor` looks for the reason; then grade again."
            )
        return outcomes | {
            each: self.outcome(each, 0, "lost", "Our own set-up did not run.") for each in waiting
        }

    def is_over(self) -> bool:
        """True when the file has had its time."""
        return time.monotonic() > self.begin_until

    def run(self, these: list[str]) -> dict[str, Outcome]:
        """Run these in one kernel; outcomes of those that were reached before it was lost, if it was."""
        cells = run_cells(self, these)
        set_up = takewhile(lambda cell: not cell.cell_id.startswith("before-"), cells.values())
        if not all(cell.passed for cell in set_up):
            return {}
        lost_at = next((index for index, cell in enumerate(cells.values()) if cell.lost), len(cells))
        reached = dict(list(cells.items())[: lost_at + 1])
        found = {}
        for grade_id in these:
            graded = [cell for cell in self.lesson.having("graded") if cell.grade_id == grade_id]
            own = {
                each: reached[each] for each in (grade_id, *(cell.id for cell in graded)) if each in reached
            }
            if own:
                points = sum(cell.points for cell in graded if cell.id in own and own[cell.id].passed)
                found[grade_id] = self.outcome(grade_id, points, *self.verdict(grade_id, points, own))
        return found

    def verdict(self, grade_id: str, points: float, cells: Mapping[str, CellRan]) -> tuple[Status, str]:
        """Status and message, from how the exercise's cells went."""
        if points == self.lesson.points[grade_id]:
            return "right", ""
        lost = next((cell.lost for cell in cells.values() if cell.lost), "")
        if lost == "too slow":
            return "too slow", f"It took longer than the {self.seconds:g} s that a cell may take."
        if lost in TOO_MUCH:
            return "too much", f"It used {lost}."
        if lost:
            return "lost", "The kernel died while this ran."
        if points:
            return "partly", "A part of the values is right."
        failed = next((cell for cell in cells.values() if cell.error), None)
        if failed is None:
            return "wrong", "It runs, and gives other values than ours."
        before = self.lines_before.get(grade_id, 0)
        return "error", describe_error(self.answers[grade_id], before, failed, failed.cell_id == grade_id)

    def outcome(self, grade_id: str, points: float, status: Status, message: str = "") -> Outcome:
        number, of = self.lesson.exercises[grade_id].number, self.lesson.points[grade_id]
        return Outcome(grade_id, number, points, of, status, message, self.found_by.get(grade_id, ""))


def run_cells(sheet: AnswerSheet, only: list[str]) -> dict[str, CellRan]:
    """Assemble a notebook for these exercises, let nbval run it; how each cell went, by its id."""
    notebook = assemble(sheet.lesson, sheet.answers, inputs_of(sheet.reference.cells), only=only)
    expect(notebook, sheet.reference, sheet.lesson)
    grading = Grading(sheet.kernels, sheet.begin_until)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "assembled.ipynb"
        # nbformat's own writing would check what its reading checks again
        path.write_text(json.dumps(notebook), "utf-8")
        nbval_session.run(path, grading, sheet.seconds)
    return {cell.cell_id: cell for cell in grading.cells}
