"""A live figure as matplotlib itself would draw it."""

from __future__ import annotations

import numpy as np
from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure


def drawn_whole(figure: Figure) -> np.ndarray:
    """Pixels, uint8 (height, width, 3): all artists in one go, in matplotlib's order; the figure stays as it was."""
    moving, canvas = figure.findobj(Artist.get_animated), figure.canvas
    for artist in moving:
        artist.set_animated(False)
    whole = FigureCanvasAgg(figure)
    whole.draw()
    figure.set_canvas(canvas)
    for artist in moving:
        artist.set_animated(True)
    return np.asarray(whole.buffer_rgba())[..., :3]
