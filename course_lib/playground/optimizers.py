"""Keras's optimizers for networks whose weights are one long vector, and the spectral norm as a constraint.

The formulas are Keras's to the last factor, since `course_lib.playground.code` writes the same game with Keras itself.
"""

from __future__ import annotations

import tensorflow as tf

from course_lib.models.flat_dense import Player, Sizes, Tensor, layers_of, vector_of

BETA_2, RHO, EPSILON = 0.999, 0.9, 1e-7  # Keras's


def moved(player: Player, gradient: Tensor, rate: Tensor, beta_1: Tensor, optimizer: str) -> Player:
    """The player after one step of a Keras optimizer, with Keras's formulas."""
    weights, mean, square, step = player
    if optimizer == "sgd":
        return player._replace(weights=weights - rate * gradient)
    if optimizer == "rmsprop":
        square = RHO * square + (1 - RHO) * tf.square(gradient)
        return player._replace(weights=weights - rate * gradient / tf.sqrt(square + EPSILON), square=square)
    mean, square, step = (
        mean + (1 - beta_1) * (gradient - mean),
        square + (1 - BETA_2) * (tf.square(gradient) - square),
        step + 1,
    )
    scale = rate * tf.sqrt(1 - rounded(BETA_2) ** step) / (1 - rounded(beta_1) ** step)
    return Player(weights - scale * mean / (tf.sqrt(square) + EPSILON), mean, square, step)


def rounded(number: Tensor | float) -> Tensor:
    """The number as Keras keeps learning rates and takes powers of Adam's betas: rounded to 32 bits, in 64."""
    return tf.cast(tf.cast(number, tf.float32), tf.float64)


def spectrally_normalised(weights: Tensor, sizes: Sizes) -> Tensor:
    """The weights with every kernel divided by its largest singular value."""
    return vector_of([(spectral(kernel), bias) for kernel, bias in layers_of(weights, sizes)])


def spectral(kernel: Tensor) -> Tensor:
    return kernel / tf.linalg.svd(kernel, compute_uv=False)[0]
