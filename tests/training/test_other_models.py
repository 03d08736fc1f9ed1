"""Models other than the GAN go through the same door: progress line, live picture and TensorBoard say their loss."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from course_lib import datasets
from course_lib.models.roads import vae
from course_lib.plots.training_picture import live_figure
from course_lib.training.loop import Recorder, train
from course_lib.training.progress_line import Progress
from course_lib.training.tensorboard_log import TensorBoardLog


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> tuple[Recorder, Progress, Path]:
    images, folder = datasets.load("fashion_mnist").images_train[:200], tmp_path_factory.mktemp("tensorboard")
    recorder = Recorder(tracked=vae.VAE.TRACKED, grid=(2, 3))
    progress = Progress(recorder, steps=40)
    callbacks = [recorder, progress, TensorBoardLog(recorder, folder)]
    train(vae.small(2), images, batch_size=20, steps=40, callbacks=callbacks)
    return recorder, progress, folder


def test_the_history_holds_what_the_model_tracks(watched: tuple) -> None:
    history = watched[0].history
    assert history["step"] == [20, 40]
    assert "generator_loss" not in history
    total = np.add(history["reconstruction"], history["divergence"])
    np.testing.assert_allclose(history["loss"], total, rtol=1e-5)


def test_the_progress_line_says_the_loss(watched: tuple) -> None:
    recorder, progress, _ = watched
    line = progress.line(progress.began_at + 1, width=120)
    assert f"loss {recorder.history['loss'][-1]:.2f}" in line and "D " not in line


def test_the_live_picture_draws_the_loss_and_its_parts(watched: tuple) -> None:
    recorder = watched[0]
    axes = live_figure(recorder.history, recorder.samples(), 3).axes[0]
    drawn = {line.get_label(): line for line in axes.get_lines()}
    assert list(drawn) == ["loss", "reconstruction", "divergence"]
    np.testing.assert_array_equal(drawn["divergence"].get_ydata(), recorder.history["divergence"])
    looks = {(line.get_color(), line.get_linestyle()) for line in drawn.values()}
    assert len(looks) == len({style for _, style in looks}) == 3  # not told apart by colour alone


def test_tensorboard_gets_the_curves(watched: tuple) -> None:
    (file,) = watched[2].glob("events*")
    assert b"reconstruction" in file.read_bytes()
