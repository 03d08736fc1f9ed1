import io
import math
import re

import matplotlib.pyplot as plt
import numpy as np
import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from PIL import Image

from course_lib import pictures, plots
from course_lib.live import LivePicture, live_figure
from course_lib.training import Recorder, train

from .test_training import BATCH, SHAPE, small_gan


@pytest.fixture
def images() -> np.ndarray:
    return np.random.default_rng(0).uniform(-1, 1, (50, *SHAPE)).astype("float32")


def test_one_picture_is_replaced_in_place_and_says_the_last_step(images, monkeypatch) -> None:
    InteractiveShell.instance()  # display needs a shell to display in
    recorder = Recorder(grid=(2, 3))
    with capture_output() as captured:
        train(
            small_gan(), images, BATCH, steps=12, callbacks=[recorder, LivePicture(recorder, every_seconds=0)]
        )
    first, *later = captured.outputs
    identity = first.transient["display_id"]
    assert not first.update
    assert len(later) == 3 + 1  # three looks, and the end
    assert all(output.update and output.transient["display_id"] == identity for output in later)
    pictures = [output.data["text/html"] for output in captured.outputs]
    assert "up to step 0" in pictures[0]
    assert re.search(r'<img alt="[^"]*up to step 12', pictures[-1])
    assert pictures[0] != pictures[-1]


def test_live_figure_has_labels_and_says_step_and_speed(images) -> None:
    recorder = Recorder(grid=(2, 3))
    train(small_gan(), images, BATCH, steps=8, callbacks=[recorder])
    samples = recorder.samples()
    figure = live_figure(recorder.history, samples, columns=3, warning="collapse")
    curves, grid = figure.axes
    assert (curves.get_xlabel(), curves.get_ylabel()) == ("training step", "loss")
    assert [line.get_xdata()[-1] for line in curves.lines] == [8, 8]
    assert "step 8" in grid.get_title()
    assert "images a second" in grid.get_title()
    assert grid.get_xlabel() == "Warning: collapse"
    (shown,) = grid.images
    assert shown.get_interpolation() == "nearest"
    np.testing.assert_array_equal(shown.get_array(), pictures.tile(samples, 3))
    plt.close(figure)


def test_score_is_drawn_against_time_where_it_was_measured(images) -> None:
    scores = iter([8.0, 4.0, 2.0])
    recorder = Recorder(grid=(2, 3), score=lambda samples: next(scores), score_every=0)
    live = LivePicture(recorder)
    gan = small_gan()
    live.set_model(gan)
    recorder.set_model(gan)
    before = np.asarray(Image.open(io.BytesIO(live._picture().png)))
    train(gan, images, BATCH, steps=12, callbacks=[recorder])
    recorder.history["frechet_distance"][1] = math.nan  # as at a look between two measurements
    figure = live_figure(recorder.history, recorder.samples(), 3, "frechet_distance")
    _losses, score, _grid = figure.axes
    seconds = recorder.history["seconds"]
    np.testing.assert_array_equal(score.lines[0].get_xydata(), [[seconds[0], 8.0], [seconds[2], 2.0]])
    assert score.get_xlabel() == "seconds of training"
    assert "lower is better" in score.get_ylabel()
    plt.close(figure)
    after = np.asarray(Image.open(io.BytesIO(live._picture().png)))
    assert before.shape == after.shape  # a picture that changed its size would make the page jump


def test_slow_drawing_is_done_less_often(images, monkeypatch) -> None:
    InteractiveShell.instance()
    clock = [0.0]
    monkeypatch.setattr("course_lib.live.time.monotonic", lambda: clock[0])
    recorder = Recorder(grid=(1, 1))
    live = LivePicture(recorder, every_seconds=4)
    drawn = []

    def picture() -> plots.Picture:
        drawn.append(clock[0])
        clock[0] += 1.0  # a second a picture
        return plots.picture(plt.figure(), "x")

    monkeypatch.setattr(live, "_picture", picture)
    with capture_output():
        live.on_train_begin()
        while clock[0] < 40:
            clock[0] += 0.5
            live.on_train_batch_end(0)
    assert drawn[1] - drawn[0] <= 6
    assert np.diff(drawn[1:]).min() >= 10
