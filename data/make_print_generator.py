"""Train a DCGAN on crops of Hokusai's prints, 64 x 64 in colour, for the section "Your own pictures" of lesson 06.

    python data/make_print_generator.py                about a quarter of an hour of one core
    python data/make_print_generator.py --steps 200    a trial: prints what a step costs and publishes nothing

Writes data/pretrained/print_generator.npz, the averaged generator after `STEPS` steps, its weights rounded to half
precision (one part in 2,000, which nobody sees), and print_generator.json: settings, processor time, versions.

The generator is the lesson's own, of plain stages. The discriminator is that of the course's recipe: beside the plain
one it has a hidden layer and sees how much the pictures of a batch differ, which counts where all crops come from seven
pictures. Weights come out the same again from the same versions on the same kind of processor.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras  # noqa: E402
import numpy as np  # noqa: E402
from make_feature_network import publish_generator  # noqa: E402

from course_lib import datasets, device  # noqa: E402
from course_lib.models import networks, recipe  # noqa: E402
from course_lib.models.gan import GAN  # noqa: E402
from course_lib.training.loop import train  # noqa: E402

NAME = "pretrained/print_generator"
SIDE, WIDTH = 64, 16
CROPS, SHARES, PATTERN = 6000, (0.4, 0.8), "hokusai_*"
STEPS, SEED, BLOCK = 8000, 0, 10


def new_gan() -> GAN:
    """The plain generator of the lesson against the discriminator and the learning rates of the recipe."""
    keras.utils.set_random_seed(SEED)
    shape = (SIDE, SIDE, 3)
    gan = GAN(
        networks.dcgan_generator(shape, width=WIDTH, resize=True),
        networks.dcgan_discriminator(shape, width=WIDTH, hidden=recipe.HIDDEN, minibatch_deviation=True),
        averaging=recipe.AVERAGING,
        seed=SEED,
    )
    rates = {
        role: keras.optimizers.schedules.InverseTimeDecay(rate, recipe.HALVED_AT, 1.0)
        for role, rate in recipe.LEARNING_RATES.items()
    }
    gan.compile(
        generator_optimizer=keras.optimizers.Adam(rates["generator"], recipe.BETA_1, recipe.BETA_2),
        discriminator_optimizer=keras.optimizers.Adam(rates["discriminator"], recipe.BETA_1, recipe.BETA_2),
        steps_per_execution=BLOCK,
    )
    return gan


def write(weights: list[np.ndarray], steps: int, processor_seconds: float) -> None:
    """Publish the weights, in half precision, and how they came about."""
    report = {
        "pictures": PATTERN,
        "crops": CROPS,
        "shares": SHARES,
        "image_shape": (SIDE, SIDE, 3),
        "width": WIDTH,
        "batch_size": recipe.BATCH_SIZE,
        "seed": SEED,
        "steps": steps,
        "processor_seconds": round(processor_seconds),
    }
    publish_generator(NAME, weights, report)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--steps", type=int, help="a trial of so many steps, nothing is published")
    trial = parser.parse_args().steps

    device.configure("float32", deterministic=True)
    crops = datasets.crops_from_folder(
        ROOT / "data" / "paintings", SIDE, CROPS, SEED, SHARES, pattern=PATTERN
    )
    gan = new_gan()
    began = time.process_time(), time.perf_counter()
    train(gan, crops, recipe.BATCH_SIZE, steps=trial or STEPS, seed=SEED)
    processor, wall = time.process_time() - began[0], time.perf_counter() - began[1]
    print(f"{gan.step} steps, {processor:.0f} processor seconds, {wall:.0f} s by the clock", flush=True)
    if trial:
        return
    write(gan.sampler.get_weights(), gan.step, processor)


if __name__ == "__main__":
    main()
