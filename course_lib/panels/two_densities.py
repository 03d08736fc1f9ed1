"""Two densities and the best discriminator between them (lesson 01)."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from course_lib import plots
from course_lib.panels.panel import Panel, slider
from course_lib.theory import divergences

X = np.linspace(-20.0, 20.0, 4001)  # wider than the picture, so that no slider pushes a tail off the grid
LARGEST = {"KL(p_data || p_g)": 10.0, "TV": 1.0, "JS": np.log(2), "W": 5.0, "V(D*, G)": np.log(4)}
"""Each measure at the end of its bar; V(D*, G) goes from -log 4 up to 0."""


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

    def _lay_out(self) -> Figure:
        figure = Figure((9.6, 3.4), layout="constrained")
        left, right = figure.subplots(1, 2, width_ratios=(2, 1))
        self._lay_out_densities(left)
        self._lay_out_measures(right)
        return figure

    def _lay_out_densities(self, axes: Axes) -> None:
        self._curves, self._areas = [], []
        for role, label, style in (("real", "real, $p_{data}(x)$", "-"), ("fake", "fake, $p_g(x)$", "--")):
            look = {"color": plots.COLOURS[role], "animated": True}
            self._areas += axes.fill(X, np.zeros_like(X), alpha=0.18, linewidth=0, linestyle="-", **look)
            self._curves += axes.plot(X, np.zeros_like(X), linestyle=style, label=label, **look)
        axes.yaxis.set_animated(True)  # its limit follows the higher density
        axes.yaxis.set_major_formatter("{x:.2f}")  # labels of one width: nothing is pushed about
        axes.set(title="Two densities and the best discriminator", xlabel="x", ylabel="density", ylim=(0, 2))
        axes.set_axisbelow(True)
        best = axes.twinx()
        (self._best,) = best.plot(
            X,
            np.zeros_like(X),
            color=plots.COLOURS["discriminator"],
            linestyle="-.",
            label="best discriminator, $D^*(x)$",
            animated=True,
        )
        best.set(ylabel="$D^*(x)$", ylim=(0, 1.02), xlim=(-8, 8))
        best.grid(False)
        best.spines["right"].set_visible(True)
        handles = [*self._curves, self._best]
        axes.legend(handles=handles, loc="lower center", bbox_to_anchor=(0.5, 1.1), ncols=3)

    def _lay_out_measures(self, axes: Axes) -> None:
        """One bar a measure, each against its own largest value, since their units differ."""
        rows = range(len(LARGEST))
        axes.barh(rows, 1, color="#eeeeee", height=0.6)
        self._bars = axes.barh(rows, 1, color=plots.COLOURS["neutral"], height=0.6, animated=True)
        self._values = [axes.text(1.03, row, _shown(np.inf), va="center", animated=True) for row in rows]
        axes.set_yticks(rows, [r"KL$(p_{data} \| p_g)$", "TV", "JS", "W", "$V(D^*, G)$"])
        axes.set(title="How far apart", xlabel="share of its range", xlim=(0, 1.25))
        axes.set_xticks([0, 0.5, 1], ["0", "half", "full"])
        axes.invert_yaxis()
        axes.grid(False)

    def _update(self) -> None:
        for density, curve, area in zip((self.p_data, self.p_g), self._curves, self._areas, strict=True):
            curve.set_ydata(density)
            area.set_xy(np.column_stack([X, density]))
            area.axes.set_ylim(0, 1.05 * max(self.p_data.max(), self.p_g.max()))
        self._best.set_ydata(divergences.optimal_discriminator(self.p_data, self.p_g))
        for (name, value), bar, text in zip(self.numbers.items(), self._bars, self._values, strict=True):
            filled = (value + np.log(4) if name == "V(D*, G)" else value) / LARGEST[name]
            bar.set_width(np.clip(filled, 0, 1))
            text.set_text(_shown(value))


def _shown(value: float) -> str:
    return f"{value:.3f}" if value < 100 else "over 100"
