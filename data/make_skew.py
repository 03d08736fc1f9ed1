"""What a GAN makes of a class that is rare in its training set, for lesson 20: is it drawn as seldom, or still less?

    python data/make_skew.py                  some eight minutes of one core
    python data/make_skew.py --minutes 3      begins no run that would not end by then; the next call goes on

Writes data/skew.csv. Of Fashion-MNIST all classes but one stay whole, and so much of that one that it has 1, 3 or 10 %
of the pictures: trousers, and at 1 % bags as well, which the judge takes formless pictures for. The course's recipe
learns them without labels for `STEPS` steps; then `PICTURES` are drawn, and judged by the course's feature network. A
row for each model, rare class, share and seed:

- gan: the averaged generator; gaussian: a normal distribution of the same pictures, in `COMPONENTS` principal
  components, a baseline without a network; real: test pictures in that proportion, of which the judge's errors were not
  counted, so that his share of them shows what he himself adds;
- pictures, judged: how many there are, and the share of the rare class among them by the judge;
- corrected, low, high: that share with the judge's errors taken out (`audit.shares.corrected`), its interval of 95 %;
- frechet: of the GAN, the score of lesson 07, against test pictures of equal shares; processor_seconds of its training.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import numpy as np  # noqa: E402
from measured_tables import Run, do, missing_groups, parser  # noqa: E402

from course_lib import datasets, device  # noqa: E402
from course_lib.audit.shares import confused, corrected, corrected_interval, skewed  # noqa: E402
from course_lib.models import recipe  # noqa: E402
from course_lib.scores import features, metrics  # noqa: E402
from course_lib.training.loop import train  # noqa: E402

Array = np.ndarray
TABLE = "skew.csv"
COLUMNS = (
    *("model", "rare", "share", "seed", "pictures", "judged", "corrected", "low", "high"),
    *("frechet", "processor_seconds"),
)
CASES = (("Trouser", 0.01), ("Trouser", 0.03), ("Trouser", 0.1), ("Bag", 0.01))
SEEDS = (0, 1, 2)
STEPS, PICTURES, COMPONENTS = 1200, 10_000, 50


@cache
def garments() -> datasets.Dataset:
    return datasets.load("fashion_mnist")


@cache
def confusion() -> Array:
    """How the judge calls every other test picture; the rest is for the rows `real`."""
    data = garments()
    judged = features.load(data.name).classes(data.images_test[::2])
    return confused(judged, data.labels_test[::2], len(data.class_names))


def rare_class(rare: str) -> int:
    return garments().class_names.index(rare)


def training_pictures(rare: str, share: float, seed: int) -> Array:
    data = garments()
    return data.images_train[skewed(data.labels_train, rare_class(rare), share, seed)]


def drawn_by_gan(rare: str, share: float, seed: int) -> tuple[Array, float]:
    """Pictures of a GAN, and the processor time of its training."""
    images = training_pictures(rare, share, seed)
    gan = recipe.dcgan(seed=seed)
    began = time.process_time()
    train(gan, images, recipe.BATCH_SIZE, steps=STEPS, seed=seed)
    seconds = time.process_time() - began
    return gan.sample(PICTURES, seed=1), seconds


def drawn_by_gaussian(rare: str, share: float, seed: int) -> Array:
    """Pictures of the normal distribution with the mean and the main covariance of the training pictures."""
    images = training_pictures(rare, share, seed)
    rows = images.reshape(len(images), -1).astype("float64")
    mean = rows.mean(axis=0)
    values, vectors = np.linalg.eigh(np.cov(rows, rowvar=False))
    scaled = vectors[:, -COMPONENTS:] * np.sqrt(values[-COMPONENTS:])
    noise = np.random.default_rng(seed).standard_normal((PICTURES, COMPONENTS))
    return np.clip(mean + noise @ scaled.T, -1, 1).reshape(-1, *images.shape[1:]).astype("float32")


def real_pictures(rare: str, share: float, seed: int) -> Array:
    data = garments()
    return data.images_test[1::2][skewed(data.labels_test[1::2], rare_class(rare), share, seed)]


def skew_rows(rare: str, share: float, seed: int) -> list[dict]:
    """The rows of one training set."""
    gan, seconds = drawn_by_gan(rare, share, seed)
    pictures = {
        "gan": gan,
        "gaussian": drawn_by_gaussian(rare, share, seed),
        "real": real_pictures(rare, share, seed),
    }
    judge, number = features.load("fashion_mnist"), rare_class(rare)
    found = []
    for model, images in pictures.items():
        counts = np.bincount(judge.classes(images), minlength=len(confusion()))
        low, high = corrected_interval(counts, confusion())
        row = {"model": model, "pictures": len(images), "judged": counts[number] / counts.sum()}
        row |= {"corrected": corrected(counts / counts.sum(), confusion())[number]}
        row |= {"low": low[number], "high": high[number]}
        if model == "gan":
            row |= {"frechet": metrics.frechet_score(images), "processor_seconds": round(seconds, 1)}
        found.append(row)
    return found


def missing() -> list[Run]:
    """The runs whose rows are not there yet."""
    abouts = [{"rare": rare, "share": share, "seed": seed} for rare, share in CASES for seed in SEEDS]
    groups: list[tuple[dict, float, Callable[[], list[dict]]]] = [
        (about, 60, partial(skew_rows, **about)) for about in abouts
    ]
    return missing_groups(TABLE, COLUMNS, groups, written=_short)


def _short(value: object) -> object:
    """Four digits are more than any of these numbers is known to."""
    return float(f"{value:.4g}") if isinstance(value, float | np.floating) else value


def main() -> None:
    minutes = parser(__doc__).parse_args().minutes
    device.configure("float32", deterministic=True, threads=device.SMALL)
    do(missing(), minutes)


if __name__ == "__main__":
    main()
