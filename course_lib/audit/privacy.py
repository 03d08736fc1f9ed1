"""Differential privacy: numbers that say little of any one person, and an accountant of how little.

A method is (epsilon, delta)-private if, whoever is added to the data or removed, every set of outcomes becomes at most
exp(epsilon) times as likely, plus delta (Dwork & Roth 2014, "The Algorithmic Foundations of Differential Privacy",
definition 2.4). `laplace` makes counts private at once, with delta = 0. A training touches the data in every step: each
step's gradients are `clipped` person by person, averaged and noised (`noisy_mean`), and `epsilon` adds the steps up.

    noise = noise_for(3.0, sampling_rate=256 / 60_000, steps=2_000, delta=1e-5)
"""

from __future__ import annotations

import math

import numpy as np

from course_lib import CourseError
from course_lib.datasets.checking import check_whole
from course_lib.datasets.numbers import check_number
from course_lib.scores.clouds import finite

Array = np.ndarray
ORDERS = (*range(2, 129), 256, 512, 1024)
"""Of the Rényi divergence. Each gives a bound that holds, so the least counts; more orders make it a little tighter."""
TINY = 1e-12
MOST_STEPS = 10**12
_LOG_FACTORIALS = np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, ORDERS[-1] + 1)))])


def laplace(counts: Array, epsilon: float, sensitivity: float = 1.0, seed: int = 0) -> Array:
    """Counts of any shape plus noise of density exp(-|x| / scale) / (2 scale), scale = sensitivity / epsilon.

    Private with this epsilon and delta = 0, for whoever does not know the seed (Dwork & Roth 2014, theorem 3.6).
    sensitivity: by how much one person can change the counts, absolute changes added up over all of them.
    The result is float64 and may be negative; rounding it afterwards costs no privacy. Its last digits are not safe
    against somebody who looks for them (Mironov 2012, "On Significance of the Least Significant Bits").
    """
    counts = finite("counts", counts)
    check_number("epsilon", "how much the counts may tell", epsilon, TINY, 1e6)
    check_number("sensitivity", "by how much one person can change the counts", sensitivity, TINY, 1e12)
    check_whole("seed", "what the noise follows from", seed, 0)
    return counts + np.random.default_rng(seed).laplace(0, float(sensitivity) / float(epsilon), counts.shape)


def clipped(gradients: Array, bound: float) -> Array:
    """Gradients (n, d), one a row and person, none longer than `bound`: longer ones are scaled down to it."""
    gradients = finite("gradients", gradients)
    if gradients.ndim != 2:
        raise CourseError(f"Gradients are (n, d), a row for each example, but these have {gradients.shape}.")
    check_number("bound", "the length that no example's gradient passes", bound, TINY, 1e12)
    if np.abs(gradients).max(initial=0) > 1e150:  # their squares are infinite, and such a row would become 0
        raise CourseError("The gradients hold values above 1e150: the training has diverged.")
    lengths = np.linalg.norm(gradients, axis=1, keepdims=True)
    return gradients * (bound / np.maximum(lengths, bound))


def noisy_mean(gradients: Array, bound: float, noise: float, batch: float, rng: np.random.Generator) -> Array:
    """The sum of the clipped gradients (n, d), plus Gaussian noise of deviation noise * bound, over `batch`: (d,).

    Abadi et al. 2016 (arXiv:1607.00133), algorithm 1. Clipping the mean instead would not do: one person with a very
    long gradient could turn it from +bound to -bound, however many others there are; so each is clipped first, and
    moves the sum by at most `bound`. batch: the expected number of examples, not the number drawn, which tells
    something about who is there; n may be 0.
    """
    gradients = clipped(gradients, bound)
    check_number("noise", "the noise in units of bound", noise, 0, 1e6)
    check_number("batch", "how many examples are expected", batch, TINY, 1e12)
    if not isinstance(rng, np.random.Generator):
        raise CourseError("rng is where the noise comes from: np.random.default_rng(seed).")
    return (
        gradients.sum(axis=0) + float(noise) * float(bound) * rng.standard_normal(gradients.shape[1])
    ) / batch


def renyi(order: int, sampling_rate: float, noise: float) -> float:
    """The Rényi divergence that one step of `noisy_mean` can cause, each person taken with chance `sampling_rate`.

    Of order a >= 2, whole, with q = sampling_rate and s = noise:

        1 / (a - 1) * log of the sum over k = 0..a of C(a, k) (1 - q)^(a - k) q^k exp(k (k - 1) / (2 s^2))

    Mironov, Talwar & Zhang 2019 (arXiv:1908.10530), section 3.3; it bounds adding a person as well as removing one.
    Each is taken or not independently of all others ("Poisson sampling"). Infinite where noise is below 1e-12.
    """
    check_whole("order", "which Rényi divergence is wanted", order, 2, ORDERS[-1])
    check_number("sampling_rate", "the chance that a step uses an example", sampling_rate, TINY, 1)
    check_number("noise", "the noise in units of bound", noise, 0, 1e6)
    order, sampling_rate, noise = int(order), float(sampling_rate), float(noise)
    if noise < TINY:  # the square of a smaller one is 0 at last, and what follows would divide by it
        return math.inf
    if sampling_rate == 1:
        return order / (2 * noise**2)
    k = np.arange(order + 1)
    terms = _LOG_FACTORIALS[order] - _LOG_FACTORIALS[k] - _LOG_FACTORIALS[order - k]
    terms = terms + k * math.log(sampling_rate) + (order - k) * math.log1p(-sampling_rate)
    terms = terms + k * (k - 1) / (2 * noise**2)
    return max(0.0, float(np.logaddexp.reduce(terms)) / (order - 1))


def epsilon(sampling_rate: float, noise: float, steps: int, delta: float) -> float:
    """The epsilon of so many steps of `noisy_mean`, for this delta; what is done with their results costs nothing more.

    Rényi divergences of steps add up; the conversion is that of Canonne, Kamath & Steinke 2020 (arXiv:2004.00010),
    proposition 12:  epsilon = divergence + log(1 - 1 / a) - log(delta a) / (a - 1),  the least over `ORDERS`.
    delta: in (0, 1), well below 1 / (number of people), since giving one of them away outright costs about that much.
    """
    check_whole("steps", "how often the data are used", steps, 1, MOST_STEPS)
    check_number("delta", "the chance left out of the promise", delta, 1e-300, 1 - TINY)
    steps, delta = int(steps), float(delta)
    bounds = [
        steps * renyi(order, sampling_rate, noise)
        + math.log1p(-1 / order)
        - math.log(delta * order) / (order - 1)
        for order in ORDERS
    ]
    return max(0.0, min(bounds))


def noise_for(target: float, sampling_rate: float, steps: int, delta: float) -> float:
    """The least noise, to one part in 10,000, with which so many steps have an epsilon of at most `target`."""
    check_number("target", "the epsilon that may be spent", target, 0.01, 1000)
    low, high = 1e-2, 1e6
    if epsilon(sampling_rate, high, steps, delta) > target:
        raise CourseError(
            f"No noise makes epsilon {target:g} at delta {delta:g}: allow more of either, or fewer steps."
        )
    while high > 1.0001 * low:
        middle = math.sqrt(low * high)
        low, high = (middle, high) if epsilon(sampling_rate, middle, steps, delta) > target else (low, middle)
    return high


def caught_at_most(epsilon: float, delta: float, false_alarms: float) -> float:
    """The largest share of members that any attack can find at so many false alarms, whatever it knows.

    Kairouz, Oh & Viswanath 2015 (arXiv:1311.0776), theorem 2.1: the method is (epsilon, delta)-private exactly if
    caught <= exp(epsilon) false_alarms + delta, and the same the other way about. `membership.caught` measures one
    attack. epsilon: from 0 on; beyond 700, infinity among it, it bounds nothing.
    """
    check_number("epsilon", "what the method promises", epsilon, 0, math.inf)
    check_number("delta", "the chance left out of the promise", delta, 0, 1)
    check_number("false_alarms", "the share of others taken for members", false_alarms, 0, 1)
    if epsilon > 700:  # exp would overflow; where nothing is promised, all may be caught
        return 1.0
    epsilon, delta, false_alarms = float(epsilon), float(delta), float(false_alarms)
    few = math.exp(epsilon) * false_alarms + delta
    many = 1 - math.exp(-epsilon) * (1 - delta - false_alarms)
    return min(1.0, few, many)
