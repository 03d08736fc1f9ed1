"""The event files, read back with TensorBoard's own reader."""

from __future__ import annotations

import importlib.util
import io
import math
from pathlib import Path
from types import SimpleNamespace

import keras
import numpy as np
import pytest
import tensorflow as tf
from PIL import Image
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from course_lib import CourseError
from course_lib.training import tensorboard_log
from course_lib.training.checkpoints import Checkpoint
from course_lib.training.loop import Recorder, train
from course_lib.training.tensorboard_log import TensorBoardLog
from tests.training.small_gan import BATCH, SHAPE, noise, small_gan


def read(directory: Path) -> EventAccumulator:
    events = EventAccumulator(str(directory), size_guidance={"tensors": 0})
    events.Reload()
    return events


def steps_of(events: EventAccumulator, name: str) -> list[int]:
    return [event.step for event in events.Tensors(name)]


def values_of(events: EventAccumulator, name: str) -> list[float]:
    return [float(tf.make_ndarray(event.tensor_proto)) for event in events.Tensors(name)]


def test_curves_and_pictures_continue_in_a_resumed_run(tmp_path: Path) -> None:
    images = np.random.default_rng(0).uniform(-1, 1, (50, *SHAPE)).astype("float32")
    for steps in (8, 16):
        gan = small_gan()
        recorder = Recorder(grid=(2, 3), score=lambda samples: float(len(samples)), score_count=17)
        recorder.score_every = 0 if steps == 8 else 1000  # measured at the looks of the first run only
        checkpoint = Checkpoint(tmp_path / "checkpoints", recorder)
        checkpoint.restore(gan)
        log = TensorBoardLog(recorder, tmp_path / "log", image_every=1000)
        train(gan, images, BATCH, steps=steps, callbacks=[recorder, checkpoint, log])

    events = read(tmp_path / "log")
    assert recorder.history["step"] == [4, 8, 12, 16]
    for name in ("discriminator_loss", "generator_loss", "real_score", "fake_score", "images_per_second"):
        assert steps_of(events, name) == [4, 8, 12, 16]
        np.testing.assert_allclose(values_of(events, name), recorder.history[name], rtol=1e-5)
    assert steps_of(events, "frechet_distance") == [4, 8]
    assert values_of(events, "frechet_distance") == [17.0, 17.0]
    assert math.isnan(recorder.history["frechet_distance"][-1])

    assert steps_of(events, "samples") == [0, 8, 8, 16]
    width, height, png = events.Tensors("samples")[-1].tensor_proto.string_val
    assert (width, height) == (b"40", b"26")  # 3 x 2 images of 12 pixels, 2 apart
    shown = np.asarray(Image.open(io.BytesIO(png)))
    assert shown.shape == (26, 40)
    assert shown[:12, :12].std() > 0


@pytest.mark.parametrize(("options", "a_look_takes"), [({"image_every": 15}, 5), ({}, 7)])
def test_pictures_are_as_far_apart_as_asked(
    options: dict, a_look_takes: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By a clock of its own: every third look is due, exactly so where 15 seconds were asked for."""
    now = [0.0]
    monkeypatch.setattr(tensorboard_log, "time", SimpleNamespace(monotonic=lambda: now[0]))

    class Clock(keras.callbacks.Callback):
        def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
            now[0] += a_look_takes

    recorder = Recorder(grid=(1, 2))
    log = TensorBoardLog(recorder, tmp_path, **options)
    train(small_gan(), noise(), BATCH, steps=40, callbacks=[recorder, Clock(), log])
    events = read(tmp_path)
    assert steps_of(events, "generator_loss") == list(range(4, 41, 4))
    assert steps_of(events, "samples") == [0, 12, 24, 36, 40]
    for event in events.Tensors("samples"):
        assert event.tensor_proto.string_val[:2] == [
            b"26",
            b"12",
        ]  # two images of 12 pixels beside each other


def test_missing_tensorboard_is_one_line_that_says_what_to_install(monkeypatch, tmp_path: Path) -> None:
    found = importlib.util.find_spec
    monkeypatch.setattr(
        tensorboard_log, "find_spec", lambda name: None if name == "tensorboard" else found(name)
    )
    with pytest.raises(CourseError, match="pip install tensorboard"):
        TensorBoardLog(Recorder(), tmp_path)


def test_folder_that_cannot_be_made_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    recorder = Recorder()
    recorder.is_recording = True
    log = TensorBoardLog(recorder, tmp_path / "file" / "log")
    with pytest.raises(CourseError, match="Cannot make the folder"):
        log.on_train_begin()
