"""A few frames that stand for a film, and a trailer of its shots. NumPy alone."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from course_lib.media.cuts import Stretch


def key_frames(points: np.ndarray, count: int, kind: str = "medoids") -> np.ndarray:
    """Which `count` of the points stand for all: indices (count,), rising.

    points: (n, ...), frames or their features. kind: "medoids", so that the sum of the distances to the nearest one is
    small; "farthest", each the farthest from those before, so that none is far from all.
    """
    raise NotImplementedError


def trailer(
    frames: np.ndarray, cuts: Sequence[int], length: int, dissolves: Sequence[Stretch] = ()
) -> np.ndarray:
    """The frame numbers of a trailer, rising, at most `length`: of each shot the liveliest stretch."""
    raise NotImplementedError
