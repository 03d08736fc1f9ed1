"""The playground's picture: the plane with its layers on the left, curves of the training on the right.

Everything is laid out once; a new picture only moves what is there, so that a training can be watched live.
"""

from __future__ import annotations

import io
from collections.abc import Collection

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator
from PIL import Image

from course_lib import plots
from course_lib.panels.playground_plane import LAYERS, Plane
from course_lib.playground.game import Game, Layers
from course_lib.playground.stages import Stage
from course_lib.plots.live_figure import LiveFigure

TARGETS = {
    "line": "a line",
    "moons": "two moons",
    "ring": "a ring of eight",
    "grid": "a grid of 25",
    "spiral": "a spiral",
    "clusters": "two clusters",
    "drawn": "your drawing",
}
"""The targets of `Settings`, in words."""
CHARTS = {
    "losses": (("discriminator_loss", "D", "discriminator", "-"), ("generator_loss", "G", "generator", "--")),
    "modes covered": (("modes", "modes", "neutral", "-"),),
    "distance of the densities": (("kl", "KL", "real", "-"), ("js", "JS", "fake", "--")),
}
"""The plots beside the plane by their titles: for each curve its name in `Game.history`, label, colour and style."""
POINTS = 300  # of a curve, at most: finer is not seen
FIRST_ROUNDS = 200  # the curves begin with room for so many


class PlaygroundPicture:
    """A figure laid out once: `update` moves its points, arrows and curves, `picture` draws them as they stand."""

    def __init__(self) -> None:
        self.figure = Figure((9.6, 4.9), layout="none")
        self.plane = Plane(self.figure.add_axes((0.06, 0.1, 0.4287, 0.84)))
        self._lay_out_curves()
        self._live = LiveFigure(self.figure)
        self._palette = _palette()

    def picture(self, alt: str, small: bool = False) -> plots.Picture:
        """The picture as it stands; `small` is for files: a quarter smaller, and slower."""
        # With colours that are known beforehand a picture is a third of the size, in a third of the time. And they are
        # the same in all pictures: chosen for each, they would flicker.
        few = Image.fromarray(self._live.pixels()).quantize(palette=self._palette, dither=Image.Dither.NONE)
        buffer = io.BytesIO()
        few.save(buffer, format="PNG", **({"optimize": True} if small else {"compress_level": 1}))
        return plots.Picture(buffer.getvalue(), alt)

    def update(self, layers: Layers, shown: Collection[str], game: Game) -> None:
        """Show these layers and the curves of the game; `shown` are the keys of `LAYERS` that are on."""
        self.plane.show(layers, shown)
        self._move_curves(game)

    def update_stage(self, stage: Stage, game: Game) -> None:
        """Show a stage of slow motion, and the curves."""
        self.plane.show_stage(stage)
        self._move_curves(game)

    def _lay_out_curves(self) -> None:
        """Three plots one above the other, with one scale of rounds below them."""
        self.curves: dict[str, Line2D] = {}
        self.charts: list[Axes] = []
        for place, (title, lines) in enumerate(CHARTS.items()):
            axes = self.figure.add_axes((0.565, 0.725 - 0.3125 * place, 0.41, 0.215))
            axes.set_title(title, loc="left", fontsize=11, pad=5)
            for name, label, role, style in lines:
                look = {"color": plots.COLOURS[role], "label": label, "animated": True}
                (self.curves[name],) = axes.plot([], [], style, **look)
            if len(lines) > 1:
                axes.legend(
                    loc="lower right", bbox_to_anchor=(1.0, 0.98), ncols=2, borderpad=0, frameon=False
                )
            axes.set(xlim=(0, FIRST_ROUNDS), ylim=(0, 1))
            axes.yaxis.set_major_locator(MaxNLocator(4, min_n_ticks=2))
            axes.tick_params(labelbottom=place == len(CHARTS) - 1)
            self.charts.append(axes)
        self.charts[-1].set_xlabel("round")

    def _move_curves(self, game: Game) -> None:
        history = game.history  # put together anew at each call
        for name, line in self.curves.items():
            rounds = history["round" if name.endswith("loss") else "measured_round"]
            line.set_data(*_thinned(rounds, history[name]))
        last = history["round"][-1] if len(history["round"]) else 0
        for axes in self.charts:
            counted = len(game.settings.modes()) if axes is self.curves["modes"].axes else None
            _make_room(axes, last, counted)


def _palette() -> Image.Image:
    """What is drawn here: white, D's map from pale to full, and darker steps of the colours that only lines have."""
    shades = [np.ones((1, 3))]
    for role, colour in {**plots.COLOURS, "black": "black"}.items():
        # Pillow finds the nearest colour to within 4 of 255: paler shades would take the place of white or of the map.
        palest, count = (0.08, 60) if role in ("real", "fake") else (0.35, 33)
        shades.append(1 - np.linspace(palest, 1, count)[:, None] * (1 - np.array(to_rgb(colour))))
    palette = Image.new("P", (1, 1))
    palette.putpalette((255 * np.concatenate(shades)).round().astype("uint8").tobytes())
    return palette


def standing(game: Game) -> str:
    """The round, and what was measured last, in a line."""
    last = {name: values[-1] for name, values in game.history.items() if len(values)}
    words = [f"Round {game.round:,}"]
    if "generator_loss" in last:
        losses = last["discriminator_loss"], last["generator_loss"]
        words.append("loss of D {:z.2f}, of G {:z.2f}".format(*losses))
        if not np.isfinite(losses).all() and game.round:
            return f"{words[0]}; the numbers have overflowed, and only reset helps."
    modes = len(game.settings.modes())
    if modes and np.isfinite(last.get("modes", np.nan)):
        words.append(f"modes covered {last['modes']:.0f} of {modes}")
    if "kl" in last:
        words.append(f"KL {last['kl']:.2f}, JS {last['js']:.2f}")
    return "; ".join(words) + "."


def described(game: Game, shown: Collection[str]) -> str:
    """The picture in words: what is learned, how the game stands, and which layers are on."""
    layers = ", ".join(LAYERS[name] for name in shown) or "nothing"
    return f"A GAN learns {TARGETS[game.settings.target]}. {standing(game)} In the plane: {layers}."


def _thinned(rounds: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The numbers of a curve that are known, and of many only some: a screen is no finer."""
    known = np.flatnonzero(np.isfinite(values))
    step = -(-len(known) // POINTS)
    kept = known[::-1][:: step or 1][::-1]  # the newest always, or the curve would lag behind the picture
    return rounds[kept], values[kept]


def _make_room(axes: Axes, last: float, modes: int | None) -> None:
    """Set limits that hold the curves, in large steps, since new limits make a slow picture.

    Where modes are counted, the axis ends at their number: a curve at the top has found them all.
    """
    values = np.concatenate([line.get_ydata() for line in axes.lines])
    rounds = FIRST_ROUNDS * 2.0 ** max(0, np.ceil(np.log2(max(last, 1) / FIRST_ROUNDS)))
    low, high = _rounded_up(-values.min(initial=0.0)), _rounded_up(values.max(initial=0.0)) or 1.0
    top = None if modes is None else int(max(modes, values.max(initial=1.0)))  # also after a change of target
    if top:
        low, high = 0.0, 1.06 * top  # a line at the top is seen whole
    if ((0.0, rounds), (-low, high)) != (axes.get_xlim(), axes.get_ylim()):
        axes.set(xlim=(0.0, rounds), ylim=(-low, high))
        if top:
            axes.set_yticks(sorted({0, top // 2, top}))


def _rounded_up(value: float) -> float:
    """The next of 0, ... 0.8, 1, 1.5, 2, 3, 5, 8, 10, 15, ..."""
    if value <= 0:
        return 0.0
    size = 10.0 ** np.floor(np.log10(value))
    return next(float(size * step) for step in (1, 1.5, 2, 3, 5, 8, 10, 15) if value <= size * step)
