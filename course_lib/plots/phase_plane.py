"""The plane of two players, each of them one number: the arrows of a game, and the path that is played.

figure = vector_field(GAMES["minimax"].field, play(GAMES["minimax"], (1, 0), steps=60, eta=0.2))
plots.show(figure, alt="Arrows that turn clockwise around zero, and a path that follows them")
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from course_lib.plots.figures import COLOURS

ARROWS = 13
"""Arrows in a row, and rows of arrows."""


def vector_field(
    direction: Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]],
    path: np.ndarray | None = None,
    title: str = "Where the players want to go",
    reach: float = 1.6,
    axes: Axes | None = None,
) -> Figure:
    """An arrow at each place of the plane, and the path of a game from a ring to a dot; a star at (0, 0).

    direction: (theta, phi), two arrays of one shape, to the arrow's two parts; path: (steps + 1, 2);
    reach: the picture shows [-reach, reach] both ways; axes: draw there instead of on a new figure.
    """
    if axes is None:
        axes = Figure((4.2, 4.0), layout="constrained").subplots()
    theta, phi = np.meshgrid(*[np.linspace(-0.92 * reach, 0.92 * reach, ARROWS)] * 2)
    axes.quiver(theta, phi, *direction(theta, phi), color="#aaaaaa", angles="xy", width=0.005)
    axes.plot(0, 0, "*", color=COLOURS["real"], markersize=10)
    if path is not None:
        axes.plot(*path.T, "-", color=COLOURS["fake"], linewidth=1.2)
        axes.plot(*path[0], "o", color=COLOURS["fake"], markerfacecolor="white", markersize=7)
        axes.plot(*path[-1], "o", color=COLOURS["fake"], markersize=7)
    axes.set(title=title, xlabel=r"generator, $\theta$", ylabel=r"discriminator, $\phi$")
    axes.set(xlim=(-reach, reach), ylim=(-reach, reach), aspect="equal")
    axes.grid(False)
    return axes.figure
