"""Histograms of notes: drawn as high as they were counted, by the counts of `scores.melodies`."""

from __future__ import annotations

import numpy as np
import pytest

from course_lib import CourseError
from course_lib.plots import note_histograms
from course_lib.scores import melodies

TUNE = np.array([[60, 4], [0, 4], [64, 2], [64, 2], [84, 30], [60, 2]])  # steps 4, 0, 20, -24
COUNTS = {
    "pitch classes": melodies.pitch_classes,
    "intervals": melodies.interval_shares,
    "lengths": melodies.length_shares,
}


def test_the_labels_are_those_of_what_is_counted() -> None:
    def named(kind: str) -> dict:
        labels, _ = note_histograms.KINDS[kind]
        shares = COUNTS[kind]([TUNE])
        return {label: share for label, share in zip(labels, shares, strict=True) if share}

    assert named("pitch classes") == pytest.approx({"C": 3 / 5, "E": 2 / 5})
    assert named("intervals") == pytest.approx({4: 1 / 4, 0: 1 / 4, 12: 1 / 4, -12: 1 / 4})
    assert named("lengths") == pytest.approx({2: 3 / 5, 4: 1 / 5, 16: 1 / 5})


def test_bars_are_as_high_as_the_shares_and_apart() -> None:
    sources = {"real": [TUNE], "n-gram": [TUNE[::-1]], "shuffled": [TUNE[:3]]}
    shares = {kind: {name: count(tunes) for name, tunes in sources.items()} for kind, count in COUNTS.items()}
    figure = note_histograms.note_histograms(shares, "Compared")
    assert len(figure.axes) == 3 and [axes.get_legend() is not None for axes in figure.axes] == [
        True,
        False,
        False,
    ]
    first = figure.axes[0]
    heights = np.array([[bar.get_height() for bar in group] for group in first.containers])
    np.testing.assert_allclose(heights, list(shares["pitch classes"].values()))
    places = np.sort([bar.get_x() for group in first.containers for bar in group])
    assert np.diff(places).min() > 0.9 * 0.85 / 3
    assert len({group[0].get_hatch() for group in first.containers}) == 3


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: note_histograms.note_histograms({"chords": {"a": [1.0]}}, "x"), "no histogram of 'chords'"),
        (lambda: note_histograms.note_histograms({}, "x"), "shares is a dict of pitch classes"),
        (lambda: note_histograms.note_histograms([TUNE], "x"), "shares is a dict of pitch classes"),
        (lambda: note_histograms.note_histograms({"lengths": {}}, "x"), "but there are 0"),
        (lambda: note_histograms.bars_side_by_side({}, [], "x", "y"), "but there are 0"),
        (
            lambda: note_histograms.bars_side_by_side({"a": [1.0]}, [1, 2], "x", "y"),
            "a has 1 shares for 2 labels",
        ),
        (
            lambda: note_histograms.bars_side_by_side({"a": 1.0}, [1, 2], "x", "y"),
            "a has 1 shares for 2 labels",
        ),
    ],
)
def test_what_cannot_be_counted_is_refused(call, says: str) -> None:
    with pytest.raises(CourseError, match=says):
        call()
