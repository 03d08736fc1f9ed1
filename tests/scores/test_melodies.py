"""Statistics of melodies: laws that hold for any notes, values counted by hand, and faults in one line."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib import CourseError
from course_lib.scores import melodies

SCALE = np.array([[60, 2], [62, 2], [64, 4], [0, 2], [64, 1], [66, 1], [84, 16]])
"""C D E, a rest, E F sharp and a leap of 18 semitones."""

rows = st.tuples(st.sampled_from([0, *range(55, 90)]), st.integers(1, 16))
pieces = st.lists(
    st.lists(rows, min_size=2, max_size=20).map(lambda notes: np.array([(60, 2), *notes, (72, 4)])),
    min_size=1,
    max_size=8,
)


def test_counted_by_hand() -> None:
    classes = melodies.pitch_classes([SCALE])
    assert classes[[0, 2, 4, 6]] * 6 == pytest.approx([2, 1, 2, 1])
    intervals = melodies.interval_shares([SCALE])
    assert intervals[[12 + 2, 12, 24]] * 5 == pytest.approx([3, 1, 1])  # the leap is counted at the end
    lengths = melodies.length_shares([SCALE])
    assert lengths[[0, 1, 3, 15]] * 6 == pytest.approx([2, 2, 1, 1])
    assert melodies.in_key([SCALE]) == pytest.approx(5 / 6)
    assert melodies.repeated([SCALE]) == pytest.approx(1 / 5)


def test_intervals_do_not_reach_from_one_piece_into_the_next() -> None:
    apart = [np.array([[60, 2], [62, 2]]), np.array([[74, 2], [72, 2]])]
    assert melodies.interval_shares(apart)[[14, 10]] == pytest.approx([0.5, 0.5])


@given(pieces)
@settings(max_examples=50, deadline=None)
def test_laws(made: list[np.ndarray]) -> None:
    for shares in (melodies.pitch_classes, melodies.interval_shares, melodies.length_shares):
        assert shares(made).sum() == pytest.approx(1)
        assert (shares(made) >= 0).all()
    higher = [piece + np.array([1, 0]) * (piece[:, :1] > 0) for piece in made]
    assert np.allclose(np.roll(melodies.pitch_classes(made), 1), melodies.pitch_classes(higher))
    assert np.allclose(melodies.interval_shares(made), melodies.interval_shares(higher))
    assert np.allclose(melodies.length_shares(made), melodies.length_shares(higher))
    assert melodies.in_key(made, range(12)) == pytest.approx(1)
    every = melodies.report(made, made)
    assert all(every[name] == 0 for name in every if name.endswith("_distance"))


@given(
    st.lists(st.integers(1, 9), min_size=3, max_size=3), st.lists(st.integers(1, 9), min_size=3, max_size=3)
)
def test_total_variation_is_the_largest_difference_of_an_event(p: list[int], q: list[int]) -> None:
    first, second = np.array(p) / sum(p), np.array(q) / sum(q)
    events = [[bool(number >> place & 1) for place in range(3)] for number in range(8)]
    largest = max(abs(first[event].sum() - second[event].sum()) for event in events)
    assert melodies.histogram_distance(first, second) == pytest.approx(largest)


@given(pieces, st.integers(0, 99))
@settings(max_examples=50, deadline=None)
def test_shuffling_keeps_every_note_and_the_number_in_each_piece(made: list[np.ndarray], seed: int) -> None:
    mixed = melodies.shuffled(made, seed)
    assert [len(piece) for piece in mixed] == [len(piece) for piece in made]
    assert sorted(map(tuple, np.concatenate(mixed))) == sorted(map(tuple, np.concatenate(made)))


def test_the_error_is_about_the_spread_over_fresh_pieces() -> None:
    """The jackknife is compared with what it stands for: the distance measured again and again on new pieces."""
    random = np.random.default_rng(0)

    def draw(high: int) -> list[np.ndarray]:
        return [np.stack([random.integers(60, high, 12), np.full(12, 2)], axis=1) for _ in range(40)]

    measured = [melodies.distance(draw(72), draw(66)) for _ in range(60)]
    values, errors = np.array(measured).T
    assert 0.6 < np.mean(errors) / np.std(values) < 1.6
    assert values.mean() == pytest.approx(0.5, abs=0.03)


def test_shuffled_notes_are_told_by_their_intervals_alone() -> None:
    random = np.random.default_rng(1)
    steps = random.choice([-2, -1, 1, 2], size=(50, 20)).cumsum(axis=1) + 72
    walks = [np.stack([walk, np.full(20, 2)], axis=1) for walk in steps]
    mixed = melodies.shuffled(walks)
    assert melodies.distance(mixed, walks, melodies.pitch_classes).value == 0
    assert melodies.distance(mixed, walks, melodies.interval_shares).value > 0.4


@pytest.mark.parametrize(
    ("pieces", "says"),
    [
        ([], "empty"),
        (SCALE, r"use \[notes\]"),
        ([SCALE * 1.5], "number 0 of the pieces"),
        (5, "not one thing of type int"),
        ([np.array([[60, 2**62]])], "Note 0 of number 0"),
        ([SCALE, SCALE[:, 0]], "number 1"),
        ([np.array([[60, 0]])], "a length 1 to"),
        ([np.array([[128, 2]])], "a pitch is 21 to 108"),
        ([np.array([[0, 2]])], "rests only"),
    ],
)
def test_what_is_no_melody_gets_one_line(pieces: object, says: str) -> None:
    with pytest.raises(CourseError, match=says) as error:
        melodies.pitch_classes(pieces)
    assert "\n" not in str(error.value)


def test_other_faults() -> None:
    with pytest.raises(CourseError, match="no interval"):
        melodies.repeated([np.array([[60, 2]])])
    with pytest.raises(CourseError, match="pitch classes"):
        melodies.in_key([SCALE], [12])
    with pytest.raises(CourseError, match="pitch classes"):
        melodies.in_key([SCALE], 5)
    with pytest.raises(CourseError, match="seed is what"):
        melodies.shuffled([SCALE], seed=-1)
    with pytest.raises(CourseError, match="same bins"):
        melodies.histogram_distance(np.ones(1), np.full(2, 0.5))
    with pytest.raises(CourseError, match="sums to 2"):
        melodies.histogram_distance(np.ones(2), np.full(2, 0.5))
    with pytest.raises(CourseError, match="fewer groups"):
        melodies.distance([SCALE], [SCALE])
