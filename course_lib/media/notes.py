"""A tune as an array of notes, named and told in words.

Notes are an integer array (n, 2): MIDI pitch (60 is middle C, 0 a rest) and length in sixteenths.
"""

from __future__ import annotations

import numpy as np

from course_lib import datasets
from course_lib.datasets.notes import checked_notes

PITCH_CLASSES = ("C", "C♯", "D", "D♯", "E", "F", "F♯", "G", "G♯", "A", "A♯", "B")
TOLD = 12  # so many notes are named in words


def pitch_name(pitch: int) -> str:
    """60 is C4, 66 is F♯4, 0 a rest. Raises CourseError for what is no MIDI pitch, 0 to 127."""
    datasets.check_whole("pitch", "the number of a MIDI note", pitch, 0, 127)
    return f"{PITCH_CLASSES[pitch % 12]}{pitch // 12 - 1}" if pitch else "rest"


def joined_rests(notes: np.ndarray) -> np.ndarray:
    """The same sound in fewer rows: rests side by side become one."""
    joined: list[list[int]] = []
    for pitch, length in checked_notes(notes).tolist():
        if joined and pitch == joined[-1][0] == 0:
            joined[-1][1] += length
        else:
            joined.append([pitch, length])
    return np.array(joined, "int64")


def in_words(notes: np.ndarray, bar: int = 16) -> str:
    """For an alternative text: how many notes in how many bars, between which pitches, and how they begin."""
    datasets.check_whole("bar", "how many sixteenths a bar has", bar, 1)
    notes = checked_notes(notes)
    sounding = notes[notes[:, 0] > 0]
    bars = notes[:, 1].sum() / bar
    if not len(sounding):
        return f"Nothing but rest, {bars:.3g} bars long"
    low, high = pitch_name(int(sounding[:, 0].min())), pitch_name(int(sounding[:, 0].max()))
    begins = ", ".join(f"{pitch_name(pitch)} {length}" for pitch, length in notes[:TOLD].tolist())
    more = " ..." if len(notes) > TOLD else ""
    count = f"{len(sounding)} note{'s' if len(sounding) > 1 else ''}"
    return f"{count} in {bars:.3g} bars between {low} and {high}, lengths in sixteenths: {begins}{more}"
