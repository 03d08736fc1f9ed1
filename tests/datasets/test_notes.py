"""The one check of notes, and of meters: every room of the library that takes melodies asks here."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib import CourseError
from course_lib.datasets import bar_rolls, melodies, tune_bars, tune_families
from course_lib.datasets.notes import HIGHEST, LONGEST, LOWEST, checked_notes, meter_parts

FEW = [[60, 4], [0, 2]]


@pytest.mark.parametrize("kind", [list, np.float32, np.uint8])
def test_whole_numbers_of_every_kind_are_notes(kind: type) -> None:
    checked = checked_notes(FEW if kind is list else np.array(FEW, kind))
    assert checked.dtype == np.int64 and checked.tolist() == FEW


def test_what_is_given_back_is_a_copy() -> None:
    given_notes = np.array(FEW)
    checked_notes(given_notes)[0, 0] = 61
    assert given_notes.tolist() == FEW


@given(st.integers(-(2**70), 2**70) | st.floats(), st.integers(-(2**70), 2**70) | st.floats())
def test_any_two_numbers_are_a_note_or_refused_in_one_line(pitch: float, length: float) -> None:
    on_piano = pitch == 0 or (LOWEST <= pitch <= HIGHEST and pitch == int(pitch))
    lasts = 1 <= length <= LONGEST and length == int(length)
    try:
        found = checked_notes([[pitch, length]])
    except CourseError as error:
        assert "\n" not in str(error) and not (on_piano and lasts)
    else:
        assert on_piano and lasts and found.tolist() == [[pitch, length]]


@given(st.integers(1, 99), st.sampled_from([1, 2, 4, 8, 16]))
def test_parts_of_a_meter(above: int, below: int) -> None:
    assert meter_parts(f"{above}/{below}") == (above, below)


@pytest.mark.parametrize(
    "meter", ["4/32", "", None, "0/4", "4", "4/", "-4/4", "100/4", "\u0664/4", 4, ["4/4"]]
)
@pytest.mark.parametrize("of", [tune_bars.bar_length, tune_bars.beat_length, meter_parts])
def test_what_is_no_meter_is_refused_everywhere(of: Callable, meter: object) -> None:
    with pytest.raises(CourseError, match=r"has the meter .* is written like '6/8'") as caught:
        of(meter)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "call",
    [
        lambda wrong: melodies.transposed(wrong, 1),
        melodies.normalized,
        lambda wrong: melodies.augmented([wrong]),
        melodies.augmented,
        tune_bars.pickup,
        tune_bars.bars,
        tune_bars.phrase_pairs,
        lambda wrong: tune_families.families([wrong]),
        lambda wrong: tune_families.by_title([wrong]),
        tune_families.split,
        bar_rolls.phrase_rolls,
    ],
)
@pytest.mark.parametrize("wrong", [np.array(FEW), FEW, None, 5])
def test_bare_notes_are_no_tune(call: Callable, wrong: object) -> None:
    with pytest.raises(CourseError, match=r"A tune is wanted|A list of tunes is wanted") as caught:
        call(wrong)
    assert "\n" not in str(caught.value)


def test_a_single_tune_is_no_list_of_them() -> None:
    tune = melodies.Tune("A Test", "", "4/4", 0, "", FEW)
    with pytest.raises(CourseError, match="'A Test' is a single one: put it in brackets"):
        tune_families.split(tune)
