"""Measure what lesson 11 says of style: the knob, the two losses, copies, diversity, and the DCGAN of prints.

    python data/make_style_tables.py                 about seven minutes of one processor core, one run after the other
    python data/make_style_tables.py --minutes 5     begins no run that five minutes would not hold; call it again

A run's rows are added when it is done, so Ctrl-C costs no more than the run it stops, and the next call goes on with
the first that is missing. To measure a row again, delete its lines. Three seeds of everything that is drawn. Writes

- data/style_knob.csv: a photograph painted from several start scales: structure kept, distances, near-copies;
- data/style_losses.csv: the same pair painted by the sliced and by the Gram loss on about equal processor time, by
  colours alone, and not at all; each judged by both losses and by measures that neither minimises;
- data/style_copies.csv: near-copies in new paintings, transfers, colours, another print, a flipped and a pasted one;
- data/style_diversity.csv: how much new paintings of different seeds differ, beside crops of the painting itself;
- data/style_gan.csv: the generator of data/make_print_generator.py by lesson 07's scores, beside real crops, noise
  and a baseline that knows only principal components.

Pictures are 128 pixels long here, half of the lesson's, so that the tables cost a quarter. Processor seconds are of the
painting alone, with compiling, of this process; other programs make them longer by a little, through memory and caches.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402
from make_print_generator import CROPS, PATTERN, SHARES, SIDE  # noqa: E402
from measured_tables import Run, do, parser, read, write  # noqa: E402

from course_lib import datasets, device  # noqa: E402
from course_lib.models import pretrained  # noqa: E402
from course_lib.scores import features, metrics  # noqa: E402
from course_lib.styles import copies, distances, measures  # noqa: E402
from course_lib.styles.colours import transfer_colours  # noqa: E402
from course_lib.styles.transfer import new_painting, transfer  # noqa: E402

SEEDS, LONGEST = (0, 1, 2), 128
PAIR = ("coffee", "hokusai_great_wave")
KNOB = (0.2, 0.3, 0.4, 0.7)
START = 0.4
GRAM = {"steps": 480, "filters": 32, "learning_rate": 0.01}
"""About the processor time of the sliced loss with its own settings; the best of five that were tried with other seeds:
32 filters at rates of 0.01, 0.03 and 0.1, and 240 steps of 64 filters at 0.03 and 0.1."""
SHAPE, NOISE_STARTS = (96, 128), (0.15, 0.3)
SAMPLES, COMPONENTS = 1000, 64
JUDGE_SEED = (1_000_003, 0)  # of filters that no transfer draws

COLUMNS = {
    "style_knob": (
        *("photo", "painting", "start_scale", "seed", "structure", "patch_distance", "feature_distance"),
        *("copied", "processor_seconds"),
    ),
    "style_losses": (
        *("photo", "painting", "minimised", "seed", "sliced", "gram", "patch_distance", "feature_distance"),
        *("structure", "copied", "processor_seconds"),
    ),
    "style_copies": ("picture", "painting", "start_scale", "seed", "asked", "copied", "distance"),
    "style_diversity": ("painting", "start_scale", "pictures", "diversity", "crops"),
    "style_gan": ("what", "seed", "kernel_distance", "precision", "recall", "diversity", "nearest"),
}
ABOUT = ("what", "photo", "picture", "painting", "minimised", "start_scale", "seed")
"""Columns that say what a row is about; the others are what was found."""
Rows = list[tuple[str, dict]]
"""What a run found: the table and the row, several of each."""


def judged(picture: np.ndarray, photo: np.ndarray, style: np.ndarray) -> dict[str, float]:
    """A painted photograph by its structure, by measures that nothing here minimises, and its near-copies."""
    return {
        "structure": round(measures.structure(picture, photo), 4),
        "patch_distance": round(measures.patch_distance(picture, style), 5),
        "feature_distance": round(measures.feature_distance(picture, style), 4),
        "copied": round(copies.copy_map(picture, style).share, 4),
    }


def by_loss(name: str, picture: np.ndarray, style: np.ndarray) -> float:
    """The value of a loss between two pictures, on 128 filters of its own size."""
    filters = distances.unit_filters(128, 7, JUDGE_SEED)
    answers = [distances.responses(tf.constant(each), filters) for each in (picture, style)]
    return float(distances.DISTANCES[name](*answers))


def paint(minimised: str, start: float, seed: int) -> Rows:
    """One photograph painted, as a row of the losses and, where it belongs to it, of the knob."""
    photo, style = datasets.photo(PAIR[0], LONGEST), datasets.painting(PAIR[1], LONGEST)
    settings = {"start_scale": start, "seed": seed, "progress": False, "stoppable": False}
    makers: dict[str, Callable[[], np.ndarray]] = {
        "none": lambda: photo,
        "colours": lambda: transfer_colours(photo, style, seed=seed),
        "sliced": lambda: transfer(photo, style, **settings),
        "gram": lambda: transfer(photo, style, distance=distances.gram, **GRAM, **settings),
    }
    began = time.process_time()
    picture = makers[minimised]()
    seconds = round(time.process_time() - began, 2)
    found = judged(picture, photo, style) | {"photo": PAIR[0], "painting": PAIR[1], "seed": seed}
    found["processor_seconds"] = seconds
    rows: Rows = []
    if minimised == "sliced":
        rows.append(("style_knob", found | {"start_scale": start}))
    if start == START:
        losses = {name: f"{by_loss(name, picture, style):.3g}" for name in distances.DISTANCES}
        rows.append(("style_losses", found | losses | {"minimised": minimised}))
        if minimised in ("sliced", "colours"):
            name = {"sliced": "transfer", "colours": "colours"}[minimised]
            rows.append(("style_copies", copied(name, picture, PAIR[1], seed, start)))
    return rows


def copied(name: str, picture: np.ndarray, painting: str, seed: int, start: float | str = "") -> dict:
    found = copies.copy_map(picture, datasets.painting(painting, LONGEST))
    return {
        "picture": name,
        "painting": painting,
        "start_scale": start,
        "seed": seed,
        "asked": round(float(found.asked.mean()), 4),
        "copied": round(found.share, 4),
        "distance": round(float(np.median(found.distances)), 4),
    }


def yardsticks(painting: str) -> Rows:
    """Pictures of which the share of copies is known, or can be guessed."""
    style, photo = datasets.painting(painting, LONGEST), datasets.photo(PAIR[0], LONGEST)
    pasted = photo.copy()
    pasted[20:60, 30:90] = style[10:50, 20:80]  # a third of the picture
    pictures = {
        "photo": photo,
        "pasted": pasted,
        "flipped": style[:, ::-1].copy(),
        "other_print": datasets.painting("hokusai_ejiri", LONGEST),
    }
    return [("style_copies", copied(name, picture, painting, 0)) for name, picture in pictures.items()]


def invent(painting: str, start: float) -> Rows:
    """New paintings of all seeds from one start scale: their copies, and how much they differ."""
    style = datasets.painting(painting, LONGEST)
    settings = {"progress": False, "stoppable": False}
    made = [new_painting(style, SHAPE, start, seed=seed, **settings) for seed in SEEDS]
    rows: Rows = [
        ("style_copies", copied("new_painting", picture, painting, seed, start))
        for seed, picture in zip(SEEDS, made, strict=True)
    ]
    # The yardstick: as many crops of the same shape, from a larger copy of the painting, at places drawn at random.
    random, large = np.random.default_rng(0), datasets.painting(painting, 2 * LONGEST)
    corners = [
        [random.integers(0, whole - part + 1) for whole, part in zip(large.shape, SHAPE, strict=False)]
        for _ in range(20)
    ]
    crops = np.stack([large[top : top + SHAPE[0], left : left + SHAPE[1]] for top, left in corners])
    rows.append(
        (
            "style_diversity",
            {
                "painting": painting,
                "start_scale": start,
                "pictures": len(made),
                "diversity": round(metrics.diversity(np.stack(made)), 4),
                "crops": round(metrics.diversity(crops), 4),
            },
        )
    )
    return rows


def halved(images: np.ndarray) -> np.ndarray:
    """Images (N, 64, 64, 3) as (N, 32, 32, 3), which the feature network looks at: means of 2 x 2 pixels."""
    n, height, width, channels = images.shape
    return images.reshape(n, height // 2, 2, width // 2, 2, channels).mean(axis=(2, 4))


def crops(count: int, seed: int) -> np.ndarray:
    return datasets.crops_from_folder(ROOT / "data" / "paintings", SIDE, count, seed, SHARES, pattern=PATTERN)


def components(training: np.ndarray, seed: int) -> np.ndarray:
    """Normal samples with the crops' mean and first principal components, as many as G's latents."""
    rows = training.reshape(len(training), -1)
    mean = rows.mean(axis=0)
    values, vectors = np.linalg.eigh((rows - mean) @ (rows - mean).T / len(rows))
    axes = vectors[:, -COMPONENTS:].T @ (rows - mean) / np.sqrt(len(rows))
    z = np.random.default_rng(seed).normal(size=(SAMPLES, COMPONENTS)).astype("float32")
    assert (values[-COMPONENTS:] > 0).all()
    return (mean + z @ axes).clip(-1, 1).reshape(-1, *training.shape[1:]).astype("float32")


def judge_gan(seed: int) -> Rows:
    """The generator of prints, and what it is compared with, on 32 x 32 pixels."""
    training, network = halved(crops(CROPS, 0)), features.load("emoji")
    random = np.random.default_rng(seed)
    latents = random.standard_normal((SAMPLES, 64), dtype="float32")
    generator = pretrained.print_generator()
    drawn = np.concatenate(
        [np.asarray(generator(part, training=False)) for part in np.split(latents, SAMPLES // 100)]
    )
    kinds = {
        "generator": halved(drawn),
        "components": components(training[:2000], seed),
        "real": halved(crops(SAMPLES, 100 + seed)),
        "noise": random.uniform(-1, 1, (SAMPLES, SIDE // 2, SIDE // 2, 3)).astype("float32"),
    }
    references = network.features(halved(crops(SAMPLES, 200)))
    rows: Rows = []
    for name, images in kinds.items():
        seen = network.features(images)
        precision, recall = metrics.precision_recall(references, seen)
        _, nearest = metrics.nearest_neighbours(images[:200], training)
        rows.append(
            (
                "style_gan",
                {
                    "what": name,
                    "seed": seed,
                    "kernel_distance": round(metrics.kernel_distance(seen, references), 4),
                    "precision": round(precision, 4),
                    "recall": round(recall, 4),
                    "diversity": round(metrics.diversity(images), 4),
                    "nearest": round(float(nearest.mean()) / np.sqrt(images[0].size), 4),
                },
            )
        )
    return rows


def runs() -> dict[tuple, Callable[[], Rows]]:
    """All runs, by the cells that tell whether one is done: the table and the values in its row."""

    def listed() -> Iterator[tuple[tuple, Callable[[], Rows]]]:
        for seed in SEEDS:
            yield knob(START, seed)
            yield from (loss(minimised, seed) for minimised in others(seed))
            if seed == SEEDS[0]:
                yield ("style_copies", ("picture", "pasted")), lambda: yardsticks(PAIR[1])
        for start in NOISE_STARTS:
            key = ("style_diversity", ("painting", PAIR[1]), ("start_scale", str(start)))
            yield key, lambda start=start: invent(PAIR[1], start)
        for seed in SEEDS:
            yield ("style_gan", ("seed", str(seed))), lambda seed=seed: judge_gan(seed)
        for seed in SEEDS:
            yield from (knob(start, seed) for start in KNOB if start != START)

    def knob(start: float, seed: int) -> tuple[tuple, Callable[[], Rows]]:
        key = ("style_knob", ("start_scale", str(start)), ("seed", str(seed)))
        return key, lambda: paint("sliced", start, seed)

    def loss(minimised: str, seed: int) -> tuple[tuple, Callable[[], Rows]]:
        key = ("style_losses", ("minimised", minimised), ("seed", str(seed)))
        return key, lambda: paint(minimised, START, seed)

    def others(seed: int) -> tuple[str, ...]:
        return ("gram", "colours", *(("none",) if seed == SEEDS[0] else ()))  # nothing painted has no seed

    return dict(listed())


def missing() -> list[tuple]:
    """The keys of the runs still to do."""
    return [
        key
        for key in runs()
        if not any(all(row[name] == value for name, value in key[1:]) for row in read(f"{key[0]}.csv"))
    ]


def add(found: Rows) -> None:
    """Put rows into their tables, in place of those of the same run, sorted by what they are about."""

    def about(row: dict) -> tuple[str, ...]:
        return tuple(str(row[name]) for name in ABOUT if name in row)

    for name in dict.fromkeys(name for name, _ in found):
        new = [{key: row[key] for key in COLUMNS[name]} for table, row in found if table == name]
        rows = {about(row): row for row in [*read(f"{name}.csv"), *new]}
        write(f"{name}.csv", COLUMNS[name], [rows[key] for key in sorted(rows)])


def do_missing(minutes: float | None) -> None:
    known = runs()

    def run(key: tuple) -> Run:
        what = ", ".join(" ".join(pair) for pair in key[1:])
        return Run(key[0], what, 60.0, lambda: add(known[key]()))

    do([run(key) for key in missing()], minutes)


def main() -> None:
    minutes = parser(__doc__).parse_args().minutes
    device.configure("float32", deterministic=True, quiet=True, threads=device.SMALL)
    do_missing(minutes)


if __name__ == "__main__":
    main()
