"""Where the check under an exercise says right, grading gives the points, in whatever form a right answer comes.

Each exercise's independent right answer is wrapped in the ways of `variants.py`. Check and graded cell then run on it
one after the other, in one kernel a lesson.
"""

from __future__ import annotations

from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell

from course_lib.authoring.assemble import assemble, graded_cells
from course_lib.authoring.dependencies import functions
from course_lib.authoring.execute import execute
from course_lib.authoring.lesson import Lesson
from course_lib.authoring.student import check_source
from course_lib.authoring.values import all_agree, published
from tests.lessons.variants import VARIANTS

CLASS = "a class"  # the first of the two classes in conftest.py
WRAP = Path(__file__).with_name("variants.py")
SHARED = ("changes its arguments", "one buffer for all results", "one list for all results")
"""Variants whose values are all right: only what one call does to another's is at stake."""
THE_MISTAKE = {
    ("prepare", "changes its arguments"),
    ("generator_step_by_hand", "changes its arguments"),
    ("level_kernel", "changes its arguments"),
    ("batch_norm", "changes its arguments"),
}
"""Where that is itself the mistake: the check names it, and it earns nothing."""


def variant(answer: str, name: str, asked: set[str]) -> str:
    """The source of an answer whose functions are wrapped."""
    return "\n\n".join([answer, *(f"{each} = VARIANTS[{name!r}]({each})" for each in sorted(asked))])


def says_right(checks: list[nbformat.NotebookNode]) -> bool:
    said = "".join(output.get("text", "") for cell in checks for output in cell.outputs)
    return ": right." in said and "not yet" not in said


def test_where_the_check_says_right_grading_gives_the_points(
    lesson: Lesson, answers, references, tmp_path: Path
):
    notebook = assemble(lesson, {}, CLASS, only=[])
    notebook.cells.append(new_code_cell(WRAP.read_text(encoding="utf-8")))
    trials = {}
    for grade_id in (each for each, points in lesson.points.items() if points):
        checks = [cell for cell in lesson.having("check") if cell.grade_id == grade_id]
        for name in VARIANTS:
            asked = functions(lesson.exercises[grade_id].source)
            answer = {grade_id: variant(answers[0][grade_id], name, asked)}
            before, cell, *graded = graded_cells(lesson, answer, CLASS, only=[grade_id])
            checked = [new_code_cell(check_source(lesson, each)) for each in checks]
            trials[grade_id, name] = checked, graded
            notebook.cells += [before, cell, *checked, *graded]
    execute(notebook, name=lesson.name, folder=tmp_path, stop_at_error=False)

    expected = {cell.id: published(cell.outputs) for cell in references[0]}
    tolerances = {cell.id: cell.tolerance for cell in lesson.having("graded")}
    wrong = []
    for (grade_id, name), (checked, graded) in trials.items():
        earns = all(
            all_agree(published(cell.outputs), expected[cell.id], tolerances[cell.id]) for cell in graded
        )
        is_right = says_right(checked)
        if is_right and not earns:
            wrong.append(f"{grade_id}, {name}: right for the check, no points")
        if name in SHARED and {is_right, earns} != {(grade_id, name) not in THE_MISTAKE}:
            wrong.append(f"{grade_id}, {name}: check {is_right}, points {earns}")
    assert wrong == []
