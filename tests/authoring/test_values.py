"""Published values: what survives the way out of the kernel, and when two of them agree."""

import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbformat.v4 import new_output

from course_lib.authoring import graded_values
from course_lib.authoring.values import MIME, agree, all_agree, published

numbers = st.floats(-1e6, 1e6)
plain = st.recursive(
    numbers | st.booleans() | st.text(max_size=4).filter(lambda text: text != "nan") | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner, max_size=3),
    max_leaves=8,
)


@given(plain)
def test_a_value_agrees_with_itself(value):
    assert agree(value, json.loads(json.dumps(value)), 1e-6)


@given(st.lists(numbers, min_size=1, max_size=5), st.integers(0, 4))
def test_a_number_off_by_more_than_the_tolerance_disagrees(right, place):
    bound = 1e-3 * (max(map(abs, right)) + 1e-3)
    for share, agrees in ((0.5, True), (2, False)):
        seen = list(right)
        seen[place % len(right)] += share * bound
        assert agree(seen, right, 1e-3) is agrees


@pytest.mark.parametrize(
    ("seen", "right"),
    [
        (True, 1),
        (1, True),
        (False, 0.0),
        ("1", 1),
        (1, "1"),
        (None, 0),
        (None, False),
        ([1], 1),
        (1, [1]),
        ([1, 2], [1, 2, 3]),
        ([], [1]),
        ([[1], [2]], [1, 2]),
        ({"a": 1}, {"b": 1}),
        ({"a": 1, "b": 2}, {"a": 1}),
        ([1], {"0": 1}),
        ("nan", "nan"),
        ("nan", 1.0),
        (1.0, "nan"),
        (math.nan, 1.0),
        (math.nan, math.nan),
        (math.inf, 1.0),
        ("inf", "-inf"),
        ("a", "A"),
        (0.0, 1e-5),
    ],
)
def test_disagreement(seen, right):
    assert not agree(seen, right, 1e-6)


def test_infinities_agree_with_themselves():
    assert agree("inf", "inf", 1e-6)


@pytest.mark.parametrize(
    ("seen", "right", "agrees"),
    [
        ({"real": 2.0, "imag": 0.0}, 2.0, True),
        ([{"real": 2.0, "imag": 1e-7}, 3], [2.0, 3.0], True),
        (2.0, {"real": 2.0, "imag": 0.0}, True),
        ({"real": 2.0, "imag": 1e-3}, 2.0, False),
        ({"real": 2.1, "imag": 0.0}, 2.0, False),
        ({"real": 2.0, "imag": "nan"}, 2.0, False),
        (2.0, {"real": 2.0, "imag": 1.0}, False),
        ({"real": 1.0, "imag": 0.0}, True, False),
        ({"real": 1.0, "imag": 0.0}, "1.0", False),
        ({"real": 2.0}, 2.0, False),
    ],
)
def test_a_complex_number_agrees_with_a_real_one_if_it_has_no_imaginary_part(seen, right, agrees):
    assert agree(seen, right, 1e-6) is agrees


def test_names_must_be_the_same_and_at_least_one():
    assert all_agree({"a": 1}, {"a": 1}, 1e-6)
    assert not all_agree({}, {}, 1e-6)
    assert not all_agree({"a": 1, "b": 1}, {"a": 1}, 1e-6)
    assert not all_agree({"a": 1}, {"a": 1, "b": 1}, 1e-6)


def test_only_the_private_type_is_read():
    outputs = [
        new_output("stream", text="x = 1"),
        new_output("display_data", {MIME: {"x": 1}}),
        new_output("execute_result", {"text/plain": "7", MIME: {"y": [2]}}),
        new_output("display_data", {MIME: "not a dictionary"}),
    ]
    assert published(outputs) == {"x": 1, "y": [2]}


def test_a_cell_that_raised_published_nothing():
    error = new_output("error", ename="E", evalue="", traceback=[])
    assert published([new_output("display_data", {MIME: {"x": 1}}), error]) == {}


def test_publish_makes_plain_json(monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.display.display", lambda data, raw: shown.append((data, raw)))
    graded_values.publish(
        a=np.float32(0.5),
        b=np.arange(4, dtype="uint8").reshape(2, 2),
        c=[1, (2, np.int64(3))],
        d=np.bool_(True),
        e="text",
        f={"x": None, 3: True},
        g=[math.nan, math.inf, -math.inf],
        h=np.array([True, False]),
        i=np.array("word"),
    )
    ((data, raw),) = shown
    assert raw is True and list(data) == [MIME]
    assert json.loads(json.dumps(data[MIME], allow_nan=False)) == {
        "a": 0.5,
        "b": [[0, 1], [2, 3]],
        "c": [1, [2, 3]],
        "d": True,
        "e": "text",
        "f": {"x": None, "3": True},
        "g": ["nan", "inf", "-inf"],
        "h": [True, False],
        "i": "word",
    }


@pytest.mark.slow
def test_publish_reads_tensors(monkeypatch):
    import tensorflow as tf

    shown = []
    monkeypatch.setattr("IPython.display.display", lambda data, raw: shown.append(data[MIME]))
    graded_values.publish(
        a=tf.constant([1.5, 2.0]),
        b=tf.constant(0.5, tf.bfloat16),
        c=tf.Variable(True),
        d=tf.TensorShape([1, 2]),
    )
    assert shown == [{"a": [1.5, 2.0], "b": 0.5, "c": True, "d": [1, 2]}]
