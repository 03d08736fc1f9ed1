"""Train GANs on few garments and on many, equally long, and measure how well attacks find what they were trained on.

    python data/make_audit_weights.py                  about six minutes of one processor, one GAN after the other
    python data/make_audit_weights.py --minutes 3      begins no GAN that three minutes would not hold; call it again

A GAN's rows are added when it is done, so Ctrl-C costs no more than the GAN it stops. To measure one again, delete its
lines. A light R1 penalty (course_lib/models/regularizers.py) keeps the discriminator from running away from a generator
with 100 garments, which then learns them. Writes

- data/membership.csv: of each network, seed, moment ("before" and "after" the training) and attack (closeness in
  "pixels" or "features", or the "discriminator"): auc with its 95 % interval, caught, the share of members found at 1 %
  false alarms, and how many members and others were scored; frechet distance of the generator. Members and others have
  the same class shares, and before the training no attack may tell them apart;
- data/pretrained/audit_generators.npz and .json: both players of seed 0, in half precision, as they were measured.
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

import keras  # noqa: E402
import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402
from make_feature_network import publish  # noqa: E402
from measured_tables import Run, do, missing_groups, parser  # noqa: E402

from course_lib import datasets, device  # noqa: E402
from course_lib.audit import trained  # noqa: E402
from course_lib.audit.membership import by_discriminator, caught, closeness, measure  # noqa: E402
from course_lib.datasets import bundled  # noqa: E402
from course_lib.models.gan import GAN  # noqa: E402
from course_lib.models.regularizers import r1  # noqa: E402
from course_lib.models.sampling import generate  # noqa: E402
from course_lib.scores import features, metrics  # noqa: E402
from course_lib.training.loop import train  # noqa: E402

TABLE = "membership.csv"
COLUMNS = (
    *("network", "seed", "moment", "attack", "auc", "low", "high", "caught", "members", "others", "frechet"),
)
SEEDS = (0, 1, 2)
STEPS = 3000
BATCH_SIZE = 32
SAMPLES = 2000
RATES = {"generator": 1e-3, "discriminator": 6e-4}
PENALTY = 0.1
SCORED = 1000
"""Members at most, drawn from them in equal class shares."""


def attack_rows(network: str, seed: int) -> list[dict]:
    """The rows of one GAN, before and after its training; the GAN of the first seed is kept."""
    data = datasets.load("fashion_mnist")
    members, others = trained.split(data.labels_train, trained.MEMBERS_A_CLASS[network], seed)
    keras.utils.set_random_seed(seed)
    gan = GAN(*trained.new_networks(), averaging=0.998, seed=seed)
    optimizers = {
        f"{role}_optimizer": keras.optimizers.Adam(rate, beta_1=0.5, beta_2=0.99)
        for role, rate in RATES.items()
    }
    gan.compile(**optimizers, regularizer=r1(PENALTY), steps_per_execution=20)
    scored = members[:: max(1, len(members) // SCORED)]
    images = data.images_train[scored], data.images_train[others]
    before = attacks(gan, *images, moment="before")
    train(gan, data.images_train[members], BATCH_SIZE, steps=STEPS, seed=seed)
    for player in (gan.sampler, gan.discriminator):
        player.set_weights([weight.astype("float16").astype("float32") for weight in player.get_weights()])
    after = attacks(gan, *images, moment="after")
    if seed == SEEDS[0]:
        keep(network, gan, after[0]["frechet"])
    return before + after


def attacks(gan: GAN, members: np.ndarray, others: np.ndarray, moment: str) -> list[dict]:
    """One row an attack."""
    latents = np.random.default_rng(1).standard_normal((SAMPLES, gan.latent_size))
    generated = generate(gan.sampler, latents)
    judged = {
        "pixels": partial(closeness, generated=generated),
        "features": partial(closeness, generated=generated, describe=features.load("fashion_mnist").features),
        "discriminator": partial(by_discriminator, gan.discriminator),
    }
    frechet = metrics.frechet_score(generated)
    rows = []
    for attack, score in judged.items():
        scores = score(members), score(others)
        found = measure(*scores)._asdict()
        rows.append(
            {"moment": moment, "attack": attack, **found, "caught": caught(*scores), "frechet": frechet}
        )
        print(f"    {moment} {attack}: {rows[-1]['auc']:.3f}", flush=True)
    return rows


def keep(name: str, gan: GAN, frechet: float) -> None:
    """Publish both players beside those that are there already."""
    arrays, reports = {}, {}
    if (bundled.DATA / f"{trained.NAME}.npz").exists():
        with np.load(bundled.DATA / f"{trained.NAME}.npz") as there:
            arrays = {key: there[key] for key in there.files}
        reports = json.loads((bundled.DATA / f"{trained.NAME}.json").read_text("utf-8"))
    for network in (gan.sampler, gan.discriminator):
        halves = [weight.astype("float16") for weight in network.get_weights()]
        assert all(np.isfinite(weight).all() for weight in halves), "too large for half precision"
        arrays |= dict(zip(trained.array_names(name, network), halves, strict=True))
    archive = io.BytesIO()
    np.savez_compressed(archive, **{key: arrays[key] for key in sorted(arrays)})
    reports[name] = {
        "seed": SEEDS[0],
        "members": 10 * trained.MEMBERS_A_CLASS[name],
        "steps": STEPS,
        "batch_size": BATCH_SIZE,
        "r1": PENALTY,
        "frechet_distance": round(frechet, 2),
        "samples": SAMPLES,
        "versions": {"keras": keras.__version__, "tensorflow": tf.__version__, "numpy": np.__version__},
    }
    publish(f"{trained.NAME}.npz", archive.getvalue())
    publish(f"{trained.NAME}.json", (json.dumps(reports, indent=2, sort_keys=True) + "\n").encode())


def missing() -> list[Run]:
    """The GANs whose rows are not there yet."""
    abouts = [{"network": network, "seed": seed} for seed in SEEDS for network in trained.MEMBERS_A_CLASS]
    return missing_groups(
        TABLE, COLUMNS, [(about, 90, partial(attack_rows, **about)) for about in abouts], _short
    )


def _short(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def main() -> None:
    minutes = parser(__doc__).parse_args().minutes
    device.configure("float32", deterministic=True)
    do(missing(), minutes)


if __name__ == "__main__":
    main()
