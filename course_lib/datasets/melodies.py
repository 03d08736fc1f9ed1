"""Traditional tunes as lists of notes: loaded from `data/melodies.jsonl`, checked, moved from key to key.

    tunes = load_melodies()
    jig = normalized(tunes[1])          the same tune without sharps or flats in its key
    jig.notes                           int64 (n, 2): MIDI pitch (0 is a rest), length in sixteenth notes

2,977 tunes of three collections in the public domain. NumPy only.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from course_lib import CourseError
from course_lib.datasets.bundled import read_verified
from course_lib.datasets.checking import check_whole
from course_lib.datasets.notes import REST, checked_notes, meter_parts

FILE = "melodies.jsonl"
Event = tuple[int, int]
"""(pitch, length) of one note or rest: what the models of this course take for one symbol."""


@dataclass(frozen=True, eq=False)
class Tune:
    """One melody, a single voice.

    meter: such as "6/8". key_sharps: in the key signature, flats counted as negative. mode: "major", "minor",
    "mixolydian" ..., "" where it is not known. notes: int64 (n, 2), MIDI pitch (60 is the middle C, `REST` a rest) and
    length in sixteenth notes, not to be written to.

    Raises CourseError, in one line with the title, if the notes are none (`notes.checked_notes`) or the meter is none.
    """

    title: str
    collection: str
    meter: str
    key_sharps: int
    mode: str
    notes: np.ndarray

    def __post_init__(self) -> None:
        for name in ("title", "collection", "mode"):
            if not isinstance(text := getattr(self, name), str):
                raise CourseError(f"The {name} of a tune is text, '' where it is not known, not {text!r}.")
        meter_parts(self.meter, repr(self.title))
        check_whole("key_sharps", f"how many sharps the key of {self.title!r} has", self.key_sharps, -7, 7)
        notes = checked_notes(self.notes, repr(self.title))
        notes.flags.writeable = False
        object.__setattr__(self, "notes", notes)

    @property
    def events(self) -> tuple[Event, ...]:
        """The notes as pairs (pitch, length) of plain numbers, which can be counted and be keys of a dict."""
        return tuple((pitch, length) for pitch, length in self.notes.tolist())

    def __repr__(self) -> str:
        key = f"{self.key_sharps:+d} sharps {self.mode}".rstrip()
        return f"<Tune {self.title!r}: {len(self.notes)} notes in {self.meter}, {key}>"


def check_tunes(tunes: Iterable[Tune]) -> list[Tune]:
    """The tunes as a list. Raises CourseError for a single one, and for what are no tunes, such as bare notes."""
    if isinstance(tunes, Tune):
        raise CourseError(
            f"A list of tunes is wanted, and {tunes.title!r} is a single one: put it in brackets."
        )
    if not isinstance(tunes, Iterable):
        raise CourseError(f"A list of tunes is wanted, such as load_melodies(), not {type(tunes).__name__}.")
    found = list(tunes)
    for tune in found:
        check_tune(tune)
    return found


def check_tune(tune: Tune) -> None:
    """Raise CourseError for what is no `Tune`, such as bare notes."""
    if not isinstance(tune, Tune):
        raise CourseError(
            f"A tune is wanted, a Tune such as those of load_melodies(), and this is of type {type(tune).__name__}: "
            "of bare notes make one with Tune(title, collection, meter, key_sharps, mode, notes)."
        )


@functools.cache
def load_melodies() -> tuple[Tune, ...]:
    """All tunes, in the file's order and their own keys. Raises CourseError if the file is missing or damaged."""
    lines = read_verified(FILE).decode("utf-8").splitlines()
    return tuple(Tune(**{**(row := json.loads(line)), "mode": row["mode"] or ""}) for line in lines)


def to_notes(events: Iterable[Event]) -> np.ndarray:
    """Events (pitch, length) as notes, int64 (n, 2). Raises CourseError as `Tune` does."""
    return checked_notes(list(events) if isinstance(events, Iterable) else events)


def transposed(tune: Tune, semitones: int) -> Tune:
    """The tune so many semitones higher, or lower below 0; rests stay. The key signature, in -5..6 sharps, follows.

    Raises CourseError if a note would leave the piano.
    """
    check_tune(tune)
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
    check_tune(tune)
    return transposed(tune, (-7 * tune.key_sharps + 6) % 12 - 6)


def augmented(tunes: Iterable[Tune], semitones: Sequence[int] = (-2, -1, 0, 1, 2)) -> list[Tune]:
    """Every tune in so many keys: transposition makes a melody a new example, and no new melody."""
    if not isinstance(semitones, Iterable):
        raise CourseError(f"semitones are several numbers, such as (-2, 0, 2), not {semitones!r}.")
    steps = list(semitones)
    return [transposed(tune, by) for tune in check_tunes(tunes) for by in steps]


def intervals(notes: np.ndarray) -> np.ndarray:
    """Semitones from each sounding note to the next, int64 (m - 1,) for m of them: the melody whatever its key.

    None for one sounding note or fewer. Raises CourseError for what are no notes.
    """
    pitches = checked_notes(notes)[:, 0]
    return np.diff(pitches[pitches != REST])
