"""A blind test by ear: two tunes to play, two buttons, and in the end who was chosen how often.

panel = HearTwo({"network": tunes, "n-gram": others}, "Which would you rather hear again?", nearest=found)
panel.show()

The answers stay in the kernel: nothing is written and nothing is sent.
"""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

import ipywidgets
import numpy as np

from course_lib import CourseError, plots
from course_lib.datasets.notes import checked_notes
from course_lib.media import notes as note_arrays
from course_lib.media import sound
from course_lib.panels import front_end
from course_lib.panels.blind_pairs import SIDES, BlindPairs
from course_lib.panels.panel import Panel
from course_lib.plots.piano_roll import piano_rolls

MOST = 20  # pairs: so many are still drawn with their numbers in a moment


class NearestTune(NamedTuple):
    """The passage of a training tune that a generated one is most like; shared: notes of the longest run in common."""

    title: str
    notes: np.ndarray
    shared: int


class HearTwo(Panel):
    """Pairs of tunes, one of each method, on sides that a coin decides anew for every pair.

    methods: two names with lists of notes (n, 2), pair by pair, each at most `sound.LONGEST` seconds; question: what
    is asked of each pair; nearest: for a name the list of its `NearestTune` or None, shown after the last answer only,
    since a title would say which tune was generated; tempo, timbre: see `sound.waveform`; bar: sixteenths a bar, for
    the drawings; seed: of the coins and of the order.

    buttons: "left" and "right"; "next pair", which goes through the pairs once all are judged and it is told who is
    who; "again", which begins a new test. Nothing sounds before its player is started; the notes of a pair are drawn
    too, folded, for those who cannot hear. pairs: the answers so far (`BlindPairs`).
    A page without a kernel shows all pairs drawn with numbers, and who is who folded away.
    Raises CourseError for other than two methods, for lists of different lengths, and for tunes that cannot be played.
    """

    FOLDED = "all pairs as notes, with numbers"

    def __init__(
        self,
        methods: Mapping[str, Sequence[np.ndarray]],
        question: str,
        nearest: Mapping[str, Sequence[NearestTune | None]] = MappingProxyType({}),
        tempo: float = 120.0,
        timbre: str = "flute",
        bar: int = 16,
        seed: int = 0,
    ) -> None:
        if not isinstance(methods, Mapping):
            raise CourseError(
                f"methods is a dict of two names with lists of notes, not a {type(methods).__name__}."
            )
        counts = [len(tunes) for tunes in methods.values()]
        if len(counts) != 2 or counts[0] != counts[1] or not 1 <= counts[0] <= MOST:
            raise CourseError(
                f"A blind choice takes two methods with 1 to {MOST} tunes each, as many of one as of the other, but "
                f"got {', '.join(map(str, counts)) or 'none'}."
            )
        self.tempo, self.timbre, self.bar, self.question = tempo, timbre, bar, question
        self.tunes = [[self._playable(tune) for tune in tunes] for tunes in methods.values()]
        self.nearest = [_checked_nearest(nearest, name, counts[0]) for name in methods]
        if unknown := set(nearest) - set(methods):
            raise CourseError(
                f"nearest names {', '.join(map(str, unknown))}, which is none of the two methods."
            )
        self.pairs = BlindPairs(tuple(map(str, methods)), counts[0], seed)
        self.message = ipywidgets.HTML()
        self.message.add_class(front_end.SPOKEN)
        self.looked_at = 0  # the pair that is shown when all are judged
        note = self.pairs.note
        actions = {"left": lambda: note(0), "right": lambda: note(1)}
        actions |= {"next pair": self._go_on, "again": self._begin}
        super().__init__({name: ipywidgets.Button(description=name) for name in actions}, actions)
        for button in self.buttons.values():
            button.add_class(front_end.ONE_BY_ONE)

    @property
    def buttons(self) -> dict[str, ipywidgets.Button]:
        return self.controls

    @property
    def chosen(self) -> list[str]:
        """The method chosen in each pair so far."""
        return self.pairs.chosen

    @property
    def finished(self) -> bool:
        return self.pairs.finished

    def alt(self) -> str:
        """What is to be heard, in words; who is who is told only at the end."""
        number = self._here() + 1
        if self.finished:
            return f"Pair {number}: {self.pairs.who(number - 1)}. {self.pairs.told()}"
        return f"Pair {number} of {self.pairs.count}: two tunes. {self.question}"

    def _playable(self, tune: np.ndarray) -> np.ndarray:
        tune, lasts = checked_notes(tune), sound.seconds(tune, self.tempo)
        if lasts > sound.LONGEST:
            raise CourseError(
                f"A tune of {lasts:.1f} s is too long to be judged: shorten all of them with "
                f"sound.beginning(notes, tempo={self.tempo:g}) to {sound.LONGEST:g} s."
            )
        return tune

    def _here(self) -> int:
        return self.looked_at if self.finished else len(self.chosen)

    def _go_on(self) -> None:
        self.looked_at = (self.looked_at + 1) % self.pairs.count

    def _begin(self) -> None:
        self.pairs.shuffle()
        self.looked_at = 0
        if self._still is not None:  # the numbered pairs are those of this test too
            self._still.update(self._output(self._without_kernel()), raw=True)

    def _measure(self) -> None:
        # First on, then off: the focus of a button that is switched off goes to the first one that is on.
        self.buttons["next pair"].disabled = not self.finished or self.pairs.count == 1
        for name in SIDES:
            self.buttons[name].disabled = self.finished
        number = len(self.chosen) + 1
        self.message.value = html.escape(
            self.pairs.told() if self.finished else f"Pair {number} of {self.pairs.count}: {self.question}"
        )

    def _pair(self, number: int) -> dict[str, np.ndarray]:
        """Both tunes of a pair by their sides."""
        methods = [self.pairs.method(number, side) for side in (0, 1)]
        return {
            side: self.tunes[method][self.pairs.order[number]]
            for side, method in zip(SIDES, methods, strict=True)
        }

    def _draw(self, small: bool = False) -> Heard:
        number = self._here()
        pair = self._pair(number)
        names = dict(zip(SIDES, (f"pair {number + 1}, {side}" for side in SIDES), strict=True))
        if self.finished:
            who = [self.pairs.names[self.pairs.method(number, side)] for side in (0, 1)]
            names = {
                side: f"{names[side]}: {name}{' (your choice)' if name == self.chosen[number] else ''}"
                for side, name in zip(SIDES, who, strict=True)
            }
        players = [self._player(tune, names[side]) for side, tune in pair.items()]
        words = "; ".join(f"{side}: {note_arrays.in_words(tune, self.bar)}" for side, tune in pair.items())
        drawing = self._rolls({names[side]: tune for side, tune in pair.items()}, f"{self.alt()} {words}")
        parts = [_side_by_side(players), _folded("the notes, drawn", drawing)]
        if self.finished:
            parts += [self._like(number, side) for side in (0, 1)]
        return Heard("".join(parts))

    def _like(self, number: int, side: int) -> str:
        """What in the training data one tune of a pair is most like, folded; nothing where none was given."""
        method, which = self.pairs.method(number, side), self.pairs.order[number]
        found = self.nearest[method][which]
        if found is None:
            return ""
        passage = sound.beginning(found.notes, self.tempo)
        told = self._most_like(side, found)
        drawing = self._rolls(
            {f"{SIDES[side]}: {self.pairs.names[method]}": self.tunes[method][which], found.title: passage},
            f"{told}; {note_arrays.in_words(passage, self.bar)}",
        )
        return _folded(told, self._player(passage, found.title) + drawing)

    def _most_like(self, side: int, found: NearestTune) -> str:
        return f"nearest training example of the {SIDES[side]} one: {found.title}, {found.shared} notes in common"

    def _player(self, tune: np.ndarray, title: str) -> str:
        return sound.play(tune, title, self.tempo, self.timbre)._repr_html_()

    def _rolls(self, tunes: Mapping[str, np.ndarray], alt: str) -> str:
        return plots.picture(piano_rolls(tunes, bar=self.bar), alt)._repr_html_()

    def _arranged(self) -> ipywidgets.Widget:
        return ipywidgets.VBox([self.picture, ipywidgets.HBox(list(self.buttons.values())), self.message])

    def _without_kernel(self) -> str:
        """All pairs drawn with their numbers, and folded who is who and what it is most like."""
        numbers = range(self.pairs.count)
        tunes = {
            f"{number + 1} {side}": tune for number in numbers for side, tune in self._pair(number).items()
        }
        page = self._rolls(tunes, f"{self.pairs.count} pairs of tunes with numbers, one of each method")
        truth = []
        for number in numbers:
            found = [
                self.nearest[self.pairs.method(number, side)][self.pairs.order[number]] for side in (0, 1)
            ]
            most_like = [self._most_like(side, each) for side, each in enumerate(found) if each is not None]
            truth.append(f"{number + 1} " + ", ".join([self.pairs.who(number), *most_like]))
        return f"{page}{_folded('who is who', html.escape('; '.join(truth)))}"

    def _in_text(self) -> str:
        return f"A blind choice by ear between two methods, {self.pairs.count} pairs. {self.question}"


class Heard(NamedTuple):
    """Players and what belongs to them, as a notebook shows them."""

    page: str

    def _repr_html_(self) -> str:
        return self.page


def _side_by_side(players: list[str]) -> str:
    """Players that go below each other where the page is narrow."""
    return f'<div style="display: flex; flex-wrap: wrap; gap: 1em">{"".join(players)}</div>'


def _folded(title: str, page: str) -> str:
    return f"<details><summary>{html.escape(title)}</summary>{page}</details>"


def _checked_nearest(
    nearest: Mapping[str, Sequence[NearestTune | None]], name: str, count: int
) -> list[NearestTune | None]:
    """The nearest tunes of one method, one a tune, with notes that can be played."""
    found = list(nearest.get(name, [None] * count))
    if len(found) != count:
        raise CourseError(
            f"nearest has {len(found)} for {name} and there are {count} tunes: give one or None a tune."
        )
    return [each and each._replace(notes=checked_notes(each.notes)) for each in found]
