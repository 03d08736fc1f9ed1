"""A learner lets loose on a world: what it shows, what is clicked, and what the best item would have brought.

    played = play(rates, Thompson(), visitors=100_000, batch=100, seed=0)
    played.regret[-1]                       clicks lost against the best item, expected

Counts are brought up to date after each batch of visitors, as in a shop, not after each. NumPy only.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from course_lib import CourseError
from course_lib.theory.bandits.checking import as_number, check_count, check_rates
from course_lib.theory.bandits.learners import Learner

Array = np.ndarray


class Played(NamedTuple):
    """visitors: int (batches,), so far. regret: float (batches,), sum so far of best rate minus rate of the item shown,
    never falling. clicks: int (batches,), so far. shown: int (k,), how often each item, in all."""

    visitors: Array
    regret: Array
    clicks: Array
    shown: Array


def play(
    rates: ArrayLike,
    learner: Learner,
    visitors: int,
    batch: int = 100,
    seed: int = 0,
    discount: float = 1.0,
    window: int | None = None,
) -> Played:
    """So many visitors, batch by batch, the last one cut where it does not fit.

    rates: (k,), or (batches, k) for a world that changes, of which the best item is another from time to time.
    discount: what counts keep from batch to batch (V. Raj and S. Kalyani, "Taming Non-stationary Bandits: A Bayesian
    Approach", 2017, arXiv:1707.09727, for Thompson sampling). window: how many batches count at all (F. Trovo et al.,
    "Sliding-Window Thompson Sampling for Non-Stationary Environments", JAIR 68 (2020)). The pseudo-regret of S. Bubeck
    and N. Cesa-Bianchi, "Regret Analysis of Stochastic and Nonstochastic Multi-armed Bandit Problems", 2012, chapter 1:
    luck with clicks is not in it. Raises CourseError for rates of another number of batches and for other arguments
    that are none.
    """
    batch, visitors = check_count("batch", batch), check_count("visitors", visitors)
    batches = -(-visitors // batch)
    rates = check_rates(rates)
    if isinstance(learner, type) or not hasattr(learner, "choose"):
        raise CourseError(
            f"A learner that chooses is wanted, such as Thompson() or Uniform(), not {learner!r}."
        )
    if rates.ndim > 2:
        raise CourseError(f"Rates are of k items, (k,), or of each batch, (batches, k), not {rates.shape}.")
    if rates.ndim == 2 and len(rates) != batches:
        raise CourseError(
            f"Rates of {len(rates)} batches are given, and {visitors} visitors make {batches} batches of {batch}."
        )
    if not 0 < as_number(discount) <= 1:
        raise CourseError(f"discount is a share above 0 and at most 1, not {discount!r}.")
    if window is not None:
        window = check_count("window", window)
    rates = np.broadcast_to(rates, (batches, rates.shape[-1]))
    rng = np.random.default_rng(seed)
    remembered: deque[tuple[Array, Array]] = deque(maxlen=window)
    shown, clicked, total = (np.zeros(rates.shape[-1]) for _ in range(3))
    lost, clicks = np.empty(batches), np.empty(batches, int)
    here = np.full(batches, batch)
    here[-1] = visitors - batch * (batches - 1)
    for number in range(batches):
        items = learner.choose(shown, clicked, int(here[number]), rng)
        hits = rng.random(len(items)) < rates[number, items]
        lost[number] = (rates[number].max() - rates[number, items]).sum()
        clicks[number] = hits.sum()
        new = tuple(np.bincount(each, minlength=len(shown)) for each in (items, items[hits]))
        shown, clicked, total = discount * shown + new[0], discount * clicked + new[1], total + new[0]
        if window is not None:
            remembered.append(new)
            shown, clicked = _faded(remembered, discount)
    return Played(here.cumsum(), lost.cumsum(), clicks.cumsum(), total.astype(int))


def _faded(batches: Sequence[tuple[Array, Array]], discount: float) -> tuple[Array, Array]:
    """Shown and clicked of the last batches, added up anew: taking the oldest off fractions would leave a rounding, and
    an item that is forgotten a rate of rounding over rounding."""
    kept = discount ** np.arange(len(batches) - 1.0, -1, -1)
    shown, clicked = np.tensordot(kept, np.array(batches, float), axes=1)
    return shown, clicked
