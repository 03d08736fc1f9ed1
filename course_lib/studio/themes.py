"""What can be made in the studio: garments, prints, emoji, banners and melodies, each by a network of the course.

    themes = all_themes()
    boot = Creation("garments", "any", setting=1.0, seed=17)
    themes["garments"].make(boot)                   a picture (28, 28, 1) in [-1, 1], the same whenever it is made

A theme loads its network when it first makes something and keeps it; whoever needs their own calls `all_themes` anew.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import NamedTuple

import keras
import numpy as np

from course_lib import CourseError, datasets
from course_lib.datasets import banners as looks
from course_lib.datasets import sprites as kinds
from course_lib.datasets.numbers import check_number
from course_lib.media import sound
from course_lib.models import banners, pretrained, sprites
from course_lib.models.latents import truncated_normal
from course_lib.models.sampling import generate
from course_lib.models.sequences import pretrained as tunes
from course_lib.models.sequences.scoring import at_temperature, draw, drawable
from course_lib.models.sequences.vocabulary import END
from course_lib.studio.sources import PICTURES

Array = np.ndarray
LEAST, MOST = 0.3, 2.0
"""What a theme's one parameter goes from and to, whether it is a truncation or a temperature."""
GREATEST_SEED = 2**32 - 1
FEATURES = 8  # so many are learned from some twenty clicks; sixty-four are not
ANY = ("any",)
EVENTS, TEMPO = 32, 120.0
"""A melody has at most so many notes, and quarter notes a minute."""


class Creation(NamedTuple):
    """All that a creation follows from. style: one of its theme's; setting: of the theme's parameter."""

    theme: str
    style: str
    setting: float
    seed: int


class Theme(ABC):
    """What is known of a kind of creation, and how it is made.

    styles: what can be asked for, `ANY` where nothing can. parameter: what `Creation.setting` is of, from LEAST to
    MOST, and start, where it begins. model: its file below `data`, without the ending. pool, reference: how many are
    made to choose the next two from, and to find out in what they differ.
    """

    parameter, pool, reference = "truncation", 32, 128
    start = 1.0

    def __init__(
        self, name: str, title: str, styles: Sequence[str], model: str, trained_on: str, licence: str
    ):
        self.name, self.title, self.styles, self.model = name, title, tuple(styles), model
        self.trained_on, self.licence = trained_on, licence
        self._axes: dict[str, tuple[Array, Array]] = {}

    def make(self, creation: Creation) -> Array:
        """The picture (height, width, 1 or 3) in [-1, 1], or the notes (n, 2). Raises CourseError for what is none."""
        self.check(creation)
        return self.make_many(creation.style, creation.setting, [creation.seed])[0]

    @abstractmethod
    def make_many(self, style: str, setting: float, seeds: Sequence[int]) -> Sequence[Array]:
        """One for each seed, together, which is faster; the last digits may differ from those made alone."""

    @abstractmethod
    def _described(self, made: Sequence[Array]) -> Array:
        """Numbers (n, k) in which creations of this theme differ."""

    def features(self, style: str, made: Sequence[Array]) -> Array:
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


class Pictures(Theme):
    """Pictures of a generator, which is told the number of the style where there is more than one."""

    def __init__(self, name: str, load: Callable[[], keras.Model], **facts: object):
        super().__init__(name, **facts)
        self._load = load

    @cached_property
    def generator(self) -> keras.Model:
        return self._load()

    def make_many(self, style: str, setting: float, seeds: Sequence[int]) -> Array:
        """Images (n, height, width, channels) of latents that are cut off at the setting, the truncation."""
        size = self.generator.inputs[0].shape[-1]
        latents = np.concatenate([truncated_normal(1, size, setting, seed) for seed in seeds])
        labels = None if len(self.styles) == 1 else np.full(len(seeds), self.styles.index(style))
        return generate(self.generator, latents, labels)

    def _described(self, made: Sequence[Array]) -> Array:
        """The mean colours of blocks of 4 x 4 pixels: a taste for what is seen from afar."""
        images = np.asarray(made, "float64")
        count, height, width, channels = images.shape
        blocks = images.reshape(count, height // 4, 4, width // 4, 4, channels)
        return blocks.mean(axis=(2, 4)).reshape(count, -1)


class Melodies(Theme):
    """Beginnings of tunes by a recurrent network; the style is what they are played with, one of `sound.TIMBRES`."""

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
        for notes in made:
            pitches = notes[notes[:, 0] > 0, 0].astype("float64")
            pitches = pitches if len(pitches) else np.full(1, 72.0)
            steps = np.diff(pitches) if len(pitches) > 1 else np.zeros(1)
            row = [pitches.mean() / 5, np.ptp(pitches) / 5, notes[:, 1].mean(), np.abs(steps).mean()]
            rows.append([*row, 5 * (steps > 0).mean(), (pitches[-1] - pitches[0]) / 5])
        return np.array(rows)


def whitening(rows: Array, most: int) -> Array:
    """Axes (k, d), d <= most, along which centred rows (n, k) have unit variance and no correlation: PCA's first ones.

    By the eigenvectors of the products of rows (n, n), which are fewer than pixels. An axis with hardly any of the
    spread is left out.
    """
    centred = rows - rows.mean(axis=0)
    squares, vectors = np.linalg.eigh(centred @ centred.T)
    order = [one for one in np.argsort(-squares)[:most] if squares[one] > 1e-6 * squares.max()]
    return centred.T @ vectors[:, order] / squares[order] * np.sqrt(len(rows))


def all_themes() -> dict[str, Theme]:
    """Every theme by its name, in the order of a menu; nothing is loaded yet."""
    emoji = PICTURES["emoji"]["licence"]
    found = (
        Pictures(
            "sprites",
            sprites.generator,
            title="Emoji of eight kinds",
            styles=kinds.KINDS,
            model=sprites.NAME,
            trained_on="646 emoji: Noto Color Emoji, drawn by Google",
            licence=emoji,
        ),
        Pictures(
            "garments", pretrained.generator, styles=ANY, model=pretrained.NAME, **PICTURES["fashion_mnist"]
        ),
        Pictures(
            "prints", pretrained.print_generator, styles=ANY, model=pretrained.PRINTS, **PICTURES["prints"]
        ),
        Pictures(
            "banners",
            banners.generator,
            title="Small advertisements",
            styles=[looks.named(number) for number in range(len(looks.LOOKS))],
            model=banners.NAME,
            trained_on="banners put together by a program from 18 emoji: Noto Color Emoji, drawn by Google",
            licence=emoji,
        ),
        Melodies(
            "melodies",
            title="Tunes that nobody wrote",
            styles=tuple(sound.TIMBRES),
            model=tunes.NAMES["recurrent"],
            trained_on="the training part of 2,977 traditional tunes: O'Neill's, Aird's and Ryan's collections",
            licence="tunes in the public domain",
        ),
    )
    return {theme.name: theme for theme in found}
