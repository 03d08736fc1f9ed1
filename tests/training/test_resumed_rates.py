"""What an optimiser was told stays when a run is resumed, and the alarm's advice to lower the rate works."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import pytest
from keras.optimizers import SGD, Adam, Adamax

from course_lib import CourseError
from course_lib.models.gan import GAN
from course_lib.training.alarms import Alarm
from course_lib.training.checkpoints import Checkpoint
from course_lib.training.loop import Recorder, train
from tests.training.small_gan import BATCH, small_gan, state_of

ROLES = ("generator", "discriminator")


def gan_with(generator: keras.Optimizer, discriminator: keras.Optimizer, **options) -> GAN:
    gan = small_gan()
    gan.compile(
        generator_optimizer=generator,
        discriminator_optimizer=discriminator,
        **{"steps_per_execution": 4} | options,
    )
    return gan


def trained(gan: GAN, images: np.ndarray, folder: Path, steps: int = 4) -> GAN:
    """The GAN after its training, its checkpoint in the folder."""
    recorder = Recorder(grid=(1, 2))
    train(gan, images, BATCH, steps=steps, callbacks=[recorder, Checkpoint(folder, recorder)])
    return gan


def resumed(gan: GAN, folder: Path) -> GAN:
    assert Checkpoint(folder, Recorder(grid=(1, 2))).restore(gan) is not None
    return gan


def rates(gan: GAN) -> list[float]:
    return [float(getattr(gan, f"{role}_optimizer").learning_rate) for role in ROLES]


def breaks(
    gan: GAN, recorder: Recorder, checkpoint: Checkpoint, images: np.ndarray, steps: int
) -> str | None:
    """What the alarm said, or None if the training came to its end."""
    try:
        train(gan, images, BATCH, steps=steps, callbacks=[recorder, Alarm(recorder, images), checkpoint])
    except CourseError as error:
        return str(error)
    return None


def test_a_third_of_the_rate_saves_a_run_that_the_alarm_has_stopped(images, tmp_path) -> None:
    def ready(rate: float) -> tuple[GAN, Recorder, Checkpoint]:
        gan = gan_with(SGD(rate), SGD(rate), loss="least_squares", steps_per_execution=1)
        recorder = Recorder(grid=(2, 2))
        checkpoint = Checkpoint(tmp_path, recorder)
        checkpoint.restore(gan)
        return gan, recorder, checkpoint

    assert breaks(*ready(0.3), images, steps=4) is None
    assert "try a third of it" in breaks(*ready(0.9), images, steps=100)
    assert "try a third of it" in breaks(*ready(0.9), images, steps=100)  # and so each time
    gan, recorder, checkpoint = ready(0.3)
    assert gan.step == 4
    assert breaks(gan, recorder, checkpoint, images, steps=100) is None
    assert gan.step == 100
    assert rates(gan) == pytest.approx([0.3, 0.3])
    assert all(np.isfinite(array).all() for array in state_of(gan).values())


def test_each_network_keeps_the_rate_asked_for_and_it_is_said(images, tmp_path, capsys) -> None:
    trained(gan_with(Adam(3e-3, 0.5), Adam(6e-3, 0.5)), images, tmp_path)
    capsys.readouterr()
    gan = resumed(gan_with(Adam(1e-3, 0.5), Adam(6e-3, 0.5)), tmp_path)
    assert rates(gan) == pytest.approx([1e-3, 6e-3])
    (said,) = capsys.readouterr().out.splitlines()
    assert said == "The generator goes on with the learning rate 0.001, as asked for now; it was 0.003."
    resumed(gan_with(Adam(3e-3, 0.5), Adam(6e-3, 0.5)), tmp_path)
    assert capsys.readouterr().out == ""


def test_rate_set_by_hand_before_resuming_stays_too(images, tmp_path) -> None:
    trained(gan_with(Adam(3e-3), Adam(6e-3)), images, tmp_path)
    gan = gan_with(Adam(3e-3), Adam(6e-3))
    gan.discriminator_optimizer.learning_rate = 2e-3
    assert rates(resumed(gan, tmp_path)) == pytest.approx([3e-3, 2e-3])


def test_only_the_rate_is_another_and_the_first_step_shows_it(images, tmp_path) -> None:
    """With all that Adam has learned in place, a step with a third of the rate is a third as long."""
    trained(gan_with(Adam(3e-3), Adam(3e-3)), images, tmp_path)

    def first_step(rate: float) -> np.ndarray:
        gan = resumed(gan_with(Adam(rate), Adam(rate), steps_per_execution=1), tmp_path)
        before = gan.discriminator.trainable_weights[0].numpy()
        train(gan, images, BATCH, steps=5)
        return gan.discriminator.trainable_weights[0].numpy() - before

    np.testing.assert_allclose(3 * first_step(1e-3), first_step(3e-3), rtol=1e-2, atol=1e-6)


def test_schedule_and_constant_rate_can_take_each_others_place(images, tmp_path) -> None:
    def halving(first: float) -> keras.optimizers.schedules.LearningRateSchedule:
        return keras.optimizers.schedules.InverseTimeDecay(first, decay_steps=4, decay_rate=1.0)

    trained(gan_with(Adam(3e-3), Adam(halving(6e-3))), images, tmp_path)
    gan = resumed(gan_with(Adam(halving(1e-3)), Adam(2e-3)), tmp_path)
    assert gan.step == 4  # the schedule goes on from there: half its first rate is left
    assert rates(gan) == pytest.approx([0.5e-3, 2e-3])
    gan = resumed(gan_with(Adam(3e-3), Adam(halving(3e-3))), tmp_path)
    assert rates(gan) == pytest.approx([3e-3, 1.5e-3])


def test_other_settings_of_the_optimiser_are_those_asked_for_now(images, tmp_path) -> None:
    trained(gan_with(Adam(3e-3, 0.5), Adam(3e-3, 0.5)), images, tmp_path)
    asked = Adam(3e-3, 0.9, 0.99, epsilon=1e-5, clipnorm=1.0, weight_decay=0.01)
    own = resumed(gan_with(asked, Adam(3e-3, 0.5)), tmp_path).generator_optimizer
    assert (own.beta_1, own.beta_2, own.epsilon, own.clipnorm, own.weight_decay) == (
        0.9,
        0.99,
        1e-5,
        1.0,
        0.01,
    )


@pytest.mark.parametrize("role", ROLES)
def test_an_optimiser_of_another_class_is_refused_by_name(role: str, images, tmp_path) -> None:
    trained(gan_with(Adam(3e-3), Adam(3e-3)), images, tmp_path)
    others = [Adamax(3e-3) if role == name else Adam(3e-3) for name in ROLES]
    gan = gan_with(*others)
    before = state_of(gan)
    with pytest.raises(
        CourseError, match=rf"Adam as the {role}'s .*asks for Adamax.*Adam, or .*a fresh --out"
    ) as caught:
        Checkpoint(tmp_path, Recorder(grid=(1, 2))).restore(gan)
    assert "\n" not in str(caught.value)
    assert all(np.array_equal(array, before[name]) for name, array in state_of(gan).items())


def test_an_optimiser_that_keeps_more_than_before_is_named_as_the_difference(images, tmp_path) -> None:
    trained(gan_with(Adam(3e-3), Adam(3e-3)), images, tmp_path)
    with pytest.raises(CourseError, match=r"optimisers with other options.*generator_optimizer/"):
        resumed(gan_with(Adam(3e-3, amsgrad=True), Adam(3e-3)), tmp_path)


def test_half_precision_keeps_the_rate_asked_for_and_names_the_class_inside(images, tmp_path) -> None:
    def ready(optimizer: type, rate: float) -> GAN:
        before = keras.mixed_precision.global_policy()
        keras.mixed_precision.set_global_policy("mixed_float16")
        try:
            return gan_with(optimizer(rate), optimizer(rate))
        finally:
            keras.mixed_precision.set_global_policy(before)

    trained(ready(Adam, 3e-3), images, tmp_path)
    gan = ready(Adam, 1e-3)
    gan.discriminator_optimizer.dynamic_scale.assign(8.0)  # what it has learned about overflows is no setting
    assert rates(resumed(gan, tmp_path)) == pytest.approx([1e-3, 1e-3])
    assert float(gan.discriminator_optimizer.dynamic_scale) == 2.0**15
    with pytest.raises(CourseError, match=r"Adam as the generator's .*asks for Adamax"):
        resumed(ready(Adamax, 3e-3), tmp_path)
