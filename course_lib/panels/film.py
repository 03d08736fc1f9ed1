"""A training under a slider: what the same latents became, step by step. Works with ipywidgets 7.7 and 8.

    FilmPanel(recorder.frames, recorder.frame_steps).show()

A slider needs a running kernel. Show some of the frames as an ordinary figure too, for readers without one.
"""

from __future__ import annotations

import io
from collections.abc import Sequence

import ipywidgets
import numpy as np
from IPython.display import display
from PIL import Image

from course_lib import CourseError, plots
from course_lib.media import pictures


class FilmPanel:
    """The frames of a film, one at a time: `slider` holds the frame's number, `picture` the HTML of its images.

    frames: for each an array of images (N, height, width[, 1 or 3]), uint8 or float in [-1, 1], N the same for all.
    steps: the training step of each frame. columns: images in a row of the picture.
    Raises CourseError if there are no frames, or not one step a frame.
    """

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
        self.picture = ipywidgets.HTML(self._draw())
        self.slider.observe(self._redraw, names="value")

    def show(self) -> None:
        """Display the slider above the picture."""
        display(ipywidgets.VBox([self.slider, self.picture]))

    def alt(self) -> str:
        """The picture in words."""
        number = self.slider.value
        return f"{len(self.frames[number])} pictures drawn after {self.steps[number]:,} training steps."

    def _redraw(self, change: dict) -> None:
        self.picture.value = self._draw()

    def _draw(self) -> str:
        pixels = pictures.tile(self.frames[self.slider.value], columns=self.columns)
        buffer = io.BytesIO()
        Image.fromarray(np.repeat(np.repeat(pixels, 2, axis=0), 2, axis=1)).save(buffer, format="PNG")
        return plots.Picture(buffer.getvalue(), self.alt())._repr_html_()
