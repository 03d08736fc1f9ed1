"""The private GAN: gradients of single examples against backpropagation one by one, clipped sums, and its promise."""

from __future__ import annotations

import math

import keras
import numpy as np
import pytest
import tensorflow as tf

from course_lib import CourseError
from course_lib.audit import private_gan
from course_lib.audit.privacy import clipped, epsilon
from course_lib.audit.private_gan import (
    DELTA,
    clipped_sum,
    enlarge,
    example_gradients,
    new_discriminator,
    shrink,
    train,
)
from course_lib.models import networks
from course_lib.models.sampling import generate

IMAGES = np.random.default_rng(0).uniform(-1, 1, (60, 14, 14, 1)).astype("float32")


@pytest.fixture(scope="module")
def discriminator() -> keras.Sequential:
    keras.utils.set_random_seed(3)
    return new_discriminator()


@pytest.mark.parametrize("real", [True, False])
def test_the_gradient_of_each_example_is_that_of_a_batch_of_one(discriminator, real) -> None:
    found = example_gradients(discriminator, IMAGES[:5], real)
    for image, gradient in zip(IMAGES, found, strict=False):
        with tf.GradientTape() as tape:
            logit = discriminator(image[None])
            loss = keras.losses.binary_crossentropy(tf.constant([[float(real)]]), logit, from_logits=True)
        alone = tape.gradient(loss, discriminator.trainable_variables)
        assert gradient == pytest.approx(np.concatenate([np.ravel(part) for part in alone]), abs=1e-5)


@pytest.mark.parametrize("bound", [0.01, 1.0, 1e6])
def test_the_clipped_sum_needs_no_table_of_gradients(discriminator, bound) -> None:
    table = clipped(example_gradients(discriminator, IMAGES, True), bound)
    total = np.concatenate([np.ravel(part) for part in clipped_sum(discriminator, IMAGES, True, bound)])
    assert total == pytest.approx(table.sum(axis=0), abs=1e-4 * min(bound, 1) * len(IMAGES) / 10)


def test_one_example_moves_the_clipped_sum_by_no_more_than_the_bound(discriminator) -> None:
    loud = np.concatenate([IMAGES, np.full((1, 14, 14, 1), 1.0, "float32")])
    both = [
        np.concatenate([np.ravel(part) for part in clipped_sum(discriminator, images, True, 0.05)])
        for images in (IMAGES, loud)
    ]
    assert np.linalg.norm(both[1] - both[0]) == pytest.approx(0.05, rel=1e-3)


def test_a_batch_that_nobody_is_drawn_for_is_a_step_of_noise_alone(discriminator) -> None:
    assert all(not np.any(part) for part in clipped_sum(discriminator, IMAGES[:0], True, 1.0))


def test_a_training_promises_what_its_steps_cost_and_repeats_itself(monkeypatch) -> None:
    drawn = []
    original = private_gan._steps

    def counted(*arguments: object) -> tuple:
        judge, draw = original(*arguments)
        return lambda images: (drawn.append(len(images)), judge(images)), draw

    monkeypatch.setattr(private_gan, "_steps", counted)
    trained, again = (train(IMAGES, 1.3, steps=7, batch=12, seed=1) for _ in range(2))
    assert trained.epsilon == epsilon(12 / 60, 1.3, 7, DELTA)
    assert len(set(drawn)) > 2, "examples are drawn one by one, so batches differ in size"
    assert abs(sum(drawn[:7]) - 7 * 12) < 30, (
        "and hold as many as the accountant is told, give or take 3.6 deviations"
    )
    latents = np.random.default_rng(0).standard_normal((3, private_gan.LATENT_SIZE))
    pictures = generate(trained.generator, latents)
    assert pictures.shape == (3, 14, 14, 1)
    assert pictures == pytest.approx(generate(again.generator, latents), abs=1e-5)


def test_without_noise_nothing_is_promised(monkeypatch) -> None:
    monkeypatch.setattr(private_gan, "_steps", lambda *_: (lambda images: None, lambda: None))
    assert train(IMAGES, 0, steps=1, batch=12).epsilon == math.inf


def test_with_noise_enough_the_discriminator_no_longer_learns_the_data() -> None:
    """The same seed, other pictures: Adam's first steps all go where the noise points."""
    one, other = (train(images, 1e5, steps=4, batch=30, seed=2).discriminator for images in (IMAGES, -IMAGES))
    for mine, its in zip(one.get_weights(), other.get_weights(), strict=True):
        assert mine == pytest.approx(its, abs=1e-4)


def test_shrinking_takes_means_of_four_and_enlarging_comes_back_to_the_size() -> None:
    images = np.random.default_rng(1).uniform(-1, 1, (3, 28, 28, 1)).astype("float32")
    small = shrink(images)
    assert small[1, 2, 3, 0] == pytest.approx(images[1, 4:6, 6:8, 0].mean(), abs=1e-6)
    assert enlarge(small).shape == images.shape
    assert enlarge(np.full((1, 14, 14, 1), -0.25)) == pytest.approx(-0.25)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: shrink(IMAGES), "28, 28, 1"),
        (lambda: enlarge(IMAGES[:, :4]), "shrink them"),
        (lambda: train(IMAGES[..., 0], 1), "shape"),
        (lambda: train(IMAGES * 200, 1), r"lie in \[-1, 1\]"),
        (
            lambda: example_gradients(networks.dcgan_discriminator((14, 14, 1), width=2), IMAGES, True),
            "dense layers",
        ),
        (lambda: train(IMAGES, -1), "noise is"),
        (lambda: train(IMAGES, math.nan), "noise is"),
        (lambda: train(IMAGES, 1, bound=0), "bound is"),
        (lambda: train(IMAGES, 1, steps=0), "steps is"),
        (lambda: train(IMAGES, 1, batch=61), "batch is"),
        (lambda: train(IMAGES, 1, batch=12, seed=None), "seed is"),
    ],
)
def test_what_cannot_be_trained_on_is_refused_in_one_line(call, message) -> None:
    with pytest.raises(CourseError, match=message) as refused:
        call()
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("bound", [0, -1, float("nan"), True])
def test_a_bound_that_bounds_nothing_is_refused(bound) -> None:
    """0 made NaN of a gradient of 0, and -1 turned every gradient round."""
    images = np.zeros((2, 14, 14, 1))
    with pytest.raises(CourseError, match="bound is"):
        private_gan.clipped_sum(private_gan.new_discriminator(), images, True, bound)
    with pytest.raises(CourseError, match="True or False"):
        private_gan.clipped_sum(private_gan.new_discriminator(), images, "generated", 1.0)


@pytest.mark.parametrize("bound", [0.5, 3.0])
def test_a_step_has_the_noise_that_is_counted(monkeypatch, bound) -> None:
    """Deviation noise * bound / batch in every weight: seen as what plain gradient descent of rate 1 moves it by."""
    monkeypatch.setattr(private_gan.keras.optimizers, "Adam", lambda *_, **__: keras.optimizers.SGD(1.0))
    keras.utils.set_random_seed(0)
    generator, discriminator = private_gan.new_generator(), private_gan.new_discriminator()
    judge, _ = private_gan._steps(generator, discriminator, 1000.0, bound, 10, seed=1)
    before = [np.copy(weight) for weight in discriminator.get_weights()]
    judge(IMAGES[:0].astype("float32"))
    moved = [np.ravel(after - was) for after, was in zip(discriminator.get_weights(), before, strict=True)]
    assert np.concatenate(moved).std() == pytest.approx(1000 * bound / 10, rel=0.03)
    assert moved[1].std() == pytest.approx(1000 * bound / 10, rel=0.4)  # the biases', too
