"""Measure each remedy of lesson 09 alone and together, and what augmentation does for GANs of few emoji.

    python data/make_ablation.py                some 35 minutes, on one core of two
    python data/make_ablation.py --minutes 5    begins no run that five minutes would not hold; call it again to go on
    python data/make_ablation.py --costs        measures what a step costs, from which STEPS was made
    python data/make_ablation.py --costs --rows plain r1    the same for some rows, to add one or to compare

A run is one row of the table and one seed. Its results are added when it is done, so Ctrl-C costs no more than the run
it stops, and the next call goes on with the first run that is missing. To measure a row again, delete its lines. Writes

- data/ablation.csv: for each row of `remedies.ROWS`, seed and half of the run: steps done, processor seconds they
  took, Fréchet distance of 5,000 samples, precision and recall of 2,000;
- data/emoji_augmentation.csv: for each of `EMOJI_ROWS`, seed and look: steps, processor seconds, kernel distance of
  1,000 samples, mean logit of D on training, held-out and fake images;
- data/emoji_augmentation.png: 20 samples after the last step of each, for seed 0, from above in that order.

Equal compute means equal processor time. How many steps that is for each row was measured once, all rows in turn (by
--costs), and is fixed in `STEPS`, so that a score belongs to a number of steps and comes out the same again from the
same seed. The processor seconds in the tables are those the runs themselves took: of this process only, compiling and
scoring not counted. Other programs on the machine make them longer by a little, through memory and caches they share,
but do not add their own.
"""

from __future__ import annotations

import io
import os
import statistics
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras  # noqa: E402
import numpy as np  # noqa: E402
from make_feature_network import publish  # noqa: E402
from measured_tables import Run, do, parser, read, write  # noqa: E402
from PIL import Image  # noqa: E402

from course_lib import datasets, device  # noqa: E402
from course_lib.media import pictures  # noqa: E402
from course_lib.models import recipe, remedies  # noqa: E402
from course_lib.models.augmentations import brightness, chain, cutout, translation  # noqa: E402
from course_lib.models.gan import GAN  # noqa: E402
from course_lib.models.remedies import ROWS  # noqa: E402
from course_lib.scores import features, metrics  # noqa: E402
from course_lib.training.loop import train  # noqa: E402

SEEDS = (0, 1, 2)
SECONDS, EMOJI_SECONDS = 15, 60  # processor seconds of a run
STEPS = {
    # The first three do the same arithmetic; --costs found 9.1 to 10.1 ms a step for them.
    **{"plain": 1580, "faster_discriminator": 1580, "slower_discriminator": 1580, "averaging": 1560},
    **{"spectral_norm": 1440, "wasserstein_penalty": 1140, "wasserstein_five_steps": 310},
    **{"r1": 1040, "augmentation": 1380},
    **{"minibatch_deviation": 1460, "recipe_three": 1440, "all": 780},
    **{"without": 2560, "with": 2340, "few_without": 2560, "few_with": 2340},
}
"""Steps that cost equally much, as --costs found them; the last four are of the emoji."""
FEW = 128
EMOJI_ROWS = {
    "without": (None, False),
    "with": (None, True),
    "few_without": (FEW, False),
    "few_with": (FEW, True),
}
"""Row of the emoji table -> training images (None: all 1,235), and whether they are augmented."""
LOOKS = 6  # at an emoji run, each at twice the steps of the one before
SAMPLES, NEIGHBOUR_SAMPLES, EMOJI_SAMPLES = 5000, 2000, 1000
BLOCK = 10

TABLE, EMOJI_TABLE = "ablation.csv", "emoji_augmentation.csv"
COLUMNS = {
    TABLE: (
        *("row", "seed", "step", "processor_seconds"),
        *("frechet_distance", "precision", "recall"),
    ),
    EMOJI_TABLE: (
        *("row", "seed", "step", "processor_seconds", "kernel_distance"),
        *("train_logit", "held_out_logit", "fake_logit"),
    ),
}


class ProcessorTime(keras.callbacks.Callback):
    """Processor seconds of each block of steps but the first, which compiles."""

    def __init__(self) -> None:
        super().__init__()
        self.blocks: list[float] = []
        self.compiled = False

    def on_train_batch_begin(self, batch: int, logs: dict | None = None) -> None:
        self.began_at = time.process_time()

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        if self.compiled:
            self.blocks.append(time.process_time() - self.began_at)
        self.compiled = True

    def seconds(self) -> float:
        """Of all steps; the block that compiled counts as much as the middle one of the others."""
        return sum(self.blocks) + statistics.median(self.blocks)


def emoji_gan(row: str, seed: int) -> GAN:
    """The course's recipe for emoji, with or without augmentation."""
    # What comes in from the side is white, as the emoji's background is.
    augment = chain(brightness(0.5), translation(1 / 8, background=1.0), cutout(1 / 2))
    _, augmented = EMOJI_ROWS[row]
    return recipe.dcgan((32, 32, 3), seed, augment=augment if augmented else None, steps_per_execution=BLOCK)


def measure_row(row: str, seed: int) -> None:
    """One run of the table of remedies, scored half-way and at its end."""
    images = datasets.load("fashion_mnist").images_train
    judge = features.load("fashion_mnist")
    gan, timer, found = remedies.dcgan(*ROWS[row], seed=seed), ProcessorTime(), []
    for step in (STEPS[row] // 2, STEPS[row]):
        train(gan, images, remedies.BATCH_SIZE, steps=step, seed=seed, callbacks=[timer])
        seen = judge.features(gan.sample(SAMPLES, seed=1))
        precision, recall = metrics.precision_recall(
            judge.test_features[:NEIGHBOUR_SAMPLES], seen[:NEIGHBOUR_SAMPLES]
        )
        found.append(
            {
                "row": row,
                "seed": seed,
                "step": gan.step,
                "processor_seconds": round(timer.seconds(), 2),
                "frechet_distance": round(metrics.frechet_distance(seen, judge.test_features), 3),
                "precision": round(precision, 4),
                "recall": round(recall, 4),
            }
        )
    add(TABLE, found)


def measure_emoji(row: str, seed: int) -> None:
    """One run on emoji, looked at `LOOKS` times."""
    data = datasets.load("emoji")
    shuffled = data.images_train[np.random.default_rng(0).permutation(len(data.images_train))]
    count, _ = EMOJI_ROWS[row]
    images = data.images_train if count is None else shuffled[:count]
    # As many of either kind: 128 that are trained on in every row, and 128 of the 137 held out.
    kinds = {"train": shuffled[:128], "held_out": data.images_test[:128]}
    gan, timer, found = emoji_gan(row, seed), ProcessorTime(), []
    for look in reversed(range(LOOKS)):
        step = int(round(STEPS[row] / 2**look, -1))
        train(gan, images, recipe.BATCH_SIZE, steps=step, seed=seed, callbacks=[timer])
        samples = gan.sample(EMOJI_SAMPLES, seed=1)
        kinds["fake"] = samples[:128]
        logits = {name: mean_logit(gan, shown) for name, shown in kinds.items()}
        found.append(
            {
                "row": row,
                "seed": seed,
                "step": gan.step,
                "processor_seconds": round(timer.seconds(), 2),
                "kernel_distance": round(metrics.kernel_score(samples), 4),
                **{f"{name}_logit": round(logit, 3) for name, logit in logits.items()},
            }
        )
    if seed == SEEDS[0]:
        keep_samples(row, gan.sample(20, seed=seed))
    add(EMOJI_TABLE, found)


def mean_logit(gan: GAN, images: np.ndarray) -> float:
    """What D says of images on average, under the augmentation it is used to."""
    if gan.augment is not None:
        images = gan.augment(images, keras.random.SeedGenerator(1))
    return float(np.mean(gan.discriminator(images, training=False)))


def keep_samples(row: str, samples: np.ndarray) -> None:
    """Put 20 samples into the picture, at the row's place."""
    path = ROOT / "data" / EMOJI_TABLE.replace(".csv", ".png")
    tiles = pictures.tile(samples, columns=10)
    height, width, _ = tiles.shape
    canvas = np.full((len(EMOJI_ROWS) * (height + 6) - 6, width, 3), 255, "uint8")
    if path.exists():
        canvas = np.array(Image.open(path))
    start = list(EMOJI_ROWS).index(row) * (height + 6)
    canvas[start : start + height] = tiles
    file = io.BytesIO()
    Image.fromarray(canvas).save(file, format="PNG", optimize=True)
    publish(path.name, file.getvalue())


def add(name: str, found: list[dict]) -> None:
    """Add rows to a table, sorted as the runs are listed, and write it anew."""
    order = {run: place for place, run in enumerate(runs()[name])}
    rows = sorted(
        [*read(name), *found], key=lambda row: (order[row["row"], int(row["seed"])], int(row["step"]))
    )
    write(name, COLUMNS[name], rows)


def runs() -> dict[str, list[tuple[str, int]]]:
    """All runs of each table, seed by seed, so that a table begun is already a comparison."""
    return {
        TABLE: [(row, seed) for row in ROWS for seed in SEEDS],
        EMOJI_TABLE: [(row, seed) for row in EMOJI_ROWS for seed in SEEDS],
    }


def missing() -> list[tuple[str, str, int]]:
    """The runs still to do: table, row and seed; first the garments, first seeds first."""
    found = []
    for name, wanted in runs().items():
        done = {(row["row"], int(row["seed"])) for row in read(name)}
        found += [(name, row, seed) for row, seed in wanted if (row, seed) not in done]
    return sorted(found, key=lambda run: (run[0] != TABLE, run[2]))


def costs(blocks: int, rows: list[str] | None) -> None:
    """Print processor milliseconds a step of each row, the median over blocks taken in turn, and steps to match."""
    garments, emoji = datasets.load("fashion_mnist").images_train[:5000], datasets.load("emoji").images_train
    makers: dict[str, tuple[Callable[[], GAN], np.ndarray, int]] = {
        **{row: (lambda row=row: remedies.dcgan(*ROWS[row]), garments, SECONDS) for row in ROWS},
        **{
            name: (lambda name=name: emoji_gan(name, 0), emoji, EMOJI_SECONDS) for name in ("without", "with")
        },
    }
    makers = {name: maker for name, maker in makers.items() if rows is None or name in rows}
    gans = {name: make() for name, (make, _, _) in makers.items()}
    timers = {name: ProcessorTime() for name in makers}
    for block in range(1, blocks + 2):
        for name, (_, images, _) in makers.items():
            train(gans[name], images, remedies.BATCH_SIZE, steps=5 * block * BLOCK, callbacks=[timers[name]])
        print(f"\r{block} of {blocks + 1}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    for name, timer in timers.items():
        cost = statistics.median(timer.blocks) / BLOCK
        steps = int(round(makers[name][2] / cost, -1))
        print(f"{name:22} {1000 * cost:6.2f} ms a step, {steps:5} steps", flush=True)


def main() -> None:
    options = parser(__doc__)
    options.add_argument("--costs", type=int, nargs="?", const=8, metavar="BLOCKS", help="measure costs only")
    options.add_argument("--rows", nargs="+", choices=[*ROWS, "without", "with"], help="for --costs")
    arguments = options.parse_args()

    device.configure("float32", deterministic=True, quiet=True, threads=device.SMALL)
    if arguments.costs:
        costs(arguments.costs, arguments.rows)
    else:
        do_missing(arguments.minutes)


def do_missing(minutes: float | None) -> None:
    measured = {TABLE: (measure_row, 45.0), EMOJI_TABLE: (measure_emoji, 110.0)}
    wanted = []
    for name, row, seed in missing():
        measure, seconds = measured[name]
        wanted.append(Run(name, f"{row}, seed {seed}", seconds, partial(measure, row, seed)))
    do(wanted, minutes)


if __name__ == "__main__":
    main()
