"""Networks that are told several things at once: not "class 12" but "fruit, on blue, on the left, with a button".

    table = banners.conditions()                                            (144, 16): a look's parts, 0 or 1
    generator = steered_generator(body, table, latent_size=16)              [latents, labels] -> images
    discriminator = steered_discriminator(body, table)                      [images, labels] -> logits

A label is a row of the table, and each *column* has a learned vector; a row's vector is the sum of those of its ones.
So what is learned of blue with fruit serves for blue with flowers, and a row that was never trained on has a vector all
the same. With the identity as the table each label has its own vector, as in `networks` with `classes`.
"""

from __future__ import annotations

import keras
import numpy as np
from keras import layers
from numpy.typing import ArrayLike

from course_lib import CourseError, datasets


def steered_generator(body: keras.Model, table: ArrayLike, latent_size: int) -> keras.Model:
    """A generator of [latents (batch, latent_size), labels int (batch,)] made from one without labels.

    body: of vectors (batch, m), m > latent_size; the last m - latent_size are the condition's (Mirza and Osindero 2014,
    "Conditional Generative Adversarial Nets", section 3.2). table: 0 and 1, (labels, columns), a one in each row.
    Raises CourseError for another table and for a body that leaves the condition no room.
    """
    datasets.check_whole("latent_size", "how many numbers a latent has", latent_size, 1)
    table, size = _table(table), body.input_shape[-1] - latent_size
    if size < 1:
        raise CourseError(
            f"The body takes {body.input_shape[-1]} numbers and the latents are {latent_size}: build it with more, so "
            "that the condition has some."
        )
    latents, labels = keras.Input((latent_size,)), keras.Input((), dtype="int32")
    # As large as the latents at the start, so that the condition counts as much as the noise.
    spread = float(1 / np.sqrt(table.sum(axis=1).mean()))
    condition = _condition(labels, table, size, keras.initializers.RandomNormal(stddev=spread))
    both = layers.Concatenate()([latents, condition])
    return keras.Model([latents, labels], body(both), name="generator")


def steered_discriminator(body: keras.Sequential, table: ArrayLike) -> keras.Model:
    """A discriminator of [images, labels int (batch,)] made from one without labels, whose last layer is the logit's.

    The logit gains the product of the image's features with the label's vector (Miyato and Koyama 2018, "cGANs with
    Projection Discriminator", equation 3). That the vector is a sum says that the parts of a label, given the picture,
    have nothing to do with each other: log p(label | x) is a sum over its parts. Raises as `steered_generator` does.
    """
    table = _table(table)
    images, labels = keras.Input(body.input_shape[1:]), keras.Input((), dtype="int32")
    features = images
    for layer in body.layers[:-1]:
        features = layer(features)
    direction = _condition(labels, table, features.shape[-1], keras.initializers.RandomNormal(stddev=0.02))
    product = layers.Dot(axes=1, dtype="float32")([features, direction])
    logit = layers.Add(dtype="float32")([body.layers[-1](features), product])
    return keras.Model([images, labels], logit, name="discriminator")


def _table(table: ArrayLike) -> np.ndarray:
    table = np.asarray(table)
    if table.ndim != 2 or not table.size or not np.isin(table, (0, 1)).all() or not table.any(axis=1).all():
        raise CourseError(
            f"A table of conditions is 0 and 1, (labels, columns), with a one in each row; this one has the shape "
            f"{table.shape}."
        )
    return table.astype("float32")


def _condition(
    labels: keras.KerasTensor, table: np.ndarray, size: int, initializer: keras.Initializer
) -> keras.KerasTensor:
    """(batch,) to (batch, size): the sum of the vectors of a label's ones."""
    # A weight that is not trained, so that it is saved with the network and copied with it.
    parts = layers.Embedding(*table.shape, embeddings_initializer="zeros", trainable=False, name="parts")
    ones = parts(labels)
    parts.set_weights([table])
    return layers.Dense(size, use_bias=False, kernel_initializer=initializer, name="meaning")(ones)
