"""How much each row of a log counts for another policy: its importance weight, and what forbids one.

    log = load_clicks("bts", "men")
    weights(log, "uniform")             (n,): 1 / items over the probability with which it was shown

A weight needs the probability of a logged row under *both* policies. For the uniform policy that is 1 / items, so it
can be judged from the rows of "bts", whose own probabilities were logged. The other way round, "bts" from the rows of
"random", the log does not hold what is wanted. NumPy only.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from course_lib import CourseError
from course_lib.datasets.clicks import ClickLog

Array = np.ndarray
STEP = 1 / 200_000
"""The propensities of `bts` are whole multiples of this: shares of a simulation, or rounded like such."""


def target_probabilities(log: ClickLog, target: str | ArrayLike = "uniform") -> Array:
    """How likely the policy to be judged shows each item, float (k,): "uniform", or the probabilities themselves.

    Raises CourseError for "bts" and other names, for what are no probabilities of k items, and for a target that shows
    an item which the log never does: of its clicks the log says nothing, and a weighted mean would count it as never
    clicked.
    """
    if isinstance(target, str):
        if target != "uniform":
            raise CourseError(
                f"The log of {log.policy!r} does not hold how likely {target!r} would have shown its items: ask for "
                "'uniform', or give probabilities, one an item."
            )
        chances = np.full(log.item_count, 1 / log.item_count)
    else:
        try:
            chances = np.asarray(target, float)
        except (TypeError, ValueError):
            raise CourseError(
                f"A target is 'uniform' or {log.item_count} probabilities; this is neither."
            ) from None
    if chances.shape != (log.item_count,) or not (chances >= 0).all() or abs(chances.sum() - 1) > 1e-6:
        raise CourseError(
            f"A target has one probability for each of {log.item_count} items, none below 0, with the sum 1; this one "
            f"has the shape {chances.shape} and the sum {chances.sum():.4g}."
        )
    if len(unseen := np.flatnonzero((chances > 0) & (log.counts[0] == 0))):
        raise CourseError(
            f"The log of {log.policy!r} in {log.campaign!r} never shows item {unseen[0]}, and the target does with "
            f"probability {chances[unseen[0]]:.3g}: nothing is known of its clicks."
        )
    return chances


def weights(log: ClickLog, target: str | ArrayLike = "uniform") -> Array:
    """Target probability of the item shown over its propensity, (n,). Raises as `target_probabilities` does."""
    return target_probabilities(log, target)[log.items] / log.propensities


def is_on_floor(log: ClickLog) -> Array:
    """bool (n,): rows whose propensity is below one `STEP`, less than the simulation behind it could have found.

    Such a number was put there so that it is not 0. Its weight is made up, too. The bundled log has one.
    """
    return log.propensities < 0.999 * STEP
