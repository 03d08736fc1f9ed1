"""Train the networks that answer lines of verse, and compare them with a baseline of counts.

    python data/make_couplets.py                  about a quarter of an hour of one processor
    python data/make_couplets.py --minutes 5      begins no run that five minutes would not hold; call it again to go on

First it trains, on the training side of each language, the network whose settings are in
course_lib/models/pretrained_verses.py, by processor seconds, and writes

- data/pretrained/english_verses.npz and .json, data/pretrained/chinese_verses.npz and .json.

A network that is there is not trained again: remove both its files to have that. Then it measures
"""

from __future__ import annotations

import io
import json
import os
import sys
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import numpy as np  # noqa: E402
from make_feature_network import publish  # noqa: E402
from measured_tables import Run, do, parser  # noqa: E402

from course_lib import device  # noqa: E402
from course_lib.datasets import bundled, verses  # noqa: E402
from course_lib.models import pretrained_verses as pretrained  # noqa: E402
from course_lib.training.sequences import fit  # noqa: E402

SEED = 0
BATCH_SIZE = 32
SECONDS = {"english": (240.0, 40.0), "chinese": (80.0, 20.0)}
"""Processor seconds at the network's learning rate, and then at a fifth of it."""


def train(language: str) -> None:
    """Train one network, and keep its weights."""
    code, parts = pretrained.code(language), pretrained.parts(language)
    pairs = [code.encode(verse) for verse in verses.all_lines(parts.train)]
    held_out = [code.encode(verse) for verse in parts.validation]
    events = sum(verse.events for verse in parts.validation)
    model = pretrained.network(language, SEED)
    spent, steps = 0.0, 0
    for rate, budget in zip((1.0, 0.2), SECONDS[language], strict=True):
        model.optimizer.learning_rate = rate * model.LEARNING_RATE
        for _ in range(4):
            done = fit(model, pairs, seconds=budget / 4, batch_size=BATCH_SIZE, seed=SEED)
            spent, steps = spent + done["processor_seconds"], steps + done["steps"]
            cost = sum(float(each.sum()) for each in model.bits_each(held_out)) / events
            print(
                f"    {spent:.0f} s, step {steps}: perplexity {2**cost:.1f} on the validation side",
                flush=True,
            )
    arrays = {
        f"weight_{i:02}": np.asarray(w, "float16") for i, w in enumerate(model.networks["network"].weights)
    }
    content = io.BytesIO()
    np.savez_compressed(content, **arrays)
    about = {
        "language": language,
        "seed": SEED,
        "settings": dict(pretrained.SETTINGS[language]),
        "words": len(code.vocabulary),
        "weights": int(sum(array.size for array in arrays.values())),
        "steps": steps,
        "processor_seconds": round(spent, 1),
        "validation_perplexity": round(2**cost, 2),
    }
    publish(f"pretrained/{language}_verses.npz", content.getvalue())
    publish(f"pretrained/{language}_verses.json", (json.dumps(about, indent=2) + "\n").encode())


def missing() -> list[Run]:
    """The runs still to do."""
    return [
        Run("networks", language, 3 * sum(SECONDS[language]), partial(train, language))
        for language in pretrained.LANGUAGES
        if not (bundled.DATA / f"pretrained/{language}_verses.json").exists()
    ]


def main() -> None:
    arguments = parser(__doc__).parse_args()
    device.configure("float32", quiet=True, threads=device.SMALL)
    do(missing(), arguments.minutes)


if __name__ == "__main__":
    main()
