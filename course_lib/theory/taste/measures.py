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
from course_lib.theory.bandits.checking import check_count
from course_lib.theory.taste.checking import check_creations, check_differences, check_pairs
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
    logits = (differences @ np.asarray(weights, float)[..., None])[..., 0]
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
    seen = check_creations(creations if features is None else features)
    return agreed(weights, seen, pairs, people.choice_probability(creations, pairs))


def agreed(weights: ArrayLike, features: ArrayLike, pairs: ArrayLike, first: ArrayLike) -> Array:
    """`expected_agreement` where the probabilities that the first of each pair is chosen are given, (p, n)."""
    features = check_creations(features)
    pairs = check_pairs(pairs, len(features))
    logits = np.asarray(weights, float) @ (features[pairs[:, 0]] - features[pairs[:, 1]]).T
    says_first = (1 + np.sign(logits)) / 2
    return (1 - first + says_first * (2 * np.asarray(first) - 1)).mean(axis=-1)


def ceiling(people: People, creations: ArrayLike, pairs: ArrayLike) -> Array:
    """The agreement of who knows the people's taste exactly, (p,): they do not always agree with themselves."""
    first = people.choice_probability(creations, pairs)
    return np.maximum(first, 1 - first).mean(axis=-1)


def recommend(weights: ArrayLike, features: ArrayLike, count: int = 1) -> Array:
    """Numbers of the creations of highest utility, best first, int64 (..., count), by weights (..., d)."""
    features = check_creations(features)
    if check_count("count", count) > len(features):
        raise CourseError(f"Of {len(features)} creations {count} cannot be recommended.")
    return np.argsort(-(np.asarray(weights, float) @ features.T), axis=-1, kind="stable")[..., :count]


def regret(
    weights: ArrayLike, people: People, creations: ArrayLike, features: ArrayLike | None = None
) -> Array:
    """How much utility is lost by the creation recommended, against the best of all, (p,), never below 0.

    A regret of 1 means: asked again and again, the person would choose the best over it in 73 of 100 cases.
    """
    utilities = people.utilities(creations)
    weights = np.broadcast_to(weights, (len(people), np.shape(weights)[-1]))
    chosen = recommend(weights, creations if features is None else features)
    return utilities.max(axis=1) - np.take_along_axis(utilities, chosen, axis=1)[:, 0]


def hits(weights: ArrayLike, people: People, creations: ArrayLike, count: int = 5, among: int = 20) -> Array:
    """Share of the `count` recommended creations that are among a person's own best `among`, (p,): a precision."""
    utilities = people.utilities(creations)
    if not count <= check_count("among", among) <= utilities.shape[1]:
        raise CourseError(f"among is from {count} to the {utilities.shape[1]} creations, not {among}.")
    weights = np.broadcast_to(weights, (len(people), np.shape(weights)[-1]))
    places = np.argsort(np.argsort(-utilities, axis=1, kind="stable"), axis=1)
    return (np.take_along_axis(places, recommend(weights, creations, count), axis=1) < among).mean(axis=1)
