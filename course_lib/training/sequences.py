"""Training a model of sequences: as `loop.train` does for images, by processor seconds or by steps.

model = Recurrent(len(vocabulary))
fit(model, train, seconds=40)
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Sequence

import keras
import numpy as np

from course_lib import CourseError, datasets
from course_lib.models.sequences.network import SequenceNetwork
from course_lib.models.sequences.seq2seq import Seq2Seq


def fit(
    model: SequenceNetwork | Seq2Seq,
    sequences: Sequence,
    seconds: float | None = None,
    steps: int | None = None,
    batch_size: int = 16,
    seed: int = 0,
    callbacks: Sequence[keras.callbacks.Callback] = (),
) -> dict:
    """Train from the step that the model has reached; batches depend on (seed, step) alone, as in `loop.train`.

    sequences: of ids without START and END; for a Seq2Seq pairs of them (phrase, answer). seconds: of the processor,
    all cores added up, what compiles not counted: so much computing, however busy the machine is. steps: the step to
    stop at, counted from the run's start. One of the two, or both, whichever comes first.

    Returns "steps" and "processor_seconds" of this call, and "bits", the training bits an event of each block of steps.
    Raises CourseError if neither is given, or there are fewer windows than a batch. Ctrl-C leaves the model as it is.
    """
    if seconds is None and steps is None:
        raise CourseError("Say how long to train: seconds=40 of the processor, or steps=500.")
    if seconds is not None and not seconds > 0:
        raise CourseError(f"seconds is a number above 0, not {seconds!r}.")
    began_at, remaining = model.step, None
    if steps is not None:
        datasets.check_whole("steps", "the step to stop at", steps, 0)
        remaining = max(0, steps - began_at)
    clock = ProcessorClock(seconds)
    if remaining != 0:
        batches = datasets.batches(model.windows(sequences), batch_size, seed=seed, start_step=began_at)
        batches = batches if remaining is None else batches.take(remaining)
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message=".*shuffle=True.*")  # our batches are shuffled already
            keras.Model.fit(
                model, batches, steps_per_epoch=remaining, callbacks=[*callbacks, clock], verbose=0
            )
    return {
        "steps": model.step - began_at,
        "processor_seconds": round(clock.seconds, 2),
        "bits": np.array(clock.bits),
    }


class ProcessorClock(keras.callbacks.Callback):
    """Stops a training after so many processor seconds; the first block of steps, which compiles, is not counted."""

    def __init__(self, budget: float | None):
        super().__init__()
        self.budget, self.seconds = budget, 0.0
        self.compiled_at: float | None = None
        self.bits: list[float] = []

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        now = time.process_time()
        self.compiled_at = now if self.compiled_at is None else self.compiled_at
        self.seconds = now - self.compiled_at
        self.bits.append(float(logs["bits"]))
        self.model.reset_metrics()  # Keras's means run over the whole epoch, and ours is endless
        if self.budget is not None and self.seconds >= self.budget:
            self.model.stop_training = True
