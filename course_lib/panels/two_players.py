"""The game of two players, each of them one number (lesson 02)."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import LogLocator

from course_lib import plots
from course_lib.panels.panel import Panel, choice, slider
from course_lib.plots.phase_plane import vector_field
from course_lib.theory import games

SPANS = (10, 20, 50, 100, 200, 400)
LOWEST, HIGHEST = (0.5, 0.1, 1e-3, 1e-6, 1e-12), (2.0, 10.0, 1e3, games.FAR)
"""Where the axes of the distances may end. They change in large steps, since new numbers make a slow picture; and they
begin with a factor of two, so that a small swing looks small."""


class TwoPlayers(Panel):
    """A game between two numbers under six controls: its field and path, and the eigenvalues of one step.

    `controls` holds the ipywidgets: `game` (a key of `games.GAMES`), `order` ("simultaneous", "alternating"), and the
    sliders `eta`, `beta`, `gamma` and `steps`. `path` has shape (steps + 1, 2) and is shorter if a player runs far
    away. `numbers`: "growth" is the largest modulus of an eigenvalue, "distance" how far from the equilibrium the
    path ends.
    """

    START = (1.0, 0.0)

    def __init__(self, game: str = "minimax", order: str = "simultaneous") -> None:
        self.path = np.empty((0, 2))
        self.eigenvalues = np.empty(0)
        super().__init__(
            {
                "game": choice("game", [(each.name, key) for key, each in games.GAMES.items()], game),
                "order": choice("steps", ["simultaneous", "alternating"], order),
                "eta": slider("step size", 0.3, 0.05, 2.5, step=0.05),
                "beta": slider("momentum", 0.0, -0.9, 0.9),
                "gamma": slider("penalty", 0.0, 0.0, 3.0),
                "steps": slider("number of steps", 100, 10, 400, step=10),
            }
        )

    def verdict(self) -> str:
        """What the eigenvalues say about players near the equilibrium."""
        growth = self.numbers["growth"]
        if abs(growth - 1) < 1e-6:
            return "they circle"
        return "they settle" if growth < 1 else "they run away"

    def alt(self) -> str:
        set_to = {name: control.value for name, control in self.controls.items()}
        return (
            f"{games.GAMES[set_to['game']].name}, {set_to['order']} steps of size {set_to['eta']:.2f}, momentum "
            f"{set_to['beta']:.1f}, penalty {set_to['gamma']:.1f}: the largest eigenvalue has modulus "
            f"{self.numbers['growth']:.4f}, {self.verdict()}. From distance 1, {len(self.path) - 1} steps lead to "
            f"distance {self.numbers['distance']:.3g}."
        )

    def _measure(self) -> None:
        game = games.GAMES[self.controls["game"].value]
        rule = {name: self.controls[name].value for name in ("eta", "beta", "gamma")}
        rule["alternating"] = self.controls["order"].value == "alternating"
        self.path = games.play(game, self.START, int(self.controls["steps"].value), **rule)
        self.eigenvalues = np.linalg.eigvals(games.step_matrix(game, **rule))
        self.numbers = {
            "growth": float(np.abs(self.eigenvalues).max()),
            "distance": float(np.hypot(*self.path[-1])),
        }

    def _lay_out(self) -> Figure:
        figure = Figure((11, 3.7), layout="constrained")
        left, middle, right = figure.subplots(1, 3)
        vector_field(lambda theta, phi: (theta, phi), self.path, reach=2.0, axes=left)
        (self._arrows,) = left.collections
        _, self._trail, _, self._end = left.lines
        self._dots = self._lay_out_eigenvalues(middle)
        self._names = left.title, middle.title
        self._distances = self._lay_out_distances(right)
        moving = (self._arrows, *left.lines, self._dots, *self._names, *self._distances)
        for artist in moving:
            artist.set_animated(True)
        return figure

    def _lay_out_eigenvalues(self, axes: Axes) -> Line2D:
        """The unit circle; the dots that will move."""
        turn = np.exp(1j * np.linspace(0, 2 * np.pi, 200))
        axes.fill(turn.real, turn.imag, color="#eeeeee")
        axes.plot(turn.real, turn.imag, "-", color=plots.COLOURS["neutral"], linewidth=1)
        axes.set(
            title="Largest modulus", xlabel="eigenvalues of one step, real part", ylabel="imaginary part"
        )
        axes.set(xlim=(-1.6, 1.6), ylim=(-1.6, 1.6), aspect="equal")
        return axes.plot([], [], "o", color="black", markersize=6)[0]

    def _lay_out_distances(self, axes: Axes) -> list[Line2D]:
        """The distances as they are played, and as the eigenvalues predict them."""
        played = axes.semilogy([], [], "-", color=plots.COLOURS["fake"], label="played")
        predicted = axes.semilogy([], [], ":", color="black", linewidth=1.2, label="by the largest modulus")
        axes.set(title="Distance from the equilibrium", xlabel="step", ylabel="distance")
        axes.set(xlim=(0, SPANS[-1]), ylim=(1, games.FAR))  # the longest numbers that will stand there
        axes.yaxis.set_major_formatter("{x:g}")
        axes.tick_params(which="minor", labelleft=False)
        axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.1), ncols=2)  # where no curve comes
        return [*played, *predicted]

    def _update(self) -> None:
        game, gamma = games.GAMES[self.controls["game"].value], self.controls["gamma"].value
        self._arrows.scale = None  # found anew for the new arrows
        self._arrows.set_UVC(*game.field(self._arrows.X, self._arrows.Y, gamma))
        self._trail.set_data(*self.path.T)
        self._end.set_data(*self.path[-1:].T)
        self._dots.set_data(self.eigenvalues.real, self.eigenvalues.imag)
        titles = game.name, f"Largest modulus {self.numbers['growth']:.4f}: {self.verdict()}"
        for name, title in zip(self._names, titles, strict=True):
            name.set_text(title)
        self._update_distances()

    def _update_distances(self) -> None:
        distances = np.maximum(np.hypot(*self.path.T), LOWEST[-1])
        predicted = np.clip(self.numbers["growth"] ** np.arange(len(distances)), LOWEST[-1], games.FAR)
        for line, values in zip(self._distances, (distances, predicted), strict=True):
            line.set_data(np.arange(len(values)), values)
        values = np.concatenate([distances, predicted])
        low = next(low for low in LOWEST if low <= values.min())
        high = next((high for high in HIGHEST if high >= values.max()), games.FAR)
        span = next(span for span in SPANS if span >= self.controls["steps"].value)
        axes = self._distances[0].axes
        axes.set(xlim=(0, span), ylim=(low, high))
        axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5) if high <= 100 * low else (1,)))
