"""Beats: where a musician counts them, and the nearest frame to each."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib import CourseError
from course_lib.datasets.melodies import load_melodies
from course_lib.datasets.tune_bars import bars, pickup
from course_lib.media import sound
from course_lib.media.beats import beats, cut_frames, frame_count, onsets
from tests.media.tunes import tunes

SCALE = np.array([[60, 4], [62, 2], [0, 2], [64, 8], [0, 4], [65, 12]])


@given(tune=tunes(), tempo=st.integers(20, 400))
def test_a_note_begins_after_all_that_sounds_before_it(tune: np.ndarray, tempo: int) -> None:
    begins, told = Fraction(0), []
    for pitch, length in tune.tolist():
        if pitch:
            told.append(begins)
        begins += Fraction(15 * length, tempo)
    np.testing.assert_allclose(onsets(tune, tempo), np.array(told, float), atol=1e-9)


def test_onsets_are_where_silence_ends_in_the_sound() -> None:
    wave = sound.waveform([[60, 4], [0, 4], [62, 3], [0, 5], [64, 2], [0, 2]], 90, "string")
    loud = np.flatnonzero(np.abs(wave) > 1e-4)
    begins = loud[np.flatnonzero(np.diff(loud, prepend=-1000) > 500)] / sound.RATE
    times = onsets([[60, 4], [0, 4], [62, 3], [0, 5], [64, 2], [0, 2]], 90)
    np.testing.assert_allclose(times, begins, atol=2e-3)


@pytest.mark.parametrize(
    ("meter", "every", "pick_up", "times"),
    [
        ("4/4", "beat", 0, [0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5]),
        ("4/4", "bar", 0, [0, 2]),
        ("4/4", "bar", 4, [0.5, 2.5]),
        ("4/4", "beat", 6, [0.25, 0.75, 1.25, 1.75, 2.25, 2.75, 3.25, 3.75]),
        ("6/8", "beat", 0, [0, 0.75, 1.5, 2.25, 3, 3.75]),  # two a bar, of three eighths
        ("6/8", "bar", 2, [0.25, 1.75, 3.25]),
        ("3/4", "bar", 11, [1.375, 2.875]),
        ("2/2", "beat", 0, [0, 1, 2, 3]),
    ],
)
def test_beats_and_bar_lines_are_those_that_a_musician_counts(meter, every, pick_up, times) -> None:
    """Two bars of 4/4, 32 sixteenths, at 120 quarter notes a minute: 4 seconds."""
    np.testing.assert_allclose(beats(SCALE, 120, meter, every, pick_up), times, atol=1e-12)


def test_bar_lines_are_where_the_bars_of_a_tune_begin() -> None:
    for tune in load_melodies()[:40]:
        lengths = [int(bar[:, 1].sum()) for bar in bars(tune)]  # the pick-up first
        begins = np.cumsum(lengths)[:-1] * 15 / 150
        np.testing.assert_allclose(beats(tune.notes, 150, tune.meter, "bar", pickup(tune)), begins, atol=1e-9)


def test_a_melody_that_ends_before_its_first_bar_line_has_none() -> None:
    assert beats([[60, 2]], meter="4/4", every="bar", pickup=4).shape == (0,)
    assert onsets([[0, 4]]).shape == (0,)


@given(
    gaps=st.lists(st.floats(1.0, 40.0), min_size=1, max_size=30),
    rate=st.sampled_from([1, 10, 12, 12.5, 24, 25, 29.97, 30, 50]),
)
def test_each_cut_is_at_the_frame_nearest_to_its_time(gaps: list[float], rate: float) -> None:
    times = np.cumsum(gaps) / rate
    frames = cut_frames(times, rate)
    assert frames.dtype == np.int64 and (np.diff(frames) > 0).all()
    assert np.abs(frames / rate - times).max() <= (0.5 + 1e-5) / rate
    there = np.arange(frames[-1] + 3) / rate
    distances = np.abs(there[:, None] - times)
    assert (distances[frames, range(len(times))] <= distances.min(axis=0) + 1e-5 / rate).all()


def test_rounding_does_not_add_up_over_a_long_melody() -> None:
    """A beat of 0.4 s is 9.6 frames of 24 a second: rounding each gap would be off by 400 frames after a thousand."""
    frames = cut_frames(0.4 * np.arange(1000), 24)
    assert frames[:6].tolist() == [0, 10, 19, 29, 38, 48] and frames[-1] == round(0.4 * 999 * 24)


def test_beats_half_way_between_two_frames_still_have_a_frame_each() -> None:
    """Rounding halves to even would give 2, 2, 4, 4."""
    assert cut_frames(np.array([1.5, 2.5, 3.5, 4.5]) / 25, 25).tolist() == [2, 3, 4, 5]
    assert cut_frames(np.arange(1, 500) * 0.04, 25).tolist() == list(
        range(1, 500)
    )  # of 0.04 no float is exact


def test_no_times_are_no_cuts() -> None:
    assert cut_frames([], 25).shape == (0,)


@given(lasts=st.floats(0.01, 600), rate=st.sampled_from([1, 12.5, 24, 50]))
def test_a_film_lasts_at_least_as_long_as_its_sound_and_less_than_a_frame_more(lasts, rate) -> None:
    count = frame_count(lasts, rate)
    assert count / rate >= lasts - 1e-6 and (count - 1) / rate < lasts


def test_what_lasts_whole_frames_gets_no_frame_more() -> None:
    assert [frame_count(k * 0.04, 25) for k in range(1, 400)] == list(range(1, 400))


NAN, INF = float("nan"), float("inf")


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (lambda: onsets([]), "no note in this melody"),
        (lambda: onsets(np.empty((0, 2), int)), "no note in this melody"),
        (lambda: beats([], 120, "4/4"), "no note in this melody"),
        (lambda: onsets(SCALE, 0), "tempo"),
        (lambda: onsets(SCALE, True), "tempo"),
        (lambda: beats(SCALE, NAN), "tempo"),
        (lambda: beats(SCALE, meter="4"), "meter"),
        (lambda: beats(SCALE, meter=None), "meter"),
        (lambda: beats(SCALE, every="quarter"), '"beat" or "bar", not \'quarter\''),
        (lambda: beats(SCALE, every=["bar"]), '"beat" or "bar"'),
        (lambda: beats(SCALE, pickup=16), "pickup is .* from 0 to 15, not 16"),
        (lambda: beats(SCALE, pickup=0.5), "pickup"),
        (lambda: cut_frames([0.0, 1.0], 0), "rate is how many frames a second .* not 0"),
        (lambda: cut_frames([0.0, 1.0], NAN), "rate is"),
        (lambda: cut_frames([0.0, 1.0], "25"), "rate is"),
        (lambda: cut_frames([0.0, NAN], 25), "Times are finite"),
        (lambda: cut_frames([0.0, INF], 25), "Times are finite"),
        (lambda: cut_frames(1.0, 25), "shape"),
        (lambda: cut_frames("beats", 25), "array of numbers"),
        (lambda: cut_frames([True, False], 25), "array of numbers"),
        (lambda: cut_frames([-0.5, 1.0], 25), "Times lie between 0 and 3,600"),
        (lambda: cut_frames([0.0, 1e9], 25), "Times lie between 0 and 3,600"),
        (lambda: cut_frames([0.5, 0.53], 25), r"0\.5 and 0\.53 s do not lie a frame \(0\.04 s\) apart"),
        (lambda: cut_frames([1.0, 0.5], 25), "do not lie a frame"),
        (lambda: cut_frames([1.0, 1.0], 25), "do not lie a frame"),
        (lambda: frame_count(NAN, 25), "lasts is"),
        (lambda: frame_count(-1, 25), "lasts is"),
        (lambda: frame_count(1, INF), "rate is"),
    ],
)
def test_what_cannot_be_counted_is_refused_in_one_line(wrong, says: str) -> None:
    with pytest.raises(CourseError, match=says) as caught:
        wrong()
    assert "\n" not in str(caught.value)
