"""Two bars of a reel as a picture: piano rolls with one lit row at each step.

    rolls, phrases = phrase_rolls(tunes)        rolls (N, 16, 32, 1), and the notes that each stands for
    to_notes(rolls)                             back again

A roll has a step for each eighth note of two bars in 4/4 or 2/2, and in every step exactly one row is 1 and all others
are -1, the range that the course's networks draw in. Row 0 is HOLD: what sounded, or was silent, goes on. Row 1 is
REST: silence begins. Row 2 is MIDI pitch 60, and so on up to row 31, pitch 89: a note of that pitch begins. Without
HOLD a half note and four eighths of the same pitch would be one picture. A hold at the first step has nothing to go on
from; it is read as a rest, and no real phrase here has one.

One voice only: a melody is no chord, and a generator that may light several rows has not decided. NumPy only.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from course_lib import CourseError
from course_lib.datasets.checking import check_images
from course_lib.datasets.melodies import Tune, check_tunes, normalized
from course_lib.datasets.notes import REST as SILENCE
from course_lib.datasets.tune_bars import pickup

METERS = ("4/4", "2/2")
STEPS, STEP_LENGTH = 16, 2
"""Steps of a roll, and the sixteenths that each takes."""
BAR = 16
LOW, PITCHES = 60, 30
HOLD, REST, FIRST_PITCH = 0, 1, 2
ROWS = FIRST_PITCH + PITCHES
SHAPE = (STEPS, ROWS, 1)


def from_notes(notes: np.ndarray) -> np.ndarray:
    """A phrase, notes (n, 2), as a roll (16, 32, 1).

    Raises CourseError, saying which, if a note is off the grid of eighths or outside 60..89, or if the phrase does not
    take two bars.
    """
    notes = np.asarray(notes)
    if not fits(notes):
        total = int(notes[:, 1].sum()) if notes.ndim == 2 and notes.shape[1] == 2 else 0
        raise CourseError(
            f"A roll holds {STEPS * STEP_LENGTH} sixteenths of notes whose lengths are even and whose pitches are "
            f"rests or {LOW} to {LOW + PITCHES - 1}; these take {total} sixteenths: {notes.tolist()}."
        )
    rows = np.full(STEPS, HOLD)
    pitches, lengths = notes.T
    begins = np.concatenate([[0], np.cumsum(lengths)[:-1]]) // STEP_LENGTH
    rows[begins] = np.where(pitches == SILENCE, REST, pitches - LOW + FIRST_PITCH)
    return from_labels(rows[None])[0]


def fits(notes: np.ndarray) -> bool:
    """Whether notes (n, 2) are a phrase that a roll can hold."""
    if notes.ndim != 2 or notes.shape[1] != 2 or notes.dtype.kind not in "iu":
        return False
    pitches, lengths = notes.T
    in_range = (pitches == SILENCE) | ((pitches >= LOW) & (pitches < LOW + PITCHES))
    on_grid = (lengths > 0) & (lengths % STEP_LENGTH == 0)
    return bool(in_range.all() and on_grid.all() and lengths.sum() == STEPS * STEP_LENGTH)


def to_notes(rolls: np.ndarray) -> list[np.ndarray]:
    """Rolls (N, 16, 32, 1) as phrases, a list of notes (n, 2).

    The largest value of a step is the row that counts, so what a generator has not quite decided can be read as well. A
    rest after a rest is silence that goes on, one rest. Raises CourseError for another shape, and for values that are
    not finite or beyond [-1, 1].
    """
    phrases = []
    for rows in labels(rolls).tolist():
        notes: list[list[int]] = []
        for row in rows:
            silent = row == REST or (row == HOLD and not notes)
            goes_on = row == HOLD or (silent and notes and notes[-1][0] == SILENCE)
            if goes_on and notes:
                notes[-1][1] += STEP_LENGTH
            else:
                notes.append([SILENCE if silent else row - FIRST_PITCH + LOW, STEP_LENGTH])
        phrases.append(np.array(notes, "int64"))
    return phrases


def labels(rolls: np.ndarray) -> np.ndarray:
    """The row that is lit at each step, int64 (N, 16): the same phrases as tokens, for a model of sequences."""
    rolls = np.asarray(rolls)
    if rolls.ndim != 4 or rolls.shape[1:] != SHAPE:
        raise CourseError(f"Rolls have the shape (N, {STEPS}, {ROWS}, 1), not {rolls.shape}.")
    if len(rolls):
        check_images(rolls, part=True)
    return rolls[..., 0].argmax(axis=2)


def from_labels(rows: np.ndarray) -> np.ndarray:
    """Rolls float32 (N, 16, 32, 1) with row `rows[n, step]` lit. Raises CourseError for a row that does not exist."""
    rows = np.asarray(rows)
    if rows.ndim != 2 or rows.shape[1] != STEPS or rows.dtype.kind not in "iu":
        raise CourseError(f"Labels are whole numbers (N, {STEPS}), a row for each step, not {rows.shape}.")
    if rows.size and not 0 <= rows.min() <= rows.max() < ROWS:
        raise CourseError(f"A row is 0 to {ROWS - 1}, but these go from {rows.min()} to {rows.max()}.")
    lit = np.arange(ROWS) == rows[..., None]
    return np.where(lit, 1, -1).astype("float32")[..., None]


def phrase_rolls(tunes: Sequence[Tune]) -> tuple[np.ndarray, list[np.ndarray]]:
    """Every two bars that follow each other in tunes of 4/4 and 2/2, in the key without sharps and flats.

    Bars 1 and 2, bars 2 and 3, ... as rolls (N, 16, 32, 1) and as notes. Left out are two bars with a note that is off
    the grid of eighths (dotted rhythms with a sixteenth, runs of sixteenths), outside 60..89, or tied into them or out
    of them, and those with a rest after a rest, which a roll cannot tell from one long rest.
    Raises CourseError if nothing is left, and for what are no tunes.
    """
    found: list[np.ndarray] = []
    for tune in check_tunes(tunes):
        if tune.meter not in METERS:
            continue
        notes = normalized(tune).notes
        edges = np.concatenate([[0], np.cumsum(notes[:, 1])])
        for begin in range(pickup(tune), int(edges[-1]) - 2 * BAR + 1, BAR):
            first, last = np.searchsorted(edges, (begin, begin + 2 * BAR))
            is_whole = edges[first] == begin and edges[last] == begin + 2 * BAR
            silent = notes[first:last, 0] == SILENCE
            if is_whole and fits(notes[first:last]) and not (silent[1:] & silent[:-1]).any():
                found.append(notes[first:last].copy())
    if not found:
        raise CourseError(
            f"No two bars of these tunes are in {' or '.join(METERS)} and on the grid of eighths: give more tunes."
        )
    return np.stack([from_notes(notes) for notes in found]), found
