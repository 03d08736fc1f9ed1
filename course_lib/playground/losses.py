"""The losses of `course_lib.models.losses` once more, a line each, in the precision of the logits that come in.

The game is played in 64 bits, and those of the models round to 32. `course_lib.playground.code` prints the lines below
as they stand; a test compares both rooms.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import tensorflow as tf

Tensor = tf.Tensor


class Pair(NamedTuple):
    """discriminator(real_logits, fake_logits) and generator(fake_logits), each to be made small."""

    discriminator: Callable[[Tensor, Tensor], Tensor]
    generator: Callable[[Tensor], Tensor]


def logistic_discriminator(real_logits: Tensor, fake_logits: Tensor) -> Tensor:
    return tf.reduce_mean(tf.nn.softplus(-real_logits)) + tf.reduce_mean(tf.nn.softplus(fake_logits))


def minimax_generator(fake_logits: Tensor) -> Tensor:
    return -tf.reduce_mean(tf.nn.softplus(fake_logits))


def non_saturating_generator(fake_logits: Tensor) -> Tensor:
    return tf.reduce_mean(tf.nn.softplus(-fake_logits))


def least_squares_discriminator(real_logits: Tensor, fake_logits: Tensor) -> Tensor:
    return tf.reduce_mean(tf.square(real_logits - 1)) / 2 + tf.reduce_mean(tf.square(fake_logits)) / 2


def least_squares_generator(fake_logits: Tensor) -> Tensor:
    return tf.reduce_mean(tf.square(fake_logits - 1)) / 2


def hinge_discriminator(real_logits: Tensor, fake_logits: Tensor) -> Tensor:
    return tf.reduce_mean(tf.nn.relu(1 - real_logits)) + tf.reduce_mean(tf.nn.relu(1 + fake_logits))


def wasserstein_discriminator(real_logits: Tensor, fake_logits: Tensor) -> Tensor:
    return tf.reduce_mean(fake_logits) - tf.reduce_mean(real_logits)


def linear_generator(fake_logits: Tensor) -> Tensor:
    return -tf.reduce_mean(fake_logits)


PAIRS = {
    "minimax": Pair(logistic_discriminator, minimax_generator),
    "non_saturating": Pair(logistic_discriminator, non_saturating_generator),
    "least_squares": Pair(least_squares_discriminator, least_squares_generator),
    "hinge": Pair(hinge_discriminator, linear_generator),
    "wasserstein": Pair(wasserstein_discriminator, linear_generator),
}
"""The pair of each of `settings.LOSSES`."""
