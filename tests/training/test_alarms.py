import csv
import io

import keras
import numpy as np
import pytest

from course_lib import CourseError
from course_lib.training.alarms import Alarm
from course_lib.training.checkpoints import Checkpoint
from course_lib.training.loop import Recorder, train
from course_lib.training.progress_line import Progress
from tests.training.small_gan import BATCH, small_gan, state_of


def warnings_of(recorder: Recorder) -> list[str]:
    return [text for text in recorder.history["warning"] if text]


def test_nan_stops_with_the_step_and_leaves_the_last_checkpoint_whole(images, tmp_path) -> None:
    gan, recorder = small_gan(learning_rate=1e30), Recorder(grid=(2, 2))
    checkpoint = Checkpoint(tmp_path, recorder, every_seconds=0)
    with pytest.raises(CourseError, match=r"At step \d+ .* \(weights of the .*learning rate") as caught:
        train(gan, images, BATCH, steps=400, callbacks=[recorder, Alarm(recorder, images), checkpoint])
    assert "\n" not in str(caught.value)
    fresh = small_gan()
    assert checkpoint.restore(fresh) is not None
    assert all(np.isfinite(array).all() for array in state_of(fresh).values())


class Spoil(keras.callbacks.Callback):
    """Breaks one weight of a network at the end of each look, as the look's last step may do."""

    def __init__(self, network: str):
        super().__init__()
        self.network = network

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        weight = getattr(self.model, self.network).trainable_weights[0]
        array = np.array(weight)
        array.flat[0] = np.nan
        weight.assign(array)


@pytest.mark.parametrize("network", ["generator", "discriminator"])
def test_state_broken_by_the_last_step_of_a_look_is_not_saved(network: str, images, tmp_path) -> None:
    """A loss is computed before the step that it causes, so at that look it is still fine."""
    gan, recorder = small_gan(steps_per_execution=10), Recorder(grid=(2, 2))
    checkpoint = Checkpoint(tmp_path, recorder, every_seconds=0)
    watchers = [recorder, Alarm(recorder, images), checkpoint]
    train(gan, images, BATCH, steps=10, callbacks=watchers)
    with pytest.raises(CourseError, match=f"At step 20 the loss is finite .weights of the .*{network}"):
        train(gan, images, BATCH, steps=20, callbacks=[Spoil(network), *watchers])
    assert [path.stem for path in checkpoint.paths()] == ["checkpoint-00000000", "checkpoint-00000010"]


def test_collapse_and_dead_generator_are_said_once_and_stand_in_the_history(images, tmp_path, capsys) -> None:
    gan, recorder = small_gan(learning_rate=0.0), Recorder(grid=(3, 3))  # its samples stay alike
    progress = Progress(recorder, steps=60, log_every=0)
    alarm = Alarm(recorder, images, patience=20, say=progress.say)
    checkpoint = Checkpoint(tmp_path, recorder)
    train(gan, images, BATCH, steps=60, callbacks=[recorder, alarm, checkpoint, progress])
    lines = capsys.readouterr().err.splitlines()
    for kind in ("collapse", "dead generator"):
        (said,) = [line for line in lines if f"{kind}: " in line]
        assert said.startswith("Warning at step ")
        assert "lesson 08" in said
        assert sum(f"{kind}: " in text for text in warnings_of(recorder)) == 1
        assert f"! {kind}" in lines[-1]
    rows = list(csv.DictReader(io.StringIO(recorder.csv())))
    assert [row["step"] for row in rows if row["warning"]] == ["24", "32"]

    resumed = Recorder(grid=(3, 3))
    checkpoint = Checkpoint(tmp_path, resumed)
    checkpoint.restore(gan)
    watchers = [resumed, Alarm(resumed, images, patience=20), checkpoint]
    train(gan, images, BATCH, steps=90, callbacks=watchers)
    assert warnings_of(resumed) == warnings_of(recorder)  # once a run, however often it is resumed
    assert "Warning" not in capsys.readouterr().out


def test_discriminator_that_always_wins_is_noticed(images) -> None:
    gan, recorder = small_gan(), Recorder(grid=(2, 2))
    gan.generator_optimizer.learning_rate = 0.0
    gan.discriminator_optimizer.learning_rate = 0.05
    train(gan, images, BATCH, steps=80, callbacks=[recorder, Alarm(recorder, images, 0.0, patience=10)])
    assert any("overpowering discriminator" in text for text in warnings_of(recorder))


@pytest.mark.parametrize(
    ("real_scores", "loss", "alarmed"),
    [
        ([1.0] * 10, "non_saturating", True),
        ([1.0] * 9, "non_saturating", False),  # too short to say "always"
        ([*[1.0] * 4, 0.9, *[1.0] * 5], "minimax", False),
        (
            [1.0] * 10,
            "wasserstein",
            False,
        ),  # a critic's logit is no probability: far apart is as it should be
    ],
)
def test_only_a_winner_of_ten_looks_in_a_game_of_probabilities_is_overpowering(
    images, real_scores: list[float], loss: str, alarmed: bool
) -> None:
    gan, recorder = small_gan(), Recorder(grid=(2, 2))
    gan.compile(loss=loss)
    recorder.set_model(gan)
    recorder.on_train_begin()
    alarm = Alarm(recorder, images, 0.0, patience=0, still=1000)
    alarm.set_model(gan)
    for step, score in enumerate(real_scores):
        row = dict.fromkeys(recorder.history, 0.0) | {"step": step, "real_score": score, "warning": ""}
        for name, values in recorder.history.items():
            values.append(row[name])
        alarm.on_train_batch_end(0)
    assert (recorder.warned() == ["overpowering discriminator"]) is alarmed


def test_skipped_steps_do_not_make_a_generator_dead(images) -> None:
    """Loss scaling skips a step now and then; for a look or two nothing changes."""
    gan, recorder = small_gan(steps_per_execution=1), Recorder(grid=(2, 2))
    alarm = Alarm(recorder, images, 0.0, patience=0)

    class Learn(keras.callbacks.Callback):
        def on_train_batch_begin(self, batch: int, logs: dict | None = None) -> None:
            gan.generator_optimizer.learning_rate = 1e-3 if batch % 8 == 0 else 0.0

    train(gan, images, BATCH, steps=30, callbacks=[Learn(), recorder, alarm])
    assert recorder.warned() == []


def test_alarm_is_not_fooled_by_images_of_another_range(images) -> None:
    with pytest.raises(CourseError, match=r"0\.\.255"):
        Alarm(Recorder(), (images + 1) * 127.5)


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
