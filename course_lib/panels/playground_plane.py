"""The playground's plane: real and fake points, D's map, G's warped grid and the arrows, or a stage of slow motion."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import LinearSegmentedColormap

from course_lib import plots
from course_lib.playground.game import Layers
from course_lib.playground.stages import Stage
from course_lib.playground.targets import REACH

LAYERS = {
    "real": "real points",
    "fake": "fake points",
    "heat": "D as a heat map",
    "latent_grid": "warped latent grid",
    "arrows": "gradient arrows",
}
"""What can be switched on and off: the name of the layer, and what stands beside its switch."""
STAGES = {
    "noise": {"noise": "latents"},
    "fakes": {"real": "real", "fake": "fake"},
    "verdicts": {},
    "gradients": {"fake": "fake"},
    "update": {"real": "real", "before": "fake", "fake": "moved"},
}
"""Of each stage of slow motion the points that it shows: artist -> array of the stage."""
ARROW, LONGEST = 0.7, 1.2  # lengths in the plane: of the arrow of a push of 1, and of the longest
FAR = 1e4


class Plane:
    """Artists on `axes`, made once; `show` and `show_stage` move them and say which are seen."""

    def __init__(self, axes: Axes) -> None:
        real, fake, generator = (plots.COLOURS[role] for role in ("real", "fake", "generator"))
        roles = LinearSegmentedColormap.from_list("from fake to real", [fake, "white", real])
        scale = {"cmap": roles, "vmin": 0, "vmax": 1, "animated": True}
        square = (-REACH, REACH, -REACH, REACH)
        self.heat = axes.imshow(
            np.full((2, 2), 0.5), **scale, alpha=0.6, extent=square, origin="lower", interpolation="bilinear"
        )
        # Lines lie below the points, so that each arrow is seen to begin at a fake and to lead away from it.
        line = {"linewidths": 0.9, "zorder": 1.9, "animated": True}
        self.latent_grid = axes.add_collection(LineCollection([], colors=generator, alpha=0.8, **line))
        self.arrows = axes.add_collection(LineCollection([], colors="black", **line))
        look = {"linestyle": "", "markersize": 5, "markeredgewidth": 0.5, "animated": True}
        edged = {**look, "markeredgecolor": "white"}
        (self.before,) = axes.plot(
            [], [], "s", **{**look, "markeredgewidth": 0.8}, color=fake, fillstyle="none"
        )
        (self.real,) = axes.plot([], [], "o", **edged, color=real)
        (self.fake,) = axes.plot([], [], "s", **edged, color=fake)
        (self.noise,) = axes.plot([], [], "x", **look, color=plots.COLOURS["neutral"])
        judged = {**scale, "s": 30, "linewidths": 0.9}
        self.judged_real = axes.scatter([], [], c=[], marker="o", edgecolors=real, **judged)
        self.judged_fake = axes.scatter([], [], c=[], marker="s", edgecolors=fake, **judged)
        axes.set(xlim=square[:2], ylim=square[2:], aspect="equal")
        axes.grid(False)
        self._labels = (axes.xaxis.label, axes.yaxis.label)
        self._name_axes("x")
        for label in self._labels:
            label.set_animated(True)
        self._artists: list[Artist] = [*axes.images, *axes.collections, *axes.lines]

    def show(self, layers: Layers, shown: Collection[str]) -> None:
        """The game as it stands; `shown` are the keys of `LAYERS` that are on."""
        self._name_axes("x")
        self._show_only([getattr(self, name) for name in shown])
        _place(self.real, layers.real)
        _place(self.fake, layers.fake)
        self.heat.set_data(layers.heat)
        self.latent_grid.set_segments(list(_drawable(layers.latent_grid)))
        self._draw_arrows(layers.fake, layers.arrows)

    def show_stage(self, stage: Stage) -> None:
        """One stage of a round: what its arrays hold, and nothing else."""
        self._name_axes("z" if stage.name == "noise" else "x")
        arrays, seen = stage.arrays, []
        for name, array in STAGES[stage.name].items():
            _place(getattr(self, name), arrays[array])
            seen.append(getattr(self, name))
        if stage.name == "verdicts":
            for name, artist in (("real", self.judged_real), ("fake", self.judged_fake)):
                artist.set_offsets(_drawable(arrays[name]))
                artist.set_array(arrays[f"{name}_verdicts"])
                seen.append(artist)
        if "heat" in arrays:
            self.heat.set_data(arrays["heat"])
            seen.append(self.heat)
        if "arrows" in arrays:
            self._draw_arrows(arrays["fake"], arrays["arrows"])
            seen.append(self.arrows)
        if "moved" in arrays:  # a line from where each fake was to where it is
            self.arrows.set_segments(_lines(arrays["fake"], arrays["moved"]))
            seen.append(self.arrows)
        self._show_only(seen)

    def _name_axes(self, letter: str) -> None:
        for number, label in enumerate(self._labels, 1):
            label.set_text(f"${letter}_{number}$")

    def _show_only(self, seen: Collection[Artist]) -> None:
        for artist in self._artists:
            artist.set_visible(artist in seen)

    def _draw_arrows(self, fake: np.ndarray, arrows: np.ndarray) -> None:
        """Lengths go with the root of the push, by one scale in all pictures: what has vanished is seen to be gone."""
        pushes = np.maximum(np.linalg.norm(arrows, axis=1, keepdims=True), 1e-12)
        lengths = np.minimum(ARROW * np.sqrt(pushes), LONGEST)
        self.arrows.set_segments(_lines(fake, fake + arrows / pushes * lengths))


def _place(points: Artist, places: np.ndarray) -> None:
    points.set_data(*_drawable(places).T)


def _lines(begin: np.ndarray, end: np.ndarray) -> np.ndarray:
    """From each place to another, (n, 2, 2)."""
    return np.stack([_drawable(begin), _drawable(end)], axis=1)


def _drawable(places: np.ndarray) -> np.ndarray:
    """Places without those that overflowed or lie so far away that the drawing program would."""
    return np.where(np.abs(places) < FAR, places, np.nan)  # NaN is not below FAR either
