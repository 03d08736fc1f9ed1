"""Measure what privacy costs a small GAN, and the bell curves that are its simple rivals, for lesson 20.

    python data/make_privacy.py                  about five minutes of one processor, one run after the other
    python data/make_privacy.py --minutes 2      begins no run that two minutes would not hold; call it again to go on

A run's rows are added when it is done, so Ctrl-C costs no more than the run it stops. To measure a row again, delete
its line. Writes

- data/privacy.csv: of each method, epsilon (at delta = 1e-5, "inf" without noise or clipping) and seed: the noise in
  units of what one picture can change; the Fréchet and the kernel distance of 3,000 pictures from the test images, in
  the features of the course's network, all at 14 x 14 pixels and enlarged; processor seconds of the training.

Methods: the "gan" of course_lib/audit/private_gan.py; "gaussian", one bell curve of all pixels, and "gaussians", one a
class, whose pictures have the class shares as they were released (course_lib/audit/private_gaussian.py); and "real",
as many training images, which is as good as it gets, and not private. Everyone is in one class, so ten releases, one a
class, cost no more than one.
"""

from __future__ import annotations

import math
import os
import sys
import time
from functools import cache, partial
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import numpy as np  # noqa: E402
from measured_tables import Run, do, missing_groups, parser  # noqa: E402

from course_lib import datasets, device  # noqa: E402
from course_lib.audit import private_gan, private_gaussian  # noqa: E402
from course_lib.audit.privacy import noise_for  # noqa: E402
from course_lib.models.sampling import generate  # noqa: E402
from course_lib.scores import features, metrics  # noqa: E402

TABLE = "privacy.csv"
COLUMNS = ("method", "epsilon", "seed", "noise", "frechet", "kernel", "seconds")
EPSILONS = (1.0, 3.0, 10.0, math.inf)
SEEDS = (0, 1, 2)
STEPS = 2000
SAMPLES = 3000
NO_BOUND = 1e6
"""Longer than any gradient: nothing is clipped where nothing is promised."""


@cache
def garments() -> tuple[np.ndarray, np.ndarray]:
    """Training images at 14 x 14, and their labels."""
    data = datasets.load("fashion_mnist")
    return private_gan.shrink(data.images_train), data.labels_train


@cache
def reference() -> np.ndarray:
    """Features of the test images at 14 x 14, enlarged."""
    images = private_gan.shrink(datasets.load("fashion_mnist").images_test)
    return features.load("fashion_mnist").features(private_gan.enlarge(images))


def by_gan(epsilon: float, seed: int) -> tuple[np.ndarray, float]:
    """Pictures and the noise they cost."""
    images, _ = garments()
    private = math.isfinite(epsilon)
    rate = private_gan.BATCH / len(images)
    noise = noise_for(epsilon, rate, STEPS, private_gan.DELTA) if private else 0.0
    bound = private_gan.BOUND if private else NO_BOUND
    trained = private_gan.train(images, noise, bound=bound, steps=STEPS, seed=seed)
    latents = np.random.default_rng(seed).standard_normal((SAMPLES, private_gan.LATENT_SIZE))
    return generate(trained.generator, latents), noise


def by_gaussian(epsilon: float, seed: int) -> tuple[np.ndarray, float]:
    noise = _noise_of_one_release(epsilon)
    return private_gaussian.fit(garments()[0], noise, seed=seed).draw(SAMPLES, seed=seed), noise


def by_gaussians(epsilon: float, seed: int) -> tuple[np.ndarray, float]:
    images, labels = garments()
    noise = _noise_of_one_release(epsilon)
    curves = [
        private_gaussian.fit(images[labels == label], noise, seed=10 * seed + label) for label in range(10)
    ]
    counts = np.array([curve.count for curve in curves])
    drawn = np.random.default_rng(seed).multinomial(SAMPLES, counts / counts.sum())
    parts = [
        curve.draw(count, seed=10 * seed + label)
        for label, (curve, count) in enumerate(zip(curves, drawn, strict=True))
    ]
    return np.concatenate(parts), noise


def by_nobody(epsilon: float, seed: int) -> tuple[np.ndarray, float]:
    images, _ = garments()
    return images[np.random.default_rng(seed).permutation(len(images))[:SAMPLES]], 0.0


METHODS = {"real": by_nobody, "gaussian": by_gaussian, "gaussians": by_gaussians, "gan": by_gan}


def _noise_of_one_release(epsilon: float) -> float:
    return noise_for(epsilon, 1, 1, private_gan.DELTA) if math.isfinite(epsilon) else 0.0


def row(method: str, epsilon: float, seed: int) -> list[dict]:
    """The one row of a run."""
    garments(), reference()
    began_at = time.process_time()
    images, noise = METHODS[method](epsilon, seed)
    seconds = time.process_time() - began_at
    described = features.load("fashion_mnist").features(private_gan.enlarge(images))
    found = {
        "frechet": metrics.frechet_distance(described, reference()),
        "kernel": metrics.kernel_distance(described, reference()),
    }
    print(f"    {found}", flush=True)
    return [{"noise": noise, **found, "seconds": round(seconds, 1)}]


def missing() -> list[Run]:
    """The runs whose rows are not there yet."""
    abouts = [
        {"method": method, "epsilon": epsilon, "seed": seed}
        for method in METHODS
        for seed in SEEDS
        for epsilon in (EPSILONS if method != "real" else EPSILONS[-1:])
    ]
    groups = [(about, 30 if about["method"] == "gan" else 5, partial(row, **about)) for about in abouts]
    return missing_groups(TABLE, COLUMNS, groups, _short)


def _short(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def main() -> None:
    minutes = parser(__doc__).parse_args().minutes
    device.configure("float32", deterministic=True)
    do(missing(), minutes)


if __name__ == "__main__":
    main()
