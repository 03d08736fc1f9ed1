"""The sheet of a latent explorer, pixel by pixel, in grey and in colour."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.colors import to_rgb

from course_lib.media.pictures import GAP
from course_lib.plots.figures import COLOURS
from course_lib.plots.latent_sheet import LARGE, MAP, WALK, latent_sheet


@pytest.mark.parametrize("channels", [1, 3])
def test_every_image_has_its_cell_and_the_chosen_ones_a_frame(channels: int) -> None:
    count = 1 + MAP * MAP + WALK
    shades = np.linspace(-1, 1, count * channels).reshape(count, 1, 1, channels)
    sheet = latent_sheet(np.broadcast_to(shades, (count, 3, 4, channels)), on_map=(2, 1), on_walk=WALK - 1)
    assert sheet.shape == (GAP + (MAP + 1) * (3 + GAP), GAP + WALK * (4 + GAP), 3)
    places = [(0, 0, LARGE), *((row, LARGE + column, 1) for row in range(MAP) for column in range(MAP))]
    places += [(MAP, column, 1) for column in range(WALK)]
    left = np.full(sheet.shape[:2], True)
    for (row, column, times), shade in zip(places, shades, strict=True):
        top, start = GAP + row * (3 + GAP), GAP + column * (4 + GAP)
        here = np.s_[top : top + 3 * times, start : start + 4 * times]
        assert np.abs(sheet[here] - (shade + 1) * 127.5).max() <= 0.5
        left[here] = False
    frame = np.rint(np.array(to_rgb(COLOURS["fake"])) * 255)
    is_frame = left & (np.abs(sheet - frame).max(axis=-1) <= 1)
    assert (sheet[left & ~is_frame] == 255).all()
    around = (3 + 2 * GAP) * (4 + 2 * GAP) - 3 * 4
    assert is_frame.sum() == 2 * around
    assert latent_sheet(np.zeros((count, 3, 4, channels)), (0, 0), None)[-1].min() == 255
