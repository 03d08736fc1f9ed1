"""What all kinds of creations have in common: what one follows from, and what a theme has to say of its own.

A new kind is a class with `make_many`, `_described`, `page`, `small` and `files`; nothing else asks which kind it is.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from course_lib import CourseError, datasets
from course_lib.datasets.numbers import check_number

Array = np.ndarray
LEAST, MOST = 0.3, 2.0
"""What a theme's one parameter goes from and to, whether it is a truncation or a temperature."""
GREATEST_SEED = 2**32 - 1
FEATURES = 8  # so many are learned from some twenty clicks; sixty-four are not
ANY = ("any",)
MADE_BY = "a neural network, asked by a person"


class Creation(NamedTuple):
    """All that a creation follows from. style: one of its theme's; setting: of the theme's parameter."""

    theme: str
    style: str
    setting: float
    seed: int


class Theme(ABC):
    """What is known of a kind of creation, and how it is made, shown and written.

    styles: what can be asked for, `ANY` where nothing can. parameter: what `Creation.setting` is of, from LEAST to
    MOST, and start, where it begins. model: its file below `data`, without the ending. pool, reference: how many are
    made to choose the next two from, and to find out in what they differ.

    What it makes is a picture (height, width, 1 or 3) in [-1, 1], notes (n, 2), a `Couplet`: as its class says. It
    keeps its network and the axes of its features, which follow from the theme alone, and nothing of a visitor.
    """

    parameter, pool, reference = "truncation", 32, 128
    start = 1.0

    def __init__(
        self, name: str, title: str, styles: Sequence[str], model: str, trained_on: str, licence: str
    ):
        self.name, self.title, self.styles, self.model = name, title, tuple(styles), model
        self.trained_on, self.licence = trained_on, licence
        self._axes: dict[str, tuple[Array, Array]] = {}

    def make(self, creation: Creation) -> Any:
        """What follows from a creation, the same every time. Raises CourseError for what is none."""
        self.check(creation)
        return self.make_many(creation.style, creation.setting, [creation.seed])[0]

    @abstractmethod
    def make_many(self, style: str, setting: float, seeds: Sequence[int]) -> Sequence[Any]:
        """One for each seed, together, which is faster; the last digits may differ from those made alone."""

    @abstractmethod
    def _described(self, made: Sequence[Any]) -> Array:
        """Numbers (n, k) in which creations of this theme differ."""

    @abstractmethod
    def page(self, named: Mapping[str, Any], style: str, alt: str, still: bool = False) -> str:
        """What was made, side by side, as HTML. alt: all of it in words; still: for a file, which is to be small."""

    @abstractmethod
    def small(self, made: Any, creation: Creation, name: str) -> str:
        """One in the gallery, as HTML."""

    @abstractmethod
    def files(self, made: Any, creation: Creation, told: str) -> dict[str, bytes]:
        """Contents by endings such as ".wav". told: where it comes from, JSON; a PNG holds it, others lie beside it."""

    def in_words(self, made: Any) -> str:
        """What was made, for those who cannot see it; "" where no words would tell more than the title."""
        return ""

    def made_by(self, style: str) -> str:
        """Who made it, as its files say."""
        return MADE_BY

    def features(self, style: str, made: Sequence[Any]) -> Array:
        """What a model of taste sees of them, (n, d): along the principal axes of the style, of about unit spread."""
        if style not in self._axes:
            some = self._described(self.make_many(style, self.start, range(self.reference)))
            self._axes[style] = some.mean(axis=0), whitening(some, FEATURES)
        mean, axes = self._axes[style]
        return (self._described(made) - mean) @ axes

    def check(self, creation: Creation) -> None:
        """Raise CourseError unless it is of this theme, of one of its styles, with a setting and a seed in range."""
        if not isinstance(creation, Creation) or creation.theme != self.name:
            raise CourseError(f"A Creation of the theme {self.name} is wanted, not {str(creation)[:80]}.")
        if not isinstance(creation.style, str) or creation.style not in self.styles:
            few = ", ".join(self.styles[:8]) + (", ..." if len(self.styles) > 8 else "")
            raise CourseError(f"There is no style {creation.style!r} of {self.name}; choose one of {few}.")
        check_number("setting", f"the {self.parameter}", creation.setting, LEAST, MOST)
        datasets.check_whole("seed", "what a creation follows from", creation.seed, 0, GREATEST_SEED)


def whitening(rows: Array, most: int) -> Array:
    """Axes (k, d), d <= most, along which centred rows (n, k) have unit variance and no correlation: PCA's first ones.

    By the eigenvectors of the products of rows (n, n), which are fewer than pixels. An axis with hardly any of the
    spread is left out.
    """
    centred = rows - rows.mean(axis=0)
    squares, vectors = np.linalg.eigh(centred @ centred.T)
    order = [one for one in np.argsort(-squares)[:most] if squares[one] > 1e-6 * squares.max()]
    return centred.T @ vectors[:, order] / squares[order] * np.sqrt(len(rows))
