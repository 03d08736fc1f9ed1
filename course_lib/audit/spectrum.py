"""The simple detector of generated pictures: how much of each spatial frequency is in them. NumPy only.

    detector = SpectrumDetector.fit(real, generated)
    detector.scores(pictures)          above 0: it says generated

Photographs have a power that falls about as frequency^-2 (Field 1987, "Relations between the statistics of natural
images"); generators that enlarge by strided layers often miss that at the highest frequencies (Durall et al. 2020,
"Watch your up-convolution", arXiv:2003.01826). Some later ones do not, so a low score proves nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from course_lib import CourseError, datasets

Array = np.ndarray
LEAST_EDGE = 8
ROUNDING = (2 / 255) ** 2 / 12
"""The power of what rounding to 256 steps leaves: so much is added, and no logarithm is that of 0."""
RIDGE = 1.0
ROUNDS = 30


def rings(images: Array) -> Array:
    """Log power, base 10, of each whole number of periods in the shorter edge, float64 (n, R), from 0 to the corner.

    images (n, height, width, channels) in [-1, 1], edges from 8 pixels; channels are averaged, a Hann window takes
    the borders away. R is 21 for 28 x 28. Raises CourseError for other images.
    """
    images = datasets.check_numbers("images", images)
    datasets.check_images(images, part=True)
    height, width = images.shape[1:3]
    if min(height, width) < LEAST_EDGE:
        raise CourseError(
            f"A spectrum wants pictures with edges of at least {LEAST_EDGE} pixels, not {height} x {width}."
        )
    window = np.hanning(height + 2)[1:-1, np.newaxis] * np.hanning(width + 2)[1:-1]
    values = images.mean(axis=-1, dtype=float)
    values = (values - values.mean(axis=(1, 2), keepdims=True)) * window
    power = np.abs(np.fft.fft2(values)) ** 2 / np.square(window).sum()
    down, across = np.meshgrid(np.fft.fftfreq(height), np.fft.fftfreq(width), indexing="ij")
    ring = np.floor(np.hypot(down, across) * min(height, width) + 0.5).astype(int).ravel()
    sums = np.stack([np.bincount(ring, part.ravel()) for part in power])
    return np.log10(sums / np.bincount(ring) + ROUNDING)


def slope(images: Array) -> Array:
    """The one number: the least-squares slope of log power over log frequency, (n,), about -2 for photographs.

    From one period to half as many as the shorter edge has pixels. images as of `rings`.
    """
    powers = rings(images)
    periods = np.arange(1, min(np.shape(images)[1:3]) // 2 + 1)
    line = np.log10(periods)
    line = line - line.mean()
    return powers[:, periods] @ line / (line @ line)


@dataclass(frozen=True, eq=False)
class SpectrumDetector:
    """Logistic regression on what is described of a picture: scores are log odds, above 0 for generated.

    weights (d,), of values less `mean` over `spread`, and bias.
    """

    describe: Callable[[Array], Array]
    mean: Array
    spread: Array
    weights: Array
    bias: float

    @classmethod
    def fit(
        cls, real: Array, generated: Array, describe: Callable[[Array], Array] = rings
    ) -> SpectrumDetector:
        """From two or more pictures of each kind; both kinds count alike, however many there are.

        describe: images to rows (n, d) or one number each, such as `rings` or `slope`. Newton's method, with a small
        penalty on the weights.
        """
        kinds = [_rows(describe, images) for images in (real, generated)]
        if min(map(len, kinds)) < 2 or kinds[0].shape[1] != kinds[1].shape[1]:
            raise CourseError(
                "A detector is fitted to two or more real and two or more generated pictures, all of one size, but "
                f"these give rows of numbers of the shapes {kinds[0].shape} and {kinds[1].shape}."
            )
        rows = np.concatenate(kinds)
        mean, spread = rows.mean(axis=0), np.maximum(rows.std(axis=0), 1e-9)
        rows = np.column_stack([(rows - mean) / spread, np.ones(len(rows))])
        is_generated = np.repeat([0.0, 1.0], [len(kind) for kind in kinds])
        counts = len(rows) / (2 * np.repeat([len(kind) for kind in kinds], [len(kind) for kind in kinds]))
        penalty = RIDGE * np.eye(rows.shape[1])
        penalty[-1, -1] = 0  # the bias is free
        weights = np.zeros(rows.shape[1])
        for _ in range(ROUNDS):
            chances = 1 / (1 + np.exp(-np.clip(rows @ weights, -30, 30)))
            gradient = rows.T @ (counts * (chances - is_generated)) + penalty @ weights
            curvature = (rows.T * (counts * np.maximum(chances * (1 - chances), 1e-9))) @ rows + penalty
            weights = weights - np.linalg.solve(curvature, gradient)
        return cls(describe, mean, spread, weights[:-1], float(weights[-1]))

    def scores(self, images: Array) -> Array:
        """Log odds (n,) that each picture was generated."""
        rows = _rows(self.describe, images)
        if rows.shape[1] != len(self.weights):
            raise CourseError(
                f"This detector was fitted to {len(self.weights)} numbers a picture, but these pictures have "
                f"{rows.shape[1]}: bring them to one size."
            )
        return (rows - self.mean) / self.spread @ self.weights + self.bias


def _rows(describe: Callable[[Array], Array], images: Array) -> Array:
    if not callable(describe):
        raise CourseError(f"describe is a function of images, such as spectrum.rings, not {describe!r:.60}.")
    described = np.asarray(describe(images), float)
    return described.reshape(len(described), -1)
