"""A panel that paints: a painting, a photograph, the knob for content, a seed.

StylePainter().show()
StylePainter(photos={"mine": datasets.from_file("holiday.jpg")}).show()
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import ipywidgets
import numpy as np
from PIL import Image

from course_lib import datasets, plots
from course_lib.media import pictures
from course_lib.panels import front_end
from course_lib.panels.panel import Panel, choice, slider
from course_lib.styles.colours import transfer_colours
from course_lib.styles.pixels import checked_picture
from course_lib.styles.transfer import transfer

LONGEST = 128  # pixels: a painting in some ten seconds
STEPS, FILTERS = 60, 24
GAP, DOTS = 8, 2  # pixels between the three pictures; dots a side of each pixel


class StylePainter(Panel):
    """Photograph, painting, and the photograph in the painting's colours; "paint" goes on to its patches.

    photos: further pictures (height, width, 3) in [-1, 1] by name, which stand first in the menu; longest: the longer
    edge to which all are brought, in pixels; steps, filters: see `course_lib.styles.transfer`.

    controls, by name: "painting", "photo", "start scale" (the knob: small for the painting, large for the photograph),
    "seed", and "paint". Moving one takes the colours anew, which is done at once; painting waits for the button, and
    the picture follows while it works. result: the picture on the right; message: an HTML widget that says what it is.
    """

    def __init__(
        self,
        photos: Mapping[str, np.ndarray] = MappingProxyType({}),
        longest: int = LONGEST,
        steps: int = STEPS,
        filters: int = FILTERS,
    ) -> None:
        self.photos = {
            name: _fitted(checked_picture(f"photograph {name}", picture), longest)
            for name, picture in photos.items()
        }
        self.longest, self.steps, self.filters = longest, steps, filters
        self.message = ipywidgets.HTML()
        self.message.add_class(front_end.SPOKEN)
        self._painted: np.ndarray | None = None
        self._reached = 0.0, 0  # scale and step of the painting
        titles = [(_title(name), name) for name in datasets.PAINTINGS]
        names = [*photos, *datasets.PHOTOS]
        controls = {
            "painting": choice("painting", titles, "hokusai_great_wave"),
            "photo": choice("photo", names, names[0]),
            "start scale": slider("start scale", 0.6, 0.2, 1.0, 0.05),
            "seed": slider("seed", 0, 0, 9, 1),
            "paint": ipywidgets.Button(description="paint"),
        }
        controls["start scale"].continuous_update = controls["seed"].continuous_update = False
        super().__init__(controls, actions={"paint": self._paint})

    def alt(self) -> str:
        """The picture in words."""
        photo, painting = self.controls["photo"].value, _title(self.controls["painting"].value)
        return f"The photograph {photo}; {painting}; and {self._what()}."

    def _what(self) -> str:
        if self._painted is None:
            return "the photograph in the painting's colours"
        knob, seed = self.controls["start scale"].value, int(self.controls["seed"].value)
        stopped = "" if self._reached == (1.0, self.steps) else ", stopped half-way"
        return (
            f"the photograph in the painting's patches, from start scale {knob:.2f} with seed {seed}{stopped}"
        )

    def _moved(self, change: Mapping[str, object]) -> None:
        self._painted = None  # what was painted belongs to the controls as they were
        super()._moved(change)

    def _measure(self) -> None:
        name = self.controls["photo"].value
        self.photo = self.photos[name] if name in self.photos else datasets.photo(name, self.longest)
        self.painting = datasets.painting(self.controls["painting"].value, self.longest)
        self.result = self._painted
        if self.result is None:
            self.result = transfer_colours(self.photo, self.painting, seed=int(self.controls["seed"].value))
        self.message.value = f"On the right, {self._what()}."

    def _paint(self) -> None:
        if self._painted is not None and self._reached == (1.0, self.steps):
            return  # the second click of a double one, which would wait for the same picture again
        self._painted, self._reached = None, (0.0, 0)
        self.message.value = "Painting ..."
        try:
            self._painted = self._transferred()
        finally:
            if self._painted is None:
                self._redraw()  # what went wrong is told below, and the colours stand again

    def _transferred(self) -> np.ndarray:
        return transfer(
            self.photo,
            self.painting,
            start_scale=self.controls["start scale"].value,
            steps=self.steps,
            filters=self.filters,
            seed=int(self.controls["seed"].value),
            watch=self._follow,
            progress=False,
        )

    def _follow(self, picture: np.ndarray, scale: float, step: int, value: float) -> None:
        """Show the picture so far, enlarged to its full size."""
        self._reached = scale, step
        self.result = _resized(picture, self.photo.shape[:2])
        self.picture.value = self._draw()._repr_html_()

    def _draw(self, small: bool = False) -> plots.Picture:
        shown = [pictures.to_uint8(picture) for picture in (self.photo, self.painting, self.result)]
        height = max(picture.shape[0] for picture in shown)
        width = sum(picture.shape[1] for picture in shown) + GAP * (len(shown) - 1)
        canvas, left = np.full((height, width, 3), 255, "uint8"), 0
        for picture in shown:
            canvas[: picture.shape[0], left : left + picture.shape[1]] = picture
            left += picture.shape[1] + GAP
        return plots.Picture(pictures.png(canvas), self.alt(), scale=DOTS)

    def _arranged(self) -> ipywidgets.Widget:
        return ipywidgets.VBox([super()._arranged(), self.message])


def _title(name: str) -> str:
    facts = datasets.painting_facts(name)
    return f"{facts['artist']}, {facts['title']}"


def _fitted(picture: np.ndarray, longest: int) -> np.ndarray:
    """The picture with a longer edge of at most `longest` pixels."""
    factor = min(1.0, longest / max(picture.shape[:2]))
    return _resized(picture, tuple(max(1, round(factor * edge)) for edge in picture.shape[:2]))


def _resized(picture: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """The picture at another size (height, width)."""
    if size == picture.shape[:2]:
        return picture
    image = Image.fromarray(pictures.to_uint8(picture)).resize(size[::-1], Image.Resampling.LANCZOS)
    return datasets.images.scale(np.asarray(image))
