"""The longest shared run: against a search by trying everything, and what must and must not count as a copy."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib import CourseError
from course_lib.scores.melody_copies import Run, excerpt, longest_runs

notes = st.lists(
    st.tuples(st.sampled_from([0, 60, 62, 64, 65]), st.sampled_from([1, 2])), min_size=1, max_size=12
).map(lambda rows: np.array(rows))
"""Few pitches and lengths, so that much is shared by chance."""
many = st.lists(notes, min_size=1, max_size=5)


def shape(part: np.ndarray) -> tuple:
    """Lengths, and pitches from the first note on (a rest stays one): equal for what is a copy in any key."""
    return tuple((None if pitch == 0 else pitch - part[0, 0], length) for pitch, length in part.tolist())


def by_trying_everything(piece: np.ndarray, tunes: list[np.ndarray]) -> int:
    """How many notes the longest run has that begins with a note that sounds."""

    def shapes(array: np.ndarray, count: int) -> set[tuple]:
        starts = range(len(array) - count + 1)
        return {shape(array[start : start + count]) for start in starts if array[start, 0] > 0}

    for count in range(len(piece), 0, -1):
        if shapes(piece, count) & set().union(*(shapes(tune, count) for tune in tunes)):
            return count
    return 0


@given(many, many)
@settings(max_examples=200, deadline=None)
def test_no_longer_run_exists_and_the_one_found_is_one(pieces: list, tunes: list) -> None:
    for piece, run in zip(pieces, longest_runs(pieces, tunes), strict=True):
        assert run.notes == by_trying_everything(piece, tunes)
        if run.notes:
            mine, theirs = piece[run.start : run.start + run.notes], excerpt(run, tunes)
            assert shape(mine) == shape(theirs)
            assert theirs[0, 0] - mine[0, 0] == run.semitones


def random_tunes(count: int, length: int, seed: int) -> list[np.ndarray]:
    random = np.random.default_rng(seed)
    return [
        np.stack([random.integers(55, 90, length), random.integers(1, 9, length)], axis=1)
        for _ in range(count)
    ]


@given(st.integers(0, 10**6), st.integers(-12, 12), st.integers(8, 30))
@settings(max_examples=30, deadline=None)
def test_a_run_copied_on_purpose_is_found_in_any_key(seed: int, semitones: int, count: int) -> None:
    random, tunes = np.random.default_rng(seed), random_tunes(40, 60, seed)
    piece = random_tunes(1, 40, seed + 1)[0]
    tune, position, start = random.integers(40), random.integers(31), random.integers(10)
    piece[start : start + count] = tunes[tune][position : position + count]
    piece[start : start + count, 0] += semitones
    (run,) = longest_runs([piece], tunes)
    # A neighbour may go on with it by chance, so the run is this one or holds it.
    assert (run.tune, run.semitones) == (tune, -semitones)
    assert run.start <= start and run.start + run.notes >= start + count
    assert run.position - run.start == position - start


def test_a_changed_pitch_or_length_ends_a_run() -> None:
    tune = random_tunes(1, 21, 5)[0]
    for column in (0, 1):
        piece = tune.copy()
        piece[10, column] += 1
        (run,) = longest_runs([piece], [tune])
        # 10 notes on both sides; the one after a changed pitch begins a run, since only its intervals count.
        assert (run.notes, run.start, run.position) == (10, 0, 0)


def test_what_is_shared_across_the_end_of_a_tune_is_no_run() -> None:
    whole = random_tunes(1, 20, 6)[0]
    assert longest_runs([whole], [whole])[0] == Run(20)
    (run,) = longest_runs([whole], [whole[:9], whole[9:]])
    assert (run.notes, run.tune, run.start) == (11, 1, 9)


def test_nothing_shared_and_rests_alone() -> None:
    long, short = np.array([[60, 16], [62, 16]]), np.array([[60, 1], [62, 1]])
    rests = np.array([[0, 1], [0, 1]])
    assert longest_runs([long, rests], [short, rests]) == [Run(0), Run(0)]
    with pytest.raises(CourseError, match="nothing to cut out"):
        excerpt(Run(0), [short])


@pytest.mark.parametrize("pieces", [[], np.array([[60, 2]]), [np.array([60, 2])]])
def test_what_is_no_list_of_melodies_gets_one_line(pieces: object) -> None:
    with pytest.raises(CourseError, match="tunes"):
        longest_runs([np.array([[60, 2]])], pieces)
