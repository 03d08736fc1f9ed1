"""Train the GAN that draws the emoji asked for, for lesson 18, and measure what its pictures are worth.

    python data/make_sprites.py                  some ten minutes of one core
    python data/make_sprites.py --steps 200      a trial: prints what it costs and is worth, and publishes nothing

Writes data/pretrained/sprite_generator.npz, the averaged generator after the last of `MOMENTS` steps, its weights
rounded to half precision, and sprite_generator.json: settings, processor time, versions, and at each moment what
course_lib/scores/sprites.py says of `ASKED` pictures of each kind: obedience, variety, kernel distance, distance to the
nearest training emoji, share copied. The same stands beside it of

- "train": the training emoji themselves;
- "jittered": these shifted, mirrored and tinted, a baseline without a network;
- "held_out": emoji that neither the GAN nor the judge has seen. No kernel distance, as it is measured from them.

Weights come out the same again from the same versions on the same kind of processor. Ctrl-C ends it, and nothing is
changed.
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
from course_lib.datasets import sprites as emoji  # noqa: E402
from course_lib.models import recipe, sprites  # noqa: E402
from course_lib.models.gan import GAN  # noqa: E402
from course_lib.scores import sprites as scores  # noqa: E402

MOMENTS = (1500, 3000, 6000, 12000)
SEED = 0
ASKED = 64
"""Pictures of each kind that are measured."""


def measured(images: np.ndarray, labels: np.ndarray) -> dict[str, float]:
    """What is said of pictures, rounded."""
    return {name: round(value, 4) for name, value in scores.measures(images, labels).items()}


def baselines() -> dict[str, dict[str, float]]:
    """The same of real emoji."""
    train, held_out = emoji.load("train"), emoji.load("held_out")
    found = {
        "train": measured(train.images, train.labels),
        "jittered": measured(emoji.jittered(train.images, SEED), train.labels),
        "held_out": measured(held_out.images, held_out.labels),
    }
    del found["held_out"]["kernel_distance"]
    return found


def write(gan: GAN, moments: list[dict], real: dict[str, dict[str, float]]) -> None:
    """Publish the weights, in half precision, and how they came about."""
    report = {
        "image_shape": sprites.IMAGE_SHAPE,
        "kinds": emoji.KINDS,
        "latent_size": sprites.LATENT_SIZE,
        "width": sprites.WIDTH,
        "training_pictures": len(emoji.load("train").images),
        "batch_size": sprites.BATCH_SIZE,
        "group": sprites.GROUP,
        "averaging": recipe.AVERAGING,
        "seed": SEED,
        "measured_of_each_kind": ASKED,
        "copy_limit": round(scores.copy_limit(), 4),
        "moments": moments,
        "baselines": real,
    }
    publish_generator(sprites.NAME, gan.sampler.get_weights(), report)


@stopped_in_one_line("Nothing was written.")
def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--steps", type=int, help="a trial of so many steps, nothing is published")
    trial = parser.parse_args().steps

    device.configure("float32", deterministic=True)
    train, real = emoji.load("train"), baselines()
    for name, found in real.items():
        print(name, found, flush=True)
    asked = np.tile(np.arange(len(emoji.KINDS)), ASKED)
    gan, moments, seconds = sprites.new_gan(SEED), [], 0.0
    for moment in MOMENTS if trial is None else (trial,):
        began = time.process_time()
        sprites.train_on(gan, train.images, train.labels, moment, SEED)
        seconds += time.process_time() - began
        found = measured(gan.sample(len(asked), seed=5, labels=asked), asked)
        moments.append({"steps": gan.step, "processor_seconds": round(seconds), **found})
        print(moments[-1], flush=True)
    if trial is None:
        write(gan, moments, real)


if __name__ == "__main__":
    main()
