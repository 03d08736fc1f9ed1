"""Pictures in few colours: a palette for all of them together, found by k-means, and the pictures drawn in it.

    colours = palette(sprites, count=8)
    numbers, drawn = apply(sprites, colours)            drawn is colours[numbers]

Distances are those of CIELAB unless told otherwise, where equal steps look about equally large. Error diffusion: Floyd
and Steinberg, "An adaptive algorithm for spatial greyscale", 1976.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from course_lib import CourseError
from course_lib.datasets.checking import check_images, check_numbers, check_whole
from course_lib.datasets.images import scale
from course_lib.media.pictures import to_uint8
from course_lib.theory import colour_spaces
from course_lib.theory.kmeans import lloyd, plus_plus

Array = np.ndarray
MOST = 256
"""Colours of a palette, as a PNG file can have."""
STARTS, STEPS = 3, 40
"""How often k-means begins, the best end being kept, and its steps at most: later ones change no colour visibly."""
MANY, CELL = 8192, 8
"""With more different colours than that, those in a cell of 8 x 8 x 8 levels are taken together, at their mean."""
SPACES: dict[str, tuple[Callable[[Array], Array], Callable[[Array], Array]]] = {
    "lab": (colour_spaces.to_lab, colour_spaces.from_lab),
    "rgb": (np.asarray, np.asarray),
}


def palette(
    images: Array, count: int = 8, space: str = "lab", seed: int = 0, alpha: Array | None = None
) -> Array:
    """The colours that stand for all images together, float32 (k, 3) in [-1, 1], from dark to light.

    images: (n, h, w, 3) in [-1, 1], or uint8; alpha: (n, h, w) in [0, 1]: only what is at least half opaque counts.
    k is `count`, at most 256, or the number of different colours where there are fewer. space: "lab" or "rgb", in which
    means and distances are taken. Raises CourseError for other arguments, and where nothing is opaque.
    """
    pixels = to_uint8(colour_images(images))
    check_whole("count", "how many colours are wanted", count, 1, MOST)
    check_whole("seed", "what the random numbers follow from", seed, 0)
    there, back = _space(space)
    counted = pixels.reshape(-1, 3)
    if alpha is not None:
        counted = counted[check_alpha(alpha, pixels.shape[:3]).ravel() >= 0.5]
        if not len(counted):
            raise CourseError("Nothing in these images is opaque, so there is no colour to choose.")
    colours, frequencies = _counted(counted)
    points = there(colours / 127.5 - 1)
    found = points
    if len(points) > count:
        starts = (plus_plus(points, count, seed * STARTS + each, frequencies) for each in range(STARTS))
        ends = [lloyd(points, start, frequencies, STEPS) for start in starts]
        found = min(ends, key=lambda end: end.inertias[-1]).centres
    chosen = np.clip(back(found), -1, 1).astype("float32")
    return chosen[np.argsort(colour_spaces.to_lab(chosen)[:, 0], kind="stable")]


def _counted(pixels: Array) -> tuple[Array, Array]:
    """The different colours among pixels, uint8 (n, 3) -> (m, 3), and how often each is there, (m,)."""
    codes = pixels.astype(np.int64) @ (256**2, 256, 1)
    found, frequencies = np.unique(codes, return_counts=True)
    colours = np.stack([found // 256**2, found // 256 % 256, found % 256], axis=1)
    if len(found) <= MANY:
        return colours, frequencies
    cells = np.unique(colours // CELL @ (256**2, 256, 1), return_inverse=True)[1]
    totals = np.bincount(cells, frequencies)
    sums = [np.bincount(cells, frequencies * column) for column in colours.T]
    return np.stack(sums, axis=1) / totals[:, np.newaxis], totals


def apply(images: Array, colours: ArrayLike, space: str = "lab", dither: bool = False) -> tuple[Array, Array]:
    """Each pixel as a colour of the palette: its number, uint8 (n, h, w), and the images, float32 (n, h, w, 3).

    colours: (k, 3) in [-1, 1], at most 256. Each pixel gets the nearest in this space; of two equally near, the first.
    dither: hand on each pixel's error, in light, to its neighbours, so that areas keep their mean. Raises CourseError
    for other arguments.
    """
    images = colour_images(images)
    colours = check_numbers("colours", colours)
    right = colours.ndim == 2 and colours.shape[1:] == (3,) and 1 <= len(colours) <= MOST
    if not right or not (np.abs(colours) <= 1).all():
        raise CourseError(
            f"A palette is colours (k, 3) in [-1, 1], 1 to {MOST} of them, not {colours.shape}."
        )
    there, _ = _space(space)
    check_switch("dither", dither)
    places = there(colours)
    numbers = _diffused(images, colours, places, there) if dither else _nearest_colours(there(images), places)
    return numbers, colours.astype("float32")[numbers]


def check_alpha(alpha: ArrayLike, shape: tuple[int, ...]) -> Array:
    """How opaque each pixel is, float32 of this shape. Raises CourseError unless all lie in [0, 1]."""
    is_mask = isinstance(alpha, np.ndarray) and alpha.dtype == bool
    array = check_numbers("alpha", alpha.astype("float32") if is_mask else alpha)
    if array.shape != tuple(shape) or not ((array >= 0) & (array <= 1)).all():
        raise CourseError(
            f"alpha is {tuple(shape)} numbers in [0, 1], one a pixel; this one has the shape {array.shape}"
            f"{' and other values' if array.shape == tuple(shape) else ''}."
        )
    return array.astype("float32")


def colour_images(images: Array) -> Array:
    """Colour images as float32 (n, h, w, 3) in [-1, 1], from such or from uint8. Raises CourseError for others."""
    images = check_numbers("images", images)
    if images.ndim != 4 or images.shape[-1] != 3 or not images.size:
        raise CourseError(f"Colour images (n, height, width, 3) are wanted, and these have {images.shape}.")
    if images.dtype == np.uint8:
        return scale(images)
    check_images(images, part=True)
    return np.clip(images.astype("float32"), -1, 1)


def check_switch(name: str, value: bool) -> None:
    """Raise CourseError, with the argument's name, unless this is True or False."""
    if not isinstance(value, bool | np.bool_):
        raise CourseError(f"{name} is True or False, and this is neither.")


def _space(name: str) -> tuple[Callable[[Array], Array], Callable[[Array], Array]]:
    if not isinstance(name, str) or name not in SPACES:
        raise CourseError(f"space is one of {', '.join(SPACES)}, as a text, and this is another.")
    return SPACES[name]


def _nearest_colours(points: Array, places: Array) -> Array:
    """The number of the nearest place, uint8 (...), for each point (..., 3)."""
    nearest = np.zeros(points.shape[:-1], "uint8")
    best = np.full(points.shape[:-1], np.inf)
    for number, place in enumerate(places):
        squares = np.square(points - place).sum(axis=-1)
        closer = squares < best
        nearest[closer], best[closer] = number, squares[closer]
    return nearest


def _diffused(images: Array, colours: Array, places: Array, there: Callable[[Array], Array]) -> Array:
    """Floyd and Steinberg's numbers, uint8 (n, h, w): pixel by pixel, all images at once."""
    light, palette_light = colour_spaces.to_linear(images), colour_spaces.to_linear(colours)
    _, height, width, _ = light.shape
    owed = np.pad(light, [(0, 0), (0, 1), (1, 1), (0, 0)])
    numbers = np.zeros(light.shape[:3], "uint8")
    for row, column in np.ndindex(height, width):
        # A palette that lacks the colour altogether would owe more and more.
        wanted = np.clip(owed[:, row, column + 1], -1, 2)
        shown = colour_spaces.from_linear(np.clip(wanted, 0, 1))
        numbers[:, row, column] = _nearest_colours(there(shown), places)
        error = wanted - palette_light[numbers[:, row, column]]
        for down, right, sixteenths in ((0, 1, 7), (1, -1, 3), (1, 0, 5), (1, 1, 1)):
            owed[:, row + down, column + 1 + right] += error * sixteenths / 16
    return numbers
