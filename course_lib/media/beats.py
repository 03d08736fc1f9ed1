"""When a melody's notes and beats sound, and which frames of a film are nearest: a film is cut to music by these.

    times = beats(tune.notes, tempo=120, meter=tune.meter, every="bar", pickup=pickup(tune))
    cuts = cut_frames(times, rate=25)                     the first frame of each shot
    length = frame_count(sound.seconds(tune.notes, 120), rate=25)

Notes are an integer array (n, 2) of MIDI pitch (0 is a rest) and length in sixteenths; tempo is in quarter notes a
minute; times are in seconds from the start; rate is in frames a second. NumPy only.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from course_lib import CourseError, datasets
from course_lib.datasets.notes import REST, checked_notes
from course_lib.datasets.numbers import check_number
from course_lib.datasets.tune_bars import bar_length, beat_length
from course_lib.media.sound import check_tempo

SLOWEST, FASTEST = 1.0, 50.0
"""Frames a second. A GIF counts in hundredths of a second, and browsers show a frame for two of them at least."""
LONGEST = 3600.0  # seconds
PARTS = (
    1_000_000  # of a frame: counted in whole ones, so that noise of floats moves no time over half a frame
)


def onsets(notes: ArrayLike, tempo: float = 120.0) -> np.ndarray:
    """The seconds at which sounding notes begin, float64 (m,), rising; none, (0,), where all is rest.

    Raises CourseError for what are no notes, such as a melody of length 0, and no tempo.
    """
    notes, sixteenth = checked_notes(notes), _sixteenth(tempo)
    begins = np.cumsum(notes[:, 1]) - notes[:, 1]
    return begins[notes[:, 0] != REST] * sixteenth


def beats(
    notes: ArrayLike, tempo: float = 120.0, meter: str = "4/4", every: str = "beat", pickup: int = 0
) -> np.ndarray:
    """The seconds of all beats, or of all bar lines, before the notes end: float64 (m,), rising.

    every: "beat", of which 6/8 has two a bar, or "bar". pickup: sixteenths before the first bar line, of which
    `datasets.tune_bars.pickup` makes an estimate; 0.0 is among the times where a beat falls there. They are the beats
    that are counted, whether a note begins there or not. None, (0,), where the notes end before the first one.
    Raises CourseError for what are no notes, no tempo, no meter, another `every`, and a pick-up below 0 or of a bar or
    more.
    """
    notes, sixteenth = checked_notes(notes), _sixteenth(tempo)
    if not isinstance(every, str) or every not in ("beat", "bar"):
        raise CourseError(f'every is "beat" or "bar", not {every!r}.')
    bar = bar_length(meter)
    datasets.check_whole("pickup", "how many sixteenths come before the first bar line", pickup, 0, bar - 1)
    step = bar if every == "bar" else beat_length(meter)
    return np.arange(pickup % step, notes[:, 1].sum(), step) * sixteenth


def cut_frames(seconds: ArrayLike, rate: float) -> np.ndarray:
    """The frame that begins nearest to each time: int64 (m,), rising strictly. Frame k begins at k / rate.

    Each is rounded from its own time, so that no error adds up: it is half a frame at most.
    Raises CourseError for times that are negative, not finite, not rising or beyond an hour, for times closer than a
    frame, and for a rate outside 1 to 50.
    """
    check_rate(rate)
    times = datasets.check_numbers("times", seconds)
    if times.ndim != 1 or not np.isfinite(times).all():
        raise CourseError(f"Times are finite seconds of shape (m,), and these have the shape {times.shape}.")
    times = times.astype("float64")
    if times.size and not 0 <= times.min() <= times.max() <= LONGEST:
        raise CourseError(
            f"Times lie between 0 and {LONGEST:,.0f} seconds, and these go from {times.min():g} to {times.max():g}."
        )
    places = np.rint(times * rate * PARTS).astype("int64")
    close = np.flatnonzero(np.diff(places) < PARTS)
    if len(close):
        first, second = times[close[0] : close[0] + 2]
        raise CourseError(
            f"The times {first:g} and {second:g} s do not lie a frame ({1 / rate:g} s) apart, in this order: sort "
            "them, take fewer, such as every bar, or more frames a second."
        )
    return (places + PARTS // 2) // PARTS


def frame_count(lasts: float, rate: float) -> int:
    """How many frames last at least so many seconds, and less than a frame more: one or more."""
    check_rate(rate)
    check_number("lasts", "how many seconds a film is to last", lasts, 0.0, LONGEST)
    return max(1, -(-round(lasts * rate * PARTS) // PARTS))  # rounded up


def check_rate(rate: float) -> None:
    """Raise CourseError unless this is a number of frames a second that a film can be written with."""
    check_number("rate", "how many frames a second the film shows", rate, SLOWEST, FASTEST)


def _sixteenth(tempo: float) -> float:
    """Seconds of a sixteenth note."""
    check_tempo(tempo)
    return 15 / tempo
