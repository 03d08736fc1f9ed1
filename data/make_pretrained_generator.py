"""Train the course's own recipe on Fashion-MNIST and keep its generator at several moments, for lesson 07.

    python data/make_pretrained_generator.py                 3 to 4 minutes on two cores
    python data/make_pretrained_generator.py --speed-only    measures the speed alone again, in half a minute

Writes data/pretrained/fashion_mnist_generator.npz, the averaged generator after each number of steps in `STEPS`, its
weights rounded to half precision (one part in 2,000, which no score notices), and fashion_mnist_generator.json:
settings, speed, versions, and the score of each moment, measured with the rounded weights.

Weights and scores come out the same again from the same versions on the same kind of processor. Speed depends on the
machine and on what else runs there, so the fastest tenth of many short blocks counts, as in make_size_table.py.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras  # noqa: E402
import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402
from make_feature_network import publish  # noqa: E402
from make_size_table import BlockTimes  # noqa: E402

from course_lib import datasets, device  # noqa: E402
from course_lib.models import pretrained, recipe  # noqa: E402
from course_lib.models.gan import GAN  # noqa: E402
from course_lib.scores import metrics  # noqa: E402
from course_lib.training.loop import train  # noqa: E402

STEPS = (50, 200, 800, 1600, 3200, 6400)
SEED = 0
SAMPLES = 5000
BLOCK = 10  # steps in one execution, and in one block when the speed is measured


def new_gan() -> GAN:
    return recipe.dcgan(pretrained.IMAGE_SHAPE, seed=SEED, steps_per_execution=BLOCK)


def speed(images: np.ndarray, blocks: int = 40) -> float:
    """Training images a second: the 90th percentile over blocks, the first (which compiles) left out."""
    times = BlockTimes()
    train(new_gan(), images, recipe.BATCH_SIZE, steps=(blocks + 1) * BLOCK, seed=SEED, callbacks=[times])
    return BLOCK * recipe.BATCH_SIZE / float(np.quantile(times.seconds[1:], 0.1))


def moments(images: np.ndarray, steps: tuple[int, ...] = STEPS) -> tuple[dict[str, np.ndarray], list[float]]:
    """The averaged generator's weights at every moment, name -> float16 array, and the score of each moment."""
    gan = new_gan()
    kept, scores = {}, []
    for step in steps:
        train(gan, images, recipe.BATCH_SIZE, steps=step, seed=SEED)
        weights = [weight.astype("float16") for weight in gan.sampler.get_weights()]
        assert all(np.isfinite(weight).all() for weight in weights), "too large for half precision"
        kept |= dict(zip(pretrained.names(step, len(weights)), weights, strict=True))
        scores.append(round(score(gan.sampler, weights), 3))
        print(f"step {step:5}: Fréchet distance {scores[-1]:.2f}", flush=True)
    return kept, scores


def score(sampler: keras.Model, weights: list[np.ndarray]) -> float:
    """The Fréchet distance of the generator with the rounded weights; its own weights are put back afterwards."""
    exact = sampler.get_weights()
    sampler.set_weights([weight.astype("float32") for weight in weights])
    latents = np.random.default_rng(1).standard_normal((SAMPLES, sampler.input_shape[-1]), dtype="float32")
    images = np.concatenate([np.asarray(sampler(part, training=False)) for part in np.split(latents, 10)])
    sampler.set_weights(exact)
    return metrics.frechet_score(images)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--speed-only", action="store_true", help="keep the weights, measure the speed again")
    keep_weights = parser.parse_args().speed_only

    device.configure("float32", deterministic=True)
    images = datasets.load("fashion_mnist").images_train
    if keep_weights:
        report = dict(pretrained.report())
    else:
        weights, scores = moments(images)
        archive = io.BytesIO()
        np.savez_compressed(archive, **weights)
        publish(f"{pretrained.NAME}.npz", archive.getvalue())
        report = {
            "dataset": "fashion_mnist",
            "image_shape": pretrained.IMAGE_SHAPE,
            "batch_size": recipe.BATCH_SIZE,
            "seed": SEED,
            "samples": SAMPLES,
            "steps": STEPS,
            "frechet_distance": scores,
            "versions": {"keras": keras.__version__, "tensorflow": tf.__version__, "numpy": np.__version__},
        }
    per_second = round(speed(images))
    report["images_per_second"] = per_second
    report["seconds"] = [round(step * recipe.BATCH_SIZE / per_second, 1) for step in report["steps"]]
    publish(f"{pretrained.NAME}.json", (json.dumps(report, indent=2) + "\n").encode())


if __name__ == "__main__":
    main()
