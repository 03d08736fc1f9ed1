"""Which two to show next: at random, by Thompson sampling, or the two whose answer would teach most.

    ThompsonPairs().choose(belief, creations, rng)      numbers of two creations, int64 (2,); (p, 2) for p people

NumPy only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from course_lib import CourseError
from course_lib.theory.taste.bradley_terry import Belief, sigmoid
from course_lib.theory.taste.checking import check_count, check_creations, check_weights

Array = np.ndarray
_NODES, _SHARES = np.polynomial.hermite_e.hermegauss(16)
_SHARES = _SHARES / _SHARES.sum()


class Chooser(Protocol):
    """Anything that picks a pair."""

    def choose(self, belief: Belief, creations: Array, rng: np.random.Generator) -> Array:
        """Two different creations for each person, int64 (..., 2), for a belief (..., d) and creations (c, d)."""


@dataclass(frozen=True)
class RandomPairs:
    """Any two, whatever was clicked."""

    def choose(self, belief: Belief, creations: Array, rng: np.random.Generator) -> Array:
        return random_pairs(len(check_creations(creations)), belief.mean.shape[:-1], rng)


@dataclass(frozen=True)
class ThompsonPairs:
    """Two tastes that may be true, drawn from the belief; each shows its best creation, the second its best other one.

    H. Wu and X. Liu, "Double Thompson Sampling for Dueling Bandits", NIPS 2016 (arXiv:1604.07101), draw twice and
    independently from what is believed of each pair of arms; here arms have features, and a taste is drawn, as in
    Y. Sui et al., "Multi-dueling Bandits with Dependent Arms", UAI 2017 (arXiv:1705.00253).
    """

    def choose(self, belief: Belief, creations: Array, rng: np.random.Generator) -> Array:
        creations = _believed_of(belief, creations)
        first = (belief.draw(rng) @ creations.T).argmax(axis=-1)
        utilities = belief.draw(rng) @ creations.T
        np.put_along_axis(utilities, first[..., None], -np.inf, axis=-1)
        return np.stack([first, utilities.argmax(axis=-1)], axis=-1)


@dataclass(frozen=True)
class InformativePairs:
    """Of so many random pairs the one whose answer is expected to say most about the taste (`information`)."""

    tried: int = 100

    def __post_init__(self) -> None:
        object.__setattr__(self, "tried", check_count("tried", self.tried))

    def choose(self, belief: Belief, creations: Array, rng: np.random.Generator) -> Array:
        creations = _believed_of(belief, creations)
        pairs = random_pairs(len(creations), (*belief.mean.shape[:-1], self.tried), rng)
        known = information(belief, creations[pairs[..., 0]] - creations[pairs[..., 1]])
        best = known.argmax(axis=-1)[..., None, None]
        return np.take_along_axis(pairs, best, axis=-2)[..., 0, :]


def random_pairs(creation_count: int, shape: int | tuple[int, ...], rng: np.random.Generator) -> Array:
    """Two different creations each, every pair with the same probability, int64 (*shape, 2)."""
    creation_count = check_count("creation_count", creation_count, least=2)
    sizes = shape if isinstance(shape, tuple | list) else (shape,)
    shape = tuple(check_count("a number of shape", size, least=0) for size in sizes)
    first = rng.integers(creation_count, size=shape)
    second = (first + rng.integers(1, creation_count, size=shape)) % creation_count
    return np.stack([first, second], axis=-1)


def information(belief: Belief, differences: Array) -> Array:
    """What the answer to each pair is expected to say about the taste, in nats from 0 to log 2, (..., n).

    differences: (..., n, d). The entropy of the answer, minus what of it the person's own noise makes, averaged over
    the belief: N. Houlsby et al., "Bayesian Active Learning for Classification and Preference Learning", 2011
    (arXiv:1112.5745), section 2; by quadrature of 16 points, as only w.difference counts, one Gaussian number.
    """
    differences = check_weights(differences, belief.mean.shape[-1], "Differences")
    middle = (differences @ belief.mean[..., None])[..., 0]
    logits = middle[..., None] + belief.spread(differences)[..., None] * _NODES
    answers = sigmoid(logits)
    return _entropy(answers @ _SHARES) - _entropy(answers) @ _SHARES


def _believed_of(belief: Belief, creations: Array) -> Array:
    """The creations, where the belief is of their features."""
    creations = check_creations(creations)
    if belief.mean.shape[-1] != creations.shape[1] or not np.isfinite(belief.mean).all():
        raise CourseError(
            f"A belief of finite numbers is wanted for each of {creations.shape[1]} features; the shape of this one's "
            f"mean is {belief.mean.shape}."
        )
    return creations


def _entropy(p: Array) -> Array:
    """Of a coin, in nats."""
    p = np.clip(p, 1e-300, 1 - 1e-16)
    return -p * np.log(p) - (1 - p) * np.log1p(-p)
