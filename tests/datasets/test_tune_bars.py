"""Bars: what is cut can be put together again, and phrases begin and end on bar lines."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib import CourseError
from course_lib.datasets import tune_bars
from course_lib.datasets.melodies import Tune, load_melodies

JIG = [(72, 2), (67, 2), (64, 2), (67, 4), (72, 2)]
NOTES = st.lists(
    st.tuples(st.one_of(st.just(0), st.integers(55, 89)), st.sampled_from([1, 2, 3, 4, 6, 8])),
    min_size=1,
    max_size=60,
)
METERS = st.sampled_from(["6/8", "4/4", "2/4", "2/2", "3/4", "9/8", "5/4", "3/8"])


def tune(notes: list, meter: str = "6/8") -> Tune:
    return Tune("A Test", "none", meter, 0, "major", notes)


def test_bars_and_beats_are_counted_in_sixteenths() -> None:
    assert [tune_bars.bar_length(meter) for meter in ("6/8", "4/4", "2/2", "2/4", "3/8", "9/8", "5/4")] == [
        *(12, 16, 16, 8, 6, 18, 20)
    ]
    assert [tune_bars.beat_length(meter) for meter in ("6/8", "9/8", "4/4", "2/2", "3/8", "3/4")] == [
        6,
        6,
        4,
        8,
        2,
        4,
    ]
    with pytest.raises(CourseError, match="A melody has the meter 'waltz', and a meter is written like"):
        tune_bars.bar_length("waltz")


@pytest.mark.parametrize("length", [0, 2])
def test_a_pick_up_is_found_where_rhythm_shows_it(length: int) -> None:
    notes = [(67, length)] * (length > 0) + JIG * 3 + [(72, 12 - length)]
    assert tune_bars.pickup(tune(notes)) == length


def test_pick_ups_are_as_common_as_in_print() -> None:
    """73 % of 2,695 tunes whose print is known have one."""
    found = [tune_bars.pickup(tune) for tune in load_melodies()[::10]]
    assert 0.6 < np.mean(np.array(found) > 0) < 0.85


@given(NOTES, METERS)
def test_bars_put_together_are_the_tune(notes, meter) -> None:
    given_tune = tune(notes, meter)
    first, *whole = found = tune_bars.bars(given_tune)
    size = tune_bars.bar_length(meter)
    assert first[:, 1].sum() == min(tune_bars.pickup(given_tune), given_tune.notes[:, 1].sum())
    assert all(bar[:, 1].sum() == size for bar in whole[:-1]) and (
        not whole or 0 < whole[-1][:, 1].sum() <= size
    )
    by_sixteenths = np.repeat(given_tune.notes[:, 0], given_tune.notes[:, 1])
    again = np.concatenate(found)
    np.testing.assert_array_equal(np.repeat(again[:, 0], again[:, 1]), by_sixteenths)


@given(NOTES, METERS, st.integers(1, 3))
def test_phrases_and_answers_are_whole_bars_that_follow_each_other(notes, meter, bars) -> None:
    given_tune = tune(notes, meter)
    span = bars * tune_bars.bar_length(meter)
    everywhere = tune_bars.phrase_pairs(given_tune, bars, everywhere=True)
    rest = given_tune.events
    for phrase, answer in everywhere:
        assert phrase[:, 1].sum() == answer[:, 1].sum() == span
        both = tuple(map(tuple, np.concatenate([phrase, answer]).tolist()))
        assert any(rest[start : start + len(both)] == both for start in range(len(rest)))
    first = tune_bars.phrase_pairs(given_tune, bars)
    assert len(first) <= 1 and all(np.array_equal(one, everywhere[0][0]) for one, _ in first)


def test_a_note_over_the_middle_bar_line_makes_no_pair() -> None:
    held = [*JIG[:-1], (72, 4), (67, 10), *JIG * 2]
    assert tune_bars.phrase_pairs(tune(held), bars=1) == []
    assert len(tune_bars.phrase_pairs(tune(JIG * 4), bars=1, everywhere=True)) == 2


def test_silence_answers_nothing() -> None:
    assert tune_bars.phrase_pairs(tune([*JIG, (0, 12)]), bars=1) == []


def test_nearly_every_tune_of_the_file_has_a_first_pair() -> None:
    assert sum(len(tune_bars.phrase_pairs(tune)) for tune in load_melodies()) == 2947
    with pytest.raises(CourseError, match="bars is how many bars a phrase has"):
        tune_bars.phrase_pairs(load_melodies()[0], bars=0)


def test_pairs_of_at_most_twenty_notes_are_nearly_all() -> None:
    tunes = load_melodies()[::5]
    every, short = (
        [pair for tune in tunes for pair in tune_bars.phrase_pairs(tune, everywhere=True, longest=longest)]
        for longest in (None, 20)
    )
    assert 0.99 < len(short) / len(every) < 1 and max(len(half) for pair in short for half in pair) == 20
    with pytest.raises(CourseError, match="longest is how many notes"):
        tune_bars.phrase_pairs(tunes[0], longest=0)
