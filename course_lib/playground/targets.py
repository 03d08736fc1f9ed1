"""What the playground's generator is to imitate: points in the plane, and how far the data scatter around them.

A real point is one of the target's points, drawn at random, plus Gaussian noise. So one rule draws from a ring, from a
spiral and from what a student has drawn. `course_lib.playground.code` prints the functions below as they stand.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

REACH = 3.0
"""The plane of the playground is [-REACH, REACH] in both directions."""
DRAWN = "drawn"


@dataclass(frozen=True)
class Target:
    """A data distribution.

    points: the function that makes the points, float (n, 2). deviation: of the noise around each, in both directions.
    modes: whether each point is a mode, that is a bump of its own, or the points lie along a line.
    """

    points: Callable[[], np.ndarray]
    deviation: float
    modes: bool


def line() -> np.ndarray:
    x = np.linspace(-2, 2, 400)
    return np.stack([x, x / 2], axis=1)


def moons() -> np.ndarray:
    x, y = np.cos(np.linspace(0, np.pi, 200)), np.sin(np.linspace(0, np.pi, 200))
    upper, lower = np.stack([x - 0.5, y - 0.25], axis=1), np.stack([0.5 - x, 0.25 - y], axis=1)
    return 1.5 * np.concatenate([upper, lower])


def ring() -> np.ndarray:
    angles = np.arange(8) * np.pi / 4
    return 2 * np.stack([np.cos(angles), np.sin(angles)], axis=1)


def grid() -> np.ndarray:
    return np.array([(x, y) for x in range(-2, 3) for y in range(-2, 3)], dtype=float)


def spiral() -> np.ndarray:
    way = np.sqrt(np.linspace(0.02, 1, 400))  # the root, so that the points lie evenly along the spiral
    return 2.4 * np.stack([way * np.cos(4 * np.pi * way), way * np.sin(4 * np.pi * way)], axis=1)


def clusters() -> np.ndarray:
    return np.array([(-1.5, 0.5), (1.5, -0.5)])


TARGETS = {
    "line": Target(line, 0.08, modes=False),
    "moons": Target(moons, 0.1, modes=False),
    "ring": Target(ring, 0.15, modes=True),
    "grid": Target(grid, 0.1, modes=True),
    "spiral": Target(spiral, 0.08, modes=False),
    "clusters": Target(clusters, 0.3, modes=True),
}
"""The targets by name; `DRAWN` is the student's own, with `DRAWN_DEVIATION` around its points and no modes."""
DRAWN_DEVIATION = 0.1
