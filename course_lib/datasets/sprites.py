"""Emoji of eight kinds, as the pictures of a game: what a GAN is told to draw, and what it is measured against.

    train, held_out = load("train"), load("held_out")
    train.images, train.labels                          float32 (n, 32, 32, 3) in [-1, 1] on white, int32 (n,)
    jittered(held_out.images, seed=0)                   the same ones, moved, mirrored and tinted a little

The split is that of `datasets.load("emoji")`, every tenth picture of the sheet held out, so that its feature network
has not seen these either. NumPy, and Pillow to read the sheet.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from numbers import Integral
from types import MappingProxyType

import numpy as np

from course_lib import CourseError
from course_lib.datasets import images as picture_sets
from course_lib.datasets.checking import check_images, check_numbers, check_whole
from course_lib.datasets.images import EMOJI_HOLD_OUT, EMOJI_SIZE
from course_lib.datasets.tables import read_rows

Array = np.ndarray
SIDE = EMOJI_SIZE
IMAGE_SHAPE = (SIDE, SIDE, 3)
GROUPS = MappingProxyType(
    {
        "faces": ("face-",),
        "people": ("person", "family"),
        "animals": ("animal-",),
        "plants": ("plant-", "food-fruit", "food-vegetable"),
        "food": ("drink", "food-asian", "food-marine", "food-prepared", "food-sweet"),
        "vehicles": ("transport-air", "transport-ground", "transport-water"),
        "places": ("place-building", "place-geographic", "place-other", "place-religious"),
        "signs": ("alphanum", "arrow", "av-symbol", "religion", "transport-sign", "zodiac"),
    }
)
"""Each kind with how the names of its subgroups in emoji.csv begin."""
KINDS = tuple(GROUPS)
LEFT_OUT = frozenset(
    (
        *(
            "seat",
            "fuel pump",
            "bus stop",
            "horizontal traffic light",
            "vertical traffic light",
            "construction",
        ),
        *(
            "police car light",
            "stop sign",
            "wheel",
            "oil drum",
            "motorway",
            "railway track",
            "anchor",
            "ring buoy",
        ),
        *("bust in silhouette", "busts in silhouette", "speaking head", "footprints", "people hugging"),
    )
)
"""What the table counts among vehicles and people and nobody would name so."""
SHIFT = 2
"""The largest shift of `jittered` in pixels, either way."""
HUE = 1 / 12
"""Its largest turn of the hues, either way, in turns."""


@dataclass(frozen=True, eq=False, repr=False)
class Sprites:
    """images: float32 (n, 32, 32, 3) in [-1, 1], on white; labels: int32 (n,), places in `KINDS`; names: n of them."""

    images: Array
    labels: Array
    names: tuple[str, ...]

    def __repr__(self) -> str:
        return f"<Sprites: {len(self.images)} of {len(np.unique(self.labels))} kinds>"


def load(part: str = "train") -> Sprites:
    """The pictures of one part, "train" or "held_out", as copies. Raises CourseError for another part."""
    if not isinstance(part, str) or part not in ("train", "held_out"):
        raise CourseError(f"There is no part {part!r} of the sprites; choose one of train, held_out.")
    images, labels, names, tests = _all()
    chosen = np.flatnonzero(tests == (part == "held_out"))
    return Sprites(images[chosen], labels[chosen], tuple(names[number] for number in chosen))


def kind(named: str | int) -> int:
    """The number of a kind, given by name or by number. Raises CourseError for a kind that there is not."""
    if isinstance(named, str) and named in KINDS:
        return KINDS.index(named)
    if isinstance(named, Integral) and not isinstance(named, bool) and 0 <= named < len(KINDS):
        return int(named)
    raise CourseError(f"There is no kind {named!r}; choose one of {', '.join(KINDS)}, or its number.")


def jittered(images: Array, seed: int = 0) -> Array:
    """Each picture moved, mirrored and tinted at random: the baseline without a network. Float32, the same shape.

    images: (n, 32, 32, 3) in [-1, 1]. Up to `SHIFT` pixels either way, white coming in; mirrored or not; hues turned by
    up to `HUE`. Raises CourseError for other images.
    """
    images = check_sprites(images)
    check_whole("seed", "what the random numbers follow from", seed, 0)
    rng, side = np.random.default_rng(seed), images.shape[1]
    padded = np.pad(images, ((0, 0), (SHIFT, SHIFT), (SHIFT, SHIFT), (0, 0)), constant_values=1.0)
    found = np.empty_like(images)
    for place, picture in enumerate(padded):
        top, left = rng.integers(0, 2 * SHIFT + 1, 2)
        moved = picture[top : top + side, left : left + side]
        moved = moved[:, ::-1] if rng.random() < 0.5 else moved
        found[place] = moved @ _turned(rng.uniform(-HUE, HUE)).T
    return np.clip(found, -1, 1)


def check_sprites(images: Array) -> Array:
    """Images as float32 (n, 32, 32, 3), n >= 1. Raises CourseError for another shape, NaN, values outside [-1, 1]."""
    images = check_numbers("images", images)
    check_images(images, part=True)
    if images.shape[1:] != IMAGE_SHAPE:
        raise CourseError(f"Sprites are (n, 32, 32, 3), and these images have the shape {images.shape}.")
    return images.astype("float32", copy=False)


def _turned(turns: float) -> Array:
    """The matrix (3, 3) that turns colours about the axis of greys, by Rodrigues' formula; greys stay as they are."""
    angle, third = 2 * np.pi * turns, 1 / np.sqrt(3)
    across = third * np.array([[0, -1, 1], [1, 0, -1], [-1, 1, 0]])
    return (np.cos(angle) * np.eye(3) + np.sin(angle) * across + (1 - np.cos(angle)) / 3).astype("float32")


@cache
def _all() -> tuple[Array, Array, tuple[str, ...], Array]:
    """Images, labels, names, and whether held out, of every emoji that has a kind, as the sheet orders them."""
    table, emoji = read_rows("emoji/emoji.csv"), picture_sets.load("emoji")
    held_out = np.arange(len(table)) % EMOJI_HOLD_OUT == EMOJI_HOLD_OUT - 1
    images = np.empty((len(table), *IMAGE_SHAPE), "float32")
    images[~held_out], images[held_out] = emoji.images_train, emoji.images_test
    found = [
        (place, number)
        for place, row in enumerate(table)
        for number, starts in enumerate(GROUPS.values())
        if row["subgroup"].startswith(starts) and row["name"] not in LEFT_OUT
    ]
    places, labels = np.array(found).T
    names = tuple(table[place]["name"] for place in places)
    return images[places], labels.astype("int32"), names, held_out[places]
