"""A batch cut into shares, for a discriminator that learns several times before the generator does.

for real, labels in split(batch, 5):
    ...
"""

from __future__ import annotations

from numbers import Integral
from typing import Any

import tensorflow as tf
from keras import ops

from course_lib import CourseError

Tensor = Any


def checked(count: int, simultaneous: bool, one_device: bool) -> int:
    """The number of the discriminator's steps, if there can be so many.

    Raises CourseError unless it is a whole number from 1 on, and 1 where both networks learn at once or several devices
    train together.
    """
    if isinstance(count, bool) or not isinstance(count, Integral) or count < 1:
        raise CourseError(f"discriminator_steps is a whole number from 1 on, such as 5, not {count!r}.")
    if simultaneous and count > 1:
        raise CourseError(
            f"simultaneous=True lets both networks learn from one verdict, so discriminator_steps={count} contradicts "
            "it: choose one of them."
        )
    if count > 1 and not one_device:
        # Nothing orders the exchanges of one generator pass and of the next, so devices would wait for each other.
        raise CourseError(
            f"discriminator_steps={count} needs one device, because batch norm over several ones mixes up the steps: "
            "train on one, or with discriminator_steps=1."
        )
    return int(count)


def split(data: Tensor | tuple[Tensor, Tensor], count: int) -> list[tuple[Tensor, Tensor | None]]:
    """Images (batch, ...), alone or with labels (batch,), to `count` pairs of images (batch / count, ...) and labels.

    Share j takes the rows j, j + count, j + 2 count ... Without labels the second of a pair is None.

    Raises CourseError for a batch that cannot be divided, or InvalidArgumentError, with the same text, if its size
    shows only as the step runs.
    """
    real, labels = data if isinstance(data, tuple) else (data, None)
    if count == 1:
        return [(real, labels)]
    size = real.shape[0]
    wrong = (
        f"{'These' if size is None else size} images cannot be dealt out to discriminator_steps={count}: a batch holds "
        f"a multiple of {count}, as in `loop.train`, which multiplies batch_size by it."
    )
    if size is None:
        with tf.control_dependencies(
            [tf.debugging.assert_equal(tf.shape(real)[0] % count, 0, message=wrong)]
        ):
            real = tf.identity(real)
    elif size % count:
        raise CourseError(wrong)

    def rows(values: Tensor, share: int) -> Tensor:
        return ops.reshape(values, (-1, count, *values.shape[1:]))[:, share]

    return [(rows(real, j), None if labels is None else rows(labels, j)) for j in range(count)]
