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


@dataclass(frozen=True)
class Hits:
    """right: pairs of one found and one true cut; found, true: how many there are of each. Hits of films add up."""

    right: int
    found: int
    true: int

    def __add__(self, other: Hits) -> Hits:
        return Hits(self.right + other.right, self.found + other.found, self.true + other.true)


class ROC(NamedTuple):
    """At each threshold, falling: how many of the true cuts are above it (recall), of the other places
    (false_rate), and how many of those above it are cuts (precision; NaN where none is). Each (t,)."""

    thresholds: np.ndarray
    recall: np.ndarray
    false_rate: np.ndarray
    precision: np.ndarray


def matched(found: Sequence[int], true: Sequence[int], tolerance: int = 0) -> np.ndarray:
    """As many pairs as there can be of a found and a true cut no more than `tolerance` frames apart, each used once:
    indices int (p, 2) into `found` and `true`."""
    raise NotImplementedError


def hits(found: Sequence[int], true: Sequence[int], tolerance: int = 0) -> Hits:
    """The counts of one film."""
    raise NotImplementedError


def precision_recall(found: Sequence[int], true: Sequence[int], tolerance: int = 0) -> tuple[float, float]:
    """The share of the found cuts that are true, and of the true cuts that were found; NaN of none."""
    raise NotImplementedError


def roc(signals: Sequence[np.ndarray], truths: Sequence[Sequence[int]]) -> ROC:
    """All thresholds on the signals of some films, (n - 1,) each, whose true cuts are known."""
    raise NotImplementedError


def best_threshold(signals: Sequence[np.ndarray], truths: Sequence[Sequence[int]]) -> float:
    """The threshold with the largest F1 on these films, in the middle of the gap where it is so."""
    raise NotImplementedError
