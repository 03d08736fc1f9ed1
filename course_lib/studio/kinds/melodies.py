"""Melodies of a recurrent network: heard, drawn, told in words. Their files are a WAV and, with mido, a MIDI file."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from pathlib import Path

import numpy as np

from course_lib import CourseError, plots
from course_lib.media import midi, notes, sound
from course_lib.models.sequences import pretrained as tunes
from course_lib.models.sequences.scoring import at_temperature, draw, drawable
from course_lib.models.sequences.vocabulary import END
from course_lib.plots.piano_roll import piano_rolls
from course_lib.studio.kinds.theme import MADE_BY, Array, Creation, Theme

EVENTS, TEMPO = 32, 120.0
"""A melody has at most so many notes, and quarter notes a minute."""
INSTRUMENTS = {"flute": "flute", "string": "harp", "pipe": "bagpipe"}
"""What plays the MIDI file of each timbre."""


class Melodies(Theme):
    """Beginnings of tunes, notes (n, 2); the style is what they are played with, one of `sound.TIMBRES`."""

    parameter, pool, reference = "temperature", 8, 48

    @cached_property
    def network(self) -> tuple:
        return tunes.recurrent()

    def make_many(self, style: str, setting: float, seeds: Sequence[int]) -> list[Array]:
        """Notes int64 (n, 2) of at most `sound.LONGEST` seconds at TEMPO, drawn at a temperature, the setting."""
        model, vocabulary = self.network
        drawn: list[Array] = [np.zeros(0, "int32") for _ in seeds]
        randoms = [np.random.default_rng(seed) for seed in seeds]
        running = list(range(len(seeds)))
        for place in range(EVENTS):
            chances = drawable(model.next_probabilities([drawn[one] for one in running]))
            if not place:
                chances[:, END] = 0  # a tune has one note at least
            for one, row in zip(list(running), at_temperature(chances, setting), strict=True):
                event = int(draw(row[np.newaxis], randoms[one])[0])
                if event == END:
                    running.remove(one)
                else:
                    drawn[one] = np.append(drawn[one], np.int32(event))
            if not running:
                break
        return [sound.beginning(np.array(vocabulary.decode(ids), "int64"), TEMPO) for ids in drawn]

    def _described(self, made: Sequence[Array]) -> Array:
        """Height, range, note length, size of steps, how often they go up, and where it ends; in comparable units."""
        rows = []
        for tune in made:
            pitches = tune[tune[:, 0] > 0, 0].astype("float64")
            pitches = pitches if len(pitches) else np.full(1, 72.0)
            steps = np.diff(pitches) if len(pitches) > 1 else np.zeros(1)
            row = [pitches.mean() / 5, np.ptp(pitches) / 5, tune[:, 1].mean(), np.abs(steps).mean()]
            rows.append([*row, 5 * (steps > 0).mean(), (pitches[-1] - pitches[0]) / 5])
        return np.array(rows)

    def page(self, named: Mapping[str, Array], style: str, alt: str, still: bool = False) -> str:
        """Players above their piano rolls; still without the sounds, which would make a notebook's file large."""
        players = "" if still else "".join(_player(tune, name, style) for name, tune in named.items())
        roll = plots.picture(piano_rolls(dict(named)), alt)._repr_html_()
        return f'<div style="display: flex; flex-wrap: wrap; gap: 1em">{players}</div>{roll}'

    def small(self, made: Array, creation: Creation, name: str) -> str:
        return _player(made, name, creation.style)

    def in_words(self, made: Array) -> str:
        return notes.in_words(made)

    def files(self, made: Array, creation: Creation, told: str) -> dict[str, bytes]:
        found = {".wav": sound.wav_bytes(sound.waveform(made, TEMPO, creation.style))}
        with suppress(CourseError):  # without mido there is none; the sound is whole without it
            found[".mid"] = _midi(made, creation)
        return found


def _player(tune: Array, name: str, timbre: str) -> str:
    return sound.play(tune, name, TEMPO, timbre)._repr_html_()


def _midi(tune: Array, creation: Creation) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "tune.mid"
        title = f"Made by {MADE_BY}: {creation.theme}, seed {creation.seed}"
        midi.save_midi(tune, path, TEMPO, instrument=INSTRUMENTS[creation.style], title=title)
        return path.read_bytes()
