"""Compare ways to make up titles of tunes after equal processor time: n-gram, recurrent, attention and text GANs.

    python data/make_titles.py                  runs of 30 processor seconds, three seeds of each network
    python data/make_titles.py --seconds 10     shorter ones; rows of networks with another budget are replaced
    python data/make_titles.py --minutes 5      begins no run that five minutes would not hold; call it again to go on

A run is one model and one seed. Its rows are added when it is done, so Ctrl-C costs no more than the run it stops, and
the next call goes on with the first run that is missing. Writes

- data/titles.csv: for each model, seed and temperature: steps, processor seconds of training, bits a character of
  held-out titles with their standard error (none for a GAN), and of 1,000 titles drawn: novelty, share with known words
  only, distinct ones, self-overlap, distance of their trigrams from those of held-out titles, and the mean edit
  distance of the first 100 from the nearest training title. The rows `training` are 1,000 real titles that models
  learnt from: what no model need beat. `validation` are the real titles of that part, which are fewer, so that their
  self-overlap is lower and their trigrams are further off; their novelty and known words are those of real new titles;
- data/titles_drawn.csv: 1,000 titles of each model at temperature 1, seed 0.

The split of the titles has the seed 0 throughout; seeds are those of weights, batches and draws. The n-gram's order
and smoothing, and when a network was at its best, are chosen on validation titles; the GANs' settings were chosen by
hand after three short trials, by the distance to test titles, which favours them if anybody. Their softmax has the
temperature 1; in the rows `gan_gumbel_softmax_0.3` it has 0.3. Equal compute means equal processor time, of this
process alone, compiling not counted; the n-gram takes two or three of it. Networks that predict soon know their few
titles by heart, so they are scored at intervals, on validation titles and off the clock, and their best weights count.
The table was made on two cores that other programs kept busy. All takes some 14 minutes of a processor core.
"""

from __future__ import annotations

import csv
import functools
import io
import os
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import numpy as np  # noqa: E402
from make_feature_network import publish  # noqa: E402
from measured_tables import Run, do, parser, read, write  # noqa: E402

from course_lib import device  # noqa: E402
from course_lib.datasets import texts as titles  # noqa: E402
from course_lib.models import text_gan  # noqa: E402
from course_lib.models.sequences import ngram, scoring  # noqa: E402
from course_lib.models.sequences.attention import Attention  # noqa: E402
from course_lib.models.sequences.recurrent import Recurrent  # noqa: E402
from course_lib.scores import texts as scores  # noqa: E402
from course_lib.training import sequences  # noqa: E402
from course_lib.training import texts as training  # noqa: E402

TABLE, DRAWN = "titles.csv", "titles_drawn.csv"
COLUMNS = (
    *("model", "seed", "temperature", "budget", "steps", "processor_seconds", "bits", "bits_error"),
    *("novelty", "known_words", "distinct", "self_overlap", "ngram_distance", "nearest_distance", "note"),
)
SEEDS, SECONDS, COUNT = (0, 1, 2), 30.0, 1000
LOOKS = 10
"""So many times a network that predicts is scored on validation titles, and its best weights are what counts."""
TEMPERATURES = (0.5, 0.75, 1.0, 1.25)
NETWORKS: dict[str, Callable[[int, int], Any]] = {
    "recurrent": lambda size, seed: Recurrent(
        size, units=128, embedding=32, dropout=0.2, context=33, seed=seed
    ),
    "attention": lambda size, seed: Attention(size, width=128, dropout=0.2, context=33, seed=seed),
}
GANS = {f"gan_{method}": (method, 1.0) for method in text_gan.METHODS}
GANS["gan_gumbel_softmax_0.3"] = ("gumbel_softmax", 0.3)
"""How each makes its letters: the method, and the temperature of its softmax."""
ORDER = ["training", "validation", "n-gram", *NETWORKS, *GANS]


@functools.cache
def data() -> tuple[titles.Alphabet, titles.Split]:
    """The alphabet of all titles, and the split."""
    known = titles.load_titles()
    return titles.Alphabet.of(known), titles.split(known)


def scored(drawn: Sequence[str]) -> dict[str, float]:
    """What the table says of titles drawn, without regard to where they come from."""
    _, (train, _, test) = data()
    apart = [scores.nearest(title, train)[1] for title in drawn[:100]]
    found = {
        "novelty": scores.novelty(drawn, train),
        "known_words": scores.known_words(drawn, train),
        "distinct": scores.distinct(drawn),
        "self_overlap": scores.self_overlap(drawn),
        "ngram_distance": scores.ngram_distance(drawn, test),
        "nearest_distance": float(np.mean(apart)),
    }
    return {name: round(value, 4) for name, value in found.items()}


def written(model: Any, temperature: float, seed: int) -> list[str]:
    """Titles of a model of sequences."""
    alphabet, _ = data()
    drawn = scoring.sample(model, COUNT, titles.LONGEST, temperature, seed=seed)
    return [alphabet.decode(ids) for ids in drawn]


def predicted(name: str, model: Any, seed: int, done: dict) -> None:
    """The rows of a model of sequences: all temperatures if it is cheap enough, and the first seed's titles."""
    alphabet, (_, _, test) = data()
    bits, error = scoring.spread(model, [alphabet.encode(title) for title in test])
    found = []
    for temperature in TEMPERATURES if name != "attention" else (1.0,):
        drawn = written(model, temperature, seed)
        likelihood = {"bits": round(bits, 4), "bits_error": round(error, 4)} if temperature == 1 else {}
        found.append(
            {"model": name, "seed": seed, "temperature": temperature, **done, **likelihood, **scored(drawn)}
        )
        if temperature == 1:
            keep(name, seed, drawn)
    put(found)


def measure_real(name: str) -> None:
    """Titles of people, under the same measures."""
    _, parts = data()
    real = list(parts.train if name == "training" else parts.validation)
    for seed in SEEDS if name == "training" else (0,):
        count = min(COUNT, len(real))
        chosen = [
            real[place] for place in np.random.default_rng(seed).choice(len(real), count, replace=False)
        ]
        put([{"model": name, "seed": seed, **scored(chosen), "note": f"{count} real titles"}])


def measure_ngram() -> None:
    """The n-gram, order and smoothing chosen on validation titles; its seeds are those of the draws alone."""
    alphabet, parts = data()
    train, validation = ([alphabet.encode(title) for title in part] for part in parts[:2])
    began_at = time.process_time()
    model, _ = ngram.best(train, validation, len(alphabet))
    seconds = round(time.process_time() - began_at, 2)
    for seed in SEEDS:
        done = {"processor_seconds": seconds, "note": f"order {model.order}, {model.smoothing}"}
        predicted("n-gram", model, seed, done)


def measure_network(name: str, seed: int, budget: float) -> None:
    """A network that predicts the next character, stopped where validation titles cost it least."""
    alphabet, parts = data()
    train, validation = ([alphabet.encode(title) for title in part] for part in parts[:2])
    model = NETWORKS[name](len(alphabet), seed)
    done, best = {"steps": 0, "processor_seconds": 0.0}, (np.inf, 0, None)
    for _ in range(LOOKS):
        more = sequences.fit(model, train, seconds=budget / LOOKS, seed=seed)
        done = {key: done[key] + more[key] for key in done}
        bits = scoring.bits(model, validation)
        if bits < best[0]:
            best = (bits, done["steps"], model.networks["network"].get_weights())
    model.networks["network"].set_weights(best[2])
    done["processor_seconds"] = round(done["processor_seconds"], 2)
    print(f"    {done['steps']} steps, {best[0]:.3f} bits on validation titles", flush=True)
    predicted(name, model, seed, {**done, "budget": budget, "note": f"best after {best[1]} steps"})


def measure_gan(name: str, seed: int, budget: float) -> None:
    """A text GAN: trained to the end of its budget, as nothing says when it was at its best."""
    alphabet, parts = data()
    gan = text_gan.small(alphabet, seed, *GANS[name])
    done = training.fit(gan, alphabet, parts.train, seconds=budget, seed=seed)
    drawn = text_gan.sample(gan, alphabet, COUNT, seed)
    found = {key: done[key] for key in ("steps", "processor_seconds")}
    print(f"    {found['steps']} steps; {', '.join(drawn[:3])}", flush=True)
    keep(name, seed, drawn)
    put([{"model": name, "seed": seed, "temperature": 1.0, "budget": budget, **found, **scored(drawn)}])


def keep(name: str, seed: int, drawn: Sequence[str]) -> None:
    """The first seed's titles into data/titles_drawn.csv, in place of older ones of this model."""
    if seed != SEEDS[0]:
        return
    rows = [row for row in read(DRAWN) if row["model"] != name]
    rows += [{"model": name, "seed": seed, "title": title} for title in drawn]
    rows.sort(key=lambda row: ORDER.index(row["model"]))
    table = io.StringIO()
    writer = csv.DictWriter(table, ("model", "seed", "title"), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    publish(DRAWN, table.getvalue().encode())


def put(rows: list[dict]) -> None:
    """The table anew with these rows in place of those of the same model, seed and temperature, in `ORDER`."""
    new = {place(row) for row in rows}
    kept = [row for row in read(TABLE) if place(row) not in new]
    write(TABLE, COLUMNS, sorted([*kept, *rows], key=place))


def place(row: dict) -> tuple[int, int, float]:
    return ORDER.index(row["model"]), int(row["seed"]), float(row.get("temperature") or 1.0)


def missing(budget: float) -> list[Run]:
    """The runs still to do: real titles and n-gram, then networks, first seeds first."""
    rows = read(TABLE)
    done = {row["model"] for row in rows}
    trained = {
        (row["model"], int(row["seed"])) for row in rows if row["budget"] and float(row["budget"]) == budget
    }
    runs = [
        Run(TABLE, name, 60.0, partial(measure_real, name))
        for name in ("training", "validation")
        if name not in done
    ]
    if "n-gram" not in done:
        runs.append(Run(TABLE, "n-gram", 60.0, measure_ngram))
    return runs + [
        Run(TABLE, f"{name}, seed {seed}", 3 * budget, partial(measure, name, seed, budget))
        for seed in SEEDS
        for names, measure in ((NETWORKS, measure_network), (GANS, measure_gan))
        for name in names
        if (name, seed) not in trained
    ]


def main() -> None:
    arguments = parser(__doc__, SECONDS).parse_args()
    device.configure("float32", deterministic=True, quiet=True, threads=device.SMALL)
    do(missing(arguments.seconds), arguments.minutes)


if __name__ == "__main__":
    main()
