"""Packed answers: what goes in comes out, and nobody reads it by accident."""

import inspect
import linecache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib.checks.packed import pack, unpack


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_a_packed_text_comes_back_and_is_letters_and_digits_meanwhile(text):
    source = f"def answer():\n    return {text!r}"
    packed = pack(source)
    assert unpack(packed, "answer", {})() == text
    assert packed.isascii() and '"' not in packed and "answer" not in packed


def test_what_it_uses_is_the_notebooks_and_the_notebooks_names_stay():
    names = {"factor": 3, "times": "the student's"}
    times = unpack(pack("def times(x):\n    return factor * x"), "times", names)
    assert times(2) == 6
    assert names == {"factor": 3, "times": "the student's"}


def test_its_source_is_known_to_those_who_compile_it():
    """As tf.function does; it would print a warning in red where the source is unknown."""
    source = "def times(x):\n    return 3 * x\n"
    times, other = unpack(pack(source), "times", {}), unpack(pack("def other(): ...\n"), "other", {})
    linecache.checkcache()
    assert inspect.getsource(times) == source and inspect.getsource(other) == "def other(): ...\n"


def test_a_name_that_is_not_defined():
    with pytest.raises(KeyError):
        unpack(pack("def one(): ..."), "two", {"two": 2})
