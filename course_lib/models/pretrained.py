"""Generators trained beforehand, so that a lesson about samples need not begin with a training.

    from course_lib.models import pretrained
    images = generate(pretrained.generator(), latents)        # `generate` is in course_lib.models.sampling

`data/make_pretrained_generator.py` trained the course's own recipe once on Fashion-MNIST and kept the averaged
generator of several moments, in half precision, in `data/pretrained/`; `data/make_print_generator.py` did so on crops
of Hokusai's prints, in colour.
"""

from __future__ import annotations

import functools
import io
import json

import keras
import numpy as np

from course_lib import CourseError
from course_lib.datasets.bundled import read_verified
from course_lib.models import networks, recipe

IMAGE_SHAPE = (28, 28, 1)
NAME = "pretrained/fashion_mnist_generator"
PRINTS = "pretrained/print_generator"


@functools.cache
def report() -> dict:
    """How the training went, and its settings.

    "steps" (the moments kept), "seconds" and "frechet_distance" are lists of one length. `seconds` is the time the
    steps take at "images_per_second", the speed of two cores with nothing else to do. The distances are those of
    "samples" images from the test images.
    """
    return json.loads(read_verified(f"{NAME}.json"))


def generator(step: int | None = None) -> keras.Model:
    """The averaged generator after `step` training steps, one of `report()["steps"]`; the last one unless told.

    Latents (batch, 64) to images (batch, 28, 28, 1) in (-1, 1). Raises CourseError for other steps.
    """
    steps = report()["steps"]
    step = steps[-1] if step is None else step
    if step not in steps:
        kept = ", ".join(map(str, steps))
        raise CourseError(f"No generator was kept after {step} steps, only after {kept}.")
    network = networks.dcgan_generator(IMAGE_SHAPE, width=recipe.WIDTH, refine=True)
    with np.load(io.BytesIO(read_verified(f"{NAME}.npz"))) as arrays:
        network.set_weights([arrays[name].astype("float32") for name in names(step, len(network.weights))])
    return network


def print_generator() -> keras.Model:
    """The averaged generator that `data/make_print_generator.py` trained on crops of seven prints by Hokusai.

    Latents (batch, 64) to images (batch, 64, 64, 3) in (-1, 1).
    """
    settings = json.loads(read_verified(f"{PRINTS}.json"))
    network = networks.dcgan_generator(tuple(settings["image_shape"]), width=settings["width"], resize=True)
    with np.load(io.BytesIO(read_verified(f"{PRINTS}.npz"))) as arrays:
        network.set_weights([arrays[name].astype("float32") for name in sorted(arrays.files)])
    return network


def names(step: int, count: int) -> list[str]:
    """The names in the file of the `count` arrays of one moment, in the order of `get_weights`."""
    return [f"step_{step:05}/weight_{index:02}" for index in range(count)]
