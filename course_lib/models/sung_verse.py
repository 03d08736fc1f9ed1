"""A verse set to a tune: strong syllables on the strong beats, by dynamic programming over syllables and notes.

    sung = set_to_tune(stresses(verse.given[0]) + stresses(verse.answer), tune.notes, tune.meter, pickup(tune))
    on_the_beat(sung)                   from -1 to 1

Every syllable gets one note or more in a row, in order. What is made large is the sum, over syllables, of how strong
the beat is on which it begins if it is strong, less the same if it is weak, and less a little for every further note.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from course_lib import CourseError
from course_lib.datasets.checking import check_whole
from course_lib.datasets.notes import checked_notes
from course_lib.datasets.stress import Syllable
from course_lib.datasets.tune_bars import bar_length, beat_length

BAR, BEAT, ELSEWHERE = 2.0, 1.0, 0.0
"""How strong the first of a bar is, another beat, and what lies between beats."""
HELD = 0.4
"""What each further note of a syllable costs, so that the verse does not straggle."""


class Sung(NamedTuple):
    """A syllable and its notes. start: of the first one, in sixteenths from the beginning of the tune. strength: of the
    beat there. notes: int64 (k, 2), pitch and length in sixteenths, k >= 1, rests that follow among them."""

    syllable: Syllable
    start: int
    strength: float
    notes: np.ndarray


def strength(start: int, meter: str, pickup: int = 0) -> float:
    """How strong the beat is at so many sixteenths from the beginning, of which `pickup` stand before the first bar."""
    check_whole("start", "how many sixteenths come before the note", start, 0)
    check_whole("pickup", "how many sixteenths come before the first bar", pickup, 0)
    bar, beat = bar_length(meter), beat_length(meter)
    place = (start - pickup) % bar
    return BAR if place == 0 else BEAT if place % beat == 0 else ELSEWHERE


def set_to_tune(syllables: Sequence[Syllable], notes: np.ndarray, meter: str, pickup: int = 0) -> list[Sung]:
    """The syllables on the tune from its beginning, as well as they can lie; its end may be left over.

    notes: (n, 2). Raises CourseError if the tune has fewer notes than there are syllables, and for what are no notes or
    no syllables.
    """
    notes = checked_notes(notes, "the tune")
    starts, events = _sounding(notes)
    places = _places(syllables, starts, meter, pickup)
    ends = [*places[1:], places[-1] + 1]
    offsets = np.concatenate([[0], np.cumsum(notes[:, 1])])
    found = []
    for syllable, place, after in zip(syllables, places, ends, strict=True):
        until = events[after] if after < len(events) else len(notes)
        start = int(offsets[events[place]])
        own = notes[events[place] : until]
        found.append(Sung(syllable, start, strength(start, meter, pickup), own))
    return found


def note_by_note(syllables: Sequence[Syllable], notes: np.ndarray, meter: str, pickup: int = 0) -> list[Sung]:
    """The baseline: one note a syllable, as they come. Raises CourseError as `set_to_tune`."""
    notes = checked_notes(notes, "the tune")
    starts, events = _sounding(notes)
    _check_syllables(syllables, starts)
    found = []
    for syllable, start, event in zip(syllables, starts, events, strict=False):
        found.append(Sung(syllable, start, strength(start, meter, pickup), notes[event : event + 1]))
    return found


def on_the_beat(sung: Sequence[Sung]) -> float:
    """Share of the strong syllables that begin on a beat, less the share of the weak ones that do: from -1 to 1."""
    _check_sung(sung)
    strong = [one.strength > ELSEWHERE for one in sung if one.syllable.strong]
    weak = [one.strength > ELSEWHERE for one in sung if not one.syllable.strong]
    return float((np.mean(strong) if strong else 0) - (np.mean(weak) if weak else 0))


def sung_notes(sung: Sequence[Sung]) -> np.ndarray:
    """All notes in a row, int64 (n, 2), to be heard or drawn."""
    _check_sung(sung)
    return np.concatenate([one.notes for one in sung])


def _places(syllables: Sequence[Syllable], starts: list[int], meter: str, pickup: int) -> list[int]:
    """On which sounding note each syllable begins, the first one on the first note."""
    _check_syllables(syllables, starts)
    count, size = len(syllables), len(starts)
    strengths = np.array([strength(start, meter, pickup) for start in starts])
    signs = [1.0 if syllable.strong else -1.0 for syllable in syllables]
    best = np.full((count, size), -np.inf)
    came_from = np.zeros((count, size), int)
    best[0, 0] = signs[0] * strengths[0]
    for row in range(1, count):
        # A note between two beginnings belongs to the syllable before: it costs HELD. `running` is the best so far.
        running, source = -np.inf, 0
        for place in range(row, size):
            running -= HELD
            if best[row - 1, place - 1] > running:
                running, source = best[row - 1, place - 1], place - 1
            best[row, place] = running + signs[row] * strengths[place]
            came_from[row, place] = source
    place = int(np.argmax(best[-1]))
    found = [place]
    for row in range(count - 1, 0, -1):
        place = int(came_from[row, place])
        found.append(place)
    return found[::-1]


def _sounding(notes: np.ndarray) -> tuple[list[int], list[int]]:
    """Where the notes that sound begin, in sixteenths, and which rows they are."""
    offsets = np.concatenate([[0], np.cumsum(notes[:, 1])])
    events = [row for row, pitch in enumerate(notes[:, 0]) if pitch]
    return [int(offsets[row]) for row in events], events


def _check_sung(sung: Sequence[Sung]) -> None:
    if not _are_all(sung, Sung) or not sung:
        raise CourseError("Sung syllables are wanted, as set_to_tune gives them, at least one.")


def _are_all(things: object, kind: type) -> bool:
    return isinstance(things, Sequence) and all(isinstance(one, kind) for one in things)


def _check_syllables(syllables: Sequence[Syllable], starts: list[int]) -> None:
    if not _are_all(syllables, Syllable):
        raise CourseError("Syllables are those of stresses(line), not words or a text.")
    if not syllables or len(starts) < len(syllables):
        raise CourseError(
            f"{len(syllables)} syllables need as many notes, at least one, and the tune has {len(starts)}: take a "
            "longer tune or a shorter verse."
        )
