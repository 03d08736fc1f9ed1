"""Tunes made audible with NumPy alone: a note is a sum of harmonics under an envelope.

play(notes, "A jig in D")                       # in a notebook
save_wav(waveform(notes, tempo=90), "jig.wav")

Notes are an integer array (n, 2) of MIDI pitch (0 is a rest) and length in sixteenths; tempo is in quarter notes a
minute; a waveform is float32 (samples,) in [-1, 1], `rate` samples a second.
"""

from __future__ import annotations

import html
import io
import os
import wave
from dataclasses import dataclass

import numpy as np
from IPython.display import Audio

from course_lib import CourseError, datasets
from course_lib.datasets.notes import checked_notes
from course_lib.datasets.numbers import is_number
from course_lib.media.whole_files import write_whole

RATE = 11_025  # samples a second, and the least: a quarter of a CD's, for tones up to 5.5 kHz
SAMPLES = {
    8: (127, 128, "uint8"),
    16: (32_767, 0, "<i2"),
}  # of a WAV file: steps up from silence, silence, type
LONGEST = 8.0  # seconds: what a notebook stores of one sound is at most 118 kB
SLOWEST, FASTEST = 20.0, 400.0  # quarter notes a minute


@dataclass(frozen=True)
class Timbre:
    """harmonics: amplitude of f, 2f, 3f ...; attack, release: seconds of rising and falling.

    decay: how fast a note dies away, a second; harmonic k dies k times as fast, as those of a plucked string do.
    """

    harmonics: tuple[float, ...]
    attack: float
    release: float
    decay: float = 0.0


TIMBRES = {
    "flute": Timbre((1.0, 0.35, 0.12, 0.05), attack=0.03, release=0.04),
    "string": Timbre((1.0, 0.6, 0.45, 0.3, 0.2, 0.12, 0.08, 0.05), attack=0.004, release=0.03, decay=1.5),
    "pipe": Timbre((0.5, 0.7, 1.0, 0.7, 0.5, 0.35, 0.25, 0.15, 0.1), attack=0.015, release=0.015),
}


def seconds(notes: np.ndarray, tempo: float = 120.0) -> float:
    """How long the notes last at this tempo."""
    check_tempo(tempo)
    return float(checked_notes(notes)[:, 1].sum() * 15 / tempo)  # four sixteenths a quarter, 60 s a minute


def beginning(notes: np.ndarray, tempo: float = 120.0, longest: float = LONGEST) -> np.ndarray:
    """As many whole notes from the start as last `longest` seconds at most; CourseError if not even one does."""
    notes = checked_notes(notes)
    check_tempo(tempo)
    if not is_number(longest) or not longest > 0:  # also true of NaN
        raise CourseError(f"longest is a number of seconds above 0, not {longest!r}.")
    longest = min(longest, 1e9)  # a whole number may be too large for a float
    count = int((np.cumsum(notes[:, 1]) * 15 / tempo <= longest + 1e-9).sum())
    if not count:
        raise CourseError(
            f"The first note alone lasts {seconds(notes[:1], tempo):.1f} s, more than {longest:g} s: play it faster."
        )
    return notes[:count]


def waveform(notes: np.ndarray, tempo: float = 120.0, timbre: str = "flute", rate: int = RATE) -> np.ndarray:
    """The sound of the notes, one after the other: float32 (samples,) in [-1, 1].

    Every note rises from 0 and falls back to 0, so nothing clicks where two meet. Harmonics at or above half the rate,
    which would come back as other tones (aliasing), are left out. The k-th note ends at sample round(rate * its time),
    so that roundings do not add up. Raises CourseError for notes, tempo, timbre or rate that cannot be.
    """
    notes = checked_notes(notes)
    check_tempo(tempo)
    check_rate(rate)
    if not isinstance(timbre, str) or timbre not in TIMBRES:
        raise CourseError(f"There is no timbre {timbre!r}: choose one of {', '.join(TIMBRES)}.")
    ends = np.rint(np.cumsum(notes[:, 1]) * 15 / tempo * rate).astype("int64")
    sound, start = np.zeros(ends[-1], "float32"), 0
    for pitch, end in zip(notes[:, 0].tolist(), ends.tolist(), strict=True):
        if pitch:
            sound[start:end] = _tone(frequency(pitch), end - start, TIMBRES[timbre], rate)
        start = end
    return sound


def frequency(pitch: float) -> float:
    """Hertz of a MIDI pitch in equal temperament: 69 is the A of 440 Hz, twelve more an octave, twice as many."""
    return 440.0 * 2.0 ** ((pitch - 69) / 12)


def play(notes: np.ndarray, title: str, tempo: float = 120.0, timbre: str = "flute") -> Sound:
    """A player for a notebook: last line of a cell, or `display(play(...))`. It is silent until it is started.

    title: what is heard, in words: it stands above the player and in its place where nothing can be played.
    Raises CourseError for more than LONGEST seconds, of which a notebook would become too large.
    """
    lasts = seconds(notes, tempo)
    if lasts > LONGEST:
        raise CourseError(
            f"This lasts {lasts:.1f} s, and a notebook keeps {LONGEST:g} s of a sound: play "
            f"sound.beginning(notes, tempo={tempo:g}), or write all of it with sound.save_wav."
        )
    return player(waveform(notes, tempo, timbre), title)


def player(sound: np.ndarray, title: str, rate: int = RATE) -> Sound:
    """A player for any waveform (samples,), made as loud as it can be; else like `play`."""
    sound = checked_wave(sound)
    check_rate(rate)
    if len(sound) > LONGEST * rate:
        raise CourseError(
            f"This waveform lasts {len(sound) / rate:.1f} s, and a notebook keeps {LONGEST:g} s: cut it, "
            f"wave[: int({LONGEST:g} * rate)]."
        )
    peak = float(np.abs(sound).max())
    return Sound(wav_bytes(sound / peak if peak else sound, rate, bits=8), title, len(sound) / rate)


class Sound(Audio):
    """A player with a title: HTML for notebooks, the title for everything else.

    The sound stands in the player itself: of IPython's own form, JupyterLab drops it in a notebook not trusted yet.
    Raises CourseError if `title` is empty or no text.
    """

    def __init__(self, wav: bytes, title: str, lasts: float) -> None:
        if not isinstance(title, str) or not title.strip():
            raise CourseError(
                "Every sound needs a title for those who cannot hear it: play(notes, title='...')."
            )
        self.title, self.lasts = " ".join(title.split()), lasts
        super().__init__(data=wav)

    def __repr__(self) -> str:
        return f"Sound, {self.lasts:.1f} s: {self.title}"

    def _repr_html_(self) -> str:
        name = html.escape(self.title)
        return (
            f'<figure style="margin: 0"><figcaption>{name}</figcaption>'
            f'<audio controls aria-label="{name}" title="{name}" src="{self.src_attr()}"></audio></figure>'
        )


def wav_bytes(sound: np.ndarray, rate: int = RATE, bits: int = 16) -> bytes:
    """A waveform in [-1, 1] as a WAV file of one channel, of 8 or 16 bits a sample.

    8 bits are half the size, and plain PCM, which every browser plays; their rounding is a hiss about 50 dB below
    the loudest tone, and rests stay silent.
    """
    sound = checked_wave(sound)
    check_rate(rate)
    if type(bits) is not int or bits not in SAMPLES:
        raise CourseError(f"A WAV file is written with 8 or 16 bits a sample, not {bits!r}.")
    steps, silence, kind = SAMPLES[bits]
    samples = np.rint(sound * steps + silence).astype(kind)
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(bits // 8)
        file.setframerate(rate)
        file.writeframes(samples.tobytes())
    return buffer.getvalue()


def save_wav(sound: np.ndarray, path: str | os.PathLike, rate: int = RATE) -> None:
    """Write a waveform as a WAV file of 16 bits; atomic. Raises CourseError where it cannot be written."""
    write_whole(path, wav_bytes(sound, rate))


def _tone(hertz: float, length: int, timbre: Timbre, rate: int) -> np.ndarray:
    """One note, float64 (length,) in [-1, 1]."""
    time = np.arange(length) / rate
    tone = np.zeros(length)
    for number, amplitude in enumerate(timbre.harmonics, 1):
        if number * hertz >= rate / 2:
            break
        tone += amplitude * np.exp(-timbre.decay * number * time) * np.sin(2 * np.pi * number * hertz * time)
    return tone / sum(timbre.harmonics) * _envelope(length, timbre.attack * rate, timbre.release * rate)


def _envelope(length: int, attack: float, release: float) -> np.ndarray:
    """0 up to 1 and back to 0 as half cosines, each over a third of the note at most."""
    third = length / 3
    place = np.arange(length)
    rising = np.clip(place / min(attack, third), 0, 1)
    falling = np.clip((length - 1 - place) / min(release, third), 0, 1)
    return 0.25 * (1 - np.cos(np.pi * rising)) * (1 - np.cos(np.pi * falling))


def checked_wave(sound: np.ndarray) -> np.ndarray:
    """The waveform as a new array, float64 (samples,). Raises CourseError for what is none, or beyond [-1, 1]."""
    sound = datasets.check_numbers("samples", sound)
    if sound.ndim != 1 or not len(sound):
        raise CourseError(f"A waveform has the shape (samples,), at least one, but this has {sound.shape}.")
    sound = sound.astype("float64")
    if not np.abs(sound).max() <= 1.0:  # also true of NaN
        raise CourseError("The samples of a waveform lie in [-1, 1]: divide by np.abs(wave).max() first.")
    return sound


def check_tempo(tempo: float) -> None:
    """Raise CourseError unless this is a number of quarter notes a minute that can be played."""
    if not is_number(tempo) or not SLOWEST <= tempo <= FASTEST:  # also true of NaN
        raise CourseError(
            f"The tempo is in quarter notes a minute, from {SLOWEST:g} to {FASTEST:g}, not {tempo!r}."
        )


def check_rate(rate: int) -> None:
    """Raise CourseError unless this is a number of samples a second that can be played."""
    datasets.check_whole("rate", "how many samples a second has", rate, RATE, 96_000)
