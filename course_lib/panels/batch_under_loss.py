"""A panel to play with: one batch of logits under every GAN loss, with arrows where descent pushes each logit.

`panel.Panel` keeps the picture as it starts in the notebook, for pages without a kernel.
"""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from course_lib import plots
from course_lib.panels.panel import Panel, choice, slider

OFFSETS = np.array([-1.5, -0.9, -0.5, -0.15, 0.15, 0.5, 0.9, 1.5])  # eight logits about their mean
REACH = 10.0  # the picture shows logits from -REACH to REACH
HEIGHTS = np.linspace(-0.3, 0.3, len(OFFSETS))  # of a row's logits in the picture, about the row
ROWS = ("D on real", "D on fake", "G on fake")
ROLES = (("real", "real"), ("fake", "fake"), ("fake", "generator"))  # of a row's dots, and of its arrows
LOSSES = ("minimax", "non_saturating", "least_squares", "hinge", "wasserstein")


class BatchUnderLoss(Panel):
    """Eight real and eight fake logits, and the orders a loss gives to the discriminator and the generator.

    `controls` is a dictionary of four ipywidgets: "loss" (a name of `losses.NAMES`), "real" and "fake" (the mean
    logits) and "spread"; `picture` the HTML widget with the current picture; `pulls` the gradients with
    respect to each logit, one array (8,) for each of `ROWS`, before the mean over the batch is taken; `numbers`
    their mean sizes.
    """

    def __init__(self, loss: str = "non_saturating", real: float = 1.0, fake: float = -2.0) -> None:
        super().__init__(
            {
                "loss": choice("loss", list(LOSSES), loss),
                "real": slider("real: mean", real, -6.0, 6.0),
                "fake": slider("fake: mean", fake, -6.0, 6.0),
                "spread": slider("spread", 1.5, 0.0, 2.0),
            }
        )

    def batch(self) -> tuple[np.ndarray, np.ndarray]:
        """The real and the fake logits, shape (8,) each, as the sliders stand."""
        spread = self.controls["spread"].value * OFFSETS
        return self.controls["real"].value + spread, self.controls["fake"].value + spread

    def alt(self) -> str:
        """The picture in words."""
        set_to = {name: self.controls[name].value for name in ("real", "fake", "spread")}
        pulls = ", ".join(f"{row} {-values.mean():+.3f}" for row, values in self.pulls.items())
        return (
            f"Eight real logits around {set_to['real']:.1f} and eight fake ones around {set_to['fake']:.1f} "
            f"(spread {set_to['spread']:.1f}) under the loss {self.controls['loss'].value}. "
            f"Mean push by descent, up if positive: {pulls}."
        )

    def _measure(self) -> None:
        real, fake = self.batch()
        self.logits = dict(zip(ROWS, (real, fake, fake), strict=True))
        gradients = _gradients(self.controls["loss"].value)
        self.pulls = {row: gradient(self.logits[row]) for row, gradient in zip(ROWS, gradients, strict=True)}
        self.numbers = {row: float(np.abs(values).mean()) for row, values in self.pulls.items()}

    def _lay_out(self) -> Figure:
        figure = Figure((9.6, 3.2), layout="constrained")
        left, right = figure.subplots(1, 2, width_ratios=(3, 1), sharey=True)
        self._lay_out_arrows(left)
        self._lay_out_means(right)
        return figure

    def _lay_out_arrows(self, axes: Axes) -> None:
        """A dot at each logit; its arrow is one step of descent with learning rate 1."""
        axes.axvline(0, color=plots.COLOURS["neutral"], linewidth=0.8, linestyle=":")
        self._shafts, self._heads, self._dots = [], [], []
        for place, (dot, arrow) in enumerate(ROLES):
            heights = place + HEIGHTS
            look = {"color": plots.COLOURS[arrow], "animated": True}
            self._shafts.append(axes.hlines(heights, 0, 0, linewidth=1.6, capstyle="projecting", **look))
            self._heads.append([axes.plot([], [], head, markersize=5, **look)[0] for head in "<>"])
            self._dots += axes.plot(
                0 * heights, heights, "o", color=plots.COLOURS[dot], markersize=4, animated=True
            )
        axes.set(title="Where a step of descent takes each logit", xlabel="logit", xlim=(-REACH, REACH))
        axes.set_xticks(np.linspace(-REACH, REACH, 5))
        axes.set_yticks(range(len(ROWS)), ROWS)
        axes.set_ylim(len(ROWS) - 0.5, -0.5)

    def _lay_out_means(self, axes: Axes) -> None:
        """The mean size of the gradients; the bar ends at 1.5, the number does not."""
        rows, colours = range(len(ROWS)), [plots.COLOURS[arrow] for _, arrow in ROLES]
        self._bars = axes.barh(rows, 0, color=colours, height=0.5, animated=True)
        self._sizes = [axes.text(0, row, "", va="center", animated=True) for row in rows]
        axes.set(title="Mean size of the gradient", xlabel="size", xlim=(0, 2))
        axes.grid(False)

    def _update(self) -> None:
        artists = zip(ROWS, self._shafts, self._heads, self._dots, strict=True)
        for place, (row, shafts, heads, dots) in enumerate(artists):
            logits, heights = self.logits[row], place + HEIGHTS
            tips = np.clip(logits - self.pulls[row], -REACH, REACH)
            shafts.set_segments(np.stack([np.stack([x, heights], axis=1) for x in (logits, tips)], axis=1))
            long = np.abs(tips - logits) > 0.25  # shorter ones would be all head
            for head, there in zip(heads, (tips < logits, tips > logits), strict=True):
                head.set_data(tips[long & there], heights[long & there])
            dots.set_xdata(logits)
        for row, bar, text in zip(ROWS, self._bars, self._sizes, strict=True):
            size = self.numbers[row]
            bar.set_width(min(size, 1.5))
            text.set(x=min(size, 1.5) + 0.05, text=f"{size:.3f}")


def _gradients(loss: str) -> tuple:
    """Derivatives by the logit, in the order of `ROWS`; lesson 03 derives them."""

    def probability(logits: np.ndarray) -> np.ndarray:
        return np.exp(-np.logaddexp(0, -logits))

    def doubt(logits: np.ndarray) -> np.ndarray:
        return -probability(-logits)

    if loss == "minimax":
        return doubt, probability, lambda logits: -probability(logits)
    if loss == "non_saturating":
        return doubt, probability, doubt
    if loss == "least_squares":
        return lambda logits: logits - 1, lambda logits: logits, lambda logits: logits - 1
    if loss == "hinge":
        return (
            lambda logits: np.where(logits < 1, -1.0, 0.0),
            lambda logits: np.where(logits > -1, 1.0, 0.0),
            lambda logits: np.full_like(logits, -1),
        )
    return (
        lambda logits: np.full_like(logits, -1),
        np.ones_like,
        lambda logits: np.full_like(logits, -1),
    )
