"""Train the DCGAN of lesson 06 in several widths and measure cost, speed and score of each.

    nice python data/make_size_table.py      about 20 minutes on two cores with nothing else to do

Writes data/dcgan_sizes.csv, one row for each width and each number of steps at which it was scored, and
data/dcgan_sizes.png, one row of samples for each width, drawn from the same latents when its time was up.

Scores belong to a number of steps and can be had again from the seed. Speed depends on the machine and on what else
runs there, so it is measured first, all widths within a minute or two, and the fastest tenth of many short blocks
counts. `seconds` is steps times batch size divided by that speed: the time the steps take on a machine left alone.
"""

from __future__ import annotations

import csv
import io
import os
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras  # noqa: E402
import numpy as np  # noqa: E402

from course_lib import datasets, device, metrics, networks, pictures  # noqa: E402
from course_lib.gan import GAN  # noqa: E402
from course_lib.training import train  # noqa: E402

WIDTHS = (16, 32, 64, 96)
BATCH_SIZE = 64
LEARNING_RATE = 8e-4
SEED = 0
STEPS = (125, 250, 500, 1000, 2000, 4000, 8000)
SECONDS = 160  # a width is trained until its steps take longer than this
SAMPLES = 5000
BLOCK = 10  # steps in one block of the measurement of speed
COLUMNS = ("width", "parameters", "images_per_second", "step", "seconds", "frechet_distance")


class BlockTimes(keras.callbacks.Callback):
    """Seconds that each block of steps took."""

    def on_train_begin(self, logs: dict | None = None) -> None:
        self.seconds: list[float] = []

    def on_train_batch_begin(self, batch: int, logs: dict | None = None) -> None:
        self.began_at = time.perf_counter()

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        self.seconds.append(time.perf_counter() - self.began_at)


def new_gan(width: int) -> GAN:
    """The GAN of lesson 06, before its first step."""
    keras.utils.set_random_seed(SEED)
    gan = GAN(networks.dcgan_generator(width=width), networks.dcgan_discriminator(width=width), seed=SEED)
    gan.compile(
        generator_optimizer=keras.optimizers.Adam(LEARNING_RATE, beta_1=0.5),
        discriminator_optimizer=keras.optimizers.Adam(LEARNING_RATE, beta_1=0.5),
        steps_per_execution=BLOCK,
    )
    return gan


def speed(width: int, images: np.ndarray, blocks: int = 30) -> float:
    """Training images a second: the 90th percentile over blocks, the first (which compiles) left out."""
    times = BlockTimes()
    train(new_gan(width), images, BATCH_SIZE, steps=(blocks + 1) * BLOCK, seed=SEED, callbacks=[times])
    return BLOCK * BATCH_SIZE / float(np.quantile(times.seconds[1:], 0.1))


def rows_of(width: int, images: np.ndarray, images_per_second: float) -> tuple[list[dict], np.ndarray]:
    """The width's rows of the table, and the 12 samples it draws at the end."""
    gan = new_gan(width)
    rows = []
    for step in STEPS:
        seconds = step * BATCH_SIZE / images_per_second
        if seconds > SECONDS:
            break
        train(gan, images, BATCH_SIZE, steps=step, seed=SEED)
        score = metrics.frechet_score(gan.sample(SAMPLES, seed=1))
        parameters = gan.generator.count_params() + gan.discriminator.count_params()
        values = (width, parameters, round(images_per_second), step, round(seconds, 1), round(score, 2))
        rows.append(dict(zip(COLUMNS, values, strict=True)))
        print(rows[-1], flush=True)
    return rows, gan.sample(12, seed=SEED)


def main() -> None:
    device.configure("float32", deterministic=True)
    images = datasets.load("fashion_mnist").images_train
    speeds = {width: speed(width, images) for width in WIDTHS}
    print(speeds, flush=True)
    rows, samples = [], []
    for width in WIDTHS:
        found, pictures_of_width = rows_of(width, images, speeds[width])
        rows += found
        samples.append(pictures_of_width)
    table = io.StringIO()
    writer = csv.DictWriter(table, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    path = ROOT / "data" / "dcgan_sizes.csv"
    unfinished = path.with_name(f".{path.name}.unfinished")
    unfinished.write_text(table.getvalue(), encoding="utf-8")
    unfinished.replace(path)
    pictures.save_png(np.concatenate(samples), path.with_suffix(".png"), columns=12, scale=1)


if __name__ == "__main__":
    main()
