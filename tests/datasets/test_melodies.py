"""Tunes: what the file holds, what is refused, and that moving a tune from key to key changes nothing else."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib import CourseError
from course_lib.datasets import melodies

NOTES = st.lists(
    st.tuples(st.one_of(st.just(0), st.integers(55, 89)), st.integers(1, 16)), min_size=1, max_size=20
)


def tune(notes: object, meter: str = "6/8", key_sharps: int = 0) -> melodies.Tune:
    return melodies.Tune("A Test", "none", meter, key_sharps, "major", notes)


def test_the_file_holds_what_the_readme_says() -> None:
    tunes = melodies.load_melodies()
    assert len(tunes) == 2977 and sum(len(tune.notes) for tune in tunes) == 294_195
    assert sum(tune.meter == "6/8" for tune in tunes) == 1110
    assert {tune.mode for tune in tunes} >= {"major", "minor", "dorian", "mixolydian", ""}
    assert repr(tunes[1]) == "<Tune 'The Fun at Donnybrook': 53 notes in 6/8, -2 sharps minor>"


def test_notes_cannot_be_written_to_and_are_a_copy() -> None:
    given_notes = np.array([[60, 2], [0, 4]])
    made = tune(given_notes)
    given_notes[0, 0] = 61
    assert made.events == ((60, 2), (0, 4)) and made.notes.dtype == np.int64
    with pytest.raises(ValueError, match="read-only"):
        made.notes[0, 0] = 61
    np.testing.assert_array_equal(melodies.to_notes(made.events), made.notes)


@pytest.mark.parametrize(
    ("notes", "says"),
    [
        ([], "There is no note in 'A Test'"),
        (np.zeros((0, 2)), "There is no note"),
        ([60, 62], "pairs"),
        ([[60, 2], [62]], "pairs"),
        ([["C", 2]], "pairs"),
        ([[60, 2, 1]], "pairs"),
        ([[60.5, 2]], "whole numbers"),
        ([[60, np.nan]], "whole numbers"),
        ([[60, 2], [62, 0]], r"Note 1 of 'A Test' is \(62, 0\): .*and a length 1 to 4,096 sixteenths"),
        ([[60, -2]], "Note 0"),
        ([[12, 2]], "a pitch is 21 to 108, or 0 for a rest"),
        ([[-60, 2]], "Note 0"),
        ([[60, 2**62]], r"Note 0 of 'A Test' is \(60, 4611686018427387904\)"),
        ([[60, 1e300]], r"\(60.0, 1e\+300\)"),
        ([[60, np.inf]], "Note 0"),
        ([[60, 2**64]], "pairs"),
        (5, "pairs"),
        (None, "pairs"),
        ("C", "pairs"),
        ([[109, 2]], "a pitch is"),
    ],
)
def test_what_are_no_notes_is_named(notes: object, says: str) -> None:
    with pytest.raises(CourseError, match=says) as caught:
        tune(notes)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("meter", ["", "6", "6/7", "0/4", "waltz", None, "6/8 ", "333/4"])
def test_an_odd_meter_is_named(meter: object) -> None:
    with pytest.raises(CourseError, match="'A Test' has the meter"):
        tune([[60, 2]], meter)


@given(NOTES, st.integers(-12, 12), st.integers(-5, 6))
def test_transposing_keeps_lengths_rests_and_intervals_and_has_a_way_back(notes, by, sharps) -> None:
    given_tune = tune(notes, key_sharps=sharps)
    moved = melodies.transposed(given_tune, by)
    back = melodies.transposed(moved, -by)
    assert back.events == given_tune.events and back.key_sharps == sharps
    np.testing.assert_array_equal(moved.notes[:, 1], given_tune.notes[:, 1])
    np.testing.assert_array_equal(moved.notes[:, 0] == 0, given_tune.notes[:, 0] == 0)
    np.testing.assert_array_equal(melodies.intervals(moved.notes), melodies.intervals(given_tune.notes))


def test_a_tone_up_is_two_sharps_more() -> None:
    assert [melodies.transposed(tune([[60, 2]]), by).key_sharps for by in (2, 7, -2, 5, 12, 1, 6)] == [
        *(2, 1, -2, -1, 0, -5, 6)
    ]


@given(NOTES, st.integers(-7, 7))
def test_a_normalized_tune_has_no_sharps_and_moved_by_half_an_octave_at_most(notes, sharps) -> None:
    given_tune = tune(notes, key_sharps=sharps)
    found = melodies.normalized(given_tune)
    assert found.key_sharps == 0
    assert melodies.normalized(found).events == found.events
    sounding = given_tune.notes[:, 0] != 0
    assert (np.abs(found.notes - given_tune.notes)[sounding, 0] <= 6).all()


def test_most_normalized_notes_are_white_keys() -> None:
    """Which they would not be if the signature were followed the wrong way round."""
    tunes = melodies.load_melodies()

    def white(tunes) -> float:
        pitches = np.concatenate([tune.notes[:, 0] for tune in tunes])
        return float(np.isin(pitches[pitches > 0] % 12, [0, 2, 4, 5, 7, 9, 11]).mean())

    assert white(map(melodies.normalized, tunes)) > 0.95 > 0.9 > white(tunes)


def test_a_tune_that_would_leave_the_piano_is_refused() -> None:
    with pytest.raises(CourseError, match="a pitch is 21 to 108"):
        melodies.transposed(tune([[89, 2]]), 24)
    with pytest.raises(CourseError, match="semitones"):
        melodies.transposed(tune([[89, 2]]), 0.5)


def test_augmented_is_every_tune_in_every_key() -> None:
    found = melodies.augmented([tune([[60, 2]]), tune([[64, 4]])], (-1, 0, 1))
    assert [each.events for each in found] == [((pitch, 2),) for pitch in (59, 60, 61)] + [
        ((pitch, 4),) for pitch in (63, 64, 65)
    ]
