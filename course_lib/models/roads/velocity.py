"""Networks that say which way to go: [places, times] to velocities, for points in the plane and for pictures."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import layers, ops

from course_lib import CourseError

FREQUENCIES = np.pi * 2.0 ** np.arange(5)
"""Of the waves by which the time enters: from half a turn between 0 and 1 to eight."""


def embedded(time: Any, size: int) -> Any:
    """Times (batch,) from 0 to 1 to (batch, size): sines and cosines, which a network tells apart, through a layer.

    As the positions in Vaswani et al. 2017, "Attention Is All You Need", section 3.5. A bare number t would do for
    points, but hardly changes what a large network makes of a picture.
    """
    angles = ops.expand_dims(time, -1) * FREQUENCIES.astype("float32")
    waves = ops.concatenate([ops.sin(angles), ops.cos(angles)], axis=-1)
    return layers.Dense(size, activation="silu")(waves)


def point_velocity(size: int = 2, hidden: int = 128) -> keras.Model:
    """[points (batch, size), times (batch,)] to velocities (batch, size), by three dense layers."""
    points, time = keras.Input((size,)), keras.Input(())
    x = ops.concatenate([points, embedded(time, 32)], axis=-1)
    for _ in range(3):
        x = layers.Dense(hidden, activation="silu")(x)
    return keras.Model([points, time], layers.Dense(size, dtype="float32")(x), name="velocity")


def picture_velocity(image_shape: tuple[int, int, int] = (28, 28, 1), width: int = 24) -> keras.Model:
    """[pictures (batch, *image_shape), times (batch,)] to velocities (batch, *image_shape): a small U-Net.

    A convolution of stride 2 halves the picture to `width` channels, residual blocks work there and at a quarter of the
    sides with twice the channels, and what was seen on the way down is added to what comes up (Ronneberger et al. 2015,
    "U-Net", laid it beside; adding costs a quarter). Sides divide by 4: CourseError for others.
    """
    if len(image_shape) != 3 or image_shape[0] % 4 or image_shape[1] % 4:
        raise CourseError(
            f"A U-Net that halves twice takes (height, width, channels) with sides that divide by 4, such as "
            f"(28, 28, 1), not {image_shape}."
        )
    pictures, times = keras.Input(image_shape), keras.Input(())
    time = embedded(times, 4 * width)
    half = layers.Conv2D(width, 4, strides=2, padding="same")(pictures)
    half = _block(half, time)
    quarter = layers.Conv2D(2 * width, 4, strides=2, padding="same")(half)
    for _ in range(2):
        quarter = _block(quarter, time)
    up = layers.Conv2DTranspose(width, 4, strides=2, padding="same")(quarter)
    up = _block(up + half, time)
    up = layers.Conv2DTranspose(width // 2, 4, strides=2, padding="same", activation="silu")(up)
    # The noise in the picture is most of the answer, and must not have to pass through the narrow middle.
    last = ops.concatenate([up, pictures], axis=-1)
    velocity = layers.Conv2D(image_shape[2], 3, padding="same", dtype="float32", kernel_initializer="zeros")(
        last
    )
    return keras.Model([pictures, times], velocity, name="velocity")


def _block(x: Any, time: Any) -> Any:
    """Two convolutions beside a way around them; the time scales and shifts every channel in between.

    The last one starts at 0, so that a deep network starts as a shallow one (Perez et al. 2018, "FiLM", for the time).
    """
    channels = x.shape[-1]
    inner = layers.Conv2D(channels, 3, padding="same")(ops.silu(x))
    scale, shift = ops.split(layers.Dense(2 * channels)(time)[:, None, None, :], 2, axis=-1)
    inner = ops.silu(inner * (1 + scale) + shift)
    return x + layers.Conv2D(channels, 3, padding="same", kernel_initializer="zeros")(inner)
