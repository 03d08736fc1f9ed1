import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from course_lib.models import regularizers

from .test_gan import small_gan, some_images, weights

WEIGHTS = np.linspace(-0.2, 0.3, 20 * 20).astype("float32")  # of a logit that is linear in the pixels
SLOPE = float(np.linalg.norm(WEIGHTS))


def linear(images: tf.Tensor) -> tf.Tensor:
    return tf.reshape(images, (len(images), -1)) @ WEIGHTS[:, None] + 0.7


def seed() -> keras.random.SeedGenerator:
    return keras.random.SeedGenerator(0)


def test_penalties_of_a_linear_logit_are_those_of_the_formula() -> None:
    """Its slope is the same everywhere, so the expectation needs no sampling."""
    real, fake = tf.constant(some_images(6)), tf.constant(some_images(6, seed=1))
    penalty = regularizers.gradient_penalty(10.0)(linear, real, fake, seed())
    assert float(penalty) == pytest.approx(10 * (SLOPE - 1) ** 2, rel=1e-4)
    assert float(regularizers.r1(3.0)(linear, real, fake, seed())) == pytest.approx(1.5 * SLOPE**2, rel=1e-5)


def test_squared_slopes_agree_with_finite_differences() -> None:
    keras.utils.set_random_seed(3)
    network = keras.Sequential(
        [keras.Input((3, 2, 1)), layers.Flatten(), layers.Dense(4, "tanh"), layers.Dense(1)]
    )
    images = np.random.default_rng(0).normal(size=(2, 3, 2, 1)).astype("float32")
    expected = np.zeros(2)
    for place in np.ndindex(3, 2, 1):
        step = np.zeros((3, 2, 1), "float32")
        step[place] = 1e-2
        expected += (np.asarray(network(images + step) - network(images - step))[:, 0] / 2e-2) ** 2
    found = regularizers.squared_slopes(network, tf.constant(images))
    np.testing.assert_allclose(found, expected, rtol=1e-3)


def test_gradient_penalty_looks_between_real_and_fake() -> None:
    looked_at = []

    def square(images: tf.Tensor) -> tf.Tensor:
        looked_at.append(images.numpy())
        return tf.reduce_sum(images**2, axis=(1, 2, 3))

    real, fake = -np.ones((50, 2, 2, 1), "float32"), np.ones((50, 2, 2, 1), "float32")
    regularizers.gradient_penalty()(square, tf.constant(real), tf.constant(fake), seed())
    points = looked_at[0]
    assert np.ptp(points, axis=(1, 2, 3)).max() < 1e-6  # one random number an image
    assert -1 <= points.min() < -0.5 and 0.5 < points.max() <= 1


@pytest.mark.parametrize("regularizer", [regularizers.gradient_penalty(10.0), regularizers.r1(10.0)])
def test_regularizer_is_an_argument_of_compile_and_flattens_the_discriminator(regularizer) -> None:
    real = tf.constant(some_images(16))
    slopes = {}
    for name, option in (("plain", None), ("regularised", regularizer)):
        gan = small_gan(
            loss="wasserstein",
            regularizer=option,
            generator_optimizer=keras.optimizers.SGD(0.0),
            discriminator_optimizer=keras.optimizers.Adam(0.01),
        )
        before = weights(gan.discriminator)
        for _ in range(20):
            gan.train_step(real)
        assert not np.array_equal(before[0], weights(gan.discriminator)[0])
        slopes[name] = float(np.mean(regularizers.squared_slopes(gan.discriminator, real)))
    assert slopes["regularised"] < slopes["plain"] / 10
