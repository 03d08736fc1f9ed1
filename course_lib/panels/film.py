"""A training under a slider: what the same latents became, step by step.

FilmPanel(recorder.frames, recorder.frame_steps).show()
"""

from __future__ import annotations

from collections.abc import Sequence

import ipywidgets
import numpy as np

from course_lib import CourseError, plots
from course_lib.media import pictures
from course_lib.panels.panel import Panel

SCALE = 2  # screen dots a pixel


class FilmPanel(Panel):
    """The frames of a film, one at a time: `slider` holds the frame's number, `picture` the HTML of its images.

    frames: for each an array of images (N, height, width[, 1 or 3]), uint8 or float in [-1, 1], N the same for all.
    steps: the training step of each frame. columns: images in a row of the picture.
    Raises CourseError if there are no frames, or not one step a frame.
    """

    FOLDED = "the last frame"

    def __init__(
        self, frames: Sequence[np.ndarray], steps: Sequence[int], columns: int | None = None
    ) -> None:
        if not len(frames) or len(frames) != len(steps):
            raise CourseError(f"A film needs one step for each frame, not {len(steps)} for {len(frames)}.")
        self.frames, self.steps = list(frames), [int(step) for step in steps]
        self.columns = columns or len(self.frames[0])
        self.slider = ipywidgets.SelectionSlider(
            options=[(f"{step:,}", number) for number, step in enumerate(self.steps)],
            value=len(self.steps) - 1,
            description="step",
            continuous_update=True,
            layout=ipywidgets.Layout(width="95%"),
        )
        super().__init__({"step": self.slider})

    def alt(self) -> str:
        """The picture in words."""
        number = self.slider.value
        return f"{len(self.frames[number])} pictures drawn after {self.steps[number]:,} training steps."

    def _measure(self) -> None:
        self.pixels = pictures.tile(self.frames[self.slider.value], columns=self.columns)

    def _draw(self, small: bool = False) -> plots.Picture:
        return plots.Picture(pictures.png(self.pixels, SCALE), self.alt())

    def _arranged(self) -> ipywidgets.Widget:
        """The slider over the whole width: a step is found by its place."""
        return ipywidgets.VBox([self.slider, self.picture])
