"""Notices when training goes wrong, and says so."""

from __future__ import annotations

import math

import keras
import numpy as np
from keras import ops

from course_lib import CourseError, metrics
from course_lib.training import Recorder


class Alarm(keras.callbacks.Callback):
    """Stops a training that is lost; warns, once for each kind, of one that goes wrong.

    NaN or infinite losses stop it: CourseError with the step, which network broke, and the likely cause. Warnings, on
    the screen and in the history:

    - collapse: the samples of the fixed grid differ less than `least_diversity` times as much as real images do;
    - overpowering discriminator: it is right about nearly every image, real and fake;
    - dead generator: its weights are the same as at the last look, so no gradient reaches them.

    recorder: whose rows and frames are looked at. images: real ones, (N, height, width, channels) in [-1, 1].
    patience: steps before the first warning, since every generator starts out drawing one and the same grey.
    Put it after the recorder and before the checkpoint, so that a broken state is never saved.
    """

    def __init__(
        self, recorder: Recorder, images: np.ndarray, least_diversity: float = 0.3, patience: int = 300
    ):
        super().__init__()
        self.recorder = recorder
        self.real_diversity = metrics.diversity(images[:: max(1, len(images) // 200)][:200])
        self.least_diversity = least_diversity
        self.patience = patience
        self.warned: set[str] = set()
        self.weights: list[np.ndarray] = []  # the generator's, at the last look

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        row = {name: values[-1] for name, values in self.recorder.history.items()}
        if not (math.isfinite(row["discriminator_loss"]) and math.isfinite(row["generator_loss"])):
            raise CourseError(self._describe_break(row["step"]))
        if row["step"] < self.patience:
            return
        if metrics.diversity(self.recorder.frames[-1] / 127.5) < self.least_diversity * self.real_diversity:
            self._warn("collapse: the samples look alike; see lesson 08, mode collapse")
        if row["real_score"] > 0.99 and row["fake_score"] < 0.01:
            self._warn("overpowering discriminator: it is always right; see lesson 08, overpowering D")
        before, self.weights = self.weights, [w.numpy() for w in self.model.generator.trainable_weights]
        if before and all(map(np.array_equal, before, self.weights)):
            self._warn("dead generator: it no longer learns; see lesson 08, dead G")

    def _warn(self, message: str) -> None:
        kind = message.split(":")[0]
        if kind not in self.warned:
            self.warned.add(kind)
            self.recorder.history["warning"][-1] += message
            print(f"Warning at step {self.recorder.history['step'][-1]}: {message}", flush=True)

    def _describe_break(self, step: int) -> str:
        networks = (self.model.discriminator, self.model.generator)
        broken = [n.name for n in networks if not all(bool(ops.all(ops.isfinite(w))) for w in n.weights)]
        where = (
            f"weights of the {' and the '.join(broken)} are not finite"
            if broken
            else "the weights are finite"
        )
        return (
            f"The loss is no longer finite at step {step} ({where}). The likely cause is a learning rate that is too "
            "high: try a third of it. The last checkpoint, from before this, is whole; see lesson 08, NaN."
        )
