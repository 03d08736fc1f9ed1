"""Follow a velocity: the two simplest solvers of dx/dt = u(x, t), for arrays and for tensors alike.

path = integrate(lambda x, t: -x, np.ones(3), steps=10)          # (11, 3); path[-1] is near exp(-1)
"""

from __future__ import annotations

from collections.abc import Callable
from numbers import Integral
from typing import Any

import numpy as np

from course_lib import CourseError

Velocity = Callable[[Any, float], Any]
"""From places and a time to the velocity there, of the places' shape."""
EVALUATIONS = {"euler": 1, "midpoint": 2}
"""Method -> how often it asks for the velocity in one step."""


def step(velocity: Velocity, x: Any, time: float, size: float, method: str) -> Any:
    """Where x is after a step of `size`, which may be below 0.

    Euler goes on as it started: the error of one way through is in proportion to the size of its steps. The midpoint
    method tries half a step and then takes the whole one with the velocity found there: in proportion to its square
    (Hairer, Nørsett and Wanner, "Solving Ordinary Differential Equations I", 1993, section II.1).
    """
    start = velocity(x, time)
    if method == "euler":
        return x + size * start
    check_method(method)
    return x + size * velocity(x + size / 2 * start, time + size / 2)


def times(steps: int, method: str, begin: float = 0.0, end: float = 1.0) -> list[float]:
    """The times at which the steps start. Raises CourseError for no steps, or a method of another name."""
    check_method(method)
    if isinstance(steps, bool) or not isinstance(steps, Integral) or steps < 1:
        raise CourseError(f"steps is a whole number from 1 on, such as 20, not {steps!r}.")
    return [begin + (end - begin) * done / steps for done in range(steps)]


def check_method(method: str) -> None:
    """Raise CourseError for a method of another name."""
    if method not in tuple(EVALUATIONS):
        raise CourseError(f"There is no solver {method!r}: choose {' or '.join(EVALUATIONS)}.")


def integrate(
    velocity: Velocity,
    start: np.ndarray,
    steps: int,
    method: str = "midpoint",
    begin: float = 0.0,
    end: float = 1.0,
) -> np.ndarray:
    """The way of every place in `start` (n, ...) from time `begin` to `end`: (steps + 1, n, ...), the start first."""
    x, way = np.asarray(start), [np.asarray(start)]
    for time in times(steps, method, begin, end):
        x = np.asarray(step(velocity, x, time, (end - begin) / steps, method))
        way.append(x)
    return np.stack(way)
