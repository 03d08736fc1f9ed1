"""Training a text GAN by the course's own loop, for so many processor seconds.

gan = text_gan.small(alphabet)
fit(gan, alphabet, training_titles, seconds=45)
"""

from __future__ import annotations

from collections.abc import Sequence

import keras

from course_lib.datasets.texts import Alphabet
from course_lib.models.gan import GAN
from course_lib.models.text_gan import pictures
from course_lib.training.loop import train
from course_lib.training.processor_clock import ProcessorClock, check_how_long


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
    check_how_long(seconds, steps)
    began_at, clock = gan.step, ProcessorClock(seconds, GAN.TRACKED)
    real = pictures(alphabet, texts, gan.image_shape[0])
    train(gan, real, batch_size, steps=steps, seed=seed, callbacks=[*callbacks, clock])
    return {
        "steps": gan.step - began_at,
        "processor_seconds": round(clock.seconds, 2),
        "history": clock.history,
    }
