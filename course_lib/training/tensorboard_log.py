"""A training as TensorBoard shows it: curves and samples of many runs side by side in a browser.

    log = TensorBoardLog(recorder, "runs/first/tensorboard")
    train(gan, images, steps=2000, callbacks=[recorder, log])

Then `tensorboard --logdir runs`, or in a notebook `%load_ext tensorboard` and `%tensorboard --logdir runs`.
"""

from __future__ import annotations

import math
import time
from importlib.util import find_spec
from pathlib import Path

import tensorflow as tf

from course_lib import CourseError
from course_lib.media import pictures
from course_lib.training.loop import Recorder, Watcher


class TensorBoardLog(Watcher):
    """Writes the newest row of the history at each look, and the sample grid now and then.

    recorder: whose history and samples are written. directory: a folder for this run alone. image_every: seconds
    between two pictures of the samples; there is always one of the first and one of the last step.

    Curves are drawn over the training step, which a resumed run goes on counting. What a killed run did after its last
    checkpoint is done again, and written again.
    Raises CourseError if the package tensorboard is missing (TensorFlow 2.21 no longer brings it), and at the start of
    the training if the folder cannot be made.
    """

    def __init__(self, recorder: Recorder, directory: Path | str, image_every: float = 20.0):
        super().__init__(recorder)
        if find_spec("tensorboard") is None:
            raise CourseError("TensorBoard is not installed here: pip install tensorboard")
        self.directory, self.image_every = Path(directory), image_every
        self.names = (*recorder.tracked, "images_per_second", recorder.score_name)
        self.writer: tf.summary.SummaryWriter | None = None

    def on_train_begin(self, logs: dict | None = None) -> None:
        super().on_train_begin()
        try:
            self.directory.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise CourseError(f"Cannot make the folder {self.directory}: {error.strerror}.") from error
        self.writer = tf.summary.create_file_writer(str(self.directory), flush_millis=2000)
        self._draw()

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        # Everything written inside belongs to this step of the training, the place on the horizontal axis.
        with self.writer.as_default(self.model.step):
            for name in self.names:
                value = self.recorder.history[name][-1]
                if not math.isnan(value):  # the score is not measured at every look
                    tf.summary.scalar(name, value)
        if time.monotonic() - self.drawn_at >= self.image_every:
            self._draw()

    def on_train_end(self, logs: dict | None = None) -> None:
        if self.writer is not None:
            self._draw()
            self.writer.close()

    def _draw(self) -> None:
        grid = pictures.tile(self.recorder.samples(), columns=self.recorder.grid[1])
        with self.writer.as_default(self.model.step):
            tf.summary.image("samples", grid.reshape(1, *grid.shape[:2], -1))
        self.drawn_at = time.monotonic()
