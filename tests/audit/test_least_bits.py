"""Last bits: unseen, read without fail, and gone after JPEG."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib import CourseError, datasets
from course_lib.audit import attacks, least_bits

COFFEE = datasets.photo("coffee")
BITS = np.random.default_rng(5).integers(0, 2, 32)


@settings(max_examples=15)
@given(st.lists(st.integers(0, 1), min_size=1, max_size=64), st.integers(0, 2**62))
def test_what_was_written_is_read_and_no_value_moves_by_more_than_one_step(bits, key) -> None:
    marked = least_bits.embed(COFFEE, bits, key)
    found = least_bits.read(marked, len(bits), key)
    assert found.bits.tolist() == bits and found.p_value < 1e-100
    assert np.abs(marked - COFFEE).max() <= 1 / 127.5 + 1e-6


@pytest.mark.parametrize(
    "change", [lambda image: attacks.jpeg(image, 95), lambda image: attacks.crop(image, 0.9), attacks.resize]
)
def test_nothing_is_left_after(change) -> None:
    found = least_bits.read(change(least_bits.embed(COFFEE, BITS, 7)), 32, 7)
    assert found.p_value > 0.01 and 6 <= (found.bits == BITS).sum() <= 26


def test_no_more_false_alarms_than_the_p_value_says() -> None:
    """Read from black, whose last bits are all alike, with 400 keys."""
    found = np.array([least_bits.read(-np.ones((32, 32, 3)), 4, key).p_value for key in range(400)])
    assert np.mean(found <= 0.3) <= 0.35 and found.min() > 1e-4


@pytest.mark.parametrize(
    "call",
    [
        lambda: least_bits.embed(COFFEE, [3], 7),
        lambda: least_bits.embed(COFFEE, [1], -7),
        lambda: least_bits.embed(COFFEE[0], [1], 7),
        lambda: least_bits.read(COFFEE, 0, 7),
        lambda: least_bits.read(COFFEE, 4, 7.5),
    ],
)
def test_mistakes(call) -> None:
    with pytest.raises(CourseError):
        call()
