"""What notes and meters are, and the one check of both: whatever reads, plays, draws or counts melodies asks here.

Notes are an integer array (n, 2): MIDI pitch (60 is middle C, `REST` a rest) and length in sixteenths.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from course_lib import CourseError

REST = 0
LOWEST, HIGHEST = 21, 108
"""The keys of a piano: MIDI pitches beyond them are taken for mistakes."""
LONGEST = 4096
"""Sixteenths, 256 bars of 4/4: a longer note is a mistake, and its sound would take gigabytes."""
METER = re.compile(r"[1-9]\d?/(1|2|4|8|16)", re.ASCII)


def checked_notes(notes: Sequence | np.ndarray, of: str = "this melody") -> np.ndarray:
    """The notes as a new int64 array (n, 2). Raises CourseError, in one line with what they are `of`, if they are none.

    Notes are none if there are none at all, with another shape, with a pitch that is neither 0 nor in 21..108, and with
    a length that is no whole number from 1 to `LONGEST`.
    """
    try:
        array = np.asarray(notes)
    except ValueError:  # rows of different lengths
        array = np.empty(0, object)
    if array.size == 0 and array.dtype != object:
        raise CourseError(f"There is no note in {of}: give at least one pair (pitch, length).")
    if array.ndim != 2 or array.shape[1] != 2 or array.dtype.kind not in "fiu":
        raise CourseError(
            f"The notes of {of} must be pairs (pitch, length) of numbers, an array (n, 2), but are {array.shape} "
            f"of type {array.dtype}."
        )
    pitches, lengths = array.T
    is_pitch = (pitches == REST) | ((pitches >= LOWEST) & (pitches <= HIGHEST))
    is_length = (lengths >= 1) & (lengths <= LONGEST)
    is_note = is_pitch & is_length  # neither is true of NaN
    if array.dtype.kind == "f":
        is_note &= (array == np.rint(array)).all(axis=1)
    if not is_note.all():
        place = int(is_note.argmin())
        raise CourseError(
            f"Note {place} of {of} is {tuple(array[place].tolist())}: a pitch is {LOWEST} to {HIGHEST}, or {REST} for "
            f"a rest, and a length 1 to {LONGEST:,} sixteenths, both whole numbers."
        )
    return np.array(array, "int64")


def meter_parts(meter: str, of: str = "A melody") -> tuple[int, int]:
    """Numerator and denominator of "6/8". Raises CourseError, with what has the meter, if it is none."""
    if not isinstance(meter, str) or not METER.fullmatch(meter):
        raise CourseError(
            f"{of} has the meter {meter!r}, and a meter is written like '6/8' or '4/4': 1 to 99 beats, and 1, 2, 4, 8 "
            "or 16 below."
        )
    above, below = meter.split("/")
    return int(above), int(below)
