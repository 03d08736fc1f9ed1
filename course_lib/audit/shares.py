"""Whom does a generator leave out? The shares of classes among its pictures, beside those of its training set.

    judge = features.load("fashion_mnist")
    found = class_shares(judge.classes(images), expected)          expected: the training set's shares, (C,)
    found.dropped, found.seldom, found.often                       classes, with all intervals holding at once

Pictures without a label need a judge, who errs. How he errs is counted on real pictures (`confused`), and `corrected`
takes it out of the shares: with q the shares as judged and R[i, j] the chance that a true i is called j, q = p R, so
p = q R^-1 (Saerens, Latinne and Decaestecker 2002; Lipton, Wang and Smola 2018, arXiv:1802.03916). That holds as far as
he errs on generated pictures as on real ones, which nobody has checked: both numbers belong side by side.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from course_lib import CourseError, datasets
from course_lib.audit.counting import check_confidence, exact_interval
from course_lib.datasets.numbers import check_number

Array = np.ndarray
DROPPED = 0.1
"""A class is called dropped where it surely has less than this part of its share."""


class Shares(NamedTuple):
    """Shares of C classes among N pictures.

    counts int (C,); shares, low, high, expected (C,): as counted, the ends of their intervals, and in the training set.
    total_variation: half the sum of the differences, the share of pictures that would have to change class; by_chance:
    what N fair draws would have on average. dropped, seldom, often: classes whose whole interval lies below a tenth of
    their share, otherwise below it, or above it.
    """

    counts: Array
    shares: Array
    low: Array
    high: Array
    expected: Array
    total_variation: float
    by_chance: float
    dropped: tuple[int, ...]
    seldom: tuple[int, ...]
    often: tuple[int, ...]


def class_shares(labels: Array, expected: Array, confidence: float = 0.95) -> Shares:
    """What labels (N,), whole numbers from 0 to C - 1, say beside the expected shares (C,), which sum to 1.

    The intervals are exact and hold all at once with this confidence (Bonferroni: each has 1 - (1 - confidence) / C).
    """
    check_confidence(confidence)
    expected = _shares("expected", expected)
    labels = np.asarray(labels)
    if not labels.size:
        raise CourseError("Labels (N,) are wanted, one for each picture, but there are none.")
    datasets.check_labels(labels, len(labels) if labels.ndim else 0, len(expected))
    count, classes = len(labels), len(expected)
    counts = np.bincount(labels, minlength=classes)
    each = 1 - (1 - confidence) / classes
    low, high = np.array([exact_interval(int(number), count, each) for number in counts]).T
    dropped = high < DROPPED * expected
    return Shares(
        counts,
        counts / count,
        low,
        high,
        expected,
        float(np.abs(counts / count - expected).sum() / 2),
        float(np.sqrt(expected * (1 - expected) / (2 * np.pi * count)).sum()),  # E|N(0, 1)| = sqrt(2 / pi)
        *(
            tuple(np.flatnonzero(which).tolist())
            for which in (dropped, (high < expected) & ~dropped, low > expected)
        ),
    )


def confused(judged: Array, true: Array, classes: int) -> Array:
    """How a judge calls real pictures: int (C, C), row i the true class, column j what he said; labels are (N,)."""
    datasets.check_whole("classes", "how many classes there are", classes, 1)
    true, judged = np.asarray(true), np.asarray(judged)
    if true.ndim != 1 or not true.size:
        raise CourseError(f"True labels (N,) are wanted, one for each picture, but these have {true.shape}.")
    for labels in (judged, true):
        datasets.check_labels(labels, len(true), classes)
    return np.bincount(classes * true.astype(int) + judged, minlength=classes**2).reshape(classes, classes)


def corrected(shares: Array, confusion: Array) -> Array:
    """Shares (C,) as judged, with the judge's errors taken out: (C,), none below 0, sum 1.

    confusion (C, C): counts or rates, as `confused` gives them. Where errors of counting drive shares below 0, the
    nearest shares that can be are returned. Raises CourseError where the judge cannot tell some classes apart at all.
    """
    shares = _shares("shares", shares)
    confusion = datasets.check_numbers("confusion", confusion).astype(float)
    if confusion.shape != (len(shares),) * 2 or not np.isfinite(confusion).all() or confusion.min() < 0:
        raise CourseError(
            f"confusion holds counts from 0 on, ({len(shares)}, {len(shares)}), a row for each true class; this has "
            f"the shape {confusion.shape}, or others among them."
        )
    if (confusion.sum(axis=1) <= 0).any():
        raise CourseError("confusion has a row of zeros: show the judge real pictures of each class.")
    rates = confusion / confusion.sum(axis=1, keepdims=True)
    if np.linalg.cond(rates) > 1e6:
        raise CourseError("This judge cannot tell some classes apart at all, so nothing can be corrected.")
    return _onto_shares(np.linalg.solve(rates.T, shares))


def corrected_interval(
    counts: Array, confusion: Array, confidence: float = 0.95, rounds: int = 500, seed: int = 0
) -> tuple[Array, Array]:
    """The ends (C,), (C,) of an interval for each corrected share: a bootstrap of pictures and of the judge's test.

    counts int (C,): of generated pictures as judged. confusion int (C, C): of real ones. The percentile interval; where
    a class was not counted once, no draw holds it either, and the upper end is that of the exact interval at least.
    """
    check_confidence(confidence)
    datasets.check_whole("rounds", "how many times is drawn again", rounds, 20)
    datasets.check_whole("seed", "what the random numbers follow from", seed, 0)
    counts, confusion = np.asarray(counts), np.asarray(confusion)
    if counts.dtype.kind not in "iu" or confusion.dtype.kind not in "iu" or counts.ndim != 1:
        raise CourseError("counts (C,) and confusion (C, C) are whole numbers here: of pictures, no shares.")
    corrected(counts / max(counts.sum(), 1), confusion)  # what is wrong with them is told here
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(rounds):
        drawn = rng.multinomial(counts.sum(), counts / counts.sum())
        test = np.stack([rng.multinomial(row.sum(), row / row.sum()) for row in confusion])
        found.append(corrected(drawn / counts.sum(), test))
    tail = (1 - confidence) / 2
    low, high = np.quantile(found, [tail, 1 - tail], axis=0)
    _, of_none = exact_interval(0, int(counts.sum()), confidence)
    return low, np.where(counts == 0, np.maximum(high, of_none), high)


def skewed(labels: Array, rare: int, share: float, seed: int = 0) -> Array:
    """Which pictures to keep so that the class `rare` has this share of them, in order: int (n,).

    All others stay; of the rare ones a random part does. Raises CourseError where there are too few of them.
    """
    labels = np.asarray(labels)
    if labels.ndim != 1 or labels.dtype.kind not in "iu" or not labels.size:
        raise CourseError(f"Labels (N,) are whole numbers, but these have {labels.shape} of {labels.dtype}.")
    datasets.check_whole("rare", "which class is made rare", rare, 0)
    datasets.check_whole("seed", "what the random numbers follow from", seed, 0)
    others, ours = np.flatnonzero(labels != rare), np.flatnonzero(labels == rare)
    check_number("share", "the share that the rare class is to have", share, 0, 0.99)
    wanted = round(share / (1 - share) * len(others))
    if not 1 <= wanted <= len(ours):
        raise CourseError(
            f"A share of {share:g} beside {len(others):,} others takes {wanted:,} pictures of class {rare}, and there "
            f"are {len(ours):,}."
        )
    kept = np.random.default_rng(seed).choice(ours, wanted, replace=False)
    return np.sort(np.concatenate([others, kept]))


def _shares(name: str, shares: Array) -> Array:
    """As float64. Raises CourseError unless they are (C,), C >= 2, none below 0, with the sum 1."""
    found = datasets.check_numbers(name, shares).astype("float64")
    if found.ndim != 1 or len(found) < 2 or not (found >= 0).all() or abs(found.sum() - 1) > 1e-6:
        raise CourseError(
            f"{name} are the shares of two or more classes, none below 0, with the sum 1, not {shares!r}."
        )
    return found


def _onto_shares(values: Array) -> Array:
    """The nearest shares to values that sum to 1: Duchi et al. 2008, "Efficient projections onto the l1-ball"."""
    ordered = np.sort(values)[::-1]
    excess = (ordered.cumsum() - 1) / np.arange(1, len(values) + 1)
    return np.maximum(values - excess[ordered > excess][-1], 0)
