"""Many people: tastes that differ in few ways are learned together, w_p = U v_p.

    crowd = fit_crowd(differences, rank=2)              differences (p, n, d): each person's clicks
    crowd.weights                                       (p, d)
    crowd.join(clicks_of_a_new_person)                  Belief(mean (d,), covariance (d, d))

U (d, r) says in which r ways tastes differ and is shared, v_p (r,) says where a person stands: r numbers to learn from
a person's clicks instead of d. Matrix factorization as Y. Koren, R. Bell and C. Volinsky, "Matrix Factorization
Techniques for Recommender Systems", Computer 42 (2009), equation 2 and alternating least squares, here with choices
instead of ratings, features of creations instead of their numbers, and Newton's steps instead of least squares.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from course_lib import CourseError
from course_lib.theory.bandits.checking import check_positive
from course_lib.theory.taste.bradley_terry import Belief, fit, log_posterior
from course_lib.theory.taste.checking import check_count, check_differences, check_number, check_rank

Array = np.ndarray


@dataclass(frozen=True, eq=False)
class Crowd:
    """directions: U, (d, r). positions: v_p, (p, r). middle: where a person stands of whom nothing is known, (r,).
    ridge: how strongly positions are drawn to the middle. heights: what was maximized, after each round."""

    directions: Array
    positions: Array
    middle: Array
    ridge: float
    heights: Array

    @property
    def weights(self) -> Array:
        """Each person's taste, (p, d)."""
        return self.positions @ self.directions.T

    def join(self, differences: ArrayLike) -> Belief:
        """What the clicks (..., n, d) of people who were not there let us believe of their weights; U stays.

        Without a click, the taste of the middle. The covariance has rank r: what no direction of U says is not doubted.
        """
        seen = self.seen(differences) @ self.directions
        belief = fit(seen, self.middle, 1 / self.ridge)
        return Belief(
            belief.mean @ self.directions.T,
            self.directions @ belief.covariance @ self.directions.T,
        )

    def seen(self, differences: ArrayLike) -> Array:
        """Clicks (..., n, d), where they are of the features that the directions are of; CourseError otherwise."""
        differences = check_differences(differences)
        if differences.shape[-1] != len(self.directions):
            raise CourseError(
                f"This crowd is known by {len(self.directions)} features; these clicks have {differences.shape[-1]}."
            )
        return differences


def padded(clicks: Sequence[ArrayLike]) -> Array:
    """Differences of people who clicked more or less, (n_p, d) each, as one array (p, n, d), filled up with zeros.

    A difference of 0 has probability one half whatever the weights are: it teaches nothing.
    """
    each = [check_differences(one) for one in clicks] if isinstance(clicks, Sequence | Array) else []
    if not each or len({one.shape[1:] for one in each}) != 1 or each[0].ndim != 2:
        raise CourseError("Clicks of one person or more are wanted, with the same features for all.")
    table = np.zeros((len(each), max(len(one) for one in each), each[0].shape[1]))
    for person, one in enumerate(each):
        table[person, : len(one)] = one
    return table


def fit_for_all(differences: ArrayLike) -> Array:
    """One taste (d,) for everybody, of the clicks (p, n, d) of all."""
    differences = check_differences(differences)
    return fit(differences.reshape(-1, differences.shape[-1])).mean


def fit_crowd(
    differences: ArrayLike, rank: int, ridge: float = 3.0, rounds: int = 100, seed: int = 0
) -> Crowd:
    """U and all v_p, in turn, each by Newton's method while the other stands, until a round adds next to nothing: less
    than one part in 10,000.

    Maximized is the sum of log P(click) less ridge (|U|^2 + sum of |v_p - middle|^2) / 2, where the middle is the mean
    of the v_p. It has more than one maximum; the start is U from the tastes of each person alone. differences:
    (p, n, d), as `padded` makes them. Raises CourseError for a rank that is not in 1..d, and for less than one person.
    """
    differences = check_differences(differences)
    if differences.ndim != 3 or not len(differences):
        raise CourseError(
            f"A crowd is a person or more, differences (p, n, d); these have {differences.shape}."
        )
    people, _, features = differences.shape
    rank = check_rank(rank, features)
    ridge = check_positive("ridge", check_number("ridge", ridge))
    alone = fit(differences).mean
    noise = 1e-3 * np.random.default_rng(check_count("seed", seed, least=0)).normal(
        size=(people, features)
    )  # no direction begins at nothing
    _, sizes, axes = np.linalg.svd(alone + noise, full_matrices=False)
    directions = np.zeros((features, rank))
    found = min(rank, len(axes))
    directions[:, :found] = axes[:found].T * np.sqrt(sizes[:found] / np.sqrt(people))
    middle, heights = np.zeros(rank), []
    for _ in range(check_count("rounds", rounds)):
        positions = fit(differences @ directions, middle, 1 / ridge).mean
        middle = positions.mean(axis=0)
        products = differences[..., :, None] * positions[:, None, None, :]
        flat = products.reshape(-1, features * rank)
        directions = fit(flat, 0.0, 1 / ridge).mean.reshape(features, rank)
        heights.append(_height(differences, directions, positions, middle, ridge))
        if len(heights) > 1 and heights[-1] - heights[-2] < 1e-4 * abs(heights[-1]):
            break
    return Crowd(directions, positions, middle, ridge, np.array(heights))


def held_out_likelihood(crowd: Crowd, differences: ArrayLike, folds: int = 5) -> Array:
    """How likely a person's clicks (p, n, d) are to whoever knows the others of them, (p,): mean log P of a click.

    In each of so many parts, clicks are foretold by `crowd.join` from those of the other parts. A coin cannot be
    foretold: about log(1/2) = -0.69 or less, since who learns from a coin believes what is not so. What `padded` filled
    up is left out. Raises CourseError for a person with fewer than two clicks, and for less than two folds.
    """
    differences, folds = crowd.seen(differences), check_count("folds", folds, least=2)
    there = (differences != 0).any(axis=-1)
    if differences.ndim != 3 or (there.sum(axis=-1) < 2).any():
        raise CourseError("To foretell clicks from others of the same person, each needs two clicks or more.")
    parts = (there.cumsum(axis=-1) - 1) % folds  # so that a person with two clicks has them in two parts
    found = np.zeros(there.shape)
    for part in range(folds):
        asked = there & (parts == part)
        belief = crowd.join(np.where((there & ~asked)[..., None], differences, 0.0))
        found += np.where(asked, np.log(belief.probability(differences)), 0.0)
    return found.sum(axis=-1) / there.sum(axis=-1)


def _height(differences: Array, directions: Array, positions: Array, middle: Array, ridge: float) -> float:
    """What `fit_crowd` maximizes."""
    precision = ridge * np.eye(len(middle))
    of_people = log_posterior(positions, differences @ directions, middle, precision).sum()
    return float(of_people - ridge * np.square(directions).sum() / 2)
