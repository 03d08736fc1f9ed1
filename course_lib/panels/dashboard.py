"""A training with a hand on it: play, pause, and the learning rates while it runs.

recorder = Recorder(grid=(3, 8))
Dashboard(gan, images, recorder, callbacks=[Alarm(recorder, images), checkpoint]).show()
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import ipywidgets
import keras
import numpy as np
import tensorflow as tf
from matplotlib.figure import Figure

from course_lib import CourseError
from course_lib.models.gan import GAN
from course_lib.panels import front_end
from course_lib.panels.panel import Panel
from course_lib.plots import training_picture
from course_lib.training.loop import Recorder, train

SLICE = 0.4  # seconds of training between two pictures: so soon a pause is heard
RATES = (-5.0, -1.0)  # the sliders' ends, as powers of ten
WIDTH = 6.4  # inches of the figure
LONGEST = {"step": [90_000, 100_000], "seconds": [9_000, 10_000], "images_per_second": [10_000, 10_000]}
LONGEST |= {"discriminator_loss": [0.01, 12.5], "generator_loss": [0.01, 12.5]}
"""A history with the widest numbers, for which the figure is laid out."""


class Dashboard(Panel):
    """Losses, score and samples of a training that goes on while it plays, picture by picture.

    The browser asks for one slice of training after the other (`animation`), so nothing of it runs by itself in the
    kernel: other cells can be run in between, and where nobody asks any more it stands still. The slices are cut out of
    one training, so playing and pausing gives, bit for bit, the networks that `train` gives without a pause. After a
    pause or an interrupt all is whole and saved, and plays on from there. (Where JupyterLab gives panels a thread of
    their own, as with ipykernel 7, an interrupt does not reach them, and the button is the way to pause.)

    gan: compiled, on one device. images, batch_size, labels, seed, callbacks: as for `train`, which see; the recorder
    stands before the callbacks, and a checkpoint among them saves while it plays and at each pause.
    controls: "generator" and "discriminator", the learning rates, disabled where one follows a schedule; "play".

    Raises CourseError for a GAN that is not compiled, and at the first slice for what `train` refuses.
    """

    def __init__(
        self,
        gan: GAN,
        images: np.ndarray,
        recorder: Recorder,
        callbacks: Sequence[keras.callbacks.Callback] = (),
        batch_size: int = 64,
        labels: np.ndarray | None = None,
        seed: int = 0,
    ) -> None:
        if not gan.compiled:
            raise CourseError("This GAN has no optimizers yet: call gan.compile() before Dashboard.")
        self.gan, self.images, self.recorder = gan, images, recorder
        self.watchers = [recorder, *callbacks]
        self.options = {"batch_size": batch_size, "labels": labels, "seed": seed}
        self._batches: Iterator | None = None  # while it trains
        self._undivided = (
            threading.RLock()
        )  # a cell may close the panel while a slice runs in the panels' own thread
        recorder.set_model(gan)
        controls = {role: _rate_slider() for role in ("generator", "discriminator")}
        super().__init__(controls, {"play": self._rest}, advance=self._train_a_slice)
        self.picture.add_class(front_end.FITS)

    def alt(self) -> str:
        """The picture in words."""
        history = self.recorder.history
        words = f"Samples from the fixed latents at step {self.gan.step:,}"
        if history["step"]:
            losses = (f"{role} {history[f'{role}_loss'][-1]:.2f}" for role in ("discriminator", "generator"))
            words += f"; losses: {', '.join(losses)}"
        measured = [value for value in history[self.recorder.score_name] if np.isfinite(value)]
        if measured:
            words += f"; {self.recorder.score_name.replace('_', ' ')} {measured[-1]:.1f}"
        # What the optimizers have: a rate of 0 lies on no slider, and another cell may have compiled anew.
        rates = (f"{role} {_rate_of(self._optimizer(role)):.2g}" for role in self._rates())
        return f"{words}. Learning rates: {', '.join(rates)}."

    def _rates(self) -> dict[str, ipywidgets.FloatLogSlider]:
        return {role: self.controls[role] for role in ("generator", "discriminator")}

    def _optimizer(self, role: str) -> keras.Optimizer:
        return getattr(self.gan, f"{role}_optimizer")

    def _moved(self, change: Mapping[str, Any]) -> None:
        """A rate holds from the next step on; a slider that follows its optimizer says nothing new."""
        (role,) = (role for role, control in self._rates().items() if control is change["owner"])
        optimizer, rate = self._optimizer(role), change["new"]
        if not _is_same(rate, _rate_of(optimizer)):
            self.act(lambda: setattr(optimizer, "learning_rate", rate))

    def _train_a_slice(self) -> None:
        with self._undivided:
            self._train()

    def _train(self) -> None:
        try:
            compiled_anew = self.gan.train_function is None  # by another cell, while this played
            if self._batches is None or compiled_anew:
                train(self.gan, self.images, callbacks=self.watchers, fit=self._take_over, **self.options)
            ends_at = time.monotonic() + SLICE
            is_over = False
            while not is_over:
                self._callbacks.on_train_batch_begin(self._look)
                logs = self.gan.train_function(self._batches)
                self._callbacks.on_train_batch_end(self._look, logs)
                self._look += 1
                is_over = self.gan.stop_training or time.monotonic() >= ends_at
        except Exception:
            self._batches = None  # as in `train`, what broke is not saved
            raise
        if self.gan.stop_training:
            self._pause()

    def _take_over(
        self, gan: GAN, batches: tf.data.Dataset, callbacks: list[keras.callbacks.Callback], **_: object
    ) -> None:
        """Stands where `train` has keras.Model.fit, and does what that does before its first step."""
        gan.make_train_function()
        gan.stop_training = False
        gan.reset_metrics()
        self._callbacks = keras.callbacks.CallbackList(callbacks, model=gan)
        self._callbacks.on_train_begin()
        self._batches, self._look = iter(batches), 0

    def _rest(self) -> None:
        """Follow the button "play" when it means pause."""
        if not self.animation.playing:
            self._end()

    def _pause(self) -> None:
        super()._pause()
        self._end()

    def _end(self) -> None:
        """What fit does after its last step: a checkpoint is saved."""
        with self._undivided:
            if self._batches is not None:
                self._batches = None
                self._callbacks.on_train_end()

    def _measure(self) -> None:
        for role, control in self._rates().items():  # a callback or another cell may have changed them
            _follow(control, role, self._optimizer(role))
        self.samples = self.recorder.samples()

    def _lay_out(self) -> Figure:
        rows, columns = self.recorder.grid
        height, width, _ = self.gan.image_shape
        heights = {"losses": 2.0}
        if self.recorder.score is not None:
            heights["score"] = 1.6
        heights["samples"] = min(WIDTH * rows * height / (columns * width), 4.0)
        # One below the other, and so read on narrow pages too.
        figure = Figure((WIDTH, 1.2 + sum(heights.values())), layout="constrained")
        self._axes = figure.subplot_mosaic([[name] for name in heights], height_ratios=list(heights.values()))
        self._draw_all(LONGEST | {self.recorder.score_name: [1.0, 120.0]})
        for axes in self._axes.values():
            axes.set_animated(True)
        return figure

    def _update(self) -> None:
        self._draw_all(self.recorder.history, ", ".join(self.recorder.warned()))

    def _draw_all(self, history: Mapping[str, Sequence[float]], warning: str = "") -> None:
        for axes in self._axes.values():
            axes.clear()
        training_picture.draw_losses(self._axes["losses"], history)
        lowest = "losses"
        if "score" in self._axes:
            lowest = "score"
            training_picture.draw_score(self._axes["score"], history, self.recorder.score_name)
            self._axes["losses"].set(xlim=(0, max(history["step"], default=1)), xticks=[])
        training_picture.label_steps(self._axes[lowest], history)
        grid = self._axes["samples"]
        training_picture.draw_samples(grid, history, self.samples, self.recorder.grid[1])
        grid.set_xlabel(f"Warning: {warning}" if warning else "")


def _rate_slider() -> ipywidgets.FloatLogSlider:
    return ipywidgets.FloatLogSlider(
        value=10 ** RATES[0],
        min=RATES[0],
        max=RATES[1],
        step=0.05,
        readout_format=".2g",
        style={"description_width": "initial"},
        layout={"width": "400px", "max_width": "98%"},
    )


def _follow(slider: ipywidgets.FloatLogSlider, role: str, optimizer: keras.Optimizer) -> None:
    """Let a slider stand where the learning rate is, disabled where that follows a schedule.

    Its ends reach as far as the rate; one of 0, which no power of ten is, stands in its name until it moves.
    """
    value = _rate_of(optimizer)
    slider.description = f"{role}'s learning rate"
    if not 0 < value < math.inf:
        slider.description = f"{role}'s rate is {value:g}; set it"
    elif not _is_same(value, slider.value):
        slider.min = min(slider.min, math.floor(math.log10(value)))
        slider.max = max(slider.max, math.ceil(math.log10(value)))
        slider.value = value
    try:
        optimizer.learning_rate = value
        slider.disabled = False
    except TypeError:  # Keras's word for a schedule
        slider.disabled, slider.description = True, f"{role}'s rate has a schedule"


def _is_same(one: float, other: float) -> bool:
    """Whether two rates differ by no more than the digits that float32 and a slider have."""
    return math.isclose(one, other, rel_tol=1e-5)


def _rate_of(optimizer: keras.Optimizer) -> float:
    return float(optimizer.learning_rate)
