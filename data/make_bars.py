"""Measure two bars of a reel as a GAN writes them, beside an n-gram, real phrases and shuffled notes.

    python data/make_bars.py                 all that is missing, one run after the other
    python data/make_bars.py --minutes 5     begins no run that five minutes would not hold; call it again to go on

A run is one maker of phrases and one seed. Its row is added when it is done, so Ctrl-C costs no more than the run it
stops, and the next call goes on with the first that is missing. To measure a row again, delete its line. Writes

- data/bars.csv: of 500 phrases each, the distances (total variation) of pitch classes, intervals and lengths from the
  phrases of the test families; shares in key and repeated; notes a phrase has; the longest run shared with a training
  tune in any key, its mean in notes and as a share of the phrase; the share of phrases that stand whole in a training
  tune (one that begins with a rest never does); the share of different ones among the 500.

What is measured: `held_out`, phrases of the validation families, as near as one can come; `training`, which are all
copies; `ngram`, Witten-Bell or absolute discounting, order chosen on validation, of the same rows step by step; `gan`,
straight-through; `gan_softmax`, whose discriminator is fed the softmax as it is; `gan_gumbel`; `shuffled`, the notes
of training phrases in random order. All three GANs have the settings that were chosen for the first, so the other two
might do better with their own. They train for a fixed number of steps; processor seconds are of this process alone,
compiling not counted, on two cores that other programs kept busy. The split by families has the seed 0; seeds are those
of weights, batches and draws.
"""

from __future__ import annotations

import functools
import os
import sys
import time
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import numpy as np  # noqa: E402
from measured_tables import Run, do, parser, read, write  # noqa: E402

from course_lib import device  # noqa: E402
from course_lib.datasets.bar_rolls import STEPS, from_labels, labels, phrase_rolls, to_notes  # noqa: E402
from course_lib.datasets.melodies import load_melodies  # noqa: E402
from course_lib.datasets.tune_families import Split, split  # noqa: E402
from course_lib.models import bars  # noqa: E402
from course_lib.models.sequences import ngram  # noqa: E402
from course_lib.models.sequences.vocabulary import END, Vocabulary  # noqa: E402
from course_lib.scores import melodies, melody_copies  # noqa: E402
from course_lib.training.loop import train  # noqa: E402

TABLE = "bars.csv"
COLUMNS = (
    *("what", "seed", "steps", "processor_seconds"),
    *("pitch_class_distance", "interval_distance", "length_distance", "in_key", "repeated"),
    *("notes", "longest_run", "share_copied", "whole", "different"),
)
SEEDS, PHRASES, TRAINING_STEPS = (0, 1, 2), 500, 1500
BLOCK = 20
KINDS = {"gan": "straight_through", "gan_softmax": "softmax", "gan_gumbel": "gumbel"}
WHAT = ("held_out", "training", "ngram", *KINDS, "shuffled")

Made = tuple[list[np.ndarray], int | str, float | str]
"""Phrases, and the steps and processor seconds of the training, "" where there is none."""


@functools.cache
def parts() -> Split:
    return split(load_melodies())


@functools.cache
def phrases(part: str) -> tuple[np.ndarray, list[np.ndarray]]:
    """Rolls and notes of the training, validation or test families."""
    return phrase_rolls(getattr(parts(), part))


@functools.cache
def best_ngram() -> tuple[ngram.NGram, Vocabulary, float]:
    """The n-gram of rows, chosen on validation, and the processor seconds that took."""
    began = time.process_time()
    rows = {part: labels(phrases(part)[0]).tolist() for part in ("train", "validation")}
    vocabulary = Vocabulary.of(rows["train"], least=1)
    ids = {part: [vocabulary.encode(each) for each in listed] for part, listed in rows.items()}
    model, _ = ngram.best(ids["train"], ids["validation"], len(vocabulary))
    return model, vocabulary, round(time.process_time() - began, 1)


def some(part: str, seed: int) -> list[np.ndarray]:
    """So many real phrases, drawn without putting back."""
    notes = phrases(part)[1]
    return [notes[place] for place in np.random.default_rng(seed).permutation(len(notes))[:PHRASES]]


def by_ngram(seed: int) -> Made:
    """Row after row from the n-gram, which cannot end a phrase before its last step or begin it with a hold."""
    model, vocabulary, seconds = best_ngram()
    random = np.random.default_rng(seed)
    drawn: list[list[int]] = [[] for _ in range(PHRASES)]
    for _ in range(STEPS):
        chances = model.next_probabilities(drawn)
        chances[:, : END + 2] = 0  # what stands for no row: start, end, unknown
        reached = chances.cumsum(axis=1)
        places = (reached < random.random((PHRASES, 1)) * reached[:, -1:]).sum(axis=1)
        for ids, place in zip(drawn, places.tolist(), strict=True):
            ids.append(place)
    rows = np.array([vocabulary.decode(ids) for ids in drawn])
    return to_notes(from_labels(rows)), "", seconds


def by_gan(what: str, seed: int) -> Made:
    gan, rolls = bars.bar_gan(KINDS[what], seed, steps_per_execution=BLOCK), phrases("train")[0]
    train(gan, rolls, bars.BATCH_SIZE, steps=BLOCK, seed=seed)  # compiles
    began = time.process_time()
    train(gan, rolls, bars.BATCH_SIZE, steps=TRAINING_STEPS, seed=seed)
    seconds = round(time.process_time() - began, 1)
    return to_notes(gan.sample(PHRASES, seed=seed)), TRAINING_STEPS, seconds


def made(what: str, seed: int) -> Made:
    if what in KINDS:
        return by_gan(what, seed)
    if what == "ngram":
        return by_ngram(seed)
    real = some("validation" if what == "held_out" else "train", seed)
    return (melodies.shuffled(real, seed) if what == "shuffled" else real), "", ""


def measure(what: str, seed: int) -> None:
    pieces, steps, seconds = made(what, seed)
    runs = melody_copies.longest_runs(pieces, [tune.notes for tune in parts().train])
    shared, notes = np.array([run.notes for run in runs]), np.array([len(piece) for piece in pieces])
    statistics = melodies.report(pieces, phrases("test")[1]) | {
        "notes": notes.mean(),
        "longest_run": shared.mean(),
        "share_copied": (shared / notes).mean(),
        "whole": (shared == notes).mean(),
        "different": len({piece.tobytes() for piece in pieces}) / len(pieces),
    }
    row = {"what": what, "seed": seed, "steps": steps, "processor_seconds": seconds}
    add(row | {name: round(float(value), 4) for name, value in statistics.items()})


def add(row: dict) -> None:
    """Put a row into the table, in place of the same run's, sorted."""
    rows = {(each["what"], str(each["seed"])): each for each in [*read(TABLE), row]}
    write(TABLE, COLUMNS, [rows[key] for key in sorted(rows, key=lambda key: (WHAT.index(key[0]), key[1]))])


def missing() -> list[tuple[str, int]]:
    """What is still to do: what, seed."""
    done = {(row["what"], row["seed"]) for row in read(TABLE)}
    return [(what, seed) for seed in SEEDS for what in WHAT if (what, str(seed)) not in done]


def main() -> None:
    minutes = parser(__doc__).parse_args().minutes
    device.configure("float32", deterministic=True, quiet=True, threads=device.SMALL)
    do(
        [Run(TABLE, f"{what}, seed {seed}", 120.0, partial(measure, what, seed)) for what, seed in missing()],
        minutes,
    )


if __name__ == "__main__":
    main()
