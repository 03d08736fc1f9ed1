"""Measure how well a detector of generated garments knows those of its own generator, and those of others.

    python data/make_detectors.py      about three minutes of one core

What was finished is kept, and the next call goes on; --minutes says for how long. Writes data/detectors.csv: for each
detector, what its generated pictures were (trained_on), seed of everything drawn, what it was tested on and the change
made to real and generated test pictures alike: auc and accuracy with their 95 % intervals, and false_alarms, the share
of 1,000 real test pictures that it calls generated.

Detectors, each from 4,000 training and 4,000 generated pictures: "network" (of `audit.detector`), "rings" (logistic
regression on the spectrum) and "slope" (on its slope alone). Generators: "gan" (the course's, "gan_3200", "gan_800" and
"gan_50" at these steps of its training), "vae" and "flow" of lesson 10. trained_on "gan_vae" is half of each;
"gan_changed" is the GAN with a change drawn for each picture, real ones too. No detector learned from the flow. 1,000
generated pictures are tested.

Changes, of the GAN's and the real ones: "none", "jpeg" of quality 75, "blur" of one pixel, "noise" of 5 greys.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np  # noqa: E402
from measured_tables import Run, do, four_digits, missing_groups, parser  # noqa: E402

from course_lib import datasets  # noqa: E402
from course_lib.audit import attacks, detector, spectrum  # noqa: E402
from course_lib.models import pretrained  # noqa: E402
from course_lib.models.roads import pretrained as roads  # noqa: E402
from course_lib.models.sampling import generate  # noqa: E402

Array = np.ndarray
TABLE = "detectors.csv"
COLUMNS = (
    *("detector", "trained_on", "seed", "tested_on", "change", "auc", "auc_low", "auc_high"),
    *("accuracy", "accuracy_low", "accuracy_high", "false_alarms"),
)
SEEDS = (0, 1, 2)
COUNT, TESTED, FLOW_STEPS = 4000, 1000, 4
LEARNED = ("gan", "vae")
OLDER = {"gan_3200": 3200, "gan_800": 800, "gan_50": 50}
TRAINED_ON = (*LEARNED, "gan_vae", "gan_changed")
CHANGES: dict[str, Callable[[Array, int], Array]] = {
    "none": lambda image, seed: attacks.saved(image),
    "jpeg": lambda image, seed: attacks.jpeg(image, 75),
    "blur": lambda image, seed: attacks.blur(image, 1),
    "noise": lambda image, seed: attacks.noise(image, 5, seed),
}


def drawn(seed: int) -> dict[str, Array]:
    """Pictures of each generator: so many to learn from as are needed, and behind them those to test with."""
    rng = np.random.default_rng((20, seed))
    count = COUNT + TESTED
    found = {"gan": generate(pretrained.generator(), rng.standard_normal((count, 64)))}
    found["vae"] = roads.vae().sample(count, seed=seed)
    found["flow"] = roads.flow().sample(TESTED, seed=seed, steps=FLOW_STEPS)
    for name, step in OLDER.items():
        found[name] = generate(pretrained.generator(step), rng.standard_normal((TESTED, 64)))
    return found


def changed(images: Array, change: str) -> Array:
    """Each grey picture through a change, as three equal colours."""
    return np.stack(
        [
            CHANGES[change](np.repeat(image, 3, axis=2), number)[..., 1:2]
            for number, image in enumerate(images)
        ]
    )


def changed_at_random(images: Array, seed: int) -> Array:
    """Each picture through a change drawn for it."""
    chosen = np.random.default_rng((21, seed)).choice(list(CHANGES), len(images))
    result = np.empty_like(images)
    for change in CHANGES:
        result[chosen == change] = changed(images[chosen == change], change)
    return result


def seed_rows(seed: int) -> list[dict]:
    """The rows of one seed."""
    data = datasets.load("fashion_mnist")
    rng = np.random.default_rng((22, seed))
    real = data.images_train[rng.choice(len(data.images_train), COUNT, replace=False)]
    tests = drawn(seed)
    learned = {name: tests[name][:COUNT] for name in LEARNED}
    learned["gan_vae"] = np.concatenate([learned[name][: COUNT // 2] for name in LEARNED])
    tests = {name: images[-TESTED:] for name, images in tests.items()}
    tests["real"] = data.images_test[rng.choice(len(data.images_test), TESTED, replace=False)]
    tests_changed = {
        (name, change): changed(images, change)
        for name, images in tests.items()
        for change in (CHANGES if name in ("real", "gan") else ["none"])
    }
    found = []
    for trained_on in TRAINED_ON:
        kinds = real, learned[trained_on.removesuffix("_changed")]
        if trained_on.endswith("_changed"):
            kinds = tuple(changed_at_random(images, seed + 10 * kind) for kind, images in enumerate(kinds))
        for name, score in fitted(*kinds, seed):
            about = {"detector": name, "trained_on": trained_on}
            of_real = {change: score(tests_changed["real", change]) for change in CHANGES}
            for (tested_on, change), images in tests_changed.items():
                if tested_on != "real":
                    rates = detector.rates(of_real[change], score(images))
                    found.append({**about, "tested_on": tested_on, "change": change, **rates._asdict()})
    return found


def fitted(real: Array, generated: Array, seed: int) -> Iterator[tuple[str, Callable[[Array], Array]]]:
    """The detectors, by name, as functions from pictures to scores."""
    real, generated = detector.as_kept(real), detector.as_kept(generated)
    yield "network", partial(detector.scores, detector.train(real, generated, seed=seed))
    for name, describe in (("rings", spectrum.rings), ("slope", spectrum.slope)):
        yield name, spectrum.SpectrumDetector.fit(real, generated, describe).scores


def missing() -> list[Run]:
    """The runs whose rows are not there yet."""
    groups = [({"seed": seed}, 60, partial(seed_rows, seed)) for seed in SEEDS]
    return missing_groups(TABLE, COLUMNS, groups, written=four_digits)


def main() -> None:
    do(missing(), parser(__doc__).parse_args().minutes)


if __name__ == "__main__":
    main()
