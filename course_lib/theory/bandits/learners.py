"""Who chooses what to show next, from how often each item was shown and clicked: three learners, one method.

    Thompson().choose(shown, clicked, visitors=100, rng=rng)            items, int64 (100,)

Counts are float (k,): a memory that fades (`playing.play`) makes them fractions. NumPy only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from course_lib import CourseError
from course_lib.theory.bandits.checking import as_number, check_positive

Array = np.ndarray


class Learner(Protocol):
    """Anything that chooses."""

    def choose(self, shown: Array, clicked: Array, visitors: int, rng: np.random.Generator) -> Array:
        """An item for each visitor, int64 (visitors,), all from the same counts (k,)."""


@dataclass(frozen=True)
class Uniform:
    """Each item with the same probability, whatever was clicked."""

    def choose(self, shown: Array, clicked: Array, visitors: int, rng: np.random.Generator) -> Array:
        return rng.integers(len(shown), size=visitors)


@dataclass(frozen=True)
class EpsilonGreedy:
    """The item with the best rate so far, and with probability `epsilon` any. Sutton and Barto 2018, section 2.2.

    An item never shown counts as the best; ties are broken at random, visitor by visitor.
    """

    epsilon: float = 0.1

    def __post_init__(self) -> None:
        if not 0 <= as_number(self.epsilon) <= 1:
            raise CourseError(f"epsilon is a probability from 0 to 1, not {self.epsilon!r}.")

    def choose(self, shown: Array, clicked: Array, visitors: int, rng: np.random.Generator) -> Array:
        rates = np.divide(clicked, shown, out=np.full(len(shown), np.inf), where=shown > 0)
        best = np.flatnonzero(rates == rates.max())
        greedy = best[rng.integers(len(best), size=visitors)]
        explores = rng.random(visitors) < self.epsilon
        return np.where(explores, rng.integers(len(shown), size=visitors), greedy)


@dataclass(frozen=True)
class Thompson:
    """For each visitor, a rate for each item from what is believed of it; the item of the highest is shown.

    Belief: Beta(clicks_before + clicked, others_before + shown - clicked). W. R. Thompson, "On the likelihood that one
    unknown probability exceeds another in view of the evidence of two samples", Biometrika 25 (1933); S. Agrawal and
    N. Goyal, "Analysis of Thompson Sampling for the Multi-armed Bandit Problem", COLT 2012, algorithm 1, from 1 and 1.
    Where clicks are rare, 1 and 1 believes half of all to click until hundreds did not; 1 and 200 knows better.
    """

    clicks_before: float = 1.0
    others_before: float = 1.0

    def __post_init__(self) -> None:
        check_positive("clicks_before", self.clicks_before)
        check_positive("others_before", self.others_before)

    def choose(self, shown: Array, clicked: Array, visitors: int, rng: np.random.Generator) -> Array:
        others = np.maximum(shown - clicked, 0)  # fading counts may differ by a rounding
        beliefs = rng.beta(
            self.clicks_before + clicked, self.others_before + others, size=(visitors, len(shown))
        )
        return beliefs.argmax(axis=1)
