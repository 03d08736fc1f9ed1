"""From what is believed of a taste to what is drawn next: a probability for each look.

    Greedy().probabilities(belief, table, rng)                          one look, all of it
    Greedy(diversity=0.002).probabilities(belief, table, rng)           with a reward for variety
    Thompson().probabilities(belief, table, rng)                        each look as often as it may be the best

Two questions that are often mixed up. *Exploration* asks what is not known yet: it fades as one learns. *Diversity* is
wanted for itself, and stays. NumPy only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike

from course_lib import CourseError
from course_lib.theory.feedback.click_model import click_rates, with_base
from course_lib.theory.taste.bradley_terry import Belief, square_root
from course_lib.theory.taste.checking import check_count, check_number, check_numbers

Array = np.ndarray


class Policy(Protocol):
    """Anything that says how often each look is to be drawn."""

    def probabilities(self, belief: Belief, table: Array, rng: np.random.Generator) -> Array:
        """(looks,), from 0 on, with the sum 1."""


@dataclass(frozen=True)
class Uniform:
    """All looks alike, whatever was clicked: a generator without feedback."""

    def probabilities(self, belief: Belief, table: Array, rng: np.random.Generator) -> Array:
        looks = len(with_base(table))
        return np.full(looks, 1 / looks)


@dataclass(frozen=True)
class Greedy:
    """The best look by the mean of the belief; with `diversity` above 0 the best *distribution*, see `best_mixture`.

    epsilon: the share of banners that is drawn from all looks alike, as in `bandits.learners.EpsilonGreedy`.
    """

    diversity: float = 0.0
    epsilon: float = 0.0

    def __post_init__(self) -> None:
        _check_diversity(self.diversity)
        if not 0 <= check_number("epsilon", self.epsilon) <= 1:
            raise CourseError(f"epsilon is a probability from 0 to 1, not {self.epsilon!r}.")

    def probabilities(self, belief: Belief, table: Array, rng: np.random.Generator) -> Array:
        best = best_mixture(click_rates(belief.mean, table), self.diversity)
        return (1 - self.epsilon) * best + self.epsilon / len(table)


@dataclass(frozen=True)
class Thompson:
    """As `Greedy`, but each banner is drawn for another taste that may be the true one: `draws` of them, averaged.

    Thompson 1933; Chapelle and Li 2011, algorithm 3, for log-odds that are a sum.
    """

    diversity: float = 0.0
    draws: int = 500

    def __post_init__(self) -> None:
        _check_diversity(self.diversity)
        object.__setattr__(self, "draws", check_count("draws", self.draws))

    def probabilities(self, belief: Belief, table: Array, rng: np.random.Generator) -> Array:
        root = square_root(belief.covariance)
        weights = belief.mean + rng.normal(size=(self.draws, len(belief.mean))) @ root.T
        return best_mixture(click_rates(weights, table), self.diversity).mean(axis=0)


def best_mixture(rates: ArrayLike, diversity: float) -> Array:
    """The distribution p that makes  sum p r + diversity x H(p)  largest, (..., looks), for rates r (..., looks).

    H is the entropy in nats, so `diversity` is the price in clicks a visitor that one nat of variety may cost. The
    answer is p proportional to exp(r / diversity), E. T. Jaynes, "Information Theory and Statistical Mechanics",
    Physical Review 106 (1957), section 2; as a reward for actions R. J. Williams and J. Peng, "Function Optimization
    Using Connectionist Reinforcement Learning Algorithms", Connection Science 3 (1991). At 0 the best look alone, or
    all that are equally good, alike. Raises CourseError for a diversity below 0 and for rates that are not finite.
    """
    rates = check_numbers("Rates", rates)
    if rates.ndim < 1 or not rates.size or not np.isfinite(rates).all():
        raise CourseError(f"Rates are finite numbers, one a look; these have the shape {rates.shape}.")
    with np.errstate(over="ignore"):  # next to no price: minus infinity, and the share is 0
        below = rates - rates.max(axis=-1, keepdims=True)
    if _check_diversity(diversity) == 0:
        share = (below == 0).astype(float)
    else:
        with np.errstate(over="ignore"):
            share = np.exp(below / diversity)
    return share / share.sum(axis=-1, keepdims=True)


def entropy(probabilities: ArrayLike) -> Array:
    """- sum p log p in nats, (...), for p (..., looks): 0 for one look, log(looks) for all alike."""
    p = check_numbers("Probabilities", probabilities)
    if p.ndim < 1 or not p.size or not (p >= 0).all() or not np.allclose(p.sum(axis=-1), 1, atol=1e-6):
        raise CourseError(
            f"Probabilities from 0 on with the sum 1 are wanted; these have the shape {p.shape}."
        )
    return -(p * np.log(np.where(p > 0, p, 1))).sum(axis=-1)


def _check_diversity(diversity: float) -> float:
    if not 0 <= check_number("diversity", diversity) < np.inf:
        raise CourseError(f"diversity is a price in clicks a visitor from 0 on, not {diversity!r}.")
    return diversity
