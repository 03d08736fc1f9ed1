"""A verse on a tune: against all ways to lay it, and against one note a syllable."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib import CourseError
from course_lib.datasets import melodies, tune_bars, verses
from course_lib.datasets.stress import Syllable, stresses
from course_lib.models.sung_verse import (
    HELD,
    note_by_note,
    on_the_beat,
    set_to_tune,
    strength,
    sung_notes,
)


def some(pattern: str) -> list[Syllable]:
    return [Syllable("la", mark == "S", True) for mark in pattern]


def test_the_first_of_a_bar_is_strongest() -> None:
    assert [strength(start, "4/4", 4) for start in (4, 20, 8, 0, 5)] == [2, 2, 1, 1, 0]
    assert [strength(start, "6/8") for start in (0, 6, 2, 12)] == [2, 1, 0, 2]


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from([0, 60, 62, 64]), st.integers(1, 4)), min_size=3, max_size=8),
    st.text("SW", min_size=1, max_size=4),
)
def test_no_way_to_lay_the_syllables_is_better(rows: list, pattern: str) -> None:
    notes, syllables = np.array(rows), some(pattern)
    offsets = np.concatenate([[0], np.cumsum(notes[:, 1])])
    starts = [int(offsets[row]) for row in range(len(notes)) if notes[row, 0]]
    if len(starts) < len(syllables):
        with pytest.raises(CourseError, match="longer tune"):
            set_to_tune(syllables, notes, "2/4")
        return

    def value(places: tuple[int, ...]) -> float:
        found = [
            strength(starts[place], "2/4") * (1 if one.strong else -1)
            for place, one in zip(places, syllables, strict=True)
        ]
        return sum(found) - HELD * (places[-1] - len(places) + 1)

    best = max(value((0, *rest)) for rest in combinations(range(1, len(starts)), len(syllables) - 1))
    sung = set_to_tune(syllables, notes, "2/4")
    assert value(tuple(starts.index(one.start) for one in sung)) == pytest.approx(best)


def test_all_notes_are_sung_once_and_in_order() -> None:
    tune = melodies.load_melodies()[0]
    verse = verses.couplets()[1]
    syllables = (*stresses(verse.given[0]), *stresses(verse.answer))
    sung = set_to_tune(syllables, tune.notes, tune.meter, tune_bars.pickup(tune))
    assert [one.syllable for one in sung] == list(syllables)
    notes = sung_notes(sung)
    first = int(np.argmax(tune.notes[:, 0] > 0))
    assert (notes == tune.notes[first : first + len(notes)]).all()
    assert all(len(one.notes) >= 1 and one.notes[0, 0] for one in sung)


def test_stress_lies_on_the_beat_far_more_than_note_by_note() -> None:
    verse = verses.couplets()[1]
    syllables = (*stresses(verse.given[0]), *stresses(verse.answer))
    laid, plain = [], []
    for tune in melodies.load_melodies()[:60]:
        if (tune.notes[:, 0] > 0).sum() >= len(syllables):
            at = (syllables, tune.notes, tune.meter, tune_bars.pickup(tune))
            laid.append(on_the_beat(set_to_tune(*at)))
            plain.append(on_the_beat(note_by_note(*at)))
    assert len(laid) > 40 and np.mean(laid) > 0.7 and abs(np.mean(plain)) < 0.2


NOTES = np.array([[62, 2], [0, 2], [64, 4]])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"notes": -NOTES}, "Note 0 of the tune"),
        ({"notes": NOTES * 0.4}, "Note 0 of the tune"),
        ({"notes": NOTES[:, :1]}, "pairs"),
        ({"notes": None}, "pairs"),
        ({"notes": []}, "no note"),
        ({"pickup": float("nan")}, "pickup is how many"),
        ({"pickup": 1.5}, "pickup is how many"),
        ({"pickup": -2}, "pickup is how many"),
        ({"syllables": ("of", "arms")}, "not words"),
        ({"syllables": "of"}, "not words"),
        ({"syllables": None}, "not words"),
        ({"syllables": []}, "at least one"),
    ],
)
def test_what_is_no_tune_and_no_syllable_is_refused(change: dict, said: str) -> None:
    asked = {"syllables": some("WS"), "notes": NOTES, "meter": "2/4", "pickup": 0}
    for lay in (set_to_tune, note_by_note):
        assert len(lay(**asked | {"notes": NOTES.tolist()})) == 2
        with pytest.raises(CourseError, match=said):
            lay(**asked | change)


def test_only_what_is_sung_can_be_heard_or_measured() -> None:
    for sung in (None, [], some("WS"), "of"):
        for ask in (on_the_beat, sung_notes):
            with pytest.raises(CourseError, match="as set_to_tune gives them"):
                ask(sung)
    with pytest.raises(CourseError, match="start is how many"):
        strength(float("nan"), "4/4")
