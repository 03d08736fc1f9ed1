"""The picture of a training: labels, axes, and what stands on them."""

from __future__ import annotations

import io
import math

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_hex
from PIL import Image

from course_lib.media import pictures
from course_lib.plots import figures
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
    assert (curves.get_xlabel(), curves.get_ylabel()) == ("training step, and seconds of training", "loss")
    assert [line.get_xdata()[-1] for line in curves.lines] == [8, 8]
    assert "step 8" in grid.get_title()
    assert "images a second" in grid.get_title()
    assert grid.get_xlabel() == "Warning: collapse"
    (shown,) = grid.images
    assert shown.get_interpolation() == "nearest"
    np.testing.assert_array_equal(shown.get_array(), pictures.tile(samples, 3))
    plt.close(figure)


def test_score_is_drawn_over_the_steps_where_it_was_measured() -> None:
    scores = iter([9.0, 8.0, 4.0, 2.0])  # the first is asked for before the first step, to see that it works
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
    steps = recorder.history["step"]
    np.testing.assert_array_equal(score.lines[0].get_xydata(), [[steps[0], 8.0], [steps[2], 2.0]])
    assert "lower is better" in score.get_ylabel()
    plt.close(figure)
    after = np.asarray(Image.open(io.BytesIO(live._picture().png)))
    assert before.shape == after.shape  # a picture that changed its size would make the page jump


def history_of(scores: list[float], score: str = "frechet_distance") -> dict[str, list[float]]:
    """A history of four looks, its columns told apart by their numbers."""
    return {
        "step": [10, 20, 30, 40],
        "seconds": [1.0, 2.0, 3.0, 4.4],
        "images_per_second": [100.0, 200.0, 300.0, 1234.6],
        "discriminator_loss": [1.5, 1.4, 1.3, 1.2],
        "generator_loss": [0.5, 0.6, 0.7, 0.8],
        score: scores,
    }


def drawn(history: dict[str, list[float]], score: str | None = None, **options) -> list[plt.Axes]:
    figure = live_figure(history, np.linspace(-1, 1, 6 * 16).reshape(6, 4, 4, 1), 3, score, **options)
    figure.canvas.draw()
    plt.close(figure)
    return figure.axes


@pytest.mark.parametrize(
    ("scores", "scale"),
    [
        ([400.0, 90.0, 30.0, 12.0], "log"),
        ([400.0, math.nan, 30.0, math.nan], "log"),
        ([0.2, 0.1, 0.0, 0.1], "linear"),  # such as a diversity of nothing, which has no logarithm
        ([0.2, 0.1, -0.1, 0.1], "linear"),  # a kernel distance may be a little below 0
        ([math.nan] * 4, "linear"),
    ],
)
def test_score_has_a_logarithmic_axis_where_it_can(scores: list[float], scale: str) -> None:
    axes = drawn(history_of(scores), "frechet_distance")[1]
    assert (axes.get_xscale(), axes.get_yscale()) == ("linear", scale)
    low, high = axes.get_ylim()
    said = [t.get_text() for t in axes.get_yticklabels() if low <= t.get_position()[1] <= high]
    if scale == "log":
        assert said == [each for each in ("10", "20", "50", "100", "200") if low <= float(each)]
        assert not any(label.get_text() for label in axes.get_yticklabels(minor=True))
    if not np.isfinite(scores).any():
        assert said == []


@pytest.mark.parametrize("best", [0.6, 8.0, 41.0])
@pytest.mark.parametrize("factor", [1.0, 1.004, 1.4, 2.3, 3.0, 12.0, 1e3, 1e6])
def test_a_score_can_be_read_off_wherever_it_lies(best: float, factor: float) -> None:
    """One number at an axis is no scale; neither are twenty."""
    axes = drawn(history_of([best * factor, math.nan, best, best]), "frechet_distance")[1]
    low, high = axes.get_ylim()
    said = [t for t in axes.get_yticklabels() if low <= t.get_position()[1] <= high]
    assert 2 <= len(said) <= 9
    assert [float(t.get_text()) for t in said] == pytest.approx([t.get_position()[1] for t in said], rel=1e-5)


def test_losses_and_score_share_one_axis_of_steps_with_the_seconds_beside_it() -> None:
    history = history_of([8.0, math.nan, 4.0, 2.0])
    losses, score, _ = drawn(history, "frechet_distance")
    assert losses.get_xlim() == score.get_xlim() == (0, 40)
    assert (losses.get_xlabel(), score.get_xlabel()) == ("", "training step, and seconds of training")
    assert not any(tick.get_visible() and tick.get_text() for tick in losses.get_xticklabels())
    said = dict(tick.get_text().split("\n") for tick in score.get_xticklabels())
    assert said["0"] == "0 s" and said["10"] == "1 s" and said["40"] == "4 s"
    # Between two looks the time is in between: the training went on evenly, as far as anybody knows.
    uneven = {**history, "step": [20, 22, 24, 30], "seconds": [8.0, 9.0, 10.0, 50.0]}
    said = dict(t.get_text().split("\n") for t in drawn(uneven, "frechet_distance")[1].get_xticklabels())
    assert (said["10"], said["20"], said["30"]) == ("4 s", "8 s", "50 s")


def test_each_loss_has_its_role_s_colour_and_numbers() -> None:
    history = history_of([1.0] * 4)
    curves, grid = drawn(history)
    assert len(curves.lines) == 2 and curves.get_yscale() == "linear"
    named = dict(zip((t.get_text() for t in curves.get_legend().get_texts()), curves.lines, strict=True))
    for role in ("generator", "discriminator"):
        assert to_hex(named[role].get_color()).upper() == figures.COLOURS[role]
        np.testing.assert_array_equal(
            named[role].get_xydata(), np.transpose([history["step"], history[f"{role}_loss"]])
        )
    assert named["generator"].get_linestyle() != named["discriminator"].get_linestyle()
    assert grid.get_title() == "Samples at step 40, after 4 s (1,235 images a second)"
    assert grid.get_xlabel() == ""


def test_samples_are_grey_from_black_to_white_whatever_they_are() -> None:
    """Stretched to their own range, the pictures of a generator that draws only grey would seem full of contrast."""
    figure = live_figure(history_of([1.0] * 4), np.zeros((6, 4, 4, 1)), columns=2)
    (image,) = figure.axes[-1].images
    assert image.get_clim() == (0, 255) and image.get_cmap().name == "gray"
    assert image.get_array().shape[0] > image.get_array().shape[1]  # three rows of two
    plt.close(figure)


def test_before_the_first_look_the_axes_are_there_without_numbers() -> None:
    history = {name: [] for name in history_of([])}
    curves, score, grid = drawn(history, "frechet_distance")
    for axes in (curves, score):
        assert axes.get_yticks().size == 0
        assert axes.get_xticks().tolist() == [0]
    assert "before the first step" in grid.get_title()


def test_a_score_of_ones_own_is_labelled_by_its_name() -> None:
    axes = drawn(history_of([1.0, 2.0, 3.0, 4.0], score="sharp_edges"), "sharp_edges")[1]
    assert axes.get_ylabel() == "sharp edges"
    np.testing.assert_array_equal(axes.lines[0].get_xdata(), [10, 20, 30, 40])
