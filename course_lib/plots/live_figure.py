"""A figure laid out once and drawn many times: pictures that follow a slider, or a training.

    figure = Figure((6.4, 3.6), layout="constrained")
    axes = figure.subplots()
    (curve,) = axes.plot(x, y, animated=True)
    live = LiveFigure(figure)
    curve.set_ydata(other_y)
    live.picture("A curve that rises.")

Most of a figure's time goes into its layout, its axes and its texts, and they seldom change. So the layout is solved
once, and what never moves is drawn once; a new picture is a copy of that with the moving artists on top.
"""

from __future__ import annotations

import struct
import zlib

import numpy as np
from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from PIL import Image

from course_lib.plots.figures import DPI, Picture, small_png

KEPT = 8  # pictures of what does not move, some 2 MB each


class LiveFigure:
    """Quick pictures of `figure`, whose moving artists were made with matplotlib's `animated=True`.

    Anything that is drawn can move: a line, an image, a text (`axes.title.set_animated(True)`), an axis with its
    ticks, or whole axes, whose parts then need no mark of their own. An axis whose limits change with every picture
    has to move, with all that it measures. One whose limits change in large steps need not: the still parts are drawn
    once for each limits, and the last few are remembered, so that a slider can go to and fro. The layout is solved here
    and then kept: before, give each text the longest words that it will hold.

    Moving artists lie above the still ones, but for the frames of their axes, and among themselves in the order of
    axes and `zorder`: what is to lie above them, such as a legend on a curve, has to be marked as well.
    """

    def __init__(self, figure: Figure) -> None:
        figure.set(dpi=DPI, facecolor="white")
        self.figure = figure
        self._canvas = FigureCanvasAgg(figure)
        figure.draw_without_rendering()
        figure.set_layout_engine("none")
        for axes in {artist.axes for artist in figure.findobj(Artist.get_animated) if artist.axes}:
            for spine in axes.spines.values():
                spine.set_animated(True)  # the frame lies above curves
        moving = figure.findobj(Artist.get_animated)
        self._moving = sorted(moving, key=lambda artist: (_floor(artist), artist.zorder))
        self._measuring = [
            axis
            for axes in figure.axes
            for axis in (axes.xaxis, axes.yaxis)
            if not (axes.get_animated() or axis.get_animated())
        ]
        self._looks: dict[tuple[float, ...], object] = {}  # limits -> the still parts between them
        self._still_parts()

    def pixels(self) -> np.ndarray:
        """The figure as its artists stand now: uint8 (height, width, 3)."""
        self._canvas.restore_region(self._still_parts())
        renderer = self._canvas.get_renderer()
        for artist in self._moving:
            artist.draw(renderer)
        return np.asarray(self._canvas.buffer_rgba())[..., :3].copy()

    def picture(self, alt: str, small: bool = False) -> Picture:
        """What `plots.show` displays. `small` is for files: some three times smaller, and five times slower."""
        pixels = self.pixels()
        return Picture(small_png(Image.fromarray(pixels)) if small else _quick_png(pixels), alt)

    def _still_parts(self) -> object:
        """What never moves, as it is drawn between the present limits; some limits are remembered."""
        limits = tuple(end for axis in self._measuring for end in axis.get_view_interval())
        if limits not in self._looks:
            self._looks[limits] = self._drawn_still()
            if len(self._looks) > KEPT:
                del self._looks[next(iter(self._looks))]
        return self._looks[limits]

    def _drawn_still(self) -> object:
        """The figure without what moves: before matplotlib 3.11 `animated` did not keep images from being drawn."""
        seen = [each for each in self._moving if isinstance(each, AxesImage) and each.get_visible()]
        for artist in seen:
            artist.set_visible(False)
        self._canvas.draw()
        for artist in seen:
            artist.set_visible(True)
        return self._canvas.copy_from_bbox(self.figure.bbox)


def _quick_png(pixels: np.ndarray) -> bytes:
    """A PNG file of pixels, uint8 (height, width, 3), in a third of Pillow's time (measured on ours).

    Pillow tries five filters on each row, which gains little where most is one colour; here none is used. Chunks as in
    the PNG specification (W3C, third edition), sections 5 and 11.2.
    """
    height, width, _ = pixels.shape
    rows = np.zeros((height, 1 + 3 * width), np.uint8)  # a row begins with its filter's number: 0, none
    rows[:, 1:] = pixels.reshape(height, -1)
    header = struct.pack(">2I5B", width, height, 8, 2, 0, 0, 0)  # 8 bits a channel, red, green and blue
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 1)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in chunks
    )


def _floor(artist: Artist) -> tuple[float, int]:
    """Where the artist's axes lie in their figure; below them all what belongs to no axes."""
    axes = artist.axes
    return (-np.inf, -1) if axes is None else (axes.zorder, axes.figure.axes.index(axes))
