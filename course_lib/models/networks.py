"""Convolutional generators and discriminators, built from plain Keras layers.

Plain layers matter: a saved generator opens anywhere with `keras.models.load_model`, no code of ours needed.
The rules followed are those of Radford, Metz & Chintala, "Unsupervised Representation Learning with Deep
Convolutional Generative Adversarial Networks" (2015), section 3. Where we depart from them the comment says why.
"""

import keras
import tensorflow as tf
from keras import layers, ops

from course_lib import CourseError

KERNEL = 4
"""Kernel of every strided layer: a multiple of the stride 2, so each output pixel gets equally many terms."""


def _stages(image_shape: tuple[int, int, int]) -> tuple[int, int, int]:
    """How often (height, width) can be halved while both stay even and above 8, and what is left."""
    if len(image_shape) != 3 or min(image_shape) < 1:
        raise CourseError(
            f"image_shape is (height, width, channels), such as (28, 28, 1), not {image_shape}."
        )
    height, width, _ = image_shape
    if min(height, width) <= 8:
        raise CourseError(
            f"A DCGAN doubles its picture at each stage, and {height} x {width} is too small for one: each side "
            "needs at least 10 pixels. Enlarge the images, for example to 28 x 28 or 32 x 32."
        )
    count = 0
    while min(height, width) > 8 and height % 2 == 0 and width % 2 == 0:
        height, width, count = height // 2, width // 2, count + 1
    if count == 0 or max(height, width) > 16:
        why = (
            "has an odd side, which cannot be halved" if count == 0 else "cannot be halved down to 16 or less"
        )
        raise CourseError(
            f"A DCGAN doubles its picture at each stage, and {image_shape[0]} x {image_shape[1]} {why}. "
            "Resize the images, for example to 28 x 28, 32 x 32 or 48 x 48."
        )
    return count, height, width


def _initializer() -> keras.Initializer:
    """Weights ~ N(0, 0.02^2), as in the paper; a new object each time, so that no two layers start alike."""
    return keras.initializers.RandomNormal(stddev=0.02)


def _batch_norm() -> layers.BatchNormalization:
    """Batch norm over the whole batch, also where several devices share it."""
    several = tf.distribute.get_strategy().num_replicas_in_sync > 1
    return layers.BatchNormalization(momentum=0.9, synchronized=several)


def _enlarge(channels: int, resize: bool, **options: object) -> list[layers.Layer]:
    """Layers that double the sides of a picture: a transposed convolution, or copied pixels and a convolution.

    Kernels of the second overlap equally everywhere, and the start is without a checkerboard (Odena et al. 2016,
    "Deconvolution and Checkerboard Artifacts"); it costs 9 / 4 as many multiplications.
    """
    options["kernel_initializer"] = _initializer()
    if resize:
        return [layers.UpSampling2D(), layers.Conv2D(channels, 3, padding="same", **options)]
    return [layers.Conv2DTranspose(channels, KERNEL, strides=2, padding="same", **options)]


def dcgan_generator(
    image_shape: tuple[int, int, int] = (28, 28, 1),
    latent_size: int = 64,
    width: int = 64,
    classes: int | None = None,
    refine: bool = False,
    resize: bool = False,
) -> keras.Model:
    """The generator G: latent vectors (batch, latent_size) to images (batch, *image_shape) in (-1, 1).

    A dense layer makes a small picture of many channels; each stage then doubles its sides and halves its
    channels, down to `width` before the last one. 28 x 28 images take two stages from 7 x 7, 32 x 32 two from 8 x 8.

    `refine=True` adds a 3 x 3 convolution on the small picture, where one costs least. `resize=True` enlarges by
    copying pixels and a 3 x 3 convolution after it, instead of a transposed convolution.
    With `classes` it takes [latents, labels (batch,)]: a learned vector for each class is laid beside the latents
    (Mirza & Osindero 2014, "Conditional Generative Adversarial Nets", section 3.2).

    Raises CourseError if the image cannot be halved often enough.
    """
    if classes is not None:
        body = dcgan_generator(image_shape, 2 * latent_size, width, refine=refine, resize=resize)
        latents, labels = keras.Input((latent_size,)), keras.Input((), dtype="int32")
        # As large as the latents at the start, so that a class counts as much as the noise.
        meaning = layers.Embedding(
            classes, latent_size, embeddings_initializer=keras.initializers.RandomNormal(stddev=1.0)
        )
        both = layers.Concatenate()([latents, meaning(labels)])
        return keras.Model([latents, labels], body(both), name="generator")
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
    if refine:
        generator.add(
            layers.Conv2D(channels, 3, padding="same", use_bias=False, kernel_initializer=_initializer())
        )
        generator.add(_batch_norm())
        generator.add(layers.ReLU())
    for stage in reversed(range(1, stages)):
        for layer in _enlarge(width * 2 ** (stage - 1), resize, use_bias=False):
            generator.add(layer)
        generator.add(_batch_norm())
        generator.add(layers.ReLU())
    # No batch norm on the output, which must reach both ends of [-1, 1]; float32 even under mixed precision,
    # because images and losses need more digits than 16 bits hold.
    for layer in _enlarge(image_shape[2], resize, dtype="float32"):
        generator.add(layer)
    generator.add(layers.Activation("tanh", dtype="float32"))
    return generator


def dcgan_discriminator(
    image_shape: tuple[int, int, int] = (28, 28, 1),
    width: int = 64,
    batch_norm: bool = False,
    classes: int | None = None,
    hidden: int | None = None,
    minibatch_deviation: bool = False,
) -> keras.Model:
    """The discriminator D: images (batch, *image_shape) in [-1, 1] to logits (batch, 1), unbounded.

    D(x) in (0, 1) is the sigmoid of the logit; the losses take the logit itself (see `course_lib.models.losses`).

    `batch_norm=True` follows the paper. The default leaves it out: then no image's logit depends on the others in its
    batch, so real and fake images can go through in one pass, and the scores here were no worse.

    hidden: units of a dense layer before the logit, which can weigh parts of the picture against each other.
    minibatch_deviation: a `MinibatchDeviation` layer after the convolutions.
    With `classes` it takes [images, labels (batch,)]: the logit gains the product of the image's features with a
    learned vector for its class (Miyato & Koyama 2018, "cGANs with Projection Discriminator", equation 3).
    """
    if classes is not None:
        body = dcgan_discriminator(image_shape, width, batch_norm, None, hidden, minibatch_deviation)
        return _projection(body, classes)
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
    if minibatch_deviation:
        discriminator.add(MinibatchDeviation())
    discriminator.add(layers.Flatten())
    if hidden is not None:
        discriminator.add(layers.Dense(hidden, kernel_initializer=_initializer()))
        discriminator.add(layers.LeakyReLU(0.2))
    discriminator.add(layers.Dense(1, kernel_initializer=_initializer(), dtype="float32"))
    return discriminator


def _projection(body: keras.Sequential, classes: int) -> keras.Model:
    """A discriminator with classes made from one without."""
    images, labels = keras.Input(body.input_shape[1:]), keras.Input((), dtype="int32")
    features = images
    for layer in body.layers[:-1]:
        features = layer(features)
    direction = layers.Embedding(classes, features.shape[-1], embeddings_initializer=_initializer())(labels)
    product = layers.Dot(axes=1, dtype="float32")([features, direction])
    logit = layers.Add(dtype="float32")([body.layers[-1](features), product])
    return keras.Model([images, labels], logit, name="discriminator")


@keras.saving.register_keras_serializable("course_lib")
class MinibatchDeviation(layers.Layer):
    """One more channel that says how much the images of a group differ: (batch, h, w, c) to (batch, h, w, c + 1).

    The standard deviation of every feature over the group, averaged to one number (Karras et al. 2018, "Progressive
    Growing of GANs", section 3). A discriminator that sees it cannot be fooled by many copies of one good picture, so
    it works against mode collapse. A group is eight images that follow each other, or half the batch where that does
    not divide by 16: never across its middle, where real images end and fake ones begin.
    """

    def call(self, images: tf.Tensor) -> tf.Tensor:
        count, height, width, channels = ops.shape(images)
        group = tf.where(count % 16 == 0, 8, tf.where(count % 2 == 0, count // 2, count))
        groups = tf.reshape(tf.cast(images, "float32"), (-1, group, height, width, channels))
        deviation = tf.sqrt(tf.math.reduce_variance(groups, axis=1) + 1e-8)  # finite slope at 0
        level = tf.repeat(tf.reduce_mean(deviation, axis=(1, 2, 3)), group)
        plane = tf.broadcast_to(level[:, None, None, None], (count, height, width, 1))
        return ops.concatenate([images, ops.cast(plane, images.dtype)], axis=-1)

    def compute_output_shape(self, input_shape: tuple) -> tuple:
        return (*input_shape[:-1], input_shape[-1] + 1)
