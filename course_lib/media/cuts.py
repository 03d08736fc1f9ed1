"""Where a film is cut: a picture that is not like those before it, and stays so.

    signal = sharpness(frames)             (n - 1,), that of a cut at frame k stands at k - 1
    cuts = find_cuts(frames)               the first frames of new shots
    dissolves = find_dissolves(frames)     [(start, end), ...]: frames start to end show two shots at once
    stretches = shots(len(frames), cuts, dissolves)

A frame is described by its pixels, by their means in coarse fields, by histograms, or by any function from frames (n,
height, width, channels) to numbers (n, f), such as a feature network. A fast pan changes many pixels, too, and a flash
all of them; a cut is where frames are less alike *across* a place than they are *within* each side of it. NumPy alone.

Comparing both sides of a place: Cooper and Foote, "Scene boundary detection via video self-similarity analysis", 2001.
Distances of pixels and of histograms as signals, compared: Boreczky and Rowe, "Comparison of video shot boundary
detection techniques", 1996.
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

MEASURES = ("coarse", "pixels", "histogram")
REACH = 4
"""Frames looked at on each side. Whatever lasts one frame less, such as a flash, is no cut."""
THRESHOLD = 0.174
"""That of `sharpness`, coarse, chosen in data/make_film_cuts.py."""
COMES_BACK = 0.6
"""After a flash a moving shot is not quite where it was, but nearer to that than to the flash."""
BINS = 16
GRID = 8
"""The fields of a coarse picture on each side: in their means a hand that shakes moves little."""
LEAST_GAP, MOST_LEFT, LEAST_STEP = 0.3, 0.16, 0.2
"""Of a dissolve: how far apart the frames at its ends are, what share of that no blend may explain, and how much of an
even step the share of the second shot rises at least from frame to frame. Chosen on the films that `THRESHOLD` was."""
DARK = 1.0
"""Added to a frame's light, 0 to 2, before it is divided by it: else small things on black would be large."""
LENGTHS = (4, 24)
"""Frames of the shortest and the longest dissolve that is looked for."""


def changes(frames: np.ndarray, measure: Measure = "coarse") -> np.ndarray:
    """How far each frame is from the one before: (n - 1,), none of a film of one frame.

    frames: (n, height, width, 1 or 3) in [-1, 1], or uint8. measure: "pixels", root mean squares, 0 to 2; "coarse", the
    same of the means of 8 x 8 fields; "histogram", the share of the pixels (0 to 1, mean of the channels) that would
    have to change their shade; or a function to features (n, f), of which root mean squares are taken. Raises
    CourseError for other frames and measures.
    """
    points, distance = _described(frames, measure)
    return distance(points[:-1], points[1:])


def sharpness(frames: np.ndarray, measure: Measure = "coarse", reach: int = REACH) -> np.ndarray:
    """How much less alike frames are across each place than within its sides: (n - 1,), in units of `changes`.

    Across: the least distance of one of the `reach` frames before from one of the `reach` frames after. Within: the
    least distance of two frames of one side; of the livelier side. In a pan those within differ as much as those
    across. A flash ends before `reach` frames are over, so across it two frames are alike; where the least distance
    across is below `COMES_BACK` of the plain change, the picture comes back, and the sharpness is 0 or less.
    """
    check_whole("reach", "how many frames are looked at on each side", reach, 2, 100)
    points, distance = _described(frames, measure)
    count = len(points)
    by_lag = {lag: distance(points[:-lag], points[lag:]) for lag in range(1, min(2 * reach, count))}
    across, before, after = np.full((3, max(count - 1, 0)), np.inf)
    for one, other in combinations(range(-reach, reach), 2):  # frames as seen from the cut, whose frame is 0
        least = across if one < 0 <= other else before if other < 0 else after
        first, last = max(1, -one), min(count, count - other)  # cuts with both frames in the film
        if first < last:
            found = by_lag[other - one][first + one : last + one]
            np.minimum(least[first - 1 : last - 1], found, out=least[first - 1 : last - 1])
    within = np.maximum(*(np.where(np.isinf(side), 0, side) for side in (before, after)))
    comes_back = across < COMES_BACK * by_lag.get(1, across)
    return np.where(comes_back, np.minimum(across - within, 0), across - within)


def find_cuts(
    frames: np.ndarray, threshold: float = THRESHOLD, measure: Measure = "coarse", reach: int = REACH
) -> np.ndarray:
    """The frames at which a new shot begins, int (m,), rising: where `sharpness` is above the threshold.

    No shot is shorter than `reach` frames: of places that are nearer, the sharpest counts.
    """
    return peaks(sharpness(frames, measure, reach), threshold, reach)


def peaks(signal: np.ndarray, threshold: float, apart: int = 1) -> np.ndarray:
    """The cuts that a signal (n - 1,) over the places of a film shows: where it is above the threshold, and the largest
    of all that are less than `apart` frames away; the first of two alike. int (m,), rising."""
    threshold = _checked_number("threshold", threshold)
    check_whole("apart", "how many frames a shot has at least", apart, 1)
    signal = check_numbers("signal", signal).astype(float)
    if signal.ndim != 1 or np.isnan(signal).any():
        raise CourseError(
            f"The signal of a film is one number a place, none NaN, not an array {signal.shape}."
        )
    found: list[int] = []
    for place in np.argsort(-signal, kind="stable"):
        if signal[place] <= threshold:
            break
        if all(abs(place - other) >= apart for other in found):
            found.append(int(place))
    return 1 + np.array(sorted(found), int)


def shots(count: int, cuts: Sequence[int], dissolves: Sequence[Stretch] = ()) -> list[Stretch]:
    """The stretches of a film of `count` frames that show one shot: [(start, stop), ...], without frame `stop`.

    Frames of dissolves belong to no shot.
    """
    check_whole("count", "how many frames the film has", count, 0)
    starts = {0, count, *checked_places("cuts", cuts, count).tolist()}
    blended = set()
    for stretch in dissolves:
        if np.shape(stretch) != (2,):
            raise CourseError(f"A dissolve is a pair of frame numbers, (start, end), not {stretch!r}.")
        start, end = stretch
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
    lengths: Stretch = LENGTHS,
) -> list[Stretch]:
    """Where one shot fades into the next: [(start, end), ...], rising; frames start to end, both counted, are blends.

    Such frames are blends of the one before and the one after them (`blend_shares`), whose shares rise all the way;
    these two differ by `least_gap` or more, and what no blend explains is `most_left` of that or less. Of such
    stretches that touch, the one with the largest gap counts: part of a dissolve is a dissolve, too. Compared are
    `GRID` x `GRID` fields of frames brought to much the same light, so that a lamp that flickers moves little; a blend
    of two stays one.

    cuts: a dissolve holds none; those of `find_cuts` unless told. lengths: frames of the shortest and the longest.
    Raises CourseError for other frames, cuts, lengths and limits.
    """
    least_gap, most_left = _checked_number("least_gap", least_gap), _checked_number("most_left", most_left)
    if np.shape(lengths) != (2,):
        raise CourseError(f"lengths are the shortest and longest of a dissolve in frames, not {lengths!r}.")
    check_whole("the shortest length", "how many frames a dissolve has", lengths[0], 2)
    check_whole("the longest length", "how many frames a dissolve has", lengths[1], lengths[0])
    frames = checked_frames(frames)
    cuts = find_cuts(frames) if cuts is None else checked_places("cuts", cuts, len(frames))
    points = coarse(frames) + 1
    points *= (1 + DARK) / (points.mean(1, keepdims=True) + DARK)
    found = []
    for start, stop in shots(len(frames), cuts):
        for length in range(lengths[0], min(lengths[1], stop - start - 2) + 1):
            at = np.arange(start + 1, stop - length)
            gap, left, step = _window_blends(points, at, length)
            good = (gap >= least_gap) & (left <= most_left * gap) & (step >= LEAST_STEP)
            found += [(gap[k], int(at[k]), int(at[k]) + length - 1) for k in np.flatnonzero(good)]
    chosen: list[Stretch] = []
    for _, start, end in sorted(found, reverse=True):
        if all(end < other - 1 or last + 1 < start for other, last in chosen):
            chosen.append((start, end))
    return sorted(chosen)


def blend_shares(frames: np.ndarray, first: np.ndarray, last: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Each frame as (1 - a) first + a last, by least squares: the shares a (n,), and what is left (n,).

    frames: (n, ...), first, last: one such frame each. What is left is a root mean square. Shares of two pictures that
    are the same are 0.
    """
    frames, first, last = (
        check_numbers(what, given).astype(float)
        for what, given in (("frames", frames), ("first", first), ("last", last))
    )
    if frames.ndim < 2 or not first.shape == last.shape == frames.shape[1:] or not first.size:
        raise CourseError(
            f"The frames (n, ...) and both ends are of one size, but these have the shapes {frames.shape}, "
            f"{first.shape} and {last.shape}."
        )
    if not all(np.isfinite(given).all() for given in (frames, first, last)):
        raise CourseError("The frames or their ends hold NaN or infinite values; np.isfinite shows where.")
    way, offsets = (last - first).ravel(), (frames - first).reshape(len(frames), -1)
    length = way @ way
    shares = offsets @ way / length if length else np.zeros(len(frames))
    left = offsets - shares[:, None] * way
    return shares, np.sqrt(np.square(left).mean(1))


def coarse(frames: np.ndarray) -> np.ndarray:
    """The means of `GRID` x `GRID` fields (fewer of smaller frames), channel by channel: (n, fields x channels)."""
    frames = checked_frames(frames)
    for axis in (1, 2):
        edges = np.linspace(0, frames.shape[axis], min(GRID, frames.shape[axis]) + 1).astype(int)
        sums = np.add.reduceat(frames, edges[:-1], axis=axis)
        frames = np.moveaxis(np.moveaxis(sums, axis, -1) / np.diff(edges).astype("float32"), -1, axis)
    return frames.reshape(len(frames), -1)


def checked_places(name: str, places: Sequence[int], count: int) -> np.ndarray:
    """Cuts of a film of `count` frames as int64 (m,): rising frame numbers from 1 to count - 1, or CourseError."""
    found = check_numbers(name, places)
    if found.size == 0:
        return np.empty(0, np.int64)
    if found.ndim != 1 or found.dtype.kind not in "iu" or (np.diff(found.astype(np.int64)) <= 0).any():
        raise CourseError(f"{name} are frame numbers, whole and rising, one after the other, not {places!r}.")
    if found[0] < 1 or found[-1] >= count:
        raise CourseError(
            f"{name} of a film of {count} frames lie from 1 to {count - 1}, but these go from {found[0]} to "
            f"{found[-1]}."
        )
    return found.astype(np.int64)


def _described(frames: np.ndarray, measure: Measure) -> tuple[np.ndarray, Callable]:
    """The frames as numbers (n, f), and the distance of such rows."""
    frames = checked_frames(frames)
    if callable(measure):
        points = check_numbers("features", measure(frames))
        if points.ndim != 2 or len(points) != len(frames) or not np.isfinite(points).all():
            raise CourseError(
                f"A measure gives finite numbers (frames, features), here ({len(frames)}, ...), not {points.shape}."
            )
        return points, _root_mean_square
    if measure == "pixels":
        return frames.reshape(len(frames), -1), _root_mean_square
    if measure == "coarse":
        return coarse(frames), _root_mean_square
    if measure == "histogram":
        return _histograms(frames), lambda one, other: np.abs(one - other).sum(-1) / 2
    raise CourseError(
        f"There is no measure {measure!r}; take {' or '.join(MEASURES)}, or a function to features."
    )


def _window_blends(points: np.ndarray, at: np.ndarray, length: int) -> tuple[np.ndarray, ...]:
    """What `blend_shares` says of the `length` frames from each of `at` (m,) on, between the frames around them: the
    distance of those two, the root mean square of what is left, and the least rise of the shares, in even steps."""
    first, last = points[at - 1, None], points[at + length, None]
    way, offsets = last - first, points[at[:, None] + np.arange(length)] - first
    square = np.maximum(np.square(way).mean(-1), 1e-12)
    shares = (offsets * way).mean(-1) / square
    left = np.square(offsets - shares[..., None] * way).mean((1, 2))
    steps = np.diff(shares, axis=1, prepend=0, append=1) * (length + 1)
    return np.sqrt(square[:, 0]), np.sqrt(left), steps.min(1)


def _root_mean_square(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    difference = one - other
    return np.sqrt(np.square(difference, out=difference).mean(-1, dtype=float))


def _histograms(frames: np.ndarray) -> np.ndarray:
    """The shares of `BINS` shades in each channel, (n, channels x BINS); a row sums to 1."""
    count, channels = len(frames), frames.shape[-1]
    shades = np.clip((frames + 1) * (BINS / 2), 0, BINS - 1).astype(int)
    shades += BINS * np.arange(channels) + channels * BINS * np.arange(count)[:, None, None, None]
    found = np.bincount(shades.ravel(), minlength=count * channels * BINS).reshape(count, -1)
    return found / frames[0].size


def _checked_number(name: str, number: float) -> float:
    if (
        isinstance(number, bool | np.bool_)
        or not np.isscalar(number)
        or np.asarray(number).dtype.kind not in "iuf"
    ):
        raise CourseError(f"{name} is one number, not {number!r}.")
    if not np.isfinite(number):
        raise CourseError(f"{name} is a finite number, not {number}.")
    return float(number)
