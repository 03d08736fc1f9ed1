"""Colours against published numbers and against sRGB's own definition by its primaries; and the way back."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from course_lib import CourseError
from course_lib.theory import colour_spaces as spaces

COLOURS = arrays(float, (5, 3), elements=st.floats(-1, 1, width=32))


def lab_by_primaries(colour: np.ndarray) -> np.ndarray:
    """Another way: not the matrix's digits but the places of primaries and white in CIE 1931 (ITU-R BT.709)."""
    x, y = np.array([[0.64, 0.30, 0.15], [0.33, 0.60, 0.06]])
    primaries = np.array([x / y, np.ones(3), (1 - x - y) / y])
    white = np.array([0.3127 / 0.3290, 1.0, (1 - 0.3127 - 0.3290) / 0.3290])
    to_xyz = primaries * np.linalg.solve(primaries, white)
    light = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in (colour + 1) / 2]
    ratios = to_xyz @ light / white
    f = [r ** (1 / 3) if r > 216 / 24389 else (24389 / 27 * r + 16) / 116 for r in ratios]
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@given(COLOURS)
def test_lab_is_what_the_primaries_say(colours: np.ndarray) -> None:
    expected = np.array([lab_by_primaries(colour) for colour in colours])
    assert spaces.to_lab(colours) == pytest.approx(expected, abs=0.05)


@pytest.mark.parametrize(
    ("colour", "lab"),
    [
        ((255, 255, 255), (100, 0, 0)),
        ((0, 0, 0), (0, 0, 0)),
        ((255, 0, 0), (53.24, 80.09, 67.20)),
        ((0, 255, 0), (87.73, -86.18, 83.18)),
        ((0, 0, 255), (32.30, 79.19, -107.86)),
        ((119, 119, 119), (50.03, 0, 0)),
    ],
)
def test_lab_is_as_published(colour: tuple[int, ...], lab: tuple[float, ...]) -> None:
    assert spaces.to_lab(np.array(colour) / 127.5 - 1) == pytest.approx(lab, abs=0.03)


def test_half_the_light_is_the_screens_188() -> None:
    assert np.rint((spaces.from_linear([0.5, 0, 1]) + 1) * 127.5).tolist() == [188, 0, 255]


@given(COLOURS)
def test_there_and_back(colours: np.ndarray) -> None:
    # Beside the foot of sRGB's curve, whose published digits leave a step of 1e-8, nothing is lost.
    assert spaces.from_linear(spaces.to_linear(colours)) == pytest.approx(colours, abs=1e-6)
    assert spaces.from_lab(spaces.to_lab(colours)) == pytest.approx(colours, abs=1e-5)


def test_what_no_screen_can_show_is_cut_off() -> None:
    found = spaces.from_lab([[50, 200, 0], [120, 0, 0], [-5, 0, 0]])
    assert (np.abs(found) <= 1).all() and found[0, 1] == -1
    assert found[1:] == pytest.approx(np.array([[1.0] * 3, [-1.0] * 3]))


@pytest.mark.parametrize("function", [spaces.to_linear, spaces.from_linear, spaces.to_lab, spaces.from_lab])
@pytest.mark.parametrize(
    "wrong",
    [
        None,
        "red",
        [],
        [[0.0, 0.0], [0.0]],
        [0.0, 0.0],
        [True, False, True],
        [0.0, 0.0, np.nan],
        [0.0, np.inf, 0.0],
        [0.0, 0.0, 1e6],
        np.zeros((0, 3)),
        np.zeros(3, complex),
    ],
)
def test_what_are_no_colours_is_refused_in_one_line(function, wrong) -> None:
    with pytest.raises(CourseError) as caught:
        function(wrong)
    assert "\n" not in str(caught.value)
