"""A GAN that writes two bars of a reel: small convolutions over time, and one row chosen at each step.

    gan = bar_gan()
    loop.train(gan, rolls, batch_size=BATCH_SIZE, seconds=40)
    phrases = to_notes(gan.sample(8))

Rolls as in `datasets.bar_rolls`, (N, 16, 32, 1) in [-1, 1]. The rows of a step are channels: a convolution slides over
time alone, since a hold and a rest are no neighbours of a pitch.

Five settings were tried with the straight-through step for about 40 processor seconds each, one seed, by the
statistics of `scores.melodies` against validation phrases: this one, which came out best; temperature 1; temperature 1
with dropout of 0.3 in D; temperature 1 with G's rate halved and D's doubled; temperature 1 with both rates doubled and
half the batch. By intervals they lay 0.07 to 0.13 from the phrases, and the three seeds of `data/bars.csv`, all of this
setting, lie 0.09 to 0.14 from the test phrases: so the choice is no finding. Twice the width made a step cost four
times as much.
"""

from __future__ import annotations

from typing import Any

import keras
from keras import layers

from course_lib.datasets.bar_rolls import ROWS, SHAPE, STEPS
from course_lib.models.gan import GAN
from course_lib.models.networks import MinibatchDeviation
from course_lib.models.straight_through import OneChoice

BATCH_SIZE = 64
LATENT, WIDTH = 64, 32
TEMPERATURE = 2.0
LEARNING_RATES = {"generator": 1e-3, "discriminator": 5e-4}
BETA_1, BETA_2 = 0.5, 0.99
AVERAGING = 0.998


def generator(kind: str = "straight_through", seed: int = 0, temperature: float = TEMPERATURE) -> keras.Model:
    """G: latents (batch, 64) to rolls (batch, 16, 32, 1).

    kind, temperature, seed: how a row is chosen from its logits, see `OneChoice`.
    """
    network = keras.Sequential(name="generator")
    network.add(keras.Input((LATENT,)))
    network.add(layers.Dense(STEPS // 4 * 4 * WIDTH, use_bias=False))
    network.add(layers.Reshape((STEPS // 4, 4 * WIDTH)))
    network.add(layers.BatchNormalization(momentum=0.9))
    network.add(layers.ReLU())
    for _ in range(2):  # 4 steps to 8 to 16, as a DCGAN's pictures grow
        network.add(layers.UpSampling1D())
        network.add(layers.Conv1D(2 * WIDTH, 3, padding="same", use_bias=False))
        network.add(layers.BatchNormalization(momentum=0.9))
        network.add(layers.ReLU())
    network.add(layers.Conv1D(ROWS, 3, padding="same"))
    network.add(OneChoice(kind, temperature, seed))
    network.add(layers.Reshape(SHAPE))
    return network


def discriminator() -> keras.Model:
    """D: rolls (batch, 16, 32, 1) to logits (batch, 1)."""
    network = keras.Sequential(name="discriminator")
    network.add(keras.Input(SHAPE))
    network.add(layers.Reshape((STEPS, ROWS)))
    for channels, kernel, strides in ((2 * WIDTH, 3, 1), (2 * WIDTH, 4, 2), (4 * WIDTH, 4, 2)):
        network.add(layers.Conv1D(channels, kernel, strides=strides, padding="same"))
        network.add(layers.LeakyReLU(0.2))
    network.add(layers.Reshape((STEPS // 4, 1, 4 * WIDTH)))
    network.add(MinibatchDeviation())
    network.add(layers.Flatten())
    network.add(layers.Dense(1))
    return network


def bar_gan(
    kind: str = "straight_through", seed: int = 0, temperature: float = TEMPERATURE, **options: Any
) -> GAN:
    """A compiled GAN for rolls, its weights drawn from `seed`. options: for `GAN.compile`."""
    keras.utils.set_random_seed(seed)
    gan = GAN(generator(kind, seed, temperature), discriminator(), averaging=AVERAGING, seed=seed)
    for role, rate in LEARNING_RATES.items():
        options.setdefault(f"{role}_optimizer", keras.optimizers.Adam(rate, BETA_1, BETA_2))
    options.setdefault("steps_per_execution", 20)
    gan.compile(**options)
    return gan
