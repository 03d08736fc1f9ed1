"""Tunes as MIDI files, which every notation program and synthesiser opens; read back, they are the same notes.

save_midi(notes, "jig.mid", tempo=110, meter="6/8", instrument="whistle")
load_midi("jig.mid").notes

Notes are an integer array (n, 2) of MIDI pitch (0 is a rest) and length in sixteenths. The package mido does the bytes;
without it all else of the course works.
"""

from __future__ import annotations

import io
import os
from types import ModuleType
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from course_lib import CourseError
from course_lib.datasets.notes import checked_notes, meter_parts
from course_lib.media.notes import joined_rests
from course_lib.media.sound import check_tempo
from course_lib.media.whole_files import write_whole

if TYPE_CHECKING:
    import mido

TICKS = 480  # a quarter note
LOUD = 80  # of 127
INSTRUMENTS = {
    **{"piano": 0, "accordion": 21, "guitar": 24, "violin": 40, "harp": 46},
    **{"flute": 73, "whistle": 78, "bagpipe": 109},
}
"""Program numbers of General MIDI, counted from 0."""


class Melody(NamedTuple):
    """What a MIDI file holds. tempo: quarter notes a minute; instrument: a name of INSTRUMENTS, or "program 12"."""

    notes: np.ndarray
    tempo: float
    meter: str
    instrument: str
    title: str


def save_midi(
    notes: np.ndarray,
    path: str | os.PathLike,
    tempo: float = 120.0,
    meter: str = "4/4",
    instrument: str = "flute",
    title: str = "",
) -> None:
    """Write one voice as a MIDI file; atomic.

    Raises CourseError where mido is missing, for what cannot be written, such as an instrument that is not in
    INSTRUMENTS, and where the file cannot be written.
    """
    mido, notes = _mido(), checked_notes(notes)
    check_tempo(tempo)
    numerator, denominator = meter_parts(meter, "The MIDI file")
    if not isinstance(instrument, str) or instrument not in INSTRUMENTS:
        raise CourseError(f"There is no instrument {instrument!r}: choose one of {', '.join(INSTRUMENTS)}.")
    # half of a surrogate pair, as a cut-off emoji leaves it, cannot be written
    if not isinstance(title, str) or title != title.encode("utf-8", "ignore").decode("utf-8"):
        raise CourseError(f"The title of a MIDI file is text, '' for none, not {title!r}.")
    track = mido.MidiTrack(
        [
            mido.MetaMessage("track_name", name=title),
            mido.MetaMessage("set_tempo", tempo=mido.bpm2tempo(tempo)),
            mido.MetaMessage("time_signature", numerator=numerator, denominator=denominator),
            mido.Message("program_change", program=INSTRUMENTS[instrument]),
        ]
    )
    waited = 0  # ticks of rest before the next event
    for pitch, length in notes.tolist():
        ticks = length * TICKS // 4
        if pitch:
            track.append(mido.Message("note_on", note=pitch, velocity=LOUD, time=waited))
            track.append(mido.Message("note_off", note=pitch, velocity=0, time=ticks))
        waited = 0 if pitch else waited + ticks
    track.append(mido.MetaMessage("end_of_track", time=waited))
    buffer = io.BytesIO()
    mido.MidiFile(type=0, ticks_per_beat=TICKS, charset="utf-8", tracks=[track]).save(file=buffer)
    write_whole(path, buffer.getvalue())


def load_midi(path: str | os.PathLike) -> Melody:
    """The one voice of a MIDI file. Rests side by side are one rest, since a file knows only when notes begin and end.

    Raises CourseError where mido is missing, if there is no such file, if it is no MIDI file or damaged, and if it
    holds what notes here cannot: no note, two at once, or one that is no whole number of sixteenths.
    """
    mido = _mido()
    # mido would read nothing for None, and for a number whatever is open under it
    if not isinstance(path, str | os.PathLike):
        raise CourseError(f"{path!r} is no name of a file: give the one of a MIDI file.")
    try:
        file = mido.MidiFile(path, charset="utf-8")
        events = mido.merge_tracks(file.tracks)
        if file.ticks_per_beat <= 0 or file.ticks_per_beat >= 0x8000:
            raise ValueError("timed by the frames of a film")
    except FileNotFoundError as error:
        raise CourseError(f"There is no file {path}: save a tune first, or mend the name.") from error
    # bytes from anywhere make mido raise many things; OSError and EOFError among them
    except Exception as error:
        raise CourseError(f"{path} is not a MIDI file that can be read, or a damaged one.") from error
    try:
        notes = _one_voice(events, file.ticks_per_beat)
    except CourseError as error:
        raise CourseError(f"{path} is a MIDI file, but not one tune in sixteenths. {error}") from error
    tempo, meter, instrument, title = 120.0, "4/4", "piano", ""  # what a MIDI file means that does not say
    for event in reversed(events):  # so that the first one counts
        if event.type == "set_tempo" and event.tempo:
            tempo = round(mido.tempo2bpm(event.tempo), 2)
        elif event.type == "time_signature":
            meter = f"{event.numerator}/{event.denominator}"
        elif event.type == "program_change":
            names = {program: name for name, program in INSTRUMENTS.items()}
            instrument = names.get(event.program, f"program {event.program}")
        elif event.type == "track_name":
            title = event.name
    return Melody(notes, tempo, meter, instrument, title)


def _one_voice(events: mido.MidiTrack, ticks_per_beat: int) -> np.ndarray:
    """The notes between the events of a file; of those at one time, notes end before others begin."""
    now, timed = 0, []
    for event in events:
        now += event.time
        if event.type in ("note_on", "note_off"):
            begins = event.type == "note_on" and event.velocity > 0
            timed.append((_sixteenths(now, ticks_per_beat), begins, event.note))
    rows: list[tuple[int, int]] = []
    reached, sounding = 0, None
    for time, begins, pitch in sorted(timed, key=lambda each: each[:2]):
        if not begins and pitch != sounding:
            continue  # ends what is not sounding
        if begins and sounding is not None:
            raise CourseError(f"Two notes sound at once, {time} sixteenths after the start.")
        if begins and not pitch:
            raise CourseError("It has a note of pitch 0, which is a rest here.")
        if time > reached or not begins:
            rows.append((0 if begins else pitch, time - reached))
        reached, sounding = time, pitch if begins else None
    if sounding is not None:
        raise CourseError("A note has no end.")
    silent = 4 * now // ticks_per_beat - reached  # after the last note
    if silent > 0:
        rows.append((0, silent))
    if not rows:
        raise CourseError("It has no notes.")
    return joined_rests(np.array(rows))


def _sixteenths(ticks: int, ticks_per_beat: int) -> int:
    whole, rest = divmod(4 * ticks, ticks_per_beat)
    if rest:
        raise CourseError(
            f"A note begins or ends {4 * ticks / ticks_per_beat:.2f} sixteenths after the start."
        )
    return whole


def _mido() -> ModuleType:
    try:
        import mido
    except ImportError as error:
        raise CourseError(
            "MIDI files need the package mido: run `%pip install mido` in a cell of its own, then this one again."
        ) from error
    return mido
