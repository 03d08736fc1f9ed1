"""Measure what a watermark lives through, in 72 pictures: how many bits are right, how often one is found or invented.

    python data/make_watermarks.py      about three minutes of one core

What was finished is kept, and the next call goes on; --minutes says for how long. Writes data/watermarks.csv, a row
for each method ("spread" or "least_bits"), strength (in greys; 0: pictures without a mark), kind of picture and change:
pictures read, mean psnr in dB of the marked ones, the share of bits right, messages, the share of pictures whose 32
bits are all right, and found, the share in which a mark was found at p <= 0.001, with its exact 95 % interval
found_low to found_high. At strength 0 what was found is a false alarm; there each picture is read with 2 keys.

Kinds: "paintings" and "photos", "crops" of paintings, "styles" (painted by lesson 11) and "enlarged" (drawn by the
generator of prints, 64 pixels made 128); "all" of them for every change, each alone after JPEG of quality 50.

Changes: "averaged", where the average of the other marked pictures, of one key, was taken away; "forged", where it was
laid on pictures that had no mark; "other_key", read with a key that is not theirs; "rest", those of `CHANGES`.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Iterator
from functools import cache, partial
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import numpy as np  # noqa: E402
from measured_tables import Run, do, four_digits, missing_groups, parser  # noqa: E402
from PIL import Image  # noqa: E402

from course_lib import datasets  # noqa: E402
from course_lib.audit import attacks, least_bits, watermark  # noqa: E402
from course_lib.datasets.bundled import read_verified  # noqa: E402
from course_lib.datasets.images import scale  # noqa: E402
from course_lib.models import pretrained  # noqa: E402
from course_lib.models.sampling import generate  # noqa: E402
from course_lib.scores.intervals import exact_interval  # noqa: E402

Array = np.ndarray
TABLE = "watermarks.csv"
COLUMNS = (
    *("method", "strength", "kind", "change", "pictures", "psnr", "bits", "messages"),
    *("found", "found_low", "found_high"),
)
BITS, LEVEL, KEYS = 32, 0.001, 2
STRENGTHS = (1.5, 2.5, 4.0)
STYLES = ("cat_gram_blind", "cat_sliced", "coffee_gram_blind", "coffee_sliced", "new_0", "new_1")
CROP, ENLARGED = 192, 21
CHANGES: dict[str, Callable[[Array, int], Array]] = {
    "saved": lambda image, seed: attacks.saved(image),
    **{
        f"jpeg_{quality}": lambda image, seed, quality=quality: attacks.jpeg(image, quality)
        for quality in (90, 70, 50, 30, 10)
    },
    **{
        f"crop_{share}": lambda image, seed, share=share: attacks.crop(image, share / 100, seed)
        for share in (80, 50)
    },
    "half": lambda image, seed: attacks.resize(image, 0.5),
    "three_quarters": lambda image, seed: attacks.resize(image, 0.75),
    "nine_tenths": lambda image, seed: attacks.resize(image, 0.9),
    "quarter": lambda image, seed: attacks.resize(image, 0.25),
    **{
        f"noise_{deviation}": lambda image, seed, deviation=deviation: attacks.noise(image, deviation, seed)
        for deviation in (5, 10, 20)
    },
    **{f"blur_{radius}": lambda image, seed, radius=radius: attacks.blur(image, radius) for radius in (1, 2)},
    "rotate_1": lambda image, seed: attacks.rotate(image, 1),
    "crop_half_jpeg": lambda image, seed: attacks.jpeg(
        attacks.resize(attacks.crop(image, 0.8, seed), 0.5), 70
    ),
}


@cache
def pictures() -> list[tuple[str, Array]]:
    """Kind and picture, 72 of them."""
    rng = np.random.default_rng(0)
    found = [("paintings", datasets.painting(name)) for name in datasets.PAINTINGS]
    found += [("photos", datasets.photo(name)) for name in datasets.PHOTOS]
    for name in datasets.PAINTINGS:
        large = datasets.painting(name, 512)
        top, left = (rng.integers(0, edge - CROP + 1) for edge in large.shape[:2])
        found.append(("crops", large[top : top + CROP, left : left + CROP]))
    for name in STYLES:
        image = Image.open(io.BytesIO(read_verified(f"style_pictures/{name}.webp"))).convert("RGB")
        found.append(("styles", scale(np.asarray(image))))
    drawn = generate(pretrained.print_generator(), rng.standard_normal((ENLARGED, 64)))
    found += [("enlarged", attacks.resize(image, 2)) for image in drawn]
    return found


def message(number: int) -> Array:
    return np.random.default_rng((1, number)).integers(0, 2, BITS)


Record = tuple[str, float, watermark.Reading, Array]
"""Kind, psnr of what was marked, what was read, and the message that should be."""


def spread_rows(strength: float) -> list[dict]:
    """The rows of one strength of the mark of `watermark`, and at 0 of its false alarms."""
    found = []
    for change, changed in CHANGES.items():
        records = [
            (kind, quality, watermark.read(changed(image, number), BITS, key), message(number))
            for number, kind, quality, image, key in marked(strength)
        ]
        found += rows(change, records, with_kinds=change == "jpeg_50")
    if strength:
        for change, records in attacked(strength).items():
            found += rows(change, records)
    return found


def marked(strength: float) -> Iterator[tuple[int, str, float, Array, int]]:
    """Number, kind, psnr, picture and the key to read it with."""
    for number, (kind, image) in enumerate(pictures()):
        if strength:
            image_marked = watermark.embed(image, message(number), number, strength)
            yield number, kind, watermark.psnr(image_marked, image), image_marked, number
        else:
            yield from ((number, kind, np.nan, image, 1000 * key + number) for key in range(KEYS))


def attacked(strength: float) -> dict[str, list[Record]]:
    """By somebody who has the other pictures, all of one key and message, but not the key."""
    key, bits = 7, message(0)
    of_one_key = [watermark.embed(image, bits, key, strength) for _, image in pictures()]
    sums = [watermark.folded(image.astype(float)) for image in of_one_key]
    total = sum(sums)
    records: dict[str, list[Record]] = {"averaged": [], "forged": [], "other_key": []}
    for own, image_marked, (kind, image) in zip(sums, of_one_key, pictures(), strict=True):
        mark = total - own
        mark = (mark - mark.mean()) / mark.std()
        for change, made in {
            "averaged": watermark.lay(image_marked, mark, -strength),
            "forged": watermark.lay(image, mark, strength),
            "other_key": image_marked,
        }.items():
            read_with = key + (change == "other_key")
            reading = watermark.read(attacks.saved(made), BITS, read_with)
            records[change].append((kind, watermark.psnr(made, image), reading, bits))
    return records


def least_bits_rows() -> list[dict]:
    """The rows of the rival, read as it was left by each change."""
    found = []
    for change, changed in CHANGES.items():
        records = []
        for number, (kind, image) in enumerate(pictures()):
            made = least_bits.embed(image, message(number), number)
            reading = least_bits.read(changed(made, number), BITS, number)
            records.append((kind, watermark.psnr(made, image), reading, message(number)))
        found += rows(change, records)
    return found


def rows(change: str, records: list[Record], with_kinds: bool = False) -> list[dict]:
    """The row of all pictures, and where told one for each kind."""
    kinds = ["all", *dict.fromkeys(kind for kind, *_ in records)] if with_kinds else ["all"]
    found = []
    for kind in kinds:
        chosen = [record for record in records if kind in ("all", record[0])]
        right = np.array([reading.bits == bits for _, _, reading, bits in chosen])
        alarms = sum(reading.p_value <= LEVEL for _, _, reading, _ in chosen)
        low, high = exact_interval(alarms, len(chosen))
        found.append(
            {
                "kind": kind,
                "change": change,
                "pictures": len(chosen),
                "psnr": np.mean([quality for _, quality, *_ in chosen]),
                "bits": right.mean(),
                "messages": right.all(axis=1).mean(),
                "found": alarms / len(chosen),
                "found_low": low,
                "found_high": high,
            }
        )
    return found


def missing() -> list[Run]:
    """The runs whose rows are not there yet."""
    groups: list[tuple[dict, float, Callable[[], list[dict]]]] = [
        ({"method": "spread", "strength": strength}, 60, partial(spread_rows, strength))
        for strength in STRENGTHS
    ]
    groups.append(({"method": "spread", "strength": 0.0}, 60, partial(spread_rows, 0.0)))
    groups.append(({"method": "least_bits", "strength": ""}, 30, least_bits_rows))
    return missing_groups(TABLE, COLUMNS, groups, written=four_digits)


def main() -> None:
    do(missing(), parser(__doc__).parse_args().minutes)


if __name__ == "__main__":
    main()
