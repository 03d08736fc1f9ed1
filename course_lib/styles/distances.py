"""How far apart are the patches of two pictures? Two answers, each a loss for the pixels of one of them.

Both look at the answers of random filters: a filter of 7 x 7 pixels laid on every patch is one direction in the space
of patches, of 147 dimensions, and its answers are the patches' shadow on that line. A distance takes the answers of
two pictures to the same filters, (n, k) and (m, k), one row a patch and one column a filter, and gives one number.

Sliced: Heitz, Vanhoey, Chambon and Belcour, "A Sliced Wasserstein Loss for Neural Texture Synthesis", 2021, section 3,
there on features of a trained network; on patches themselves: Elnekave and Weiss, "Generating natural images with
direct patch distributions matching", 2022. Gram: Gatys, Ecker and Bethge, "Texture Synthesis Using Convolutional
Neural Networks", 2015, section 2; random filters in one layer: Ustyuzhaninov, Brendel, Gatys and Bethge, "Texture
Synthesis Using Shallow Convolutional Networks with Random Filters", 2016.
"""

from __future__ import annotations

from collections.abc import Callable

import tensorflow as tf

from course_lib import CourseError

Distance = Callable[[tf.Tensor, tf.Tensor], tf.Tensor]
"""Answers (n, k) and (m, k) of two pictures to the same k filters -> a scalar, 0 if the patches are the same."""


def unit_filters(count: int, side: int = 7, seed: tuple[int, int] | tf.Tensor = (0, 0)) -> tf.Tensor:
    """Random filters (side, side, 3, count), each of norm 1: directions spread evenly in the space of patches.

    seed: two whole numbers; the same give the same filters, inside a compiled function too.
    """
    filters = tf.random.stateless_normal((side, side, 3, count), seed)
    return filters / tf.norm(tf.reshape(filters, (-1, count)), axis=0)


def responses(picture: tf.Tensor, filters: tf.Tensor) -> tf.Tensor:
    """The answers (n, count) of a picture (height, width, 3) to filters (side, side, 3, count).

    One row for each of the n = (height - side + 1)(width - side + 1) whole patches. Raises CourseError for other ranks,
    of which TensorFlow's convolution lets some abort the whole process, and for a picture with no patch.
    """
    ranks_fit = (len(picture.shape), len(filters.shape)) == (3, 4)
    if not ranks_fit or picture.shape[2] != filters.shape[2] or min(picture.shape[:2]) < filters.shape[0]:
        raise CourseError(
            "responses takes a picture (height, width, 3) and filters (side, side, 3, count), but got the shapes "
            f"{tuple(picture.shape)} and {tuple(filters.shape)}."
        )
    answers = tf.nn.conv2d(picture[tf.newaxis], filters, strides=1, padding="VALID")
    return tf.reshape(answers, (-1, filters.shape[-1]))


def sliced(a: tf.Tensor, b: tf.Tensor) -> tf.Tensor:
    """The mean over the columns of W_1, the distance on the line, by sorting: answers (n, k) and (m, k).

    With n = m it is exact. Otherwise the i-th of n is compared with the value of `b` at the same share of the way,
    (i + 1/2) / n: one partner for each, instead of the pieces of `theory.transport.matching`.
    """
    a, b = _checked(a, b)
    # Sorting works along the last axis, so each filter's answers become a row.
    ours, theirs = tf.sort(tf.transpose(a), axis=-1), tf.sort(tf.transpose(b), axis=-1)
    n, m = tf.shape(ours)[-1], tf.shape(theirs)[-1]
    # In whole numbers, 64 bits: n m is above two thousand million for pictures of 256 x 256.
    at = (2 * tf.range(n, dtype=tf.int64) + 1) * tf.cast(m, tf.int64) // (2 * tf.cast(n, tf.int64))
    return tf.reduce_mean(tf.abs(ours - tf.gather(theirs, at, axis=-1)))


def gram(a: tf.Tensor, b: tf.Tensor) -> tf.Tensor:
    """The mean squared difference of the Gram matrices of the rectified answers, (n, k) and (m, k).

    A Gram matrix (k, k) is the mean over the patches of relu(r) relu(r)^T: which filters answer together, and how
    strongly. Where in the picture they do so it does not say.
    """
    a, b = _checked(a, b)
    return tf.reduce_mean(tf.square(_gram_matrix(a) - _gram_matrix(b)))


def _checked(a: tf.Tensor, b: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """Both as tensors. Raises CourseError where one filter would be broadcast to many, or nothing be averaged."""
    a, b = tf.convert_to_tensor(a), tf.convert_to_tensor(b)
    shapes = tuple(a.shape), tuple(b.shape)
    if any(len(shape) != 2 or 0 in shape for shape in shapes) or shapes[0][1] != shapes[1][1]:
        raise CourseError(
            "A distance compares answers (n, k) and (m, k) to the same k filters, but got the shapes "
            f"{shapes[0]} and {shapes[1]}."
        )
    return a, b


def _gram_matrix(answers: tf.Tensor) -> tf.Tensor:
    positive = tf.nn.relu(answers)
    return tf.matmul(positive, positive, transpose_a=True) / tf.cast(tf.shape(answers)[0], answers.dtype)


DISTANCES: dict[str, Distance] = {"sliced": sliced, "gram": gram}
