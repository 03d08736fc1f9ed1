"""What can be set in the playground, and what of it can change while the game runs."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields

import numpy as np

from course_lib import CourseError
from course_lib.playground.targets import DRAWN, DRAWN_DEVIATION, REACH, TARGETS

LOSSES = ("minimax", "non_saturating", "least_squares", "hinge", "wasserstein")
OPTIMIZERS = ("adam", "sgd", "rmsprop")
STRUCTURE = ("hidden", "layers", "seed")
"""The settings that make other networks, so that a change of them begins a new game."""
MOST_DRAWN = 900
RANGES = {
    "generator_rate": (0.0, 10.0),
    "discriminator_rate": (0.0, 10.0),
    "beta_1": (0.0, 0.999),
    "penalty": (0.0, 1000.0),
    "discriminator_steps": (1, 50),
    "hidden": (1, 512),
    "layers": (1, 4),
    "batch": (1, 4096),
    "seed": (0, 1_000_000),
}
"""Least and greatest value of each number; whole where both are whole."""


@dataclass(frozen=True)
class Settings:
    """One game in the plane; as they stand, it goes well.

    target: a key of `targets.TARGETS`, or "drawn" for the student's own points `drawn`, ((x, y), ...) in [-3, 3]^2,
    kept with two decimals. loss: one of `LOSSES`. optimizer: "adam" (with momentum `beta_1`, which the others do not
    have), "sgd" (plain) or "rmsprop". discriminator_steps: steps of D before each of G. penalty: gamma of the R1
    penalty of lesson 02, gamma / 2 * E|grad l(x)|^2 at the real points. spectral: after each step of D every kernel of
    D is divided by its largest singular value. hidden: units in each of the `layers` hidden layers of both networks,
    with tanh as in lesson 02. batch: points a step. seed: everything random follows from it.

    Raises CourseError, one line, for a value that does not exist or is out of range.
    """

    target: str = "ring"
    drawn: tuple[tuple[float, float], ...] = ()
    loss: str = "non_saturating"
    optimizer: str = "adam"
    generator_rate: float = 0.002
    discriminator_rate: float = 0.004
    beta_1: float = 0.5
    discriminator_steps: int = 1
    penalty: float = 0.0
    spectral: bool = False
    hidden: int = 64
    layers: int = 2
    batch: int = 128
    seed: int = 1

    def __post_init__(self) -> None:
        for name, choices in (("target", (*TARGETS, DRAWN)), ("loss", LOSSES), ("optimizer", OPTIMIZERS)):
            if getattr(self, name) not in choices:
                raise CourseError(
                    f"There is no {name} {getattr(self, name)!r}; choose one of {', '.join(choices)}."
                )
        for name, (low, high) in RANGES.items():
            _check_number(name, getattr(self, name), low, high)
        if not isinstance(self.spectral, bool | np.bool_):
            raise CourseError(f"spectral is True or False, not {self.spectral!r}.")
        for name in (*RANGES, "spectral"):
            value = getattr(self, name)
            if isinstance(value, np.generic):  # np.arange gives seeds that Keras does not take
                object.__setattr__(self, name, value.item())
        object.__setattr__(self, "drawn", _checked_drawing(self.drawn))
        if self.target == DRAWN and not self.drawn:
            raise CourseError(
                "The target is to be drawn, but nothing is: give at least one point, drawn=((0, 1),)."
            )

    def points(self) -> np.ndarray:
        """The points around which the data lie, float64 (n, 2)."""
        return np.array(self.drawn) if self.target == DRAWN else TARGETS[self.target].points()

    @property
    def deviation(self) -> float:
        """How far the data scatter around the points."""
        return DRAWN_DEVIATION if self.target == DRAWN else TARGETS[self.target].deviation

    def modes(self) -> np.ndarray:
        """The centres of the modes, float64 (m, 2); m = 0 where the target is a line or drawn."""
        has_modes = self.target != DRAWN and TARGETS[self.target].modes
        return self.points() if has_modes else np.empty((0, 2))


NAMES = tuple(field.name for field in fields(Settings))


def _check_number(name: str, value: object, low: float, high: float) -> None:
    whole = isinstance(low, int)
    kinds = (int, np.integer) if whole else (int, float, np.integer, np.floating)
    # True is an int to Python; to a student it is not a number
    is_number = isinstance(value, kinds) and not isinstance(value, bool)
    if not is_number or not math.isfinite(value) or not low <= value <= high:
        kind = "a whole number" if whole else "a number"
        raise CourseError(f"{name} is {kind} from {low:g} to {high:g}, not {value!r}.")


def _checked_drawing(drawn: object) -> tuple[tuple[float, float], ...]:
    try:
        points = np.asarray(drawn, float) if len(drawn) else np.empty((0, 2))
        if points.ndim != 2 or points.shape[1] != 2:  # xs and ys of shape (2, n) would become other points
            raise ValueError("no pairs")
    except (TypeError, ValueError):
        raise CourseError(
            "drawn is a list of points (x, y), such as [(0, 1), (0.5, 1)]; these are none."
        ) from None
    outside = ~(np.abs(points) <= REACH).all(axis=1)  # in this way NaN is outside too
    if outside.any():
        x, y = points[outside][0]
        raise CourseError(
            f"A drawn point lies at ({x:g}, {y:g}), outside of the plane from -{REACH:g} to {REACH:g}."
        )
    if len(points) > MOST_DRAWN:
        raise CourseError(f"{len(points)} points are drawn; {MOST_DRAWN} are the most: draw fewer.")
    return tuple((float(x), float(y)) for x, y in points.round(2))
