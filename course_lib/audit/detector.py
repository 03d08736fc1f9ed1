"""A small network that tells generated pictures from real ones, and how often it is right.

    model = train(real, generated)
    rates(scores(model, other_real), scores(model, other_generated))

It learns what one generator leaves behind. Pictures of another generator, or the same ones after JPEG, need not have
that: S.-Y. Wang et al. 2020, "CNN-generated images are surprisingly easy to spot... for now" (arXiv:1912.11035).
"""

from __future__ import annotations

from typing import NamedTuple

import keras
import numpy as np

from course_lib import CourseError, datasets
from course_lib.audit.counting import exact_interval
from course_lib.audit.membership import auc, auc_interval, by_discriminator
from course_lib.datasets.arguments import checked_list
from course_lib.datasets.images import scale
from course_lib.media.pictures import to_uint8
from course_lib.models import networks, recipe
from course_lib.scores.clouds import finite

Array = np.ndarray
BATCH_SIZE, LEARNING_RATE = 64, 1e-3


class Rates(NamedTuple):
    """How well scores tell generated pictures from real ones, each rate with its interval.

    auc: the chance that a generated picture scores higher than a real one; no threshold enters. accuracy: the mean of
    the shares of real and of generated pictures on the right side of 0. false_alarms: the share of real ones above 0.
    """

    auc: float
    auc_low: float
    auc_high: float
    accuracy: float
    accuracy_low: float
    accuracy_high: float
    false_alarms: float


def build(image_shape: tuple[int, int, int], seed: int = 0) -> keras.Model:
    """The untrained network, the discriminator of the course's recipe: images in [-1, 1] to logits (n, 1).

    Without its comparison within a batch, since a detector is asked about one picture. Raises CourseError for shapes
    that cannot be halved (see `networks.dcgan_discriminator`).
    """
    datasets.check_whole("seed", "what the random numbers follow from", seed, 0, 2**31 - 1)
    image_shape = tuple(checked_list("image_shape", image_shape))
    for edge in image_shape:
        datasets.check_whole("image_shape", "(height, width, channels), each", edge, 1)
    keras.utils.set_random_seed(int(seed))
    return networks.dcgan_discriminator(image_shape, width=recipe.WIDTH, hidden=recipe.HIDDEN)


def train(real: Array, generated: Array, epochs: int = 4, seed: int = 0) -> keras.Model:
    """A detector from real pictures (n, height, width, channels) and generated ones (m, ...), in [-1, 1].

    Both are rounded to 256 steps first, as files keep them: a real picture's values lie on those steps and a network's
    do not, which would be all that is learned. Both kinds count alike, however many there are. Four epochs of 12,000
    pictures of 28 x 28 take some seven seconds of one core. Raises CourseError for pictures of two shapes, and for
    fewer than 32 of a kind.
    """
    datasets.check_whole("epochs", "how often all pictures are shown", epochs, 1)
    real, generated = as_kept(real), as_kept(generated)
    if real.shape[1:] != generated.shape[1:]:
        raise CourseError(
            f"The real pictures are of {real.shape[1:]}, but the generated ones of {generated.shape[1:]}: bring both "
            "to one shape."
        )
    if min(len(real), len(generated)) < 32:
        raise CourseError(
            f"A detector learns from at least 32 pictures of each kind, not {len(real)} and {len(generated)}."
        )
    model = build(real.shape[1:], seed)
    model.compile(
        keras.optimizers.Adam(LEARNING_RATE),
        keras.losses.BinaryCrossentropy(from_logits=True),
        jit_compile=False,  # XLA slows convolutions down on a processor
    )
    count = len(real) + len(generated)
    model.fit(
        np.concatenate([real, generated]),
        np.repeat([0.0, 1.0], [len(real), len(generated)]).astype("float32"),
        BATCH_SIZE,
        int(epochs),
        verbose=0,
        class_weight={0: count / (2 * len(real)), 1: count / (2 * len(generated))},
    )
    return model


def scores(model: keras.Model, images: Array) -> Array:
    """Logits (n,), above 0 for generated, of images (n, height, width, channels) in [-1, 1], rounded as by `train`."""
    if not isinstance(model, keras.Model):
        raise CourseError(
            f"model is a detector that `train` gave back, not of the type {type(model).__name__}."
        )
    images = as_kept(images)
    wanted = tuple(model.inputs[0].shape[1:])
    if images.shape[1:] != wanted:
        raise CourseError(f"This detector looks at images of {wanted}, but these are of {images.shape[1:]}.")
    return by_discriminator(model, images)


def rates(real_scores: Array, generated_scores: Array, confidence: float = 0.95) -> Rates:
    """Of scores (n,) of real and (m,) of generated pictures, two or more of each, high for generated.

    The area's interval is `membership.auc_interval`. The accuracy's joins an exact interval for each kind, each of a
    confidence so much higher that both hold together (Bonferroni), so it errs on the wide side.
    """
    area = auc(generated_scores, real_scores)
    low, high = auc_interval(generated_scores, real_scores, confidence)
    right = [finite("scores", real_scores) <= 0, finite("scores", generated_scores) > 0]
    together = (1 + confidence) / 2
    ends = [exact_interval(int(part.sum()), part.size, together) for part in right]
    shares = [float(part.mean()) for part in right]
    return Rates(
        area,
        low,
        high,
        sum(shares) / 2,
        sum(end[0] for end in ends) / 2,
        sum(end[1] for end in ends) / 2,
        1 - shares[0],
    )


def as_kept(images: Array) -> Array:
    """Images (n, height, width, channels) in [-1, 1] in 256 steps, float32, as a file without loss keeps them."""
    images = datasets.check_numbers("images", images)
    datasets.check_images(images, part=True)
    return scale(to_uint8(images))
