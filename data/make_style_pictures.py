"""Paint the pictures that lesson 11 shows beside its live transfer: data/style_pictures/NAME.webp.

    python data/make_style_pictures.py                what is missing; about seven minutes of one processor core
    python data/make_style_pictures.py --again        all of them

Two photographs, each in the patches of one painting by the sliced distance (`cat_sliced`, ...); for the blind choice
both again with another seed, by that and by the Gram matrix of the same kind of random filters (`cat_sliced_blind`,
`cat_gram_blind`, ...), so that nobody has seen them before; and two new paintings from noise that differ in their seed
alone (`new_0`, `new_1`). All are 256 pixels long and kept as WebP of quality 92. A step of the Gram loss costs about an
eighth of one that sorts, so it gets eight times as many: equal processor time, not equal steps. The start scales of
the two were chosen by eye. Stop it when you like: a picture that is there is not painted again.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import numpy as np  # noqa: E402
from make_feature_network import publish  # noqa: E402
from measured_tables import stopped_in_one_line  # noqa: E402
from PIL import Image  # noqa: E402

from course_lib import datasets  # noqa: E402
from course_lib.media.pictures import to_uint8  # noqa: E402
from course_lib.styles.distances import DISTANCES  # noqa: E402
from course_lib.styles.transfer import new_painting, transfer  # noqa: E402

FOLDER = "style_pictures"
PAIRS = {
    "cat": ("hokusai_great_wave", 0.7),
    "coffee": ("van_gogh_auvers", 0.4),
}
"""Photograph -> painting and start scale."""
GRAM = {"steps": 640, "learning_rate": 0.01}
NEW, SEEDS = "hokusai_great_wave", (0, 1)
BLIND_SEED = 1


def in_patches(photo: str, loss: str, seed: int = 0) -> np.ndarray:
    """One of the photographs, painted by one of `DISTANCES`."""
    painting, start = PAIRS[photo]
    settings = GRAM if loss == "gram" else {}
    return transfer(
        datasets.photo(photo),
        datasets.painting(painting),
        start,
        distance=DISTANCES[loss],
        seed=seed,
        stoppable=False,
        **settings,
    )


def jobs() -> dict[str, Callable[[], np.ndarray]]:
    """Name of the file -> the function that paints it."""
    seen = {f"{photo}_sliced": partial(in_patches, photo, "sliced") for photo in PAIRS}
    blind = {
        f"{photo}_{loss}_blind": partial(in_patches, photo, loss, BLIND_SEED)
        for photo in PAIRS
        for loss in DISTANCES
    }
    return (
        seen
        | blind
        | {
            f"new_{seed}": partial(new_painting, datasets.painting(NEW), seed=seed, stoppable=False)
            for seed in SEEDS
        }
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--again", action="store_true", help="paint those too that are there")
    again = parser.parse_args().again
    (ROOT / "data" / FOLDER).mkdir(exist_ok=True)
    for name, paint in jobs().items():
        file = f"{FOLDER}/{name}.webp"
        if again or not (ROOT / "data" / file).exists():
            packed = io.BytesIO()
            Image.fromarray(to_uint8(paint())).save(packed, "WEBP", quality=92)
            publish(file, packed.getvalue())


if __name__ == "__main__":
    with stopped_in_one_line():
        main()
