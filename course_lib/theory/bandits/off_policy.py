"""What would another policy have earned? Its value, estimated from what one policy showed and what was clicked.

    w = importance_weights(1 / items, propensities)         rows that the other policy likes better count for more
    ips(clicks, w)                                          without bias, and noisy
    self_normalised(clicks, w)                              a little bias, within the range of the rewards
    doubly_robust(clicks, w, items, predicted, target)      a model's guess, put right by the weighted rows
    effective_samples(w)                                    how many rows drawn from that policy this is worth

n rows, k items. A weight is target / propensity: how likely the policy that is judged shows what was shown, over how
likely the policy that wrote the log showed it. NumPy only.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike

from course_lib import CourseError
from course_lib.theory.bandits.checking import check_positive, numbers, whole_items

Array = np.ndarray
TINY = np.finfo(float).tiny
"""1 over anything smaller is infinite."""


def importance_weights(target: ArrayLike, propensities: ArrayLike) -> Array:
    """target / propensities of the items shown, (n,); target (n,) or one number.

    Raises CourseError for a propensity of 0, above 1 or NaN (what has probability 0 is never shown), and for a target
    that is no probability.
    """
    propensities = numbers("propensities", propensities)
    if propensities.ndim != 1 or not len(propensities):
        raise CourseError(
            f"One propensity a row is wanted, (n,), and at least one; these have {propensities.shape}."
        )
    target = numbers("target", target)
    if target.shape not in ((), propensities.shape):
        raise CourseError(
            f"One target probability a row is wanted, {propensities.shape}, not {target.shape}."
        )
    target = np.broadcast_to(target, propensities.shape)
    for name, values, right in (
        ("propensity", propensities, (propensities >= TINY) & (propensities <= 1)),
        ("target probability", target, (target >= 0) & (target <= 1)),
    ):
        if not right.all():
            row = int(right.argmin())
            raise CourseError(f"Row {row}: {values[row]:g} is no {name} of an item that was shown.")
    return target / propensities


def ips(rewards: ArrayLike, weights: ArrayLike) -> float:
    """The mean of weight x reward: inverse propensity scoring. Without bias if the propensities are right, none is 0.

    D. G. Horvitz and D. J. Thompson, "A Generalization of Sampling Without Replacement From a Finite Universe", JASA 47
    (1952), section 3. May lie outside the range of the rewards.
    """
    rewards, weights = _rows(rewards, weights)
    return float((weights * rewards).mean())


def self_normalised(rewards: ArrayLike, weights: ArrayLike) -> float:
    """Sum of weight x reward over the sum of weights: a weighted mean, so within the range of the rewards.

    A. Swaminathan and T. Joachims, "The Self-Normalized Estimator for Counterfactual Learning", NIPS 2015. Biased, by
    less and less with more rows. Raises CourseError if all weights are 0.
    """
    rewards, weights = _rows(rewards, weights)
    if not weights.any():
        raise CourseError("All weights are 0: the target shows nothing of what the log shows.")
    weights = weights / weights.max()  # sums of huge weights overflow
    return float(weights @ rewards / weights.sum())


def direct(predicted: ArrayLike, target: ArrayLike) -> float:
    """The direct method: what a model says that the target would earn, sum_a target(a) predicted(a), over the rows.

    predicted: (k,), or (n, k) if the model sees more than the item; target: (k,) or (n, k). As biased as the model.
    """
    return float(_values(predicted, target).mean())


def doubly_robust(
    rewards: ArrayLike, weights: ArrayLike, items: ArrayLike, predicted: ArrayLike, target: ArrayLike
) -> float:
    """The direct method plus the weighted mean of what its model missed: right if propensities *or* model are.

    M. Dudik, J. Langford and L. Li, "Doubly Robust Policy Evaluation and Learning", ICML 2011. predicted: (k,) or
    (n, k), by a model that did not learn from the row itself (`item_rates.cross_fitted`), else its mistakes
    hide. items: what was shown, (n,) in 0..k - 1.
    """
    rewards, weights = _rows(rewards, weights)
    values, predicted = _values(predicted, target), numbers("predicted", predicted)
    items = whole_items(items, len(rewards), predicted.shape[-1])
    if np.ndim(target) == 2 and len(values) != len(rewards):
        raise CourseError(f"Target probabilities are of {len(values)} rows, and there are {len(rewards)}.")
    if predicted.ndim == 2 and len(predicted) != len(rewards):
        raise CourseError(f"Predictions are of {len(predicted)} rows, and there are {len(rewards)}.")
    told = predicted[items] if predicted.ndim == 1 else predicted[np.arange(len(items)), items]
    return float((values + weights * (rewards - told)).mean())


def effective_samples(weights: ArrayLike) -> float:
    """(sum of weights)^2 over the sum of their squares: how many rows of equal weight have the noise of these. 1 to n.

    A. B. Owen, "Monte Carlo theory, methods and examples", 2013, section 9.3; it goes back to L. Kish.
    It knows the weights alone, not the rewards. Raises CourseError if all weights are 0.
    """
    weights = _weights(weights)
    if not weights.any():
        raise CourseError("All weights are 0: no row of the log tells anything of the target.")
    weights = weights / weights.max()  # squares of huge weights overflow
    return float(weights.sum() ** 2 / (weights**2).sum())


def clip(weights: ArrayLike, most: float) -> Array:
    """No weight above `most`, (n,): less noise, and IPS becomes too low where rewards are not below 0.

    E. L. Ionides, "Truncated Importance Sampling", Journal of Computational and Graphical Statistics 17 (2008). Raises
    CourseError for a limit that is not above 0 and for weights below 0, infinite or NaN.
    """
    return np.minimum(_weights(weights), check_positive("most", most))


def clipping_curve(rewards: ArrayLike, weights: ArrayLike, limits: Iterable[float]) -> list[dict]:
    """What clipping at each limit does: rows "limit", "clipped" (share of rows), "kept" (share of the sum of weights),
    "ips", "self_normalised" and "effective_samples".

    Raises CourseError if all weights are 0, and as `clip` does.
    """
    rewards, weights = _rows(rewards, weights)
    if not weights.any():
        raise CourseError("All weights are 0: there is nothing to clip.")
    if not isinstance(limits, Iterable):
        raise CourseError(f"limits are several numbers, such as [10, 100], not {limits!r}.")
    rows = []
    for limit in limits:
        clipped = clip(weights, limit)
        rows.append(
            {
                "limit": float(limit),
                "clipped": float((weights > limit).mean()),
                "kept": float(clipped.sum() / weights.sum()),
                "ips": ips(rewards, clipped),
                "self_normalised": self_normalised(rewards, clipped),
                "effective_samples": effective_samples(clipped),
            }
        )
    return rows


def _rows(rewards: ArrayLike, weights: ArrayLike) -> tuple[Array, Array]:
    rewards, weights = numbers("rewards", rewards), numbers("weights", weights)
    if rewards.ndim != 1 or rewards.shape != weights.shape or not len(rewards):
        raise CourseError(
            f"One reward and one weight a row are wanted, (n,), and at least one row; these are {rewards.shape} and "
            f"{weights.shape}."
        )
    _check_each("reward", rewards, np.isfinite(rewards))
    return rewards, _weights(weights)


def _weights(weights: ArrayLike) -> Array:
    weights = numbers("weights", weights)
    if weights.ndim != 1 or not len(weights):
        raise CourseError(
            f"One weight a row is wanted, (n,), and at least one row; these are {weights.shape}."
        )
    _check_each("weight", weights, (weights >= 0) & np.isfinite(weights))
    return weights


def _check_each(name: str, values: Array, right: Array) -> None:
    if not right.all():
        row = int(right.argmin())
        raise CourseError(f"Row {row}: the {name} is {values[row]:g}; leave the row out, or mend it.")


def _values(predicted: ArrayLike, target: ArrayLike) -> Array:
    """What the model says of the target, for each row that either tells apart: (n,), or (1,)."""
    predicted, target = numbers("predicted", predicted), numbers("target", target)
    for name, each in (("Predictions", predicted), ("Target probabilities", target)):
        if each.ndim not in (1, 2) or not each.size:
            raise CourseError(f"{name} are of the items, (k,), or of each row, (n, k), not {each.shape}.")
    predicted, target = np.atleast_2d(predicted), np.atleast_2d(target)
    if predicted.shape[-1] != target.shape[-1]:
        raise CourseError(
            f"Predictions are of {predicted.shape[-1]} items, and target probabilities of {target.shape[-1]}."
        )
    if 1 not in (len(predicted), len(target)) and len(predicted) != len(target):
        raise CourseError(
            f"Predictions are of {len(predicted)} rows, and target probabilities of {len(target)}."
        )
    if not np.isfinite(predicted).all():
        raise CourseError("Predictions hold NaN or infinite values; np.isfinite(predicted) shows where.")
    if not ((target >= 0).all() and np.allclose(target.sum(axis=-1), 1, atol=1e-6)):
        raise CourseError("Target probabilities of the items are none below 0, with the sum 1.")
    return (predicted * target).sum(axis=-1)
