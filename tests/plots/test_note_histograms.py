"""Histograms of notes: counted by hand, and drawn as high as they were counted."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib import CourseError
from course_lib.plots import note_histograms
from tests.media.tunes import tunes

TUNE = np.array([[60, 4], [0, 4], [64, 2], [64, 2], [84, 30], [60, 2]])  # steps 4, 0, 20, -24


def test_counted_by_hand() -> None:
    names = dict(zip(note_histograms.PITCH_CLASSES, note_histograms.pitch_classes([TUNE]), strict=True))
    assert names["C"] == pytest.approx(3 / 5) and names["E"] == pytest.approx(2 / 5)
    steps = dict(zip(range(-12, 13), note_histograms.intervals([TUNE]), strict=True))
    assert {step for step, share in steps.items() if share} == {4, 0, 12, -12}
    lengths = dict(zip(range(1, 17), note_histograms.lengths([TUNE]), strict=True))
    assert lengths[2] == pytest.approx(3 / 5) and lengths[4] == lengths[16] == pytest.approx(1 / 5)


def test_no_step_leads_from_one_tune_to_the_next() -> None:
    steps = note_histograms.intervals([np.array([[60, 4], [62, 4]]), np.array([[70, 4], [69, 4]])])
    assert np.flatnonzero(steps).tolist() == [11, 14]


@given(st.lists(tunes(longest=6), min_size=1, max_size=4))
def test_shares_sum_to_one_wherever_there_is_something_to_count(several: list[np.ndarray]) -> None:
    for count, labels, _ in note_histograms.KINDS.values():
        shares = count(several)
        assert len(shares) == len(labels) and (np.isnan(shares).all() or np.isclose(shares.sum(), 1))


def test_bars_are_as_high_as_the_shares_and_apart() -> None:
    sources = {"real": [TUNE], "n-gram": [TUNE[::-1]], "shuffled": [TUNE[:3]]}
    figure = note_histograms.note_histograms(sources, "Compared")
    assert len(figure.axes) == 3 and [axes.get_legend() is not None for axes in figure.axes] == [
        True,
        False,
        False,
    ]
    first = figure.axes[0]
    heights = np.array([[bar.get_height() for bar in group] for group in first.containers])
    for shares, tunes_ in zip(heights, sources.values(), strict=True):
        np.testing.assert_allclose(shares, note_histograms.pitch_classes(tunes_))
    places = np.sort([bar.get_x() for group in first.containers for bar in group])
    assert np.diff(places).min() > 0.9 * 0.85 / 3
    assert len({group[0].get_hatch() for group in first.containers}) == 3


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: note_histograms.note_histograms({"a": [TUNE]}, "x", ["chords"]), "no histogram of 'chords'"),
        (lambda: note_histograms.note_histograms({"a": []}, "x"), "source 'a' has no tunes"),
        (lambda: note_histograms.bars_side_by_side({}, [], "x", "y"), "but there are 0"),
        (
            lambda: note_histograms.bars_side_by_side({"a": [1.0]}, [1, 2], "x", "y"),
            "a has 1 shares for 2 labels",
        ),
    ],
)
def test_what_cannot_be_counted_is_refused(call, says: str) -> None:
    with pytest.raises(CourseError, match=says):
        call()
