"""A panel to walk about in a generator's latent space: sliders, a map, a walk, and pictures that can be kept.

LatentExplorer(gan.sampler).show()
"""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import ipywidgets
import keras
import numpy as np
from PIL import Image

from course_lib import CourseError, plots
from course_lib.media import latent_png, pictures
from course_lib.models import latents
from course_lib.models.directions import main_directions
from course_lib.models.sampling import generate
from course_lib.panels import front_end
from course_lib.panels.panel import Panel, choice, row, slider
from course_lib.plots.figures import small_png
from course_lib.plots.latent_sheet import LARGE, MAP, WALK, latent_sheet

DIRECTIONS = 6
REACH = 3.0  # the sliders and the map go so many standard deviations to either side
FIELDS = np.linspace(-REACH, REACH, MAP)
CELL = 60  # dots a side of a small picture on the screen, about
PLACES = {f"map {line + 1}, {column + 1}": (line, column) for line, column in np.ndindex(MAP, MAP)}
WAYS = {"slerp": latents.slerp, "lerp": latents.lerp}


class LatentExplorer(Panel):
    """One latent and its picture, moved by sliders along the generator's main directions, a click on a map, or a walk.

    generator: latents (batch, latent_size), or latents and labels, to images (batch, height, width, 1 or 3) in
    [-1, 1], with a dense layer first. class_names: one for each label, where it takes labels.

    controls, by name: "label" where there are classes; "direction 1" and on, coordinates along `directions` in standard
    deviations; "across" and "down", the two that the map shows; "another" for a new latent; "from" and "to", which make
    the present latent an end of the walk; "way" and "walk", the walk's kind and share; "play", which goes along it;
    "file", "save" and "load"; and the map's buttons, "map 1, 1" in the upper left corner to "map 5, 5". These lie over
    the picture and carry no text; Tab comes to one of them, and the arrow keys go from there to the others.
    latent: float64 (latent_size,). message: an HTML widget that says what was saved or loaded.

    Raises CourseError if class names are missing, not wanted or not one for each class, or if the generator draws no
    such images or has no main directions.
    """

    def __init__(
        self, generator: keras.Model, class_names: Sequence[str] | None = None, seed: int = 0
    ) -> None:
        _check_pictures(generator)
        _check_names(class_names, generator)
        self.generator, self.class_names = generator, class_names
        size = generator.inputs[0].shape[-1]
        self.directions = main_directions(generator, min(DIRECTIONS, size))
        self.names = [f"direction {number}" for number in range(1, 1 + len(self.directions))]
        self._random = np.random.default_rng(seed)
        self.ends = [self._random.standard_normal(size) for _ in range(2)]
        self.message = ipywidgets.HTML()
        self.message.add_class(front_end.SPOKEN)
        self.controls = self._made_controls()
        self._set(self.ends[0])
        actions = {
            "another": lambda: self._set(self._random.standard_normal(size)),
            "from": lambda: self._end(0),
            "to": lambda: self._end(1),
            "save": lambda: self._tell(self._save),
            "load": lambda: self._tell(self._load),
        }
        fields = {name: partial(self._choose, *place) for name, place in PLACES.items()}
        super().__init__(self.controls, actions | fields, advance=self._step)
        self.picture.add_class(front_end.FITS)

    @property
    def latent(self) -> np.ndarray:
        return self._rest + self._along @ self.directions

    @property
    def label(self) -> int | None:
        """The class that is drawn, where there are classes."""
        return self.controls["label"].value if self.class_names is not None else None

    def alt(self) -> str:
        """The picture in words."""
        drawn_as = "" if self.label is None else f", drawn as {self.class_names[self.label]}"
        along = ", ".join(f"{name} {value:+.1f}" for name, value in zip(self.names, self._along, strict=True))
        across, down = (self.names[self.controls[name].value] for name in ("across", "down"))
        return (
            f"Large, the picture of a latent of length {np.linalg.norm(self.latent):.1f}{drawn_as}: {along}. Beside it "
            f"a map of {MAP} by {MAP} pictures, {across} from -3 to 3 across and {down} from -3 to 3 down. Below, "
            f"{WALK} pictures of a walk ({self.controls['way'].value}) between two latents."
        )

    @property
    def _along(self) -> np.ndarray:
        """What the sliders say, (directions,)."""
        return np.array([self.controls[name].value for name in self.names])

    def _walk(self, share: float | np.ndarray) -> np.ndarray:
        return WAYS[self.controls["way"].value](*self.ends, share)

    def _set(self, latent: np.ndarray, **others: object) -> None:
        """Put the sliders where `latent` lies along the directions, and keep its rest; set `others`; draw nothing."""
        along = np.clip(np.round(self.directions @ latent, 1), -REACH, REACH)
        self._rest = latent - along @ self.directions
        self._is_setting = True  # many controls move, and one picture follows
        try:
            for name, value in {**dict(zip(self.names, along.tolist(), strict=True)), **others}.items():
                self.controls[name].value = value
        finally:
            self._is_setting = False

    def _moved(self, change: Mapping[str, Any]) -> None:
        """A slider that a person moves; those that `_set` moves are heard all together."""
        if self._is_setting:
            return
        walking = change["owner"] is self.controls["walk"]
        if walking or (change["owner"] is self.controls["way"] and self._is_on_walk):
            self.act(lambda: self._set(self._walk(self.controls["walk"].value)))
        elif change["owner"] is not self.controls["file"]:
            super()._moved(change)

    def _step(self) -> None:
        """A step further along the walk, and from its end back to its beginning."""
        walk = self.controls["walk"]
        share = round(walk.value + walk.step, 2) if walk.value < 1 else 0.0
        self._set(self._walk(share), walk=share)

    def _end(self, number: int) -> None:
        """Make the present latent the beginning or the end of the walk."""
        self.ends[number] = self.latent
        self._set(self.latent, walk=float(number))

    def _choose(self, line: int, column: int) -> None:
        """Go to a field of the map."""
        along = self._along
        along[self.controls["across"].value] = FIELDS[column]
        along[self.controls["down"].value] = FIELDS[line]
        self._set(self._rest + along @ self.directions)

    def _tell(self, action: Callable[[str], str]) -> None:
        """Do something with the file that is named, and say how it went; a wrong name is no fault of the panel."""
        try:
            told = action(self.controls["file"].value)
        except CourseError as error:
            told = str(error)
        self.message.value = f'<div role="status">{html.escape(told)}</div>'

    def _save(self, path: str) -> str:
        latent_png.save(self.images[0], self.latent, path, self.label)
        return f"Saved with its latent: {path}"

    def _load(self, path: str) -> str:
        latent, label = latent_png.load(path)
        labels = [None] if self.class_names is None else range(len(self.class_names))
        if len(latent) != len(self._rest) or label not in labels:
            raise CourseError(
                f"{path} was drawn by another generator, from {len(latent)} numbers"
                f"{'' if label is None else f' and class {label}'}: choose a picture that this one drew."
            )
        self._set(latent, **({} if label is None else {"label": label}))
        return f"Loaded: {path}"

    def _measure(self) -> None:
        across, down = (self.controls[name].value for name in ("across", "down"))
        on_map = np.tile(self._along, (MAP, MAP, 1))
        on_map[..., across], on_map[..., down] = FIELDS, FIELDS[:, np.newaxis]
        shares, share = np.linspace(0, 1, WALK), self.controls["walk"].value
        rows = (
            self.latent,
            self._rest + on_map.reshape(MAP * MAP, -1) @ self.directions,
            self._walk(shares),
        )
        labels = None if self.label is None else np.full(1 + MAP * MAP + WALK, self.label)
        self.images = generate(self.generator, np.vstack(rows), labels)
        self._is_on_walk = bool(np.allclose(self.latent, self._walk(share)))
        nearest = tuple(int(np.abs(FIELDS - self._along[axis]).argmin()) for axis in (down, across))
        on_walk = int(np.abs(shares - share).argmin()) if self._is_on_walk else None
        self.sheet = latent_sheet(self.images, nearest, on_walk)

    def _draw(self, small: bool = False) -> plots.Picture:
        scale = max(1, round(CELL / self.images.shape[1]))
        # 16 levels a colour are enough for a notebook's file, and take a quarter of the room.
        png = small_png(Image.fromarray(self.sheet // 16 * 17)) if small else pictures.png(self.sheet)
        return plots.Picture(png, self.alt(), scale)

    def _made_controls(self) -> dict[str, ipywidgets.DOMWidget]:
        controls: dict[str, ipywidgets.DOMWidget] = {}
        if self.class_names is not None:
            controls["label"] = choice("class", _numbered(self.class_names), 0)
        controls |= {name: slider(name, 0.0, -REACH, REACH) for name in self.names}
        controls["another"] = ipywidgets.Button(description="another latent")
        controls["across"] = choice("map, across", _numbered(self.names), 0)
        controls["down"] = choice("map, down", _numbered(self.names), min(1, len(self.names) - 1))
        controls["from"] = ipywidgets.Button(description="walk from here")
        controls["to"] = ipywidgets.Button(description="walk to here")
        controls["way"] = choice("way", list(WAYS), "slerp")
        controls["walk"] = slider("walk", 0.0, 0.0, 1.0, step=0.05)
        controls["file"] = ipywidgets.Text(
            value="latent.png", description="file", style={"description_width": "initial"}
        )
        controls |= {name: ipywidgets.Button(description=name) for name in ("save", "load")}
        return controls | {name: _field(name, *place) for name, place in PLACES.items()}

    def _arranged(self) -> ipywidgets.Widget:
        """Sliders on the left, the rest on the right, and below the picture with the map's buttons over it."""
        controls = self.controls
        left = [each for name, each in controls.items() if name in ("label", *self.names, "another")]
        right = [
            *(controls[name] for name in ("across", "down")),
            row([controls["from"], controls["to"]]),
            *(controls[name] for name in ("way", "walk", "play", "file")),
            row([controls["save"], controls["load"]]),
        ]
        # The picture and the buttons share the one cell of a grid, so both are of one size however the page scales it.
        self.picture.layout = ipywidgets.Layout(grid_area="1 / 1", margin="0")
        buttons = ipywidgets.Layout(
            grid_area="1 / 1",
            margin="0",
            grid_template_columns=f"repeat({WALK}, 1fr)",
            grid_template_rows=f"repeat({MAP + 1}, 1fr)",
        )
        fields = ipywidgets.GridBox([controls[name] for name in PLACES], layout=buttons)
        fields.add_class(front_end.FIELDS)
        over = ipywidgets.GridBox([self.picture, fields])
        over.layout = ipywidgets.Layout(
            width="fit-content", max_width="100%", grid_template_columns="minmax(0, auto)"
        )
        return ipywidgets.VBox([row([ipywidgets.VBox(left), ipywidgets.VBox(right)]), over, self.message])


def _check_pictures(generator: keras.Model) -> None:
    if not isinstance(
        getattr(generator, "inputs", None), list
    ):  # a whole GAN, or a network that is not built yet
        raise CourseError(
            f"LatentExplorer takes a built generator, such as gan.sampler, not this {type(generator).__name__}."
        )
    shapes = [tuple(output.shape[1:]) for output in generator.outputs]
    if len(shapes) != 1 or len(shapes[0]) != 3 or shapes[0][-1] not in (1, 3):
        raise CourseError(
            "LatentExplorer shows grey or colour images, (height, width, 1 or 3), and this generator draws "
            f"{' and '.join(map(str, shapes))}: give one that draws such images."
        )


def _check_names(class_names: Sequence[str] | None, generator: keras.Model) -> None:
    if (class_names is not None) != (len(generator.inputs) == 2):
        wanted = (
            "takes labels: give class_names" if class_names is None else "takes no labels: leave them out"
        )
        raise CourseError(f"This generator {wanted}.")
    table = next((layer for layer in generator.layers if isinstance(layer, keras.layers.Embedding)), None)
    classes = table.input_dim if table else None  # one that does without a table does not say
    if class_names is not None and (not len(class_names) or classes not in (None, len(class_names))):
        raise CourseError(
            f"This generator draws {classes or 'some'} classes, but there are {len(class_names)} class_names: give one "
            "for each class."
        )


def _numbered(names: Sequence[str]) -> list[tuple[str, int]]:
    return [(name, number) for number, name in enumerate(names)]


def _field(name: str, line: int, column: int) -> ipywidgets.Button:
    """A clear button over one picture of the map."""
    button = ipywidgets.Button(tooltip=f"{name}: row, column")
    button.style.button_color = "transparent"
    place = f"{line + 1} / {LARGE + column + 1}"
    button.layout = ipywidgets.Layout(grid_area=place, width="auto", height="auto", margin="0", padding="0")
    return button
