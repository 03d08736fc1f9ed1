"""Small subjects of an audit, of which it is known what is wrong with them."""

from __future__ import annotations

import numpy as np

from course_lib.audit.references import Reference
from course_lib.audit.subjects import Subject
from course_lib.studio.sources import Source
from tests.studio.generators import small

CLASSES = ("dark", "grey", "bright")
LEVELS = np.array([-0.6, 0.0, 0.6])


class Judge:
    """Names the class of a picture by its mean brightness; every `errs`-th picture wrongly."""

    def __init__(self, errs: int = 0):
        self.errs = errs

    def classes(self, images: np.ndarray) -> np.ndarray:
        found = np.abs(images.mean(axis=(1, 2, 3))[:, None] - LEVELS).argmin(axis=1)
        if self.errs:
            found[:: self.errs] = (found[:: self.errs] + 1) % len(CLASSES)
        return found


def pictures(labels: np.ndarray, seed: int) -> np.ndarray:
    """Pictures (N, 16, 12, 3) of the classes asked for, no two alike."""
    noise = np.random.default_rng(seed).uniform(-0.3, 0.3, (len(labels), 16, 12, 3))
    return (LEVELS[labels][:, None, None, None] + noise).astype("float32")


LABELS = np.arange(600) % 3
HELD_OUT_LABELS = np.arange(300) % 3
TRAINING, HELD_OUT, FRESH = pictures(LABELS, 0), pictures(HELD_OUT_LABELS, 1), pictures(HELD_OUT_LABELS, 2)


def subject(drawn: np.ndarray = FRESH, judge: object = None, **words: object) -> Subject:
    """One that draws these pictures and learned from TRAINING."""
    judge = judge or Judge()
    reference = Reference(TRAINING, LABELS, HELD_OUT, HELD_OUT_LABELS, CLASSES, judge)
    source = Source(small(), "Grey <b>fog</b>", trained_on="600 clouds", licence="CC0")
    return Subject(
        source, drawn, **{"reference": reference, "time": {"wall_seconds": 60, "cores": 2}} | words
    )


def unknown(drawn: np.ndarray = FRESH) -> Subject:
    """One of which nothing is known but what it draws."""
    why = "nobody wrote down what it learned from"
    return Subject(
        Source(small()), drawn, no_reference=why, no_discriminator=why, no_time="no time was written down"
    )
