"""Training a text GAN by the course's own loop, for so many processor seconds.

gan = text_gan.small(alphabet)
fit(gan, alphabet, training_titles, seconds=45)
"""

from __future__ import annotations

import time
from collections.abc import Sequence

import keras

from course_lib import CourseError
from course_lib.datasets.texts import Alphabet
from course_lib.models.gan import GAN
from course_lib.models.text_gan import pictures
from course_lib.training.loop import train


def fit(
    gan: GAN,
    alphabet: Alphabet,
    texts: Sequence[str],
    seconds: float | None = None,
    steps: int | None = None,
    batch_size: int = 32,
    seed: int = 0,
    callbacks: Sequence[keras.callbacks.Callback] = (),
) -> dict:
    """`loop.train` on texts. seconds: of the processor, all cores added up, what compiles not counted.

    steps: the step to stop at, counted from the run's start. One of the two, or both, whichever comes first.
    Returns "steps" and "processor_seconds" of this call, and "history": the GAN's TRACKED names, each a list with the
    mean of each block of steps. Raises CourseError if neither is given, and as `loop.train` does.
    """
    if seconds is None and steps is None:
        raise CourseError("Say how long to train: seconds=45 of the processor, or steps=500.")
    if seconds is not None and not seconds > 0:
        raise CourseError(f"seconds is a number above 0, not {seconds!r}.")
    began_at, clock = gan.step, GANClock(seconds)
    real = pictures(alphabet, texts, gan.image_shape[0])
    train(gan, real, batch_size, steps=steps, seed=seed, callbacks=[*callbacks, clock])
    return {
        "steps": gan.step - began_at,
        "processor_seconds": round(clock.seconds, 2),
        "history": clock.history,
    }


class GANClock(keras.callbacks.Callback):
    """Stops a training after so many processor seconds; the first block of steps, which compiles, is not counted."""

    def __init__(self, budget: float | None):
        super().__init__()
        self.budget, self.seconds = budget, 0.0
        self.compiled_at: float | None = None
        self.history: dict[str, list[float]] = {name: [] for name in GAN.TRACKED}

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        now = time.process_time()
        self.compiled_at = self.compiled_at or now
        self.seconds = now - self.compiled_at
        for name, values in self.history.items():
            values.append(float(logs[name]))
        self.model.reset_metrics()  # Keras's means run over the whole epoch, and ours is endless
        if self.budget is not None and self.seconds >= self.budget:
            self.model.stop_training = True
