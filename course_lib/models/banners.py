"""The GAN that draws a banner of the look asked for, before and after training.

    gan = new_gan(seed=0)                               compiled, 144 classes
    train_on(gan, images, looks, steps=1000)            by groups of one look
    generate(generator(), latents, looks)               the one trained beforehand

`data/make_banners.py` trained it once on 120 of the 144 looks and kept the averaged generator, in half precision, in
`data/pretrained/`. NumPy draws better banners (`datasets.banners.render`): this one is here because a loop needs a
generator whose wishes are not its pictures.
"""

from __future__ import annotations

import functools
import io
import json

import keras
import numpy as np
import tensorflow as tf

from course_lib import CourseError, datasets
from course_lib.datasets import banners
from course_lib.datasets.bundled import read_verified
from course_lib.models import networks, recipe
from course_lib.models.conditions import steered_discriminator, steered_generator
from course_lib.models.gan import GAN

NAME = "pretrained/banner_generator"
IMAGE_SHAPE = (banners.HEIGHT, banners.WIDTH, 3)
LATENT_SIZE, CONDITION_SIZE = 16, 32
"""Small, as the first dense layer is most of what the weights' file holds."""
WIDTH, HIDDEN = 16, 128
BATCH_SIZE, GROUP = 32, 4
TABLE = banners.conditions()
HELD_OUT = np.flatnonzero(np.array(banners.LOOKS).sum(axis=1) % 6 == 0)
"""The 24 looks that the generator was not trained on: of each kind and each colour four."""
TRAINED = np.setdiff1d(np.arange(len(banners.LOOKS)), HELD_OUT)


def new_gan(seed: int = 0, steps_per_execution: int = 10) -> GAN:
    """A compiled GAN of latents (batch, 16) and looks (batch,), its weights drawn from `seed`.

    The networks and learning rates are the recipe's, the class inputs those of `models.conditions`.
    """
    keras.utils.set_random_seed(seed)
    body = networks.dcgan_discriminator(IMAGE_SHAPE, width=WIDTH, hidden=HIDDEN, minibatch_deviation=True)
    gan = GAN(
        new_generator(),
        steered_discriminator(body, TABLE),
        averaging=recipe.AVERAGING,
        seed=seed,
        classes=len(TABLE),
    )
    rates = {
        role: keras.optimizers.schedules.InverseTimeDecay(rate, recipe.HALVED_AT, 1.0)
        for role, rate in recipe.LEARNING_RATES.items()
    }
    gan.compile(
        generator_optimizer=keras.optimizers.Adam(rates["generator"], recipe.BETA_1, recipe.BETA_2),
        discriminator_optimizer=keras.optimizers.Adam(rates["discriminator"], recipe.BETA_1, recipe.BETA_2),
        steps_per_execution=steps_per_execution,
    )
    return gan


def train_on(gan: GAN, images: np.ndarray, looks: np.ndarray, steps: int, seed: int = 0) -> None:
    """Train until so many steps are done, on batches in which `GROUP` banners of one look follow each other.

    images: (each x looks, 32, 64, 3), looks: int (each x looks,), as `banner_set` gives them: all looks in turn, `each`
    times, a multiple of `GROUP`. D sees how much the pictures of a group differ (`networks.MinibatchDeviation`): where
    every picture of a batch has another look, that says nothing of the variety within a look, and G then draws each
    look in one way only (lesson 09). Raises CourseError where the banners do not come in such turns, or are none.
    """
    datasets.check_whole("steps", "the step to stop at", steps, 0)
    datasets.check_images(images, part=True)
    if images.shape[1:] != IMAGE_SHAPE:
        raise CourseError(
            f"Banners are (n, {', '.join(map(str, IMAGE_SHAPE))}), and these are {images.shape}."
        )
    datasets.check_labels(looks, len(images), len(TABLE))
    looks = np.asarray(looks)
    count = len(np.unique(looks))
    in_turns = len(looks) % (GROUP * count) == 0
    if not in_turns or (np.reshape(looks, (-1, count)) != looks[:count]).any():
        raise CourseError(
            f"Each look in turn is wanted, {GROUP}, {2 * GROUP}, ... times, as banner_set gives them; these are "
            f"{len(looks)} of {count} looks."
        )
    turns = images.reshape(-1, GROUP, count, *IMAGE_SHAPE).swapaxes(1, 2).reshape(-1, GROUP, *IMAGE_SHAPE)
    of_groups = np.tile(looks[:count], len(looks) // (GROUP * count)).astype("int32")
    groups = datasets.batches(turns, BATCH_SIZE // GROUP, seed, gan.step, of_groups)

    def one_after_the_other(images: tf.Tensor, looks: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        return tf.reshape(images, (BATCH_SIZE, *IMAGE_SHAPE)), tf.repeat(looks, GROUP)

    left = max(0, steps - gan.step)
    if left:
        batches = groups.map(one_after_the_other).take(left)
        gan.fit(batches, steps_per_epoch=left, shuffle=False, verbose=0)


def new_generator() -> keras.Model:
    """The untrained generator: [latents (batch, 16), looks int (batch,)] to images (batch, 32, 64, 3) in (-1, 1)."""
    body = networks.dcgan_generator(IMAGE_SHAPE, LATENT_SIZE + CONDITION_SIZE, WIDTH, refine=True)
    return steered_generator(body, TABLE, LATENT_SIZE)


@functools.cache
def report() -> dict:
    """How `generator` was trained, and how it obeys at several moments ("moments"), beside NumPy's banners."""
    return json.loads(read_verified(f"{NAME}.json"))


def generator() -> keras.Model:
    """The averaged generator after the whole training, as `new_generator`."""
    network = new_generator()
    with np.load(io.BytesIO(read_verified(f"{NAME}.npz"))) as arrays:
        network.set_weights([arrays[name].astype("float32") for name in sorted(arrays.files)])
    return network
