"""A GAN that trains in a moment, and comparing two of them."""

from __future__ import annotations

import keras
import numpy as np

from course_lib.models import networks
from course_lib.models.gan import GAN

SHAPE = (12, 12, 1)
BATCH = 8


def noise() -> np.ndarray:
    """Fifty images without a pattern, float32 in [-1, 1], to train on where nothing need be learnt."""
    return np.random.default_rng(0).uniform(-1, 1, (50, *SHAPE)).astype("float32")


def small_gan(
    seed: int = 0, steps_per_execution: int = 4, width: int = 4, learning_rate: float = 2e-4
) -> GAN:
    keras.utils.set_random_seed(seed)
    gan = GAN(
        networks.dcgan_generator(SHAPE, latent_size=3, width=width),
        networks.dcgan_discriminator(SHAPE, width=width),
        seed=seed,
    )
    gan.compile(
        generator_optimizer=keras.optimizers.Adam(learning_rate, 0.5),
        discriminator_optimizer=keras.optimizers.Adam(learning_rate, 0.5),
        steps_per_execution=steps_per_execution,
    )
    return gan


def state_of(gan: GAN) -> dict[str, np.ndarray]:
    return {name: np.array(variable) for name, variable in gan.state().items()}


def assert_same(one: dict[str, np.ndarray], other: dict[str, np.ndarray]) -> None:
    assert one.keys() == other.keys()
    for name in one:
        np.testing.assert_array_equal(one[name], other[name], err_msg=name)
