"""Train the DCGAN of lesson 06 in several widths and measure cost, speed and score of each.

    python data/make_size_table.py                 about 12 minutes on two cores with nothing else to do
    python data/make_size_table.py --speed-only    measures the speeds alone again, in one or two minutes

Writes data/dcgan_sizes.csv, one row for each width and each number of steps at which it was scored, and
data/dcgan_sizes.png, one row of samples for each width, drawn from the same latents after its last step.

Scores belong to a number of steps and come out the same again from the same seed. Speed depends on the machine and on
what else runs there, so the fastest tenth of many short blocks counts. `seconds` is steps times batch size divided by
that speed: the time the steps take on a machine left alone, compilation and scoring not counted.
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
from make_feature_network import publish  # noqa: E402
from measured_tables import read, write  # noqa: E402

from course_lib import datasets, device  # noqa: E402
from course_lib.media import pictures  # noqa: E402
from course_lib.models import networks  # noqa: E402
from course_lib.models.gan import GAN  # noqa: E402
from course_lib.scores import metrics  # noqa: E402
from course_lib.training.loop import train  # noqa: E402

LAST_STEP = {16: 8000, 32: 4000, 64: 2000, 96: 1000}  # by width: comparable times
BATCH_SIZE = 64
LEARNING_RATE = 1e-3
SEED = 0
STEPS = (125, 250, 500, 1000, 2000, 4000, 8000)
SAMPLES = 5000
BLOCK = 10  # steps in one block of the measurement of speed
TABLE = "dcgan_sizes.csv"
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


def scores(width: int, images: np.ndarray) -> tuple[list[dict], np.ndarray]:
    """The width's rows of the table, speed left out, and the 12 samples it draws at the end."""
    gan = new_gan(width)
    parameters = gan.generator.count_params() + gan.discriminator.count_params()
    rows = []
    for step in (step for step in STEPS if step <= LAST_STEP[width]):
        train(gan, images, BATCH_SIZE, steps=step, seed=SEED)
        score = metrics.frechet_score(gan.sample(SAMPLES, seed=1))
        rows.append(
            {"width": width, "parameters": parameters, "step": step, "frechet_distance": round(score, 2)}
        )
        print(rows[-1], flush=True)
    return rows, gan.sample(12, seed=SEED)


def with_speed(row: dict, images_per_second: float) -> dict:
    """A row of the table with its two columns that depend on the machine."""
    seconds = int(row["step"]) * BATCH_SIZE / images_per_second
    return {**row, "images_per_second": round(images_per_second), "seconds": round(seconds, 1)}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--speed-only", action="store_true", help="keep the scores, measure the speeds again")
    keep_scores = parser.parse_args().speed_only
    rows = read(TABLE) if keep_scores else []

    device.configure("float32", deterministic=True)
    images = datasets.load("fashion_mnist").images_train
    speeds = {width: speed(width, images) for width in LAST_STEP}
    print({width: round(each) for width, each in speeds.items()}, flush=True)
    if not keep_scores:
        samples = []
        for width in LAST_STEP:
            found, drawn = scores(width, images)
            rows += found
            samples.append(drawn)
        picture = (ROOT / "data" / TABLE).with_suffix(".png")
        pictures.save_png(np.concatenate(samples), picture, columns=12, scale=1)
        publish(picture.name, picture.read_bytes())
    write(TABLE, COLUMNS, [with_speed(row, speeds[int(row["width"])]) for row in rows])


if __name__ == "__main__":
    main()
