"""A small GAN that learns garments without telling much of any one of them, by noise in its discriminator's steps.

    noise = noise_for(3.0, BATCH / 60_000, steps, DELTA)
    trained = train(shrink(images_train), noise, steps=steps)
    pictures = enlarge(generate(trained.generator, latents))

Only the discriminator sees real pictures, so only its steps need clipping and noise (Xie et al. 2018, "Differentially
Private Generative Adversarial Network", arXiv:1802.06739); the generator learns from it and pays nothing more. Pictures
have 14 x 14 pixels and the layers are dense: the fewer weights there are, the less noise is added in all.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from course_lib import CourseError, datasets
from course_lib.audit.privacy import TINY, epsilon
from course_lib.datasets.arguments import check_switch
from course_lib.datasets.checking import check_whole
from course_lib.datasets.numbers import check_number

Array = np.ndarray
Tensor = Any
SIDE = 14
LATENT_SIZE = 32
HIDDEN = 64
BATCH = 600
DELTA = 1e-5
BOUND = 1.0
"""Of each example's gradient; about as long as most are."""
DISCRIMINATOR_STEPS = 5
"""Steps of the discriminator for one of the generator: a noisy judge needs time (Bie et al. 2023, arXiv:2302.02936)."""
LEARNING_RATES = {"generator": 1e-3, "discriminator": 1e-3}


class PrivateGAN(NamedTuple):
    """A trained pair, and what its training may have told: (epsilon, DELTA)-private; infinite without noise."""

    generator: keras.Model
    discriminator: keras.Model
    epsilon: float


def shrink(images: Array) -> Array:
    """Images (n, 28, 28, 1) in [-1, 1] to (n, 14, 14, 1): the mean of each 2 x 2 pixels."""
    datasets.check_images(images, part=True)
    images = np.asarray(images, "float32")
    if images.shape[1:] != (2 * SIDE, 2 * SIDE, 1):
        raise CourseError(f"Images (n, 28, 28, 1) are shrunk here, but these have the shape {images.shape}.")
    return images.reshape(-1, SIDE, 2, SIDE, 2, 1).mean(axis=(2, 4))


def enlarge(images: Array) -> Array:
    """Images (n, 14, 14, 1) to (n, 28, 28, 1), bilinear: for a feature network, and for eyes."""
    _check_small(images)
    return np.asarray(tf.image.resize(np.asarray(images, "float32"), (2 * SIDE, 2 * SIDE)))


def new_discriminator() -> keras.Sequential:
    """Images (batch, 14, 14, 1) to logits (batch, 1). No batch norm: it would mix what one person's gradient is."""
    return keras.Sequential(
        [
            keras.Input((SIDE, SIDE, 1)),
            layers.Flatten(),
            layers.Dense(HIDDEN),
            layers.LeakyReLU(0.2),
            layers.Dense(1),
        ],
        name="discriminator",
    )


def new_generator() -> keras.Sequential:
    """Latents (batch, 32) to images (batch, 14, 14, 1) in (-1, 1)."""
    return keras.Sequential(
        [
            keras.Input((LATENT_SIZE,)),
            layers.Dense(128, use_bias=False),
            layers.BatchNormalization(momentum=0.9),
            layers.ReLU(),
            layers.Dense(256, use_bias=False),
            layers.BatchNormalization(momentum=0.9),
            layers.ReLU(),
            layers.Dense(SIDE * SIDE, activation="tanh"),
            layers.Reshape((SIDE, SIDE, 1)),
        ],
        name="generator",
    )


def example_gradients(discriminator: keras.Sequential, images: Array, real: bool) -> Array:
    """The gradient (n, d) of each example's own loss in the discriminator's d weights, in the order of its variables.

    The loss is -log sigmoid(logit) for real images, -log(1 - sigmoid(logit)) for others. A dense layer's gradient is
    the product of what comes in, a, and of the loss's slope in what goes out, e: a e^T for the weights, e for the bias.
    Raises CourseError for a discriminator with weights in other layers, and for images that are not (n, 14, 14, 1).
    """
    _check_small(images)
    check_switch("real", real)
    pieces = []
    for inputs, slopes in _passes(discriminator, images, real):
        pieces += [tf.reshape(inputs[:, :, None] * slopes[:, None, :], (len(images), -1)), slopes]
    return np.asarray(tf.concat(pieces, axis=1))


def clipped_sum(discriminator: keras.Sequential, images: Tensor, real: bool, bound: float) -> list[Tensor]:
    """The sum over the examples of their gradients, each clipped to `bound`: one tensor a variable.

    What `privacy.clipped` of `example_gradients` adds up to, but no table (n, d) is made: |a e^T|^2 = |a|^2 |e|^2
    tells how long each gradient is, so each can be scaled before the sum (Goodfellow 2015, "Efficient Per-Example
    Gradient Computations", arXiv:1510.01799).
    """
    if not tf.is_tensor(images) and datasets.check_numbers("images", images).shape != (0, SIDE, SIDE, 1):
        _check_small(images)  # none at all are a step for which nobody was drawn
    check_switch("real", real)
    check_number("bound", "the length that no example's gradient passes", bound, TINY, 1e12)
    passes = _passes(discriminator, images, real)
    squares = [(_squares(inputs) + 1) * _squares(slopes) for inputs, slopes in passes]
    scales = bound / tf.maximum(tf.sqrt(tf.add_n(squares)), bound)
    sums = []
    for inputs, slopes in passes:
        scaled = slopes * scales[:, None]
        sums += [tf.matmul(inputs, scaled, transpose_a=True), tf.reduce_sum(scaled, axis=0)]
    return sums


def train(
    images: Array, noise: float, bound: float = BOUND, steps: int = 2000, batch: int = BATCH, seed: int = 0
) -> PrivateGAN:
    """A GAN whose discriminator learned from these images (n, 14, 14, 1) in so many noisy steps.

    noise: in units of bound, from `privacy.noise_for`; 0 for none, and then nothing is promised.
    bound: the length to which each example's gradient is clipped; batch: the expected number of real examples a step,
    each of which is drawn with chance batch / n, independently. Settings that were tried out on the same images tell
    something of them, too, which this epsilon leaves out.
    """
    _check_small(images)
    check_number("noise", "the noise in units of bound", noise, 0, 1e6)
    check_number("bound", "the length that no example's gradient passes", bound, TINY, 1e12)
    check_whole("steps", "how often the discriminator learns", steps, 1)
    check_whole("batch", "how many real examples a step expects", batch, 1, len(images))
    check_whole("seed", "what the random numbers follow from", seed, 0, 2**31 - 1)
    steps, batch, seed = int(steps), int(batch), int(seed)
    images = np.asarray(images, "float32")
    keras.utils.set_random_seed(seed)
    generator, discriminator = new_generator(), new_discriminator()
    learn_to_judge, learn_to_draw = _steps(generator, discriminator, float(noise), float(bound), batch, seed)
    rng, rate = np.random.default_rng(seed), batch / len(images)
    for step in range(1, steps + 1):
        learn_to_judge(images[rng.random(len(images)) < rate])
        if step % DISCRIMINATOR_STEPS == 0:
            learn_to_draw()
    return PrivateGAN(generator, discriminator, epsilon(rate, noise, steps, DELTA) if noise else math.inf)


def _steps(
    generator: keras.Model, discriminator: keras.Sequential, noise: float, bound: float, batch: int, seed: int
) -> tuple:
    """One step of each network, compiled."""
    optimizers = {
        network: keras.optimizers.Adam(LEARNING_RATES[network.name], beta_1=0.5)
        for network in (generator, discriminator)
    }
    for network, optimizer in optimizers.items():
        optimizer.build(network.trainable_variables)
    rng = tf.random.Generator.from_seed(seed)

    def latents() -> Tensor:
        return rng.normal((batch, LATENT_SIZE))

    @tf.function(input_signature=[tf.TensorSpec((None, SIDE, SIDE, 1))])
    def learn_to_judge(real: Tensor) -> None:
        # Generated pictures are nobody's secret: they are clipped so that neither side is louder, and need no noise.
        fake_sums = clipped_sum(discriminator, generator(latents(), training=True), False, bound)
        real_sums = clipped_sum(discriminator, real, True, bound)
        gradients = [
            (one + other + noise * bound * rng.normal(one.shape)) / batch
            for one, other in zip(real_sums, fake_sums, strict=True)
        ]
        optimizers[discriminator].apply(gradients, discriminator.trainable_variables)

    @tf.function
    def learn_to_draw() -> None:
        with tf.GradientTape() as tape:
            verdict = discriminator(generator(latents(), training=True))
            loss = tf.reduce_mean(tf.nn.softplus(-verdict))
        weights = generator.trainable_variables
        optimizers[generator].apply(tape.gradient(loss, weights), weights)

    return learn_to_judge, learn_to_draw


def _passes(discriminator: keras.Sequential, images: Tensor, real: bool) -> list[tuple[Tensor, Tensor]]:
    """For each dense layer what came in (n, i), and the slopes (n, o) of each example's loss in what went out."""
    if not isinstance(discriminator, keras.Sequential):
        raise CourseError(
            f"discriminator is a Sequential network of dense layers, not of the type {type(discriminator).__name__}."
        )
    inputs, outputs = [], []
    with tf.GradientTape() as tape:
        values = tf.convert_to_tensor(images, tf.float32)
        tape.watch(values)
        for layer in discriminator.layers:
            if isinstance(layer, layers.Dense):
                inputs.append(values)
            elif layer.weights:
                raise CourseError(
                    f"Gradients are written out for dense layers here, and {layer.name} is none."
                )
            values = layer(values)
            if isinstance(layer, layers.Dense):
                outputs.append(values)
        loss = tf.reduce_sum(tf.nn.softplus(-values if real else values))
    return list(zip(inputs, tape.gradient(loss, outputs), strict=True))


def _squares(rows: Tensor) -> Tensor:
    return tf.reduce_sum(tf.square(rows), axis=1)


def _check_small(images: Array) -> None:
    datasets.check_images(images, part=True)
    if np.shape(images)[1:] != (SIDE, SIDE, 1):
        raise CourseError(
            f"Images (n, {SIDE}, {SIDE}, 1) are wanted, but these have the shape {np.shape(images)}: shrink them."
        )
