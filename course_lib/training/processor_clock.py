"""Training for so many processor seconds: equal compute for models to be compared, however busy the machine is."""

from __future__ import annotations

import time
from collections.abc import Sequence

import keras

from course_lib import CourseError


def check_how_long(seconds: float | None, steps: int | None) -> None:
    """Raise CourseError unless one of the two says when a training ends, and the seconds are above 0."""
    if seconds is None and steps is None:
        raise CourseError("Say how long to train: seconds=40 of the processor, or steps=500.")
    if seconds is not None and not seconds > 0:
        raise CourseError(f"seconds is a number above 0, not {seconds!r}.")


class ProcessorClock(keras.callbacks.Callback):
    """Stops a training after so many processor seconds; the first block of steps, which compiles, is not counted.

    budget: seconds of all cores added up, or None for no end. names: what is kept of each block's logs, in `history`.
    """

    def __init__(self, budget: float | None, names: Sequence[str] = ()):
        super().__init__()
        self.budget, self.seconds = budget, 0.0
        self.compiled_at: float | None = None
        self.history: dict[str, list[float]] = {name: [] for name in names}

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        now = time.process_time()
        self.compiled_at = now if self.compiled_at is None else self.compiled_at
        self.seconds = now - self.compiled_at
        for name, values in self.history.items():
            values.append(float(logs[name]))
        if self.history:
            self.model.reset_metrics()  # Keras's means run over the whole epoch, and ours is endless
        if self.budget is not None and self.seconds >= self.budget:
            self.model.stop_training = True
