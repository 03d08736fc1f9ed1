"""Attention over a roll: each weight below its note of the phrase and beside its note of the answer."""

from __future__ import annotations

import numpy as np
import pytest

from course_lib import CourseError
from course_lib.plots.attention_roll import attention_roll

PHRASE = np.array([[62, 4], [66, 2], [69, 2], [74, 8]])
ANSWER = np.array([[74, 2], [0, 6], [62, 8]])
WEIGHTS = np.array([[0.1, 0.2, 0.3, 0.4], [0.7, 0.1, 0.1, 0.1], [0.0, 0.0, 1.0, 0.0]])


def test_weights_lie_where_their_notes_are() -> None:
    _, above, beside, heat, bar = attention_roll(PHRASE, ANSWER, WEIGHTS, "Looks").axes
    mesh = heat.collections[0]
    corners = mesh.get_coordinates()
    assert corners[0, :, 0].tolist() == [0, 4, 6, 8, 16] and corners[:, 0, 1].tolist() == [0, 2, 8, 16]
    np.testing.assert_array_equal(mesh.get_array(), WEIGHTS)
    assert mesh.get_clim() == (0, 1) and bar.get_ylabel() == "attention weight"
    notes = [box for group in above.containers for box in group]
    assert [(box.get_x(), box.get_width()) for box in notes] == [(0, 4), (4, 2), (6, 2), (8, 8)]
    sounding, (rest,) = beside.containers
    assert [(box.get_y(), box.get_height()) for box in sounding] == [(0, 2), (8, 8)]
    assert (rest.get_y(), rest.get_height()) == (2, 6)
    assert above.get_xlim() == heat.get_xlim() == (0, 16)
    assert beside.get_ylim() == heat.get_ylim() == (16, 0)  # time goes down


def test_both_rolls_name_their_pitches() -> None:
    figure = attention_roll(PHRASE, ANSWER, WEIGHTS, "Looks")
    figure.canvas.draw()
    _, above, beside, *_ = figure.axes
    assert "G4" in [label.get_text() for label in above.get_yticklabels() if label.get_visible()]
    assert "G4" in [label.get_text() for label in beside.get_xticklabels() if label.get_visible()]


@pytest.mark.parametrize(
    ("weights", "says"),
    [
        (WEIGHTS.T, r"3 notes of the answer over 4 of the phrase .* \(3, 4\), but these have \(4, 3\)"),
        (WEIGHTS - 1, r"lie in \[0, 1\]: take them after the softmax"),
        (WEIGHTS * np.nan, r"lie in \[0, 1\]"),
    ],
)
def test_weights_of_other_notes_are_refused(weights: np.ndarray, says: str) -> None:
    with pytest.raises(CourseError, match=says):
        attention_roll(PHRASE, ANSWER, weights, "Looks")
