"""Differentiable augmentation: small random changes of every image the discriminator sees, real and fake alike.

    gan.compile(augment=chain(brightness(0.5), translation(1 / 8), cutout(1 / 2)))

Zhao et al. 2020, "Differentiable Augmentation for Data-Efficient GAN Training". The discriminator can no longer learn
a small data set by heart, and since gradients pass through the changes, the generator learns from changed images to
draw unchanged ones. Each function returns (images, seed) -> images, for images (batch, height, width, channels) in
[-1, 1] and a keras.random.SeedGenerator.
"""

from __future__ import annotations

import keras
from keras import ops

from course_lib.models.gan import Augment, Tensor

Seed = keras.random.SeedGenerator


def chain(*augmentations: Augment) -> Augment:
    """One augmentation after the other."""

    def augment(images: Tensor, seed: Seed) -> Tensor:
        for change in augmentations:
            images = change(images, seed)
        return images

    return augment


def brightness(most: float = 0.5) -> Augment:
    """Adds to every pixel of an image one number from U(-most, most); values may then leave [-1, 1]."""

    def augment(images: Tensor, seed: Seed) -> Tensor:
        return images + keras.random.uniform((ops.shape(images)[0], 1, 1, 1), -most, most, seed=seed)

    return augment


def translation(share: float = 1 / 8, background: float = -1.0) -> Augment:
    """Shifts an image by up to `share` of its sides in each direction; what comes in has the value `background`."""

    def augment(images: Tensor, seed: Seed) -> Tensor:
        count, height, width, _ = ops.shape(images)
        # A shift is a matrix with one 1 in each row: two small matrix products instead of a gather.
        images = images - background
        images = ops.einsum("nij,njwc->niwc", _shifts(count, height, share, seed), images)
        images = ops.einsum("nij,nhjc->nhic", _shifts(count, width, share, seed), images)
        return images + background

    return augment


def cutout(share: float = 1 / 2, value: float = 0.0) -> Augment:
    """Sets a box of `share` of each side, at a random place and partly outside, to `value`."""

    def augment(images: Tensor, seed: Seed) -> Tensor:
        count, height, width, _ = ops.shape(images)
        rows, columns = _inside(count, height, share, seed), _inside(count, width, share, seed)
        box = (rows[:, :, None] * columns[:, None, :])[..., None]
        return images * (1 - box) + value * box

    return augment


def _shifts(count: int, size: int, share: float, seed: Seed) -> Tensor:
    """Matrices (count, size, size) that shift a signal by a random whole number, up to share * size."""
    most = max(1, round(share * size))
    shift = ops.floor(keras.random.uniform((count, 1, 1), -most, most + 1, seed=seed))
    place = ops.arange(size, dtype="float32")
    return ops.cast(ops.abs(place[None, :, None] - shift - place[None, None, :]) < 0.5, "float32")


def _inside(count: int, size: int, share: float, seed: Seed) -> Tensor:
    """1.0 where a pixel lies in an interval of share * size around a random centre, else 0.0; (count, size)."""
    centre = keras.random.uniform((count, 1), 0, size, seed=seed)
    return ops.cast(ops.abs(ops.arange(size, dtype="float32") + 0.5 - centre) < share * size / 2, "float32")
