"""Notices when training goes wrong, and says so."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable

import keras
import numpy as np

from course_lib import CourseError, datasets
from course_lib.models.gan import GAN
from course_lib.scores import metrics
from course_lib.training.loop import Recorder, Watcher

LOOKS = 10  # a discriminator must win in so many looks on end, since one look may be one lucky batch


class Alarm(Watcher):
    """Stops a training that is lost; warns, once for each kind, of one that goes wrong.

    A loss or a weight that is NaN or infinite stops it: CourseError with the step, which network broke, and the likely
    cause. Warnings, by `say` and in the history:

    - collapse: the samples of the fixed grid differ less than `least_diversity` times as much as real images do;
    - overpowering discriminator: it has been sure and right about nearly every image, real and fake, for ten looks.
      Asked of the logistic losses only, because with the others a logit is no probability;
    - dead generator (or decoder, or velocity): none of its weights has changed for `still` steps, so no gradient
      reaches them.

    recorder: whose rows and frames are looked at. images: real ones, (N, height, width, channels) in [-1, 1].
    patience: steps before the first warning, since every generator starts out drawing one and the same grey.
    say: what a warning is given to; with a progress line its `say`, so that the two do not mix.
    Put it after the recorder and before the checkpoint, so that a broken state is never saved.
    """

    def __init__(
        self,
        recorder: Recorder,
        images: np.ndarray,
        least_diversity: float = 0.3,
        patience: int = 300,
        still: int = 10,
        say: Callable[[str], object] = print,
    ):
        super().__init__(recorder)
        datasets.check_images(images)
        some = images[:: max(1, len(images) // 200)][:200]
        self.say = say
        self.real_diversity = metrics.diversity(some)
        self.least_diversity = least_diversity
        self.patience, self.still = patience, still
        self.sums: list[float] = []  # of the generator's weights, and the step at which they last changed
        self.changed_at = 0
        self.frame_seen = -1

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        # The recorder stands before this alarm, so its newest row is of this very look.
        row = {name: values[-1] for name, values in self.recorder.history.items()}
        step = row["step"]
        losses_finite = all(math.isfinite(row[name]) for name in self.recorder.tracked)
        *others, (role, drawing) = self.model.networks.items()  # the one that draws stands last
        sums = sums_of(drawing.trainable_weights)
        looked_at = [(network, sums_of(network.weights)) for _, network in others] + [(drawing, sums)]
        broken = [network.name for network, its in looked_at if not np.isfinite(its).all()]
        # Raised here, before the checkpoint's turn: what is broken is never saved.
        if broken or not losses_finite:
            raise CourseError(self._describe_break(step, losses_finite, broken))
        if step < self.patience:
            return
        self._look_for_collapse()
        if isinstance(self.model, GAN) and self.model.game.name in ("minimax", "non_saturating"):
            # A D that is sure of everything has nothing left to teach: its verdicts hardly change as the fakes do.
            real, fake = (self.recorder.history[name][-LOOKS:] for name in ("real_score", "fake_score"))
            if len(real) == LOOKS and min(real) > 0.99 and max(fake) < 0.01:
                self._warn("overpowering discriminator: it is always right (lesson 08, overpowering D)")
        if sums != self.sums:
            self.sums, self.changed_at = sums, step
        elif step - self.changed_at >= self.still:
            self._warn(f"dead {role}: it no longer learns (lesson 08, dead G)")

    def _look_for_collapse(self) -> None:
        """Look at the newest frame of the film, if it is new and not of the grey beginning."""
        frame_step = self.recorder.frame_steps[-1]
        if frame_step < self.patience or frame_step == self.frame_seen:
            return
        self.frame_seen = frame_step
        frame = self.recorder.frames[-1] / 127.5  # as far apart as in [-1, 1]
        if len(frame) > 1 and metrics.diversity(frame) < self.least_diversity * self.real_diversity:
            self._warn("collapse: the samples look alike (lesson 08, mode collapse)")

    def _warn(self, message: str) -> None:
        if message.split(":")[0] not in self.recorder.warned():
            self.recorder.warn(message)
            self.say(f"Warning at step {self.recorder.history['step'][-1]:,}: {message}")

    def _describe_break(self, step: int, losses_finite: bool, broken: list[str]) -> str:
        loss = "finite" if losses_finite else "no longer finite"
        weights = f"weights of the {' and the '.join(broken)} are not" if broken else "the weights still are"
        return (
            f"At step {step} the loss is {loss} ({weights}). The likely cause is a learning rate that is too high: try "
            "a third of it, from the last checkpoint, which is from before this, or from the start; see lesson 08, NaN."
        )


def sums_of(weights: Iterable[keras.Variable]) -> list[float]:
    """The sum of each weight's numbers: not finite where one of them is not, and another when any of them changes.

    In float64 even the last digit of one float32 weight shows, and no weights need be kept for comparison.
    """
    return [float(np.sum(np.asarray(weight), dtype="float64")) for weight in weights]
