"""A game of find-the-pairs with your own sprites: one HTML file that asks for nothing else.

save_game(sprites, names, "pairs.html")  # then open the file in a browser

What the page looks like and does stands in pairs_game.html beside this file; here sprites and names come into it.
"""

from __future__ import annotations

import base64
import html
import io
import os
import unicodedata
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from course_lib import CourseError
from course_lib.datasets.checking import check_images, check_numbers, check_whole
from course_lib.media.own_page import as_script, check_readable, content_of, digest, filled
from course_lib.media.pictures import to_uint8
from course_lib.media.whole_files import write_whole

LEAST, MOST = 2, 18  # pairs: more cards than 36 are too small on a telephone
LARGEST_SPRITE = 512  # dots a side
LARGEST_PAGE = 300_000  # bytes
LONGEST_NAME = 60


def page(
    sprites: np.ndarray, names: Sequence[str], title: str = "Find the pairs", seed: int | None = None
) -> str:
    """The game as the text of one HTML page, below 300 kB as UTF-8, that works from a file and without a network.

    Each sprite lies on two cards, face down. The page is played with mouse, touch or keyboard, and says what happens
    to screen readers too. It keeps nothing: the best score is that of the visit.

    Args:
        sprites: 2 to 18 pictures of one size, (n, height, width, channels), at most 512 dots a side: uint8, or floats
            in [-1, 1]. One channel is grey, three are red, green and blue, and a fourth is the opacity, which as a
            float is -1 where nothing is seen. Sprites that are nearly alike are taken; the names tell them apart.
        names: one for each sprite, all different, up to 60 characters of plain text; what the player reads and hears.
        title: the heading, plain text too.
        seed: for the same shuffles whenever the page is opened, from 0 to 2**32 - 1; None: other ones each time.

    Where the pictures would take more than the 300 kB, each is drawn with 256 colours.

    Raises:
        CourseError: too few or too many sprites, of a wrong shape or range, one without a picture or two with the
            same; an opacity in [0, 1]; names missing, equal or unreadable; a wrong seed; pictures that take more than
            300 kB even so.
    """
    pixels = _checked_sprites(sprites)
    names = _checked_names(names, len(pixels))
    _check_text("The title", title)
    if seed is not None:
        check_whole("seed", "what the shuffles follow from", seed, 0, 2**32 - 1)
    for colours in (None, 256):
        pictures = [_data_uri(each, colours) for each in pixels]
        text = _filled(title, seed, names, pictures, pixels.shape[1:3])
        if (size := len(text.encode())) <= LARGEST_PAGE:
            return text
    raise CourseError(
        f"The page would take {size:,} bytes, and {LARGEST_PAGE:,} are the most: "
        f"shrink the sprites of {pixels.shape[1]} x {pixels.shape[2]} dots, for instance to 64 x 64."
    )


def save_game(
    sprites: np.ndarray,
    names: Sequence[str],
    path: str | os.PathLike,
    title: str = "Find the pairs",
    seed: int | None = None,
) -> int:
    """Write `page(sprites, names, title, seed)` to a file whose name ends in .html; atomic. Returns its size in bytes.

    Raises CourseError as `page` does, for another ending, and where the file cannot be written.
    """
    name = os.fspath(path) if isinstance(path, str | os.PathLike) else None
    if not isinstance(name, str) or not name.lower().endswith(".html"):
        raise CourseError(f"A page is saved under a name that ends in .html, and {path!r} does not.")
    content = page(sprites, names, title, seed).encode()
    write_whole(path, content)
    return len(content)


def _checked_sprites(sprites: np.ndarray) -> np.ndarray:
    """The sprites as uint8; what cannot be seen has no colour."""
    sprites = check_numbers("sprites", sprites)
    if not sprites.size:
        raise CourseError(
            f"There is no picture in sprites of the shape {sprites.shape}: a game needs 2 to 18."
        )
    if sprites.ndim != 4 or sprites.shape[-1] not in (1, 3, 4):
        raise CourseError(
            f"Sprites have the shape (n, height, width, 1, 3 or 4), but these have {sprites.shape}."
        )
    count, height, width = sprites.shape[:3]
    if count < LEAST:
        raise CourseError(f"A game has {LEAST} to {MOST} pairs, but this is one sprite: draw another.")
    if count > MOST:
        raise CourseError(
            f"A game has {LEAST} to {MOST} pairs, but these are {count:,} sprites: "
            f"use sprites[:{MOST}] and names[:{MOST}]."
        )
    if max(height, width) > LARGEST_SPRITE:
        raise CourseError(
            f"A sprite has at most {LARGEST_SPRITE} dots a side, but these have {height} x {width}: shrink them."
        )
    if sprites.dtype != np.uint8:
        check_images(sprites, part=True)
        if sprites.shape[-1] == 4 and 0 <= sprites[..., 3].min() < 1:
            raise CourseError(
                "The opacity of these sprites has no value below 0, and as a float it goes from -1 to 1: of an alpha "
                "from 0 to 1 take 2 * alpha - 1."
            )
    pixels = to_uint8(sprites).copy()
    if pixels.shape[-1] == 4:
        pixels[pixels[..., 3] == 0] = 0
    _check_unlike(pixels)
    return pixels


def _check_unlike(pixels: np.ndarray) -> None:
    """Raises CourseError where one shows nothing, or two the same, as those of a collapsed GAN do."""
    first: dict[bytes, int] = {}
    twins = []
    for index, each in enumerate(pixels):
        if each.shape[-1] == 4 and not each.any():
            raise CourseError(f"sprites[{index}] is transparent all over: leave it out, or draw another.")
        if (twin := first.setdefault(each.tobytes(), index)) != index:
            twins.append((twin, index))
    if twins:
        one, other = twins[0]
        kept = list(first.values())
        mend = f"use sprites[{kept}], and their names" if len(kept) >= LEAST else "draw others"
        raise CourseError(
            f"sprites[{one}] and sprites[{other}] are the same picture, so nobody could tell their pairs apart; of "
            f"{len(pixels)} sprites {len(kept)} differ: {mend}."
        )


def _checked_names(names: Sequence[str], count: int) -> list[str]:
    try:
        names = [] if isinstance(names, str | bytes) else list(names)
    except TypeError:
        names = []
    if not names:
        raise CourseError(f"names is a list of {count} texts, one for each sprite: give one.")
    if len(names) != count:
        raise CourseError(f"There are {count} sprites and {len(names)} names: give each sprite one.")
    first: dict[str, int] = {}
    for index, name in enumerate(names):
        _check_text(f"names[{index}]", name)
        heard = " ".join(unicodedata.normalize("NFKC", name).casefold().split())
        if (twin := first.setdefault(heard, index)) != index:
            raise CourseError(f"names[{twin}] and names[{index}] are both {name!r}: tell them apart.")
    return [name.strip() for name in names]


def _check_text(what: str, text: str) -> None:
    check_readable(what, text.strip() if isinstance(text, str) else text, LONGEST_NAME)
    kinds = map(unicodedata.category, text.strip())
    if all(kind[0] in "MZ" or kind == "Cf" for kind in kinds):
        raise CourseError(f"{what} has marks and joiners alone, {text!r}: write what is on the picture.")


def _data_uri(pixels: np.ndarray, colours: int | None) -> str:
    """One sprite as a PNG file within a text; with no more than so many colours, where there is a number."""
    picture = Image.fromarray(pixels[..., 0] if pixels.shape[-1] == 1 else pixels)
    if colours:
        picture = picture.quantize(colours, method=Image.Quantize.FASTOCTREE)  # the one that keeps opacity
    buffer = io.BytesIO()
    picture.save(buffer, format="PNG", optimize=True)
    return f"data:image/png;base64,{base64.b64encode(buffer.getvalue()).decode()}"


def _filled(
    title: str, seed: int | None, names: list[str], pictures: list[str], shape: tuple[int, int]
) -> str:
    """The template with this in it. No script and no style but its own may run, and nothing be fetched."""
    template = Path(__file__).with_suffix(".html").read_text("utf-8")
    sprites = [{"name": name, "picture": uri} for name, uri in zip(names, pictures, strict=True)]
    deck = {
        "seed": None if seed is None else int(seed),
        "height": shape[0],
        "width": shape[1],
        "sprites": sprites,
    }
    values = {
        "TITLE": html.escape(title.strip()),
        "PAIRS": str(len(names)),
        "DECK": as_script(deck),
        "STYLE_DIGEST": digest(content_of(template, "style")),
        "SCRIPT_DIGEST": digest(content_of(template, "script")),
    }
    return filled(template, values)
