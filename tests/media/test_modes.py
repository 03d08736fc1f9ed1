"""Modes: scales against their names, and degrees that keep their place."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib import CourseError
from course_lib.media import modes
from tests.media.tunes import tunes

names = st.sampled_from(sorted(modes.MODES))


@pytest.mark.parametrize(
    ("sharps", "mode", "pitch_class"),
    [
        *((0, "major", 0), (2, "major", 2), (-1, "major", 5), (0, "minor", 9), (2, "minor", 11)),
        *((-3, "minor", 0), (0, "dorian", 2), (1, "dorian", 9), (1, "mixolydian", 2)),
    ],
)
def test_tonics_of_the_circle_of_fifths(sharps: int, mode: str, pitch_class: int) -> None:
    assert modes.tonic(sharps, mode) == pitch_class


@pytest.mark.parametrize("sharps", range(-5, 7))
def test_all_modes_of_a_signature_have_the_same_seven_notes(sharps: int) -> None:
    scales = {
        frozenset((modes.tonic(sharps, mode) + step) % 12 for step in steps)
        for mode, steps in modes.MODES.items()
    }
    assert len(scales) == 1


@pytest.mark.parametrize(("old", "new"), itertools.product(modes.MODES, repeat=2))
@pytest.mark.parametrize("tonic", [0, 7, 11])
def test_a_scale_becomes_the_other_scale(old: str, new: str, tonic: int) -> None:
    scale = np.array([[60 + tonic + step, 2] for step in (*modes.MODES[old], 12)])
    changed = modes.change_mode(scale, tonic, old, new)
    assert (changed[:, 0] - 60 - tonic).tolist() == [*modes.MODES[new], 12]


@given(tunes(30, 100), names, names, st.integers(0, 11))
def test_rests_and_lengths_stay_and_no_note_moves_far(
    tune: np.ndarray, old: str, new: str, tonic: int
) -> None:
    before = tune.copy()
    changed = modes.change_mode(tune, tonic, old, new)
    assert (tune == before).all() and (changed[:, 1] == tune[:, 1]).all()
    assert ((changed[:, 0] == 0) == (tune[:, 0] == 0)).all()
    assert np.abs(changed[:, 0] - tune[:, 0]).max() <= 1
    assert (modes.change_mode(tune, tonic, old, old) == tune).all()


def test_d_major_becomes_d_minor() -> None:
    changed = modes.change_mode([[66, 4], [62, 4], [0, 4], [61, 4]], 2, "major", "minor")  # F♯ D rest C♯
    assert changed[:, 0].tolist() == [65, 62, 0, 60]


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(CourseError, match="no mode 'lydian' here: choose one of major"):
        modes.change_mode([[60, 4]], 0, "major", "lydian")
    with pytest.raises(CourseError, match="no mode ''"):
        modes.tonic(0, "")
    with pytest.raises(CourseError, match=r"tonic is .* from 0 to 11, not 62"):
        modes.change_mode([[60, 4]], 62, "major", "minor")
    with pytest.raises(CourseError, match="would leave the piano"):
        modes.change_mode([[21, 4]], 5, "major", "minor")  # the third of F major on the lowest key
