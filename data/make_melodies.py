"""Measure models of melodies in bits an event on held-out tunes, and train two networks longer than lesson 12 can wait.

    python data/make_melodies.py                  runs of 40 processor seconds, three seeds of each network
    python data/make_melodies.py --seconds 10     shorter ones; rows of networks with another budget are replaced
    python data/make_melodies.py --minutes 5      begins no run that five minutes would not hold; call it again to go on

A run is one network and one seed, or all the baselines of a task. Its rows are added when it is done, so Ctrl-C costs
no more than the run it stops, and the next call goes on with the first run that is missing. Writes

- data/melodies.csv: for each task, model and seed: steps, processor seconds of training, bits an event of held-out
  tunes with their standard error (whole tunes), and those of the validation tunes, by which everything was chosen.
  Tasks: `tunes`, the next event of a tune without sharps; `keys`, the same in the tunes' own keys, learnt from one tune
  in ten, with and without these transposed, half as long; `answers`, the second two bars of a tune given the first two;
- data/pretrained/melodies_recurrent.* and melodies_answers.*: the weights of `recurrent_long` and `network_long`, in
  half precision, with which their rows were measured.

The split by families has the seed 0 throughout; seeds are those of weights and batches. Equal compute means equal
processor time, of this process alone, compiling not counted: a run trains until its budget is spent, so its number of
steps depends a little on the machine. Runs go one after the other. The table was made on two cores that other programs
kept busy, which costs a process some speed but not seconds of its own. All takes some 15 minutes of a processor core.
"""

from __future__ import annotations

import functools
import io
import json
import os
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras  # noqa: E402
import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402
from make_feature_network import publish  # noqa: E402
from measured_tables import Run, do, parser, read, write  # noqa: E402

from course_lib import device  # noqa: E402
from course_lib.datasets.melodies import Tune, augmented, load_melodies, normalized  # noqa: E402
from course_lib.datasets.tune_bars import phrase_pairs  # noqa: E402
from course_lib.datasets.tune_families import Split, split  # noqa: E402
from course_lib.models.sequences import ngram, pretrained, scoring  # noqa: E402
from course_lib.models.sequences.answers import CopyAnswers, NGramAnswers  # noqa: E402
from course_lib.models.sequences.attention import Attention  # noqa: E402
from course_lib.models.sequences.ngram import NGram  # noqa: E402
from course_lib.models.sequences.recurrent import Recurrent  # noqa: E402
from course_lib.models.sequences.seq2seq import Seq2Seq  # noqa: E402
from course_lib.models.sequences.vocabulary import Vocabulary  # noqa: E402
from course_lib.training.sequences import fit  # noqa: E402

TABLE = "melodies.csv"
COLUMNS = (
    *("task", "model", "seed", "budget", "steps", "processor_seconds"),
    *("bits", "bits_error", "validation_bits", "note"),
)
SEEDS, SECONDS = (0, 1, 2), 40.0
FEW = 10
"""For `keys`, every tenth training tune: where tunes are few, transposing them is worth something."""
LONGEST = 20
"""Notes in a phrase or an answer, at most; the few longer pairs are left out."""
SHIFTS = (-2, -1, 0, 1, 2)
BASELINES = {"tunes": ("uniform", "unigram", "n-gram"), "answers": ("unigram", "n-gram", "copy")}
NETWORKS = {
    "tunes": ("recurrent", "attention"),
    "answers": ("network",),
    "keys": ("recurrent_own_keys", "recurrent_transposed"),
}
LONG = {"tunes": "recurrent_long", "answers": "network_long"}
LONG_SECONDS = {"recurrent_long": 120.0, "network_long": 100.0}
SETTINGS: dict[str, dict[str, Any]] = {"recurrent_long": {"dropout": 0.2}, "network_long": {"dropout": 0.1}}
ORDER = [
    (task, model)
    for task in ("tunes", "keys", "answers")
    for model in (*BASELINES.get(task, ()), *NETWORKS[task], *([LONG[task]] if task in LONG else ()))
]


@functools.cache
def parts() -> Split:
    """The tunes in their own keys, split by families."""
    return split(load_melodies())


@functools.cache
def tunes() -> tuple[Vocabulary, list[list[np.ndarray]]]:
    """The vocabulary of the training tunes without sharps, and the ids of all three parts."""
    return encoded([[normalized(tune) for tune in part] for part in parts()])


@functools.cache
def keys() -> tuple[Vocabulary, list[list[np.ndarray]], list[np.ndarray]]:
    """As `tunes`, of few tunes to learn from, in their own keys; and the ids of these transposed.

    Both networks have the vocabulary of the transposed tunes, so that they choose among the same events.
    """
    few = parts().train[::FEW]
    moved = augmented(few, SHIFTS)
    vocabulary, (transposed, own, *others) = encoded([moved, few, *parts()[1:]])
    return vocabulary, [own, *others], transposed


@functools.cache
def answers() -> tuple[Vocabulary, list[list[tuple[np.ndarray, np.ndarray]]]]:
    """The vocabulary of `tunes`, and pairs: of training tunes all, of the others the first of each tune."""
    vocabulary, _ = tunes()
    pairs = [
        [
            tuple(vocabulary.encode(map(tuple, half.tolist())) for half in pair)
            for tune in part
            for pair in phrase_pairs(normalized(tune), everywhere=part is parts().train, longest=LONGEST)
        ]
        for part in parts()
    ]
    return vocabulary, pairs


def encoded(sides: Sequence[Sequence[Tune]]) -> tuple[Vocabulary, list[list[np.ndarray]]]:
    """The vocabulary of the first of these lists of tunes, and the ids of all."""
    vocabulary = Vocabulary.of(tune.events for tune in sides[0])
    return vocabulary, [[vocabulary.encode(tune.events) for tune in side] for side in sides]


def measure_baselines(task: str) -> None:
    """What is counted, and not trained."""
    vocabulary, (train, validation, test) = tunes() if task == "tunes" else answers()
    size, note = len(vocabulary), {}
    if task == "tunes":
        best, _ = ngram.best(train, validation, size, orders=range(2, 6))
        models = {"uniform": NGram(size, 0).fit(train), "unigram": NGram(size, 1).fit(train), "n-gram": best}
        note["n-gram"] = f"order {best.order}, {best.smoothing}"
    else:
        orders = {order: NGramAnswers.taught(train, size, order) for order in (1, 2, 3, 4)}
        order = min((2, 3, 4), key=lambda order: scoring.bits(orders[order], validation))
        copy = CopyAnswers.chosen(orders[order], validation)
        models = {"unigram": orders[1], "n-gram": orders[order], "copy": copy}
        note = {"n-gram": f"order {order}, witten_bell", "copy": f"share {copy.share}"}
    rows = [
        row(task, name, scored(model, validation, test), note=note.get(name, ""))
        for name, model in models.items()
    ]
    put(rows)


def measure(task: str, name: str, seed: int, budget: float) -> None:
    """One network: train until the budget is spent, then score it; of a long one keep the weights."""
    learnt_from = None
    if task == "keys":
        vocabulary, (train, validation, test), transposed = keys()
        learnt_from = transposed if name == "recurrent_transposed" else train
    else:
        vocabulary, (train, validation, test) = tunes() if task == "tunes" else answers()
    kind = (
        {"tunes": Recurrent, "keys": Recurrent, "answers": Seq2Seq}[task]
        if name != "attention"
        else Attention
    )
    settings = SETTINGS.get(name, {})
    model = kind(len(vocabulary), seed=seed, **settings)
    done = fit(
        model, learnt_from or train, seconds=budget, batch_size=32 if kind is Seq2Seq else 16, seed=seed
    )
    weights = []
    if name in LONG.values():
        model.optimizer.learning_rate.assign(float(model.optimizer.learning_rate) / 5)
        more = fit(model, train, seconds=budget / 4, batch_size=32 if kind is Seq2Seq else 16, seed=seed)
        done = {key: done[key] + more[key] for key in ("steps", "processor_seconds")}
        weights = [weight.astype("float16") for weight in model.networks["network"].get_weights()]
        assert all(np.isfinite(weight).all() for weight in weights), "too large for half precision"
        model.networks["network"].set_weights([weight.astype("float32") for weight in weights])
    found = row(
        task,
        name,
        scored(model, validation, test),
        seed,
        budget,
        done,
        ", ".join(f"{key} {value}" for key, value in settings.items()),
    )
    print(f"    {found['steps']} steps, {found['bits']} bits an event", flush=True)
    if weights:
        keep("recurrent" if task == "tunes" else "answers", vocabulary, weights, settings, found)
    put([found])


def scored(model: Any, validation: Sequence, test: Sequence) -> dict[str, float]:
    bits, error = scoring.spread(model, test)
    return {
        "bits": round(bits, 4),
        "bits_error": round(error, 4),
        "validation_bits": round(scoring.bits(model, validation), 4),
    }


def row(
    task: str,
    name: str,
    scores: dict,
    seed: int | str = "",
    budget: float | str = "",
    done: dict | None = None,
    note: str = "",
) -> dict[str, object]:
    """A row of the table; baselines have no seed and no budget."""
    trained = (
        {"steps": done["steps"], "processor_seconds": round(done["processor_seconds"], 2)} if done else {}
    )
    return {"task": task, "model": name, "seed": seed, "budget": budget, **trained, **scores, "note": note}


def keep(name: str, vocabulary: Vocabulary, weights: list[np.ndarray], settings: dict, found: dict) -> None:
    """Weights and report of a network into data/pretrained."""
    archive = io.BytesIO()
    np.savez_compressed(archive, **{f"weight_{index:02}": weight for index, weight in enumerate(weights)})
    publish(f"{pretrained.NAMES[name]}.npz", archive.getvalue())
    report = {
        "settings": settings,
        **{
            key: found[key]
            for key in ("seed", "steps", "processor_seconds", "bits", "bits_error", "validation_bits")
        },
        "versions": {"keras": keras.__version__, "tensorflow": tf.__version__, "numpy": np.__version__},
        "symbols": vocabulary.symbols,
        "counts": vocabulary.counts.tolist(),
    }
    publish(f"{pretrained.NAMES[name]}.json", (json.dumps(report) + "\n").encode())


def put(rows: list[dict]) -> None:
    """The table anew with these rows in place of those of the same task, model and seed, in `ORDER`."""
    new = {place(one) for one in rows}
    kept = [one for one in read(TABLE) if place(one) not in new]
    write(TABLE, COLUMNS, sorted([*kept, *rows], key=place))


def place(one: dict) -> tuple[int, int]:
    return ORDER.index((one["task"], one["model"])), int(one["seed"] or 0)


def missing(seconds: float) -> list[Run]:
    """The runs still to do: baselines, the first seed, the long ones, the other seeds."""
    done = {(one["task"], one["model"], one["seed"], one["budget"]) for one in read(TABLE)}
    runs = [
        Run(TABLE, f"{task}, baselines", 60.0, partial(measure_baselines, task))
        for task, names in BASELINES.items()
        if any((task, name, "", "") not in done for name in names)
    ]
    each = [(task, name) for task, names in NETWORKS.items() for name in names]
    budgets = {"tunes": seconds, "answers": seconds, "keys": seconds / 2}
    wanted = [(task, name, seed, budgets[task]) for seed in SEEDS for task, name in each]
    wanted[len(each) : len(each)] = [(task, name, 0, LONG_SECONDS[name]) for task, name in LONG.items()]
    return runs + [
        Run(TABLE, f"{task}, {name}, seed {seed}", 2 * budget, partial(measure, task, name, seed, budget))
        for task, name, seed, budget in wanted
        if (task, name, str(seed), str(budget)) not in done
    ]


def main() -> None:
    arguments = parser(__doc__, SECONDS).parse_args()
    device.configure("float32", deterministic=True, quiet=True, threads=device.SMALL)
    do(missing(arguments.seconds), arguments.minutes)


if __name__ == "__main__":
    main()
