"""Measure what lesson 17 says of films along a path in latent space: how even their speed is, and what they show.

    python data/make_film_paths.py                 some four minutes of one processor
    python data/make_film_paths.py --minutes 2     begins no run that two minutes would not hold; call it again to go on

A run's rows are added when it is done, so Ctrl-C costs no more than the run it stops, and the next call goes on with
the first that is missing. To measure a row again, delete its lines. The same seeds give the same numbers. Writes

- data/film_paths.csv: of films of 48 frames by way of four random keys, of each generator ("garments", the trained one
  of Fashion-MNIST, and "prints", that of Hokusai's prints), seed, kind of path ("line", "arc" and "spline" of
  course_lib/models/paths.py; "crossfade", the pictures of the arc's keys faded into one another), open or closed (1):
  unevenness and, of closed films, seam, with equal steps of time ("before") and with equal distances ("after"), in the
  `measure` that the distances were made equal in; unevenness_other, of the latter film in the other measure;
  least_norm, of its shortest latent in units of sqrt(d); nearest, the mean distance of its frames to the nearest real
  picture, and nearest_keys, that of the pictures of its keys.

Measures: "pixels", and "features", those of the network for garments or, of prints at half their size, of that for
emoji. Distances are root mean squares. Real pictures are the 10,000 test images of Fashion-MNIST, and 2,000 crops of
the prints that the other generator was trained on.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import numpy as np  # noqa: E402
from measured_tables import Run, do, missing_groups, parser  # noqa: E402

from course_lib import datasets  # noqa: E402
from course_lib.models import paths, pretrained  # noqa: E402
from course_lib.models.sampling import generate  # noqa: E402
from course_lib.scores import features, metrics  # noqa: E402
from course_lib.theory.arc_length import even_places, seam, step_lengths, unevenness  # noqa: E402

TABLE = "film_paths.csv"
COLUMNS = (
    *("generator", "seed", "kind", "closed", "measure", "unevenness_before", "unevenness_after"),
    *("unevenness_other", "seam_before", "seam_after", "least_norm", "nearest", "nearest_keys"),
)
GENERATORS, MEASURES = ("garments", "prints"), ("pixels", "features")
KINDS = (*paths.KINDS, "crossfade")
SEEDS = tuple(range(9))
COUNT, KEYS, LATENT_SIZE = 48, 4, 64
CROPS = 2000
Images = np.ndarray


class Studio(NamedTuple):
    """A generator, the measures of its pictures, each images to (n, d), and what real pictures are in them."""

    draw: Callable[[np.ndarray], Images]
    measures: dict[str, Callable[[Images], np.ndarray]]
    real: dict[str, np.ndarray]


@cache
def studio(generator: str) -> Studio:
    if generator == "garments":
        network = features.load("fashion_mnist")
        real = datasets.load("fashion_mnist").images_test
        seen, real_seen = network.features, network.test_features.astype("float32")
        drawn_by = pretrained.generator()
    else:
        network = features.load("emoji")
        real = datasets.crops_from_folder(
            ROOT / "data" / "paintings", 64, CROPS, shares=(0.4, 0.8), pattern="hokusai_*"
        )
        seen, real_seen = lambda images: network.features(halved(images)), network.features(halved(real))
        drawn_by = pretrained.print_generator()
    measures = {"pixels": lambda images: images.reshape(len(images), -1), "features": seen}
    return Studio(partial(generate, drawn_by), measures, {"pixels": flat(real), "features": real_seen})


def flat(images: Images) -> np.ndarray:
    return images.reshape(len(images), -1)


def halved(images: Images) -> Images:
    """Images (n, 64, 64, 3) at half their size, each pixel the mean of four."""
    return images.reshape(len(images), 32, 2, 32, 2, 3).mean(axis=(2, 4))


def film_rows(generator: str, seed: int) -> list[dict]:
    """All films of one generator and one seed."""
    keys = np.random.default_rng(seed).standard_normal((KEYS, LATENT_SIZE))
    return [
        row
        for kind in KINDS
        for closed in (False, True)
        for row in path_rows(studio(generator), keys, kind, closed)
    ]


def path_rows(at: Studio, keys: np.ndarray, kind: str, closed: bool) -> list[dict]:
    """One path, in both measures."""
    path = paths.Path(keys, "arc" if kind == "crossfade" else kind, closed)
    pictures = at.draw(path.keys)
    picture_at = frames_of(at, path, pictures if kind == "crossfade" else None)
    before = picture_at(np.linspace(0, 1, COUNT, endpoint=not closed))
    rows = []
    for name, measure in at.measures.items():
        times = even_places(lambda t, measure=measure: measure(picture_at(t)), COUNT, closed)
        frames = picture_at(times)
        (other,) = (each for each in MEASURES if each != name)
        steps = {
            of: step_lengths(measure(film), closed) for of, film in (("before", before), ("after", frames))
        }
        rows.append(
            {
                "kind": kind,
                "closed": int(closed),
                "measure": name,
                **{f"unevenness_{of}": unevenness(each) for of, each in steps.items()},
                **{f"seam_{of}": seam(each) if closed else np.nan for of, each in steps.items()},
                "unevenness_other": unevenness(step_lengths(at.measures[other](frames), closed)),
                "least_norm": least_norm(path(times)) if kind != "crossfade" else np.nan,
                "nearest": nearest(measure(frames), at.real[name]),
                "nearest_keys": nearest(measure(pictures), at.real[name]),
            }
        )
    return rows


def frames_of(at: Studio, path: paths.Path, pictures: Images | None) -> Callable[[np.ndarray], Images]:
    """Times to frames: drawn along the path, or pictures, if given, that fade into one another."""
    if pictures is not None:
        blend = paths.Path(flat(pictures), "line", path.closed)
        return lambda t: blend(t).reshape(len(t), *pictures.shape[1:])

    @cache  # both measures ask for the same even times
    def drawn(times: bytes) -> Images:
        return at.draw(path(np.frombuffer(times)))

    return lambda t: drawn(np.ascontiguousarray(t, "float64").tobytes())


def least_norm(latents: np.ndarray) -> float:
    return float(np.linalg.norm(latents, axis=1).min() / np.sqrt(latents.shape[1]))


def nearest(points: np.ndarray, real: np.ndarray) -> float:
    """The mean distance to the nearest real one, root mean square."""
    return float(metrics.nearest_neighbours(points, real)[1].mean() / np.sqrt(real.shape[1]))


def missing() -> list[Run]:
    """The runs whose rows are not there yet."""
    groups = [
        ({"generator": generator, "seed": seed}, 30, partial(film_rows, generator, seed))
        for generator in GENERATORS
        for seed in SEEDS
    ]
    return missing_groups(TABLE, COLUMNS, groups, written=_short)


def _short(value: object) -> object:
    """Four digits are more than any of these numbers is known to; what was not measured is left empty."""
    if isinstance(value, float | np.floating):
        return "" if np.isnan(value) else float(f"{value:.4g}")
    return value


def main() -> None:
    do(missing(), parser(__doc__).parse_args().minutes)


if __name__ == "__main__":
    main()
