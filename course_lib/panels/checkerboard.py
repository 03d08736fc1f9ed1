"""The panel of lesson 5: what a kernel and a stride make of a flat input, in one network and in many."""

from __future__ import annotations

import ipywidgets
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from course_lib.panels.panel import Panel, choice
from course_lib.theory.convolutions import convolution, nearest, transposed_convolution

NETWORKS = 300
SHOWN = 12  # output pixels a side: twice every stride from 1 to 4, and more
METHODS = ("transposed convolution", "resize, then convolve")


class Checkerboard(Panel):
    """Sliders for kernel and stride, a choice of method, a button for new weights, and three pictures.

    `controls` is a dictionary of the four ipywidgets, `picture` the HTML widget with the current picture. `terms`,
    `levels` and `strengths` are what it shows, arrays (SHOWN, SHOWN) far from all borders: how many terms each output
    pixel adds up, the output of one network on an input of ones, and the mean square over `NETWORKS` of them, in units
    of one weight's variance.
    """

    def __init__(self, kernel: int = 5, stride: int = 2) -> None:
        self._seed = 0
        super().__init__(
            {
                "method": choice("method", METHODS, METHODS[0]),
                "kernel": ipywidgets.IntSlider(value=kernel, min=1, max=8, description="kernel"),
                "stride": ipywidgets.IntSlider(value=stride, min=1, max=4, description="stride"),
                "again": ipywidgets.Button(description="new weights"),
            },
            actions={"again": self._take_new_weights},
        )

    def alt(self) -> str:
        """The picture in words."""
        kernel, stride, method = (self.controls[name].value for name in ("kernel", "stride", "method"))
        return (
            f"Kernel {kernel}, stride {stride}, {method}. An output pixel adds up {_range(self.terms, '.0f')} terms. "
            f"One network's output on a flat input: {_range(self.levels, '.1f')}. "
            f"Mean square over {NETWORKS} networks: {_range(self.strengths, '.1f')}."
        )

    def _measure(self) -> None:
        kernel, stride = self.controls["kernel"].value, self.controls["stride"].value
        transposed = self.controls["method"].value == METHODS[0]
        margin = -(-kernel // stride)  # input pixels whose stamps are not complete
        flat = np.ones((1, *2 * (2 * margin + -(-SHOWN // stride) + 1,), 1))
        weights = np.random.default_rng(self._seed).normal(size=(kernel, kernel, NETWORKS, 1))
        # One more filter, of ones: it counts.
        weights = np.concatenate([weights, np.ones((kernel, kernel, 1, 1))], axis=2)
        if transposed:
            outputs = transposed_convolution(flat, weights, stride, "valid")
        else:
            outputs = convolution(nearest(flat, stride), weights.swapaxes(2, 3))
        window = slice(margin * stride, margin * stride + SHOWN)
        inner = outputs[0, window, window]
        self.terms, self.levels = inner[..., -1], inner[..., 0]
        self.strengths = np.mean(inner[..., :-1] ** 2, axis=-1)

    def _take_new_weights(self) -> None:
        self._seed += 1

    def _lay_out(self) -> Figure:
        figure = Figure((9.6, 3.6), layout="compressed")
        panels = figure.subplots(1, 3)
        titles = (
            "terms an output pixel adds up",
            "one network, flat input",
            f"mean square, {NETWORKS} networks",
        )
        looks = zip(
            panels, titles, ("cividis", "gray", "cividis"), ("{:.0f}", "{:.1f}", "{:.0f}"), strict=True
        )
        self._maps = [_Map(*look) for look in looks]
        panels[0].set_ylabel("output row")
        return figure

    def _update(self) -> None:
        most, bound = max(self.terms.max(), self.strengths.max()), np.abs(self.levels).max() or 1
        ranges = ((0, most), (-bound, bound), (0, most))
        for each, values, limits in zip(
            self._maps, (self.terms, self.levels, self.strengths), ranges, strict=True
        ):
            each.update(values, *limits)


class _Map:
    """Pixels in colours, and the first ones in figures."""

    def __init__(self, axes: Axes, title: str, colours: str, form: str) -> None:
        self.form = form
        self.image = axes.imshow(np.zeros((SHOWN, SHOWN)), cmap=colours, animated=True)
        look = {"ha": "center", "va": "center", "fontsize": 6, "animated": True}
        self.figures = {(row, column): axes.text(column, row, "", **look) for row, column in np.ndindex(4, 4)}
        axes.set(title=title, xlabel="output column", xticks=range(0, SHOWN, 4), yticks=range(0, SHOWN, 4))
        axes.grid(False)

    def update(self, values: np.ndarray, low: float, high: float) -> None:
        self.image.set(data=values, clim=(low, high))
        for place, figure in self.figures.items():
            dark = values[place] < low + 0.6 * (high - low)
            figure.set(text=self.form.format(values[place]), color="white" if dark else "black")


def _range(values: np.ndarray, form: str) -> str:
    low, high = format(values.min(), form), format(values.max(), form)
    return low if low == high else f"{low} to {high}"
