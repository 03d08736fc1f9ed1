"""Panels to play with: sliders above a picture. They work with ipywidgets 7.7 (Colab) and 8.

Sliders need a running kernel. So `show` also displays the picture as it starts as an ordinary output, which is
kept in the notebook's file and visible on a page without a kernel; it folds away as soon as a slider reports a value.
"""

from __future__ import annotations

import base64
import html
from typing import Any

import ipywidgets
import matplotlib.pyplot as plt
import numpy as np
from IPython.display import HTML, display
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from course_lib import divergences, plots

X = np.linspace(-14.0, 14.0, 2801)  # wider than the picture, so that no slider pushes a tail off the grid


class TwoDensities:
    """Two densities under five sliders, the best discriminator between them, and how far apart they are.

    p_data is the normal density N(data_mean, data_std^2), or with `gap` above 0 two halves of it moved apart by
    that much; p_g is N(fake_mean, fake_std^2). `sliders` is a dictionary of the five ipywidgets, `picture` the
    HTML widget that holds the current picture, `numbers` the five measures by name as floats.
    """

    def __init__(self, fake_mean: float = 1.0, fake_std: float = 0.8) -> None:
        self.sliders = {
            "data_mean": _slider("real: mean", -1.0, -3.0, 3.0),
            "data_std": _slider("real: std", 0.6, 0.2, 2.0),
            "gap": _slider("real: gap", 0.0, 0.0, 4.0),
            "fake_mean": _slider("fake: mean", fake_mean, -5.0, 5.0),
            "fake_std": _slider("fake: std", fake_std, 0.2, 2.0),
        }
        self.picture = ipywidgets.HTML()
        self.numbers: dict[str, float] = {}
        self._first = ""  # the still picture, and the handle that changes its output
        self._still: Any = None
        self._measure()
        for slider in self.sliders.values():
            slider.observe(self._redraw, names="value")

    def show(self) -> None:
        """Display the sliders and the picture."""
        columns = [
            ipywidgets.VBox(list(self.sliders.values())[:3]),
            ipywidgets.VBox(list(self.sliders.values())[3:]),
        ]
        display(ipywidgets.VBox([ipywidgets.HBox(columns), self.picture]))
        self._first = self._draw()
        self._still = display(_Described(self._first, self.alt()), display_id=True)

    def densities(self) -> tuple[np.ndarray, np.ndarray]:
        """p_data and p_g on the grid `X`, as the sliders stand."""
        set_to = {name: slider.value for name, slider in self.sliders.items()}
        left, right = (set_to["data_mean"] + sign * set_to["gap"] / 2 for sign in (-1, 1))
        halves = [divergences.normal(X, mean, set_to["data_std"]) / 2 for mean in (left, right)]
        p_g = divergences.normal(X, set_to["fake_mean"], set_to["fake_std"])
        # A normal density is positive everywhere, but its far tails are rounded to 0, which makes KL infinite.
        smallest = np.finfo(float).tiny
        return np.maximum(halves[0] + halves[1], smallest), np.maximum(p_g, smallest)

    def alt(self) -> str:
        """The picture in words."""
        set_to = {name: f"{slider.value:.1f}" for name, slider in self.sliders.items()}
        measures = ", ".join(f"{name} {_shown(value)}" for name, value in self.numbers.items())
        return (
            f"Real density around {set_to['data_mean']} (std {set_to['data_std']}, gap {set_to['gap']}), fake density "
            f"around {set_to['fake_mean']} (std {set_to['fake_std']}), and the best discriminator. {measures}."
        )

    def _redraw(self, change: dict) -> None:
        self._measure()
        self.picture.value = self._draw()
        if self._still is not None:
            summary = "<summary>the picture at the start</summary>"
            self._still.update(_Described(f"<details>{summary}{self._first}</details>", self.alt()))
            self._still = None

    def _measure(self) -> None:
        p_data, p_g = self.densities()
        self.numbers = {
            "KL(p_data || p_g)": divergences.kullback_leibler(p_data, p_g, X),
            "TV": divergences.total_variation(p_data, p_g, X),
            "JS": divergences.jensen_shannon(p_data, p_g, X),
            "W": divergences.wasserstein(p_data, p_g, X),
            "V(D*, G)": divergences.best_value(p_data, p_g, X),
        }

    def _draw(self) -> str:
        """The picture as an HTML image with its description."""
        figure, (left, right) = plt.subplots(
            1, 2, figsize=(9.6, 3.4), width_ratios=(2, 1), layout="constrained"
        )
        self._draw_densities(left)
        self._draw_measures(right)
        data = base64.b64encode(plots.png_bytes(figure)).decode("ascii")
        plt.close(figure)
        return f'<img alt="{html.escape(self.alt())}" src="data:image/png;base64,{data}" style="max-width: 100%">'

    def _draw_densities(self, axes: Axes) -> Figure:
        p_data, p_g = self.densities()
        figure = plots.density_curves(
            X, p_data, p_g, title="Two densities and the best discriminator", axes=axes
        )
        best = axes.twinx()
        best.plot(
            X,
            divergences.optimal_discriminator(p_data, p_g),
            color=plots.COLOURS["discriminator"],
            linestyle="-.",
            label="best discriminator, $D^*(x)$",
        )
        best.set(ylabel="$D^*(x)$", ylim=(0, 1.02), xlim=(-8, 8))
        best.grid(False)
        best.spines["right"].set_visible(True)
        handles = [*axes.get_legend_handles_labels()[0], *best.get_legend_handles_labels()[0]]
        axes.legend(handles=handles, loc="lower center", bbox_to_anchor=(0.5, 1.1), ncols=3)
        return figure

    def _draw_measures(self, axes: Axes) -> None:
        """One bar a measure, each against its own largest value, since their units differ."""
        largest = {"KL(p_data || p_g)": 10.0, "TV": 1.0, "JS": np.log(2), "W": 5.0, "V(D*, G)": np.log(4)}
        for row, (name, value) in enumerate(self.numbers.items()):
            filled = (value + np.log(4) if name == "V(D*, G)" else value) / largest[name]
            axes.barh(row, 1, color="#eeeeee", height=0.6)
            axes.barh(row, np.clip(filled, 0, 1), color=plots.COLOURS["neutral"], height=0.6)
            axes.text(1.03, row, _shown(value), va="center")
        axes.set_yticks(range(len(largest)), [r"KL$(p_{data} \| p_g)$", "TV", "JS", "W", "$V(D^*, G)$"])
        axes.set(title="How far apart", xlabel="share of its range", xlim=(0, 1.25))
        axes.set_xticks([0, 0.5, 1], ["0", "half", "full"])
        axes.invert_yaxis()
        axes.grid(False)


class _Described(HTML):
    """An HTML output that is a description where only text can be shown."""

    def __init__(self, data: str, text: str) -> None:
        super().__init__(data)
        self._text = text

    def __repr__(self) -> str:
        return self._text


def _shown(value: float) -> str:
    return f"{value:.3f}" if value < 100 else "over 100"


def _slider(label: str, value: float, low: float, high: float) -> ipywidgets.FloatSlider:
    return ipywidgets.FloatSlider(
        value=value,
        min=low,
        max=high,
        step=0.1,
        description=label,
        continuous_update=True,
        readout_format=".1f",
        style={"description_width": "initial"},
    )
