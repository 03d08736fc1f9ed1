"""Convolutional generators and discriminators, built from plain Keras layers.

Plain layers matter: a saved generator opens anywhere with `keras.models.load_model`, no code of ours needed.
The rules followed are those of Radford, Metz & Chintala, "Unsupervised Representation Learning with Deep
Convolutional Generative Adversarial Networks" (2015), section 3. Where we depart from them the comment says why.
"""

import keras
import tensorflow as tf
from keras import layers

from course_lib import CourseError

KERNEL = 4
"""Kernel of every strided layer: a multiple of the stride 2, so each output pixel gets equally many terms."""


def _stages(image_shape: tuple[int, int, int]) -> tuple[int, int, int]:
    """How often (height, width) can be halved while both stay even and above 8, and what is left."""
    height, width, _ = image_shape
    count = 0
    while min(height, width) > 8 and height % 2 == 0 and width % 2 == 0:
        height, width, count = height // 2, width // 2, count + 1
    if count == 0 or max(height, width) > 16:
        raise CourseError(
            f"A DCGAN doubles its picture at each stage, and {image_shape[0]} x {image_shape[1]} cannot be halved "
            "down to 16 or less. Resize the images, for example to 28 x 28, 32 x 32 or 48 x 48."
        )
    return count, height, width


def _initializer() -> keras.Initializer:
    """Weights ~ N(0, 0.02^2), as in the paper; a new object each time, so that no two layers start alike."""
    return keras.initializers.RandomNormal(stddev=0.02)


def _batch_norm() -> layers.BatchNormalization:
    """Batch norm over the whole batch, also where several devices share it."""
    several = tf.distribute.get_strategy().num_replicas_in_sync > 1
    return layers.BatchNormalization(momentum=0.9, synchronized=several)


def dcgan_generator(
    image_shape: tuple[int, int, int] = (28, 28, 1), latent_size: int = 64, width: int = 64
) -> keras.Sequential:
    """The generator G: latent vectors (batch, latent_size) to images (batch, *image_shape) in (-1, 1).

    A dense layer makes a small picture of many channels; each stage then doubles its sides and halves its
    channels, down to `width` before the last one. 28 x 28 images take two stages from 7 x 7, 32 x 32 two from 8 x 8.

    Raises CourseError if the image cannot be halved often enough.
    """
    stages, height, width_pixels = _stages(image_shape)
    channels = width * 2 ** (stages - 1)
    generator = keras.Sequential(name="generator")
    generator.add(keras.Input((latent_size,)))
    # Batch norm subtracts the mean, so a bias before it would have no effect.
    generator.add(
        layers.Dense(height * width_pixels * channels, use_bias=False, kernel_initializer=_initializer())
    )
    generator.add(layers.Reshape((height, width_pixels, channels)))
    generator.add(_batch_norm())
    generator.add(layers.ReLU())
    for stage in reversed(range(1, stages)):
        generator.add(
            layers.Conv2DTranspose(
                width * 2 ** (stage - 1),
                KERNEL,
                strides=2,
                padding="same",
                use_bias=False,
                kernel_initializer=_initializer(),
            )
        )
        generator.add(_batch_norm())
        generator.add(layers.ReLU())
    # No batch norm on the output, which must reach both ends of [-1, 1]; float32 even under mixed precision,
    # because images and losses need more digits than 16 bits hold.
    generator.add(
        layers.Conv2DTranspose(
            image_shape[2],
            KERNEL,
            strides=2,
            padding="same",
            kernel_initializer=_initializer(),
            dtype="float32",
        )
    )
    generator.add(layers.Activation("tanh", dtype="float32"))
    return generator


def dcgan_discriminator(
    image_shape: tuple[int, int, int] = (28, 28, 1), width: int = 64, batch_norm: bool = False
) -> keras.Sequential:
    """The discriminator D: images (batch, *image_shape) in [-1, 1] to logits (batch, 1), unbounded.

    D(x) in (0, 1) is the sigmoid of the logit; the losses take the logit itself (see `course_lib.losses`).

    `batch_norm=True` follows the paper. The default leaves it out: then no image's logit depends on the others in its
    batch, so real and fake images can go through in one pass, and the scores here were no worse.
    """
    stages, _, _ = _stages(image_shape)
    discriminator = keras.Sequential(name="discriminator")
    discriminator.add(keras.Input(image_shape))
    for stage in range(stages):
        normalised = batch_norm and stage > 0  # never on the layer that sees the image
        discriminator.add(
            layers.Conv2D(
                width * 2**stage,
                KERNEL,
                strides=2,
                padding="same",
                use_bias=stage == 0,
                kernel_initializer=_initializer(),
            )
        )
        if normalised:
            discriminator.add(_batch_norm())
        discriminator.add(layers.LeakyReLU(0.2))
    discriminator.add(layers.Flatten())
    discriminator.add(layers.Dense(1, kernel_initializer=_initializer(), dtype="float32"))
    return discriminator
