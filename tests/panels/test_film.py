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


@pytest.mark.parametrize(
    ("frames", "steps", "options", "says"),
    [
        ([FRAMES[0], FRAMES[0] * np.nan, FRAMES[2]], STEPS, {}, r"Frame 1 cannot be drawn\. .*nan"),
        ([FRAMES[0] * 255, *FRAMES[1:]], STEPS, {}, r"Frame 0 cannot be drawn\. .*-255"),
        ([FRAMES[0][:0]] * 3, STEPS, {}, "Frame 0 cannot be drawn"),
        ([frame[0, ..., 0] for frame in FRAMES], STEPS, {}, "Frame 0 cannot be drawn"),
        ([np.array([["a"]])] * 3, STEPS, {}, "Frame 0 cannot be drawn"),
        ([FRAMES[0], FRAMES[1][:2], FRAMES[2]], STEPS, {}, r"frame 1 has \(2, 4, 5, 1\)"),
        (FRAMES, [0, float("nan"), 2], {}, r"steps\[1\] .* not nan"),
        (FRAMES, ["a", "b", "c"], {}, r"steps\[0\] .* not 'a'"),
        (FRAMES, STEPS, {"columns": 0}, "columns .* not 0"),
        (FRAMES, STEPS, {"columns": 2.5}, "columns .* not 2.5"),
    ],
)
def test_what_cannot_be_shown_is_refused_before_the_slider_comes_to_it(frames, steps, options, says):
    with pytest.raises(CourseError, match=says):
        FilmPanel(frames, steps, **options)


def test_hundreds_of_pictures_make_a_square():
    _, pixels = seen(FilmPanel([np.zeros((400, 8, 8, 1), "float32")], [10]))
    assert pixels.shape == (2 * (20 * 10 - 2),) * 2


def test_frames_may_come_from_a_generator():
    assert len(FilmPanel((frame for frame in FRAMES), iter(STEPS)).frames) == 3


def test_one_picture_is_one():
    assert FilmPanel([FRAMES[0][:1]], [10]).alt() == "1 picture drawn after 10 training steps."
