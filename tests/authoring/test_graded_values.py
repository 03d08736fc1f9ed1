"""A graded cell as a kernel runs it: names of its own, functions by value, and values of whatever type."""

import json
import math

import numpy as np
import pytest

from course_lib.authoring.graded_values import graded_cell
from course_lib.authoring.values import MIME, agree

EXERCISE = "def double(x):\n    raise NotImplementedError\n\ndef half(x):\n    raise NotImplementedError"


@pytest.fixture
def run(monkeypatch):
    """Run a graded cell after a student's code; what it published."""
    shown = {}
    monkeypatch.setattr("IPython.display.display", lambda data, raw: shown.update(data[MIME]))

    def run(answer: str, graded: str, **names) -> dict:
        scope = {"np": np, **names}
        exec(answer, scope)
        exec(graded_cell(graded, EXERCISE), scope)
        return json.loads(json.dumps(shown, allow_nan=False))

    return run


IN_PLACE = "def double(x):\n    x *= 2\n    return x"
BUFFER = "out = np.zeros(2)\ndef double(x):\n    out[:] = 2 * x\n    return out"
TWICE = "x = np.ones(2)\npublish(values=[double(x), double(x + 1), double(x)], untouched=double.untouched)"


@pytest.mark.parametrize(("answer", "untouched"), [(IN_PLACE, False), (BUFFER, True)])
def test_a_call_has_no_part_in_another(run, answer, untouched):
    assert run(answer, TWICE) == {"values": [[2, 2], [4, 4], [2, 2]], "untouched": untouched}


def test_a_cell_may_ask_for_the_function_itself(run):
    seen = run(IN_PLACE, "x = np.ones(2)\ndouble.by_reference(x)\npublish(x=x)")
    assert seen == {"x": [2, 2]}


def test_names_of_the_student_do_not_matter(run):
    answer = "by_value = publish = copied = values = None\ndef double(x):\n    return 2 * x if values is None else 0"
    assert run(answer, "values = double(3)\npublish(values=values)") == {"values": 6}


def test_a_function_that_the_cell_uses_and_the_student_lacks_is_a_name_error(run):
    assert run("def double(x): return 2 * x", "publish(seen=double(3))") == {"seen": 6}
    with pytest.raises(NameError, match="half"):
        run("def double(x): return 2 * x", "publish(seen=half(double(3)))")


GIVES = "def double(x): return seen"


@pytest.mark.parametrize(
    ("seen", "right"),
    [
        (np.array([1 + 0j, 2.5]), [1.0, 2.5]),
        (1e-9j + 3, 3.0),
        (np.complex64(3), 3),
        (3.0, {"real": 3.0, "imag": 0.0}),
        (np.asmatrix([[1, 2]]), [[1, 2]]),
        (np.ma.masked_array([1, 2], [True, False]), [1, 2]),
        (np.float16(0.5), 0.5),
        (np.longdouble(0.5), 0.5),
        (np.array([0.5], "longdouble"), [0.5]),
        (np.array([0.5], "clongdouble"), [0.5]),
        (np.array([1, 2.5], object), [1, 2.5]),
        (iter([1, 2]), [1, 2]),
        ((each for each in (1, 2)), [1, 2]),
        ({"a": 1, "b": 2}.values(), [1, 2]),
        (range(2), [0, 1]),
        (np.str_("text"), "text"),
        (np.array([]), []),
    ],
)
def test_types_that_checks_take_for_the_same_value(run, seen, right):
    assert agree(run(GIVES, "publish(value=double(3))", seen=seen)["value"], right, 1e-6)


@pytest.mark.parametrize(
    ("seen", "right"),
    [
        (1 + 1j, 1.0),
        (1 + 1e-3j, 1.0),
        (complex(1, math.nan), 1.0),
        (complex(math.nan, 0), "nan"),
        (1 + 0j, True),
        (1 + 0j, "1"),
        (np.array([1.0]), 1.0),
        (True, 1.0),
        (np.float64("nan"), 1.0),
    ],
)
def test_types_and_values_that_are_not_the_same(run, seen, right):
    assert not agree(run(GIVES, "publish(value=double(3))", seen=seen)["value"], right, 1e-6)
