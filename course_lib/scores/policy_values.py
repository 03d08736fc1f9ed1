"""The uniform policy's value from a log that another policy wrote, by every estimator, with intervals.

    log = load_clicks("bts", "men")
    for row in uniform_values(log): print(row)          and what it earned itself: load_clicks("random", "men").rate

NumPy only.
"""

from __future__ import annotations

import numpy as np

from course_lib.datasets.click_weights import target_probabilities, weights
from course_lib.datasets.clicks import ClickLog
from course_lib.theory.bandits import off_policy
from course_lib.theory.bandits.bootstrap import bootstrap, percentile_interval
from course_lib.theory.bandits.item_rates import cross_fitted, item_rates
from course_lib.theory.bandits.off_policy import effective_samples

Array = np.ndarray
ESTIMATORS = ("ips", "self_normalised", "direct", "doubly_robust")
STRENGTH = 1000.0
"""Impressions of an average item that are added to an item's own; the logs cannot say: `item_rates.fit_spread`."""


def uniform_values(
    log: ClickLog, strength: float = STRENGTH, draws: int = 1000, seed: int = 0, confidence: float = 0.95
) -> list[dict]:
    """Rows "estimator", "value", "low", "high": `ESTIMATORS`, with the interval of `draws` bootstrap logs of each.

    Raises CourseError for a log that never shows some item.
    """
    target = target_probabilities(log, "uniform")
    return values(log.items, log.clicks, weights(log, target), target, strength, draws, seed, confidence)


def values(
    items: Array,
    rewards: Array,
    row_weights: Array,
    target: Array,
    strength: float = STRENGTH,
    draws: int = 1000,
    seed: int = 0,
    confidence: float = 0.95,
) -> list[dict]:
    """The same of columns (n,) and target probabilities (k,), for logs that were simulated.

    The direct method learns its rates anew from each bootstrap log. The doubly robust one keeps the rates that were
    cross-fitted once: from drawn logs, in which rows come twice, a row would help to predict itself.
    """
    predicted = cross_fitted(items, rewards, len(target), strength, seed=seed)
    items = np.asarray(items, int)  # `cross_fitted` has seen that they are whole
    target = np.asarray(target, float)
    told = predicted[np.arange(len(items)), items]

    def estimates(items: Array, rewards: Array, row_weights: Array, told: Array, value: Array) -> Array:
        shown = np.bincount(items, minlength=len(target))
        clicked = np.bincount(items, rewards, minlength=len(target))
        return np.array(
            [
                off_policy.ips(rewards, row_weights),
                off_policy.self_normalised(rewards, row_weights),
                off_policy.direct(item_rates(shown, clicked, strength), target),
                (value + row_weights * (rewards - told)).mean(),  # doubly robust
            ]
        )

    columns = (items, rewards, row_weights, told, predicted @ target)
    drawn = bootstrap(estimates, *columns, draws=draws, seed=seed)
    rows = []
    for name, value, of_drawn in zip(ESTIMATORS, estimates(*columns), drawn.T, strict=True):
        low, high = percentile_interval(of_drawn, confidence)
        rows.append({"estimator": name, "value": float(value), "low": low, "high": high})
    return rows


def clipped_values(log: ClickLog, limits: Array) -> list[dict]:
    """Rows of `off_policy.clipping_curve` for the uniform policy."""
    return off_policy.clipping_curve(log.clicks, weights(log, "uniform"), limits)


def weight_facts(log: ClickLog) -> dict[str, float]:
    """Of the uniform policy's weights: "effective_samples", "largest", "largest_clicked", "mean" (expected: 1)."""
    found = weights(log, "uniform")
    return {
        "effective_samples": effective_samples(found),
        "largest": float(found.max()),
        "largest_clicked": float(found[log.clicks == 1].max(initial=0)),
        "mean": float(found.mean()),
    }
