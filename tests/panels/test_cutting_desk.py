"""The cutting desk: real widgets, set by `.value` and `.click()` as the browser does."""

from __future__ import annotations

import re

import numpy as np
import pytest

from course_lib import CourseError
from course_lib.media.cuts import changes, find_cuts, sharpness
from course_lib.panels.cutting_desk import COLUMNS, ROWS, SIGNALS, CuttingDesk
from tests.panels.shown_picture import picture_of

ACROSS, CHANGE = SIGNALS
CUTS = [12, 20, 33]


def film(channels: int = 3) -> np.ndarray:
    """Four shots of one shade with some noise, cut at 12, 20 and 33, and a flash at 27."""
    random = np.random.default_rng(0)
    shades = np.repeat([-0.8, 0.0, 0.5, -0.2], np.diff([0, *CUTS, 45]))
    frames = shades[:, None, None, None] + random.normal(0, 0.02, (45, 8, 8, channels))
    frames[27] = 1.0
    return np.clip(frames, -1, 1).astype("float32")


def desk(*arguments: object, **options: object) -> CuttingDesk:
    return CuttingDesk(film(), *arguments, **options)


def test_it_begins_with_the_cuts_that_find_cuts_finds() -> None:
    panel = desk(CUTS)
    assert panel.found.tolist() == find_cuts(film()).tolist() == CUTS
    np.testing.assert_allclose(panel.signal, sharpness(film()))
    assert panel.verdict() == "3 cuts found: 3 right, 0 false, 0 of 3 true ones missed"
    alt, _ = picture_of(panel.picture.value)
    assert (
        alt.startswith("Frame 0 of a film of 45")
        and "Right at 12, 20, 33. Below" in alt
        and "4 shots." in alt
    )


def test_by_the_change_alone_a_flash_is_two_cuts() -> None:
    panel = desk(CUTS)
    panel.controls["signal"].value = CHANGE
    np.testing.assert_allclose(panel.signal, changes(film()))
    assert (panel.right.tolist(), panel.false.tolist(), panel.missed.tolist()) == (CUTS, [27, 28], [])
    assert "False at 27, 28." in picture_of(panel.picture.value)[0]


@pytest.mark.parametrize("signal", SIGNALS)
@pytest.mark.parametrize("threshold", [0.0, 0.3, 0.6, 0.75, 0.9])
def test_the_slider_moves_the_threshold(signal: str, threshold: float) -> None:
    panel = desk([12, 19, 33])
    panel.controls["signal"].value = signal
    panel.controls["threshold"].value = threshold
    above = {k + 1 for k, value in enumerate(changes(film())) if value > threshold}
    if signal == ACROSS:
        above = set(find_cuts(film(), threshold).tolist())
    assert set(panel.found.tolist()) == above
    assert set(panel.right.tolist()) == above & {12, 19, 33}
    assert set(panel.false.tolist()) == above - {12, 19, 33}
    assert set(panel.missed.tolist()) == {12, 19, 33} - above
    counts = re.search(r"(\d+) cuts? found: (\d+) right, (\d+) false, (\d+) of 3", panel.alt()).groups()
    assert [int(each) for each in counts] == [len(above), *map(len, (panel.right, panel.false, panel.missed))]


def test_at_its_right_end_the_slider_finds_nothing() -> None:
    for frames in (film(), film() * 0.01, film() * 0):
        panel = CuttingDesk(frames, CUTS)
        panel.controls["threshold"].value = panel.controls["threshold"].max
        assert panel.verdict() == "0 cuts found: 0 right, 0 false, 3 of 3 true ones missed"


def test_a_cut_in_a_dissolve_is_false_and_told_apart() -> None:
    panel = desk([12, 33], [(18, 22)])
    assert panel.verdict() == "3 cuts found: 2 right, 1 false (1 in a dissolve), 0 of 2 true ones missed"
    for dissolve, inside in (
        ((18, 20), True),
        ((20, 30), True),
        ((10, 30), True),
        ((15, 19), False),
        ((21, 30), False),
    ):
        assert ("(1 in a dissolve)" in desk([12, 33], [dissolve]).verdict()) == inside


def test_where_the_true_cuts_are_not_known_there_is_no_right_and_wrong() -> None:
    panel = desk()
    assert panel.right is panel.false is panel.missed is None
    assert panel.verdict() == "3 cuts found" and "Found at 12, 20, 33." in panel.alt()


def test_play_goes_on_frame_by_frame_and_round() -> None:
    panel = desk(CUTS, rate=25)
    assert panel.animation.pause_between == 40
    panel.controls["frame"].value = 43
    panel.controls["play"].click()
    seen = []
    for _ in range(3):
        panel.animation.beat.click()
        seen.append(panel.controls["frame"].value)
        assert picture_of(panel.picture.value)[0].startswith(f"Frame {seen[-1]} of")
        np.testing.assert_array_equal(panel._frame.get_array(), panel.frames[seen[-1]])
    assert seen == [44, 0, 1]


@pytest.mark.parametrize("channels", [1, 3])
def test_the_first_frame_of_each_shot_is_shown(channels: int) -> None:
    panel = CuttingDesk(film(channels), CUTS)
    sheet = panel._shots.get_array()
    for place, frame in enumerate([0, *CUTS]):
        corner = sheet[:8, 10 * place : 10 * place + 8]
        np.testing.assert_array_equal(corner.reshape(8, 8, channels), panel.frames[frame])
    assert (np.asarray(sheet[:, 38:]) == 255).all() and (np.asarray(sheet[10:]) == 255).all()


def test_of_many_shots_as_many_as_there_is_room_for() -> None:
    frames = np.tile(np.array([-1.0, 1.0]), 50).reshape(-1, 1, 1, 1) * np.ones((1, 4, 4, 1))
    panel = CuttingDesk(frames)
    panel.controls["signal"].value = CHANGE
    assert panel.found.tolist() == list(range(1, 100))
    assert f"the 100 shots, {COLUMNS * ROWS} of them." in panel.alt() and "11, 12 and 87 more." in panel.alt()


@pytest.mark.parametrize("count", [1, 2, 3])
def test_a_film_of_few_frames_has_what_cuts_it_can_have(count: int) -> None:
    panel = CuttingDesk(np.linspace(-1, 1, count).reshape(-1, 1, 1, 1), [])
    panel.controls["signal"].value = CHANGE
    assert len(panel.found) == count - 1
    panel.controls["play"].click()
    panel.animation.beat.click()
    assert panel.controls["frame"].value == 1 % count


def test_another_measure_has_its_own_signals_and_range() -> None:
    panel = desk(CUTS, measure=lambda frames: 100 * frames.mean(axis=(1, 2)), threshold=10)
    assert panel.found.tolist() == CUTS and 80 <= panel.controls["threshold"].max < 81
    assert desk(CUTS, measure="histogram", threshold=0.5).found.tolist() == CUTS


NAN = float("nan")


@pytest.mark.parametrize(
    ("arguments", "options", "says"),
    [
        ([np.zeros((0, 4, 4, 1))], {}, "at least 1 frames"),
        ([np.zeros((4, 4, 4))], {}, "shape"),
        ([film() * NAN], {}, "nan"),
        (["film"], {}, "numbers"),
        ([np.zeros((5001, 1, 1, 1))], {}, "from 1 to 5000, not 5001"),
        ([film(), [45]], {}, "true_cuts of a film of 45 frames"),
        ([film(), [0]], {}, "true_cuts of a film of 45 frames"),
        ([film(), [3, 3]], {}, "true_cuts are frame numbers"),
        ([film(), [1.5]], {}, "true_cuts are frame numbers"),
        ([film(), CUTS, [(3, 45)]], {}, r"Dissolves are pairs"),
        ([film(), CUTS, [(5, 3)]], {}, r"Dissolves are pairs"),
        ([film(), CUTS, [3, 5]], {}, r"Dissolves are pairs"),
        ([film(), CUTS, [(1.0, 2.0)]], {}, r"Dissolves are pairs"),
        ([film(), CUTS, "all"], {}, "dissolves must be an array"),
        ([film()], {"threshold": NAN}, "threshold is"),
        ([film()], {"threshold": -1}, "threshold is"),
        ([film()], {"threshold": "high"}, "threshold is"),
        ([film()], {"rate": 0}, "rate is"),
        ([film()], {"rate": NAN}, "rate is"),
        ([film()], {"measure": "colour"}, "no measure 'colour'"),
    ],
)
def test_what_cannot_be_cut_is_refused_in_one_line(arguments: list, options: dict, says: str) -> None:
    with pytest.raises(CourseError, match=says) as caught:
        CuttingDesk(*arguments, **options)
    assert "\n" not in str(caught.value)
