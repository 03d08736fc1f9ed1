"""The game of two players, each of them one number (lesson 02)."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator

from course_lib import plots
from course_lib.panels.panel import Panel, choice, slider
from course_lib.plots.phase_plane import vector_field
from course_lib.theory import games


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

    def _figure(self) -> Figure:
        figure, (left, middle, right) = plt.subplots(1, 3, figsize=(11, 3.7), layout="constrained")
        game, gamma = games.GAMES[self.controls["game"].value], self.controls["gamma"].value
        vector_field(
            lambda theta, phi: game.field(theta, phi, gamma), self.path, game.name, reach=2.0, axes=left
        )
        turn = np.exp(1j * np.linspace(0, 2 * np.pi, 200))
        middle.fill(turn.real, turn.imag, color="#eeeeee")
        middle.plot(turn.real, turn.imag, "-", color=plots.COLOURS["neutral"], linewidth=1)
        middle.plot(self.eigenvalues.real, self.eigenvalues.imag, "o", color="black", markersize=6)
        middle.set(
            title=f"Largest modulus {self.numbers['growth']:.4f}: {self.verdict()}",
            xlabel="eigenvalues of one step, real part",
            ylabel="imaginary part",
            xlim=(-1.6, 1.6),
            ylim=(-1.6, 1.6),
            aspect="equal",
        )
        distances = np.maximum(np.hypot(*self.path.T), 1e-12)
        predicted = np.clip(self.numbers["growth"] ** np.arange(len(distances)), 1e-12, games.FAR)
        right.semilogy(distances, "-", color=plots.COLOURS["fake"], label="played")
        right.semilogy(predicted, ":", color="black", linewidth=1.2, label="by the largest modulus")
        right.set(title="Distance from the equilibrium", xlabel="step", ylabel="distance")
        low, high = min(right.get_ylim()[0], 0.5), max(right.get_ylim()[1], 2.0)  # a small swing looks small
        right.set_ylim(low, high)
        right.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5) if high < 100 * low else (1,)))
        right.yaxis.set_major_formatter("{x:g}")
        right.yaxis.set_minor_formatter("")
        right.legend()
        return figure
