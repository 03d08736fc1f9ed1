"""Colours moved by transport: the cloud arrives, the drawing stays, and a picture keeps its own colours."""

from __future__ import annotations

import numpy as np
import pytest

from course_lib import CourseError, datasets
from course_lib.styles import measures
from course_lib.styles.colours import transfer_colours
from course_lib.theory import transport


def colour_distance(one: np.ndarray, other: np.ndarray) -> float:
    lines = transport.directions(40, 3, seed=9)  # none that a transfer draws
    return transport.sliced_wasserstein(one.reshape(-1, 3), other.reshape(-1, 3), lines)


def test_the_colours_arrive_and_the_drawing_stays() -> None:
    photo, painting = datasets.photo("coffee", 96), datasets.painting("hokusai_great_wave", 80)
    found = transfer_colours(photo, painting)
    assert found.shape == photo.shape and found.dtype == np.float32 and np.abs(found).max() <= 1
    assert colour_distance(found, painting) < 0.02 * colour_distance(photo, painting)
    assert measures.structure(found, photo) > 0.85


def test_each_step_comes_nearer_until_it_is_there() -> None:
    photo, painting = datasets.photo("cat", 64), datasets.painting("renoir_piano", 64)
    apart = [colour_distance(transfer_colours(photo, painting, steps), painting) for steps in (0, 1, 3, 10)]
    assert apart == sorted(apart, reverse=True) and apart[0] == pytest.approx(
        colour_distance(photo, painting)
    )


def test_a_picture_takes_its_own_colours_as_they_are() -> None:
    photo = datasets.photo("cat", 48)
    np.testing.assert_allclose(transfer_colours(photo, photo), photo, atol=1e-6)


def test_pixels_of_one_colour_may_part_and_few_may_stand_for_many() -> None:
    content = np.zeros((4, 4, 3), "float32")
    style = np.concatenate([np.full((8, 4, 3), -0.5), np.full((8, 4, 3), 0.5)]).astype("float32")
    found = transfer_colours(content, style)
    assert found.mean() == pytest.approx(0, abs=1e-6)
    assert colour_distance(found, style) < 0.1


def test_what_is_no_picture_is_refused() -> None:
    photo = datasets.photo("cat", 48)
    for call, message in (
        (lambda: transfer_colours(photo[..., :1], photo), "The content must be one picture"),
        (lambda: transfer_colours(photo, photo[np.newaxis]), "The style must be one picture"),
        (lambda: transfer_colours(photo, photo, steps=-1), "steps is .* not -1"),
        (lambda: transfer_colours(photo * 127.5 + 127.5, photo), "pixels in 0..255"),
    ):
        with pytest.raises(CourseError, match=message):
            call()
