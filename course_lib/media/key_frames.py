"""A few frames that stand for a film, and a trailer of its shots. NumPy alone.

    chosen = key_frames(coarse(film.frames), 6)         six frame numbers, rising
    numbers = trailer(film.frames, find_cuts(film.frames), length=60)
    film.frames[numbers]

Each the farthest from those before: Gonzalez, "Clustering to minimize the maximum intercluster distance", 1985; no
point is more than twice as far from them as the best choice would allow. Medoids, by turns assigned and chosen: Park
and Jun, "A simple and fast algorithm for K-medoids clustering", 2009.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from course_lib import CourseError
from course_lib.datasets import check_numbers, check_whole
from course_lib.media.cuts import Stretch, changes, coarse, shots
from course_lib.media.frames import checked_frames

KINDS = ("medoids", "farthest")
LEAST = 6
"""Frames that a shot has in a trailer, if the shot has them: a quarter of a second in the cinema."""


def key_frames(points: np.ndarray, count: int, kind: str = "medoids") -> np.ndarray:
    """Which `count` of the points stand for all: indices (count,), rising.

    points: (n, ...), frames or their features. kind: "medoids", so that the sum of the distances to the nearest one is
    small; "farthest", each the farthest from those before, the first the most central: so that none is far from all.
    Raises CourseError if there are fewer points, and for other kinds.
    """
    points = check_numbers("points", points)
    if points.ndim < 2 or 0 in points.shape or not np.isfinite(points).all():
        raise CourseError(f"Points are finite numbers (n, features), not an array of shape {points.shape}.")
    check_whole("count", "how many key frames are chosen", count, 1, len(points))
    if kind not in KINDS:
        raise CourseError(f"There are no key frames {kind!r}; take {' or '.join(KINDS)}.")
    distances = _distances(points.reshape(len(points), -1).astype(float))
    chosen = [int(distances.sum(1).argmin())]
    while len(chosen) < count:
        distances_left = distances[chosen].min(0)
        distances_left[chosen] = -1  # of points that are the same, too, each is chosen once
        chosen.append(int(distances_left.argmax()))
    return np.sort(chosen if kind == "farthest" else _medoids(distances, chosen))


def trailer(
    frames: np.ndarray,
    cuts: Sequence[int],
    length: int,
    dissolves: Sequence[Stretch] = (),
    least: int = LEAST,
) -> np.ndarray:
    """The frame numbers of a trailer, int (k,), rising, k <= `length`: of each shot the liveliest stretch.

    Every shot has the same share of the length, or all of itself if it is shorter; what that leaves goes to the others.
    Where the length does not hold `least` frames of each, only the shots that are farthest from each other are shown.
    Lively is where the median of the changes is large: a flash does not count. Frames of dissolves are left out.
    """
    frames = checked_frames(frames)
    check_whole("length", "how many frames the trailer has at most", length, 1)
    check_whole("least", "how many frames a shot has in it", least, 1)
    stretches = shots(len(frames), cuts, dissolves)
    if not stretches:
        raise CourseError("There is no frame outside the dissolves, so no shot to show.")
    most = max(1, length // least)
    if len(stretches) > most:
        middles = coarse(frames)[[(start + stop) // 2 for start, stop in stretches]]
        stretches = [stretches[number] for number in key_frames(middles, most, "farthest")]
    shares = _shares([stop - start for start, stop in stretches], length)
    steps = changes(frames)
    parts = [
        _liveliest(steps, start, stop, share) for (start, stop), share in zip(stretches, shares, strict=True)
    ]
    return np.concatenate(parts)


def _shares(lengths: Sequence[int], total: int) -> np.ndarray:
    """How many frames of each shot: as even as their lengths admit, `total` in all or every frame."""
    shares, left = np.zeros(len(lengths), int), total
    for done, number in enumerate(
        np.argsort(lengths, kind="stable")
    ):  # the short ones leave some to the others
        shares[number] = min(lengths[number], left // (len(lengths) - done))
        left -= shares[number]
    return shares


def _liveliest(steps: np.ndarray, start: int, stop: int, count: int) -> np.ndarray:
    """The `count` frames of a shot in a row with the largest median of the changes between them."""
    if count < 2:
        return np.arange(start, start + count)
    windows = np.lib.stride_tricks.sliding_window_view(steps[start : stop - 1], count - 1)
    first = start + int(np.median(windows, axis=1).argmax())
    return np.arange(first, first + count)


def _medoids(distances: np.ndarray, chosen: list[int]) -> list[int]:
    """By turns: each point goes to the nearest medoid, and of each group the most central is the new medoid."""
    while True:
        groups = distances[chosen].argmin(0)
        groups[chosen] = np.arange(len(chosen))  # none is left without a point, even where two are the same
        members = [np.flatnonzero(groups == number) for number in range(len(chosen))]
        better = []
        for medoid, group in zip(chosen, members, strict=True):
            sums = distances[np.ix_(group, group)].sum(1)
            stays = sums[group == medoid][0] <= sums.min() * (1 + 1e-9)
            better.append(medoid if stays else int(group[sums.argmin()]))
        if better == chosen:  # the sum of all distances falls with every turn that changes one, so this comes
            return chosen
        chosen = better


def _distances(points: np.ndarray) -> np.ndarray:
    """Between all pairs, (n, n)."""
    squares = np.square(points).sum(1)
    found = np.sqrt(np.maximum(squares[:, None] + squares - 2 * points @ points.T, 0))
    np.fill_diagonal(found, 0)
    return found
