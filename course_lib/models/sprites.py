"""The GAN that draws an emoji of the kind asked for, before and after training.

    gan = new_gan(seed=0)                               compiled, eight classes
    train_on(gan, train.images, train.labels, steps)    by groups of one kind
    generate(generator(), latents, labels)              the one trained beforehand
    walk_cycle(generator(), "animals", frames=10)       a closed loop at even speed

`data/make_sprites.py` trained it once and kept the averaged generator, in half precision, in `data/pretrained/`. There
are some 80 pictures of each kind: the discriminator sees all of them changed a little, real and drawn alike
(`models.augmentations`), or it would learn them by heart.
"""

from __future__ import annotations

import functools
import io
import json
from numbers import Real

import keras
import numpy as np
import tensorflow as tf

from course_lib import CourseError, datasets
from course_lib.datasets import sprites
from course_lib.datasets.bundled import read_verified
from course_lib.models import augmentations, networks, recipe
from course_lib.models.conditions import steered_discriminator, steered_generator
from course_lib.models.gan import GAN, Augment
from course_lib.models.latents import rescale
from course_lib.models.paths import Path, film_along

NAME = "pretrained/sprite_generator"
IMAGE_SHAPE = sprites.IMAGE_SHAPE
LATENT_SIZE, CONDITION_SIZE = 16, 8
"""Small, as the first dense layer is most of what the weights' file holds."""
WIDTH, HIDDEN = 24, 128
BATCH_SIZE, GROUP = 32, 8
"""A group is as large as the one whose variety D sees (`networks.MinibatchDeviation`)."""
TABLE = np.eye(len(sprites.KINDS), dtype="float32")
WHITE = 1.0
KEYS, REACH = 3, 0.5
"""Latents that a walk cycle goes through, and how far they are from its middle, as a share of a latent's length."""


def augment() -> Augment:
    """What every picture goes through before the discriminator sees it: brightness, and a shift over white."""
    return augmentations.chain(
        augmentations.brightness(0.3), augmentations.translation(1 / 8, background=WHITE)
    )


def new_gan(seed: int = 0, steps_per_execution: int = 10) -> GAN:
    """A compiled GAN of latents (batch, 16) and kinds (batch,), its weights drawn from `seed`.

    Learning rates are the recipe's, the class inputs those of `models.conditions`.
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
        augment=augment(),
        steps_per_execution=steps_per_execution,
    )
    return gan


def new_generator() -> keras.Model:
    """The untrained generator: [latents (batch, 16), kinds int (batch,)] to images (batch, 32, 32, 3) in (-1, 1)."""
    body = networks.dcgan_generator(IMAGE_SHAPE, LATENT_SIZE + CONDITION_SIZE, WIDTH, refine=True)
    return steered_generator(body, TABLE, LATENT_SIZE)


def train_on(gan: GAN, images: np.ndarray, labels: np.ndarray, steps: int, seed: int = 0) -> None:
    """Train until so many steps are done, on batches of four groups, each of eight pictures of one kind.

    images: (n, 32, 32, 3) in [-1, 1]; labels: int (n,), kinds. Which pictures a step sees follows from `seed` and the
    step alone, so a training may be stopped and gone on with. Every kind that there is comes equally often, however
    many pictures it has. D sees how much the pictures of a group differ: where they are of several kinds, that says
    nothing of the variety within one, and G then draws each kind in one way only (lesson 09).
    Raises CourseError for other images, labels or steps.
    """
    datasets.check_whole("steps", "the step to stop at", steps, 0)
    datasets.check_whole("seed", "what the random numbers follow from", seed, 0)
    images = sprites.check_sprites(images)
    datasets.check_labels(labels, len(images), len(TABLE))
    labels = np.asarray(labels, "int32")
    if gan.step >= steps:
        return
    chosen = batch_rows(labels, gan.step, steps, seed)
    with tf.device("CPU"):
        stored, kinds = tf.constant(images), tf.constant(labels)
    batches = tf.data.Dataset.from_tensor_slices(chosen)
    batches = batches.map(lambda rows: (tf.gather(stored, rows), tf.gather(kinds, rows))).prefetch(2)
    gan.fit(batches, steps_per_epoch=len(chosen), shuffle=False, verbose=0)


def batch_rows(labels: np.ndarray, first: int, last: int, seed: int = 0) -> np.ndarray:
    """Which pictures the steps first..last - 1 see, int32 (steps, 32): groups of `GROUP` of one kind, drawn afresh.

    Of a kind with fewer pictures than a group has, some come twice.
    """
    of_kind = [np.flatnonzero(labels == number) for number in np.unique(labels)]
    groups = BATCH_SIZE // GROUP
    rows = np.empty((last - first, groups, GROUP), "int32")
    for place, step in enumerate(range(first, last)):
        rng = np.random.default_rng((seed, step))
        for group, number in enumerate(rng.choice(len(of_kind), groups, replace=len(of_kind) < groups)):
            pictures = of_kind[number]
            rows[place, group] = rng.choice(pictures, GROUP, replace=len(pictures) < GROUP)
    return rows.reshape(-1, BATCH_SIZE)


@functools.cache
def report() -> dict:
    """How `generator` was trained, and what it was worth at several moments ("moments"), beside real emoji."""
    return json.loads(read_verified(f"{NAME}.json"))


def generator() -> keras.Model:
    """The averaged generator after the whole training, as `new_generator`."""
    network = new_generator()
    with np.load(io.BytesIO(read_verified(f"{NAME}.npz"))) as arrays:
        network.set_weights([arrays[name].astype("float32") for name in sorted(arrays.files)])
    return network


def of_kind(network: keras.Model, kind: str | int) -> keras.Model:
    """The generator of one kind: latents (batch, 16) alone to images, for all that takes generators without labels.

    network: a generator such as `generator()`. Raises CourseError for a kind that there is not.
    """
    number = sprites.kind(kind)
    if len(network.inputs) != 2:
        raise CourseError("This generator draws without being told a kind: take it as it is.")
    latents = keras.Input(network.inputs[0].shape[1:])
    labels = keras.ops.full_like(latents[:, 0], number, dtype="int32")
    return keras.Model(latents, network([latents, labels]), name=sprites.KINDS[number])


def walk_cycle(
    network: keras.Model, kind: str | int, frames: int = 10, seed: int = 0, reach: float = REACH
) -> tuple[np.ndarray, np.ndarray]:
    """One sprite that moves and comes round again: latents float32 (frames, 16), images (frames, 32, 32, 3).

    A closed spline on the shell through three latents around the one that `seed` draws, at even speed on the screen,
    also from the last frame to the first. reach: how far the three are from it, as a share of its length; nearer 0 the
    sprite hardly moves, at 1 it turns into others.
    Raises CourseError for fewer than three frames, a kind that there is not and a reach that is none.
    """
    datasets.check_whole("frames", "how many pictures the walk cycle has", frames, 3)
    datasets.check_whole("seed", "what the random numbers follow from", seed, 0)
    is_number = isinstance(reach, Real) and not isinstance(reach, bool | np.bool_)
    if not is_number or not 0.01 <= reach <= 1:
        raise CourseError(f"reach is a share of the latent's length, from 0.01 to 1, not {reach!r}.")
    alone = of_kind(network, kind)
    middle, *away = rescale(np.random.default_rng(seed).standard_normal((1 + KEYS, alone.input_shape[-1])))
    path = Path(middle + reach * np.array(away), "spline", closed=True)
    times, images = film_along(alone, path, int(frames))
    return path(times), images
