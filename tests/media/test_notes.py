"""Notes: what is refused, their names, and rests side by side."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib import CourseError
from course_lib.media import notes
from tests.media.tunes import tunes


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ([], r"shape \(n, 2\), at least one row .* has \(0,\)"),
        (np.zeros((0, 2), int), r"has \(0, 2\)"),
        ([60, 4], r"has \(2,\)"),
        ([[60, 4], [20, 4]], r"Note 1 is \[20, 4\]: a pitch is 0 for a rest or from 21 to 108"),
        ([[109, 4]], r"Note 0 is \[109, 4\]"),
        ([[-1, 4]], "Note 0"),
        ([[60, 0]], "a whole number of sixteenths, 1 or more"),
        ([[60, 1.5]], r"Note 0 is \[60.0, 1.5\]"),
        ([[60, np.nan]], "Note 0"),
        ([[60, np.inf]], "Note 0"),
        ([["C4", 4]], "Notes are whole numbers"),
        ([[60, 4], [60]], "Notes are whole numbers"),
        (None, "Notes are whole numbers"),
    ],
)
def test_what_are_no_notes_is_refused_in_one_line(wrong: object, says: str) -> None:
    with pytest.raises(CourseError, match=says) as caught:
        notes.checked(wrong)
    assert "\n" not in str(caught.value)


def test_whole_numbers_of_every_kind_are_notes() -> None:
    for kind in (list, np.float32, np.uint8):
        given = [[60, 4], [0, 2]] if kind is list else np.array([[60, 4], [0, 2]], kind)
        checked = notes.checked(given)
        assert checked.dtype == np.int64 and checked.tolist() == [[60, 4], [0, 2]]


def test_names_of_pitches() -> None:
    named = {21: "A0", 60: "C4", 66: "F♯4", 69: "A4", 108: "C8", 0: "rest"}
    assert {pitch: notes.pitch_name(pitch) for pitch in named} == named


@given(tunes())
def test_joining_rests_changes_no_sound(tune: np.ndarray) -> None:
    def sixteenths(each: np.ndarray) -> list[int]:
        return np.repeat(each[:, 0], each[:, 1]).tolist()

    joined = notes.joined_rests(tune)
    assert sixteenths(joined) == sixteenths(tune)
    silent = joined[:, 0] == 0
    assert not (silent[1:] & silent[:-1]).any()
    assert (joined[~silent] == tune[tune[:, 0] > 0]).all()


@given(st.integers(1, 40))
def test_words_say_how_many_notes_from_where_to_where(count: int) -> None:
    tune = np.array([[60 + number % 5, 2] for number in range(count)])
    told = notes.in_words(tune, bar=8)
    assert told.startswith(
        f"{count} note{'s' if count > 1 else ''} in {2 * count / 8:.3g} bars between C4 and"
    )
    assert "C4 2" in told and told.endswith(" ...") == (count > notes.TOLD)


def test_a_rest_alone_is_told_too() -> None:
    assert notes.in_words([[0, 8]]) == "Nothing but rest, 0.5 bars long"
