"""Two GANs for questions about memory, trained equally long: one on 100 garments, again and again, one on 20,000.

    trained = load("overfitted")
    trained.generator, trained.discriminator, trained.members, trained.others

`data/make_audit_weights.py` trained them and measured attacks on them and others like them: `data/membership.csv`.
"""

from __future__ import annotations

import io
import json
from typing import NamedTuple

import keras
import numpy as np

from course_lib import CourseError, datasets
from course_lib.datasets.bundled import read_verified
from course_lib.datasets.checking import check_whole
from course_lib.models import networks

Array = np.ndarray
NAME = "pretrained/audit_generators"
MEMBERS_A_CLASS = {"overfitted": 10, "good": 2000}
OTHERS_A_CLASS = 100


class Trained(NamedTuple):
    """A GAN whose training set is known.

    generator: latents (batch, 64) to images (batch, 28, 28, 1) in (-1, 1), averaged; discriminator: images to logits.
    members, others: int (n,) and (m,), rows of Fashion-MNIST's `images_train`, each class as often as any other: what
    it was trained on, and what it never saw. report: settings, and the Fréchet distance.
    """

    generator: keras.Model
    discriminator: keras.Model
    members: Array
    others: Array
    report: dict


def load(name: str) -> Trained:
    """The "overfitted" or the "good" one. Raises CourseError for other names, or if a file is damaged."""
    if not isinstance(name, str) or name not in MEMBERS_A_CLASS:
        told = " ".join(repr(name).split())
        raise CourseError(f"There is no trained GAN {told:.40} here, only {' and '.join(MEMBERS_A_CLASS)}.")
    report = json.loads(read_verified(f"{NAME}.json"))[name]
    pair = new_networks()
    with np.load(io.BytesIO(read_verified(f"{NAME}.npz"))) as arrays:
        for network in pair:
            kept = [arrays[key] for key in array_names(name, network)]
            network.set_weights([weight.astype("float32") for weight in kept])
    labels = datasets.load("fashion_mnist").labels_train
    return Trained(*pair, *split(labels, MEMBERS_A_CLASS[name], report["seed"]), report)


def new_networks() -> tuple[keras.Model, keras.Model]:
    """An untrained generator and discriminator, small enough that both pairs stay under 500 kB."""
    return networks.dcgan_generator(width=8, refine=True), networks.dcgan_discriminator(width=16, hidden=32)


def array_names(name: str, network: keras.Model) -> list[str]:
    """The names in the file of one network's arrays, in the order of `get_weights`."""
    return [f"{name}/{network.name}/weight_{index:02}" for index in range(len(network.weights))]


def split(labels: Array, members_a_class: int, seed: int = 0) -> tuple[Array, Array]:
    """Rows of members and of `OTHERS_A_CLASS` others a class, drawn from the same pictures; no row is in both.

    labels: whole numbers (n,). Where the classes are not shared alike, an attack would measure the classes.
    """
    check_whole("members_a_class", "how many members each class has", members_a_class, 1)
    check_whole("seed", "what the random numbers follow from", seed, 0)
    labels = datasets.check_numbers("labels", labels)
    if labels.ndim != 1 or labels.dtype.kind not in "iu" or not labels.size:
        raise CourseError(f"Labels (n,) are whole numbers, but these have {labels.shape} of {labels.dtype}.")
    members_a_class, rng = int(members_a_class), np.random.default_rng(seed)
    members, others = [], []
    for label in np.unique(labels):
        rows = rng.permutation(np.flatnonzero(labels == label))
        if len(rows) < members_a_class + OTHERS_A_CLASS:
            raise CourseError(
                f"Class {label} has {len(rows):,} pictures, too few for {members_a_class:,} members and "
                f"{OTHERS_A_CLASS} others."
            )
        members.append(rows[:members_a_class])
        others.append(rows[-OTHERS_A_CLASS:])
    return np.concatenate(members), np.concatenate(others)
