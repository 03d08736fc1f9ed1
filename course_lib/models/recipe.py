"""The course's own DCGAN recipe: networks and settings that draw good garments soonest on two cores.

What was tried on the way, and what each change gave, stands in `benchmark/NOTES.md`.
"""

from __future__ import annotations

from typing import Any

import keras

from course_lib.models import networks
from course_lib.models.gan import GAN

BATCH_SIZE = 32
WIDTH = 16
HIDDEN = 256
LEARNING_RATES = {"generator": 1.2e-3, "discriminator": 6e-4}
HALVED_AT = 4000  # steps; a third of the first learning rate is left after twice as many
BETA_1, BETA_2 = 0.5, 0.99
AVERAGING = 0.998


def dcgan(
    image_shape: tuple[int, int, int] = (28, 28, 1),
    seed: int = 0,
    learning_rate_factor: float = 1.0,
    **options: Any,
) -> GAN:
    """A compiled GAN for images (height, width, channels) in [-1, 1], its weights drawn from `seed`.

    learning_rate_factor: what both first learning rates are multiplied by, such as 1 / 3 after an alarm.
    options: for `GAN.compile`.
    """
    keras.utils.set_random_seed(seed)
    gan = GAN(
        networks.dcgan_generator(image_shape, width=WIDTH, refine=True),
        networks.dcgan_discriminator(image_shape, width=WIDTH, hidden=HIDDEN, minibatch_deviation=True),
        averaging=AVERAGING,
        seed=seed,
    )
    for role, first_rate in LEARNING_RATES.items():
        # 1 / t: large steps first, and never an end that would have to be known beforehand.
        rate = keras.optimizers.schedules.InverseTimeDecay(
            learning_rate_factor * first_rate, decay_steps=HALVED_AT, decay_rate=1.0
        )
        options.setdefault(f"{role}_optimizer", keras.optimizers.Adam(rate, BETA_1, BETA_2))
    options.setdefault("steps_per_execution", 20)
    gan.compile(**options)
    return gan
