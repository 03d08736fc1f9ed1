"""Rolls and notes: one stands for the other, and what a roll cannot hold is refused in one line."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib import CourseError
from course_lib.datasets import bar_rolls
from course_lib.datasets.bar_rolls import HOLD, REST, from_labels, from_notes, labels, phrase_rolls, to_notes
from course_lib.datasets.melodies import Tune, load_melodies


@st.composite
def phrases(draw: st.DrawFn) -> np.ndarray:
    """Two bars of any notes on the grid, without two rests in a row."""
    notes: list[tuple[int, int]] = []
    left = bar_rolls.STEPS
    while left:
        steps = draw(st.integers(1, left))
        allowed = list(range(60, 90)) + ([0] if not notes or notes[-1][0] else [])
        notes.append((draw(st.sampled_from(allowed)), 2 * steps))
        left -= steps
    return np.array(notes)


@given(phrases())
def test_notes_survive_the_way_to_a_roll_and_back(notes: np.ndarray) -> None:
    roll = from_notes(notes)
    assert roll.shape == (16, 32, 1) and roll.dtype == np.float32
    assert ((roll == 1).sum(axis=1) == 1).all() and ((roll == -1).sum(axis=1) == 31).all()
    assert to_notes(roll[None])[0].tolist() == notes.tolist()


@given(st.lists(st.lists(st.integers(0, 31), min_size=16, max_size=16), min_size=1, max_size=5))
@settings(max_examples=50)
def test_any_rows_are_two_bars_and_stay_what_they_are(rows: list[list[int]]) -> None:
    rolls = from_labels(np.array(rows))
    assert labels(rolls).tolist() == rows
    for notes in to_notes(rolls):
        assert notes[:, 1].sum() == 32 and bar_rolls.fits(notes)
    again = np.stack([from_notes(notes) for notes in to_notes(rolls)])
    assert all((a == b).all() for a, b in zip(to_notes(again), to_notes(rolls), strict=True))


def test_a_half_note_and_four_eighths_are_two_pictures() -> None:
    half, eighths = np.array([[67, 8], [60, 24]]), np.array([[67, 2]] * 4 + [[60, 24]])
    assert labels(from_notes(half)[None])[0, :5].tolist() == [9, HOLD, HOLD, HOLD, 2]
    assert labels(from_notes(eighths)[None])[0, :5].tolist() == [9, 9, 9, 9, 2]


def test_a_hold_at_the_start_and_a_rest_after_a_rest_are_silence() -> None:
    rows = np.array([[HOLD, HOLD, REST, REST, 2, *[HOLD] * 11]])
    assert to_notes(from_labels(rows))[0].tolist() == [[0, 8], [60, 24]]


def test_the_largest_value_of_a_step_counts() -> None:
    roll = from_notes(np.array([[67, 16], [72, 16]]))[None]
    assert (to_notes(0.3 * roll - 0.5)[0] == to_notes(roll)[0]).all()


def reel(notes: list[list[int]], meter: str = "4/4", key_sharps: int = 0) -> Tune:
    return Tune("Test", "None", meter, key_sharps, "major", np.array(notes))


BAR = [[64, 4], [67, 2], [69, 2], [72, 8]]


def test_phrases_overlap_by_a_bar_and_come_without_sharps() -> None:
    higher = [[pitch + 2, length] for pitch, length in BAR * 3]
    for tune in (reel(BAR * 3), reel(higher, "2/2", 2)):
        rolls, notes = phrase_rolls([tune])
        assert len(rolls) == 2 and all(each.tolist() == BAR * 2 for each in notes)


def test_what_a_roll_cannot_hold_is_left_out() -> None:
    dotted = [[64, 3], [67, 1], [72, 12]]
    rolls, _ = phrase_rolls([reel(BAR * 2 + dotted + BAR * 2), reel(BAR * 4, "3/4")])
    assert len(rolls) == 2  # the bars before and after the dotted one
    with pytest.raises(CourseError, match="grid of eighths"):
        phrase_rolls([reel(dotted * 4)])


def test_the_real_tunes_give_thousands_and_none_begins_with_a_hold() -> None:
    tunes = load_melodies()[::4]
    rolls, notes = phrase_rolls(tunes)
    rows = labels(rolls)
    assert len(rolls) > 1000 and (rows[:, 0] != HOLD).all()
    assert all((back == one).all() for back, one in zip(to_notes(rolls), notes, strict=True))


@pytest.mark.parametrize(
    ("notes", "says"),
    [([[60, 16]], "take 16 sixteenths"), ([[60, 31], [62, 1]], "lengths are even"), ([[59, 32]], "60 to 89")],
)
def test_a_phrase_that_does_not_fit_gets_one_line(notes: list, says: str) -> None:
    with pytest.raises(CourseError, match=says) as error:
        from_notes(np.array(notes))
    assert "\n" not in str(error.value)


def test_other_faults() -> None:
    with pytest.raises(CourseError, match="shape"):
        to_notes(np.zeros((1, 28, 28, 1)))
    with pytest.raises(CourseError, match=r"\[-1, 1\]"):
        to_notes(np.full((1, 16, 32, 1), 9.0))
    with pytest.raises(CourseError, match="0 to 31"):
        from_labels(np.full((1, 16), 32))
    with pytest.raises(CourseError, match="row for each step"):
        from_labels(np.zeros((1, 15), int))
