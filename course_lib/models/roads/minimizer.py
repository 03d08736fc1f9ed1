"""A model that one optimiser teaches by one loss: what VAE and flow share, and what training asks of a model.

`course_lib.training` takes it as it takes the GAN: it has a step, a state, an image_shape, networks of which the last
draws, optimizers, `TRACKED` names and `sample`.
"""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf
from keras import ops

from course_lib import CourseError
from course_lib.models.half_precision import scaled_where_needed

Tensor = Any


class Minimizer(keras.Model):
    """A keras.Model whose train step takes one batch and makes `terms(batch)["loss"]` smaller.

    networks: name -> network, whose weights learn (with any of the model's own). seed: of the noise that training
    draws; its state belongs to the model, so it is saved and restored with it.
    """

    TRACKED: tuple[str, ...] = ("loss",)
    """The names in `terms`, of which the history keeps the means."""
    LEARNING_RATE = 1e-3
    classes = None

    def __init__(self, networks: dict[str, keras.Model], seed: int = 0, name: str | None = None):
        super().__init__(name=name)
        self.networks = networks
        self.seed_generator = keras.random.SeedGenerator(seed)
        self.built = True

    def terms(self, batch: Tensor) -> dict[str, Tensor]:
        """Everything in `TRACKED`, each a number, of one batch: what the subclass is about."""
        raise NotImplementedError

    @property
    def step(self) -> int:
        """How many training steps have been done."""
        return int(self.optimizer.iterations.numpy())

    def compile(self, optimizer: keras.Optimizer | None = None, **options: Any) -> None:
        """optimizer: Adam with `LEARNING_RATE` unless given. options: as in keras.Model.compile.

        Raises CourseError where several devices train together.
        """
        if tf.distribute.get_strategy().num_replicas_in_sync > 1:
            raise CourseError(
                f"A {self.name} trains on one device: build it outside of the strategy's scope."
            )
        optimizer = scaled_where_needed(
            optimizer or keras.optimizers.Adam(self.LEARNING_RATE), self.networks.values()
        )
        options.setdefault("jit_compile", bool(tf.config.list_logical_devices("GPU")))
        super().compile(optimizer=optimizer, **options)
        optimizer.build(self.trainable_variables)  # so that a checkpoint can be read into its state
        self.trackers = {name: keras.metrics.Mean(name) for name in self.TRACKED}
        self.trackers["images"] = keras.metrics.Sum("images")

    @property
    def metrics(self) -> list[keras.metrics.Metric]:
        return list(self.trackers.values()) if hasattr(self, "trackers") else []

    def train_step(self, batch: Tensor) -> dict[str, Tensor]:
        with tf.GradientTape() as tape:
            terms = self.terms(batch)
            scaled_loss = self.optimizer.scale_loss(terms["loss"])
        weights = self.trainable_variables
        self.optimizer.apply(tape.gradient(scaled_loss, weights), weights)
        self.after_step()
        for name in self.TRACKED:
            self.trackers[name].update_state(terms[name])
        self.trackers["images"].update_state(ops.shape(batch)[0])
        return {name: tracker.result() for name, tracker in self.trackers.items()}

    def after_step(self) -> None:
        """What else a step changes; nothing unless the subclass says so."""

    @property
    def optimizers(self) -> dict[str, keras.Optimizer]:
        """The optimisers by what they teach, as the GAN has two; a checkpoint describes them."""
        return {"model": self.optimizer}

    def state(self) -> dict[str, keras.Variable]:
        """Everything that training changes, as `GAN.state`: a run continued from these values is the same run."""
        rate = getattr(self.optimizer, "learning_rate", None)
        state = {"noise": self.seed_generator.state}
        for owner, variables in (("model", self.weights), ("optimizer", self.optimizer.variables)):
            own = [variable for variable in variables if variable is not rate]
            state |= {f"{owner}/{index:03d}": variable for index, variable in enumerate(own)}
        if any(variable is rate for variable in self.optimizer.variables):
            state["optimizer/learning_rate"] = rate
        return state
