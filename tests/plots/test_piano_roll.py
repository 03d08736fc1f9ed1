"""Piano rolls: every note at its time and height, bars and pitches named, voices told apart without colour."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.patches import Rectangle

from course_lib import CourseError, plots
from course_lib.plots import piano_roll
from tests.media.tunes import tunes

TUNE = np.array([[62, 4], [0, 2], [66, 2], [69, 8], [74, 16]])


def higher(semitones: int) -> np.ndarray:
    return np.where((TUNE > 0) & [True, False], TUNE + semitones, TUNE)


def boxes(axes: Axes) -> list[Rectangle]:
    """What was drawn as notes or rests, and not as the row of a black key."""
    return [patch for container in axes.containers for patch in container]


@settings(max_examples=15)
@given(tunes(longest=8))
def test_every_note_has_its_box(tune: np.ndarray) -> None:
    (axes,) = piano_roll.piano_roll(tune, "A tune").axes
    starts = np.cumsum(tune[:, 1]) - tune[:, 1]
    row_of_rests = min(axes.get_yticks())
    expected = {
        (float(start), float(length), float(pitch or row_of_rests))
        for start, (pitch, length) in zip(starts, tune, strict=True)
    }
    found = {(box.get_x(), box.get_width(), box.get_y() + box.get_height() / 2) for box in boxes(axes)}
    np.testing.assert_allclose(sorted(found), sorted(expected))
    assert axes.get_xlim() == (0, tune[:, 1].sum())
    low, high = axes.get_ylim()
    assert all(low < box.get_y() and box.get_y() + box.get_height() < high for box in boxes(axes))


def test_bars_are_numbered_after_the_pick_up_and_pitches_named() -> None:
    (axes,) = piano_roll.piano_roll(TUNE, "A jig", bar=12, pickup=4).axes
    assert axes.get_xticks().tolist() == [4, 16, 28]
    assert [label.get_text() for label in axes.get_xticklabels()] == ["1", "2", "3"]
    names = dict(zip(axes.get_yticks(), (label.get_text() for label in axes.get_yticklabels()), strict=True))
    assert names[62] == "D4" and names[69] == "A4" and names[60] == "rest" and 66 not in names
    assert axes.get_xlabel() == "bar" and axes.get_ylabel() == "pitch" and axes.get_title() == "A jig"


def test_the_end_is_no_bar_and_many_bars_are_not_all_numbered() -> None:
    (axes,) = piano_roll.piano_roll([[60, 16]] * 40, "Long").axes
    labels = [label.get_text() for label in axes.get_xticklabels()]
    assert len(labels) == 41 and labels[-1] == "" and labels[:4] == ["1", "", "", "4"]


def test_voices_in_turn_stand_behind_each_other_and_at_once_over_each_other() -> None:
    other = higher(1)
    for in_turn, begins in ((True, TUNE[:, 1].sum()), (False, 0)):
        (axes,) = piano_roll.piano_roll({"real": TUNE, "b": other}, "Two", in_turn=in_turn).axes
        first = next(box for box in boxes(axes) if box.get_y() + box.get_height() / 2 == other[0, 0])
        assert first.get_x() == begins
        entries = axes.get_legend().legend_handles
        assert [text.get_text() for text in axes.get_legend().get_texts()] == ["real", "b"]
        looks = {(to_hex(entry.get_facecolor()).upper(), entry.get_hatch()) for entry in entries}
        assert (plots.COLOURS["real"], "") in looks and len({hatch for _, hatch in looks}) == 2


def test_a_name_that_is_a_role_has_its_colour() -> None:
    assert piano_roll.colour_of("fake", 0) == plots.COLOURS["fake"]
    assert piano_roll.colour_of("n-gram", 6) == plots.COLOURS["fake"]


def test_small_rolls_share_their_axes_and_only_the_outer_ones_are_labelled() -> None:
    figure = piano_roll.piano_rolls({str(number): higher(number) for number in range(5)}, "Five")
    used = [axes for axes in figure.axes if axes.axison]
    assert [axes.get_title() for axes in used] == list("01234") and len(figure.axes) == 6
    assert len({(axes.get_xlim(), axes.get_ylim()) for axes in used}) == 1
    assert [axes.get_xlabel() for axes in used] == ["", "", "", "bar", "bar"]
    assert [axes.get_ylabel() for axes in used] == ["pitch", "", "pitch", "", "pitch"]


def test_a_roll_of_rests_alone_can_be_drawn() -> None:
    (axes,) = piano_roll.piano_roll([[0, 16]], "Silence").axes
    assert len(boxes(axes)) == 1


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: piano_roll.piano_roll([], "x"), "There is no note"),
        (lambda: piano_roll.piano_roll({}, "x"), "takes 1 to 5 tunes, not 0"),
        (lambda: piano_roll.piano_roll(dict.fromkeys(range(6), TUNE), "x"), "takes 1 to 5 tunes, not 6"),
        (lambda: piano_roll.piano_roll(TUNE, "x", bar=0), "bar is how many sixteenths a bar has"),
        (lambda: piano_roll.piano_roll(TUNE, "x", bar="4/4"), "bar is how many sixteenths a bar has"),
        (lambda: piano_roll.piano_roll(TUNE, "x", pickup=-1), "pickup is how many sixteenths"),
        (lambda: piano_roll.piano_roll(TUNE, "x", pickup=None), "pickup is how many sixteenths"),
        (lambda: piano_roll.piano_rolls({"x": TUNE}, bar=0), "bar is how many sixteenths a bar has"),
        (lambda: piano_roll.piano_rolls({"x": TUNE}, columns=0), "columns is how many rolls"),
        (lambda: piano_roll.piano_rolls({"x": TUNE}, role=["real"]), r"There is no role \['real'\]"),
        (lambda: piano_roll.piano_rolls({}), "takes 1 to 40 tunes"),
    ],
)
def test_what_cannot_be_drawn_is_refused(call, says: str) -> None:
    with pytest.raises(CourseError, match=says):
        call()
