"""CUSUM: small lasting changes found soon, at a known rate of false alarms.

    sums = cusum(values, allowance=0.5)                     S_n = max(0, S_{n-1} + x_n - k), an alarm at S_n >= h
    run_length(threshold=5)                                 930 values to a false alarm, on average
    run_length(threshold=5, shift=1)                        10.3: the delay after values have risen by one deviation
    run_length(5, steps=empirical(values))                  the same for values that are not normal
    threshold = threshold_for(1000)                         5.07: one false alarm in a thousand values

E. S. Page, "Continuous inspection schemes", Biometrika 41 (1954). Values are standardised where nothing else is said:
mean 0 and deviation 1 while all is well, independent of each other. An allowance of half the shift that matters is best
for it (G. V. Moustakides, "Optimal stopping times for detecting changes in distributions", Annals of Statistics 14,
1986, for known distributions). The sum begins at 0, where it cannot be lower: a change at another time is found as soon
or sooner. NumPy only.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from course_lib import CourseError
from course_lib.theory.bandits.checking import as_number, check_count, check_positive, numbers

Array = np.ndarray
Steps = Callable[[Array], Array]
"""A distribution: x of any shape to the probability of a value of x or less."""
STATES = 200
LONGEST = 1e12
"""Run lengths beyond are called infinite: there the equations have lost their digits."""
LONGEST_WANTED = 1_000_000
OVERSHOOT = 1.166
"""By how much, over both ends, a sum of normal steps oversteps the threshold (Siegmund 1985, chapter X)."""


def step(before: float, value: float, allowance: float = 0.5) -> float:
    """The next sum: S_n = max(0, S_{n-1} + x_n - k)."""
    return max(0.0, before + value - allowance)


def cusum(values: ArrayLike, allowance: float = 0.5) -> Array:
    """The sums of values (..., n) along the last axis, from S_0 = 0 and never begun again; the same shape.

    By the reflection of the plain sums C_n at their least: S_n = C_n - min(0, C_1, ..., C_n).
    """
    sums = (checked_values(values) - _allowance(allowance)).cumsum(axis=-1)
    return sums - np.minimum(np.minimum.accumulate(sums, axis=-1), 0)


def alarms(values: ArrayLike, threshold: float, allowance: float = 0.5) -> list[int]:
    """The numbers of the values (n,), from 1 on, at which S_n reaches the threshold; after each it is 0 again."""
    values = checked_values(values)
    if values.ndim != 1:
        raise CourseError(f"Alarms are of one sequence of values, (n,), not of the shape {values.shape}.")
    _threshold(threshold)
    found, total, allowance = [], 0.0, _allowance(allowance)
    for number, value in enumerate(values.tolist(), 1):
        total = step(total, value, allowance)
        if total >= threshold:
            found.append(number)
            total = 0.0
    return found


def normal(x: ArrayLike) -> Array:
    """The distribution of standardised values if they are normal: the probability of x or less."""
    x = np.asarray(x, float)
    return np.array([math.erfc(-each / math.sqrt(2)) / 2 for each in x.ravel()]).reshape(x.shape)


def empirical(values: ArrayLike) -> Steps:
    """The distribution of values (n,) that were measured, each of them alike; beyond the largest nothing is known."""
    ordered = np.sort(checked_values(values).ravel())
    return lambda x: np.searchsorted(ordered, x, side="right") / len(ordered)


def run_length(
    threshold: float, allowance: float = 0.5, shift: float = 0.0, steps: Steps = normal, states: int = STATES
) -> float:
    """The mean number of values until S >= threshold: to a false alarm without a shift, and with one the delay.

    The sum's range is cut into `states` cells, the one about 0 half as wide, and the sum made a Markov chain on their
    middles. With Q the chances to go from cell to cell, run lengths a by the cell that one begins in are a = 1 + Q a.
    D. Brook and D. A. Evans, "An approach to the probability distribution of CUSUM run length", Biometrika 59 (1972).
    shift: what is added to every value. Infinite where no values can carry the sum to the threshold.
    """
    threshold, states = _threshold(threshold), check_count("states", states, 2)
    moved = _allowance(allowance) - _number("shift", shift)
    width = 2 * threshold / (2 * states - 1)
    edges = steps(
        (np.arange(-states, states) + 0.5) * width + moved
    )  # a step of j cells ends below edges[j + states]
    cells = np.arange(states)
    reached = np.diff(edges)[cells[None] - cells[:, None] + states - 1]
    reached[:, 0] = edges[states - cells]
    try:
        found = float(np.linalg.solve(np.eye(states) - reached, np.ones(states))[0])
    except np.linalg.LinAlgError:
        return math.inf
    return found if 1 <= found < LONGEST else math.inf


def siegmund(threshold: float, allowance: float = 0.5, shift: float = 0.0) -> float:
    """The same for normal values, in one line: (e^(-2 d b) + 2 d b - 1) / (2 d^2), d = shift - k, b = h + 1.166.

    D. Siegmund, "Sequential Analysis" (1985), chapter X: a Brownian motion that must go a little further, since a sum
    that alarms has overstepped. b^2 in the limit d = 0.
    """
    drift = _number("shift", shift) - _allowance(allowance)
    length = _threshold(threshold) + OVERSHOOT
    if abs(drift * length) < 1e-4:
        return length**2
    return (math.exp(-2 * drift * length) + 2 * drift * length - 1) / (2 * drift**2)


def threshold_for(
    length: float, allowance: float = 0.5, steps: Steps = normal, states: int = STATES
) -> float:
    """The threshold with `run_length` of `length` values or just more while all is well, by halving.

    Values measured tell little of rare ones: a threshold from n of them for a length far beyond n is a guess. Raises
    CourseError where values never exceed the allowance, so that there is no alarm at any threshold.
    """
    if not 1 <= _number("length", length) <= LONGEST_WANTED:
        raise CourseError(
            f"length is how many values to a false alarm, from 1 to {LONGEST_WANTED:,}, not {length!r}."
        )
    low, high = 0.0, 1.0
    while (found := run_length(high, allowance, steps=steps, states=states)) < length:
        low, high = high, 2 * high
    if math.isinf(found) and math.isinf(run_length(1e-6, allowance, steps=steps, states=states)):
        raise CourseError(
            f"No value exceeds the allowance of {allowance:g}, so no threshold gives an alarm: take a smaller one."
        )
    for _ in range(40):
        middle = (low + high) / 2
        if run_length(middle, allowance, steps=steps, states=states) < length:
            low = middle
        else:
            high = middle
    return high


def simulated_run_lengths(
    threshold: float,
    allowance: float = 0.5,
    shift: float = 0.0,
    values: ArrayLike | None = None,
    runs: int = 1000,
    seed: int = 0,
    longest: int = 100_000,
) -> Array:
    """The lengths of so many runs until S >= threshold, int (runs,): what `run_length` is the mean of.

    values: (n,), drawn from with replacement; normal ones unless given. Raises CourseError where a run is not over
    after `longest` values.
    """
    threshold, allowance = _threshold(threshold), _allowance(allowance)
    runs, longest = check_count("runs", runs), check_count("longest", longest)
    rng = np.random.default_rng(check_count("seed", seed, 0))
    shift = _number("shift", shift)
    pool = None if values is None else checked_values(values).ravel()
    lengths, going, sums = np.zeros(runs, int), np.arange(runs), np.zeros(runs)
    for number in range(1, longest + 1):
        drawn = rng.normal(size=len(going)) if pool is None else rng.choice(pool, len(going))
        sums = np.maximum(0, sums + drawn + shift - allowance)
        over = sums >= threshold
        lengths[going[over]] = number
        going, sums = going[~over], sums[~over]
        if not len(going):
            return lengths
    raise CourseError(
        f"{len(going)} of {runs} runs are not over after {longest} values: lower the threshold, or let them be longer."
    )


def checked_values(values: ArrayLike) -> Array:
    """Values as floats, of one axis or more. Raises CourseError for none, and for NaN and infinities."""
    values = numbers("values", values)
    if not values.ndim or not values.size:
        raise CourseError(f"Values are wanted, at least one, as an array, not of the shape {values.shape}.")
    if not np.isfinite(values).all():
        raise CourseError(
            "The values hold NaN or infinite ones, which no sum survives: leave them out, and say so."
        )
    return values


def _allowance(value: float) -> float:
    if not _number("allowance", value) >= 0:
        raise CourseError(f"allowance is a number from 0 on, in deviations, not {value!r}.")
    return float(value)


def _threshold(value: float) -> float:
    return check_positive("threshold", _number("threshold", value))


def _number(name: str, value: float) -> float:
    if isinstance(value, bool | np.bool_) or not math.isfinite(as_number(value)):
        raise CourseError(f"{name} is a finite number, not {value!r}.")
    return float(value)
