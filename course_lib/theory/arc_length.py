"""Even speed along a curve: places on it whose neighbours are all equally far apart. NumPy alone.

    t = even_places(curve, 48)              curve: times (m,) in [0, 1] to points (m, ...), such as pictures or features
    unevenness(step_lengths(curve(t)))      0.0005; of even times it may be 1 and more

A film shows a curve at single places, so what must be equal is not the arc between two of them but the chord: how much
a frame differs from the one before. The curve is sampled, taken as straight between samples, and cut into equal chords
(theory/equal_chords.py); the places found are then sampled, too, and corrected.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from course_lib import CourseError
from course_lib.theory.equal_chords import equal_chords, equalised, lengths, spread
from course_lib.theory.taste.checking import check_count, check_number, check_numbers

Array = NDArray[np.float64]
Curve = Callable[[Array], ArrayLike]
"""Times (m,) in [0, 1] to points (m, ...)."""
SAMPLES_PER_STEP, CORRECTIONS, TOLERANCE = 8, 8, 1e-3


def step_lengths(points: ArrayLike, closed: bool = False) -> Array:
    """How far each point is from the next, (n - 1,): the root mean square of what their values differ by.

    points: (n, ...), n >= 2. closed: (n,), the last being the step from the last point back to the first. Raises
    CourseError for fewer points, and for NaN and infinities.
    """
    points = _checked_points(points)
    if len(points) < 2:
        raise CourseError("A step leads from one point to the next, so two points or more are needed, not 1.")
    after = np.concatenate([points[1:], points[:1]]) if closed else points[1:]
    return np.sqrt(np.square(after - points[: len(after)]).mean(axis=1))


def unevenness(steps: ArrayLike) -> float:
    """The largest |step / mean - 1| of steps (n,): 0 if all are equal, 0.1 if speed is constant within 10 %.

    Raises CourseError if all are 0: then nothing moves.
    """
    steps = _checked_steps(steps)
    return float(np.abs(steps / steps.mean() - 1).max())


def seam(steps: ArrayLike) -> float:
    """The larger of the first and the last of steps (n,) over their median: above 1, a loop jerks where it closes.

    steps: those of a closed film, `step_lengths(frames, closed=True)`. Raises CourseError if the median is 0.
    """
    steps = _checked_steps(steps)
    if not np.median(steps):
        raise CourseError(
            "Half of the steps or more are 0: a film that mostly stands still has no usual step."
        )
    return float(max(steps[0], steps[-1]) / np.median(steps))


def even_places(
    points_at: Curve,
    count: int,
    closed: bool = False,
    samples_per_step: int = SAMPLES_PER_STEP,
    corrections: int = CORRECTIONS,
    tolerance: float = TOLERANCE,
) -> Array:
    """Rising times (count,) in [0, 1] at which neighbouring points of a continuous curve are equally far apart.

    An open curve's times begin with 0 and end with 1. closed: points_at(1) is points_at(0), the times begin with 0
    and leave 1 out, which would show the first point twice, and the last point is as far from the first as all others
    are. points_at is called with `samples_per_step` times `count` even times, then at most `corrections` + 1 times
    with the places found, until `unevenness` is `tolerance` or less; of all tries the best is returned. The distance
    is that of `step_lengths`. The same curve gives the same times. Memory grows with count squared: 0.2 GB for 600.

    Raises CourseError for count < 2, or < 3 if closed, a curve that does not move, or is not closed where it should
    be, and points that are not one for each time, or hold NaN or infinities.
    """
    if not callable(points_at):
        raise CourseError(
            f"points_at is a function that gives a curve's points at times (m,), not {points_at!r:.40}."
        )
    chords = check_count("count", count, 3) if closed else check_count("count", count, 2) - 1
    check_count("samples_per_step", samples_per_step)
    check_count("corrections", corrections, 0)
    if not check_number("tolerance", tolerance) > 0:
        raise CourseError(f"tolerance is the unevenness that is good enough, above 0, not {tolerance!r}.")
    times = np.linspace(0, 1, samples_per_step * count + 1)
    points = _points(points_at, times)
    if closed:
        _check_closed(points)
        points = np.concatenate([points[:-1], points[:1]])
    if not np.ptp(points, axis=0).any():
        raise CourseError(
            "The curve does not move: all its points are equal, so no step along it has a length."
        )
    if chords == 1:
        return np.array([0.0, 1.0])
    t = np.interp(equal_chords(points, chords), np.arange(len(times)), times)
    best, least = t, np.inf
    for _ in range(corrections + 1):
        between = _points(points_at, t[1:-1])
        found = unevenness(step_lengths(np.concatenate([points[:1], between, points[-1:]])))
        if found < least:
            best, least = t, found
        if found <= tolerance:
            break
        times, points = _merged(times, points, t[1:-1], between)
        places = equalised(points, np.interp(t, times, np.arange(len(times))))
        if spread(lengths(points, places)) > tolerance:
            places = equal_chords(points, chords)
        t = np.interp(places, np.arange(len(times)), times)
    return best[:count]


def _merged(times: Array, points: Array, new_times: Array, new_points: Array) -> tuple[Array, Array]:
    """Both samples in the order of their times, each time once."""
    times, first = np.unique(np.concatenate([times, new_times]), return_index=True)
    return times, np.concatenate([points, new_points])[first]


def _points(points_at: Curve, times: Array) -> Array:
    """The curve's points at these times, flat: (m, d)."""
    points = _checked_points(points_at(times))
    if len(points) != len(times):
        raise CourseError(
            f"The curve gave {len(points)} points for {len(times)} times; it must give one for each."
        )
    return points


def _check_closed(points: Array) -> None:
    gap, longest = step_lengths(points[[0, -1]])[0], step_lengths(points).max()
    if gap > 0.1 * longest:
        raise CourseError(
            f"The curve is not closed: its end is {gap:.3g} from its beginning, and its longest step is {longest:.3g}."
        )


def _checked_points(points: ArrayLike) -> Array:
    points = check_numbers("Points", points)
    if not points.ndim or not points.size:
        raise CourseError(f"Points (n, ...) are wanted, but these have the shape {points.shape}.")
    if not np.isfinite(points).all():
        raise CourseError("The points hold NaN or infinite values; np.isfinite(points) shows where.")
    return points.reshape(len(points), -1)


def _checked_steps(steps: ArrayLike) -> Array:
    steps = check_numbers("Steps", steps)
    if steps.ndim != 1 or not steps.size or not (np.isfinite(steps) & (steps >= 0)).all():
        raise CourseError(
            f"Steps are lengths (n,), from 0 on and finite; these have the shape {steps.shape}."
        )
    if not steps.any():
        raise CourseError("All steps are 0: nothing moves, so there is no speed that could be even.")
    return steps
