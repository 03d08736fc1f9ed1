"""The GAN as a Keras model: two networks, two optimisers and the train step that plays the game between them.

    gan = GAN(dcgan_generator(), dcgan_discriminator())
    gan.compile(loss="non_saturating")
    gan.fit(datasets.batches(images, 64), steps_per_epoch=1000)
    pictures = gan.sample(16)

Everything that varies is an argument: of the constructor (networks, averaging, classes) or of `compile` (loss,
optimisers, augmentation, regulariser, how often D learns). One GAN needs a subclass, since no gradient reaches its
generator: `text_reinforce.Reinforced`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras import ops

from course_lib import CourseError, datasets
from course_lib.models import losses, shares
from course_lib.models.half_precision import scaled_where_needed
from course_lib.models.sampling import generate

Tensor = Any
Augment = Callable[[Tensor, keras.random.SeedGenerator], Tensor]
Regularizer = Callable[[Callable[[Tensor], Tensor], Tensor, Tensor, keras.random.SeedGenerator], Tensor]


class GAN(keras.Model):
    """A generative adversarial network (Goodfellow et al. 2014, "Generative Adversarial Nets", algorithm 1).

    generator: latent vectors (batch, latent_size) to images (batch, height, width, channels) in [-1, 1].
    discriminator: such images to logits (batch, 1).
    averaging: decay per step of the averaged copy of the generator that `sample` draws with (None: no copy).
        The copy keeps an exponential moving average of every weight (Yazici et al. 2019, "The Unusual
        Effectiveness of Averaging in GAN Training"); it is steadier than the generator of any one step.
    seed: of the noise. Its state belongs to the model, so it is saved and restored with it.
    classes: for a GAN that draws the class asked for (Mirza & Osindero 2014, "Conditional Generative Adversarial
        Nets"); both networks then take labels, int (batch,) in 0..classes - 1, as their second input.

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
        classes: int | None = None,
    ):
        super().__init__(name="gan")
        made, taken = generator.output_shape[1:], discriminator.inputs[0].shape[1:]
        if made != taken:
            raise CourseError(
                f"The generator makes images of shape {made}, but the discriminator takes {taken}: "
                "build both with the same image_shape."
            )
        for network in (generator, discriminator):
            if len(network.inputs) != (1 if classes is None else 2):
                raise CourseError(
                    f"The {network.name} has {len(network.inputs)} input(s), but classes={classes}: build both "
                    "networks and the GAN with the same number of classes, or all three with none."
                )
        if averaging is not None and not 0 <= averaging < 1:
            raise CourseError(f"averaging is a decay in [0, 1), such as 0.995, or None; not {averaging}.")
        self.generator, self.discriminator = generator, discriminator
        self.averaging, self.classes = averaging, classes
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
        return self.generator.inputs[0].shape[-1]

    @property
    def image_shape(self) -> tuple[int, int, int]:
        return self.generator.output_shape[1:]

    @property
    def sampler(self) -> keras.Model:
        """The generator to draw with: the averaged one where there is one."""
        return self.averaged_generator if self.averaged_generator is not None else self.generator

    @property
    def networks(self) -> dict[str, keras.Model]:
        """The two players by their roles, the one that draws last."""
        return {"discriminator": self.discriminator, "generator": self.generator}

    @property
    def optimizers(self) -> dict[str, keras.Optimizer]:
        """The optimiser of each network, by the network's role."""
        return {"generator": self.generator_optimizer, "discriminator": self.discriminator_optimizer}

    @property
    def step(self) -> int:
        """How many training steps have been done."""
        return int(self.generator_optimizer.iterations.numpy())

    def compile(
        self,
        loss: str | losses.Loss = "non_saturating",
        generator_optimizer: keras.Optimizer | None = None,
        discriminator_optimizer: keras.Optimizer | None = None,
        augment: Augment | None = None,
        regularizer: Regularizer | None = None,
        simultaneous: bool = False,
        discriminator_steps: int = 1,
        **options: Any,
    ) -> None:
        """Choose the game.

        loss: a name for `losses.get`, or a Loss.
        optimizers: Adam(2e-4, beta_1=0.5) unless given (DCGAN paper, section 4).
        augment: (images, seed) -> images, applied to every image the discriminator sees, real and fake alike; must
            be differentiable. See `course_lib.models.augmentations`.
        regularizer: (verdict, real, fake, seed) -> a penalty that is added to the discriminator's loss, where
            verdict maps images to D's logits. See `course_lib.models.regularizers`.
            Both draw their random numbers from `seed`, the GAN's own keras.random.SeedGenerator.
        simultaneous: both networks learn from the same verdict, as in much published code, instead of showing the
            fake images to the discriminator again once it has learned. A little faster a step.
        discriminator_steps: how often the discriminator learns in one step, each time from noise and real images of
            its own, before the generator learns once, on the last noise (Gulrajani et al. 2017, algorithm 1: 5). The
            batch holds all these real images, so it is so many times as large: `loop.train` makes it so. On one device.
        options: `steps_per_execution`, `jit_compile`, `run_eagerly` as in keras.Model.compile.
        """
        one_device = tf.distribute.get_strategy().num_replicas_in_sync == 1
        discriminator_steps = shares.checked(discriminator_steps, simultaneous, one_device)
        # XLA slows the convolutions down on a processor (benchmark/NOTES.md). No test reaches True without a GPU.
        options.setdefault("jit_compile", one_device and bool(tf.config.list_logical_devices("GPU")))
        if not one_device:
            # Keras runs several steps in a conditional, where devices cannot update their weights together.
            options["steps_per_execution"] = 1
        super().compile(**options)
        self.game = losses.get(loss) if isinstance(loss, str) else loss
        self.generator_optimizer = self._prepared(generator_optimizer, self.generator)
        self.discriminator_optimizer = self._prepared(discriminator_optimizer, self.discriminator)
        self.augment, self.regularizer, self.simultaneous = augment, regularizer, simultaneous
        self.discriminator_steps = discriminator_steps
        self.trackers = {name: keras.metrics.Mean(name) for name in self.TRACKED}
        self.trackers["images"] = keras.metrics.Sum("images")

    def _prepared(self, optimizer: keras.Optimizer | None, network: keras.Model) -> keras.Optimizer:
        """The optimiser with its state already made, so that a checkpoint can be read into it."""
        if optimizer is None:
            optimizer = keras.optimizers.Adam(2e-4, beta_1=0.5)
        optimizer = scaled_where_needed(optimizer, [network])
        optimizer.build(network.trainable_variables)
        return optimizer

    @property
    def metrics(self) -> list[keras.metrics.Metric]:
        return list(self.trackers.values()) if hasattr(self, "trackers") else []

    def train_step(self, data: Tensor) -> dict[str, Tensor]:
        """One step of the discriminator, or several, then one of the generator, on the same batch of noise."""
        # With several devices each has its share of the batch, and the optimisers add the gradients up.
        replicas = tf.distribute.get_strategy().num_replicas_in_sync
        for real, labels in shares.split(data, self.discriminator_steps):
            latents = self.latents(ops.shape(real)[0])
            with tf.GradientTape() as generator_tape:
                fake = self.generator(self.inputs(latents, labels), training=True)

            # The discriminator learns to tell real from fake. To it, the fake images are data like any other.
            with tf.GradientTape(persistent=self.simultaneous) as tape:
                tape.watch(fake)
                real_logits, fake_logits = self.judge(real, fake, labels)
                discriminator_loss = self.game.discriminator(real_logits, fake_logits)
                penalty = self.penalty(real, fake, labels)
                scaled_loss = self.discriminator_optimizer.scale_loss(
                    (discriminator_loss + penalty) / replicas
                )
                generator_loss = self.game.generator(fake_logits)
                scaled_generator_loss = self.generator_optimizer.scale_loss(generator_loss / replicas)
            weights = self.discriminator.trainable_variables
            self.discriminator_optimizer.apply(tape.gradient(scaled_loss, weights), weights)

        # The generator learns from what the discriminator, improved unless both move at once, says about each pixel:
        # the chain rule, first from the loss to the pixels, then from the pixels to the generator's weights.
        if not self.simultaneous:
            with tf.GradientTape() as tape:
                tape.watch(fake)
                generator_loss = self.game.generator(self.verdict(fake, labels))
                scaled_generator_loss = self.generator_optimizer.scale_loss(generator_loss / replicas)
        pixel_gradients = tape.gradient(scaled_generator_loss, fake)
        weights = self.generator.trainable_variables
        gradients = generator_tape.gradient(fake, weights, output_gradients=pixel_gradients)
        self.generator_optimizer.apply(gradients, weights)
        self.average()

        seen = (discriminator_loss, generator_loss, ops.sigmoid(real_logits), ops.sigmoid(fake_logits))
        for name, value in zip(self.TRACKED, seen, strict=True):
            self.trackers[name].update_state(value)
        self.trackers["images"].update_state(ops.shape(real)[0] * self.discriminator_steps * replicas)
        return {name: tracker.result() for name, tracker in self.trackers.items()}

    def inputs(self, first: Tensor, labels: Tensor | None) -> Tensor | list[Tensor]:
        """What a network takes: latents or images, and with them their labels if the GAN has classes."""
        return first if self.classes is None else [first, labels]

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

    def verdict(self, images: Tensor, labels: Tensor | None) -> Tensor:
        """The discriminator's logits (batch, 1), after augmentation."""
        if self.augment is not None:
            images = self.augment(images, self.seed_generator)
        return self.discriminator(self.inputs(images, labels), training=True)

    def judge(self, real: Tensor, fake: Tensor, labels: Tensor | None) -> tuple[Tensor, Tensor]:
        """Logits of real and of fake images, in one pass where the discriminator allows it."""
        if self.one_pass and not self.simultaneous:  # one pass back would go through real images for nothing
            both = labels if labels is None else ops.concatenate([labels, labels])
            return tuple(ops.split(self.verdict(ops.concatenate([real, fake]), both), 2))
        return self.verdict(real, labels), self.verdict(fake, labels)

    def penalty(self, real: Tensor, fake: Tensor, labels: Tensor | None) -> Tensor | float:
        """What the regulariser adds to the discriminator's loss."""
        if self.regularizer is None:
            return 0.0
        return self.regularizer(partial(self.verdict, labels=labels), real, fake, self.seed_generator)

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

        The names count, because Keras numbers its own names anew for each network built in a process. A learning rate
        is named as one, since it is a setting too; one that follows a schedule is no variable, and not there.
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
            own = part.variables if part is not None else ()
            rate = getattr(part, "learning_rate", None)
            for index, variable in enumerate(variable for variable in own if variable is not rate):
                state[f"{owner}/{index:03d}"] = variable
            if any(variable is rate for variable in own):
                state[f"{owner}/learning_rate"] = rate
        return state

    def sample(
        self,
        count: int = 16,
        latents: np.ndarray | None = None,
        seed: int = 0,
        labels: np.ndarray | None = None,
    ) -> np.ndarray:
        """Images from the averaged generator: float32 (count, height, width, channels) in [-1, 1].

        latents: (count, latent_size), to draw from chosen points; otherwise N(0, 1) from `seed`.
        labels: (count,), the class of each; a GAN with classes draws 0, 1, 2, ... in turn unless told.
        Does not touch the training's own random state, so looking at samples never changes a run.
        """
        if latents is None:
            datasets.check_whole("count", "how many images are wanted", count, 1)
            latents = np.random.default_rng(seed).standard_normal((count, self.latent_size), dtype="float32")
        if self.classes is not None:
            labels = np.arange(len(latents)) % self.classes if labels is None else labels
            datasets.check_labels(labels, len(latents), self.classes)
        return generate(self.sampler, latents, labels)
