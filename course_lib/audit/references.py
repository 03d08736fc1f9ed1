"""What the course's generators learned from, and pictures of the same source that they never saw."""

from __future__ import annotations

import json
from typing import NamedTuple

import numpy as np

from course_lib import datasets
from course_lib.datasets.bundled import DATA, read_verified
from course_lib.models import pretrained
from course_lib.scores import features
from course_lib.scores.features import FeatureNetwork

Array = np.ndarray
FRESH = 2000
"""Crops of the prints that are held out, in a manner of speaking."""


class Reference(NamedTuple):
    """Images (M, height, width, channels) in [-1, 1] of a training set, and held-out ones (K, ...).

    Labels int (M,) and (K,) index class_names; with no classes they are all 0, and there is no judge. judge: a network
    that names classes. same_pictures: the held-out images were cut from the same pictures as those of training, so
    that whoever copies parts of these is close to both, and nobody can be told a member.
    """

    training: Array
    training_labels: Array
    held_out: Array
    held_out_labels: Array
    class_names: tuple[str, ...]
    judge: FeatureNetwork | None
    same_pictures: bool = False


def find(name: str) -> Reference:
    """Of "fashion_mnist", "emoji" or "prints"."""
    if name == "prints":
        return _prints()
    data = datasets.load(name)
    return Reference(
        *(data.images_train, data.labels_train, data.images_test, data.labels_test, data.class_names),
        features.load(name),
    )


def matched(labels: Array, others: Array, most: int, seed: int = 0) -> tuple[Array, Array]:
    """Rows of two sets, `most` of each or fewer, in which each class is as frequent: int (n,), (n,).

    Without this a difference of classes would be taken for memory.
    """
    rng = np.random.default_rng(seed)
    pairs = []
    for label in np.intersect1d(labels, others):
        ours, theirs = (rng.permutation(np.flatnonzero(part == label)) for part in (labels, others))
        pairs += zip(ours, theirs, strict=False)
    chosen = rng.permutation(np.array(pairs, int).reshape(-1, 2))[:most]
    return chosen[:, 0], chosen[:, 1]


def _prints() -> Reference:
    """The crops that `data/make_print_generator.py` cut, and others of the same seven prints, with another seed."""
    told = json.loads(read_verified(f"{pretrained.PRINTS}.json"))
    side, shares, pattern = told["image_shape"][0], tuple(told["shares"]), told["pictures"]
    training, fresh = (
        datasets.crops_from_folder(DATA / "paintings", side, count, seed, shares, pattern=pattern)
        for count, seed in ((told["crops"], told["seed"]), (FRESH, told["seed"] + 1))
    )
    zeros = (np.zeros(len(part), int) for part in (training, fresh))
    return Reference(training, next(zeros), fresh, next(zeros), (), None, same_pictures=True)
