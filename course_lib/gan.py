"""The GAN as a Keras model: two networks, two optimisers and the train step that plays the game between them.

    gan = GAN(dcgan_generator(), dcgan_discriminator())
    gan.compile(loss="non_saturating")
    gan.fit(datasets.batches(images, 64), steps_per_epoch=1000)
    pictures = gan.sample(16)

Everything that varies is an argument of the constructor or of `compile`; there are no subclasses.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras import ops

from course_lib import CourseError, losses

Tensor = Any


class GAN(keras.Model):
    """A generative adversarial network (Goodfellow et al. 2014, "Generative Adversarial Nets", algorithm 1).

    generator: latent vectors (batch, latent_size) to images (batch, height, width, channels) in [-1, 1].
    discriminator: such images to logits (batch, 1).
    averaging: decay per step of the averaged copy of the generator that `sample` draws with (None: no copy).
        The copy keeps an exponential moving average of every weight (Yazici et al. 2019, "The Unusual
        Effectiveness of Averaging in GAN Training"); it is steadier than the generator of any one step.
    seed: of the noise. Its state belongs to the model, so it is saved and restored with it.

    Raises CourseError when the two networks do not fit each other, naming both shapes.
    """

    TRACKED = ("discriminator_loss", "generator_loss", "real_score", "fake_score")
    """Means since the metrics were last reset; the scores are D's mean verdict, sigmoid(logit), in (0, 1)."""

    def __init__(
        self,
        generator: keras.Model,
        discriminator: keras.Model,
        averaging: float | None = 0.995,
        seed: int = 0,
    ):
        super().__init__(name="gan")
        if generator.output_shape[1:] != discriminator.input_shape[1:]:
            raise CourseError(
                f"The generator makes images of shape {generator.output_shape[1:]}, but the discriminator takes "
                f"{discriminator.input_shape[1:]}: build both with the same image_shape."
            )
        if averaging is not None and not 0 <= averaging < 1:
            raise CourseError(f"averaging is a decay in [0, 1), such as 0.995, or None; not {averaging}.")
        self.generator = generator
        self.discriminator = discriminator
        self.averaging = averaging
        self.averaged_generator = None
        if averaging is not None:
            self.averaged_generator = keras.models.clone_model(generator)
            self.averaged_generator.set_weights(generator.get_weights())
            self.averaged_generator.trainable = False
        self.seed_generator = keras.random.SeedGenerator(seed)
        # Batch norm in the discriminator would let real and fake images look at each other; then two passes.
        self.one_pass = not any(isinstance(x, keras.layers.BatchNormalization) for x in discriminator.layers)
        self.built = True

    @property
    def latent_size(self) -> int:
        return self.generator.input_shape[-1]

    @property
    def image_shape(self) -> tuple[int, int, int]:
        return self.generator.output_shape[1:]

    @property
    def sampler(self) -> keras.Model:
        """The generator to draw with: the averaged one where there is one."""
        return self.averaged_generator if self.averaged_generator is not None else self.generator

    @property
    def step(self) -> int:
        """How many training steps have been done."""
        return int(self.generator_optimizer.iterations.numpy())

    def compile(
        self,
        loss: str | losses.Loss = "non_saturating",
        generator_optimizer: keras.Optimizer | None = None,
        discriminator_optimizer: keras.Optimizer | None = None,
        augment: Callable[[Tensor], Tensor] | None = None,
        **options: Any,
    ) -> None:
        """Choose the game.

        loss: a name for `losses.get`, or a Loss.
        optimizers: Adam(2e-4, beta_1=0.5) unless given (DCGAN paper, section 4).
        augment: applied to every image the discriminator sees, real and fake alike; must be differentiable
            (Zhao et al. 2020, "Differentiable Augmentation for Data-Efficient GAN Training").
        options: `steps_per_execution`, `jit_compile`, `run_eagerly` as in keras.Model.compile.
        """
        options.setdefault("jit_compile", False)  # convolutions compiled by XLA gain little on a processor
        if tf.distribute.get_strategy().num_replicas_in_sync > 1:
            # Keras runs several steps in a conditional, where devices cannot update their weights together.
            options["steps_per_execution"] = 1
        super().compile(**options)
        self.game = losses.get(loss) if isinstance(loss, str) else loss
        self.generator_optimizer = self._prepared(generator_optimizer, self.generator)
        self.discriminator_optimizer = self._prepared(discriminator_optimizer, self.discriminator)
        self.augment = augment if augment is not None else lambda images: images
        self.trackers = {name: keras.metrics.Mean(name) for name in self.TRACKED}
        self.trackers["images"] = keras.metrics.Sum("images")

    def _prepared(self, optimizer: keras.Optimizer | None, network: keras.Model) -> keras.Optimizer:
        """The optimiser with its state already made, so that a checkpoint can be read into it."""
        if optimizer is None:
            optimizer = keras.optimizers.Adam(2e-4, beta_1=0.5)
        half_precision = any(layer.compute_dtype == "float16" for layer in network.layers)
        if half_precision and not isinstance(optimizer, keras.optimizers.LossScaleOptimizer):
            # Gradients below 6e-8 vanish in float16; scaling the loss up lifts them over that edge.
            optimizer = keras.optimizers.LossScaleOptimizer(optimizer)
        optimizer.build(network.trainable_variables)
        return optimizer

    @property
    def metrics(self) -> list[keras.metrics.Metric]:
        return list(self.trackers.values()) if hasattr(self, "trackers") else []

    def train_step(self, data: Tensor) -> dict[str, Tensor]:
        """One step of the discriminator, then one of the generator, on the same batch of noise."""
        real = data[0] if isinstance(data, tuple) else data
        batch_size = ops.shape(real)[0]
        # With several devices each has its share of the batch, and the optimisers add the gradients up.
        replicas = tf.distribute.get_strategy().num_replicas_in_sync
        latents = self.latents(batch_size)
        with tf.GradientTape() as generator_tape:
            fake = self.generator(latents, training=True)

        # The discriminator learns to tell real from fake. To it, the fake images are data like any other.
        with tf.GradientTape() as tape:
            real_logits, fake_logits = self.judge(real, fake)
            discriminator_loss = self.game.discriminator(real_logits, fake_logits)
            scaled_loss = self.discriminator_optimizer.scale_loss(discriminator_loss / replicas)
        weights = self.discriminator.trainable_variables
        self.discriminator_optimizer.apply(tape.gradient(scaled_loss, weights), weights)

        # The generator learns from what the improved discriminator says about each pixel of the same images:
        # the chain rule, first from the loss to the pixels, then from the pixels to the generator's weights.
        with tf.GradientTape() as tape:
            tape.watch(fake)
            generator_loss = self.game.generator(self.discriminator(self.augment(fake), training=True))
            scaled_loss = self.generator_optimizer.scale_loss(generator_loss / replicas)
        pixel_gradients = tape.gradient(scaled_loss, fake)
        weights = self.generator.trainable_variables
        gradients = generator_tape.gradient(fake, weights, output_gradients=pixel_gradients)
        self.generator_optimizer.apply(gradients, weights)
        self.average()

        self.trackers["discriminator_loss"].update_state(discriminator_loss)
        self.trackers["generator_loss"].update_state(generator_loss)
        self.trackers["real_score"].update_state(ops.sigmoid(real_logits))
        self.trackers["fake_score"].update_state(ops.sigmoid(fake_logits))
        self.trackers["images"].update_state(batch_size)
        return {name: tracker.result() for name, tracker in self.trackers.items()}

    def latents(self, count: Any) -> Tensor:
        """Noise z ~ N(0, 1) of shape (count, latent_size), the next of the model's own stream.

        With several devices each draws the noise of the whole batch and takes its own part of it, so a run on two
        devices sees the same noise as a run on one.
        """
        place = tf.distribute.get_replica_context()
        latents = keras.random.normal(
            (count * place.num_replicas_in_sync, self.latent_size), seed=self.seed_generator
        )
        first = count * place.replica_id_in_sync_group
        return latents[first : first + count]

    def judge(self, real: Tensor, fake: Tensor) -> tuple[Tensor, Tensor]:
        """Logits of real and of fake images, in one pass where the discriminator allows it."""
        real, fake = self.augment(real), self.augment(fake)
        if self.one_pass:
            logits = self.discriminator(ops.concatenate([real, fake]), training=True)
            return tuple(ops.split(logits, 2))
        return self.discriminator(real, training=True), self.discriminator(fake, training=True)

    def average(self) -> None:
        """Move the averaged generator a little towards the present one."""
        if self.averaged_generator is None:
            return
        # A short memory at first, so that the random start is soon forgotten.
        step = ops.cast(self.generator_optimizer.iterations, "float32")
        decay = ops.minimum(self.averaging, (1 + step) / (10 + step))
        for average, weight in zip(self.averaged_generator.weights, self.generator.weights, strict=True):
            average.assign(weight + decay * (average - weight))

    def state(self) -> dict[str, keras.Variable]:
        """Everything that training changes: a run continued from these values is the same run.

        The names count, because Keras numbers its own names anew for each network built in a process.
        """
        owners = {
            "generator": self.generator,
            "discriminator": self.discriminator,
            "averaged_generator": self.averaged_generator,
            "generator_optimizer": self.generator_optimizer,
            "discriminator_optimizer": self.discriminator_optimizer,
        }
        state = {"noise": self.seed_generator.state}
        for owner, part in owners.items():
            for index, variable in enumerate(part.variables if part is not None else ()):
                state[f"{owner}/{index:03d}"] = variable
        return state

    def sample(self, count: int = 16, latents: np.ndarray | None = None, seed: int = 0) -> np.ndarray:
        """Images from the averaged generator: float32 (count, height, width, channels) in [-1, 1].

        latents: (count, latent_size), to draw from chosen points; otherwise N(0, 1) from `seed`. Does not touch
        the training's own random state, so looking at samples never changes a run.
        """
        if latents is None:
            latents = np.random.default_rng(seed).standard_normal((count, self.latent_size), dtype="float32")
        return generate(self.sampler, latents)


def generate(generator: keras.Model, latents: np.ndarray, batch_size: int = 256) -> np.ndarray:
    """Run a generator in inference mode: (N, latent_size) to float32 images (N, height, width, channels).

    Raises CourseError if the latents are not of the generator's size.
    """
    latents = np.asarray(latents, "float32")
    if latents.ndim != 2 or latents.shape[1] != generator.input_shape[-1]:
        raise CourseError(
            f"This generator takes latents of shape (count, {generator.input_shape[-1]}), not {latents.shape}."
        )
    batches = [latents[i : i + batch_size] for i in range(0, len(latents), batch_size)]
    return np.concatenate([np.asarray(generator(batch, training=False), "float32") for batch in batches])
