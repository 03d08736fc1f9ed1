"""Train the patients of lesson 08 with other seeds and note their vital signs, for the check of its exercise 7.

    python data/make_held_out_patients.py       a minute on two cores

Writes data/held_out_patients.csv, one row for each seed and each of: a healthy training, the ten patients that draw
points. The signs are those of `course_lib.clinic.signs`, with three digits. The same seeds give the same numbers on the
same machine; on another one roundings differ, and trainings that hop about end elsewhere, with the same disease.
"""

from __future__ import annotations

import argparse
import os
import sys
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

from measured_tables import write  # noqa: E402

from course_lib import device  # noqa: E402
from course_lib.clinic import patients, ring  # noqa: E402
from course_lib.clinic.held_out import TABLE  # noqa: E402
from course_lib.clinic.signs import SIGNS_AT_THE_END, signs_of  # noqa: E402

SEEDS = (1, 2, 3)  # the lesson itself shows seed 0
HEALTHY = "healthy"
SETTINGS = {
    HEALTHY: ring.Settings(),
    **{patients.ANSWERS[letter]: settings for letter, settings in patients.PATIENTS.items()},
}


def measure(name: str, seed: int) -> dict[str, str]:
    """One row: the signs of one training, as text with three digits."""
    signs = signs_of(ring.train(replace(SETTINGS[name], seed=seed)))
    return {"name": name, "seed": str(seed), **{sign: f"{value:.3g}" for sign, value in signs.items()}}


def main() -> None:
    argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    ).parse_args()
    device.configure("float32", deterministic=True, quiet=True, threads=device.SMALL)
    rows = []
    for seed in SEEDS:
        for name in SETTINGS:
            rows.append(measure(name, seed))
            print(f"{len(rows)} of {len(SEEDS) * len(SETTINGS)}: {name}, seed {seed}", flush=True)
    write(TABLE, ("name", "seed", *SIGNS_AT_THE_END), rows)


if __name__ == "__main__":
    main()
