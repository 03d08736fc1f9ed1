"""A world so small that all its logs can be written down, each with its probability."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product

import numpy as np

RATES = (0.2, 0.7, 0.4)
POLICIES = ((0.6, 0.3, 0.1), (0.25, 0.25, 0.5))
"""Two moods of the policy that writes the log, equally likely in each row."""
TARGET = (0.1, 0.4, 0.5)
TRUTH = sum(share * rate for share, rate in zip(TARGET, RATES, strict=True))


def logs(rows: int) -> Iterator[tuple[float, np.ndarray, np.ndarray, np.ndarray]]:
    """Every log of so many rows: probability, items, rewards, propensities."""
    outcomes = [
        (0.5 * policy[item] * (rate if reward else 1 - rate), item, reward, policy[item])
        for policy in POLICIES
        for item, rate in enumerate(RATES)
        for reward in (0, 1)
    ]
    for log in product(outcomes, repeat=rows):
        chances, items, rewards, propensities = map(np.array, zip(*log, strict=True))
        yield float(chances.prod()), items, rewards, propensities


def mean_over_logs(estimate: Callable[[np.ndarray, np.ndarray, np.ndarray], float], rows: int) -> float:
    """What an estimator of (items, rewards, propensities) expects to say, by adding up."""
    return sum(
        chance * estimate(items, rewards, propensities) for chance, items, rewards, propensities in logs(rows)
    )
