"""The live picture of a training in a notebook: losses, score and samples, redrawn in place."""

from __future__ import annotations

import time

from course_lib import plots
from course_lib.plots.training_picture import live_figure
from course_lib.training.loop import Recorder, Watcher

SHARE = 0.1  # of the training time that drawing may take


class LivePicture(Watcher):
    """Redraws losses, score and sample grid about every `every_seconds`; the last picture stays in the notebook.

    The picture is replaced as a whole, in one message, and always has the same size, so it does not flicker. Where
    drawing is slow it is redrawn less often, so that it takes no more than a tenth of the time.
    """

    def __init__(self, recorder: Recorder, every_seconds: float = 4.0):
        super().__init__(recorder)
        self.every_seconds = every_seconds
        self.handle = None

    def on_train_begin(self, logs: dict | None = None) -> None:
        super().on_train_begin()
        from IPython.display import display

        # A display with a name: what is shown under the same name later takes its place.
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
        losses = "losses of both networks" if "generator_loss" in recorder.tracked else "the loss"
        curves = losses + (" and score" if score else "")
        alt = f"Left: {curves} up to step {recorder.model.step}. Right: samples from the fixed latents."
        return plots.picture(figure, f"{alt} Warning: {warning}." if warning else alt)
