"""People whose taste is known, to try on them what is meant for people whose taste is not.

    people = draw_people("linear", 100, dimensions=6, rng=rng)
    people.utilities(creations)                         (100, c)
    people.choose(creations, pairs, rng)                numbers of the chosen ones, (100, n)

NumPy only.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from course_lib import CourseError
from course_lib.theory.taste.bradley_terry import sigmoid
from course_lib.theory.taste.checking import (
    check_count,
    check_creations,
    check_number,
    check_numbers,
    check_pairs,
    check_rank,
)

Array = np.ndarray


@dataclass(frozen=True, eq=False)
class People:
    """p people who choose by utility, u(x) = w.x - curvature |x|^2 / 2, and click the other one by mistake.

    weights: (p, d). curvature: 0 for a taste that the model of `bradley_terry` can hold; above 0 a person has an ideal
    point at w / curvature and likes what is near it (C. H. Coombs, "Psychological Scaling without a Unit of
    Measurement", Psychological Review 57 (1950)). slips: how often the click is not what was meant, a number or (p,)
    from 0 to 0.5; a half is a coin. Raises CourseError for others.
    """

    weights: Array
    curvature: float = 0.0
    slips: float | Array = 0.0

    def __post_init__(self) -> None:
        weights = check_numbers("Weights of people", self.weights)
        if weights.ndim != 2 or not weights.size or not np.isfinite(weights).all():
            raise CourseError("Weights of people are finite numbers, a row for each, (people, features).")
        object.__setattr__(self, "weights", weights)  # as an array, whatever was given
        if not 0 <= check_number("curvature", self.curvature) < np.inf:
            raise CourseError(f"curvature is a number from 0 on, not {self.curvature!r}.")
        slips = check_numbers("slips", self.slips)
        if slips.shape not in ((), (len(self.weights),)) or not ((slips >= 0) & (slips <= 0.5)).all():
            raise CourseError("slips is a share from 0 to 0.5, one for all or one for each person.")
        object.__setattr__(self, "slips", slips if slips.ndim else float(slips))

    def __len__(self) -> int:
        return len(self.weights)

    def utilities(self, creations: ArrayLike) -> Array:
        """What each person thinks of each creation (c, d): (p, c)."""
        creations = check_creations(creations)
        if creations.shape[1] != self.weights.shape[1]:
            raise CourseError(
                f"These people look at {self.weights.shape[1]} features, and the creations have {creations.shape[1]}."
            )
        return self.weights @ creations.T - self.curvature * np.square(creations).sum(axis=1) / 2

    def choice_probability(self, creations: ArrayLike, pairs: ArrayLike) -> Array:
        """How likely each person chooses the first of a pair, (p, n); pairs: (n, 2) for all, or (p, n, 2)."""
        utilities = self.utilities(creations)
        pairs = self._pairs(pairs, utilities.shape[1])
        first, second = (np.take_along_axis(utilities, pairs[..., place], axis=1) for place in (0, 1))
        slips = np.broadcast_to(self.slips, len(self))[:, None]
        return slips + (1 - 2 * slips) * sigmoid(first - second)

    def choose(self, creations: ArrayLike, pairs: ArrayLike, rng: np.random.Generator) -> Array:
        """Numbers of the creations that are clicked, int64 (p, n); pairs as for `choice_probability`."""
        probabilities = self.choice_probability(creations, pairs)
        pairs = self._pairs(pairs, len(creations))
        return np.where(rng.random(probabilities.shape) < probabilities, pairs[..., 0], pairs[..., 1])

    def _pairs(self, pairs: ArrayLike, creation_count: int) -> Array:
        """(p, n, 2)."""
        pairs = check_pairs(pairs, creation_count)
        if pairs.ndim not in (2, 3) or (pairs.ndim == 3 and len(pairs) != len(self)):
            raise CourseError(
                f"Pairs are (n, 2) for all, or (p, n, 2) for {len(self)} people; these have the shape {pairs.shape}."
            )
        return np.broadcast_to(pairs, (len(self), *pairs.shape[-2:]))


KINDS = {
    "linear": {},
    "ideal_point": {"curvature": 1.0},
    "erring": {"slips": 0.2},
    "coin": {"slips": 0.5},
}
"""How people of each kind differ: a taste that the model can hold, one that it cannot, one click in five that was not
meant, clicks at random."""


def draw_people(kind: str, count: int, dimensions: int, rng: np.random.Generator) -> People:
    """People of one of KINDS, weights N(0, 1) each: what the model believes beforehand is right.

    Raises CourseError for another kind.
    """
    count, dimensions = check_count("count", count), check_count("dimensions", dimensions)
    if not isinstance(kind, str) or kind not in KINDS:
        raise CourseError(f"People are of one of the kinds {', '.join(KINDS)}, not {kind!r}.")
    return People(rng.normal(size=(count, dimensions)), **KINDS[kind])


def with_length(creations: ArrayLike) -> Array:
    """Features x and one more, |x|^2 / 2, (c, d + 1): with it, an ideal point is a linear taste.

    -k |x - i|^2 / 2 = k i.x - k |x|^2 / 2 + a constant.
    """
    creations = check_creations(creations)
    return np.column_stack([creations, np.square(creations).sum(axis=1) / 2])


def draw_directions(dimensions: int, rank: int, rng: np.random.Generator) -> Array:
    """In which ways the tastes of a crowd differ, (d, r): at right angles, of equal length.

    The length is sqrt(9 / (r + 1)), with which `draw_crowd` makes tastes of one strength, E|w|^2 = 9, for each rank.
    Raises CourseError for a rank that is not in 1..d.
    """
    dimensions = check_count("dimensions", dimensions)
    rank = check_rank(rank, dimensions)
    axes = np.linalg.qr(rng.normal(size=(dimensions, rank)))[0]
    return axes * np.sqrt(9 / (rank + 1))


def draw_crowd(directions: ArrayLike, count: int, rng: np.random.Generator, coins: float = 0.0) -> People:
    """People with tastes w_p = U v_p, whose v_p (r,) are N(1, 1) in the first number and N(0, 1) in the others.

    directions: U, (d, r). coins: which share of them clicks at random; they come first. Raises CourseError for a share
    outside 0 to 1.
    """
    count = check_count("count", count)
    if not 0 <= check_number("coins", coins) <= 1:
        raise CourseError(f"coins is a share of the people from 0 to 1, not {coins!r}.")
    directions = check_numbers("Directions", directions)
    if directions.ndim != 2 or not directions.size or not np.isfinite(directions).all():
        raise CourseError(
            f"Directions are finite numbers, (features, rank), and these have the shape {directions.shape}."
        )
    positions = rng.normal(size=(count, directions.shape[1]))
    positions[:, 0] += 1
    slips = np.where(np.arange(count) < round(coins * count), 0.5, 0.0)
    return People(positions @ directions.T, slips=slips)
