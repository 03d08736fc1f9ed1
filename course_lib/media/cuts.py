"""Where a film is cut: a picture that is not like those before it, and stays so.

    signal = sharpness(frames)             (n - 1,), that of a cut at frame k stands at k - 1
    cuts = find_cuts(frames)               the first frames of new shots
    dissolves = find_dissolves(frames)     [(start, end), ...]: frames start to end show two shots at once
    stretches = shots(len(frames), cuts, dissolves)

A frame is described by its pixels, by its histograms, or by any function from frames (n, height, width, channels) to
numbers (n, f), such as a feature network. A fast pan changes many pixels, too, and a flash all of them; a cut is where
frames are less alike *across* a place than they are *within* each side of it. NumPy alone.

Comparing both sides of a place: Cooper and Foote, "Scene boundary detection via video self-similarity analysis", 2001.
Distances of pixels and histograms as signals, and dissolves as a sum of two shots: Boreczky and Rowe, "Comparison of
video shot boundary detection techniques", 1996.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations, pairwise

import numpy as np

from course_lib import CourseError
from course_lib.datasets import check_numbers, check_whole
from course_lib.media.frames import checked_frames

Measure = str | Callable[[np.ndarray], np.ndarray]
Stretch = tuple[int, int]

MEASURES = ("pixels", "histogram")
REACH = 3
"""Frames looked at on each side. Whatever lasts one frame less, such as a flash, is no cut."""
THRESHOLD = 0.1
"""That of `sharpness` on pixels, chosen in data/make_film_cuts.py."""
BINS = 16
GRID = 8
"""Blends are looked for in means of 8 x 8 fields: there a hand that shakes moves little."""
LEAST_GAP, MOST_LEFT = 0.15, 0.15
"""Of a dissolve: how far apart the pictures at its ends are, and what share of that no blend explains."""
LENGTHS = (4, 24)
"""Frames of the shortest and the longest dissolve that is looked for."""


def changes(frames: np.ndarray, measure: Measure = "pixels") -> np.ndarray:
    """How far each frame is from the one before: (n - 1,), none of a film of one frame.

    frames: (n, height, width, 1 or 3) in [-1, 1], or uint8. measure: "pixels", root mean squares, 0 to 2; "histogram",
    the share of the pixels (0 to 1, mean of the channels) that would have to change their shade; or a function to
    features (n, f), of which root mean squares are taken. Raises CourseError for other frames and measures.
    """
    points, distance = _described(frames, measure)
    return distance(points[:-1], points[1:])


def sharpness(frames: np.ndarray, measure: Measure = "pixels", reach: int = REACH) -> np.ndarray:
    """How much less alike frames are across each place than within its sides: (n - 1,), in units of `changes`.

    Across: the least distance of one of the `reach` frames before from one of the `reach` frames after. Within: the
    least distance of two frames of one side; of the livelier side. A flash ends before `reach` frames are over, so
    across it two frames are alike; in a pan those within differ as much as those across.
    """
    check_whole("reach", "how many frames are looked at on each side", reach, 2, 100)
    points, distance = _described(frames, measure)
    count = len(points)
    across, before, after = np.full((3, max(count - 1, 0)), np.inf)
    for one, other in combinations(range(-reach, reach), 2):  # frames as seen from the cut, whose frame is 0
        least = across if one < 0 <= other else before if other < 0 else after
        first, last = max(1, -one), min(count, count - other)  # cuts with both frames in the film
        if first < last:
            found = distance(points[first + one : last + one], points[first + other : last + other])
            np.minimum(least[first - 1 : last - 1], found, out=least[first - 1 : last - 1])
    within = np.maximum(*(np.where(np.isinf(side), 0, side) for side in (before, after)))
    return across - within


def find_cuts(
    frames: np.ndarray, threshold: float = THRESHOLD, measure: Measure = "pixels", reach: int = REACH
) -> np.ndarray:
    """The frames at which a new shot begins, int (m,), rising: where `sharpness` is above the threshold."""
    threshold = _checked_number("threshold", threshold)
    return 1 + np.flatnonzero(sharpness(frames, measure, reach) > threshold)


def shots(count: int, cuts: Sequence[int], dissolves: Sequence[Stretch] = ()) -> list[Stretch]:
    """The stretches of a film of `count` frames that show one shot: [(start, stop), ...], without frame `stop`.

    Frames of dissolves belong to no shot.
    """
    check_whole("count", "how many frames the film has", count, 0)
    starts = {0, count, *checked_places("cuts", cuts, count).tolist()}
    blended = set()
    for start, end in dissolves:
        check_whole("start", "the first frame of a dissolve", start, 0, count - 1)
        check_whole("end", "the last frame of a dissolve", end, start, count - 1)
        starts |= {int(start), int(end) + 1}
        blended.add(int(start))
    return [stretch for stretch in pairwise(sorted(starts)) if stretch[0] not in blended]


def find_dissolves(
    frames: np.ndarray,
    cuts: Sequence[int] | None = None,
    least_gap: float = LEAST_GAP,
    most_left: float = MOST_LEFT,
    lengths: tuple[int, int] = LENGTHS,
) -> list[Stretch]:
    """Where one shot fades into the next: [(start, end), ...], rising; frames start to end, both counted, are blends.

    cuts: a dissolve holds none; those of `find_cuts` unless told.
    """
    raise NotImplementedError


def blend_shares(frames: np.ndarray, first: np.ndarray, last: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Each frame as (1 - a) first + a last, by least squares: the shares a (n,), and what is left (n,).

    frames: (n, ...), first, last: one such frame each. What is left is a root mean square, as is the distance of `first`
    and `last`. Shares of two like pictures are 0.
    """
    raise NotImplementedError


def checked_places(name: str, places: Sequence[int], count: int) -> np.ndarray:
    """Cuts of a film of `count` frames as int64 (m,): rising frame numbers from 1 to count - 1, or CourseError."""
    found = check_numbers(name, places)
    if found.size == 0:
        return np.empty(0, np.int64)
    if found.ndim != 1 or found.dtype.kind not in "iu" or (np.diff(found.astype(np.int64)) <= 0).any():
        raise CourseError(f"{name} are frame numbers, whole and rising, one after the other, not {places!r}.")
    if found[0] < 1 or found[-1] >= count:
        raise CourseError(
            f"{name} of a film of {count} frames lie from 1 to {count - 1}, but these go from {found[0]} to {found[-1]}."
        )
    return found.astype(np.int64)
