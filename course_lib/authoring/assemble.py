"""Assemble: a gradable notebook = our cells + the answers taken from a submission + graded cells.

The course's own tests and grading share this one operation. Only set-up, exercise and graded cells run.
Before an answer runs, the functions of the *earlier* exercises it uses are set to our solutions, so a wrong
answer costs its own points and no others. No kernel holds our solution before the student's answer to the same
exercise is graded there: code that ran first could keep it, and hand it in. Graded cells publish values for secret
inputs (see `drawn_inputs`); they are compared outside the kernel with the values our solutions give for the same ones.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Mapping
from functools import cache

import nbformat
from nbformat.v4 import new_code_cell, new_notebook

from course_lib import CourseError
from course_lib.authoring.dependencies import functions, needed
from course_lib.authoring.drawn_inputs import INPUTS, recording, replaying
from course_lib.authoring.execute import execute
from course_lib.authoring.first_cell import PREPARE
from course_lib.authoring.graded_values import graded_cell
from course_lib.authoring.lesson import Cell, Lesson
from course_lib.authoring.solutions import solved
from course_lib.authoring.student import METADATA
from course_lib.authoring.values import all_agree, published

FUTURE = re.compile(r"^from __future__ import .*\n?", re.MULTILINE)


def exercise_seed(class_seed: str, grade_id: str) -> int:
    """The seed of one exercise in one class, from 0 to 2**256 - 1: too many to be tried out."""
    return int.from_bytes(hashlib.sha256(f"{class_seed}\0{grade_id}".encode()).digest(), "big")


def assemble(
    lesson: Lesson,
    answers: Mapping[str, str],
    inputs: str | Mapping[str, str],
    only: Collection[str] | None = None,
) -> nbformat.NotebookNode:
    """The gradable notebook for one set of answers.

    Args:
        answers: grade_id -> source of the student's cell; what is missing is empty.
        inputs: those of a reference, see `inputs_of`; or a class's secret seed, from which the graded cells draw them
            themselves: for our own solutions alone.
        only: grade_ids to grade; all exercises with points unless said otherwise.
    """
    first = new_code_cell(PREPARE, id="course-setup", metadata={"course": {"role": "setup"}})
    setup = [first, *(_cell(cell, cell.source, cell.id) for cell in lesson.having("setup"))]
    return new_notebook(cells=setup + graded_cells(lesson, answers, inputs, only), metadata=METADATA)


def graded_cells(
    lesson: Lesson,
    answers: Mapping[str, str],
    inputs: str | Mapping[str, str],
    only: Collection[str] | None = None,
) -> list[nbformat.NotebookNode]:
    """The cells after the set-up: for each exercise what it stands on, the answer, its grading. See `assemble`."""
    wanted = [each for each, points in lesson.points.items() if points] if only is None else only
    cells = []
    for grade_id, exercise in lesson.exercises.items():
        if grade_id not in wanted:
            continue
        answer = answers.get(grade_id, "")
        graded = [cell for cell in lesson.having("graded") if cell.grade_id == grade_id]
        before = _before(lesson, grade_id, answers, [answer, *(cell.source for cell in graded)])
        cells += [_cell(exercise, before, f"before-{grade_id}"), _cell(exercise, answer, grade_id)]
        for cell in graded:
            drawn = (
                recording(exercise_seed(inputs, grade_id), cell.source)
                if isinstance(inputs, str)
                else replaying(inputs[cell.id], cell.source)
            )
            cells.append(_cell(cell, graded_cell(drawn, exercise.source), cell.id))
    return cells


def inputs_of(reference: Iterable[nbformat.NotebookNode]) -> dict[str, str]:
    """The inputs that graded cells drew, by the cell's id, from the cells of an executed reference."""
    return {
        cell.id: output["data"][INPUTS]
        for cell in reference
        for output in cell.outputs
        if INPUTS in output.get("data", {})
    }


def points_earned(
    lesson: Lesson, cells: Iterable[nbformat.NotebookNode], reference: Iterable[nbformat.NotebookNode]
) -> dict[str, float]:
    """Points of each exercise in executed assembled cells, against those of an executed reference."""
    right = {cell.id: published(cell.outputs) for cell in reference}
    seen = {cell.id: published(cell.outputs) for cell in cells}
    points = dict.fromkeys(lesson.exercises, 0.0)
    for cell in lesson.having("graded"):
        if cell.id in seen and all_agree(seen[cell.id], right[cell.id], cell.tolerance):
            points[cell.grade_id] += cell.points
    return points


def evaluate(lesson: Lesson, answers: Mapping[str, str], class_seed: str) -> dict[str, float]:
    """Assemble, execute and compare with the reference: the points of each exercise."""
    whole = reference(lesson, class_seed)
    notebook = assemble(lesson, answers, inputs_of(whole.cells))
    execute(notebook, name=lesson.name, stop_at_error=False)
    return points_earned(lesson, notebook.cells, whole.cells)


@cache
def reference(lesson: Lesson, class_seed: str) -> nbformat.NotebookNode:
    """The assembled notebook of our own solutions, executed (once a process).

    Raises:
        CourseError: if a solution or a graded cell does not run, publishes nothing, or nan.
    """
    solutions = {grade_id: solved(cell.source) for grade_id, cell in lesson.exercises.items()}
    notebook = assemble(lesson, solutions, class_seed)
    execute(notebook, name=f"{lesson.name}, reference")
    values = {cell.id: published(cell.outputs) for cell in notebook.cells}
    for cell in lesson.having("graded"):
        if not all_agree(values[cell.id], values[cell.id], cell.tolerance):
            raise CourseError(f"{lesson.path.name}:{cell.line}: this graded cell publishes nothing, or nan")
    return notebook


def _before(lesson: Lesson, grade_id: str, answers: Mapping[str, str], sources: list[str]) -> str:
    """Forget every exercise's functions, then define the other ones that `sources` use.

    Our versions of those before this exercise; of those after it, which are still to be graded, the student's.
    """
    others = _others(lesson, grade_id, answers)
    used = needed(sources, others)
    every = set().union(*(functions(solved(cell.source)) for cell in lesson.exercises.values()))
    forget = f"for _name in {sorted(every)}:\n    globals().pop(_name, None)"
    text = "\n\n".join([forget, *(source for each, source in others.items() if each in used)])
    first = "".join(dict.fromkeys(FUTURE.findall(text)))  # which Python wants above all else
    return first + FUTURE.sub("", text)


def ours_shown(lesson: Lesson, grade_id: str, answers: Mapping[str, str]) -> set[str]:
    """The exercises whose solution of ours stands before this answer, where its code could read and keep it."""
    graded = [cell.source for cell in lesson.having("graded") if cell.grade_id == grade_id]
    used = needed([answers.get(grade_id, ""), *graded], _others(lesson, grade_id, answers))
    order = list(lesson.exercises)
    return {each for each in used if order.index(each) < order.index(grade_id)}


def _others(lesson: Lesson, grade_id: str, answers: Mapping[str, str]) -> dict[str, str]:
    """What may stand before an answer: ours of the exercises before it, the student's of those after it."""
    place = list(lesson.exercises).index(grade_id)
    return {
        each: solved(cell.source) if earlier < place else answers.get(each, "")
        for earlier, (each, cell) in enumerate(lesson.exercises.items())
        if earlier != place
    }


def _cell(cell: Cell, source: str, cell_id: str) -> nbformat.NotebookNode:
    # nbformat's own maker checks every cell alone, and who reads the notebook checks it as a whole
    made = {"cell_type": "code", "id": cell_id, "metadata": {"course": {"role": cell.role}}}
    return nbformat.from_dict(made | {"source": source, "outputs": [], "execution_count": None})
