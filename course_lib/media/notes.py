"""A tune as an array of notes, checked, named and told in words.

Notes are an integer array (n, 2): MIDI pitch (60 is middle C, 0 a rest) and length in sixteenths.
"""

from __future__ import annotations

import numpy as np

from course_lib import CourseError, datasets

LOWEST, HIGHEST = 21, 108  # the keys of a piano
PITCH_CLASSES = ("C", "C♯", "D", "D♯", "E", "F", "F♯", "G", "G♯", "A", "A♯", "B")
TOLD = 12  # so many notes are named in words


def checked(notes: np.ndarray) -> np.ndarray:
    """The notes as int64 (n, 2).

    Raises CourseError for none at all, for another shape, for a pitch that is neither 0 nor one of a piano's, and for
    a length that is not a whole number of sixteenths.
    """
    try:
        array = datasets.check_numbers("notes", notes)
    except CourseError as error:
        raise CourseError(
            "Notes are whole numbers: rows of pitch and length, such as [[60, 4], [0, 2]]."
        ) from error
    if array.ndim != 2 or array.shape[1] != 2 or not len(array):
        raise CourseError(
            f"Notes are an array of shape (n, 2), at least one row of pitch and length, but this has {array.shape}."
        )
    whole = np.isfinite(array).all(axis=1) & (array == np.rint(array)).all(axis=1)
    pitch, length = array.T
    fits = ((pitch == 0) | ((pitch >= LOWEST) & (pitch <= HIGHEST))) & (length >= 1)
    if not (whole & fits).all():
        wrong = int(np.flatnonzero(~(whole & fits))[0])
        raise CourseError(
            f"Note {wrong} is {array[wrong].tolist()}: a pitch is 0 for a rest or from {LOWEST} to {HIGHEST}, "
            "and a length a whole number of sixteenths, 1 or more."
        )
    return array.astype("int64")


def pitch_name(pitch: int) -> str:
    """60 is C4, 66 is F♯4, 0 a rest."""
    return f"{PITCH_CLASSES[pitch % 12]}{pitch // 12 - 1}" if pitch else "rest"


def joined_rests(notes: np.ndarray) -> np.ndarray:
    """The same sound in fewer rows: rests side by side become one."""
    joined: list[list[int]] = []
    for pitch, length in checked(notes).tolist():
        if joined and pitch == joined[-1][0] == 0:
            joined[-1][1] += length
        else:
            joined.append([pitch, length])
    return np.array(joined, "int64")


def in_words(notes: np.ndarray, bar: int = 16) -> str:
    """For an alternative text: how many notes in how many bars, between which pitches, and how they begin."""
    notes = checked(notes)
    sounding = notes[notes[:, 0] > 0]
    bars = notes[:, 1].sum() / bar
    if not len(sounding):
        return f"Nothing but rest, {bars:.3g} bars long"
    low, high = pitch_name(int(sounding[:, 0].min())), pitch_name(int(sounding[:, 0].max()))
    begins = ", ".join(f"{pitch_name(pitch)} {length}" for pitch, length in notes[:TOLD].tolist())
    more = " ..." if len(notes) > TOLD else ""
    count = f"{len(sounding)} note{'s' if len(sounding) > 1 else ''}"
    return f"{count} in {bars:.3g} bars between {low} and {high}, lengths in sixteenths: {begins}{more}"
