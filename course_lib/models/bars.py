"""A GAN that writes two bars of a reel: small convolutions over time, and one pitch chosen at each step.

    gan = bar_gan()
    loop.train(gan, rolls, batch_size=BATCH_SIZE, seconds=40)
    phrases = to_notes(gan.sample(8))

Rolls as in `datasets.bar_rolls`, (N, 16, 32, 1) in [-1, 1].
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
LATENT, WIDTH = 64, 64
LEARNING_RATES = {"generator": 1e-3, "discriminator": 5e-4}
BETA_1, BETA_2 = 0.5, 0.99
AVERAGING = 0.998


def generator(
    kind: str = "straight_through",
    latent_size: int = LATENT,
    width: int = WIDTH,
    temperature: float = 1.0,
    seed: int = 0,
) -> keras.Model:
    """G: latents (batch, latent_size) to rolls (batch, 16, 32, 1).

    kind, temperature, seed: how a row is chosen from its logits, see `OneChoice`.
    """
    return keras.Sequential(
        [
            keras.Input((latent_size,)),
            layers.Dense(STEPS // 4 * 4 * width, use_bias=False),
            layers.Reshape((STEPS // 4, 4 * width)),
            layers.BatchNormalization(momentum=0.9),
            layers.ReLU(),
            layers.UpSampling1D(),
            layers.Conv1D(2 * width, 3, padding="same", use_bias=False),
            layers.BatchNormalization(momentum=0.9),
            layers.ReLU(),
            layers.UpSampling1D(),
            layers.Conv1D(2 * width, 3, padding="same", use_bias=False),
            layers.BatchNormalization(momentum=0.9),
            layers.ReLU(),
            layers.Conv1D(ROWS, 3, padding="same"),
            OneChoice(kind, temperature, seed),
            layers.Reshape(SHAPE),
        ],
        name="generator",
    )


def discriminator(width: int = WIDTH, dropout: float = 0.0) -> keras.Model:
    """D: rolls (batch, 16, 32, 1) to logits (batch, 1)."""
    return keras.Sequential(
        [
            keras.Input(SHAPE),
            layers.Reshape((STEPS, ROWS)),
            layers.Conv1D(2 * width, 3, padding="same"),
            layers.LeakyReLU(0.2),
            layers.Conv1D(2 * width, 4, strides=2, padding="same"),
            layers.LeakyReLU(0.2),
            layers.Dropout(dropout),
            layers.Conv1D(4 * width, 4, strides=2, padding="same"),
            layers.LeakyReLU(0.2),
            layers.Reshape((STEPS // 4, 1, 4 * width)),
            MinibatchDeviation(),
            layers.Flatten(),
            layers.Dropout(dropout),
            layers.Dense(1),
        ],
        name="discriminator",
    )


def bar_gan(
    kind: str = "straight_through",
    seed: int = 0,
    temperature: float = 1.0,
    width=WIDTH,
    dropout=0.0,
    rates=LEARNING_RATES,
    **options: Any,
) -> GAN:
    keras.utils.set_random_seed(seed)
    gan = GAN(
        generator(kind, width=width, temperature=temperature, seed=seed),
        discriminator(width, dropout),
        averaging=AVERAGING,
        seed=seed,
    )
    for role, rate in rates.items():
        options.setdefault(f"{role}_optimizer", keras.optimizers.Adam(rate, BETA_1, BETA_2))
    options.setdefault("steps_per_execution", 20)
    gan.compile(**options)
    return gan
