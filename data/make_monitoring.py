"""Measure how often monitors of two generators alarm while all is well, and how soon after the model has changed.

    python data/make_monitoring.py      about five minutes of one core

What was finished is kept, and the next call goes on; --minutes says for how long. The same versions on the same kind of
processor give the same numbers. Writes

- data/monitoring.csv: of each generator ("garments", and "sprites" told a kind), seed, measure and batch_size:
  where change is "healthy", alarms, the number of false alarms in 1,000 batches of fresh pictures. The threshold was
  chosen for one alarm in `length` batches: from the distances of 6,400 other healthy pictures ("measured"), or as if
  distances were normal ("normal"); normal_alarms is what that theory says of 1,000 batches at this threshold.
  Elsewhere, at the threshold measured for 1,000: shift, the mean distance in deviations of the healthy model;
  caught, the share of 1,600 pictures' time in which there is an alarm, from many starts; delay and delay_95, how many
  pictures that takes in the median and in 95 of 100 cases (empty where it is not within 1,600); normal_delay, the mean
  that normal theory says of this shift. Of "slow" there is one start a seed, and it is watched for 3,200 pictures.

Measures, of one batch against 1,000 pictures: "kernel" distance, "frechet" distance and "means" (Hotelling's) in the
features of the scores, and "pixels", the last of mean and spread of each picture's values.

Changes: weights of one layer "permuted"; two of a layer's channels "swapped"; pictures "scaled" by 0.9, "brighter" by
0.1, or with "noise" of deviation 0.1; the garments' weights after 3,200 and 800 of 6,400 steps; "one_class"; ten
latents alone ("few_latents"); and "slow", where the scale falls from 1 to 0.8 in 3,200 pictures.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras  # noqa: E402
import numpy as np  # noqa: E402
from measured_tables import Run, do, four_digits, missing_groups, parser  # noqa: E402

from course_lib.datasets.sprites import KINDS  # noqa: E402
from course_lib.models import pretrained, sprites  # noqa: E402
from course_lib.models.sampling import generate  # noqa: E402
from course_lib.scores import drift, features  # noqa: E402
from course_lib.studio.monitoring import batch_distances, usual  # noqa: E402
from course_lib.theory import cusum  # noqa: E402
from course_lib.theory.bandits.peeking import stopping_look  # noqa: E402

Array = np.ndarray
Rows = dict[str, Array]
TABLE = "monitoring.csv"
COLUMNS = (
    *("generator", "seed", "measure", "batch_size", "change", "chosen", "length", "threshold"),
    *("alarms", "normal_alarms", "shift", "caught", "delay", "delay_95", "normal_delay"),
)
GENERATORS = ("garments", "sprites")
SEEDS = tuple(range(10))
BATCH_SIZES = (16, 32)
LENGTHS = (100, 300, 1000)
MEASURES = {
    "kernel": (drift.KernelDistance, "features"),
    "frechet": (drift.FrechetDistance, "features"),
    "means": (drift.MeanDistance, "features"),
    "pixels": (drift.MeanDistance, "pixels"),
}
REFERENCE, CALIBRATION, HEALTHY, CHANGED = 1000, 6400, 12_800, 1600
"""Pictures drawn for each part; those changed and the healthy ones are shuffled and used again."""
HEALTHY_ROUNDS, CHANGED_ROUNDS = 3, 2
WINDOW = 1600
"""Pictures within which a change is to be caught, from each start in the first half of those changed."""
OLDER = {"older_3200": 3200, "older_800": 800}
FEW = 10


class Model:
    """One generator, drawn from with one source of random numbers."""

    def __init__(self, generator: str, seed: int):
        self.garments = generator == "garments"
        self.rng = np.random.default_rng((seed, GENERATORS.index(generator)))
        self.network = self.load()

    def load(self, step: int | None = None) -> keras.Model:
        return pretrained.generator(step) if self.garments else sprites.generator()

    def draw(
        self,
        count: int,
        network: keras.Model | None = None,
        latents: Array | None = None,
        kind: int | None = None,
    ) -> Array:
        """So many pictures, of one kind or of all alike."""
        network = network or self.network
        if latents is None:
            latents = self.rng.standard_normal((count, network.inputs[0].shape[-1]))
        kinds = self.rng.integers(0, len(KINDS), count) if kind is None else np.full(count, kind)
        return generate(network, latents, None if self.garments else kinds, batch_size=512)

    def describe(self, images: Array) -> Rows:
        return {"features": self.feature_network.features(images), "pixels": drift.pixel_moments(images)}

    @property
    def feature_network(self) -> features.FeatureNetwork:
        return features.load("fashion_mnist" if self.garments else "emoji")

    def shuffled(self, rows: Rows, rounds: int) -> Rows:
        """All rows in random order, and again: none twice within a round."""
        count = len(rows["pixels"])
        order = np.concatenate([self.rng.permutation(count) for _ in range(rounds)])
        return {name: values[order] for name, values in rows.items()}

    def broken(self, change: str) -> keras.Model:
        """The weights of the first convolution permuted, or two channels swapped that come out of the last but one."""
        network = self.load()
        weights = network.get_weights()
        kernels = [number for number, array in enumerate(weights) if array.ndim == 4]
        if change == "permuted":
            kernel = weights[kernels[0]]
            weights[kernels[0]] = self.rng.permutation(kernel.ravel()).reshape(kernel.shape)
        else:
            kernel = weights[
                kernels[-2]
            ]  # of a transposed convolution: the channels that come out are its third axis
            one, other = self.rng.choice(kernel.shape[2], 2, replace=False)
            kernel[:, :, [one, other]] = kernel[:, :, [other, one]]
        network.set_weights(weights)
        return network


def changes(model: Model, healthy: Array, seed: int) -> dict[str, Array]:
    """Pictures of each change; healthy: those of the good model, from which some are made."""
    base = healthy[:CHANGED]
    found = {change: model.draw(CHANGED, model.broken(change)) for change in ("permuted", "swapped")}
    found["scaled"] = 0.9 * base
    found["brighter"] = np.clip(base + 0.1, -1, 1)
    noise = model.rng.normal(0, 0.1, base.shape).astype("float32")
    found["noise"] = np.clip(base + noise, -1, 1)
    if model.garments:
        found |= {change: model.draw(CHANGED, model.load(step)) for change, step in OLDER.items()}
        classes = model.feature_network.classes(healthy)
        found["one_class"] = healthy[classes == seed % 10]
    else:
        found["one_class"] = model.draw(CHANGED, kind=seed % len(KINDS))
    latents = model.rng.standard_normal((FEW, model.network.inputs[0].shape[-1]))
    found["few_latents"] = model.draw(CHANGED, latents=latents[model.rng.integers(0, FEW, CHANGED)])
    return found


def monitoring_rows(generator: str, seed: int) -> list[dict]:
    """The rows of one seed: all measures and sizes of batches."""
    model = Model(generator, seed)
    reference, calibration = (model.describe(model.draw(count)) for count in (REFERENCE, CALIBRATION))
    images = model.draw(HEALTHY)
    healthy = model.shuffled(model.describe(images), HEALTHY_ROUNDS)
    changed = {}
    for change, pictures in changes(model, images, seed).items():
        rounds = -(-CHANGED_ROUNDS * CHANGED // len(pictures))
        rows = model.shuffled(model.describe(pictures), rounds)
        changed[change] = {name: values[: CHANGED_ROUNDS * CHANGED] for name, values in rows.items()}
    fading = images[: CHANGED_ROUNDS * CHANGED]
    scale = 1 - 0.2 * np.arange(1, len(fading) + 1) / len(fading)
    changed["slow"] = model.describe(fading * scale[:, None, None, None].astype("float32"))
    found = []
    for measure, (distance, rows) in MEASURES.items():
        measured = distance(reference[rows])
        for batch_size in BATCH_SIZES:
            of = partial(batch_distances, measured, batch_size=batch_size)
            about = {"measure": measure, "batch_size": batch_size}
            usual_distances = of(calibration[rows])
            known = usual(usual_distances)
            found += [{**about, **row} for row in false_alarms(usual_distances, of(healthy[rows]))]
            for change, described in changed.items():
                values = (of(described[rows]) - known.mean) / known.deviation
                row = delays(values, known.threshold, batch_size, is_slow=change == "slow")
                found.append({**about, "change": change, **row})
    return found


def false_alarms(calibration: Array, healthy: Array) -> list[dict]:
    """Of each threshold, chosen on the one and tried on the other."""
    rows = []
    for length in LENGTHS:
        known = usual(calibration, length)
        values = (healthy - known.mean) / known.deviation
        for chosen, threshold in (("measured", known.threshold), ("normal", normal_threshold(length))):
            rows.append(
                {
                    "change": "healthy",
                    "chosen": chosen,
                    "length": length,
                    "threshold": threshold,
                    "alarms": 1000 * len(cusum.alarms(values, threshold)) / len(values),
                    "normal_alarms": 1000 / cusum.run_length(threshold),
                    "shift": values.mean(),
                }
            )
    return rows


@cache
def normal_threshold(length: int) -> float:
    return cusum.threshold_for(length)


def delays(values: Array, threshold: float, batch_size: int, is_slow: bool) -> dict:
    """How soon a change is caught, from its standardised distances."""
    window = len(values) if is_slow else WINDOW // batch_size
    starts = np.lib.stride_tricks.sliding_window_view(values, window)[: len(values) - window + 1]
    looks = stopping_look(cusum.cusum(starts), threshold)
    pictures = np.where(looks > 0, looks * batch_size, np.inf)
    median, late = np.quantile(pictures, [0.5, 0.95], method="inverted_cdf")
    return {
        "chosen": "measured",
        "length": 1000,
        "threshold": threshold,
        "shift": values.mean(),
        "caught": (looks > 0).mean(),
        "delay": median,
        "delay_95": np.inf if is_slow else late,
        "normal_delay": np.inf if is_slow else batch_size * cusum.run_length(threshold, shift=values.mean()),
    }


def missing() -> list[Run]:
    """The runs whose rows are not there yet."""
    groups: list[tuple[dict, float, Callable[[], list[dict]]]] = [
        (about, 30, partial(monitoring_rows, **about))
        for about in ({"generator": generator, "seed": seed} for generator in GENERATORS for seed in SEEDS)
    ]
    return missing_groups(TABLE, COLUMNS, groups, written=four_digits)


def main() -> None:
    do(missing(), parser(__doc__).parse_args().minutes)


if __name__ == "__main__":
    main()
