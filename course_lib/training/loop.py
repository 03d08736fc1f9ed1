"""Training a GAN: one function that runs it, and callbacks that watch it.

    recorder = Recorder()
    train(gan, images, batch_size=64, steps=2000, callbacks=[recorder])
    pictures.save_gif(recorder.film(), "training.gif")

Nothing here changes what is learned: with the same seed a run gives the same weights whoever watches it and however
long it was meant to be.
"""

from __future__ import annotations

import csv
import io
import math
import time
import warnings
from collections.abc import Callable, Sequence

import keras
import numpy as np

from course_lib import CourseError, datasets
from course_lib.media import pictures
from course_lib.models.gan import GAN
from course_lib.models.roads.minimizer import Minimizer

Callback = keras.callbacks.Callback


def train(
    gan: GAN | Minimizer,
    images: np.ndarray | Sequence[np.ndarray],
    batch_size: int = 64,
    steps: int | None = None,
    seconds: float | None = None,
    seed: int = 0,
    callbacks: Sequence[Callback] = (),
    labels: np.ndarray | None = None,
    fit: Callable[..., object] = keras.Model.fit,
) -> None:
    """`gan.fit` on images (N, height, width, channels) in [-1, 1], an array or a list, from the step it has reached.

    steps: the step to stop at, counted from the run's start. seconds: how long to train now, compilation included.
    With neither it goes on until it is interrupted. Batches depend on (seed, step) alone, so training on after a stop
    is the same as never having stopped.
    gan: or another model that `roads.minimizer` speaks of, such as a VAE.
    batch_size: real images that the discriminator sees at once; a step takes so many for each of its steps.
    labels: int (N,), the class of each image, for a GAN with classes.
    fit: what trains, if it is not Keras, called as keras.Model.fit is.

    Raises CourseError before the first step if the images have another shape or range than the networks expect, or
    are fewer than a batch, if labels are missing, not wanted or out of range, or if a number is not whole. On Ctrl-C
    the callbacks finish (a checkpoint is saved) before KeyboardInterrupt goes on.
    """
    if steps is not None:
        datasets.check_whole("steps", "the step to stop at", steps, 0)
    datasets.check_images(images)
    images = np.asarray(images)
    datasets.check_whole("batch_size", "how many images a batch holds", batch_size, 1)
    if images.shape[1:] != gan.image_shape:
        raise CourseError(
            f"The images have shape {images.shape[1:]}, but the networks were built for {gan.image_shape}: "
            "build them with image_shape=images.shape[1:]."
        )
    if (labels is None) != (gan.classes is None):
        wanted = "draws without classes, but labels were given: leave them out"
        if labels is None:
            wanted = (
                f"draws {gan.classes} classes, but no labels were given: add labels=..., one for each image"
            )
        raise CourseError(f"This GAN {wanted}.")
    if labels is not None:
        datasets.check_labels(labels, len(images), gan.classes)
    # An endless stream of batches: `fit` knows no epochs here, and a run that resumes finds its place by the step.
    # A step takes a batch for each time the discriminator learns.
    discriminator_steps = getattr(gan, "discriminator_steps", 1)  # only a GAN has a discriminator
    images_a_step = batch_size * discriminator_steps
    if discriminator_steps > 1 and 0 < len(images) < images_a_step:
        raise CourseError(
            f"A step with discriminator_steps={discriminator_steps} takes as many batches of {batch_size}, so "
            f"{images_a_step:,} images, and there are {len(images):,}: use a smaller batch."
        )
    batches = datasets.batches(images, images_a_step, seed=seed, start_step=gan.step, labels=labels)
    remaining = None
    if steps is not None:
        remaining = max(0, steps - gan.step)
        batches = batches.take(remaining)
    # The clock comes last: what the others do at a step is done before it stops the training.
    watchers = [*callbacks, *([StopAfter(seconds)] if seconds is not None else [])]
    if remaining == 0:  # nothing is left to do, but a recorder may be asked for samples all the same
        for callback in callbacks:
            callback.set_model(gan)
        return
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*shuffle=True.*")  # our batches are shuffled already
        try:
            fit(gan, batches, steps_per_epoch=remaining, callbacks=watchers, verbose=0)
        except KeyboardInterrupt:
            # Keras leaves at once, without telling its callbacks that this was the end.
            for callback in callbacks:
                callback.on_train_end()
            raise


class StopAfter(Callback):
    """Stops training after so many seconds."""

    def __init__(self, seconds: float):
        super().__init__()
        self.seconds = seconds

    def on_train_begin(self, logs: dict | None = None) -> None:
        self.began_at = time.monotonic()

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        if time.monotonic() - self.began_at >= self.seconds:
            self.model.stop_training = True


class Recorder(Callback):
    """The run's memory: a row of history at every look, and pictures of what one fixed set of latents becomes.

    grid: rows and columns of the sample grid. frames: at most so many pictures are kept; when there are more, every
    second one goes and the rest come half as often, so the film covers the whole run however long it gets.
    score: from `score_count` samples in [-1, 1] to a number, recorded as `score_name` about every `score_every`
    seconds; what it takes counts as training time, so leave it out where every second is for learning. It is tried once
    before the first step, and what it refuses stops the training there.
    tracked: the losses and the like that the history has, the model's own `TRACKED`; a GAN's unless told.

    history: a dict of lists of one length. step; seconds of training, over all resumptions; images per second; the
    means of what is tracked since the last row, for a GAN both losses and D on real and on fake images; warning, and
    the score (NaN where it was not measured).

    Raises CourseError for numbers that are not whole or too small, and at the start of a training of a GAN whose images
    cannot be drawn, having neither 1 nor 3 channels.
    """

    def __init__(
        self,
        grid: tuple[int, int] = (6, 10),
        frames: int = 60,
        score: Callable[[np.ndarray], float] | None = None,
        score_name: str = "frechet_distance",
        score_every: float = 10.0,
        score_count: int = 1000,
        seed: int = 0,
        tracked: Sequence[str] = GAN.TRACKED,
    ):
        super().__init__()
        datasets.check_whole("grid's first number", "how many rows of samples there are", grid[0], 1)
        datasets.check_whole("grid's second number", "how many columns of samples there are", grid[1], 1)
        datasets.check_whole("frames", "how many pictures the film has at most", frames, 1)
        datasets.check_whole("score_count", "how many samples are scored", score_count, 1)
        self.grid, self.max_frames, self.seed = grid, frames, seed
        self.score, self.score_name = score, score_name
        self.score_every, self.score_count = score_every, score_count
        names = ("step", "seconds", "images_per_second", *tracked, "warning", score_name)
        self.tracked = tuple(tracked)
        self.history: dict[str, list] = {name: [] for name in names}
        self.frames: list[np.ndarray] = []
        self.frame_steps: list[int] = []
        self.is_recording = False

    def samples(self, count: int | None = None) -> np.ndarray:
        """Images (count, height, width, channels) in [-1, 1] from the fixed latents; the grid's unless counted."""
        images = self.model.sample(count or math.prod(self.grid), seed=self.seed)
        return np.nan_to_num(images)  # a broken generator draws grey; the alarm says that it is broken

    def film(self) -> list[np.ndarray]:
        """The frames as uint8 pictures (height, width[, 3]), oldest first."""
        return [pictures.tile(frame, columns=self.grid[1]) for frame in self.frames]

    def on_train_begin(self, logs: dict | None = None) -> None:
        if self.tracked != self.model.TRACKED:
            raise CourseError(
                f"This model tracks {', '.join(self.model.TRACKED)}, but the recorder {', '.join(self.tracked)}: make "
                f"it with Recorder(tracked={type(self.model).__name__}.TRACKED)."
            )
        channels = self.model.image_shape[-1]
        if channels not in (1, 3):
            raise CourseError(
                f"A recorder draws grey images (1 channel) or colour ones (3), and this GAN's have {channels}: take "
                "images[..., :1] or images[..., :3], or train without a recorder."
            )
        if self.score is not None and not self.history["step"]:
            self.score(self.samples(self.score_count))  # what cannot be scored shows now, not in mid-run
        self.is_recording = True
        self.seconds_before = self.history["seconds"][-1] if self.history["seconds"] else 0.0
        self.began_at = self.looked_at = self.scored_at = time.monotonic()
        if not self.frames:
            self._keep_frame(0)

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        # Keras calls this once for each `steps_per_execution` steps, so a row may stand for several: its losses are
        # means over them.
        step, now = self.model.step, time.monotonic()
        row = {name: float(logs[name]) for name in self.tracked}
        row |= {"step": step, "seconds": self.seconds_before + now - self.began_at, "warning": ""}
        row["images_per_second"] = float(logs["images"]) / (now - self.looked_at)
        row[self.score_name] = math.nan
        if self.score is not None and now - self.scored_at >= self.score_every:
            row[self.score_name] = self.score(self.samples(self.score_count))
            self.scored_at = time.monotonic()
        for name, value in row.items():
            self.history[name].append(value)
        self.looked_at = now
        # Keras's means run over the whole epoch, and ours is endless: without this, old losses would drown new ones.
        self.model.reset_metrics()
        if step >= self.frame_steps[-1] + self.frame_spacing:
            self._keep_frame(step)

    @property
    def frame_spacing(self) -> int:
        """Steps between frames: 10 at first, doubled each time the film was full."""
        return max(10, self.frame_steps[1] - self.frame_steps[0]) if len(self.frame_steps) > 1 else 10

    def _keep_frame(self, step: int) -> None:
        self.frames.append(pictures.to_uint8(self.samples()))
        self.frame_steps.append(step)
        # A full film loses every second frame, and from then on gets them half as often.
        if len(self.frames) > self.max_frames:
            del self.frames[1::2], self.frame_steps[1::2]

    def warn(self, message: str) -> None:
        """Put "kind: what is wrong" into the newest row of the history."""
        cell = self.history["warning"][-1]
        self.history["warning"][-1] = f"{cell}; {message}" if cell else message

    def warned(self) -> list[str]:
        """The kinds of warning so far, oldest first."""
        return [text.split(":")[0] for cell in self.history["warning"] if cell for text in cell.split("; ")]

    def csv(self) -> str:
        """The history as a table, one line a row, the names of the columns first."""
        table = io.StringIO()
        rows = csv.writer(table, lineterminator="\n")
        rows.writerow(self.history)
        rows.writerows(zip(*self.history.values(), strict=True))
        return table.getvalue()

    def state(self) -> dict[str, np.ndarray]:
        """Arrays from which `restore` makes the same recorder again."""
        state = {f"history/{name}": np.array(values) for name, values in self.history.items()}
        return state | {"frames": np.array(self.frames), "frame_steps": np.array(self.frame_steps)}

    def restore(self, state: dict[str, np.ndarray]) -> None:
        """Go on from `state`. Raises CourseError if it is of a recorder with another grid or another score."""
        missing = [name for name in self.history if f"history/{name}" not in state]
        if missing:
            raise CourseError(
                f"The history saved has no column {missing[0]}: give the recorder the score_name it had."
            )
        if len(state["frames"]) and state["frames"].shape[1] != math.prod(self.grid):
            raise CourseError(
                f"The film saved has {state['frames'].shape[1]} images in a frame, but the recorder's grid of "
                f"{self.grid[0]} x {self.grid[1]} has {math.prod(self.grid)}: give it the grid it had."
            )
        self.history = {name: state[f"history/{name}"].tolist() for name in self.history}
        self.frames = list(state["frames"])
        self.frame_steps = state["frame_steps"].tolist()


class Watcher(Callback):
    """A callback that reads what a recorder keeps, and so must stand behind it in the list of callbacks.

    recorder: whose history and samples are read. Raises CourseError at the start of a training in which this recorder
    takes no part, or comes later than its watcher.
    """

    def __init__(self, recorder: Recorder):
        super().__init__()
        self.recorder = recorder

    def set_model(self, model: GAN) -> None:
        super().set_model(model)
        # Keras tells all callbacks their model first, and then lets them begin one after the other. So whatever an
        # earlier training left in this flag is gone, and only a recorder that begins before its watcher sets it again.
        self.recorder.is_recording = False

    def on_train_begin(self, logs: dict | None = None) -> None:
        if not self.recorder.is_recording:
            name = type(self).__name__
            raise CourseError(
                f"{name} reads what its Recorder keeps, so the same recorder must stand before it in the list: "
                f"callbacks=[recorder, {name}(...)]."
            )
