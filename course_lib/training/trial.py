"""How fast does this machine train? Real steps of the recipe for some seconds, and what they say of lesson 06."""

from __future__ import annotations

import json
import time

from course_lib import datasets
from course_lib.datasets.bundled import DATA
from course_lib.models import recipe
from course_lib.training import loop

FILE = "lesson_06_time.json"
"""Below data/: what data/make_lesson_time.py measured on one machine, the trial and the lesson."""


def steps_a_second(seconds: float = 5.0) -> float:
    """Steps of the recipe's DCGAN on Fashion-MNIST that this machine does in a second.

    seconds: how long it trains, compilation not counted.
    """
    images = datasets.load("fashion_mnist").images_train[: 40 * recipe.BATCH_SIZE]
    gan = recipe.dcgan(images.shape[1:], seed=0)
    loop.train(gan, images, batch_size=recipe.BATCH_SIZE, steps=20)  # compiles
    before, begun = gan.step, time.perf_counter()
    loop.train(gan, images, batch_size=recipe.BATCH_SIZE, seconds=seconds)
    return (gan.step - before) / (time.perf_counter() - begun)


def estimate_lesson(rate: float) -> float:
    """Seconds that all cells of lesson 06 take on a machine that does `rate` steps a second in the trial.

    A rule of three: cells that draw and check count as if they too went with the speed of training.
    """
    known = json.loads((DATA / FILE).read_text("utf-8"))
    return known["lesson_seconds"] * known["steps_a_second"] / rate
