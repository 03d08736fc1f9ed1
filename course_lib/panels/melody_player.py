"""A tune under controls: its mode, its tempo and its timbre; drawn, and to be heard again.

MelodyPlayer({tune.title: tune for tune in tunes}).show()
MelodyPlayer(notes, tonic=2, mode="major").show()
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from course_lib import CourseError, datasets, plots
from course_lib.datasets.notes import checked_notes
from course_lib.datasets.tune_bars import bar_length
from course_lib.media import modes, notes, sound
from course_lib.panels.panel import Panel, choice, slider
from course_lib.plots.piano_roll import piano_roll

AS_WRITTEN = "as written"


class Written(NamedTuple):
    """A tune as it came: mode "" where it is not known, and then it cannot be changed."""

    notes: np.ndarray
    tonic: int
    mode: str
    bar: int


class MelodyPlayer(Panel):
    """One of several tunes, its beginning drawn and played; where a degree has moved, both notes are seen.

    tunes: notes (n, 2), or a dict of title to notes or to a tune that has `notes`, `key_sharps`, `mode` and `meter`;
    tonic (pitch class 0..11), mode and bar (sixteenths): of bare notes; tempo: quarter notes a minute at the start.

    controls, by name: "tune", "mode" (as written, or one of `modes.MODES`), "tempo" and "timbre". Nothing sounds before
    the player is started. played: the notes that it plays, as many whole ones as fit into `sound.LONGEST` seconds.
    Raises CourseError for no tunes, and for what are no notes, no mode and no tempo.
    """

    def __init__(
        self,
        tunes: np.ndarray | Mapping[str, object],
        tonic: int = 0,
        mode: str = "major",
        tempo: float = 120.0,
        bar: int = 16,
    ) -> None:
        named = tunes if isinstance(tunes, Mapping) else {"the tune": tunes}
        if not named:
            raise CourseError("There is no tune to play: give notes, or a dict of title to notes.")
        sound.check_tempo(tempo)
        self.tunes = {str(title): _written(tune, tonic, mode, bar) for title, tune in named.items()}
        titles = list(self.tunes)
        controls = {
            "tune": choice("tune", titles, titles[0]),
            "mode": choice("mode", [AS_WRITTEN, *modes.MODES], AS_WRITTEN),
            "tempo": slider("tempo", float(tempo), *_range_around(tempo), 5.0),
            "timbre": choice("timbre", list(sound.TIMBRES), "flute"),
        }
        controls["tempo"].continuous_update = False  # a sound on the way is 118 kB
        super().__init__(controls)

    def alt(self) -> str:
        """What is drawn and played, in words."""
        title, mode, tempo, timbre = (
            self.controls[name].value for name in ("tune", "mode", "tempo", "timbre")
        )
        played = notes.in_words(self.played, self.tunes[title].bar)
        return f"{title}, {self._mode_in_words(mode)}, at {tempo:.0f} quarter notes a minute, {timbre}: {played}."

    def _mode_in_words(self, mode: str) -> str:
        written = self.tunes[self.controls["tune"].value]
        if mode == AS_WRITTEN:
            return f"as written{f' in {written.mode}' if written.mode else ''}"
        moved = int((self.played != self.begun).any(axis=1).sum())
        return f"in {mode}, {moved} notes moved"

    def _measure(self) -> None:
        written, mode = self.tunes[self.controls["tune"].value], self.controls["mode"].value
        self.begun = sound.beginning(written.notes, self.controls["tempo"].value)
        self.played = self.begun
        if mode != AS_WRITTEN:
            if not written.mode:
                raise CourseError("The mode in which this tune is written is not known: choose `as written`.")
            self.played = modes.change_mode(self.begun, written.tonic, written.mode, mode)

    def _draw(self, small: bool = False) -> PlayedPicture:
        title, tempo = self.controls["tune"].value, self.controls["tempo"].value
        voices: object = self.played
        if (self.played != self.begun).any():
            voices = {AS_WRITTEN: self.begun, f"in {self.controls['mode'].value}": self.played}
        picture = plots.picture(piano_roll(voices, title, self.tunes[title].bar), self.alt())
        heard = sound.play(self.played, title, tempo, self.controls["timbre"].value)
        # a notebook's file keeps the notes, and a cell with sound.play where it is to keep the sound
        return PlayedPicture(picture, None if small else heard)


class PlayedPicture(NamedTuple):
    """A picture, and under it a player."""

    picture: plots.Picture
    heard: sound.Sound | None

    def _repr_html_(self) -> str:
        return self.picture._repr_html_() + (self.heard._repr_html_() if self.heard else "")


def _written(tune: object, tonic: int, mode: str, bar: int) -> Written:
    if hasattr(tune, "key_sharps"):
        known = tune.mode in modes.MODES
        tonic = modes.tonic(tune.key_sharps, tune.mode) if known else 0
        mode = tune.mode if known else ""
        return Written(checked_notes(tune.notes), tonic, mode, bar_length(tune.meter))
    datasets.check_whole("bar", "how many sixteenths a bar has", bar, 1)
    modes.change_mode([[60, 1]], tonic, mode, mode)  # refuses what is no tonic and no mode
    return Written(checked_notes(tune), tonic, mode, bar)


def _range_around(tempo: float) -> tuple[float, float]:
    """From half to twice the tempo, as far as there are such."""
    return max(sound.SLOWEST, round(tempo / 10) * 5.0), min(sound.FASTEST, round(tempo / 5) * 10.0)
