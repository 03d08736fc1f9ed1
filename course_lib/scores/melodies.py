"""What came out? Melodies counted: pitch classes, intervals, lengths, the key, repeated notes.

    distance(generated, held_out, interval_shares)      Spread(value=0.08, error=0.01)
    report(generated, held_out)                         all of it as a dict

A *piece* is whole numbers (n, 2), a MIDI pitch (0 for a rest) and a length in sixteenths: a tune, a phrase or a sample.
Every statistic pools the notes of many pieces, in the key with no sharps, so it cannot see in which order pieces or
their notes come, except that intervals look one note back. Whatever passes here may still be no melody: read these
numbers beside those of other real pieces (as near as one can come) and of the same notes shuffled.

Pitch classes, intervals and lengths as features of what a model composes: Yang and Lerch, "On the evaluation of
generative models in music", 2020, section 3. NumPy only.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from course_lib import CourseError, datasets
from course_lib.datasets.notes import checked_notes

Notes = np.ndarray
Shares = Callable[[Sequence[Notes]], np.ndarray]

C_MAJOR = (0, 2, 4, 5, 7, 9, 11)
"""Pitch classes of the key with no sharps: C major, and A minor, D dorian, G mixolydian with it."""


class Spread(NamedTuple):
    """A number and its standard error."""

    value: float
    error: float


def checked_pieces(pieces: Sequence[Notes], what: str = "pieces") -> list[Notes]:
    """The pieces as integer arrays (n, 2). Raises CourseError for none, and for what are no notes."""
    if isinstance(pieces, np.ndarray) and pieces.ndim == 2:
        raise CourseError(f"The {what} are a list of melodies, and this is a single one: use [notes].")
    if not isinstance(pieces, Sequence | np.ndarray):
        raise CourseError(
            f"The {what} are a list of melodies, not one thing of type {type(pieces).__name__}."
        )
    if not len(pieces):
        raise CourseError(f"The {what} are empty: give at least one melody.")
    return [checked_notes(piece, f"number {number} of the {what}") for number, piece in enumerate(pieces)]


def _sounding(pieces: Sequence[Notes]) -> list[Notes]:
    """The pieces without their rests. Raises CourseError if nothing is left."""
    found = [piece[piece[:, 0] > 0] for piece in checked_pieces(pieces)]
    if not any(len(piece) for piece in found):
        raise CourseError(
            "These pieces hold rests only, and a statistic needs at least one note that sounds."
        )
    return found


def _steps(pieces: Sequence[Notes]) -> np.ndarray:
    """All intervals in semitones between successive sounding notes of a piece; rests are skipped."""
    found = np.concatenate([np.diff(piece[:, 0].astype("int64")) for piece in _sounding(pieces)])
    if not len(found):
        raise CourseError("No piece has two notes that sound, so there is no interval to count.")
    return found


def pitch_classes(pieces: Sequence[Notes]) -> np.ndarray:
    """The share of each pitch class among the sounding notes: (12,), C first; sums to 1."""
    pitches = np.concatenate([piece[:, 0] for piece in _sounding(pieces)])
    return np.bincount(pitches % 12, minlength=12) / len(pitches)


def interval_shares(pieces: Sequence[Notes], widest: int = 12) -> np.ndarray:
    """The share of each interval from -widest to widest semitones: (2 widest + 1,), wider ones at the two ends."""
    datasets.check_whole("widest", "the widest interval counted, in semitones", widest, 1)
    steps = _steps(pieces).clip(-widest, widest) + widest
    return np.bincount(steps, minlength=2 * widest + 1) / len(steps)


def length_shares(pieces: Sequence[Notes], longest: int = 16) -> np.ndarray:
    """The share of each length from 1 to `longest` sixteenths among sounding notes: (longest,), longer ones last."""
    datasets.check_whole("longest", "the longest length counted, in sixteenths", longest, 1)
    lengths = np.concatenate([piece[:, 1] for piece in _sounding(pieces)]).clip(1, longest) - 1
    return np.bincount(lengths, minlength=longest) / len(lengths)


def in_key(pieces: Sequence[Notes], scale: Sequence[int] = C_MAJOR) -> float:
    """The share of sounding notes whose pitch class is in the scale, 0 to 1; a scale of seven gets 0.58 by chance."""
    if not isinstance(scale, Sequence | np.ndarray) or not len(scale) or not set(scale) <= set(range(12)):
        raise CourseError(
            f"A scale is pitch classes from 0 (C) to 11 (B), at least one of them, not {scale}."
        )
    return float(pitch_classes(pieces)[sorted(set(scale))].sum())


def repeated(pieces: Sequence[Notes]) -> float:
    """The share of successive sounding notes that have the same pitch, 0 to 1."""
    return float((_steps(pieces) == 0).mean())


def histogram_distance(p: np.ndarray, q: np.ndarray) -> float:
    """Total variation of two histograms, half the sum of |p - q|: 0 for equal ones, 1 where nothing is shared.

    It is the share of the notes that would have to change. Raises CourseError unless both have the same bins and each
    sums to 1.
    """
    p, q = np.asarray(p, "float64"), np.asarray(q, "float64")
    if p.shape != q.shape or p.ndim != 1:
        raise CourseError(f"Two histograms with the same bins are needed, not {p.shape} and {q.shape}.")
    for shares in (p, q):
        if (shares < 0).any() or not np.isclose(shares.sum(), 1):
            raise CourseError(
                f"A histogram is shares from 0 on that sum to 1, and this sums to {shares.sum():.3g}."
            )
    return float(np.abs(p - q).sum() / 2)


def distance(
    pieces: Sequence[Notes],
    others: Sequence[Notes],
    shares: Shares = pitch_classes,
    groups: int = 10,
) -> Spread:
    """How far apart two sets of pieces are by one histogram, with the standard error that comes from the pieces.

    The error is the jackknife's: the pieces of both sets are dealt into `groups`, and the distance is taken again
    without each group in turn (Efron and Stein 1981, "The jackknife estimate of variance"). Whole pieces are left out,
    since the notes of one piece are no independent draws. Near 0 a total variation cannot fall any further, so small
    values come out too large, all the more the fewer the pieces: compare with a floor of equally many real ones.
    Raises CourseError for fewer pieces than groups.
    """
    datasets.check_whole("groups", "how many groups are left out in turn", groups, 2)
    pieces, others = checked_pieces(pieces), checked_pieces(others, "others")
    if min(len(pieces), len(others)) < groups:
        raise CourseError(
            f"{groups} groups need at least as many pieces, not {len(pieces)} and {len(others)}: use fewer groups."
        )

    def without(group: int, among: list[Notes]) -> list[Notes]:
        return [piece for number, piece in enumerate(among) if number % groups != group]

    value = histogram_distance(shares(pieces), shares(others))
    partial = [
        histogram_distance(shares(without(group, pieces)), shares(without(group, others)))
        for group in range(groups)
    ]
    return Spread(value, float(np.sqrt((groups - 1) * np.var(partial))))


def report(pieces: Sequence[Notes], reference: Sequence[Notes]) -> dict[str, float]:
    """Every statistic by its name; the three distances are total variations from the reference's histograms."""
    found = {
        f"{name}_distance": histogram_distance(shares(pieces), shares(reference))
        for name, shares in (
            ("pitch_class", pitch_classes),
            ("interval", interval_shares),
            ("length", length_shares),
        )
    }
    return found | {"in_key": in_key(pieces), "repeated": repeated(pieces)}


def shuffled(pieces: Sequence[Notes], seed: int = 0) -> list[Notes]:
    """The notes of all pieces in random order, dealt into pieces of as many notes as before.

    Pitch classes and lengths stay as they were, so only what looks at the order of notes can tell the difference.
    """
    pieces = checked_pieces(pieces)
    datasets.check_whole("seed", "what the random numbers follow from", seed, 0)
    notes = np.random.default_rng(seed).permutation(np.concatenate(pieces))
    return np.split(notes, np.cumsum([len(piece) for piece in pieces])[:-1])
