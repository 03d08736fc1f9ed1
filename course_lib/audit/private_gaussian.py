"""The simple rival of a private GAN: one bell curve of all pixels, whose mean and covariance are released once, noised.

curve = fit(shrink(images_train), noise_for(3.0, 1, 1, DELTA))
pictures = curve.draw(1000)
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from course_lib import CourseError, datasets
from course_lib.audit.privacy import TINY
from course_lib.datasets.checking import check_whole
from course_lib.datasets.numbers import check_number

Array = np.ndarray
MOST_VALUES = 4096
LONGEST = 8.0
"""The length to which a picture of ink in 0..1 is clipped: of 14 x 14 garments one in six is longer."""


class Gaussian(NamedTuple):
    """A bell curve of pictures of `shape`; mean (d,) and root (d, d) in units of ink, 0..1: covariance root root^T.

    count: how many pictures there were, as released.
    """

    mean: Array
    root: Array
    count: float
    shape: tuple[int, ...]

    def draw(self, count: int, seed: int = 0) -> Array:
        """Images (count, *shape), float32 in [-1, 1]."""
        check_whole("count", "how many images are wanted", count, 1, 100_000)
        check_whole("seed", "what the random numbers follow from", seed, 0)
        normal = np.random.default_rng(seed).standard_normal((count, len(self.mean)))
        ink = self.mean + normal @ self.root.T
        return (2 * ink.clip(0, 1) - 1).reshape(count, *self.shape).astype("float32")


def fit(images: Array, noise: float, longest: float = LONGEST, seed: int = 0) -> Gaussian:
    """The bell curve of images (n, height, width, channels) in [-1, 1], by sums that one picture changes little.

    A picture's ink x = (image + 1) / 2 is clipped to the length `longest`; v is x with one more entry, `longest`. What
    is released is the sum of v v^T plus symmetric noise of deviation noise * 2 longest^2, since no v v^T is longer
    than 2 longest^2: that is one step of the Gaussian mechanism, with epsilon(1, noise, 1, delta). Count, mean and
    covariance follow from it. The noise alone, a symmetric matrix of deviation s, has eigenvalues up to about
    2 s sqrt(d) (Wigner 1958); directions of the covariance below that are left out.
    """
    datasets.check_images(images, part=True)
    check_number("noise", "the noise in units of the sum's sensitivity", noise, 0, 1e6)
    check_number("longest", "the length to which a picture is clipped", longest, TINY, 1e6)
    check_whole("seed", "what the noise follows from", seed, 0)
    if np.size(images[0]) > MOST_VALUES:
        raise CourseError(
            f"A covariance of {np.size(images[0]):,} values a picture would not fit: shrink them to {MOST_VALUES:,}."
        )
    ink = (np.asarray(images, "float64").reshape(len(images), -1) + 1) / 2
    ink *= longest / np.maximum(np.linalg.norm(ink, axis=1, keepdims=True), longest)
    vectors = np.column_stack([ink, np.full(len(ink), longest)])
    deviation = float(noise) * 2 * float(longest) ** 2
    upper = np.triu(np.random.default_rng(seed).normal(0, deviation, (vectors.shape[1],) * 2))
    sums = vectors.T @ vectors + upper + np.triu(upper, 1).T
    count = sums[-1, -1] / longest**2
    if count < 1:
        raise CourseError(
            f"So much noise hides that there are {len(images)} images: take more of them, or less noise."
        )
    mean = sums[:-1, -1] / longest / count
    values, axes = np.linalg.eigh(sums[:-1, :-1] / count - np.outer(mean, mean))
    seen = values > 2 * deviation * np.sqrt(len(values)) / count
    return Gaussian(
        mean, axes * np.sqrt(np.where(seen, values, 0).clip(0)), float(count), np.shape(images)[1:]
    )
