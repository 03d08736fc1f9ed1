"""Honest answers in odd cells: magics, trials, helpers made in unusual ways, cells cut in two or turned to text."""

import json

import pytest

from course_lib.grading.intake.answers import collect
from tests.grading.intake.test_definitions import hand_in, helped, value  # noqa: F401 (a fixture)


def alone(lesson, answer, extra=(), *arguments, grade_id="one"):
    """What an answer to exercise `grade_id` returns on its own."""
    collected = collect(lesson, hand_in(lesson, {grade_id: answer}, extra))
    return value(collected, grade_id, *(arguments or (3,)))


@pytest.mark.parametrize(
    "trial",
    [
        "for LENGTH in (1, 2):\n    print(one(LENGTH), mean)",
        "print(one(of_a_check_cell))",
        "worst = one(of_a_check_cell)\nprint(worst)",
        "while True:\n    one(1)",
        "x = float(input('x: '))\nprint(one(x))",
        "import not_installed_anywhere as sns\nsns.set_theme()",
        "from google.colab import drive\ndrive.mount('/content/drive')",
        "files = !ls\nn = %who_ls\nt = %timeit -o one(3)\nprint(files, n, t)",
        "assert one(3) == 9, 'the square'\nplot_of_a_check(one)",
        "pip install seaborn",
        "one?",
    ],
)
def test_a_trial_beside_an_answer_costs_nothing(helped, trial):  # noqa: F811
    answer = "# Exercise 1\nfrom math import pow as power\n\n{}\ndef one(x):\n    return power(x, 2)\n{}"
    for above, below in ((trial, ""), ("", trial)):
        source = answer.format(above, below)
        collected = collect(helped, hand_in(helped, {"one": source}))
        assert value(collected, "one", 3) == 9
        assert collected.lines_before == {} and collected.written["one"] == source
        assert collected.answers["one"].count("\n") == source.count("\n")
        assert collected.answers["one"].split("\n").index("def one(x):") == source.split("\n").index(
            "def one(x):"
        )


@pytest.mark.parametrize(
    "helpers",
    [
        "class Box: pass\nsetattr(Box, 'square', staticmethod(lambda x: x * x))\nsquare = lambda x: Box.square(x)",
        "class Box: pass\nBox.square = lambda x: x * x\nsquare = lambda x: Box.square(x)",
        "ALL = {}\ndef register(f):\n    ALL[f.__name__] = f\n    return f\n@register\ndef of(x): return x * x\n"
        "def square(x): return ALL['of'](x)",
        "ALL = []\ndef register(f): ALL.append(f)\nregister(lambda x: x * x)\ndef square(x): return ALL[0](x)",
        "ALL = {}\ndef fill(table, n):\n    for i in range(n): table[i] = i * i\nfill(ALL, 9)\n"
        "def square(x): return ALL[x]",
        "globals()['square'] = lambda x: x * x",
        "for name in ['square']: globals()[name] = lambda x: x * x",
        "def make(name): globals()[name] = lambda x: x * x\nmake('square')",
        "TEXT = 'def square(x): return x * x'\nexec(TEXT)",
        "%time def square(x): return x * x",
        "%%timeit\ndef square(x): return x * x",
        "    def square(x):\n        return x * x",
        "!pip install \\\n  scipy\nhuge = (7\n   % 5)\ndef square(x): return x * x",
        "nothing = !ls\ndef square(x): return x * x",
    ],
)  # fmt: skip
def test_helpers_made_in_unusual_ways_come_along(helped, helpers):  # noqa: F811
    assert alone(helped, "# Exercise 1\ndef one(x): return square(x)", [("one", helpers)]) == 9


@pytest.mark.parametrize(
    ("load", "call"),
    [
        ("from my_tools import square", "square"),
        ("import my_tools as tools", "tools.square"),
        ("%run my_tools.py", "square"),
    ],
)
def test_a_file_that_a_cell_writes_is_there_to_be_imported(helped, load, call):  # noqa: F811
    extra = [("one", "%%writefile my_tools.py\ndef square(x): return x * x"), ("one", load)]
    assert alone(helped, f"# Exercise 1\ndef one(x): return {call}(x)", extra) == 9


def test_unread_annotations_stay_unread(helped):  # noqa: F811
    extra = [("one", "from __future__ import annotations")]
    assert alone(helped, "# Exercise 1\ndef one(x: Array) -> Array: return x", extra) == 3
    own = "# Exercise 1\nfrom __future__ import annotations\ndef one(x: Array): return half(x)"
    assert alone(helped, own, [("one", "def half(x): return x / 2")]) == 1.5


def test_our_worked_code_is_not_pulled_in_by_a_loop(helped):  # noqa: F811
    source = "# Exercise 1\ndef one(x): return x\n\nfor i in range(2):\n    SEEN = [i]\n    print(SEEN)"
    collected = collect(helped, hand_in(helped, {"one": source}))
    assert collected.answers["one"] == source and collected.notes == []
    inside = (
        "# Exercise 1\ntry:\n    LENGTH = 3\n    SIZE = LENGTH\nfinally:\n    pass\ndef one(x): return SIZE"
    )
    assert collect(helped, hand_in(helped, {"one": inside})).answers["one"] == inside


@pytest.mark.parametrize("wrap", ["one = twice(one)", "try:\n    one = twice(one)\nfinally:\n    pass"])
def test_a_definition_above_is_found_under_its_decoration(helped, wrap):  # noqa: F811
    above = "def twice(f): return lambda x: 2 * f(x)\n\ndef one(x): return x + 1"
    assert alone(helped, f"# Exercise 1\n{wrap}", [("one", above)]) == 8


def test_a_decoration_between_answer_and_check_counts(helped):  # noqa: F811
    extra = [("two", "def twice(f): return lambda x: 2 * f(x)"), ("two", "one = twice(one)")]
    notebook = hand_in(helped, {"one": "# Exercise 1\ndef one(x): return x + 1"}, extra)
    check = {"cell_type": "code", "id": "check-one", "metadata": {}, "source": "check(1, 'one')"}
    where = next(n for n, cell in enumerate(notebook["cells"]) if cell["id"] == "two")
    notebook["cells"].insert(where, check)
    assert value(collect(helped, notebook), "one", 3) == 4  # no check of ours: not known where it ends


@pytest.mark.parametrize("keeps_metadata", [True, False])
@pytest.mark.parametrize("cut", ["\n    y = x", " x", "    return"])
def test_a_cell_cut_in_the_middle_of_its_function(helped, cut, keeps_metadata):  # noqa: F811
    whole = "# Exercise 1\ndef one(x):\n    y = x + 1\n    return y * 2"
    place = whole.index(cut)
    upper, lower = whole[:place], whole[place:].removeprefix("\n")
    notebook = hand_in(helped, {"one": upper})
    where, cell = next((n, cell) for n, cell in enumerate(notebook["cells"]) if cell["id"] == "one")
    metadata = cell["metadata"] if keeps_metadata else {}
    notebook["cells"].insert(where + 1, {**cell, "id": "half", "metadata": metadata, "source": lower})
    collected = collect(helped, notebook)
    assert value(collected, "one", 3) == 8
    assert any("put together" in note for note in collected.notes)


@pytest.mark.parametrize("kind", ["raw", "markdown"])
@pytest.mark.parametrize("keeps_metadata", [True, False])
def test_a_cell_that_a_key_press_made_text_is_found_and_named(helped, kind, keeps_metadata):  # noqa: F811
    notebook = hand_in(helped, {"one": "# Exercise 1\ndef one(x):\n    return x + 1"})
    notebook["cells"].insert(0, {"cell_type": "markdown", "metadata": {}, "source": "# Exercise 1\nmy notes"})
    cell = next(cell for cell in notebook["cells"] if cell.get("id") == "one")
    cell["cell_type"] = kind
    if not keeps_metadata:
        cell |= {"metadata": {}, "id": "lost"}
    collected = collect(helped, notebook)
    assert value(collected, "one", 3) == 4
    name = "Markdown" if kind == "markdown" else "raw"
    assert any(f"is a {name} cell" in note for note in collected.notes)


def test_a_file_of_many_halves_does_not_hold_up_a_class(helped):  # noqa: F811
    halves = [("one", "def f():\n" if n % 2 else "    x = (\n" * 2_000) for n in range(200)]
    magics = [("one", "x = (1\n% 2)\n%time\n" * 3_000)]
    answer = {"one": "# Exercise 1\ndef one(x): return x"}
    assert json.dumps(collect(helped, hand_in(helped, answer, halves + magics)).answers["one"])
