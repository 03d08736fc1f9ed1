"""Train the networks that answer lines of verse, and compare them with a baseline of counts.

    python data/make_couplets.py                  about an hour of one processor
    python data/make_couplets.py --minutes 5      begins no run that five minutes would not hold; call it again to go on

First it trains, on the training side of each language, the network whose settings are in
course_lib/models/pretrained_verses.py, by processor seconds, with the seed 0, and writes

- data/pretrained/english_verses.npz and .json, data/pretrained/chinese_verses.npz and .json.

A network that is there is not trained again: remove both its files to have that. Then it measures network and baseline
on the test side, and writes data/couplets_table.csv. A seed of a language that is there is not measured again. Other
seeds than 0, of weights, batches, given lines exchanged and lines drawn, train their network anew for the same time,
with its weights rounded as those are that are kept. The split of the verses is one throughout, and counting has no
seed. The rows are of two tasks:

- likelihood: what the real answers cost, under each condition of course_lib/scores/verses.py: perplexity a word with
  its interval, bits of the rhyming word (in Chinese with the tones of the line) and of each other word;
- writing: of answers to the first `COUNT` test verses: share that rhymes, the same where both sounds are known, share
  rhymed with itself, different last words, and share of four-word (in Chinese three-character) runs that training does
  not have; for each way to write, for the baseline, for the real answers, and for real answers dealt out anew.

The baseline comes twice: with the share of rhymes that suits the validation side best, and with that at which its
answers are expected to rhyme as often as the network's sampled ones do. Its order is chosen on the validation side. In
the network's rows are the steps and the processor seconds of its training; the table was made on a busy machine.
"""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import numpy as np  # noqa: E402
from make_feature_network import publish  # noqa: E402
from measured_tables import Run, do, parser, read, write  # noqa: E402

from course_lib import device  # noqa: E402
from course_lib.datasets import bundled, verses  # noqa: E402
from course_lib.datasets.verses import Line, Verse  # noqa: E402
from course_lib.models import pretrained_verses as pretrained  # noqa: E402
from course_lib.models.verse_counts import Baseline  # noqa: E402
from course_lib.models.verse_network import VerseNetwork  # noqa: E402
from course_lib.models.verses import Writer  # noqa: E402
from course_lib.scores import verses as scores  # noqa: E402
from course_lib.training.sequences import fit  # noqa: E402

SEEDS = (0, 1, 2)
BATCH_SIZE = 32
SECONDS = {"english": (240.0, 40.0), "chinese": (80.0, 20.0)}
"""Processor seconds at the network's learning rate, and then at a fifth of it."""
TABLE, MODELS = "couplets_table.csv", ("real", "network", "baseline", "baseline_equal")
COLUMNS = (
    *("language", "task", "model", "condition", "seed", "share", "count"),
    *("perplexity", "low", "high", "bits_rhyme", "bits_rest"),
    *("rhyme_share", "rhyme_share_known", "self_rhymed", "distinct", "novelty"),
    *("steps", "processor_seconds"),
)
COUNT, ORDERS = 300, (1, 2, 3, 4)
RUNS = {"english": 4, "chinese": 3}
"""Words in the runs that are looked up in training. A Chinese line has but two runs of four."""


def trained(language: str, seed: int) -> tuple[VerseNetwork, dict]:
    """A network taught on the training side, its weights in half precision, and how it was trained."""
    code, parts = pretrained.code(language), pretrained.parts(language)
    pairs = [code.encode(verse) for verse in verses.all_lines(parts.train)]
    held_out = [code.encode(verse) for verse in parts.validation]
    events = sum(verse.events for verse in parts.validation)
    model = pretrained.network(language, seed)
    spent, steps = 0.0, 0
    for rate, budget in zip((1.0, 0.2), SECONDS[language], strict=True):
        model.optimizer.learning_rate = rate * model.LEARNING_RATE
        for _ in range(4):
            done = fit(model, pairs, seconds=budget / 4, batch_size=BATCH_SIZE, seed=seed)
            spent, steps = spent + done["processor_seconds"], steps + done["steps"]
            cost = sum(float(each.sum()) for each in model.bits_each(held_out)) / events
            print(
                f"    {spent:.0f} s, step {steps}: perplexity {2**cost:.1f} on the validation side",
                flush=True,
            )
    weights = model.networks["network"].weights
    for weight in weights:
        weight.assign(np.asarray(weight, "float16").astype("float32"))
    return model, {
        "language": language,
        "seed": seed,
        "settings": dict(pretrained.SETTINGS[language]),
        "words": len(code.vocabulary),
        "weights": int(sum(np.size(weight) for weight in weights)),
        "steps": steps,
        "processor_seconds": round(spent, 1),
        "validation_perplexity": round(2**cost, 2),
    }


def keep(language: str) -> None:
    """Train the network of the first seed, and keep its weights."""
    model, about = trained(language, SEEDS[0])
    arrays = {
        f"weight_{i:02}": np.asarray(w, "float16") for i, w in enumerate(model.networks["network"].weights)
    }
    content = io.BytesIO()
    np.savez_compressed(content, **arrays)
    publish(f"pretrained/{language}_verses.npz", content.getvalue())
    publish(f"pretrained/{language}_verses.json", (json.dumps(about, indent=2) + "\n").encode())


def baseline(language: str) -> Baseline:
    """The baseline whose order costs the validation side least, with the share of rhymes that does so, too."""
    code, parts = pretrained.code(language), pretrained.parts(language)
    tried = [Baseline(code, order).fit(parts.train).choose_share(parts.validation) for order in ORDERS]
    return min(tried, key=lambda one: one.bits_each(parts.validation).sum())


def likelihoods(language: str, name: str, model: Writer | Baseline, seed: int) -> list[dict]:
    """What the real answers of the test side cost a model under every condition."""
    parts, sounds = pretrained.parts(language), pretrained.code(language).sounds
    found = []
    for condition in scores.CONDITIONS:
        asked = scores.in_condition(parts.test, condition, sounds, seed, pool=parts.train)
        cost = scores.perplexity(model.bits_each(asked), asked)
        numbers = {column: round(value, 4) for column, value in cost._asdict().items()}
        numbers["perplexity"] = numbers.pop("value")
        found.append(
            {"task": "likelihood", "model": name, "condition": condition, "count": len(asked), **numbers}
        )
    return found


def written(language: str, name: str, way: str, lines: Sequence[Line]) -> dict:
    """What the answers to the first test verses are worth."""
    parts, sounds = pretrained.parts(language), pretrained.code(language).sounds
    pairs = [(verse.partner, line[-1]) for verse, line in zip(parts.test, lines, strict=False)]
    of = scores.rhymes(pairs, sounds)
    training = [line for verse in parts.train for line in (*verse.given, verse.answer)]
    return {
        "task": "writing",
        "model": name,
        "condition": way,
        "count": of.count,
        "rhyme_share": round(of.share, 4),
        "rhyme_share_known": round(of.share_known, 4),
        "self_rhymed": round(of.self_rhymed, 4),
        "distinct": of.distinct,
        "novelty": round(scores.novelty(lines, training, RUNS[language]), 4),
    }


def measure(language: str, seed: int) -> None:
    """All rows of one language and seed."""
    test, code = pretrained.parts(language).test[:COUNT], pretrained.code(language)
    if seed == SEEDS[0]:
        writer, about = pretrained.TRAINED[language](), pretrained.report(language)
    else:
        model, about = trained(language, seed)
        writer = Writer(model, code)
    rows = [written(language, "real", "held_out", [verse.answer for verse in test])]
    dealt = np.random.default_rng(seed).permutation(len(test))
    rows.append(written(language, "real", "dealt_anew", [test[place].answer for place in dealt]))
    networks = likelihoods(language, "network", writer, seed)
    for way, temperature in (("greedy", 1.0), ("sample", 1.0), ("cooler", 0.7), ("beam", 1.0)):
        print(f"    network, {way}", flush=True)
        answers = writer.answers(test, "sample" if way == "cooler" else way, temperature, seed=seed)
        networks.append(written(language, "network", way, [answer.line for answer in answers]))
        if way == "sample":
            wanted = networks[-1]["rhyme_share"]
    rows += [row | {name: about[name] for name in ("steps", "processor_seconds")} for row in networks]
    fitted = baseline(language)
    equal = Baseline(code, fitted.ngram.order, equal_share(fitted, test, wanted)).fit(
        pretrained.parts(language).train
    )
    for name, model in (("baseline", fitted), ("baseline_equal", equal)):
        print(f"    {name}, order {model.ngram.order}, share {model.share:.3f}", flush=True)
        lines = [answer.line for answer in model.answers(test, seed=seed)]
        found = [written(language, name, "sample", lines), *likelihoods(language, name, model, seed)]
        rows += [row | {"share": round(model.share, 3)} for row in found]
    kept = [row for row in read(TABLE) if (row["language"], row["seed"]) != (language, str(seed))]
    found = [{"language": language, "seed": seed, **row} for row in rows]
    write(TABLE, COLUMNS, sorted([*kept, *found], key=_place))


def equal_share(model: Baseline, test: Sequence[Verse], wanted: float) -> float:
    """The share at which the baseline is expected to rhyme as often as wanted, from 0 to 1.

    Of all test verses together: words that rhyme are also drawn by chance, when any last word is.
    """
    chances = []
    for share in (0.0, 1.0):
        each = Baseline(model.code, 1, share)
        each.ends = model.ends
        chances.append(np.mean([_rhyming_chance(each, verse) for verse in test]))
    return float(np.clip((wanted - chances[0]) / (chances[1] - chances[0]), 0, 1))


def _rhyming_chance(model: Baseline, verse: Verse) -> float:
    """How likely the baseline's last word rhymes, among those that it may write."""
    chances = model.last_word(verse) * model.grammar.allowed(0, verse)
    vocabulary = model.code.vocabulary
    fitting = {w for s in model.code.sounds.of(verse.partner) for w in model.code.sounds.with_sound(s)}
    ids = [vocabulary.ids[word] for word in fitting if word in vocabulary.ids]
    return float(chances[ids].sum() / chances.sum())


def _place(row: dict) -> tuple:
    return (
        pretrained.LANGUAGES.index(row["language"]),
        int(row["seed"]),
        row["task"],
        MODELS.index(row["model"]),
    )


def missing() -> list[Run]:
    """The runs still to do: networks to keep, then rows."""
    there = {(row["language"], row["seed"]) for row in read(TABLE)}
    return [
        Run("networks", language, 3 * sum(SECONDS[language]), partial(keep, language))
        for language in pretrained.LANGUAGES
        if not all(
            (bundled.DATA / f"pretrained/{language}_verses{end}").exists() for end in (".npz", ".json")
        )
    ] + [
        Run(
            TABLE,
            f"{language}, seed {seed}",
            300 + (seed != SEEDS[0]) * 3 * sum(SECONDS[language]),
            partial(measure, language, seed),
        )
        for seed in SEEDS
        for language in pretrained.LANGUAGES
        if (language, str(seed)) not in there
    ]


def main() -> None:
    arguments = parser(__doc__).parse_args()
    device.configure("float32", quiet=True, threads=device.SMALL)
    do(missing(), arguments.minutes)


if __name__ == "__main__":
    main()
