"""A training under a slider: what the same latents became, step by step.

FilmPanel(recorder.frames, recorder.frame_steps).show()
"""

from __future__ import annotations

from collections.abc import Sequence

import ipywidgets
import numpy as np

from course_lib import CourseError, datasets, plots
from course_lib.media import pictures
from course_lib.panels.panel import Panel

SCALE = 2  # screen dots a pixel
ROW = 12  # so many images stand in one row unless told


class FilmPanel(Panel):
    """The frames of a film, one at a time: `slider` holds the frame's number, `picture` the HTML of its images.

    frames: for each an array of images (N, height, width[, 1 or 3]), uint8 or float in [-1, 1], of one shape for all.
    steps: the training step of each frame. columns: images in a row of the picture; up to ROW
    stand in one unless told, and more make a square.
    Raises CourseError if there are no frames, not one step a frame, or a frame that cannot be drawn beside the others.
    """

    FOLDED = "the last frame"

    def __init__(
        self, frames: Sequence[np.ndarray], steps: Sequence[int], columns: int | None = None
    ) -> None:
        frames, steps = list(frames), list(steps)
        if not frames or len(frames) != len(steps):
            raise CourseError(f"A film needs one step for each frame, not {len(steps)} for {len(frames)}.")
        for number, step in enumerate(steps):
            datasets.check_whole(f"steps[{number}]", "when in the training the frame was drawn", step)
        self.frames, self.steps = [_checked(frames, number) for number in range(len(frames))], steps
        count = len(self.frames[0])
        self.columns = (
            columns if columns is not None else count if count <= ROW else pictures.default_columns(count)
        )
        datasets.check_whole("columns", "how many images stand in a row", self.columns, 1)
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
        count = len(self.frames[number])
        return f"{count} picture{'s' if count > 1 else ''} drawn after {self.steps[number]:,} training steps."

    def _measure(self) -> None:
        self.pixels = pictures.tile(self.frames[self.slider.value], columns=self.columns)

    def _draw(self, small: bool = False) -> plots.Picture:
        return plots.Picture(pictures.png(self.pixels, SCALE), self.alt())

    def _arranged(self) -> ipywidgets.Widget:
        """The slider over the whole width: a step is found by its place."""
        return ipywidgets.VBox([self.slider, self.picture])


def _checked(frames: Sequence[np.ndarray], number: int) -> np.ndarray:
    """A frame as pixels: what cannot be drawn is refused before the slider comes to it."""
    try:
        pixels = pictures.to_uint8(frames[number])
        pictures.tile(pixels)
    except (CourseError, ValueError, TypeError) as error:  # not even numbers
        raise CourseError(f"Frame {number} cannot be drawn. {error}") from error
    if pixels.shape != np.shape(frames[0]):
        raise CourseError(
            f"All frames of a film have one shape, but frame {number} has {pixels.shape} and frame 0 has "
            f"{np.shape(frames[0])}."
        )
    return pixels
