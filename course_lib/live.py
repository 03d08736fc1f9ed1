"""The live picture of a training in a notebook: losses and samples, redrawn in place."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

import keras
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from course_lib import pictures, plots
from course_lib.training import Recorder


class LivePicture(keras.callbacks.Callback):
    """Redraws losses and sample grid every `every_seconds`; the last picture stays in the notebook.

    The picture is replaced as a whole, in one message, so it does not flicker.
    """

    def __init__(self, recorder: Recorder, every_seconds: float = 4.0):
        super().__init__()
        self.recorder, self.every_seconds = recorder, every_seconds

    def on_train_begin(self, logs: dict | None = None) -> None:
        from IPython.display import display

        self.handle = display(self._picture(), display_id=True)
        self.drawn_at = time.monotonic()

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        if time.monotonic() - self.drawn_at >= self.every_seconds:
            self.on_train_end()

    def on_train_end(self, logs: dict | None = None) -> None:
        if self.handle is not None:  # None where nothing can be displayed, such as a plain terminal
            self.handle.update(self._picture())
        self.drawn_at = time.monotonic()

    def _picture(self) -> plots.Picture:
        step = self.recorder.model.step
        figure = live_figure(self.recorder.history, self.recorder.samples(), self.recorder.grid[1])
        alt = f"Left: losses of both networks up to step {step}. Right: samples from the fixed latents."
        return plots.picture(figure, alt)


def live_figure(history: Mapping[str, Sequence[float]], samples: np.ndarray, columns: int) -> Figure:
    """Losses against steps on the left, samples (N, height, width, channels) in [-1, 1] on the right."""
    figure, (curves, grid) = plt.subplots(
        1, 2, figsize=(10, 3.6), width_ratios=(1, 1.3), layout="constrained"
    )
    for role in ("discriminator", "generator"):
        values = history[f"{role}_loss"]
        curves.plot(history["step"], values, color=plots.COLOURS[role], label=f"{role} loss")
    curves.set(title="Losses", xlabel="training step", ylabel="loss")
    if history["step"]:
        curves.legend(loc="upper right")
        speed = f"{history['images_per_second'][-1]:,.0f} images a second"
        title = f"Samples at step {history['step'][-1]:,}, after {history['seconds'][-1]:.0f} s ({speed})"
    else:
        title = "Samples before the first step (compiling takes a few seconds)"
    grid.imshow(pictures.tile(samples, columns), cmap="gray", vmin=0, vmax=255)
    grid.set(title=title, xticks=[], yticks=[])
    grid.spines[:].set_visible(False)
    return figure
