"""Notes: their names, in words, and rests side by side."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib import CourseError
from course_lib.media import notes
from tests.media.tunes import tunes


def test_names_of_pitches() -> None:
    named = {21: "A0", 60: "C4", 66: "F♯4", 69: "A4", 108: "C8", 0: "rest"}
    assert {pitch: notes.pitch_name(pitch) for pitch in named} == named


@pytest.mark.parametrize("pitch", [-1, 128, 60.0, "C", None, True])
def test_what_is_no_pitch_has_no_name(pitch: object) -> None:
    with pytest.raises(
        CourseError, match="pitch is the number of a MIDI note, a whole number from 0 to 127, not"
    ):
        notes.pitch_name(pitch)


@pytest.mark.parametrize("bar", [0, -1, 1.5, "4/4", None])
def test_a_bar_that_is_none_is_refused(bar: object) -> None:
    with pytest.raises(CourseError, match="bar is how many sixteenths a bar has"):
        notes.in_words([[60, 4]], bar)


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
