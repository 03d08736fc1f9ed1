"""k-means: a few centres that stand for many points, found by Lloyd's algorithm.

    found = lloyd(points, plus_plus(points, 8, seed=0))
    found.centres[found.labels]                 each point replaced by its centre

Lloyd, "Least squares quantization in PCM", 1982 (written in 1957). The start: Arthur and Vassilvitskii, "k-means++: The
advantages of careful seeding", 2007, section 2.2. Step by step it does what scikit-learn's KMeans does with
algorithm="lloyd", init=start, n_init=1, tol=0, empty clusters included. NumPy only.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from course_lib import CourseError
from course_lib.theory.bandits.checking import check_count
from course_lib.theory.taste.checking import check_numbers

Array = np.ndarray


class Clusters(NamedTuple):
    """centres, float (k, d); labels, int (n,): the nearest centre of each point; inertias, float (steps,).

    The inertia is the sum of all squared distances, each times its point's weight: after each time that the points
    were given to their nearest centres. It never rises; the last belongs to the centres and labels here.
    """

    centres: Array
    labels: Array
    inertias: Array


def lloyd(
    points: ArrayLike, start: ArrayLike, weights: ArrayLike | None = None, steps: int = 300
) -> Clusters:
    """Give each point to its nearest centre, move each centre to the mean of its points; again until nothing changes.

    points: (n, d); start: the centres to begin with, (k, d), k <= n; weights: how often each point counts, (n,), above
    0, once unless told; steps: at most so many moves. A centre without points moves to the point that is farthest from
    its own centre. Of two centres equally near, the first is taken. Raises CourseError for other shapes and values.
    """
    points, weights = _weighted_points(points, weights)
    centres = _table("start", start).copy()
    if centres.shape[1] != points.shape[1] or len(centres) > len(points):
        raise CourseError(
            f"Of points {points.shape} the start is centres (k, {points.shape[1]}), at most {len(points)} of them; "
            f"this one has the shape {centres.shape}."
        )
    steps = check_count("steps", steps)
    labels, squares = _nearest_centres(points, centres)
    inertias = [weights @ squares]
    for _ in range(steps):
        before, centres = labels, _means(points, weights, _without_empty(labels, squares, centres), centres)
        labels, squares = _nearest_centres(points, centres)
        inertias.append(weights @ squares)
        if np.array_equal(labels, before):
            break
    return Clusters(centres, labels, np.array(inertias))


def plus_plus(points: ArrayLike, count: int, seed: int = 0, weights: ArrayLike | None = None) -> Array:
    """A start (count, d) of `count` different points: each drawn by its squared distance to those already drawn.

    points, weights: as for `lloyd`. Raises CourseError where there are fewer different points, and as `lloyd` does.
    """
    points, weights = _weighted_points(points, weights)
    count = check_count("count", count)
    random = np.random.default_rng(check_count("seed", seed, 0))
    chances, chosen = weights, []
    squares = np.full(len(points), np.inf)
    for _ in range(count):
        if not chances.any():
            raise CourseError(
                f"There are only {len(chosen)} different points, and {count} centres were asked for."
            )
        chosen.append(random.choice(len(points), p=chances / chances.sum()))
        squares = np.minimum(squares, _squared_lengths(points - points[chosen[-1]]))
        chances = weights * squares
    return points[chosen]


def _nearest_centres(points: Array, centres: Array) -> tuple[Array, Array]:
    """Of each point the nearest centre, int (n,), and the squared distance to it, (n,)."""
    squares = np.stack([_squared_lengths(points - centre) for centre in centres])
    labels = squares.argmin(axis=0)
    return labels, squares[labels, np.arange(len(points))]


def _squared_lengths(rows: Array) -> Array:
    return np.einsum("ij,ij->i", rows, rows)


def _without_empty(labels: Array, squares: Array, centres: Array) -> Array:
    """The labels, a point given to each centre that had none: the farthest from its own first, if it is not alone."""
    counts = np.bincount(labels, minlength=len(centres))
    if counts.all():
        return labels
    labels, empty = labels.copy(), list(np.flatnonzero(counts == 0))
    for point in np.argsort(-squares, kind="stable"):
        if not empty or squares[point] == 0:
            break
        if counts[labels[point]] > 1:
            counts[labels[point]] -= 1
            labels[point] = empty.pop(0)
    return labels


def _means(points: Array, weights: Array, labels: Array, centres: Array) -> Array:
    """The weighted mean of each centre's points, (k, d); a centre without points stays."""
    sums = np.stack([np.bincount(labels, weights * column, len(centres)) for column in points.T], axis=1)
    totals = np.bincount(labels, weights, len(centres))[:, np.newaxis]
    return np.where(totals > 0, sums / np.where(totals > 0, totals, 1), centres)


def _weighted_points(points: ArrayLike, weights: ArrayLike | None) -> tuple[Array, Array]:
    points = _table("points", points)
    if weights is None:
        return points, np.ones(len(points))
    weights = check_numbers("weights", weights)
    if weights.shape != (len(points),) or not ((weights > 0) & (weights <= 1e12)).all():
        raise CourseError(
            f"weights are {len(points)} numbers above 0, one a point; these have the shape {weights.shape}, or hold "
            "0, NaN or worse."
        )
    return points, weights


def _table(name: str, values: ArrayLike) -> Array:
    """Rows of finite numbers, float64 (n, d), at least one of each."""
    values = check_numbers(name, values).astype(float)
    if values.ndim != 2 or 0 in values.shape or not (np.abs(values) <= 1e9).all():
        raise CourseError(
            f"{name} are rows of finite numbers, (n, d), none beyond 1e9; these have the shape {values.shape}."
        )
    return values
