"""Answers are found in a submission by their strongest surviving mark."""

import copy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib.authoring.lesson import load_lesson
from course_lib.authoring.solutions import stub
from course_lib.authoring.student import student_notebook
from course_lib.grading.intake.answers import MOST_LOOKED_AT, collect
from course_lib.grading.intake.marks import MOST_PIECES

SOURCE = """\
# %% [markdown]
# # Two exercises

# %%
print("demo")

# %% role="exercise" grade_id="first"
# Exercise 1
def first():
    ### BEGIN SOLUTION
    return 1
    ### END SOLUTION

# %% role="exercise" grade_id="second"
# Exercise 2
def second():
    ### BEGIN SOLUTION
    return 2
    ### END SOLUTION
"""
ANSWERS = {"first": "# Exercise 1\ndef first(): return 11", "second": "# Exercise 2\ndef second(): return 22"}


@pytest.fixture(scope="module")
def lesson(tmp_path_factory):
    path = tmp_path_factory.mktemp("source") / "80_two.py"
    path.write_text(SOURCE)
    return load_lesson(path)


@pytest.fixture
def submission(lesson) -> dict:
    notebook = copy.deepcopy(student_notebook(lesson))
    for cell in notebook.cells:
        cell.source = ANSWERS.get(cell.id, cell.source)
    return notebook


def exercises(notebook) -> list:
    return [cell for cell in notebook["cells"] if "exercise" in str(cell.get("metadata"))]


def test_by_grade_id(lesson, submission):
    collected = collect(lesson, submission)
    assert collected.answers == ANSWERS
    assert set(collected.found_by.values()) == {"grade_id"}


def test_by_grade_id_whatever_the_order(lesson, submission):
    submission.cells.reverse()
    for cell in submission.cells:
        cell.id = f"new-{submission.cells.index(cell)}"
    assert collect(lesson, submission).answers == ANSWERS


@pytest.mark.parametrize("mark", ["cell id", "first line", "position"])
def test_by_what_is_left(lesson, submission, mark):
    for cell in submission.cells:
        cell.metadata = {}
        if mark != "cell id":
            cell.pop("id")
        if mark == "position":
            cell.source = cell.source.removeprefix("# Exercise 1\n").removeprefix("# Exercise 2\n")
    collected = collect(lesson, submission)
    assert set(collected.found_by.values()) == {mark}
    assert [source[-2:] for source in collected.answers.values()] == ["11", "22"]


def test_colab_keeps_cell_ids_in_the_metadata(lesson, submission):
    for cell in submission.cells:
        cell.metadata = {"id": cell.pop("id")}
    assert set(collect(lesson, submission).found_by.values()) == {"cell id"}


def test_position_counts_only_where_no_cell_was_added(lesson, submission):
    for cell in submission.cells:
        cell.metadata = {}
        cell.source = cell.source.partition("\n")[2]
        cell.pop("id")
    submission.cells.insert(1, {"cell_type": "code", "source": "mine", "metadata": {}})
    assert set(collect(lesson, submission).found_by.values()) == {"function name"}


def test_each_exercise_by_its_own_strongest_mark(lesson, submission):
    first, second = exercises(submission)
    first["metadata"] = {}
    first["id"] = "x"
    second["source"] = "# Exercise 1\nleft the wrong line in"
    collected = collect(lesson, submission)
    assert collected.found_by == {"second": "grade_id", "first": "first line"}
    assert collected.answers["first"] == ANSWERS["first"]


def test_a_split_cell_is_put_together(lesson, submission):
    first, _ = exercises(submission)
    second_half = {**copy.deepcopy(first), "source": "def helper(): return 1", "id": "y"}
    submission.cells.append(second_half)
    assert collect(lesson, submission).answers["first"] == ANSWERS["first"] + "\n\ndef helper(): return 1"


def test_an_untouched_copy_of_the_stub_does_not_undo_the_answer(lesson, submission):
    first, _ = exercises(submission)
    submission.cells.append(
        {**copy.deepcopy(first), "source": stub(lesson.exercises["first"].source), "id": "y"}
    )
    assert collect(lesson, submission).answers["first"] == ANSWERS["first"]


def test_another_exercise_in_a_copied_cell_is_not_put_together_with_the_first(lesson, submission):
    first, second = exercises(submission)
    submission.cells.remove(second)
    submission.cells.append({**copy.deepcopy(first), "source": ANSWERS["second"], "id": "y"})
    collected = collect(lesson, submission)
    assert collected.answers == ANSWERS
    assert collected.found_by == {"first": "grade_id", "second": "first line"}


def test_one_cell_may_hold_several_answers(lesson, submission):
    both = "\n\n".join(ANSWERS.values())
    first, second = exercises(submission)
    first.source, second.source = both, ""
    collected = collect(lesson, submission)
    assert collected.answers == {"first": both, "second": both}
    assert "does not define second; another cell of yours does" in collected.notes[0]


def test_an_untouched_notebook_gives_its_stubs(lesson):
    answers = collect(lesson, student_notebook(lesson)).answers
    assert answers["first"] == stub(lesson.exercises["first"].source)


json = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)
cells = st.fixed_dictionaries(
    {}, optional={"cell_type": st.just("code") | json, "id": json, "source": json, "metadata": json}
)


@given(json | st.fixed_dictionaries({"cells": st.lists(cells | json, max_size=3) | json}))
@settings(max_examples=150, deadline=None)
def test_nothing_makes_it_crash(lesson, notebook):
    assert set(collect(lesson, notebook).answers) <= set(ANSWERS)


@given(json)
@settings(max_examples=50, deadline=None)
def test_strange_metadata_leaves_the_other_marks(lesson, metadata):
    notebook = {
        "cells": [
            {"cell_type": "code", "metadata": {"nbgrader": metadata}, "source": ["# Exercise 2\n", "x"]}
        ]
    }
    assert collect(lesson, notebook).answers == {"second": "# Exercise 2\nx"}


@given(st.lists(cells | json, max_size=4))
@settings(max_examples=100, deadline=None)
def test_nothing_beside_the_answers_makes_it_crash(lesson, wild):
    cells = [dict(cell) for cell in copy.deepcopy(student_notebook(lesson).cells)]
    for cell in cells:
        cell["source"] = ANSWERS.get(cell["id"], cell["source"])
    collected = collect(lesson, {"cells": cells + wild})
    assert collected.answers["first"].endswith(ANSWERS["first"])
    assert all(isinstance(note, str) and "\n" not in note for note in collected.notes)


def test_a_cell_copied_a_thousand_times_does_not_hold_up_a_class(lesson, submission):
    first = next(cell for cell in submission.cells if cell.id == "first")
    copies = [copy.deepcopy(first) for _ in range(1000)]
    for number, cell in enumerate(copies):
        cell.source = f"def first(): return {number}"
    submission.cells += copies
    collected = collect(lesson, submission)
    kept = collected.answers["first"].split("\n\n")
    assert kept[-1] == "def first(): return 999" and len(kept) == MOST_PIECES
    assert collected.answers["second"] == ANSWERS["second"]


def test_of_too_much_code_a_part_is_left_out_and_said_so(lesson, submission):
    for _ in range(3):
        submission.cells.insert(
            0, {"cell_type": "code", "source": "x = 1\n" * (MOST_LOOKED_AT // 10), "metadata": {}}
        )
    collected = collect(lesson, submission)
    assert collected.answers["first"] == ANSWERS["first"]
    assert sum("too much code" in note for note in collected.notes) == 2
