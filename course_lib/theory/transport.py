"""Optimal transport without networks: exact on the line by sorting, and of clouds by looking along many lines.

On the line the cheapest way to turn one sample into another never lets two movers cross: the smallest value goes to
the smallest, and so on. With unequal numbers a mover is split, and its pieces still go in order. Of clouds (n, d) only
the shadows on lines are compared: the sliced distance.

Sorting: Peyré and Cuturi, "Computational Optimal Transport", 2019, section 2.6 (remark 2.28 gives samples of one size,
remark 2.30 the quantile functions). Sliced distance: Rabin, Peyré, Delon and Bernot, "Wasserstein Barycenter and its
Application to Texture Mixing", 2011, section 2.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from course_lib import CourseError

Array = NDArray[np.float64]


def wasserstein(a: ArrayLike, b: ArrayLike, power: float = 1.0) -> float:
    """W_p of two samples of the line, (n,) and (m,), each value of weight 1 / n or 1 / m: exact, in their units.

    The root of the mean of |x - y|^p over the pieces of `matching`; power: p >= 1.
    """
    return float(_cost(_sample(a), _sample(b), power) ** (1 / power))


def matching(a: ArrayLike, b: ArrayLike) -> tuple[NDArray[np.int64], NDArray[np.int64], Array]:
    """The cheapest way from sample `a` (n,) to sample `b` (m,), in at most n + m - 1 pieces.

    Returns (from_a, to_b, mass), one entry a piece: `mass[k]` of the whole goes from a[from_a[k]] to b[to_b[k]]. Each
    value of `a` sends 1 / n, each of `b` gets 1 / m. It is cheapest for every cost |x - y|^p with p >= 1.
    """
    a, b = _sample(a), _sample(b)
    ranks_a, ranks_b, mass = _pieces(len(a), len(b))
    return np.argsort(a, kind="stable")[ranks_a], np.argsort(b, kind="stable")[ranks_b], mass


def moved(a: ArrayLike, b: ArrayLike) -> Array:
    """Where each value of `a` (n,) goes, in the order of `a`: the mean of its partners in `b` (m,).

    As many values: a permutation of `b`. More in `b`: each of `a` goes to the mean of what its pieces reach.
    """
    a, b = _sample(a), _sample(b)
    ranks_a, ranks_b, mass = _pieces(len(a), len(b))
    goals = np.bincount(ranks_a, mass * np.sort(b)[ranks_b]) * len(a)
    result = np.empty(len(a))
    result[np.argsort(a, kind="stable")] = goals
    return result


def directions(count: int, width: int, seed: int = 0) -> Array:
    """`count` random unit vectors (count, width), evenly spread over the sphere: normal numbers by their norm."""
    if count < 1 or width < 1:
        raise CourseError(
            f"directions: count and width must be at least 1, but they are {count} and {width}."
        )
    vectors = np.random.default_rng(seed).normal(size=(count, width))
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def sliced_wasserstein(a: ArrayLike, b: ArrayLike, directions: ArrayLike, power: float = 1.0) -> float:
    """The sliced distance of two clouds, (n, d) and (m, d), seen along unit vectors `directions` (k, d).

    The root of the mean of W_p^p over the directions, exact in each. For given directions it is symmetric, obeys the
    triangle inequality and is 0 for equal clouds; clouds whose shadows agree in these few directions score 0 too.
    """
    a, b, directions = (np.asarray(values, float) for values in (a, b, directions))
    shapes = a.shape, b.shape, directions.shape
    if any(len(shape) != 2 or 0 in shape for shape in shapes) or len({shape[1] for shape in shapes}) > 1:
        raise CourseError(
            "sliced_wasserstein: clouds (n, d), (m, d) and directions (k, d) of one d are needed, but the shapes are "
            f"{', '.join(map(str, shapes))}."
        )
    costs = [_cost(_sample(a @ line), _sample(b @ line), power) for line in directions]
    return float(np.mean(costs) ** (1 / power))


def _cost(a: Array, b: Array, power: float) -> float:
    """W_p^p of two samples."""
    if not 1 <= power < np.inf:
        raise CourseError(f"wasserstein: power must be finite and at least 1, but it is {power}.")
    ranks_a, ranks_b, mass = _pieces(len(a), len(b))
    return float(np.sum(mass * np.abs(np.sort(a)[ranks_a] - np.sort(b)[ranks_b]) ** power))


def _pieces(n: int, m: int) -> tuple[NDArray[np.int64], NDArray[np.int64], Array]:
    """The pieces between n and m equal shares in order: the rank on either side, and the mass.

    In whole numbers, of which n m are everything, so that no piece is lost or made by rounding.
    """
    cuts = np.union1d(np.arange(n + 1) * m, np.arange(m + 1) * n)
    return cuts[:-1] // m, cuts[:-1] // n, np.diff(cuts) / (n * m)


def _sample(values: ArrayLike) -> Array:
    try:
        values = np.asarray(values, float)
    except (TypeError, ValueError):  # texts, or lists of several lengths
        raise CourseError(
            "A sample of the line is finite numbers (n,), not texts or lists in a list."
        ) from None
    if values.ndim != 1 or not values.size or not np.isfinite(values).all():
        raise CourseError(
            f"A sample of the line is finite numbers (n,), at least one, but got the shape {values.shape}"
            f"{' with NaN or infinite values' if values.size and values.ndim == 1 else ''}."
        )
    return values
