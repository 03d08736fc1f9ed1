"""Train the GAN that draws the banner asked for, for lesson 16, and measure whether it obeys.

    python data/make_banners.py                  some seven minutes of one core
    python data/make_banners.py --steps 200      a trial: prints what a step costs, how it obeys, and publishes nothing

Writes data/pretrained/banner_generator.npz, the averaged generator after the last of `MOMENTS` steps, its weights
rounded to half precision, and banner_generator.json: settings, processor time, versions, and at each moment, for looks
that it was trained on and for the 24 that it never saw ("held_out"):

- the share of banners whose kind, colour and layout are seen as asked, one by one and all of them
  (course_lib/scores/banner_looks.py);
- variety: mean distance of two banners of one look;
- nearest: the mean distance to the nearest banner of the training set.

The same of banners that NumPy draws afresh stands beside it ("renderer"). Distances are root mean squares over the
pixels, from 0 to 2. Weights come out the same again from the same versions on the same kind of processor. Ctrl-C ends
it, and nothing is changed.
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

import numpy as np  # noqa: E402
from make_feature_network import publish_generator  # noqa: E402
from measured_tables import stopped_in_one_line  # noqa: E402

from course_lib import device  # noqa: E402
from course_lib.datasets import banners as rendered  # noqa: E402
from course_lib.models import banners, recipe  # noqa: E402
from course_lib.models.gan import GAN  # noqa: E402
from course_lib.scores import banner_looks, metrics  # noqa: E402

MOMENTS = (500, 1000, 2000, 4000)
EACH, SEED = 40, 0
ASKED = 4
"""Banners of each look that are measured."""


def measured(images: np.ndarray, looks: np.ndarray, training: np.ndarray) -> dict[str, float]:
    """What is said of banners at one moment; `looks` come in `ASKED` rounds of the same."""
    by_look = images.reshape(ASKED, -1, *images.shape[1:])
    variety = np.mean([metrics.diversity(by_look[:, number]) for number in range(by_look.shape[1])])
    _, distances = metrics.nearest_neighbours(images, training)
    found = {
        **banner_looks.obedience(images, looks),
        "variety": variety,
        "nearest": distances.mean() / np.sqrt(training[0].size),
    }
    return {name: round(float(value), 4) for name, value in found.items()}


def measured_both(draw, training: np.ndarray) -> dict[str, dict[str, float]]:
    """`measured` for looks trained on and held out; draw: looks (n,) to images."""
    parts = {"trained": banners.TRAINED, "held_out": banners.HELD_OUT}
    asked = {name: np.tile(looks, ASKED) for name, looks in parts.items()}
    return {name: measured(draw(looks), looks, training) for name, looks in asked.items()}


def write(gan: GAN, moments: list[dict], renderer: dict) -> None:
    """Publish the weights, in half precision, and how they came about."""
    report = {
        "image_shape": banners.IMAGE_SHAPE,
        "latent_size": banners.LATENT_SIZE,
        "width": banners.WIDTH,
        "banners_of_each_look": EACH,
        "batch_size": banners.BATCH_SIZE,
        "group": banners.GROUP,
        "averaging": recipe.AVERAGING,
        "seed": SEED,
        "measured_of_each_look": ASKED,
        "moments": moments,
        "renderer": renderer,
    }
    publish_generator(banners.NAME, gan.sampler.get_weights(), report)


@stopped_in_one_line("Nothing was written.")
def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--steps", type=int, help="a trial of so many steps, nothing is published")
    trial = parser.parse_args().steps

    device.configure("float32", deterministic=True)
    images, looks = rendered.banner_set(EACH, SEED, banners.TRAINED)
    renderer = measured_both(lambda asked: rendered.render(asked, SEED + 1), images)
    print("renderer", renderer, flush=True)
    gan, moments, seconds = banners.new_gan(SEED), [], 0.0
    for moment in MOMENTS if trial is None else (trial,):
        began = time.process_time()
        banners.train_on(gan, images, looks, moment, SEED)
        seconds += time.process_time() - began
        found = measured_both(lambda asked: gan.sample(len(asked), seed=5, labels=asked), images)
        moments.append({"steps": gan.step, "processor_seconds": round(seconds), **found})
        print(moments[-1], flush=True)
    if trial is None:
        write(gan, moments, renderer)


if __name__ == "__main__":
    main()
