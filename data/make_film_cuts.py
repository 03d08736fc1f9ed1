"""Measure how well cuts and dissolves are found, on films whose cuts are known, for lesson 17.

    python data/make_film_cuts.py               some four minutes of one processor, most of it for drawing the films
    python data/make_film_cuts.py --minutes 2   begins no run that two minutes would not hold; call it again to go on

A run's rows are added when it is done, so Ctrl-C costs no more than the run it stops, and the next call goes on with
the first that is missing. To measure a row again, delete its lines. The same seeds give the same numbers. Writes

- data/film_cuts.csv: of each kind, measure, signal and part, the threshold; how many cuts are true, found and right (at
  the very frame); precision and recall with exact intervals of 95 %, and F1.

kind: "cut", or "dissolve", of which one is right that begins and ends within three frames of a true one. crossed: how
many of the cuts that were found lie in true dissolves; they are among the false ones. Measures: "pixels",
"coarse", "histogram" (course_lib/media/cuts.py) and "network", features of the network for emoji. Signals: the plain
change from frame to frame ("change"), and across minus within ("sharpness"); of places nearer than four frames the
largest counts, with both.

Parts: "chosen", films on which the threshold of a row was chosen: pans and zooms over twelve paintings, most of them
Hokusai's, and walks of the generator for prints; "tested", films of other seeds and other sources: nine other
paintings, three photographs, and walks of the generator for garments; "calm", the tested films without flicker and
flashes, with the same threshold.
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
from measured_tables import Run, do, missing_groups, parser  # noqa: E402
from PIL import Image  # noqa: E402

from course_lib.datasets.gallery import PAINTINGS, PHOTOS, painting, photo  # noqa: E402
from course_lib.media import cuts  # noqa: E402
from course_lib.media.spliced_films import Source, SplicedFilm, camera, random_film  # noqa: E402
from course_lib.scores.cut_finding import Hits, best_threshold, hits, stretch_hits  # noqa: E402

TABLE = "film_cuts.csv"
COLUMNS = (
    *("kind", "measure", "signal", "part", "films", "threshold", "true", "found", "right", "crossed"),
    *("precision", "precision_low", "precision_high", "recall", "recall_low", "recall_high", "f1"),
)
SIDE = 64
FILMS, SHOTS = 40, 12
SEEDS = {"chosen": 0, "tested": 2000, "calm": 2000}
TOLERANCE = 3
WALKS = 4
"""How often a generator stands among the sources of a part."""
CHOSEN = (
    *(name for name in PAINTINGS if name.startswith(("hokusai", "hiroshige"))),
    *("arcimboldo_librarian", "bellini_pesaro", "kandinsky_composition_viii"),
)
TESTED = tuple(name for name in PAINTINGS if name not in CHOSEN)
MEASURES = ("coarse", "pixels", "histogram", "network")
SIGNALS = {"sharpness": cuts.sharpness, "change": cuts.changes}


def walk(network: keras.Model) -> Source:
    """Shots of what a generator draws on the arc between two latents, on average half the way."""
    from course_lib.models.sampling import generate

    def shot(count: int, random: np.random.Generator) -> np.ndarray:
        one, other = random.standard_normal((2, network.inputs[0].shape[-1]))
        angles = np.pi / 2 * random.uniform() * np.linspace(0, 1, count)[:, None]
        return in_colour(generate(network, np.cos(angles) * one + np.sin(angles) * other))

    return shot


def in_colour(frames: np.ndarray) -> np.ndarray:
    """Frames (n, height, width, 1 or 3) as (n, `SIDE`, `SIDE`, 3)."""
    if frames.shape[1:] == (SIDE, SIDE, 3):
        return frames
    size, smooth = (SIDE, SIDE), Image.Resampling.BILINEAR
    grown = [np.asarray(Image.fromarray(frame[..., 0]).resize(size, smooth)) for frame in frames]
    return np.stack(grown)[..., None].repeat(3, axis=-1).clip(-1, 1)


@cache
def films(part: str) -> tuple[SplicedFilm, ...]:
    """The films of a part, each with its own seed."""
    from course_lib.models import pretrained

    if part == "chosen":
        pictures = [painting(name) for name in CHOSEN]
        network = pretrained.print_generator()
    else:
        pictures = [painting(name) for name in TESTED] + [photo(name) for name in PHOTOS]
        network = pretrained.generator()
    sources = [camera(picture, (SIDE, SIDE)) for picture in pictures] + [walk(network)] * WALKS
    seeds = range(SEEDS[part], SEEDS[part] + FILMS)
    return tuple(random_film(sources, SHOTS, seed, disturbed=part != "calm") for seed in seeds)


def network_features(frames: np.ndarray) -> np.ndarray:
    """The features of the network for emoji, which takes 32 x 32: means of 2 x 2 pixels."""
    from course_lib.scores import features

    count, height, width, channels = frames.shape
    small = frames.reshape(count, height // 2, 2, width // 2, 2, channels).mean((2, 4))
    return features.load("emoji").features(small)


def cut_rows(measure: str, signal: str) -> list[dict]:
    """One row a part."""
    of_films = partial(signals, measure, SIGNALS[signal])
    threshold = best_threshold(of_films("chosen"), [film.cuts for film in films("chosen")])
    rows = []
    for part in SEEDS:
        found = [cuts.peaks(values, threshold, cuts.REACH) for values in of_films(part)]
        counts = [hits(ours, film.cuts) for ours, film in zip(found, films(part), strict=True)]
        crossed = sum(
            int(((start <= ours) & (ours <= end + 1)).sum())
            for ours, film in zip(found, films(part), strict=True)
            for start, end in film.dissolves
        )
        rows.append({"part": part, "threshold": threshold, **row_of(counts), "crossed": crossed})
    return rows


def signals(measure: str, signal: Callable[..., np.ndarray], part: str) -> list[np.ndarray]:
    described = network_features if measure == "network" else measure
    return [signal(film.frames, described) for film in films(part)]


def dissolve_rows() -> list[dict]:
    """One row a part; cuts found first, with the threshold that `find_cuts` has."""
    rows = []
    for part in SEEDS:
        found = [cuts.find_dissolves(film.frames) for film in films(part)]
        counts = [
            stretch_hits(ours, film.dissolves, TOLERANCE)
            for ours, film in zip(found, films(part), strict=True)
        ]
        rows.append({"part": part, "threshold": "", **row_of(counts)})
    return rows


def row_of(counts: list[Hits]) -> dict:
    """What all films of a part come to."""
    both = sum(counts, Hits(0, 0, 0))
    (precision_low, precision_high), (recall_low, recall_high) = both.precision_interval, both.recall_interval
    return {
        "films": len(counts),
        "true": both.true,
        "found": both.found,
        "right": both.right,
        "precision": both.precision,
        "precision_low": precision_low,
        "precision_high": precision_high,
        "recall": both.recall,
        "recall_low": recall_low,
        "recall_high": recall_high,
        "f1": both.f1,
    }


def missing() -> list[Run]:
    """The runs whose rows are not there yet."""
    groups = [
        (
            {"kind": "cut", "measure": measure, "signal": signal},
            60,
            partial(cut_rows, measure, signal),
        )
        for measure in MEASURES
        for signal in SIGNALS
    ]
    groups.append(({"kind": "dissolve", "measure": "coarse", "signal": "blend"}, 60, dissolve_rows))
    return missing_groups(TABLE, COLUMNS, groups, written=_short)


def _short(value: object) -> object:
    return float(f"{value:.4g}") if isinstance(value, float | np.floating) else value


def main() -> None:
    do(missing(), parser(__doc__).parse_args().minutes)


if __name__ == "__main__":
    main()
