"""How far would an estimate be off with another log of the same kind? Ask logs drawn from this one, with replacement.

    draws = bootstrap(ips, clicks, weights)             1,000 estimates
    percentile_interval(draws)                          from 2.5 % of them to 97.5 %

What is not in the log cannot be drawn. Where the noise comes from rare rows with huge weights, most logs lack them,
find themselves quiet, and give an interval that is too short: data/ad_tests.csv says by how much. NumPy only.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from course_lib import CourseError
from course_lib.theory.bandits.checking import check_count, check_share, numbers

Array = np.ndarray


def bootstrap(
    estimator: Callable[..., float | Array], *columns: ArrayLike, draws: int = 1000, seed: int = 0
) -> Array:
    """`estimator(*columns)` of rows drawn with replacement, (draws,), or (draws, m) if it gives m numbers at once.

    Columns: (n,) or (n, ...), n alike; the same rows are drawn of all. B. Efron, "Bootstrap Methods: Another Look at
    the Jackknife", Annals of Statistics 7 (1979). Rows count as independent; those of one visitor, or of a policy that
    learns, are not quite. Raises CourseError for columns of different or no length.
    """
    draws = check_count("draws", draws)
    arrays = [np.asarray(column) for column in columns]
    lengths = {len(array) if array.ndim else 0 for array in arrays}
    if len(lengths) != 1 or lengths == {0}:
        raise CourseError(
            f"Columns of one length, with one row or more, are wanted; these have {sorted(lengths)}."
        )
    (rows,) = lengths
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(draws):
        chosen = rng.integers(rows, size=rows)
        found.append(estimator(*(array[chosen] for array in arrays)))
    return np.array(found)


def percentile_interval(draws: ArrayLike, confidence: float = 0.95) -> tuple[float, float]:
    """Between which numbers the middle `confidence` of the draws lie. The simplest bootstrap interval.

    draws: (draws,). B. Efron and R. J. Tibshirani, "An Introduction to the Bootstrap", 1993, chapter 13.
    """
    draws = numbers("draws", draws)
    tail = (1 - check_share("confidence", confidence)) / 2
    if draws.ndim != 1:
        raise CourseError(
            f"An interval is of one estimate at a time, (draws,), not {draws.shape}: take draws[:, 0], then the next."
        )
    if not draws.size or not np.isfinite(draws).all():
        raise CourseError("An interval needs estimates, at least one and none of them NaN.")
    low, high = np.quantile(draws, [tail, 1 - tail])
    return float(low), float(high)
