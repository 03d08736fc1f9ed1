"""Two densities and the best discriminator between them (lesson 01)."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from course_lib import plots
from course_lib.panels.panel import Panel, slider
from course_lib.theory import divergences

X = np.linspace(-20.0, 20.0, 4001)  # wider than the picture, so that no slider pushes a tail off the grid


class TwoDensities(Panel):
    """Two densities under five sliders, the best discriminator between them, and how far apart they are.

    p_data is the normal density N(data_mean, data_std^2), or with `gap` above 0 two halves of it moved apart by
    that much; p_g is N(fake_mean, fake_std^2). `sliders` is a dictionary of the five ipywidgets, `picture` the
    HTML widget that holds the current picture, `numbers` the five measures by name as floats; `p_data` and `p_g` are
    the densities on the grid `X`.
    """

    def __init__(self, fake_mean: float = 1.0, fake_std: float = 0.8) -> None:
        self.sliders = {
            "data_mean": slider("real: mean", -1.0, -3.0, 3.0),
            "data_std": slider("real: std", 0.6, 0.2, 2.0),
            "gap": slider("real: gap", 0.0, 0.0, 4.0),
            "fake_mean": slider("fake: mean", fake_mean, -5.0, 5.0),
            "fake_std": slider("fake: std", fake_std, 0.2, 3.0),
        }
        super().__init__(self.sliders)

    def densities(self) -> tuple[np.ndarray, np.ndarray]:
        """p_data and p_g on the grid `X`, as the sliders stand."""
        set_to = {name: control.value for name, control in self.sliders.items()}
        left, right = (set_to["data_mean"] + sign * set_to["gap"] / 2 for sign in (-1, 1))
        halves = [divergences.normal(X, mean, set_to["data_std"]) / 2 for mean in (left, right)]
        p_g = divergences.normal(X, set_to["fake_mean"], set_to["fake_std"])
        # A normal density is positive everywhere, but its far tails are rounded to 0, which makes KL infinite.
        smallest = np.finfo(float).tiny
        return np.maximum(halves[0] + halves[1], smallest), np.maximum(p_g, smallest)

    def alt(self) -> str:
        """The picture in words."""
        set_to = {name: f"{control.value:.1f}" for name, control in self.sliders.items()}
        measures = ", ".join(f"{name} {_shown(value)}" for name, value in self.numbers.items())
        return (
            f"Real density around {set_to['data_mean']} (std {set_to['data_std']}, gap {set_to['gap']}), fake density "
            f"around {set_to['fake_mean']} (std {set_to['fake_std']}), and the best discriminator. {measures}."
        )

    def _measure(self) -> None:
        self.p_data, self.p_g = p_data, p_g = self.densities()
        self.numbers = {
            "KL(p_data || p_g)": divergences.kullback_leibler(p_data, p_g, X),
            "TV": divergences.total_variation(p_data, p_g, X),
            "JS": divergences.jensen_shannon(p_data, p_g, X),
            "W": divergences.wasserstein(p_data, p_g, X),
            "V(D*, G)": divergences.best_value(p_data, p_g, X),
        }

    def _figure(self) -> Figure:
        figure, (left, right) = plt.subplots(
            1, 2, figsize=(9.6, 3.4), width_ratios=(2, 1), layout="constrained"
        )
        self._draw_densities(left)
        self._draw_measures(right)
        return figure

    def _draw_densities(self, axes: Axes) -> Figure:
        title = "Two densities and the best discriminator"
        figure = plots.density_curves(X, self.p_data, self.p_g, title=title, axes=axes)
        best = axes.twinx()
        best.plot(
            X,
            divergences.optimal_discriminator(self.p_data, self.p_g),
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


def _shown(value: float) -> str:
    return f"{value:.3f}" if value < 100 else "over 100"
