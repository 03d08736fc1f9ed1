"""How well cuts were found: each true one counts once, and so does each that was found.

found = hits(find_cuts(film.frames), film.cuts)
found.precision, found.recall, found.f1, found.precision_interval

threshold = best_threshold([sharpness(film.frames) for film in films], [film.cuts for film in films])
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from course_lib import CourseError
from course_lib.datasets import check_numbers, check_whole
from course_lib.scores.intervals import exact_interval


@dataclass(frozen=True)
class Hits:
    """right: pairs of one found and one true cut; found, true: how many there are of each. Hits of films add up."""

    right: int
    found: int
    true: int

    def __add__(self, other: Hits) -> Hits:
        return Hits(self.right + other.right, self.found + other.found, self.true + other.true)

    @property
    def precision(self) -> float:
        """The share of those found that are true; NaN if none was found."""
        return self.right / self.found if self.found else np.nan

    @property
    def recall(self) -> float:
        """The share of the true ones that were found; NaN if there is none."""
        return self.right / self.true if self.true else np.nan

    @property
    def f1(self) -> float:
        """The harmonic mean of both; NaN where there was neither anything to find nor anything found."""
        return 2 * self.right / (self.found + self.true) if self.found + self.true else np.nan

    @property
    def precision_interval(self) -> tuple[float, float]:
        """Exact, 95 % (`intervals.exact_interval`); CourseError if none was found."""
        return exact_interval(self.right, self.found)

    @property
    def recall_interval(self) -> tuple[float, float]:
        """As `precision_interval`."""
        return exact_interval(self.right, self.true)


class ROC(NamedTuple):
    """At each threshold, falling: how many of the true cuts are above it (recall), of the other places
    (false_rate), and how many of those above it are cuts (precision; NaN where none is). Each (t,)."""

    thresholds: np.ndarray
    recall: np.ndarray
    false_rate: np.ndarray
    precision: np.ndarray


def matched(found: Sequence[int], true: Sequence[int], tolerance: int = 0) -> np.ndarray:
    """As many pairs as there can be of a found and a true cut no more than `tolerance` frames apart, each used once:
    indices int (p, 2) into `found` and `true`.

    found, true: rising frame numbers. Along a line the earliest two that fit may always be paired: whoever took one of
    them for a later partner could take this one instead.
    """
    check_whole("tolerance", "how many frames beside a true cut still count", tolerance, 0)
    found, true = _checked_cuts("found", found), _checked_cuts("true", true)
    pairs, at, other = [], 0, 0
    while at < len(found) and other < len(true):
        if abs(found[at] - true[other]) <= tolerance:
            pairs.append((at, other))
            at, other = at + 1, other + 1
        elif found[at] < true[other]:
            at += 1
        else:
            other += 1
    return np.array(pairs, int).reshape(-1, 2)


def hits(found: Sequence[int], true: Sequence[int], tolerance: int = 0) -> Hits:
    """The counts of one film; of several, add them up. Arguments as in `matched`."""
    return Hits(len(matched(found, true, tolerance)), len(found), len(true))


def stretch_hits(
    found: Sequence[tuple[int, int]], true: Sequence[tuple[int, int]], tolerance: int = 3
) -> Hits:
    """The same of dissolves, (start, end): right where both ends are no more than `tolerance` frames from the true
    ones. Both rise, and those of one list do not overlap."""
    check_whole("tolerance", "how many frames beside a true end still count", tolerance, 0)
    found, true = _checked_stretches("found", found), _checked_stretches("true", true)
    near = (np.abs(found[:, None] - true[None]) <= tolerance).all(-1)
    pairs = 0
    for row in near:  # the earliest first, as in `matched`
        if row.any():
            near[:, row.argmax()] = False
            pairs += 1
    return Hits(pairs, len(found), len(true))


def precision_recall(found: Sequence[int], true: Sequence[int], tolerance: int = 0) -> tuple[float, float]:
    """The share of the found cuts that are true, and of the true cuts that were found; NaN of none."""
    counts = hits(found, true, tolerance)
    return counts.precision, counts.recall


def roc(signals: Sequence[np.ndarray], truths: Sequence[Sequence[int]]) -> ROC:
    """All thresholds on the signals of some films, (n - 1,) each, whose true cuts are known.

    A cut at frame k stands at k - 1 of its film's signal, and each place counts by itself. Raises CourseError without
    a true cut, or without a place that is none.
    """
    values, is_cut = _places(signals, truths)
    values, order = np.sort(values)[::-1], np.argsort(-values, kind="stable")
    last = np.append(values[1:] < values[:-1], True)  # places alike are above a threshold together
    right, above = np.cumsum(is_cut[order])[last], np.arange(1, len(values) + 1)[last]
    thresholds = np.append((values[:-1] + values[1:])[last[:-1]] / 2, -np.inf)
    right, above = np.append(0, right), np.append(0, above)
    with np.errstate(invalid="ignore"):
        precision = right / above
    cuts = is_cut.sum()
    return ROC(np.append(np.inf, thresholds), right / cuts, (above - right) / (len(values) - cuts), precision)


def best_threshold(signals: Sequence[np.ndarray], truths: Sequence[Sequence[int]]) -> float:
    """The threshold with the largest F1 on these films, half-way between two values; the highest of several."""
    curve = roc(signals, truths)
    with np.errstate(invalid="ignore"):
        f1 = 2 * curve.precision * curve.recall / (curve.precision + curve.recall)
    inner = slice(1, -1) if len(f1) > 2 else slice(1, None)
    return float(curve.thresholds[inner][np.nanargmax(np.nan_to_num(f1[inner]))])


def _places(signals: Sequence[np.ndarray], truths: Sequence[Sequence[int]]) -> tuple[np.ndarray, np.ndarray]:
    """The values of all films, (t,), and which of them stand at a cut."""
    if len(signals) != len(truths):
        raise CourseError(f"There are {len(signals)} signals, but the true cuts of {len(truths)} films.")
    values, is_cut = [np.empty(0)], [np.empty(0, bool)]
    for signal, cuts in zip(signals, truths, strict=True):
        signal, cuts = check_numbers("signal", signal).astype(float), _checked_cuts("true", cuts)
        if signal.ndim != 1 or not np.isfinite(signal).all():
            raise CourseError(
                f"The signal of a film is one finite number a place, not an array {signal.shape}."
            )
        if len(cuts) and not (cuts[0] >= 1 and cuts[-1] <= len(signal)):
            raise CourseError(
                f"The cuts of a film with {len(signal)} places lie from 1 to {len(signal)}, but these go from "
                f"{cuts[0]} to {cuts[-1]}."
            )
        values.append(signal)
        is_cut.append(np.isin(np.arange(1, len(signal) + 1), cuts))
    values, is_cut = np.concatenate(values), np.concatenate(is_cut)
    if is_cut.all() or not is_cut.any():
        raise CourseError("To choose a threshold, the films need a true cut and a place that is none.")
    return values, is_cut


def _checked_cuts(name: str, cuts: Sequence[int]) -> np.ndarray:
    array = check_numbers(f"{name} cuts", cuts)
    if not array.size:
        return np.empty(0, int)
    if array.ndim != 1 or array.dtype.kind not in "iu" or (np.diff(array.astype(int)) <= 0).any():
        raise CourseError(f"The {name} cuts are frame numbers, whole and rising, not {cuts!r}.")
    return array.astype(int)


def _checked_stretches(name: str, stretches: Sequence[tuple[int, int]]) -> np.ndarray:
    array = check_numbers(f"{name} dissolves", stretches)
    if not array.size:
        return np.empty((0, 2), int)
    if array.ndim != 2 or array.shape[1] != 2 or array.dtype.kind not in "iu":
        raise CourseError(
            f"The {name} dissolves are pairs of frame numbers, (start, end), not {stretches!r}."
        )
    return array.astype(int)
