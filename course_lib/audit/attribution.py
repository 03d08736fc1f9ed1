"""Which pixels moved a network's score? Three maps, and two ways to see whether one is right.

    score = discriminator                                     tensor (n, h, w, c) to (n,) or (n, 1)
    maps = integrated_gradients(score, images)                (n, h, w); sums to score(image) - score(baseline)
    deletion(score, images, maps, shares=[0, 0.1, 0.2])       does the score fall when these pixels go?

A map says what moved this network, not what is true of the picture, and it depends on the baseline: what stands in for
"nothing there". For garments that is black, -1.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import tensorflow as tf

from course_lib import CourseError, datasets
from course_lib.datasets.arguments import checked_list
from course_lib.datasets.numbers import check_number
from course_lib.scores.clouds import refuse_infinite

Array = np.ndarray
Tensor = Any
Score = Callable[[Tensor], Tensor]
BLACK = -1.0


def gradient_times_input(score: Score, images: Array, baseline: float | Array = BLACK) -> Array:
    """(image - baseline) times the score's gradient there, summed over channels: float64 (n, height, width).

    The first term of the score's Taylor series (Shrikumar et al. 2017, arXiv:1605.01713, who compare with it): right
    for a score that is linear, and elsewhere only near the picture. images (n, height, width, channels) in [-1, 1];
    baseline: a number in [-1, 1], or an image (height, width, channels). Raises CourseError for others, and for a score
    that is not one number a picture or has no gradient.
    """
    images, baseline = _checked(images, baseline)
    return ((images - baseline) * _gradient(score, images)).sum(axis=-1)


def integrated_gradients(
    score: Score, images: Array, baseline: float | Array = BLACK, steps: int = 64
) -> Array:
    """(image - baseline) times the mean gradient on the way from the baseline, float64 (n, height, width).

    Sundararajan, Taly & Yan 2017 (arXiv:1703.01365, equation 1). The map sums to score(image) - score(baseline), their
    law of completeness, up to the error of a sum over `steps` middles; `gap` says how large that is.
    """
    images, baseline = _checked(images, baseline)
    datasets.check_whole("steps", "at how many places gradients are taken", steps, 1)
    way = images - baseline
    total = np.zeros(images.shape)
    for step in range(steps):
        total += _gradient(score, baseline + (step + 0.5) / steps * way)
    return (way * total / steps).sum(axis=-1)


def occlusion(score: Score, images: Array, side: int = 4, step: int = 2, fill: float = BLACK) -> Array:
    """How much the score falls when a square is filled, float64 (n, height, width): a pixel's mean over its squares.

    Zeiler & Fergus 2014 (arXiv:1311.2901, section 4.2). side: the square's edge; step: how far it moves, at most a
    side; it stops at the border as well. No gradient is needed, but a pass for each square.
    """
    images, _ = _checked(images, fill)
    height, width = images.shape[1:3]
    datasets.check_whole("side", "the edge of the square in pixels", side, 1, min(height, width))
    datasets.check_whole("step", "how far the square moves in pixels", step, 1, side)
    whole = _values(score, images)
    falls, covered = np.zeros(images.shape[:3]), np.zeros((height, width))
    for top in _places(height, side, step):
        for left in _places(width, side, step):
            square = slice(top, top + side), slice(left, left + side)
            without = images.copy()
            without[:, *square] = fill
            falls[:, *square] += (whole - _values(score, without))[:, np.newaxis, np.newaxis]
            covered[square] += 1
    return falls / covered


def gap(score: Score, images: Array, maps: Array, baseline: float | Array = BLACK) -> Array:
    """The sum of each map (n, height, width) less score(image) - score(baseline): (n,), 0 for a complete map."""
    images, baseline = _checked(images, baseline)
    maps = _checked_maps(maps, images)
    difference = _values(score, images) - _values(score, np.broadcast_to(baseline, images.shape))
    return maps.sum(axis=(1, 2)) - difference


def deletion(
    score: Score, images: Array, maps: Array, shares: Sequence[float], baseline: float | Array = BLACK
) -> Array:
    """The score (n, len(shares)) once the share of pixels that a map puts highest is set to the baseline.

    Petsiuk, Das & Saenko 2018 (arXiv:1806.07421, section 4.2). A map that is right makes it fall sooner than a map of
    random numbers does: compare with one. shares: from 0 to 1.
    """
    images, baseline = _checked(images, baseline)
    maps = _checked_maps(maps, images)
    shares = checked_list("shares", shares)
    for share in shares:
        check_number("shares", "a list of how much is deleted, each", share, 0, 1)
    order = np.argsort(-maps.reshape(len(maps), -1), axis=1, kind="stable")
    ranks = np.argsort(order, axis=1).reshape(maps.shape)
    curves = [
        _values(score, np.where((ranks < share * maps[0].size - 1e-9)[..., np.newaxis], baseline, images))
        for share in shares
    ]
    return np.stack(curves, axis=1) if curves else np.zeros((len(images), 0))


def _values(score: Score, images: Array) -> Array:
    """The score of each image, float64 (n,)."""
    return np.asarray(_asked(score, tf.constant(images, tf.float32)), float)


def _gradient(score: Score, images: Array) -> Array:
    tensor = tf.constant(images, tf.float32)
    with tf.GradientTape() as tape:
        tape.watch(tensor)
        values = _asked(score, tensor)
    gradient = tape.gradient(values, tensor)
    if gradient is None:
        raise CourseError(
            "The score has no gradient: it must be a TensorFlow computation from the images, such as a network."
        )
    return np.asarray(gradient, float)


def _asked(score: Score, images: Tensor) -> Tensor:
    if not callable(score):
        raise CourseError(f"score is a function of images, such as a discriminator, not {score!r:.60}.")
    values = tf.convert_to_tensor(score(images))
    if values.shape not in ((len(images),), (len(images), 1)):
        raise CourseError(
            f"The score must be one number for each of {len(images)} images, but has the shape {tuple(values.shape)}."
        )
    return tf.reshape(values, (len(images),))


def _checked(images: Array, baseline: float | Array) -> tuple[Array, Array]:
    """Images as float64, and the baseline as an array that fits them."""
    images = datasets.check_numbers("images", images)
    datasets.check_images(images, part=True)
    baseline = datasets.check_numbers("baseline", baseline).astype(float)
    if baseline.shape not in ((), images.shape[1:]) or not (np.abs(baseline) <= 1).all():
        raise CourseError(
            f"The baseline is a number in [-1, 1] or an image {images.shape[1:]}, not of the shape {baseline.shape}."
        )
    return images.astype(float), baseline


def _checked_maps(maps: Array, images: Array) -> Array:
    maps = datasets.check_numbers("maps", maps)
    if maps.shape != images.shape[:3]:
        raise CourseError(f"These images have maps of {images.shape[:3]}, not {maps.shape}.")
    refuse_infinite("maps", maps)
    return maps.astype(float)


def _places(length: int, side: int, step: int) -> list[int]:
    """Where squares begin along an edge, the last at its end."""
    return sorted({*range(0, length - side + 1, step), length - side})
