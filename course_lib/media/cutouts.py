"""Figures cut out of their ground: what is transparent, and of which colour the rest is.

    cut = cut_out(sprites)                      sprites on one colour each
    on_blue = over(cut.images, cut.alpha, (-0.4, 0.1, 0.9))

The ground is what can be reached from the border through pixels of nearly its colour, so a white eye in a face on white
stays. At the edge a pixel is a mixture of both, alpha F + (1 - alpha) G (Porter and Duff, "Compositing digital images",
1984); with F from the figure inside and G the ground, alpha is the least-squares share. NumPy only.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from course_lib import CourseError
from course_lib.datasets.arguments import check_switch
from course_lib.datasets.checking import check_numbers
from course_lib.datasets.numbers import check_number
from course_lib.media.palettes import check_alpha, colour_images
from course_lib.theory import colour_spaces

Array = np.ndarray
TOLERANCE = 10.0
"""Colours that differ by less, in CIELAB, count as the ground's. About 2 can just be seen."""
MIXED = 0.25
"""How far, in values of [-1, 1], a pixel of the edge may be from a mixture and still count as one."""
EIGHT = tuple((down, right) for down in (-1, 0, 1) for right in (-1, 0, 1) if down or right)
FOUR = tuple(step for step in EIGHT if 0 in step)


class Cutouts(NamedTuple):
    """images, float32 (n, h, w, 3) in [-1, 1]: the figures' own colours; alpha, float32 (n, h, w): 0 ground to 1."""

    images: Array
    alpha: Array


def cut_out(images: Array, tolerance: float = TOLERANCE, soft: bool = True) -> Cutouts:
    """The figures without their ground.

    images: (n, h, w, 3) in [-1, 1], or uint8. Each has a ground of its own: the median colour of its border pixels.
    tolerance: how far from it, in CIELAB, a pixel may be and still belong to it, 0 to 100. soft: at the edge alpha lies
    between 0 and 1 and the ground's share is taken out of the colour; otherwise alpha is 0 or 1 and colours stay as
    they are. Ground that the figure encloses, as between two cherries and their stalks, stays as the figure's. An image
    that is all ground comes out wholly transparent. Raises CourseError for other arguments.
    """
    images = colour_images(images)
    check_number("tolerance", "how far from the ground's colour a pixel may be", tolerance, 0, 100)
    check_switch("soft", soft)
    border = np.ones(images.shape[1:3], bool)
    border[1:-1, 1:-1] = False
    grounds = np.median(images[:, border], axis=1)
    apart = np.linalg.norm(
        colour_spaces.to_lab(images) - colour_spaces.to_lab(grounds)[:, np.newaxis, np.newaxis], axis=-1
    )
    ground = _flooded(border & (apart <= tolerance), apart <= tolerance)
    if not soft:
        return Cutouts(images, (~ground).astype("float32"))
    return _softened(images, ground, grounds)


def over(images: Array, alpha: ArrayLike, colour: ArrayLike) -> Array:
    """The figures on a ground of one colour (3,), float32 (n, h, w, 3), all in [-1, 1].

    Mixed as screens do it: sRGB's numbers, not light. Raises CourseError for other shapes and values.
    """
    images = colour_images(images)
    alpha = check_alpha(alpha, images.shape[:3])[..., np.newaxis]
    colour = check_numbers("colour", colour)
    if colour.shape != (3,) or not ((colour >= -1) & (colour <= 1)).all():
        raise CourseError(
            f"colour is three numbers in [-1, 1]: red, green, blue; not {colour.tolist()!r:.60}."
        )
    return (alpha * images + (1 - alpha) * colour).astype("float32")


def _flooded(reached: Array, open_to_it: Array) -> Array:
    """All pixels that can be reached within `open_to_it`, bool (n, h, w), by steps along a row or a column."""
    while True:
        more = reached | (_beside(reached, FOUR).any(axis=0) & open_to_it)
        if np.array_equal(more, reached):
            return reached
        reached = more


def _beside(values: Array, steps: tuple[tuple[int, int], ...]) -> Array:
    """What lies beside each pixel, (steps, n, h, w, ...), one neighbour a step; 0 beyond the border."""
    height, width = values.shape[1:3]
    framed = np.pad(values, [(0, 0), (1, 1), (1, 1), *[(0, 0)] * (values.ndim - 3)])
    return np.stack([framed[:, 1 + down :, 1 + right :][:, :height, :width] for down, right in steps])


def _mean_beside(values: Array, taken: Array) -> tuple[Array, Array]:
    """The mean of those of each pixel's eight neighbours that are taken, (n, h, w, 3), and whether any is."""
    number = _beside(taken, EIGHT).sum(axis=0)
    total = _beside(np.where(taken[..., np.newaxis], values, 0), EIGHT).sum(axis=0)
    return total / np.maximum(number, 1)[..., np.newaxis], number > 0


def _softened(images: Array, ground: Array, grounds: Array) -> Cutouts:
    """Alpha at the edge: the figure's pixels beside the ground, as mixtures of it and the figure further in."""
    edge = ~ground & _beside(ground, EIGHT).any(axis=0)
    inside = ~ground & ~edge
    figure, known = _mean_beside(images, inside)
    # In a staircase a pixel may have nothing further in beside it: its figure is then that of its neighbours.
    lent, lendable = _mean_beside(figure, edge & known)
    figure = np.where(known[..., np.newaxis], figure, lent)
    grounds = np.broadcast_to(grounds[:, np.newaxis, np.newaxis], images.shape)
    line, offset = figure - grounds, images - grounds
    length = np.square(line).sum(axis=-1)
    share = np.clip((offset * line).sum(axis=-1) / np.maximum(length, 1e-9), 0, 1)
    # A thin stroke has nothing further in, and an edge that is no mixture, such as an outline, is a colour of its own.
    left = np.linalg.norm(offset - share[..., np.newaxis] * line, axis=-1)
    mixed = edge & (known | lendable) & (left <= MIXED)
    alpha = np.where(mixed, share, ~ground).astype("float32")
    return Cutouts(np.where(mixed[..., np.newaxis], figure, images).astype("float32"), alpha)
