"""The slider moves the film: a real widget, set by `.value` as the browser does."""

import base64
import io
import re

import numpy as np
import pytest
from PIL import Image

from course_lib import CourseError
from course_lib.panels.film import FilmPanel

IMAGE = re.compile(r'<img alt="([^"]+)" src="data:image/png;base64,([^"]+)"')
FRAMES = [np.full((3, 4, 5, 1), shade, "float32") for shade in (-1.0, 0.0, 1.0)]
STEPS = [0, 50, 1200]


def seen(panel: FilmPanel) -> tuple[str, np.ndarray]:
    """The alternative text and the pixels of the panel's picture."""
    alt, data = IMAGE.search(panel.picture.value or panel._without_kernel()).groups()
    return alt, np.asarray(Image.open(io.BytesIO(base64.b64decode(data))))


def test_it_begins_with_the_last_frame():
    alt, pixels = seen(FilmPanel(FRAMES, STEPS))
    assert "3 pictures" in alt and "1,200 training steps" in alt
    assert pixels.shape == (2 * 4, 2 * (3 * 5 + 2 * 2)) and (pixels == 255).all()


@pytest.mark.parametrize(("number", "shade"), [(0, 0), (1, 128)])
def test_the_slider_shows_another_frame(number, shade):
    panel = FilmPanel(FRAMES, STEPS)
    panel.slider.value = number
    alt, pixels = seen(panel)
    assert f"after {STEPS[number]} training" in alt
    assert pixels[0, 0] == shade
    panel.slider.value = 2
    assert seen(panel)[1][0, 0] == 255


def test_columns_make_rows_and_colour_stays():
    frames = [np.zeros((4, 4, 4, 3), "uint8")] * 2
    _, pixels = seen(FilmPanel(frames, [1, 2], columns=2))
    assert pixels.shape == (2 * (4 + 2 + 4), 2 * (4 + 2 + 4), 3)


@pytest.mark.parametrize(("frames", "steps"), [([], []), (FRAMES, [1, 2])])
def test_a_film_needs_a_step_for_each_frame(frames, steps):
    with pytest.raises(CourseError, match="one step for each frame"):
        FilmPanel(frames, steps)
