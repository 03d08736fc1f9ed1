"""Was this picture trained on? Attacks that score pictures, and how well the scores tell members from others.

    attack = measure(closeness(members, generated), closeness(others, generated))
    attack.auc, attack.low, attack.high

Members were in the training set; others were not, but come from the same source in the same class shares. If they do
not, the area below measures that difference and no memory: measure it before the training, too, where it is 1/2.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from statistics import NormalDist
from typing import NamedTuple

import keras
import numpy as np

from course_lib import CourseError, datasets
from course_lib.datasets.numbers import check_number
from course_lib.scores.clouds import finite
from course_lib.scores.intervals import exact_interval
from course_lib.scores.metrics import nearest_neighbours

Array = np.ndarray
BATCH = 500


class Membership(NamedTuple):
    """How well an attack tells members from others.

    auc: 1/2 is chance, 1 is always; low and high: its interval; members and others: how many of each were scored.
    """

    auc: float
    low: float
    high: float
    members: int
    others: int


def measure(members: Array, others: Array, confidence: float = 0.95) -> Membership:
    """What scores (n,) of members and (m,) of others, two or more of each, say of the attack that gave them."""
    low, high = auc_interval(members, others, confidence)
    return Membership(auc(members, others), low, high, len(members), len(others))


def closeness(candidates: Array, generated: Array, describe: Callable[[Array], Array] | None = None) -> Array:
    """Scores (n,) of pictures: minus the distance of each to the generated picture nearest to it, at most 0.

    The attack of whoever sees pictures alone: "full black-box" in Chen et al. 2020 (GAN-Leaks, arXiv:1909.03935). The
    more generated pictures, the nearer the nearest: compare only scores from equally many.
    candidates (n, height, width, channels), generated (m, height, width, channels), in [-1, 1]; describe: images to
    rows (n, d) in which to measure, such as `features.load("fashion_mnist").features`; without it pixels are compared.
    Raises CourseError for images of two shapes or outside [-1, 1].
    """
    for images in (candidates, generated):
        datasets.check_images(images, part=True)
    candidates, generated = np.asarray(candidates, "float32"), np.asarray(generated, "float32")
    if candidates.shape[1:] != generated.shape[1:]:
        raise CourseError(
            f"Candidates are images of {candidates.shape[1:]}, but the generated ones of {generated.shape[1:]}: bring "
            "both to one shape."
        )
    if describe is not None:
        candidates, generated = describe(candidates), describe(generated)
    return -nearest_neighbours(candidates, generated)[1][:, 0]


def by_discriminator(discriminator: keras.Model, images: Array) -> Array:
    """Scores (n,) of images (n, height, width, channels) in [-1, 1]: what the discriminator says, high for real.

    The attack of whoever holds the discriminator, too, which has seen the members and nothing of the others:
    "white-box" in Hayes et al. 2019 (LOGAN, arXiv:1705.07663). A discriminator that compares the pictures
    of a batch (`networks.MinibatchDeviation`) judges them in company: hand it members and others in one shuffled array.
    Raises CourseError for images of another shape, and for a discriminator that wants labels.
    """
    datasets.check_images(images, part=True)
    if len(discriminator.inputs) != 1:
        raise CourseError(
            "This discriminator wants labels, too; the attack is written for one that sees images alone."
        )
    images, wanted = np.asarray(images, "float32"), tuple(discriminator.inputs[0].shape[1:])
    if images.shape[1:] != wanted:
        raise CourseError(
            f"This discriminator looks at images of {wanted}, but these are of {images.shape[1:]}."
        )
    parts = [images[start : start + BATCH] for start in range(0, len(images), BATCH)]
    return np.concatenate([np.ravel(discriminator(part, training=False)) for part in parts])


def auc(members: Array, others: Array) -> float:
    """The chance that a member scores higher than another picture, ties counted half: the area under the ROC curve.

    Scores (n,) and (m,). Mann and Whitney 1947, divided by n m.
    """
    return float(_placements(_scores("members", members, 1), _scores("others", others, 1)).mean())


def auc_interval(members: Array, others: Array, confidence: float = 0.95) -> tuple[float, float]:
    """An interval for `auc`, of scores (n,) and (m,), two or more of each.

    Each score's placement is the share of the other side that it beats; DeLong, DeLong & Clarke-Pearson 1988 take the
    variance of the area from the variances of the placements. The interval is made on the scale of
    log(area / (1 - area)), so it never leaves [0, 1]. Where the scores do not vary, as when all members are above all
    others, that variance is 0 and says nothing: then it is the exact interval of as many pairs as share no score.
    """
    members, others = _scores("members", members, 2), _scores("others", others, 2)
    check_number("confidence", "how often the interval should hold", confidence, 0.01, 0.9999)
    beaten, beating = _placements(members, others), 1 - _placements(others, members)
    area = float(beaten.mean())
    variance = beaten.var(ddof=1) / len(members) + beating.var(ddof=1) / len(others)
    if variance == 0 or area in (0, 1):
        pairs = min(len(members), len(others))
        return exact_interval(round(area * pairs), pairs, confidence)
    logit = math.log(area / (1 - area))
    reach = NormalDist().inv_cdf((1 + confidence) / 2) * math.sqrt(variance) / (area * (1 - area))
    return _share(logit - reach), _share(logit + reach)


def caught(members: Array, others: Array, false_alarms: float = 0.01) -> float:
    """The share of members above a threshold that at most the share `false_alarms` of the others passes.

    An attacker who must be sure cares for this more than for the area: near the ROC curve's left end an attack can be
    useful though its area is close to 1/2 (Carlini et al. 2022, arXiv:2112.03570).
    Scores (n,) and (m,); false_alarms: 0 to 0.5. With fewer than 1 / false_alarms others none may pass.
    """
    members, others = _scores("members", members, 1), _scores("others", others, 1)
    check_number("false_alarms", "the share of others that may pass", false_alarms, 0, 0.5)
    passing = int(false_alarms * len(others) + 1e-9)
    return float((members > np.sort(others)[::-1][passing]).mean())


def _placements(scores: Array, others: Array) -> Array:
    """The share of the others below each score (n,), equal ones counted half."""
    ordered = np.sort(others)
    below, not_above = (np.searchsorted(ordered, scores, side) for side in ("left", "right"))
    return (below + not_above) / (2 * len(others))


def _scores(name: str, scores: Array, least: int) -> Array:
    scores = finite(f"scores of {name}", scores)
    if scores.ndim != 1 or len(scores) < least:
        raise CourseError(
            f"Scores of {name} are numbers (n,), {least} or more, but these have {scores.shape}."
        )
    return scores


def _share(logit: float) -> float:
    return 1 / (1 + math.exp(-logit)) if logit > 0 else 1 - 1 / (1 + math.exp(min(logit, 700)))
