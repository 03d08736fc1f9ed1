"""A small map drawn by hand, an island, and its six kinds of tile as little pictures.

    tile_map = example()                int64 (16, 20), each number a place in `NAMES`
    picture = render(tile_map)          float32 (128, 160, 3) in [-1, 1]
    from_text(text), to_text(tile_map)  a map as lines of symbols, to draw one of your own

Nothing is read from a file: the map and the pictures are the texts below. NumPy only.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from course_lib import CourseError
from course_lib.datasets.checking import check_images, check_numbers

Array = np.ndarray
SYMBOLS = "~.,T^="
NAMES = ("water", "sand", "grass", "forest", "mountain", "path")
MAP = """
~~~~~~~~~~~~~~~~~~~~
~~~~~~~.....~~~~~~~~
~~~~....,,,...~~~~~~
~~~..,,,,,,,,...~~~~
~~..,,TT,,,,,,,..~~~
~~.,,TTTT,,^^,,,,.~~
~~.,TTTTT,^^^^,,,.~~
~~.,TTT,,^^^^^,,..~~
~~.,,,,,,,^^^,,,.~~~
~~..====,,,^,,TT..~~
~~~..,,====,,TTTT.~~
~~~~.,,,,,==,,TT,.~~
~~~~..,...,====,..~~
~~~~~...~...,,..~~~~
~~~~~~~~~~~....~~~~~
~~~~~~~~~~~~~~~~~~~~
"""
SIDE = 8
"""Of a tile's picture, in pixels."""
COLOURS = {
    "water": ((64, 124, 190), (92, 154, 214), (52, 106, 170)),
    "sand": ((228, 206, 148), (212, 186, 124), (240, 222, 172)),
    "grass": ((120, 176, 84), (100, 156, 70), (146, 196, 104)),
    "forest": ((120, 176, 84), (40, 96, 58), (96, 70, 48)),
    "mountain": ((120, 176, 84), (124, 116, 112), (232, 232, 236)),
    "path": ((178, 142, 98), (158, 122, 82), (196, 164, 120)),
}
"""RGB in 0..255: of each kind its ground, 0 in the pictures, and two more, 1 and 2."""
PICTURES = """
00000000 00000000 00000000 00011000 00000000 00000000
01100000 00100000 00000100 00111100 00011000 00100000
10010000 00000000 01000000 01111110 00122100 00000200
00000000 00000020 01000000 00111100 00121100 00000000
00000110 00000000 00000010 01111110 01111110 00000000
00001001 02000000 00000010 11111111 01111110 02000010
00000000 00000100 00010000 00022000 11111111 00000000
00020000 00000000 00010000 00022000 11111111 00010000
"""


def example() -> Array:
    """The island, int64 (16, 20)."""
    return from_text(MAP)


def from_text(text: str) -> Array:
    """A map, int64 (rows, columns), out of lines of `SYMBOLS`; empty lines and spaces around are left out.

    Raises CourseError for a symbol that there is not, with its place, for uneven lines and for none.
    """
    if not isinstance(text, str) or not (
        lines := [line.strip() for line in text.splitlines() if line.strip()]
    ):
        raise CourseError(f"A map is lines of the symbols {SYMBOLS}, and this is none.")
    for number, line in enumerate(lines, 1):
        if unknown := [symbol for symbol in line if symbol not in SYMBOLS]:
            raise CourseError(
                f"Line {number} of the map has {unknown[0]!r} in place {line.index(unknown[0]) + 1}; its symbols are "
                f"{SYMBOLS}."
            )
        if len(line) != len(lines[0]):
            raise CourseError(
                f"Line {number} of the map has {len(line)} tiles and line 1 has {len(lines[0])}: make all equally long."
            )
    return np.array([[SYMBOLS.index(symbol) for symbol in line] for line in lines], np.int64)


def to_text(tile_map: ArrayLike) -> str:
    """The map (rows, columns) as lines of `SYMBOLS`. Raises CourseError for other numbers than theirs."""
    return "\n".join("".join(SYMBOLS[kind] for kind in row) for row in _checked_map(tile_map, len(SYMBOLS)))


def tiles() -> Array:
    """The pictures of the kinds, float32 (6, 8, 8, 3) in [-1, 1], in the order of `NAMES`."""
    rows = [[list(map(int, one)) for one in line.split()] for line in PICTURES.split("\n") if line]
    shades = np.array(rows).swapaxes(0, 1)
    table = np.array([COLOURS[name] for name in NAMES], "float32")
    return table[np.arange(len(NAMES))[:, np.newaxis, np.newaxis], shades] / np.float32(127.5) - 1


def render(tile_map: ArrayLike, pictures: Array | None = None) -> Array:
    """The map drawn: float32 (height * rows, width * columns, 3) in [-1, 1].

    pictures: of each kind one, (kinds, height, width, 3) in [-1, 1], `tiles()` unless told. Raises CourseError for
    others, and for a map of other kinds.
    """
    if pictures is None:
        pictures = tiles()
    pictures = check_numbers("pictures of tiles", pictures)
    check_images(pictures, part=True)
    if pictures.shape[-1] != 3:
        raise CourseError(f"Pictures of tiles are (kinds, height, width, 3), not {pictures.shape}.")
    drawn = pictures.astype("float32")[_checked_map(tile_map, len(pictures))]
    rows, columns, height, width, _ = drawn.shape
    return drawn.swapaxes(1, 2).reshape(rows * height, columns * width, 3)


def _checked_map(tile_map: ArrayLike, kinds: int) -> Array:
    array = check_numbers("map", tile_map)
    if array.dtype.kind not in "iu" or array.ndim != 2 or not array.size:
        raise CourseError(
            f"A map is whole numbers (rows, columns), and this is {array.dtype} of the shape {array.shape}."
        )
    if array.min() < 0 or array.max() >= kinds:
        raise CourseError(
            f"This map has the kinds {array.min()} to {array.max()}, and there are pictures of 0 to {kinds - 1}."
        )
    return array
