"""Penalties on a discriminator that is too steep; each is an argument of `GAN.compile`.

    gan.compile(loss="wasserstein", regularizer=gradient_penalty(10.0))

A regulariser takes the discriminator's verdict (images to logits), real and fake images (batch, height, width,
channels) and the GAN's SeedGenerator, and returns a scalar that is added to the discriminator's loss.
"""

from __future__ import annotations

from collections.abc import Callable

import keras
import tensorflow as tf
from keras import ops

from course_lib.models.gan import Regularizer, Tensor


def gradient_penalty(weight: float = 10.0, target: float = 1.0) -> Regularizer:
    """weight * E[(|grad l(x)| - target)^2] at random points x between a real image and a fake one.

    Gulrajani et al. 2017, "Improved Training of Wasserstein GANs", equation 3. The discriminator must treat its
    images one by one, so it may have no batch norm.
    """

    def penalty(verdict: Callable, real: Tensor, fake: Tensor, seed: keras.random.SeedGenerator) -> Tensor:
        place = keras.random.uniform((ops.shape(real)[0], 1, 1, 1), seed=seed)
        norms = ops.sqrt(squared_slopes(verdict, real + place * (fake - real)) + 1e-12)  # finite slope at 0
        return weight * ops.mean(ops.square(norms - target))

    return penalty


def r1(weight: float = 1.0) -> Regularizer:
    """weight / 2 * E[|grad l(x)|^2] at the real images.

    Mescheder, Geiger & Nowozin 2018, "Which Training Methods for GANs do actually Converge?", equation 9: near the
    equilibrium it turns the circling of the two networks into a spiral inwards.
    """

    def penalty(verdict: Callable, real: Tensor, fake: Tensor, seed: keras.random.SeedGenerator) -> Tensor:
        return weight / 2 * ops.mean(squared_slopes(verdict, real))

    return penalty


def squared_slopes(verdict: Callable[[Tensor], Tensor], images: Tensor) -> Tensor:
    """|grad l(x)|^2, (batch,), the squared length of the logit's gradient with respect to each image's pixels."""
    with tf.GradientTape() as tape:
        tape.watch(images)
        logits = verdict(images)
    slopes = ops.cast(tape.gradient(logits, images), "float32")
    return ops.sum(ops.square(slopes), axis=(1, 2, 3))
