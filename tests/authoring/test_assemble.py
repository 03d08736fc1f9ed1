"""Assemble and evaluate: points for right answers, none for others, one wrong answer harms no other."""

import pytest

from course_lib import CourseError
from course_lib.authoring.assemble import (
    assemble,
    evaluate,
    exercise_seed,
    graded_cells,
    inputs_of,
    points_earned,
    reference,
)
from course_lib.authoring.execute import CellFailed, execute
from course_lib.authoring.lesson import load_lesson
from course_lib.authoring.solutions import solved, stub

SHIFT = """
def double(x):
    print("debugging", x)
    return x + x
"""
TWICE = "def quadruple(x):\n    total = 0\n    for _ in range(4):\n        total += x\n    return total"
BY_NAME = "def quadruple(x):\n    return double(double(x))"


def solutions(lesson) -> dict[str, str]:
    return {grade_id: solved(cell.source) for grade_id, cell in lesson.exercises.items()}


def test_only_setup_exercise_and_graded_cells_run(small_lesson):
    notebook = assemble(small_lesson, solutions(small_lesson), "class")
    roles = [cell.metadata.course.role for cell in notebook.cells]
    assert roles == ["setup", "setup", *["exercise", "exercise", "graded"] * 2]
    text = "\n".join(cell.source for cell in notebook.cells)
    assert "two doubled" not in text and "teacher" not in text
    assert f"Recorder({exercise_seed('class', 'double')})\n" in text


def test_only_some_exercises(small_lesson):
    cells = graded_cells(small_lesson, {}, "class", only=["quadruple"])
    assert [cell.id for cell in cells] == ["before-quadruple", "quadruple", "graded-quadruple"]


def test_seeds_differ_by_class_and_exercise_and_stay_the_same():
    seeds = [exercise_seed(c, e) for c in ("a", "b") for e in ("x", "y")]
    assert len(set(seeds)) == 4 and all(0 <= seed < 2**256 for seed in seeds)
    assert exercise_seed("a", "x") >> 224 == int("8b86bced", 16)  # printf 'a\0x' | sha256sum
    assert exercise_seed("ab", "c") != exercise_seed("a", "bc")


def test_right_answers_earn_all_and_stubs_nothing(small_lesson):
    assert evaluate(small_lesson, solutions(small_lesson), "class") == {"double": 4, "quadruple": 6}
    stubs = {grade_id: stub(cell.source) for grade_id, cell in small_lesson.exercises.items()}
    assert evaluate(small_lesson, stubs, "class") == {"double": 0, "quadruple": 0}
    assert evaluate(small_lesson, {"double": SHIFT, "quadruple": TWICE}, "class") == {
        "double": 4,
        "quadruple": 6,
    }


SHEETS = {
    "a wrong answer harms no other": ({"double": "def double(x): return 7", "quadruple": BY_NAME}, (0, 6)),
    "nor does one that is not Python": ({"double": "def double(x) return", "quadruple": BY_NAME}, (0, 6)),
    "nor one that raises": ({"double": "raise SystemExit", "quadruple": BY_NAME}, (0, 6)),
    "nor a missing one": ({"quadruple": BY_NAME}, (0, 6)),
    "a function of another sheet is forgotten": ({"double": "pass"}, (0, 0)),
    "nothing at all": ({}, (0, 0)),
    "values of the right kind": ({"double": "def double(x): return 2.0 * x + 1e-3"}, (0, 0)),
    "constants": ({"double": "def double(x): return 1"}, (0, 0)),
    "helpers of its own": (
        {"double": "TWO = 2\ndef times(x): return TWO * x\ndef double(x): return times(x)"},
        (4, 0),
    ),
    "publish and random overwritten": (
        {"double": "publish = random = Replay = None\ndef double(x): return 2 * x"},
        (4, 0),
    ),
    "lists for numbers": ({"double": "def double(x): return [2 * x]"}, (0, 0)),
    "within the tolerance": ({"quadruple": "def quadruple(x): return 4 * x + 1e-5"}, (0, 6)),
}


def test_many_sheets_in_one_kernel(small_lesson):
    """The sheets run one after the other, so this also shows that none harms the next."""
    notebook = assemble(small_lesson, {}, "class", only=[])
    right = reference(small_lesson, "class")
    inputs = inputs_of(right.cells)
    sheets = {name: graded_cells(small_lesson, answers, inputs) for name, (answers, _) in SHEETS.items()}
    notebook.cells += [cell for cells in sheets.values() for cell in cells]
    execute(notebook, stop_at_error=False)
    for name, (_, points) in SHEETS.items():
        earned = points_earned(small_lesson, sheets[name], right.cells)
        assert tuple(earned.values()) == points, name


def test_the_reference_is_run_once_for_a_class(small_lesson):
    assert reference(small_lesson, "class") is reference(small_lesson, "class")


def test_a_solution_that_fails_is_no_students_fault(small_text, write_source):
    lesson = load_lesson(write_source(small_text.replace("return 2 * x", "return 2 / 0 * x")))
    with pytest.raises(CellFailed, match=r"reference, cell 5 .*ZeroDivisionError"):
        evaluate(lesson, {}, "class")


@pytest.mark.parametrize("values", ["", "x=[1, float('nan')]"])
def test_a_graded_cell_must_publish_numbers(values, small_text, write_source):
    lesson = load_lesson(write_source(small_text.replace("doubled=double(random.uniform(0, 1000))", values)))
    with pytest.raises(CourseError, match=r"90_small.py:28: this graded cell publishes nothing, or nan"):
        reference(lesson, "class")


OWN_NAMES = """
import random
values = 2
def double(x):
    random.shuffle([1, 2])
    return x * values
"""


def test_graded_cells_leave_the_students_names_alone(small_text, write_source):
    graded = "values = [random.uniform()]\nrandom = values[0]\npublish(doubled=double(random))"
    lesson = load_lesson(
        write_source(small_text.replace("publish(doubled=double(random.uniform(0, 1000)))", graded))
    )
    answers = solutions(lesson) | {"double": OWN_NAMES}
    assert evaluate(lesson, answers, "class") == lesson.points


def test_a_future_import_of_an_earlier_answer_stands_first(small_lesson):
    answers = {
        "double": "def double(x): return quadruple(x) / 2",
        "quadruple": "from __future__ import annotations\ndef quadruple(x: Number) -> Number: return 4 * x",
    }
    assert evaluate(small_lesson, answers, "class") == {"double": 4, "quadruple": 6}
