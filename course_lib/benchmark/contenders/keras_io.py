"""The keras.io code example "Conditional GAN", made unconditional: no class labels beside latents and images.

Written anew from the example's description (keras.io, Code examples, Generative). Unlike the rest of this course its
images lie in [0, 1], its fakes are labelled 1 and its real images 0. It trains on the training images only.
"""

from __future__ import annotations

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

from course_lib.benchmark.contenders.arithmetic import count_weights, forward
from course_lib.benchmark.contenders.contract import Watch
from course_lib.models.sampling import generate

BATCH_SIZE = 64
LATENT_SIZE = 128
LEARNING_RATE = 3e-4


def networks() -> tuple[keras.Sequential, keras.Sequential]:
    """Its generator, to images in [0, 1], and its discriminator, to logits."""
    generator = keras.Sequential(
        [
            keras.Input((LATENT_SIZE,)),
            layers.Dense(7 * 7 * LATENT_SIZE),
            layers.LeakyReLU(0.2),
            layers.Reshape((7, 7, LATENT_SIZE)),
            layers.Conv2DTranspose(128, 4, strides=2, padding="same"),
            layers.LeakyReLU(0.2),
            layers.Conv2DTranspose(128, 4, strides=2, padding="same"),
            layers.LeakyReLU(0.2),
            layers.Conv2D(1, 7, padding="same", activation="sigmoid"),
        ]
    )
    discriminator = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(64, 3, strides=2, padding="same"),
            layers.LeakyReLU(0.2),
            layers.Conv2D(128, 3, strides=2, padding="same"),
            layers.LeakyReLU(0.2),
            layers.GlobalMaxPooling2D(),
            layers.Dense(1),
        ]
    )
    return generator, discriminator


class ExampleGAN(keras.Model):
    """The example's model: a train step for `fit`."""

    def __init__(self, generator: keras.Model, discriminator: keras.Model):
        super().__init__()
        self.generator, self.discriminator = generator, discriminator
        self.seed_generator = keras.random.SeedGenerator(1337)
        self.generator_loss = keras.metrics.Mean(name="generator_loss")
        self.discriminator_loss = keras.metrics.Mean(name="discriminator_loss")
        self.built = True

    def compile(self) -> None:
        super().compile()
        self.generator_optimizer = keras.optimizers.Adam(LEARNING_RATE)
        self.discriminator_optimizer = keras.optimizers.Adam(LEARNING_RATE)
        self.cross_entropy = keras.losses.BinaryCrossentropy(from_logits=True)

    @property
    def metrics(self) -> list[keras.metrics.Metric]:
        return [self.generator_loss, self.discriminator_loss]

    def train_step(self, real: tf.Tensor) -> dict[str, tf.Tensor]:
        batch_size = ops.shape(real)[0]
        latents = keras.random.normal((batch_size, LATENT_SIZE), seed=self.seed_generator)
        images = ops.concatenate([self.generator(latents), real])
        labels = ops.concatenate([ops.ones((batch_size, 1)), ops.zeros((batch_size, 1))])
        with tf.GradientTape() as tape:
            discriminator_loss = self.cross_entropy(labels, self.discriminator(images))
        weights = self.discriminator.trainable_weights
        self.discriminator_optimizer.apply_gradients(
            zip(tape.gradient(discriminator_loss, weights), weights, strict=True)
        )

        latents = keras.random.normal((batch_size, LATENT_SIZE), seed=self.seed_generator)
        misleading_labels = ops.zeros((batch_size, 1))
        with tf.GradientTape() as tape:
            logits = self.discriminator(self.generator(latents))
            generator_loss = self.cross_entropy(misleading_labels, logits)
        weights = self.generator.trainable_weights
        self.generator_optimizer.apply_gradients(
            zip(tape.gradient(generator_loss, weights), weights, strict=True)
        )

        self.generator_loss.update_state(generator_loss)
        self.discriminator_loss.update_state(discriminator_loss)
        return {metric.name: metric.result() for metric in self.metrics}


class KerasIO:
    """The example's networks, trained by its own train step under `fit`."""

    batch_size = BATCH_SIZE

    def __init__(self, seed: int = 0):
        keras.utils.set_random_seed(seed)
        self.generator, self.discriminator = networks()
        self.model = ExampleGAN(self.generator, self.discriminator)
        self.model.compile()
        self.weights = count_weights(self.generator, self.discriminator)

    def train(self, images: np.ndarray, watch: Watch) -> None:
        dataset = tf.data.Dataset.from_tensor_slices((images + 1) / 2).shuffle(1024).batch(self.batch_size)
        # The example says 20 epochs; here the watch decides.
        self.model.fit(dataset, epochs=1_000_000, callbacks=[Counter(len(images), watch)], verbose=0)

    def sample(self, count: int) -> np.ndarray:
        latents = np.random.default_rng(0).standard_normal((count, LATENT_SIZE), dtype="float32")
        return 2 * generate(self.generator, latents) - 1

    @property
    def arithmetic(self) -> int:
        generator, discriminator = forward(self.generator), forward(self.discriminator)
        # G: forward twice, for D's turn and for its own; gradients for its weights and between its layers.
        # D: forward on fake and real, and again on new fakes; back from its own loss on both, not to the images;
        # and back from the generator's loss on the new fakes, through to their pixels, without weight gradients.
        return 4 * generator.total - generator.first + 8 * discriminator.total - 2 * discriminator.first


class Counter(keras.callbacks.Callback):
    """Tells `watch` how many images the training has seen; each epoch's last batch may be a small one."""

    def __init__(self, images_per_epoch: int, watch: Watch):
        super().__init__()
        self.images_per_epoch, self.watch, self.epoch = images_per_epoch, watch, 0

    def on_epoch_begin(self, epoch: int, logs: dict | None = None) -> None:
        self.epoch = epoch

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        in_epoch = min((batch + 1) * BATCH_SIZE, self.images_per_epoch)
        self.model.stop_training = self.watch(self.epoch * self.images_per_epoch + in_epoch)
