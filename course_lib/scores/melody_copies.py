"""Is it new? The longest run of notes that a melody shares with any training tune, in whatever key.

    run = longest_runs([piece], [tune.notes for tune in training])[0]
    run.notes, training[run.tune].title, run.position          how much, of which tune, from which of its notes on

A *run* is successive notes with the same lengths and the same intervals between them, so neither transposing nor
cutting out hides a copy; a changed note ends it. A number alone says little: any two reels share five notes. The
yardstick is what held-out pieces of the same length share with the same training tunes.

The search is complete. Runs of k notes are told apart by a number computed from them (a polynomial hash, Karp and
Rabin 1987, "Efficient randomized pattern-matching algorithms"), for all places of all tunes at once; only places that
matched with k notes are asked again with k + 1, which are few after the first. NumPy only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from course_lib import CourseError
from course_lib.scores.melodies import checked_pieces

Notes = np.ndarray

INTO_REST = 128
"""Stands for the interval from a note to a rest; a real one lies within -127..127."""
BASE = np.uint64(0x9E3779B97F4A7C15)  # odd, so that multiplying by it loses nothing
START_SALT, STEP_SALT = np.uint64(1), np.uint64(2)


@dataclass(frozen=True)
class Run:
    """The longest run that a piece shares with a training tune, the first one where several are as long.

    notes: how many notes, rests included; 0 where nothing is shared. start: the run's first note in the piece, from 0;
    tune, position: the tune's number and the run's first note there; semitones: the tune's pitch minus the piece's.
    """

    notes: int
    start: int = 0
    tune: int = 0
    position: int = 0
    semitones: int = 0


def longest_runs(pieces: Sequence[Notes], tunes: Sequence[Notes]) -> list[Run]:
    """For each piece the longest run of its notes that stands in one of the tunes.

    pieces, tunes: note arrays (n, 2). A rest matches a rest of the same length; the interval after it is taken from the
    last note that sounded. Rests alone are no run. A thousand phrases of 15 notes take about a second against 2,400
    tunes. Raises CourseError for what is no list of melodies.
    """
    ours, theirs = _Places.of(pieces, "pieces"), _Places.of(tunes, "tunes")
    best = [Run(0)] * len(pieces)
    our_places, their_places = ours.beginnings(), theirs.beginnings()
    our_numbers, their_numbers = ours.first[our_places], theirs.first[their_places]
    count = 1
    while True:
        # Which runs of `count` notes does the other side have? Only these can be part of a longer one.
        kept = np.isin(our_numbers, their_numbers)
        our_places, our_numbers = our_places[kept], our_numbers[kept]
        kept = np.isin(their_numbers, our_numbers)
        their_places, their_numbers = their_places[kept], their_numbers[kept]
        if not len(our_places):
            return best
        order = np.argsort(their_numbers, kind="stable")
        found = their_places[order[np.searchsorted(their_numbers[order], our_numbers)]]
        # In reverse, so that the first place of each piece is written last.
        for mine, other in zip(our_places[::-1], found[::-1], strict=True):
            best[ours.piece[mine]] = _run(ours, int(mine), theirs, int(other), count)
        our_places, our_numbers = ours.longer(our_places, our_numbers, count)
        their_places, their_numbers = theirs.longer(their_places, their_numbers, count)
        count += 1


def excerpt(run: Run, tunes: Sequence[Notes]) -> Notes:
    """The shared notes as the training tune has them, in its own key: (run.notes, 2)."""
    if not run.notes:
        raise CourseError("This piece shares no note with the tunes, so there is nothing to cut out.")
    return np.asarray(tunes[run.tune])[run.position : run.position + run.notes]


def _run(ours: _Places, mine: int, theirs: _Places, other: int, count: int) -> Run:
    """The run of `count` notes that stands at these two places."""
    return Run(
        count,
        ours.position(mine),
        int(theirs.piece[other]),
        theirs.position(other),
        int(theirs.notes[other, 0] - ours.notes[mine, 0]),
    )


@dataclass(frozen=True, eq=False)
class _Places:
    """The notes of many pieces in one row, and for each note a number: as the first of a run, and as a later one."""

    notes: np.ndarray
    piece: np.ndarray
    starts: np.ndarray
    first: np.ndarray
    later: np.ndarray

    @classmethod
    def of(cls, pieces: Sequence[Notes], what: str) -> _Places:
        listed = checked_pieces(pieces, what)
        counts = [len(piece) for piece in listed]
        notes = np.concatenate(listed)
        piece = np.repeat(np.arange(len(listed)), counts)
        starts = np.cumsum([0, *counts[:-1]])
        sounds = notes[:, 0] > 0
        # The last place up to each one where a note sounded; before the first of all there is none, and none is asked.
        sounded = np.maximum.accumulate(np.where(sounds, np.arange(len(notes)), 0))
        before = np.concatenate([[0], sounded[:-1]]) if len(notes) else sounded
        intervals = np.where(sounds, notes[:, 0] - notes[before, 0], INTO_REST)
        first = _scrambled(notes[:, 1].astype("uint64"), START_SALT)
        later = _scrambled((notes[:, 1] * 512 + intervals + 256).astype("uint64"), STEP_SALT)
        return cls(notes, piece, starts, first, later)

    def beginnings(self) -> np.ndarray:
        """Where a run may begin: at notes that sound."""
        return np.flatnonzero(self.notes[:, 0] > 0)

    def longer(self, places: np.ndarray, numbers: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
        """Runs of `count` notes made one note longer, without those that would leave their piece."""
        kept = places + count < len(self.notes)
        places, numbers = places[kept], numbers[kept]
        kept = self.piece[places + count] == self.piece[places]
        places, numbers = places[kept], numbers[kept]
        return places, numbers * BASE + self.later[places + count]

    def position(self, place: int) -> int:
        """The number of a note within its piece."""
        return place - int(self.starts[self.piece[place]])


def _scrambled(values: np.ndarray, salt: np.uint64) -> np.ndarray:
    """Each value as 64 bits that look random (the last steps of SplitMix64: Steele, Lea and Flood 2014)."""
    mixed = values * np.uint64(4) + salt
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))
