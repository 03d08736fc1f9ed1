"""How far one batch of pictures is from a reference sample: one number a batch, for a monitor to add up.

    distance = KernelDistance(features_of_the_reference)        rows (m, d)
    distance(features_of_a_batch)                               rows (n, d) to a float

Pictures are described as rows first: by a feature network (`features.load(...).features`), or by `pixel_moments`. Each
distance is 0 or some constant on average while the batch is drawn as the reference was, and larger afterwards; what a
healthy model makes of it must be measured, for batches of the same size.
"""

from __future__ import annotations

import numpy as np

from course_lib import datasets
from course_lib.scores.clouds import cloud, clouds
from course_lib.scores.metrics import statistics

Array = np.ndarray
RIDGE = 1e-6
"""Of the mean variance, added to each: what never varied in the reference may yet vary in a batch."""


class KernelDistance:
    """`metrics.kernel_distance` to one reference (m, d), whose own part is computed once."""

    name = "kernel distance"

    def __init__(self, reference: Array):
        self.reference = cloud(reference, "The kernel distance", 2)
        self.within = _within(self.reference)

    def __call__(self, rows: Array) -> float:
        rows, reference = clouds(rows, self.reference, "The kernel distance", 2)
        return float(self.within + _within(rows) - 2 * _cubes(rows, reference).mean())


class FrechetDistance:
    """`metrics.frechet_distance` to one reference (m, d): biased upwards by an amount that depends on the batch's size.

    With centred rows C of a batch of n, S_b = C^T C / (n - 1), and the trace of (S_a^(1/2) S_b S_a^(1/2))^(1/2) is the
    sum of the singular values of C S_a^(1/2) / sqrt(n - 1): n of them for fewer rows than features.
    """

    name = "Fréchet distance"

    def __init__(self, reference: Array):
        self.reference = cloud(reference, "The Fréchet distance", 2)
        self.mean, covariance = statistics(self.reference)
        self.spread = np.trace(covariance)
        values, vectors = np.linalg.eigh(covariance)
        self.root = (vectors * np.sqrt(np.maximum(values, 0))) @ vectors.T

    def __call__(self, rows: Array) -> float:
        rows, _ = clouds(rows, self.reference, "The Fréchet distance", 2)
        difference = rows.mean(axis=0) - self.mean
        centred = (rows - rows.mean(axis=0)) / np.sqrt(len(rows) - 1)
        shared = np.linalg.svd(centred @ self.root, compute_uv=False).sum()
        return float(difference @ difference + self.spread + (centred**2).sum() - 2 * shared)


class MeanDistance:
    """n (mean of the batch - mean)^T S^(-1) (...) / d with the reference's mean and covariance S: means alone.

    H. Hotelling, "The generalization of Student's ratio", Annals of Mathematical Statistics 2 (1931), with S from the
    reference: about 1 on average for batches drawn as it was.
    """

    name = "distance of means"

    def __init__(self, reference: Array):
        self.reference = cloud(reference, "The distance of means", 2)
        self.mean, covariance = statistics(self.reference)
        width = len(covariance)
        ridge = max(RIDGE * np.trace(covariance) / width, np.finfo(float).tiny ** 0.5)
        self.inverse = np.linalg.inv(covariance + ridge * np.eye(width)) / width

    def __call__(self, rows: Array) -> float:
        rows, _ = clouds(rows, self.reference, "The distance of means", 1)
        difference = rows.mean(axis=0) - self.mean
        return float(len(rows) * difference @ self.inverse @ difference)


def pixel_moments(images: Array) -> Array:
    """Mean and spread of each picture's values, float64 (n, 2), for images (n, height, width, channels) in [-1, 1]."""
    images = datasets.check_numbers("images", images)
    datasets.check_images(images, part=True)
    values = images.reshape(len(images), -1).astype(float)
    return np.stack([values.mean(axis=1), values.std(axis=1)], axis=1)


def _cubes(a: Array, b: Array) -> Array:
    base = a @ b.T / a.shape[1] + 1
    return base * base * base  # a power costs ten times as much


def _within(rows: Array) -> float:
    """The mean kernel of two different rows."""
    kernel = _cubes(rows, rows)
    return (kernel.sum() - np.trace(kernel)) / (len(rows) * (len(rows) - 1))
