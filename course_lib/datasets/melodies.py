"""Traditional tunes as lists of notes: loaded from `data/melodies.jsonl`, checked, moved from key to key.

    tunes = load_melodies()
    jig = normalized(tunes[1])          the same tune without sharps or flats in its key
    jig.notes                           int64 (n, 2): MIDI pitch (0 is a rest), length in sixteenth notes

2,977 tunes of three collections in the public domain. NumPy only.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from course_lib import CourseError
from course_lib.datasets.bundled import read_verified
from course_lib.datasets.checking import check_whole

FILE = "melodies.jsonl"
REST = 0
LOWEST, HIGHEST = 21, 108
"""The keys of a piano: MIDI pitches beyond them are taken for mistakes."""
METER = re.compile(r"[1-9]\d?/(1|2|4|8|16)")

Event = tuple[int, int]
"""(pitch, length) of one note or rest: what the models of this course take for one symbol."""


@dataclass(frozen=True, eq=False)
class Tune:
    """One melody, a single voice.

    meter: such as "6/8". key_sharps: in the key signature, flats counted as negative. mode: "major", "minor",
    "mixolydian" ..., "" where it is not known. notes: int64 (n, 2), MIDI pitch (60 is the middle C, `REST` a rest) and
    length in sixteenth notes, not to be written to.

    Raises CourseError, in one line with the title, if there is no note, a pitch is neither 0 nor in 21..108, a length
    is no whole number from 1 on, or the meter is none.
    """

    title: str
    collection: str
    meter: str
    key_sharps: int
    mode: str
    notes: np.ndarray

    def __post_init__(self) -> None:
        if not isinstance(self.meter, str) or not METER.fullmatch(self.meter):
            raise CourseError(
                f"{self.title!r} has the meter {self.meter!r}: it must be such as '6/8' or '4/4'."
            )
        check_whole("key_sharps", f"how many sharps the key of {self.title!r} has", self.key_sharps, -7, 7)
        object.__setattr__(self, "notes", checked_notes(self.notes, repr(self.title)))

    @property
    def events(self) -> tuple[Event, ...]:
        """The notes as pairs (pitch, length) of plain numbers, which can be counted and be keys of a dict."""
        return tuple((pitch, length) for pitch, length in self.notes.tolist())

    def __repr__(self) -> str:
        key = f"{self.key_sharps:+d} sharps {self.mode}".rstrip()
        return f"<Tune {self.title!r}: {len(self.notes)} notes in {self.meter}, {key}>"


def checked_notes(notes: Sequence | np.ndarray, of: str = "this melody") -> np.ndarray:
    """The notes as a read-only int64 array (n, 2). Raises CourseError, with what they are `of`, if they are none."""
    try:
        array = np.asarray(notes)
    except ValueError:
        array = np.empty(0, object)
    if array.size == 0 and array.dtype != object:
        raise CourseError(f"There is no note in {of}: give at least one pair (pitch, length).")
    if array.ndim != 2 or array.shape[1] != 2 or array.dtype.kind not in "fiu":
        raise CourseError(
            f"The notes of {of} must be pairs (pitch, length) of numbers, an array (n, 2), but are {array.shape} "
            f"of type {array.dtype}."
        )
    if not (np.isfinite(array).all() and (array == np.rint(array)).all()):
        raise CourseError(f"The notes of {of} must be whole numbers: pitch, and length in sixteenths.")
    array = np.array(array, "int64")
    pitches, lengths = array.T
    outside = (pitches != REST) & ((pitches < LOWEST) | (pitches > HIGHEST))
    for wrong, what in (
        (outside, f"a pitch is {LOWEST} to {HIGHEST}, or {REST} for a rest"),
        (lengths < 1, "a length is 1 sixteenth or more"),
    ):
        if wrong.any():
            place = int(wrong.argmax())
            raise CourseError(f"Note {place} of {of} is {tuple(array[place].tolist())}: {what}.")
    array.flags.writeable = False
    return array


@functools.cache
def load_melodies() -> tuple[Tune, ...]:
    """All tunes, in the file's order and their own keys. Raises CourseError if the file is missing or damaged."""
    lines = read_verified(FILE).decode("utf-8").splitlines()
    return tuple(Tune(**{**(row := json.loads(line)), "mode": row["mode"] or ""}) for line in lines)


def to_notes(events: Iterable[Event]) -> np.ndarray:
    """Events (pitch, length) as notes, int64 (n, 2). Raises CourseError as `Tune` does."""
    return checked_notes([tuple(event) for event in events])


def transposed(tune: Tune, semitones: int) -> Tune:
    """The tune so many semitones higher, or lower below 0; rests stay. The key signature, in -5..6 sharps, follows.

    Raises CourseError if a note would leave the piano.
    """
    check_whole("semitones", "by how much a tune is moved", semitones, -48, 48)
    pitches, lengths = tune.notes.T
    moved = np.where(pitches == REST, REST, pitches + semitones)
    # A semitone up is seven sharps more, and twelve sharps are none.
    sharps = (tune.key_sharps + 7 * semitones + 5) % 12 - 5
    return replace(tune, key_sharps=sharps, notes=np.stack([moved, lengths], axis=1))


def normalized(tune: Tune) -> Tune:
    """The tune in the key of its mode without sharps and flats (C major, A minor, D dorian), the nearest way there.

    It moves by -6 to 5 semitones, and the key signature alone decides by how many.
    """
    return transposed(tune, (-7 * tune.key_sharps + 6) % 12 - 6)


def augmented(tunes: Iterable[Tune], semitones: Sequence[int] = (-2, -1, 0, 1, 2)) -> list[Tune]:
    """Every tune in so many keys: transposition makes a melody a new example, and no new melody."""
    return [transposed(tune, by) for tune in tunes for by in semitones]


def intervals(notes: np.ndarray) -> np.ndarray:
    """Semitones from each sounding note to the next, int64 (m - 1,) for m of them: the melody whatever its key."""
    pitches = notes[:, 0]
    return np.diff(pitches[pitches != REST])
