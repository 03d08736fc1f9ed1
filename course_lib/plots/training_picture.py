"""The picture of a training: losses, score and samples beside each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import Locator, LogLocator, MaxNLocator

from course_lib.media import pictures
from course_lib.plots import figures


def live_figure(
    history: Mapping[str, Sequence[float]],
    samples: np.ndarray,
    columns: int,
    score: str | None = None,
    warning: str = "",
) -> Figure:
    """Losses against steps on the left, samples (N, height, width, channels) in [-1, 1] on the right.

    score: a column of the history, drawn under the losses over the same steps. Under each step stand the seconds of
    training that it took to get there. warning: stands under the samples.
    """
    figure = plt.figure(figsize=(10, 3.6), layout="constrained")
    left, right = figure.subfigures(1, 2, width_ratios=(1, 1.3))
    axes = left.subplots(1 if score is None else 2, 1, squeeze=False, sharex=True)[:, 0]
    draw_losses(axes[0], history)
    if score is not None:
        draw_score(axes[1], history, score)
    label_steps(axes[-1], history)
    grid = right.subplots()
    draw_samples(grid, history, samples, columns)
    grid.set_xlabel(f"Warning: {warning}" if warning else "")
    return figure


def draw_losses(axes: Axes, history: Mapping[str, Sequence[float]]) -> None:
    """Both losses of a GAN; of another model its one loss, and beside it what it adds up from."""
    if "generator_loss" in history:
        roles = ("discriminator", "generator")
        curves = [(role, f"{role}_loss", figures.COLOURS[role]) for role in roles]
    else:
        names = [name for name in ("loss", "reconstruction", "divergence") if name in history]
        colours = [figures.COLOURS[role] for role in ("neutral", "real", "generator")]
        curves = [(name, name, colour) for name, colour in zip(names, colours, strict=False)]
    for (label, name, colour), style in zip(curves, ("-", "--", ":"), strict=False):
        axes.plot(history["step"], history[name], style, color=colour, label=label)
    axes.set_title("Losses", loc="left")
    axes.set_ylabel("loss")
    axes.legend(loc="lower right", bbox_to_anchor=(1, 1), ncols=2, borderaxespad=0.1)  # above the curves
    if not history["step"]:
        axes.set_yticks([])


def draw_score(axes: Axes, history: Mapping[str, Sequence[float]], score: str) -> None:
    """The score where it was measured. Its scale is logarithmic, because a GAN improves by factors."""
    values = np.array(history[score], float)
    measured = np.isfinite(values)
    axes.plot(
        np.array(history["step"], float)[measured],
        values[measured],
        color=figures.COLOURS["neutral"],
        marker=".",
    )
    if measured.any() and values[measured].min() > 0:
        axes.set_yscale("log")
        axes.set_yticks(score_ticks(*axes.get_ylim()))
        axes.yaxis.set_major_formatter("{x:g}")
        axes.yaxis.set_minor_formatter("")
    if not measured.any():
        axes.set_yticks([])
    axes.set_ylabel(figures.SCORE_LABELS.get(score, score.replace("_", " ")))


def label_steps(axes: Axes, history: Mapping[str, Sequence[float]]) -> None:
    """The axis of steps that all curves share: from 0 to the newest one, at each number also the seconds until then."""
    steps = [0, *history["step"]]
    seconds = [0, *history["seconds"]]
    axes.set_xlabel("training step, and seconds of training")
    if len(steps) == 1:
        axes.set_xticks([0])
        return
    axes.set_xlim(0, steps[-1])
    ticks = _within(MaxNLocator(5, steps=[1, 2, 2.5, 5, 10], integer=True), 0, steps[-1])
    axes.set_xticks(ticks, [f"{step:,.0f}\n{np.interp(step, steps, seconds):.0f} s" for step in ticks])


def score_ticks(low: float, high: float) -> list[float]:
    """The numbers to write at a logarithmic axis from `low` to `high` (above 0): at least two, at most nine.

    1, 2, 5, 10, ... where these are neither too few nor too many, powers of ten where they are too many, and round
    numbers at equal distances where they are too few: `LogLocator` alone would write only "10" at an axis from 8 to 18.
    """
    for locator, most in ((LogLocator(subs=(1, 2, 5)), 6), (LogLocator(subs=(1,)), 9)):
        ticks = _within(locator, low, high)
        if 2 <= len(ticks) <= most:
            return ticks
    return _within(MaxNLocator(4, steps=[1, 2, 2.5, 5, 10]), low, high)


def _within(locator: Locator, low: float, high: float) -> list[float]:
    return [float(tick) for tick in locator.tick_values(low, high) if low <= tick <= high]


def draw_samples(
    axes: Axes, history: Mapping[str, Sequence[float]], samples: np.ndarray, columns: int
) -> None:
    if history["step"]:
        speed = f"{history['images_per_second'][-1]:,.0f} images a second"
        title = f"Samples at step {history['step'][-1]:,}, after {history['seconds'][-1]:.0f} s ({speed})"
    else:
        title = "Samples before the first step (compiling takes a few seconds)"
    axes.imshow(pictures.tile(samples, columns), cmap="gray", vmin=0, vmax=255, interpolation="nearest")
    axes.set(title=title, xticks=[], yticks=[])
    axes.spines[:].set_visible(False)
