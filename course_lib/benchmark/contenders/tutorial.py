"""The yardstick: the configuration of TensorFlow's tutorial "Deep Convolutional Generative Adversarial Network".

Written anew from the tutorial's description (tensorflow.org, Tutorials, Generative), with its own loop: a compiled
step, called for each batch. The pictures and checkpoints that the tutorial makes between epochs are left out, which
is in its favour.
"""

from __future__ import annotations

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from course_lib.benchmark.contenders.arithmetic import count_weights, forward
from course_lib.benchmark.contenders.contract import Watch
from course_lib.models.sampling import generate

BATCH_SIZE = 256
LATENT_SIZE = 100
LEARNING_RATE = 1e-4


def networks() -> tuple[keras.Sequential, keras.Sequential]:
    """Its generator, to images in [-1, 1], and its discriminator, to logits."""
    generator = keras.Sequential(
        [
            keras.Input((LATENT_SIZE,)),
            layers.Dense(7 * 7 * 256, use_bias=False),
            layers.BatchNormalization(),
            layers.LeakyReLU(0.3),
            layers.Reshape((7, 7, 256)),
            layers.Conv2DTranspose(128, 5, strides=1, padding="same", use_bias=False),
            layers.BatchNormalization(),
            layers.LeakyReLU(0.3),
            layers.Conv2DTranspose(64, 5, strides=2, padding="same", use_bias=False),
            layers.BatchNormalization(),
            layers.LeakyReLU(0.3),
            layers.Conv2DTranspose(1, 5, strides=2, padding="same", use_bias=False, activation="tanh"),
        ]
    )
    discriminator = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(64, 5, strides=2, padding="same"),
            layers.LeakyReLU(0.3),
            layers.Dropout(0.3),
            layers.Conv2D(128, 5, strides=2, padding="same"),
            layers.LeakyReLU(0.3),
            layers.Dropout(0.3),
            layers.Flatten(),
            layers.Dense(1),
        ]
    )
    return generator, discriminator


class Tutorial:
    """The tutorial's networks, trained by the tutorial's loop."""

    batch_size = BATCH_SIZE

    def __init__(self, seed: int = 0):
        keras.utils.set_random_seed(seed)
        self.generator, self.discriminator = networks()
        self.generator_optimizer = keras.optimizers.Adam(LEARNING_RATE)
        self.discriminator_optimizer = keras.optimizers.Adam(LEARNING_RATE)
        self.cross_entropy = keras.losses.BinaryCrossentropy(from_logits=True)
        self.train_step = tf.function(self._train_step)
        self.weights = count_weights(self.generator, self.discriminator)

    def _train_step(self, real: tf.Tensor) -> None:
        noise = tf.random.normal((self.batch_size, LATENT_SIZE))
        with tf.GradientTape() as generator_tape, tf.GradientTape() as discriminator_tape:
            fake = self.generator(noise, training=True)
            real_logits = self.discriminator(real, training=True)
            fake_logits = self.discriminator(fake, training=True)
            generator_loss = self.cross_entropy(tf.ones_like(fake_logits), fake_logits)
            discriminator_loss = self.cross_entropy(tf.ones_like(real_logits), real_logits)
            discriminator_loss += self.cross_entropy(tf.zeros_like(fake_logits), fake_logits)
        for tape, loss, network, optimizer in (
            (generator_tape, generator_loss, self.generator, self.generator_optimizer),
            (discriminator_tape, discriminator_loss, self.discriminator, self.discriminator_optimizer),
        ):
            weights = network.trainable_variables
            optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights, strict=True))

    def train(self, images: np.ndarray, watch: Watch) -> None:
        dataset = tf.data.Dataset.from_tensor_slices(images).shuffle(len(images)).batch(self.batch_size)
        seen = 0
        while True:
            for real in dataset:
                self.train_step(real)
                seen += len(real)
                if watch(seen):
                    return

    def sample(self, count: int) -> np.ndarray:
        latents = np.random.default_rng(0).standard_normal((count, LATENT_SIZE), dtype="float32")
        return generate(self.generator, latents)

    @property
    def arithmetic(self) -> int:
        generator, discriminator = forward(self.generator), forward(self.discriminator)
        # G: forward, gradients for its weights and between its layers.
        # D: forward on real and on fake; back from its own loss on both, not to the images; and back from the
        # generator's loss on the fakes, through to their pixels, without weight gradients.
        return 3 * generator.total - generator.first + 7 * discriminator.total - 2 * discriminator.first
