"""How well is a taste known? Two questions, and they differ: which of any two is chosen, and which is liked best.

    agreement(belief.mean, held_out)                    share of held-out choices that the weights foretell
    expected_agreement(weights, people, creations, pairs), ceiling(people, creations, pairs)
    regret(weights, people, creations)                  utility that the recommended creation lacks

Intervals for a share: `course_lib.theory.bandits.proportions.wilson_interval`. NumPy only.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from course_lib import CourseError
from course_lib.theory.taste.checking import (
    check_count,
    check_creations,
    check_differences,
    check_numbers,
    check_pairs,
    check_weights,
)
from course_lib.theory.taste.people import People

Array = np.ndarray


def agreement(weights: ArrayLike, differences: ArrayLike) -> Array:
    """Share of choices (..., n, d), chosen minus other, that weights (..., d) foretell; undecided is half right.

    Use choices that the weights were not learned from, of pairs drawn at random: pairs that a chooser picked are
    those about which least is known. Raises CourseError without a choice.
    """
    differences = check_differences(differences)
    if not differences.shape[-2]:
        raise CourseError("Agreement is a share of held-out choices, and there are none.")
    weights = check_weights(weights, differences.shape[-1])
    if weights.ndim > 1 and weights.shape[:-1] != differences.shape[:-2]:
        raise CourseError(
            f"Weights are (d,), or a row for each person of choices {differences.shape}; these are {weights.shape}."
        )
    logits = (differences @ weights[..., None])[..., 0]
    return ((1 + np.sign(logits)) / 2).mean(axis=-1)


def expected_agreement(
    weights: ArrayLike,
    people: People,
    creations: ArrayLike,
    pairs: ArrayLike,
    features: ArrayLike | None = None,
) -> Array:
    """What `agreement` would be with endless choices of these people, (p,): no luck with clicks is in it.

    weights: (p, d), or (d,) for all. pairs: (n, 2). features: what the weights are of, (c, d); the creations unless
    told.
    """
    seen = _seen(creations, features)
    return agreed(weights, seen, pairs, people.choice_probability(creations, pairs))


def agreed(weights: ArrayLike, features: ArrayLike, pairs: ArrayLike, first: ArrayLike) -> Array:
    """`expected_agreement` where the probabilities that the first of each pair is chosen are given, (p, n)."""
    features = check_creations(features)
    pairs, first = check_pairs(pairs, len(features)), check_numbers("Probabilities", first)
    if pairs.ndim != 2 or not len(pairs) or first.ndim != 2 or first.shape[1] != len(pairs):
        raise CourseError(
            f"Agreement is a share of pairs (n, 2), at least one, with probabilities (p, n); these are {pairs.shape} "
            f"and {first.shape}."
        )
    logits = _of_each(weights, len(first), features) @ (features[pairs[:, 0]] - features[pairs[:, 1]]).T
    says_first = (1 + np.sign(logits)) / 2
    return (1 - first + says_first * (2 * first - 1)).mean(axis=-1)


def ceiling(people: People, creations: ArrayLike, pairs: ArrayLike) -> Array:
    """The agreement of who knows the people's taste exactly, (p,): they do not always agree with themselves."""
    first = people.choice_probability(creations, pairs)
    if not first.size:
        raise CourseError("Agreement is a share of pairs, and there are none.")
    return np.maximum(first, 1 - first).mean(axis=-1)


def recommend(weights: ArrayLike, features: ArrayLike, count: int = 1) -> Array:
    """Numbers of the creations of highest utility, best first, int64 (..., count), by weights (..., d)."""
    features = check_creations(features)
    count = check_count("count", count)
    if count > len(features):
        raise CourseError(f"Of {len(features)} creations {count} cannot be recommended.")
    return np.argsort(-(check_weights(weights, features.shape[1]) @ features.T), axis=-1, kind="stable")[
        ..., :count
    ]


def regret(
    weights: ArrayLike, people: People, creations: ArrayLike, features: ArrayLike | None = None
) -> Array:
    """How much utility is lost by the creation recommended, against the best of all, (p,), never below 0.

    A regret of 1 means: asked again and again, the person would choose the best over it in 73 of 100 cases.
    """
    utilities = people.utilities(creations)
    seen = _seen(creations, features)
    chosen = recommend(_of_each(weights, len(people), seen), seen)
    return utilities.max(axis=1) - np.take_along_axis(utilities, chosen, axis=1)[:, 0]


def hits(weights: ArrayLike, people: People, creations: ArrayLike, count: int = 5, among: int = 20) -> Array:
    """Share of the `count` recommended creations that are among a person's own best `among`, (p,): a precision."""
    utilities = people.utilities(creations)
    if not check_count("count", count) <= check_count("among", among) <= utilities.shape[1]:
        raise CourseError(f"among is from {count} to the {utilities.shape[1]} creations, not {among}.")
    weights = _of_each(weights, len(people), check_creations(creations))
    places = np.argsort(np.argsort(-utilities, axis=1, kind="stable"), axis=1)
    return (np.take_along_axis(places, recommend(weights, creations, count), axis=1) < among).mean(axis=1)


def _seen(creations: ArrayLike, features: ArrayLike | None) -> Array:
    """What the weights are of, a row for each creation."""
    creations = check_creations(creations)
    seen = creations if features is None else check_creations(features)
    if len(seen) != len(creations):
        raise CourseError(f"{len(creations)} creations have features of {len(seen)}.")
    return seen


def _of_each(weights: ArrayLike, people: int, features: Array) -> Array:
    """A row for each person, (p, d)."""
    weights = check_weights(weights, features.shape[1])
    if weights.shape[:-1] not in ((), (people,)):
        raise CourseError(
            f"Weights are (d,) for all, or a row for each of {people} people; these have the shape {weights.shape}."
        )
    return np.broadcast_to(weights, (people, weights.shape[-1]))
