"""The same tune in another mode: each note keeps its degree of the scale, and the scale is another one.

change_mode(notes, tonic(2, "major"), "major", "minor")    # from D major to D minor
"""

from __future__ import annotations

import numpy as np

from course_lib import CourseError, datasets
from course_lib.datasets.notes import HIGHEST, LOWEST, checked_notes

MODES = {
    "major": (0, 2, 4, 5, 7, 9, 11),
    "minor": (0, 2, 3, 5, 7, 8, 10),  # the natural one, also called aeolian
    "dorian": (0, 2, 3, 5, 7, 9, 10),
    "mixolydian": (0, 2, 4, 5, 7, 9, 10),
}
"""Semitones of the seven degrees above the tonic."""
WHITE_KEYS = {
    "major": 0,
    "minor": 9,
    "dorian": 2,
    "mixolydian": 7,
}  # the tonic that needs no sharp and no flat


def tonic(key_sharps: int, mode: str) -> int:
    """The pitch class 0..11 (0 is C) of the tonic: with two sharps 2 (D) in major and 11 (B) in minor.

    key_sharps: sharps of the key signature, negative for flats. Raises CourseError for an unknown mode.
    """
    datasets.check_whole("key_sharps", "how many sharps the key has (flats are negative)", key_sharps, -7, 7)
    _known(mode)
    return (WHITE_KEYS[mode] + 7 * key_sharps) % 12  # a sharp more is a fifth higher


def change_mode(notes: np.ndarray, tonic: int, old: str, new: str) -> np.ndarray:
    """The notes with every degree of `old` at its place in `new`; lengths and rests stay. Returns int64 (n, 2).

    A note between two degrees keeps its distance in semitones from the degree below it. Raises CourseError for an
    unknown mode, a tonic outside 0..11, and where a note would leave the piano.
    """
    notes = checked_notes(notes)
    datasets.check_whole("tonic", "the pitch class on which the scale begins", tonic, 0, 11)
    _known(old)
    _known(new)
    moved = np.zeros(12, "int64")
    for above in range(12):
        degree = max(number for number, place in enumerate(MODES[old]) if place <= above)
        moved[above] = MODES[new][degree] - MODES[old][degree]
    changed, sounds = notes.copy(), notes[:, 0] > 0
    changed[sounds, 0] += moved[(notes[sounds, 0] - tonic) % 12]
    if (changed[sounds, 0] < LOWEST).any() or (changed[sounds, 0] > HIGHEST).any():
        raise CourseError(
            f"In {new} a note would leave the piano: transpose the tune towards its middle first."
        )
    return changed


def _known(mode: str) -> None:
    if not isinstance(mode, str) or mode not in MODES:
        raise CourseError(f"There is no mode {mode!r} here: choose one of {', '.join(MODES)}.")
