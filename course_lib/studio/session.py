"""One visitor's work in the studio, without a widget: two to choose between, what was chosen, and a gallery.

    session = Session(seed=0)
    session.pair()                      two creations; the model of lesson 16 picks them by what was chosen so far
    session.choose(LEFT)                the next two, please
    session.keep(RIGHT)                 into the gallery
    session.undo()                      any number of times

All of it is in the object, and follows from the seed and the steps: the same steps end at the same place.
"""

from __future__ import annotations

from collections.abc import Mapping
from numbers import Integral
from typing import Any, NamedTuple

import numpy as np

from course_lib import CourseError
from course_lib.studio.themes import Creation, Theme, all_themes
from course_lib.theory.taste.bradley_terry import Belief, fit
from course_lib.theory.taste.pairs import ThompsonPairs

LEFT, RIGHT, NEITHER = 0, 1, None
MOST_KEPT = 12
LEARNED = 200
"""So many choices are remembered, the last ones: a taste changes, and an evening in the studio stays quick."""


class Choice(NamedTuple):
    """theme, style: of both. difference: features of the chosen one minus those of the other, d numbers."""

    theme: str
    style: str
    difference: tuple[float, ...]


class State(NamedTuple):
    """What undo goes back to. turn: how many pairs were answered; choices: those that the model learns from."""

    theme: str
    style: str
    setting: float
    seed: int
    turn: int = 0
    choices: tuple[Choice, ...] = ()
    gallery: tuple[Creation, ...] = ()


class Session:
    """state: where the visitor is now. themes: what there is to choose from, all of the studio unless told.

    Several sessions may share themes, so that each network is loaded once: none sees what another did.
    seed: from 0 on; what is shown follows from it. Raises CourseError for a theme that there is not, and another seed.
    """

    def __init__(self, theme: str = "sprites", seed: int = 0, themes: Mapping[str, Theme] | None = None):
        self.themes = all_themes() if themes is None else themes
        found = self._theme(theme)
        found.check(Creation(found.name, found.styles[0], found.start, seed))
        self.state = State(found.name, found.styles[0], found.start, int(seed))
        self._before: list[State] = []
        self._pair: tuple[State, tuple[Creation, Creation]] | None = None
        self._made: dict[Creation, Any] = {}

    @property
    def theme(self) -> Theme:
        return self.themes[self.state.theme]

    @property
    def steps(self) -> int:
        """How often `undo` can be called."""
        return len(self._before)

    def pair(self) -> tuple[Creation, Creation]:
        """The two that are shown now, left and right: any two of the seed at first, then by Thompson sampling."""
        if self._pair is None or self._pair[0] != self.state:
            self._pair = self.state, self._chosen()
        return self._pair[1]

    def made(self, creation: Creation) -> Any:
        """What the creation's theme makes of it: a picture, notes, a couplet."""
        theme = self._theme(getattr(creation, "theme", None))
        theme.check(creation)
        if creation not in self._made:
            if len(self._made) >= 4 * MOST_KEPT:
                self._made.clear()
            self._made[creation] = theme.make(creation)
        return self._made[creation]

    def choose(self, side: int | None) -> None:
        """Take LEFT, RIGHT, or NEITHER, from which nothing is learned, and go on to the next two."""
        choices = self.state.choices
        if side is not NEITHER:
            chosen = self.pair()[_checked_side(side)]
            other = self.pair()[1 - side]
            rows = self.theme.features(chosen.style, [self.made(chosen), self.made(other)])
            difference = tuple((rows[0] - rows[1]).tolist())
            choices = (*choices, Choice(chosen.theme, chosen.style, difference))[-LEARNED:]
        self._go_to(self.state._replace(turn=self.state.turn + 1, choices=choices))

    def keep(self, side: int) -> None:
        """Put one of the two into the gallery. Raises CourseError if it is in there, or if the gallery is full."""
        creation, gallery = self.pair()[_checked_side(side)], self.state.gallery
        if creation in gallery:
            raise CourseError("This one is in the gallery already.")
        if len(gallery) >= MOST_KEPT:
            raise CourseError(f"The gallery holds {MOST_KEPT}: undo, or begin another one in a new studio.")
        self._go_to(self.state._replace(gallery=(*gallery, creation)))

    def set(
        self,
        theme: str | None = None,
        style: str | None = None,
        setting: float | None = None,
        seed: int | None = None,
    ) -> None:
        """Change what is given. A new theme begins with its first style and its usual setting.

        Choices of a theme and style count again when one comes back to them. Raises CourseError for what there is not;
        nothing is changed then, and nothing is a step that changes nothing.
        """
        state = self.state
        if theme is not None and theme != state.theme:
            found = self._theme(theme)
            state = state._replace(theme=found.name, style=found.styles[0], setting=found.start)
        given = {"style": style, "setting": setting, "seed": seed}
        state = state._replace(**{name: value for name, value in given.items() if value is not None})
        self.themes[state.theme].check(Creation(state.theme, state.style, state.setting, state.seed))
        state = state._replace(setting=float(state.setting), seed=int(state.seed))
        if state != self.state:
            self._go_to(state)

    def undo(self) -> None:
        """Take the last step back, whatever it was; at the beginning nothing happens."""
        if self._before:
            self.state = self._before.pop()

    def belief(self) -> Belief | None:
        """Of the taste for the present theme and style, None before the first choice there."""
        here = self.state.theme, self.state.style
        learned = [choice.difference for choice in self.state.choices if choice[:2] == here]
        return fit(np.array(learned)) if learned else None

    def _go_to(self, state: State) -> None:
        self._before.append(self.state)
        self.state = state

    def _creation(self, seed: int) -> Creation:
        return Creation(self.state.theme, self.state.style, self.state.setting, seed)

    def _chosen(self) -> tuple[Creation, Creation]:
        rng = np.random.default_rng((self.state.seed, self.state.turn))
        theme, belief = self.theme, self.belief()
        seeds = rng.choice(2**31, theme.pool, replace=False).tolist()
        if belief is None:  # the features are not needed, and the first picture does not wait for them
            return self._creation(seeds[0]), self._creation(seeds[1])
        made = theme.make_many(self.state.style, self.state.setting, seeds)
        features = theme.features(self.state.style, made)
        left, right = rng.permutation(ThompsonPairs().choose(belief, features, rng)).tolist()
        return self._creation(seeds[left]), self._creation(seeds[right])

    def _theme(self, name: str) -> Theme:
        if not isinstance(name, str) or name not in self.themes:
            raise CourseError(f"There is no theme {name!r}; choose one of {', '.join(self.themes)}.")
        return self.themes[name]


def _checked_side(side: int) -> int:
    """LEFT or RIGHT. Raises CourseError otherwise; True is no side."""
    if not isinstance(side, Integral) or isinstance(side, bool) or side not in (LEFT, RIGHT):
        raise CourseError(f"A side is 0 for left or 1 for right, not {side!r}.")
    return int(side)
