"""Small advertisements, put together from an emoji, a background colour and a layout.

    looks = np.arange(len(LOOKS))                       every look there is, 144 of them
    images = render(looks, seed=0)                      float32 (144, 32, 64, 3) in [-1, 1]
    look("fruit", "blue", "left, button")               12

A look is one number, what a GAN takes as its class; `CONDITIONS` takes it apart again. Two banners of one look differ:
the seed draws one of three emoji of the kind, its size and place, the shade of the ground, and how long the lines are.
NumPy, and Pillow to shrink the emoji.
"""

from __future__ import annotations

import csv
import io
from functools import cache
from numbers import Integral
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike

from course_lib import CourseError
from course_lib.datasets.bundled import read_verified
from course_lib.datasets.checking import check_whole
from course_lib.datasets.images import EMOJI_COLUMNS, EMOJI_SIZE, scale

Array = np.ndarray
HEIGHT, WIDTH = 32, 64
KINDS = MappingProxyType(
    {
        "fruit": ("red apple", "tangerine", "strawberry"),
        "sweets": ("doughnut", "cupcake", "ice cream"),
        "animals": ("dog face", "cat face", "panda"),
        "flowers": ("sunflower", "tulip", "rose"),
        "balls": ("soccer ball", "basketball", "volleyball"),
        "cars": ("bus", "automobile", "taxi"),
    }
)
"""Each kind with the names of its emoji."""
COLOURS = MappingProxyType(
    {
        "red": (214, 66, 66),
        "orange": (240, 158, 52),
        "green": (76, 158, 92),
        "blue": (58, 122, 200),
        "violet": (134, 88, 172),
        "grey": (120, 124, 130),
    }
)
"""Grounds, each with its RGB in 0..255 before the shade is drawn."""
LAYOUTS = ("left, button", "left, words", "right, button", "right, words")
"""Where the emoji stands, and what is below the headline."""
PARTS = MappingProxyType({"kind": tuple(KINDS), "colour": tuple(COLOURS), "layout": LAYOUTS})
LOOKS = tuple(np.ndindex(len(KINDS), len(COLOURS), len(LAYOUTS)))
"""Every look as (kind, colour, layout), numbers each; a look's own number is its place here."""
CONDITION_NAMES = tuple(name for names in PARTS.values() for name in names)

CARD = 27
"""Side of the white card on which the emoji lies, in pixels."""
SIZES = (20, 22, 24)
MARGINS = (1, 2, 3, 4)
"""Pixels above the card, and between it and the nearer side."""
SHADES = (0.88, 1.08)
DARK, WHITE = (44, 48, 56), (255, 255, 255)


def conditions() -> Array:
    """The table of looks, float32 (144, 16) of 0 and 1: its kind, its colour and its layout (`CONDITION_NAMES`)."""
    first = np.cumsum([0, *map(len, PARTS.values())])[:-1]
    table = np.zeros((len(LOOKS), len(CONDITION_NAMES)), "float32")
    np.put_along_axis(table, np.array(LOOKS) + first, 1, axis=1)
    return table


def look(kind: str | int, colour: str | int, layout: str | int) -> int:
    """The number of a look, its parts given by name or by number. Raises CourseError for a part that there is not."""
    numbers = []
    for (part, names), given in zip(PARTS.items(), (kind, colour, layout), strict=True):
        if isinstance(given, str) and given in names:
            numbers.append(names.index(given))
        elif isinstance(given, Integral) and not isinstance(given, bool) and 0 <= given < len(names):
            numbers.append(int(given))
        else:
            raise CourseError(f"There is no {part} {given!r}; choose one of {'; '.join(names)}.")
    return int(np.ravel_multi_index(numbers, [len(names) for names in PARTS.values()]))


def named(number: int) -> str:
    """A look in words, such as "fruit on blue: left, button"."""
    kind, colour, layout = parts([number])[0]
    return f"{tuple(KINDS)[kind]} on {tuple(COLOURS)[colour]}: {LAYOUTS[layout]}"


def parts(looks: ArrayLike) -> Array:
    """Kind, colour and layout of each look, int (n, 3), from the numbers (n,)."""
    return np.array(LOOKS)[_checked(looks)]


def render(looks: ArrayLike, seed: int = 0) -> Array:
    """A banner of each look, float32 (n, 32, 64, 3) in [-1, 1]; the same seed draws the same banners.

    looks: whole numbers (n,), n >= 1, from 0 to 143. Raises CourseError for others.
    """
    numbers = _checked(looks)
    check_whole("seed", "what the random numbers follow from", seed, 0)
    rng = np.random.default_rng(seed)
    return scale(np.stack([_drawn(*LOOKS[number], rng) for number in numbers]))


def banner_set(each: int, seed: int = 0, looks: ArrayLike | None = None) -> tuple[Array, Array]:
    """So many banners of each look (of all unless told): images (n, 32, 64, 3) and their looks, int32 (n,)."""
    check_whole("each", "how many banners of a look are wanted", each, 1)
    numbers = np.tile(_checked(np.arange(len(LOOKS)) if looks is None else looks), each)
    return render(numbers, seed), numbers.astype("int32")


def _checked(looks: ArrayLike) -> Array:
    numbers = np.asarray(looks)
    if numbers.ndim != 1 or not numbers.size or numbers.dtype.kind not in "iu":
        raise CourseError(
            f"Looks are whole numbers (n,), at least one, and these have the shape {numbers.shape} and the type "
            f"{numbers.dtype}."
        )
    if numbers.min() < 0 or numbers.max() >= len(LOOKS):
        raise CourseError(
            f"Looks go from 0 to {len(LOOKS) - 1}, and these from {numbers.min()} to {numbers.max()}."
        )
    return numbers


@cache
def _emoji() -> dict[tuple[str, int], Array]:
    """Each emoji that is used in each of `SIZES`, uint8 (size, size, 3) on white, by name and size."""
    from PIL import Image

    table = csv.DictReader(io.StringIO(read_verified("emoji/emoji.csv").decode("utf-8")))
    places = {row["name"]: int(row["index"]) for row in table}
    sheet = Image.open(io.BytesIO(read_verified("emoji/emoji_32.png"))).convert("RGB")
    found = {}
    for name in (name for names in KINDS.values() for name in names):
        row, column = divmod(places[name], EMOJI_COLUMNS)
        left, top = column * EMOJI_SIZE, row * EMOJI_SIZE
        tile = sheet.crop((left, top, left + EMOJI_SIZE, top + EMOJI_SIZE))
        for size in SIZES:
            found[name, size] = np.asarray(tile.resize((size, size), Image.Resampling.LANCZOS))
    return found


def cards() -> tuple[Array, Array]:
    """Every card that a banner can have, float32 (54, 27, 27, 3) in [-1, 1], and the kind of each, int (54,)."""
    found = [
        (_card(_emoji()[name, size]), kind)
        for kind, names in enumerate(KINDS.values())
        for name in names
        for size in SIZES
    ]
    images, kinds = zip(*found, strict=True)
    return scale(np.stack(images)), np.array(kinds)


def _card(emoji: Array) -> Array:
    """The emoji in the middle of a white square, uint8 (27, 27, 3)."""
    card = np.full((CARD, CARD, 3), 255, "uint8")
    inside = (CARD - len(emoji)) // 2
    card[inside : inside + len(emoji), inside : inside + len(emoji)] = emoji
    return card


def _drawn(kind: int, colour: int, layout: int, rng: np.random.Generator) -> Array:
    """One banner, uint8 (32, 64, 3)."""
    shade = rng.uniform(*SHADES)
    ground = np.clip(shade * np.array(tuple(COLOURS.values())[colour]), 0, 255)
    banner = np.broadcast_to(ground.astype("uint8"), (HEIGHT, WIDTH, 3)).copy()
    on_the_left, has_button = layout < 2, layout % 2 == 0
    name = tuple(KINDS.values())[kind][rng.integers(3)]
    emoji = _emoji()[name, SIZES[rng.integers(len(SIZES))]]

    top, margin = rng.choice(MARGINS, size=2)
    card_left = margin if on_the_left else WIDTH - CARD - margin
    banner[top : top + CARD, card_left : card_left + CARD] = _card(emoji)

    text = card_left + CARD + 3 if on_the_left else card_left - 3 - 26
    headline = rng.integers(20, 27)
    _fill(banner, top + 3, text, 4, headline, WHITE)
    if has_button:
        _fill(banner, top + 14, text + 1, 10, 22, DARK)
        banner[top + 18 : top + 20, text + 6 : text + 18] = WHITE
    else:
        for line in range(3):
            _fill(banner, top + 11 + 5 * line, text, 2, rng.integers(14, 27), WHITE)
    return banner


def _fill(banner: Array, top: int, left: int, height: int, width: int, colour: tuple[int, int, int]) -> None:
    """A box in one colour, its four corner pixels left out where it is high enough to look round."""
    corners = [(row, column) for row in (top, top + height - 1) for column in (left, left + width - 1)]
    kept = [banner[corner].copy() for corner in corners]
    banner[top : top + height, left : left + width] = colour
    if height > 2:
        for corner, pixel in zip(corners, kept, strict=True):
            banner[corner] = pixel
