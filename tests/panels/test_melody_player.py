"""The player: each control is heard in the sound and told in words."""

from __future__ import annotations

import base64
import re
from types import SimpleNamespace

import numpy as np
import pytest

from course_lib import CourseError
from course_lib.media import sound
from course_lib.panels.melody_player import MelodyPlayer
from tests.panels.shown_picture import picture_of

SCALE = np.array([[62 + step, 4] for step in (0, 2, 4, 5, 7, 9, 11, 12)])  # D major


def heard(panel: MelodyPlayer) -> np.ndarray:
    (player,) = re.findall(r'src="data:audio/wav;base64,([^"]+)"', panel.picture.value)
    return np.frombuffer(base64.b64decode(player)[44:], "uint8").astype(float) - 128


def played(notes: np.ndarray, **options: object) -> np.ndarray:
    made = sound.waveform(notes, **options).astype(float)
    return np.rint(made / np.abs(made).max() * 127)


def test_the_beginning_is_drawn_and_played_as_written() -> None:
    panel = MelodyPlayer(SCALE, tonic=2)
    np.testing.assert_allclose(heard(panel), played(SCALE), atol=1)
    alt, _ = picture_of(panel.picture.value)
    assert alt.startswith(
        "the tune, as written in major, at 120 quarter notes a minute, flute: 8 notes in 2 bars"
    )
    assert "autoplay" not in panel.picture.value


def test_minor_moves_three_degrees() -> None:
    panel = MelodyPlayer(SCALE, tonic=2)
    panel.controls["mode"].value = "minor"
    changed = SCALE.copy()
    changed[[2, 5, 6], 0] -= 1
    np.testing.assert_allclose(heard(panel), played(changed), atol=1)
    assert "in minor, 3 notes moved" in picture_of(panel.picture.value)[0]
    panel.controls["mode"].value = "as written"
    assert (panel.played == SCALE).all()


def test_tempo_and_timbre_are_heard() -> None:
    panel = MelodyPlayer(SCALE, tempo=100)
    panel.controls["tempo"].value = 200.0
    assert abs(len(heard(panel)) - len(played(SCALE, tempo=100.0)) / 2) <= 1
    panel.controls["timbre"].value = "string"
    np.testing.assert_allclose(heard(panel), played(SCALE, tempo=200.0, timbre="string"), atol=1)


def test_of_a_long_tune_as_much_is_played_as_fits_more_of_it_when_it_is_fast() -> None:
    panel = MelodyPlayer(np.tile(SCALE, (6, 1)))
    slow = len(panel.played)
    panel.controls["tempo"].value = 240.0
    assert slow == 16 and len(panel.played) == 32 and len(heard(panel)) <= sound.LONGEST * sound.RATE


def test_tunes_of_the_collection_bring_their_key_mode_and_meter() -> None:
    jig = SimpleNamespace(notes=SCALE - [1, 0], key_sharps=7, mode="major", meter="6/8")  # C♯ major
    panel = MelodyPlayer({"scale": SCALE, "a <jig>": jig}, tonic=2)
    panel.controls["tune"].value = "a <jig>"
    panel.controls["mode"].value = "mixolydian"
    assert (panel.played[:, 0] - panel.begun[:, 0]).tolist() == [0, 0, 0, 0, 0, 0, -1, 0]
    assert "8 notes in 2.67 bars" in panel.alt() and "<jig>" not in panel.picture.value


def test_where_the_mode_is_not_known_it_is_said_and_the_tune_stays() -> None:
    air = SimpleNamespace(notes=SCALE, key_sharps=2, mode="", meter="4/4")
    panel = MelodyPlayer({"air": air})
    assert "as written, at" in panel.alt()
    with pytest.raises(CourseError, match="mode in which this tune is written is not known"):
        panel.controls["mode"].value = "minor"
    assert "not known" in panel.problem.value


def test_a_page_without_a_kernel_shows_the_notes_and_keeps_no_sound() -> None:
    page = MelodyPlayer(SCALE)._without_kernel()
    assert page.startswith('<img alt="the tune') and "<audio" not in page


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: MelodyPlayer({}), "There is no tune to play"),
        (lambda: MelodyPlayer([]), "There is no note"),
        (lambda: MelodyPlayer(SCALE, tonic=12), "tonic is .* from 0 to 11, not 12"),
        (lambda: MelodyPlayer(SCALE, mode="blue"), "no mode 'blue'"),
        (lambda: MelodyPlayer(SCALE, mode=["major"]), r"no mode \['major'\]"),
        (lambda: MelodyPlayer(SCALE, bar=0), "bar is how many sixteenths a bar has"),
        (lambda: MelodyPlayer(SCALE, tempo=5), "tempo is in quarter notes a minute"),
        (lambda: MelodyPlayer([[60, 64]], tempo=30), "first note alone lasts 32.0 s"),
    ],
)
def test_what_cannot_be_played_is_refused(make, says: str) -> None:
    with pytest.raises(CourseError, match=says):
        make()
