import csv
import io

import keras
import numpy as np
import pytest

from course_lib import CourseError
from course_lib.alarms import Alarm
from course_lib.checkpoints import Checkpoint
from course_lib.training import Progress, Recorder, train

from .test_training import BATCH, SHAPE, small_gan, state_of


@pytest.fixture(scope="module")
def images() -> np.ndarray:
    return np.random.default_rng(0).uniform(-1, 1, (50, *SHAPE)).astype("float32")


def warnings_of(recorder: Recorder) -> list[str]:
    return [text for text in recorder.history["warning"] if text]


def test_nan_stops_with_the_step_and_leaves_the_last_checkpoint_whole(images, tmp_path) -> None:
    gan, recorder = small_gan(learning_rate=1e30), Recorder(grid=(2, 2))
    checkpoint = Checkpoint(tmp_path, recorder, every_seconds=0)
    with pytest.raises(CourseError, match=r"no longer finite at step \d+ \(weights of the .*learning rate"):
        train(gan, images, BATCH, steps=400, callbacks=[recorder, Alarm(recorder, images), checkpoint])
    fresh = small_gan()
    assert checkpoint.restore(fresh) is not None
    assert all(np.isfinite(array).all() for array in state_of(fresh).values())


def test_collapse_and_dead_generator_are_said_once_and_stand_in_the_history(images, capsys) -> None:
    gan, recorder = (
        small_gan(learning_rate=0.0),
        Recorder(grid=(3, 3)),
    )  # never learns: its samples stay alike
    progress = Progress(recorder, steps=60, log_every=0)
    train(gan, images, BATCH, steps=60, callbacks=[recorder, Alarm(recorder, images, patience=20), progress])
    printed = capsys.readouterr()
    for kind in ("collapse", "dead generator"):
        assert printed.out.count(f"{kind}:") == 1
        assert sum(f"{kind}:" in text for text in warnings_of(recorder)) == 1
        assert f"! {kind}" in printed.err or kind != "collapse"
    assert "lesson 08" in warnings_of(recorder)[0]
    assert len(list(csv.DictReader(io.StringIO(recorder.csv())))) == len(recorder.history["step"])


def test_discriminator_that_always_wins_is_noticed(images) -> None:
    gan, recorder = small_gan(), Recorder(grid=(2, 2))
    gan.generator_optimizer.learning_rate = 0.0
    gan.discriminator_optimizer.learning_rate = 0.05
    train(gan, images, BATCH, steps=60, callbacks=[recorder, Alarm(recorder, images, 0.0, patience=10)])
    assert any("overpowering discriminator" in text for text in warnings_of(recorder))


def test_no_alarm_without_cause(images, capsys) -> None:
    recorder = Recorder(grid=(3, 3))
    alarm = Alarm(recorder, images, least_diversity=0.0, patience=10)
    train(small_gan(learning_rate=1e-3), images, BATCH, steps=40, callbacks=[recorder, alarm])
    assert warnings_of(recorder) == []
    assert "Warning" not in capsys.readouterr().out


def test_overflow_in_float16_skips_the_step_and_lowers_the_scale(images) -> None:
    before = keras.mixed_precision.global_policy()
    keras.mixed_precision.set_global_policy("mixed_float16")
    try:
        gan = small_gan(steps_per_execution=1)
    finally:
        keras.mixed_precision.set_global_policy(before)
    gan.discriminator_optimizer.dynamic_scale.assign(3e38)  # any gradient times this overflows
    old = [np.array(w) for w in gan.discriminator.trainable_weights]
    train(gan, images, BATCH, steps=1)
    for a, b in zip(old, gan.discriminator.trainable_weights, strict=True):
        np.testing.assert_array_equal(a, b)
    assert float(gan.discriminator_optimizer.dynamic_scale) < 3e38
    assert gan.step == 1
