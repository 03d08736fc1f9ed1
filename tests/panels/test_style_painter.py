"""The painter: menus, knob and button moved as the browser does, and what is painted against the library itself."""

from __future__ import annotations

import numpy as np
import pytest

from course_lib import CourseError, datasets
from course_lib.panels import style_painter
from course_lib.panels.style_painter import StylePainter
from course_lib.styles.colours import transfer_colours
from course_lib.styles.transfer import transfer
from tests.panels.shown_picture import picture_of

SMALL = {"longest": 64, "steps": 12, "filters": 4}  # fewer steps, and TensorFlow warns of retracing


def test_it_begins_with_the_colours_and_follows_its_menus() -> None:
    panel = StylePainter(**SMALL)
    photo, wave = datasets.photo("astronaut", 64), datasets.painting("hokusai_great_wave", 64)
    assert np.allclose(panel.result, transfer_colours(photo, wave, seed=0))
    _, pixels = picture_of(panel.picture.value)
    assert "in the painting's colours" in panel.alt() and "Great Wave" in panel.alt()
    assert pixels.shape[1] == photo.shape[1] + wave.shape[1] + panel.result.shape[1] + 2 * 8
    panel.controls["photo"].value = "coffee"
    panel.controls["painting"].value = "durer_lion"
    assert panel.result.shape == datasets.photo("coffee", 64).shape
    after, others = picture_of(panel.picture.value)
    assert "A Lion" in after and others.shape != pixels.shape


@pytest.mark.slow
def test_the_button_paints_and_a_moved_knob_takes_the_painting_away() -> None:
    panel = StylePainter(**SMALL)
    panel.controls["start scale"].value = 0.8
    panel.controls["seed"].value = 3
    panel.controls["paint"].click()
    expected = transfer(panel.photo, panel.painting, 0.8, steps=12, filters=4, seed=3, progress=False)
    assert np.allclose(panel.result, expected, atol=1e-4)
    assert "start scale 0.80 with seed 3" in panel.message.value
    panel.controls["seed"].value = 4
    assert "colours" in panel.message.value and not np.allclose(panel.result, expected, atol=1e-2)


@pytest.mark.slow
def test_the_picture_follows_while_it_paints() -> None:
    panel = StylePainter(**SMALL)
    seen: list[tuple[int, ...]] = []
    follow = panel._follow
    panel._follow = lambda picture, *rest: (seen.append(picture.shape), follow(picture, *rest))
    panel.controls["paint"].click()
    assert len(seen) >= 2 and seen[0][0] < seen[-1][0] == panel.photo.shape[0]


def test_a_photograph_of_ones_own_stands_first_and_is_brought_to_size() -> None:
    mine = np.linspace(-1, 1, 90 * 200 * 3).reshape(90, 200, 3).astype("float32")
    panel = StylePainter(photos={"mine": mine}, **SMALL)
    assert panel.controls["photo"].value == "mine"
    assert panel.photo.shape == (29, 64, 3) and "photograph mine" in panel.alt()


def refuse(*what: object, **settings: object) -> np.ndarray:
    raise CourseError("no")


def test_a_painting_that_fails_gives_the_colours_back_and_says_why(monkeypatch) -> None:
    panel = StylePainter(**SMALL)
    monkeypatch.setattr(style_painter, "transfer", refuse)
    with pytest.raises(CourseError):
        panel.act(panel._paint)
    assert "no" in panel.problem.value and "colours" in panel.message.value
    panel.controls["seed"].value = 1
    assert panel.problem.value == ""


def test_a_double_click_paints_once_and_a_stopped_painting_is_painted_again(monkeypatch) -> None:
    panel, calls = StylePainter(**SMALL), []

    def paints(photo: np.ndarray, *rest: object, watch, steps: int, **settings: object) -> np.ndarray:
        calls.append(1)
        watch(photo, 1.0, steps if len(calls) > 1 else steps - 1, 0.5)  # the first is stopped by Ctrl-C
        return photo

    monkeypatch.setattr(style_painter, "transfer", paints)
    panel.controls["paint"].click()
    assert "stopped half-way" in panel.message.value
    for _ in range(3):
        panel.controls["paint"].click()
    assert len(calls) == 2 and "stopped" not in panel.message.value


@pytest.mark.parametrize("mine", ["holiday.jpg", None, np.zeros((50, 60)), np.full((500, 600, 3), np.nan)])
def test_a_photograph_that_is_none_is_refused_by_its_name(mine: object) -> None:
    with pytest.raises(CourseError, match="The photograph mine"):
        StylePainter(photos={"mine": mine}, **SMALL)
