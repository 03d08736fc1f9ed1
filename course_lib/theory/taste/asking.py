"""People are asked, click by click, and after each click we ask how well their taste is known.

    asked = ask(people, creations, ThompsonPairs(), clicks=40, seed=0)
    asked.agreement[20].mean()              over people, after twenty clicks

NumPy only.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from course_lib import CourseError
from course_lib.theory.taste import measures
from course_lib.theory.taste.bradley_terry import Belief, chosen_differences, fit
from course_lib.theory.taste.checking import check_count, check_creations, check_number, check_numbers
from course_lib.theory.taste.pairs import Chooser, random_pairs
from course_lib.theory.taste.people import People

Array = np.ndarray
HELD_OUT = 1000


class Asked(NamedTuple):
    """agreement, regret: (clicks + 1, p), before the first click, after it, and so on. ceiling: (p,), agreement of who
    knows them. pairs: int64 (p, clicks, 2) shown, choices: int64 (p, clicks). belief: at the end."""

    agreement: Array
    regret: Array
    ceiling: Array
    pairs: Array
    choices: Array
    belief: Belief


def ask(
    people: People,
    creations: ArrayLike,
    chooser: Chooser,
    clicks: int,
    seed: int = 0,
    features: ArrayLike | None = None,
    prior_variance: float = 1.0,
) -> Asked:
    """Show each person pair after pair, and learn from each click before the next pair is chosen.

    creations: (c, d), among which pairs and the recommended one are. features: what the model sees of them, (c, e);
    the creations unless told. prior_variance: of each weight, before the first click. Agreement is measured on 1,000
    random pairs of the creations, by the people's own probabilities (`measures.expected_agreement`), regret against
    their best creation. The same seed gives the same 1,000 pairs to each chooser.
    """
    creations = check_creations(creations)
    features = creations if features is None else check_creations(features)
    if len(features) != len(creations):
        raise CourseError(f"{len(creations)} creations have features of {len(features)}.")
    clicks = check_count("clicks", clicks, least=0)
    rng = np.random.default_rng(check_count("seed", seed, least=0))
    held_out = random_pairs(len(creations), HELD_OUT, rng)
    first = people.choice_probability(creations, held_out)
    pairs, choices = np.zeros((len(people), clicks, 2), int), np.zeros((len(people), clicks), int)
    agreements, regrets = [], []
    for click in range(clicks + 1):
        differences = chosen_differences(features, pairs[:, :click], choices[:, :click])
        belief = fit(differences, prior_covariance=prior_variance)
        agreements.append(measures.agreed(belief.mean, features, held_out, first))
        regrets.append(measures.regret(belief.mean, people, creations, features))
        if click < clicks:
            pairs[:, click] = chooser.choose(belief, features, rng)
            choices[:, click] = people.choose(creations, pairs[:, click : click + 1], rng)[:, 0]
    ceiling = measures.ceiling(people, creations, held_out)
    return Asked(np.array(agreements), np.array(regrets), ceiling, pairs, choices, belief)


def clicks_needed(measured: ArrayLike, level: float, rising: bool = True) -> float:
    """After how many clicks a curve (clicks + 1,) first reaches a level, between clicks by the straight line.

    rising: whether it comes from below, as agreement does, or from above, as regret does. Infinite if it never does.
    Raises CourseError for what is no curve of finite numbers: of several, take the mean before.
    """
    curve, level = check_numbers("Measured values", measured), check_number("level", level)
    if curve.ndim != 1 or not curve.size or not np.isfinite([*curve, level]).all():
        raise CourseError(
            f"A curve (clicks + 1,) and a level are wanted, finite numbers; this has the shape {curve.shape}."
        )
    curve, level = (curve, level) if rising else (-curve, -level)
    there = np.flatnonzero(curve >= level)
    if not there.size:
        return float("inf")
    at = int(there[0])
    if at == 0:
        return 0.0
    return at - 1 + (level - curve[at - 1]) / (curve[at] - curve[at - 1])
