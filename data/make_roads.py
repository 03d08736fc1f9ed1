"""Compare GAN, VAE and flow on Fashion-MNIST after equal processor time, and provoke and cure posterior collapse.

    python data/make_roads.py                  runs of 90 processor seconds, three seeds of each model
    python data/make_roads.py --seconds 15     shorter ones, as in the table here; rows of another budget are replaced
    python data/make_roads.py --minutes 5      begins no run that five minutes would not hold; call it again to go on

A run is one model and one seed. Its rows are added when it is done, so Ctrl-C costs no more than the run it stops, and
the next call goes on with the first run that is missing. Writes

- data/roads.csv: for each model, seed and way to draw from it: steps, processor seconds of training and of drawing
  1,000 pictures, Fréchet and kernel distance, precision and recall of these in the features of the course's own
  small network, and bits a pixel (of test pictures: a bound for the VAE, an estimate for the flow, none for the
  GAN), with the standard error over the pictures;
- data/collapse.csv: for each of `COLLAPSE` and seed, what the VAE's bound is made of after `COLLAPSE_STEPS` steps.

Equal compute means equal processor time, of this process alone, compiling not counted: a run trains until its budget is
spent, so its number of steps depends a little on the machine. Runs go one after the other. The tables were made on two
cores that other programs kept busy, which costs a process some speed but not seconds of its own.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras  # noqa: E402
import numpy as np  # noqa: E402
from measured_tables import Run, do, parser, read, write  # noqa: E402
from tqdm import tqdm  # noqa: E402

from course_lib import datasets, device  # noqa: E402
from course_lib.models import recipe  # noqa: E402
from course_lib.models.roads import flow, ode, pixels, vae  # noqa: E402
from course_lib.scores import features, metrics  # noqa: E402
from course_lib.training.loop import train  # noqa: E402
from course_lib.training.processor_clock import ProcessorClock  # noqa: E402

SEEDS = (0, 1, 2)
SECONDS = 90.0
SAMPLES = 1000
BATCH_SIZES = {"gan": recipe.BATCH_SIZE, "vae": 64, "flow": 32}
MAKERS = {
    "gan": lambda seed: recipe.dcgan(seed=seed, steps_per_execution=10),
    "vae": lambda seed: vae.small(16, seed),
    "flow": lambda seed: flow.for_pictures(seed),
}
SOLVERS = (("euler", 2), ("euler", 10), ("midpoint", 5))
LIKELIHOOD_PICTURES = {"vae": 250, "flow": 100}
LIKELIHOOD_STEPS = 10

COLLAPSE_STEPS, COLLAPSE_SEEDS = 400, (0, 1)
COLLAPSE = {
    "plain": {},
    "averaged": {"beta": 784.0},  # what a mean over the pixels beside a sum over the latents amounts to
    "averaged_warm_up": {"beta": 784.0, "warm_up": COLLAPSE_STEPS},
    "averaged_free_bits": {"beta": 784.0, "free_bits": 0.5},
    "heavy": {"beta": 20.0},
    "heavy_warm_up": {"beta": 20.0, "warm_up": COLLAPSE_STEPS},
    "heavy_free_bits": {"beta": 20.0, "free_bits": 0.5},
}

TABLE, COLLAPSE_TABLE = "roads.csv", "collapse.csv"
COLUMNS = {
    TABLE: (
        *("model", "draw", "seed", "budget", "steps", "processor_seconds", "evaluations", "draw_seconds"),
        *("frechet_distance", "kernel_distance", "precision", "recall", "bits_per_pixel", "bits_error"),
    ),
    COLLAPSE_TABLE: (
        *("row", "seed", "steps", "beta", "warm_up", "free_bits"),
        *("reconstruction", "divergence", "active_units", "bits_per_pixel"),
    ),
}
ORDER = {TABLE: ("model", list(MAKERS)), COLLAPSE_TABLE: ("row", list(COLLAPSE))}
"""What the rows of a table are sorted by before their seed, and in which order."""


class ProcessorBudget(ProcessorClock):
    """A clock that shows a bar of its seconds."""

    def __init__(self, seconds: float):
        super().__init__(seconds)
        self.bar = tqdm(total=round(seconds), unit="s", leave=False)

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        super().on_train_batch_end(batch, logs)
        self.bar.update(min(round(self.seconds), self.bar.total) - self.bar.n)

    def on_train_end(self, logs: dict | None = None) -> None:
        self.bar.close()


def ways(name: str, model: keras.Model) -> Iterator[tuple[str, int, Callable[[int, int], np.ndarray]]]:
    """Each way to draw: its name, the passes through a network that it takes, and count, seed -> pictures."""
    if name == "gan":
        yield "generator", 1, lambda count, seed: model.sample(count, seed=seed)
    elif name == "vae":
        yield "means", 1, lambda count, seed: model.sample(count, seed=seed)
        yield "pixels drawn", 1, lambda count, seed: model.sample(count, seed=seed, noise=True)
    else:
        for method, steps in SOLVERS:
            yield (
                f"{method} {steps}",
                steps * ode.EVALUATIONS[method],
                partial(drawn_by, model, method, steps),
            )


def drawn_by(model: keras.Model, method: str, steps: int, count: int, seed: int) -> np.ndarray:
    return model.sample(count, steps, method, seed)


def bits(name: str, model: keras.Model) -> tuple[float | str, float | str]:
    """Bits a pixel of held-out pictures, and their standard error; nothing for the GAN, which has no likelihood."""
    if name == "gan":
        return "", ""
    images = datasets.load("fashion_mnist").images_test[: LIKELIHOOD_PICTURES[name]]
    if name == "vae":
        found = model.bits_per_pixel(images, draws=32)
    else:
        nats = model.log_density(pixels.dequantize(images), steps=LIKELIHOOD_STEPS, probes=1)
        found = pixels.bits_per_pixel(nats, int(np.prod(images.shape[1:])), dequantized=True)
    return round(float(found.mean()), 4), round(float(found.std() / np.sqrt(len(found))), 4)


def measure(name: str, seed: int, budget: float) -> None:
    """One run of the table: train until the budget is spent, then score every way to draw."""
    images = datasets.load("fashion_mnist").images_train
    judge, model, clock = features.load("fashion_mnist"), MAKERS[name](seed), ProcessorBudget(budget)
    train(model, images, BATCH_SIZES[name], seed=seed, callbacks=[clock])
    value, error = bits(name, model)
    found = []
    for draw, evaluations, sample in ways(name, model):
        sample(flow.BATCH, 0)  # compiles
        began_at = time.process_time()
        drawn = sample(SAMPLES, 1)
        draw_seconds = time.process_time() - began_at
        seen = judge.features(drawn)
        precision, recall = metrics.precision_recall(judge.test_features[:SAMPLES], seen)
        found.append(
            {
                "model": name,
                "draw": draw,
                "seed": seed,
                "budget": budget,
                "steps": model.step,
                "processor_seconds": round(clock.seconds, 2),
                "evaluations": evaluations,
                "draw_seconds": round(draw_seconds, 3),
                "frechet_distance": round(metrics.frechet_distance(seen, judge.test_features), 3),
                "kernel_distance": round(metrics.kernel_distance(seen, judge.test_features), 4),
                "precision": round(precision, 4),
                "recall": round(recall, 4),
                "bits_per_pixel": value,
                "bits_error": error,
            }
        )
    kept = [row for row in read(TABLE) if float(row["budget"]) == budget]
    write_sorted(TABLE, [*kept, *found])


def measure_collapse(row: str, seed: int) -> None:
    """One VAE of the second table."""
    data, settings = datasets.load("fashion_mnist"), COLLAPSE[row]
    model = vae.small(16, seed, **settings)
    train(model, data.images_train, BATCH_SIZES["vae"], steps=COLLAPSE_STEPS, seed=seed)
    images = data.images_test[:1000]
    divergence = model.divergences(images).sum(axis=1)
    found = {
        "row": row,
        "seed": seed,
        "steps": model.step,
        "beta": model.beta,
        "warm_up": model.warm_up,
        "free_bits": model.free_bits,
        "reconstruction": round(float(-(model.elbo(images, draws=4) + divergence).mean()), 1),
        "divergence": round(float(divergence.mean()), 3),
        "active_units": vae.active_units(model.encode(images)[0]),
        "bits_per_pixel": round(float(model.bits_per_pixel(images[:500], draws=16).mean()), 4),
    }
    write_sorted(COLLAPSE_TABLE, [*read(COLLAPSE_TABLE), found])


def write_sorted(name: str, rows: list[dict]) -> None:
    """The whole table anew, in the order in which its runs are listed."""
    column, order = ORDER[name]
    write(name, COLUMNS[name], sorted(rows, key=lambda row: (order.index(row[column]), int(row["seed"]))))


def missing(budget: float) -> list[Run]:
    """The runs still to do; first seeds first, collapse last."""
    done = {(row["model"], int(row["seed"])) for row in read(TABLE) if float(row["budget"]) == budget}
    collapsed = {(row["row"], int(row["seed"])) for row in read(COLLAPSE_TABLE)}
    return [
        Run(TABLE, f"{name}, seed {seed}", 2 * budget, partial(measure, name, seed, budget))
        for seed in SEEDS
        for name in MAKERS
        if (name, seed) not in done
    ] + [
        Run(COLLAPSE_TABLE, f"{row}, seed {seed}", 2 * budget, partial(measure_collapse, row, seed))
        for seed in COLLAPSE_SEEDS
        for row in COLLAPSE
        if (row, seed) not in collapsed
    ]


def main() -> None:
    arguments = parser(__doc__, SECONDS).parse_args()
    device.configure("float32", deterministic=True, quiet=True, threads=device.SMALL)
    do(missing(arguments.seconds), arguments.minutes)


if __name__ == "__main__":
    main()
