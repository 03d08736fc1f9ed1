"""Training a model of sequences: as `loop.train` does for images, by processor seconds or by steps.

model = Recurrent(len(vocabulary))
fit(model, train, seconds=40)
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import keras
import numpy as np

from course_lib import datasets
from course_lib.models.sequences.network import SequenceNetwork
from course_lib.models.sequences.seq2seq import Seq2Seq
from course_lib.training.processor_clock import ProcessorClock, check_how_long


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
    check_how_long(seconds, steps)
    began_at, remaining = model.step, None
    if steps is not None:
        datasets.check_whole("steps", "the step to stop at", steps, 0)
        remaining = max(0, steps - began_at)
    clock = ProcessorClock(seconds, ("bits",))
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
        "bits": np.array(clock.history["bits"]),
    }
