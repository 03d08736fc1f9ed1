"""The picture of a training: labels, axes, and what stands on them."""

from __future__ import annotations

import io
import math

import matplotlib.pyplot as plt
import numpy as np
from PIL import Image

from course_lib.media import pictures
from course_lib.plots.training_picture import live_figure
from course_lib.training.live_picture import LivePicture
from course_lib.training.loop import Recorder, train
from tests.training.small_gan import BATCH, noise, small_gan


def test_live_figure_has_labels_and_says_step_and_speed() -> None:
    recorder = Recorder(grid=(2, 3))
    train(small_gan(), noise(), BATCH, steps=8, callbacks=[recorder])
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


def test_score_is_drawn_against_time_where_it_was_measured() -> None:
    scores = iter([8.0, 4.0, 2.0])
    recorder = Recorder(grid=(2, 3), score=lambda samples: next(scores), score_every=0)
    live = LivePicture(recorder)
    gan = small_gan()
    live.set_model(gan)
    recorder.set_model(gan)
    before = np.asarray(Image.open(io.BytesIO(live._picture().png)))
    train(gan, noise(), BATCH, steps=12, callbacks=[recorder])
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
