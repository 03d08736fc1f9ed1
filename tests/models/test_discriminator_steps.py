"""A discriminator that learns several times a step, each time from noise and real images of its own."""

from __future__ import annotations

import keras
import numpy as np
import pytest
import tensorflow as tf

from course_lib import CourseError
from course_lib.models import losses, shares
from course_lib.models.regularizers import gradient_penalty
from course_lib.training.checkpoints import Checkpoint
from course_lib.training.loop import Recorder, train

from ..training.small_gan import state_of
from .test_gan import SHAPE, assert_same_step, conditional_gan, descend, small_gan, some_images, weights

SGD = {f"{role}_optimizer": keras.optimizers.SGD for role in ("generator", "discriminator")}


def descent(rate: float = 0.1) -> dict[str, keras.Optimizer]:
    return {role: optimizer(rate) for role, optimizer in SGD.items()}


def assert_close(one, other, **tolerance: float) -> None:
    assert one.keys() == other.keys()
    for name in one:
        np.testing.assert_allclose(one[name], other[name], err_msg=name, **tolerance)


def test_it_is_the_algorithm_written_out() -> None:
    """Five plain steps of D, each on other images and other noise, then one of G: no image is seen twice."""
    loss = "wasserstein"
    gan, twin = small_gan(loss=loss, discriminator_steps=5, **descent()), small_gan(loss=loss)
    real, seed, game = some_images(20), keras.random.SeedGenerator(0), losses.get(loss)
    for step in range(5):
        latents = keras.random.normal((4, 5), seed=seed)
        with tf.GradientTape() as tape:
            fake_logits = twin.discriminator(twin.generator(latents, training=True), training=True)
            loss_d = game.discriminator(twin.discriminator(real[step::5], training=True), fake_logits)
        descend(twin.discriminator, loss_d, tape)
    with tf.GradientTape() as tape:
        loss_g = game.generator(twin.discriminator(twin.generator(latents, training=True), training=True))
    descend(twin.generator, loss_g, tape)

    logs = gan.train_step(tf.constant(real))
    assert float(logs["images"]) == 20 and gan.step == 1
    assert int(gan.discriminator_optimizer.iterations.numpy()) == 5
    assert_same_step(gan, twin, logs, loss_d, loss_g)


def test_with_one_step_it_is_the_gan_it_was() -> None:
    plain, one = small_gan(), small_gan(discriminator_steps=1)
    for gan in (plain, one):
        train(gan, some_images(), batch_size=8, steps=3)
    assert_close(state_of(plain), state_of(one), rtol=0)


def test_the_loop_gives_each_of_its_steps_a_whole_batch() -> None:
    """The trap: five steps on a fifth of a batch each, or on the same images."""
    seen = []

    def watch(images, seed):
        seen.append(np.array(images))
        return images

    gan = small_gan(discriminator_steps=3, augment=watch, run_eagerly=True)
    images = some_images(24)
    train(gan, images, batch_size=8, steps=1)
    assert [len(each) for each in seen] == [16, 16, 16, 8]  # real and fake for D, three times, and fake for G
    real = np.concatenate([each[:8] for each in seen[:3]])
    np.testing.assert_allclose(np.sort(real.mean(axis=(1, 2, 3))), np.sort(images.mean(axis=(1, 2, 3))))
    fakes = np.concatenate([each[8:] for each in seen[:3]])
    assert len(np.unique(fakes, axis=0)) == 24
    np.testing.assert_array_equal(seen[3], seen[2][8:])


def test_a_run_resumed_in_the_compiled_loop_is_the_same_run(tmp_path) -> None:
    options = {
        "discriminator_steps": 2,
        "regularizer": gradient_penalty(10.0),
        "loss": "wasserstein",
        "steps_per_execution": 4,
    }
    whole, first = small_gan(**options), small_gan(**options)
    train(whole, some_images(), batch_size=4, steps=8)
    recorder = Recorder(grid=(1, 1))
    checkpoint = Checkpoint(tmp_path, recorder)
    train(first, some_images(), batch_size=4, steps=4, callbacks=[recorder, checkpoint])
    second = small_gan(seed=7, **options)
    Checkpoint(tmp_path, Recorder(grid=(1, 1))).restore(second)
    assert second.step == 4
    train(second, some_images(), batch_size=4, steps=8)
    assert_close(state_of(whole), state_of(second), rtol=0)


def test_eager_compiled_and_several_steps_at_once_agree() -> None:
    ways = ({"run_eagerly": True}, {}, {"steps_per_execution": 4})
    gans = [small_gan(discriminator_steps=2, **descent(), **way) for way in ways]
    for gan in gans:
        train(gan, some_images(), batch_size=4, steps=4)
        assert_close(state_of(gans[0]), state_of(gan), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16"])
def test_half_precision_agrees_with_float32(policy: str) -> None:
    before = keras.mixed_precision.global_policy()
    keras.mixed_precision.set_global_policy(policy)
    try:
        half = small_gan(discriminator_steps=2, **descent(), steps_per_execution=2)
    finally:
        keras.mixed_precision.set_global_policy(before)
    full = small_gan(discriminator_steps=2, **descent(), steps_per_execution=2)
    start = weights(half.discriminator)
    for gan in (half, full):
        train(gan, some_images(), batch_size=8, steps=2)
        assert gan.step == 2
    for a, b, old in zip(weights(half.discriminator), weights(full.discriminator), start, strict=True):
        moved = np.abs(b - old).max()
        # bfloat16 keeps 8 bits; a step left out would be half of the way.
        np.testing.assert_allclose(a - old, b - old, atol=0.15 * moved)


def test_labels_stay_with_their_images() -> None:
    images = np.broadcast_to(np.arange(12.0, dtype="float32")[:, None, None, None], (12, *SHAPE))
    pairs = shares.split((tf.constant(images), tf.range(12)), 3)
    assert len(pairs) == 3
    for real, labels in pairs:
        np.testing.assert_array_equal(real[:, 0, 0, 0], labels)
    assert sorted(int(label) for _, labels in pairs for label in labels) == list(range(12))
    gan = conditional_gan(discriminator_steps=3)
    train(gan, some_images(24), batch_size=4, steps=2, labels=np.arange(24) % 3)
    assert gan.step == 2


@pytest.mark.parametrize("count", [0, -1, 2.0, True, "5", None])
def test_what_is_no_number_of_steps_is_refused(count) -> None:
    with pytest.raises(CourseError, match="discriminator_steps is a whole number from 1 on"):
        small_gan(discriminator_steps=count)


def test_one_verdict_for_both_contradicts_several_steps() -> None:
    with pytest.raises(CourseError, match="discriminator_steps=2 contradicts it"):
        small_gan(discriminator_steps=2, simultaneous=True)


def test_a_batch_that_cannot_be_divided_is_refused() -> None:
    gan = small_gan(discriminator_steps=5)
    with pytest.raises(CourseError, match="16 images cannot be dealt out to discriminator_steps=5"):
        gan.fit(some_images(16), batch_size=16, verbose=0)
    assert gan.step == 0
    gan = small_gan(discriminator_steps=5)
    with pytest.raises(tf.errors.InvalidArgumentError, match="cannot be dealt out to discriminator_steps=5"):
        gan.fit(some_images(13), batch_size=10, shuffle=False, verbose=0)  # a batch and a rest of 3
    with pytest.raises(CourseError, match="as many batches of 8, so 40 images, and there are 32"):
        train(gan, some_images(32), batch_size=8, steps=1)
