"""Equal chords in a polygonal line: places on it, each as far from the one before, that lead from its start to its end.

A pair of compasses steps off equal chords (Mandelbrot, "How Long Is the Coast of Britain?", Science 156, 1967): each
ends where the line first leaves the circle around the last. The wider the compasses, the sooner they are at the end;
bisection finds the opening with which the last chord ends there. Where a line folds back there may be no such opening:
a circle that just touches the fold is left before it by one walk and behind it by the next, and all that follows jumps.
The places wanted then lie between those of the two walks, and Newton's method, begun there, finds them.

Places are numbers of samples: 3.25 is a quarter of the way from point 3 to point 4.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
BLENDS = (0.0, 0.5, 0.75, 0.25, 1.0, 0.375, 0.625, 0.875, 0.125)
"""Where Newton's method begins: shares of the way from the one walk to the other."""
HALVINGS, STEPS, EXACT = 60, 80, 1e-4


def equal_chords(points: Array, chords: int) -> Array:
    """Places (chords + 1,) from the first to the last of the points (m, d), m >= 2, with equal chords between them.

    If nothing better is found within `EXACT`, the best of all that was.
    """
    before, after = _walks(points, chords)
    found = []
    for share in BLENDS:
        found.append(equalised(points, (1 - share) * before + share * after))
        if spread(lengths(points, found[-1])) <= EXACT:
            break
    return min(found, key=lambda places: spread(lengths(points, places)))


def equalised(points: Array, places: Array) -> Array:
    """Rising places (n + 1,) moved, all but the first and the last, until their chords are equal, as near as it goes.

    Newton's method for "each chord is r long", of which the places and r are unknown, damped as Levenberg and Marquardt
    do; no place comes nearer to its neighbour than half the way.
    """
    chords, damping = lengths(points, places), 1e-3
    for _ in range(STEPS):
        if spread(chords) <= EXACT or not chords.any():
            break
        jacobian, missing = _jacobian(points, places), chords / chords.mean() - 1
        squared, slope = jacobian.T @ jacobian, jacobian.T @ missing
        for _ in range(12):
            scaled = squared + damping * np.diag(np.diag(squared) + 1e-12 * np.trace(squared))
            moved = _limited(places, np.linalg.solve(scaled, -slope)[:-1])
            tried = lengths(points, moved)
            if np.square(tried / tried.mean() - 1).sum() < np.square(missing).sum():
                break
            damping *= 4
        else:
            break
        places, chords, damping = moved, tried, max(damping / 5, 1e-9)
    return places


def lengths(points: Array, places: Array) -> Array:
    """Of the chords between places (n + 1,): (n,), Euclidean."""
    return np.linalg.norm(np.diff(_at(points, places)[0], axis=0), axis=1)


def spread(chords: Array) -> float:
    """The largest share by which one differs from their mean; infinite if all are 0."""
    return float(np.abs(chords / chords.mean() - 1).max()) if chords.any() else np.inf


def _at(points: Array, places: Array) -> tuple[Array, Array]:
    """The line's points at these places, and how they move there."""
    start = np.minimum(places.astype(int), len(points) - 2)
    way = points[start + 1] - points[start]
    return points[start] + (places - start)[:, np.newaxis] * way, way


def _jacobian(points: Array, places: Array) -> Array:
    """Of each chord minus r, in units of the mean chord, by the inner places and r: (n, n)."""
    there, way = _at(points, places)
    chords = np.diff(there, axis=0)
    long = np.linalg.norm(chords, axis=1)[:, np.newaxis]
    direction = chords / np.maximum(long, 1e-300) / long.mean()
    inner = np.arange(len(chords) - 1)
    jacobian = np.zeros((len(chords), len(chords)))
    jacobian[inner, inner] = (direction[:-1] * way[1:-1]).sum(axis=1)
    jacobian[inner + 1, inner] = -(direction[1:] * way[1:-1]).sum(axis=1)
    jacobian[:, -1] = -1
    return jacobian


def _limited(places: Array, moves: Array) -> Array:
    """The inner places moved, but none by more than 0.45 of what there is between it and its neighbour."""
    room = 0.45 * np.diff(places)
    return np.concatenate([places[:1], places[1:-1] + np.clip(moves, -room[:-1], room[1:]), places[-1:]])


def _walks(points: Array, chords: int) -> tuple[Array, Array]:
    """The walk with the widest compasses of which the last chord would be too long, and with the next wider ones."""
    squares = _squared_distances(points)
    low, high = 0.0, float(np.sqrt(squares.max()))
    for _ in range(HALVINGS):
        opening = (low + high) / 2
        walked, to_end = _steps_off(squares, opening, chords - 1)
        if len(walked) < chords or to_end <= opening**2:
            high = opening
        else:
            low = opening
    return tuple(
        _to_the_end(_steps_off(squares, each, chords - 1)[0], chords, len(points)) for each in (low, high)
    )


def _to_the_end(walked: Array, chords: int, samples: int) -> Array:
    """With the end, and places before it for the chords that a walk did not come to."""
    rest = np.linspace(walked[-1], samples - 1, chords + 2 - len(walked))
    return np.append(walked, rest[1:])


def _steps_off(squares: Array, opening: float, steps: int) -> tuple[Array, float]:
    """Where so many steps with compasses opened so far end, (steps + 1,), or fewer if the line leaves no circle more.

    squares: squared distances of the line's points, (m, m). Returns the squared distance from the last place to the
    line's end, too. By Stewart's theorem: the point that divides u v by a : 1 - a has from x the squared distance
    (1 - a) |xu|^2 + a |xv|^2 - a (1 - a) |uv|^2.
    """
    walked = [0.0]
    distances = squares[0]
    for _ in range(steps):
        start = int(walked[-1])
        outside = distances[start + 1 :] > opening**2
        if not outside.any():
            break
        end = start + 1 + int(outside.argmax())
        side = squares[end - 1, end]
        slope = distances[end] - distances[end - 1] - side
        inside = opening**2 - distances[end - 1]
        root = np.sqrt(max(slope**2 + 4 * side * inside, 0))
        share = np.clip((root - slope) / (2 * side), 0, 1 - 1e-12) if side else 0.0  # 0: rounded away
        walked.append(end - 1 + share)
        distances = (1 - share) * squares[end - 1] + share * squares[end] - share * (1 - share) * side
    return np.array(walked), float(distances[-1])


def _squared_distances(points: Array) -> Array:
    """Of every point (m, d) from every other, (m, m)."""
    points = points - points.mean(axis=0)
    products = points @ points.T
    squares = np.diag(products)
    return np.maximum(squares[:, np.newaxis] + squares - 2 * products, 0)
