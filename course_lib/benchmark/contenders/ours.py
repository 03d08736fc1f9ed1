"""This course's `GAN` under `fit`: with its own recipe, and with the networks of the other contenders."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import layers

from course_lib.benchmark.contenders import keras_io, tutorial
from course_lib.benchmark.contenders.arithmetic import count_weights, forward
from course_lib.benchmark.contenders.contract import Watch
from course_lib.models import recipe
from course_lib.models.gan import GAN
from course_lib.training.loop import train


class Ours:
    """A GAN of this course, trained as the lessons train it."""

    def __init__(self, gan: GAN, batch_size: int, seed: int = 0):
        self.gan, self.batch_size, self.seed = gan, batch_size, seed
        self.weights = count_weights(gan.generator, gan.discriminator)

    def train(self, images: np.ndarray, watch: Watch) -> None:
        train(self.gan, images, self.batch_size, seed=self.seed, callbacks=[Counter(self.batch_size, watch)])

    def sample(self, count: int) -> np.ndarray:
        return self.gan.sample(count)

    @property
    def arithmetic(self) -> int:
        generator, discriminator = forward(self.gan.generator), forward(self.gan.discriminator)
        # G: forward once for both turns; gradients for its weights and between its layers.
        # D: forward on real and fake, and again on the fakes once it has learned; back from its own loss on both,
        # not to the images; and back from the generator's loss through to the pixels, without weight gradients.
        once_more = 0 if self.gan.simultaneous else discriminator.total
        both_turns = 7 * discriminator.total - 2 * discriminator.first
        return 3 * generator.total - generator.first + both_turns + once_more


def dcgan(seed: int = 0) -> Ours:
    """The course's recipe as `train` and lesson 06 use it."""
    return Ours(recipe.dcgan(seed=seed), recipe.BATCH_SIZE, seed)


def with_tutorial_networks(seed: int = 0) -> Ours:
    """The tutorial's networks, optimisers and batch size in our GAN."""
    keras.utils.set_random_seed(seed)
    networks = tutorial.networks()
    return _engine(*networks, tutorial.LEARNING_RATE, tutorial.BATCH_SIZE, seed, simultaneous=True)


def with_keras_io_networks(seed: int = 0) -> Ours:
    """The keras.io example's networks, optimisers and batch size in our GAN, with images in [-1, 1] as here."""
    keras.utils.set_random_seed(seed)
    generator, discriminator = keras_io.networks()
    generator = keras.Sequential([keras.Input((keras_io.LATENT_SIZE,)), *generator.layers])
    generator.add(layers.Rescaling(2.0, offset=-1.0))
    discriminator = keras.Sequential(
        [keras.Input((28, 28, 1)), layers.Rescaling(0.5, offset=0.5), *discriminator.layers]
    )
    return _engine(generator, discriminator, keras_io.LEARNING_RATE, keras_io.BATCH_SIZE, seed)


def _engine(
    generator: keras.Model,
    discriminator: keras.Model,
    learning_rate: float,
    batch_size: int,
    seed: int,
    simultaneous: bool = False,
) -> Ours:
    """Our GAN set to the other's algorithm: both networks learn at once or in turn, and no weights are averaged."""
    gan = GAN(generator, discriminator, averaging=None, seed=seed)
    gan.compile(
        simultaneous=simultaneous,
        generator_optimizer=keras.optimizers.Adam(learning_rate),
        discriminator_optimizer=keras.optimizers.Adam(learning_rate),
        steps_per_execution=max(1, min(10, 640 // batch_size)),  # as many as keep a progress bar moving
    )
    return Ours(gan, batch_size, seed)


class Counter(keras.callbacks.Callback):
    """Tells `watch` how many images the training has seen."""

    def __init__(self, batch_size: int, watch: Watch):
        super().__init__()
        self.batch_size, self.watch = batch_size, watch

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        self.model.stop_training = self.watch(self.model.step * self.batch_size)


def describe_recipe() -> dict[str, Any]:
    """The recipe in plain words and numbers, for those who build the same thing without TensorFlow.

    generator, discriminator: lists of layers, {"type": ..., and Keras's settings}. generator_optimizer,
    discriminator_optimizer: {"type": ..., "learning_rate": ..., ...}. loss: its name. extras: which of the GAN's
    options are in use. latent_size, image_shape, batch_size, averaging; weights and arithmetic as in `Contender`.
    """
    ours = dcgan()
    gan = ours.gan
    return {
        "generator": _layers(gan.generator),
        "discriminator": _layers(gan.discriminator),
        "generator_optimizer": _optimizer(gan.generator_optimizer),
        "discriminator_optimizer": _optimizer(gan.discriminator_optimizer),
        "loss": gan.game.name,
        "extras": [name for name in ("augment", "regularizer", "classes") if getattr(gan, name) is not None],
        "latent_size": gan.latent_size,
        "image_shape": gan.image_shape,
        "batch_size": ours.batch_size,
        "averaging": gan.averaging,
        "weights": ours.weights,
        "arithmetic": ours.arithmetic,
    }


def _layers(network: keras.Model) -> list[dict[str, Any]]:
    return [{"type": type(layer).__name__, **layer.get_config()} for layer in network.layers]


def _optimizer(optimizer: keras.Optimizer) -> dict[str, Any]:
    """Its settings; a rate that falls as learning_rate / (1 + step / halved_at) in those two words."""
    config = optimizer.get_config()
    settings = {name: value for name, value in config.items() if isinstance(value, float)} | {
        "halved_at": None
    }
    if isinstance(config["learning_rate"], dict):
        schedule = config["learning_rate"]["config"]
        settings |= {"learning_rate": schedule["initial_learning_rate"], "halved_at": schedule["decay_steps"]}
    return {"type": type(optimizer).__name__, **settings}
