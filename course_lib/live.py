"""The live picture of a training in a notebook: losses, score and samples, redrawn in place."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

import keras
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator

from course_lib import pictures, plots
from course_lib.training import Recorder

SHARE = 0.1  # of the training time that drawing may take


class LivePicture(keras.callbacks.Callback):
    """Redraws losses, score and sample grid about every `every_seconds`; the last picture stays in the notebook.

    The picture is replaced as a whole, in one message, and always has the same size, so it does not flicker. Where
    drawing is slow it is redrawn less often, so that it takes no more than a tenth of the time.
    """

    def __init__(self, recorder: Recorder, every_seconds: float = 4.0):
        super().__init__()
        self.recorder, self.every_seconds = recorder, every_seconds
        self.handle = None

    def on_train_begin(self, logs: dict | None = None) -> None:
        from IPython.display import display

        self.handle = display(self._picture(), display_id=True)
        self.draw_again_at = time.monotonic() + self.every_seconds

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        began = time.monotonic()
        if began >= self.draw_again_at:
            self.on_train_end()
            took = time.monotonic() - began
            self.draw_again_at = began + max(self.every_seconds, took / SHARE if self.every_seconds else 0)

    def on_train_end(self, logs: dict | None = None) -> None:
        if self.handle is not None:  # None where nothing can be displayed, such as a plain terminal
            self.handle.update(self._picture())

    def _picture(self) -> plots.Picture:
        recorder = self.recorder
        score = recorder.score_name if recorder.score is not None else None
        warning = ", ".join(recorder.warned())
        figure = live_figure(recorder.history, recorder.samples(), recorder.grid[1], score, warning)
        curves = "losses of both networks" + (" and score" if score else "")
        alt = f"Left: {curves} up to step {recorder.model.step}. Right: samples from the fixed latents."
        return plots.picture(figure, f"{alt} Warning: {warning}." if warning else alt)


def live_figure(
    history: Mapping[str, Sequence[float]],
    samples: np.ndarray,
    columns: int,
    score: str | None = None,
    warning: str = "",
) -> Figure:
    """Losses against steps on the left, samples (N, height, width, channels) in [-1, 1] on the right.

    score: a column of the history, drawn under the losses against the seconds of training. warning: stands under the
    samples.
    """
    figure = plt.figure(figsize=(10, 3.6), layout="constrained")
    left, right = figure.subfigures(1, 2, width_ratios=(1, 1.3))
    axes = left.subplots(1 if score is None else 2, 1, squeeze=False)[:, 0]
    draw_losses(axes[0], history)
    if score is not None:
        draw_score(axes[1], history, score)
    grid = right.subplots()
    draw_samples(grid, history, samples, columns)
    grid.set_xlabel(f"Warning: {warning}" if warning else "")
    return figure


def draw_losses(axes: Axes, history: Mapping[str, Sequence[float]]) -> None:
    for role in ("discriminator", "generator"):
        values = history[f"{role}_loss"]
        axes.plot(history["step"], values, color=plots.COLOURS[role], label=role)
    axes.set_title("Losses", loc="left")
    axes.set(xlabel="training step", ylabel="loss")
    axes.legend(loc="lower right", bbox_to_anchor=(1, 1), ncols=2, borderaxespad=0.1)  # above the curves
    if not history["step"]:
        axes.set(xticks=[0], yticks=[])


def draw_score(axes: Axes, history: Mapping[str, Sequence[float]], score: str) -> None:
    """The score where it was measured. Its scale is logarithmic, because a GAN improves by factors."""
    values = np.array(history[score], float)
    measured = np.isfinite(values)
    axes.plot(
        np.array(history["seconds"], float)[measured],
        values[measured],
        color=plots.COLOURS["neutral"],
        marker=".",
    )
    if measured.any() and values[measured].min() > 0:
        axes.set_yscale("log")
        axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axes.yaxis.set_major_formatter("{x:g}")
        axes.yaxis.set_minor_formatter("")
    if not measured.any():
        axes.set(xticks=[0], yticks=[])
    axes.set(xlabel="seconds of training", ylabel=plots.SCORE_LABELS.get(score, score.replace("_", " ")))


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
