"""An answer comes with what it needs from other cells, so that it works alone, and with nothing else."""

import copy
import sys
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib.authoring.lesson import load_lesson
from course_lib.authoring.solutions import stub
from course_lib.authoring.student import student_notebook
from course_lib.grading.intake.answers import collect

HELPED = """\
# %% [markdown]
# # Helpers

# %% role="setup"
import math

# %%
def mean(values):
    return sum(values) / LENGTH


LENGTH = 2
SEEN = []
SEEN.append("a long training")
print(mean([1, 2]))

# %% role="exercise" grade_id="one"
# Exercise 1
def one(x):
    ### BEGIN SOLUTION
    return x
    ### END SOLUTION

# %% role="exercise" grade_id="two"
# Exercise 2
def two(x):
    ### BEGIN SOLUTION
    return one(x) + 1
    ### END SOLUTION

# %% role="exercise" grade_id="three"
# Exercise 3
def three(x):
    ### BEGIN SOLUTION
    return 3
    ### END SOLUTION
"""


@pytest.fixture(scope="module")
def helped(tmp_path_factory):
    path = tmp_path_factory.mktemp("source") / "81_three.py"
    path.write_text(HELPED)
    return load_lesson(path)


def hand_in(lesson, answers=(), extra=(), edits=()) -> dict:
    """A student's notebook: answers by id; extra cells as (id of the cell they stand before, source)."""
    cells = [dict(cell) for cell in copy.deepcopy(student_notebook(lesson).cells)]
    for cell in cells:
        cell["source"] = {**dict(answers), **dict(edits)}.get(cell["id"], cell["source"])
    for before, source in extra:
        place = next((n for n, cell in enumerate(cells) if cell["id"] == before), len(cells))
        cells.insert(place, {"cell_type": "code", "id": f"x{len(cells)}", "metadata": {}, "source": source})
    return {"cells": cells}


def value(collected, grade_id: str, *arguments):
    """What the function in an answer returns where nothing but the set-up and this answer has run."""
    names = {"math": __import__("math")}
    exec(collected.answers[grade_id], names)
    return names[grade_id](*arguments)


def test_helper_functions_come_with_every_answer_that_uses_them(helped):
    helper = "import random\nEPS = 1e-3\n\n@staticmethod\ndef twice(x):\n    return 2 * x + EPS\n\nprint(one(1 / 0))"
    answers = {
        "one": "# Exercise 1\ndef one(x):\n    return twice(x)",
        "two": "# Exercise 2\ndef two(x):\n    return x",
        "three": "# Exercise 3\ndef three(x):\n    return quadruple(x)",
    }
    later = "def quadruple(x):\n    return twice(twice(x))"
    collected = collect(helped, hand_in(helped, answers, [("one", helper), ("three", later)]))
    assert value(collected, "one", 3) == 6.001
    assert value(collected, "three", 1) == pytest.approx(4.003)
    assert collected.answers["two"] == answers["two"]  # needs nothing, gets nothing
    for grade_id, lines in collected.lines_before.items():
        assert collected.answers[grade_id].split("\n")[lines:] == answers[grade_id].split("\n")
    assert "print" not in collected.answers["one"] and "random" not in collected.answers["one"]
    assert any("twice" in note for note in collected.notes)


def test_an_untouched_notebook_with_extra_cells_stays_untouched(helped):
    collected = collect(helped, hand_in(helped, extra=[("one", "NotImplementedError = print")]))
    assert collected.answers["one"] == stub(helped.exercises["one"].source)
    assert collected.notes == []


@pytest.mark.parametrize("name", ["course-setup", "setup-helpers", "demo-helpers", None])
def test_a_helper_in_one_of_our_cells_or_after_the_answer_counts_too(helped, name):
    helper = "import math\nfrom statistics import median as middle\n"
    answers = {"one": "# Exercise 1\ndef one(x): return middle([x, x, 9])"}
    extra = [(None, helper)] if name is None else []
    collected = collect(helped, hand_in(helped, answers, extra, {name: helper}))
    assert value(collected, "one", 4) == 4


def test_our_own_worked_code_is_there_for_those_who_use_it(helped):
    answers = {"one": "# Exercise 1\ndef one(x): return mean([x, 4])"}
    collected = collect(helped, hand_in(helped, answers))
    assert value(collected, "one", 2) == 3
    assert "print" not in collected.answers["one"]


def test_only_what_is_missing_is_taken_over(helped):
    answers = {
        "one": "# Exercise 1\ndef own(x): return x\n\ndef one(x): return own(math.sqrt(x))",
        "two": "# Exercise 2\ndef two(x): return SEEN",
    }
    edits = {"setup-helpers": "import math\nimport statistics"}
    collected = collect(helped, hand_in(helped, answers, [("one", "def own(x): return 'other'")], edits))
    assert collected.answers["one"] == answers["one"]  # `math` is in our set-up already, `own` in the answer
    assert collected.answers["two"] == "SEEN = []\n\n" + answers["two"]


def test_our_version_of_another_exercise_is_not_replaced_by_the_students(helped):
    answers = {"two": "# Exercise 2\ndef two(x): return one(x)"}
    collected = collect(helped, hand_in(helped, answers, [("two", "def one(x):\n    return 'wrong'")]))
    assert collected.answers["two"] == answers["two"]


def test_tables_are_filled_and_modules_are_not_called(helped):
    extra = [
        ("one", "table = {}\nrows = []\nfor i in range(3):\n    table[i] = i * i\n    rows.append(i)"),
        ("one", "math.factorial(-1)\nsum = 0\nfor i in [1]: sum += i"),
    ]
    answers = {"one": "# Exercise 1\ndef one(x): return math.sqrt(table[x]) + len(rows) + sum([x])"}
    collected = collect(helped, hand_in(helped, answers, extra))
    assert value(collected, "one", 2) == 2 + 3 + 2
    assert "factorial" not in collected.answers["one"]


def test_magics_syntax_errors_and_stars(helped):
    extra = [
        ("one", "%matplotlib inline\n!pip install x\nif True:\n    %time\ndef half(x): return x / 2"),
        ("one", "%%time\nSCALE = 10"),
        ("one", "def broken(:\n"),
        ("one", "%%bash\nrm -rf /"),
        ("one", "from statistics import *"),
    ]
    answers = {"one": "%%time\n# Exercise 1\ndef one(x): return SCALE * half(fmean([x]))"}
    collected = collect(helped, hand_in(helped, answers, extra))
    assert value(collected, "one", 4) == 20
    assert collected.written["one"] == answers["one"]
    assert sum("not valid Python" in note for note in collected.notes) == 2


def test_an_answer_with_a_syntax_error_stays_as_it_is(helped):
    answers = {"one": "# Exercise 1\ndef one(x) return twice(x)"}
    collected = collect(helped, hand_in(helped, answers, [("one", "def twice(x): return 2 * x")]))
    assert collected.answers["one"] == answers["one"]


def test_an_answer_below_its_stub(helped):
    extra = [("two", "def one(x):\n    return helper(x)"), ("two", "def helper(x): return x + 40")]
    collected = collect(helped, hand_in(helped, extra=extra))
    assert value(collected, "one", 2) == 42
    assert collected.found_by == {"one": "function name", "two": "grade_id", "three": "grade_id"}
    assert collected.answers["two"] == stub(helped.exercises["two"].source)


def test_a_trial_further_down_does_not_replace_what_the_set_up_brings(helped):
    trial = [(None, "math = 1 / 3")]
    answers = {"one": "# Exercise 1\ndef one(x): return math.sqrt(x)"}
    assert value(collect(helped, hand_in(helped, answers, trial)), "one", 9) == 3


def test_an_old_attempt_elsewhere_does_not_replace_the_answer(helped):
    answers = {"one": "# Exercise 1\none = lambda x: 5"}
    collected = collect(helped, hand_in(helped, answers, [("two", "def one(x): return 'old'")]))
    assert collected.answers["one"] == answers["one"]
    assert "its own cell was taken" in collected.notes[0]


def test_pieces_that_are_not_python_do_not_undo_the_answer(helped):
    notebook = hand_in(helped, {"one": "# Exercise 1\ndef one(x): return 1"})
    (cell,) = [cell for cell in notebook["cells"] if cell["id"] == "one"]
    notebook["cells"].append({**cell, "id": "copy", "source": "def one(x: return"})
    collected = collect(helped, notebook)
    assert value(collected, "one", 0) == 1 and "left out" in collected.notes[0]


def test_notes_say_how_answers_were_found(helped):
    notebook = hand_in(helped, {"two": "# Exercise 2\ndef two(x): return 2"})
    notebook["cells"] = [cell for cell in notebook["cells"] if cell["id"] != "three"]
    for cell in notebook["cells"]:
        if cell["id"] == "two":
            cell["metadata"] = {}
            cell["id"] = "lost"
    collected = collect(helped, notebook)
    assert collected.notes == [
        "The cell of exercise 2 had lost its grade_id and was found by its first line.",
        "Exercise 3 was not found in the file.",
    ]


def test_hostile_cells_are_got_through(helped):
    extra = [
        ("one", source)
        for source in ("-" * 40_000 + "1", "a" + ".a" * 20_000, "x\0", "(" * 40_000, "\ud800 = 1")
    ]
    extra += [
        ("one", "a = a\n" * 8_000),
        ("one", "a%\n" * 16_000),
        ("one", "x" * 10**6),
        ("one", "if a:\n " * 9_000),
    ]
    extra += [("one", f"f{n} = f{n + 1}\n" * 40) for n in range(300)] + [("one", "b%" * 20_000 + "?")] * 3
    answers = {
        "one": "# Exercise 1\ndef one(x): return f0 + a",
        "two": "# Exercise 2\ndef two(x): return (((" + "x",
    }
    collected = collect(helped, hand_in(helped, answers, extra))
    assert len(collected.notes) <= 21


@pytest.mark.parametrize("order", [1, -1])
def test_the_work_grows_with_a_chain_of_names_and_not_with_its_square(helped, order):
    """Each statement needs the next one, or the one before: a grader that goes through all for each never ends."""

    def calls(length: int) -> int:
        halves = [range(1, length // 2 + 1), range(length // 2 + 1, length + 1)]
        chain = [("one", "\n".join(f"v{n} = v{n - 1}" for n in half[::order])) for half in halves]
        notebook = hand_in(helped, {"one": f"# Exercise 1\ndef one(x): return v{length}"}, chain[::order])
        events = Counter()
        sys.setprofile(lambda frame, event, argument: events.update([event]))
        try:
            collected = collect(helped, notebook)
        finally:
            sys.setprofile(None)
        assert collected.lines_before["one"] == length + 1
        return events.total()

    calls(100)
    assert calls(2000) < 3 * calls(1000)


sources = st.sampled_from(
    ["def one(x): return 7", "y = 1", "%%time\nz = 2", "def w(:", "print(1)", "import math", ""]
)


@given(
    st.lists(st.tuples(st.sampled_from(["one", "two", "three", "demo-helpers", None]), sources), max_size=5),
    st.data(),
)
@settings(max_examples=60, deadline=None)
def test_answers_put_in_come_out(helped, extra, data):
    """Whatever else stands in the notebook, the answers in their cells are what is graded."""
    answers = {
        grade_id: f"# Exercise {number}\ndef {grade_id}(x): return {data.draw(st.integers(0, 99))}"
        for number, grade_id in enumerate(helped.exercises, 1)
    }
    collected = collect(helped, hand_in(helped, answers, extra))
    assert collected.answers == answers and set(collected.found_by.values()) == {"grade_id"}
