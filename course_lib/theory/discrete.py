"""The gradient of an expectation over letters, and the ways to estimate it from single draws.

A letter c is drawn from softmax(logits), a judge gives it a value, and the logits are to raise E[value]. With k letters
the gradient is a sum of k terms; with 50 letters in 32 places it is one of 50 ** 32, and is estimated:

    letters = gumbel_max(logits, gumbel_noise((1000, 3), rng))
    reinforce_gradient(values, logits, letters).mean(axis=0)          near exact_gradient(values, logits)

A judge that is a network takes vectors y (k,) whose corners, the one-hot vectors, are the letters. Some estimators go
through its slope there or in between; `Bent` is such a judge whose values at the corners do not say how it bends.
Estimators return one estimate a draw, (n, k). NumPy only.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from course_lib import CourseError

Array = np.ndarray
Slope = Callable[[Array], Array]
"""The gradient of a judge by its input: vectors (n, k) to (n, k)."""


def softmax(logits: ArrayLike, temperature: float = 1.0) -> Array:
    """exp(logits / temperature) over its sum, along the last axis: (..., k) to (..., k)."""
    scaled = np.asarray(logits, float) / _checked(temperature)
    powers = np.exp(scaled - scaled.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def exact_gradient(values: ArrayLike, logits: ArrayLike) -> Array:
    """The gradient of sum_c p_c values_c by the logits, (k,): p_c (values_c - E[values]). It sums to 0.

    From d p_c / d logit_j = p_c ([c = j] - p_j); Sutton and Barto, "Reinforcement Learning", 2nd edition 2018, section
    2.8, where the derivation is written out.
    """
    values, logits = _fitting(values, logits)
    chances = softmax(logits)
    return chances * (values - chances @ values)


def gumbel_noise(shape: int | tuple[int, ...], rng: np.random.Generator) -> Array:
    """Standard Gumbel noise -log(-log u), u uniform in (0, 1): of mean 0.577 and variance pi^2 / 6."""
    uniform = np.maximum(
        rng.random(shape), np.finfo(float).tiny
    )  # random() may give 0, and log 0 is no number
    return -np.log(-np.log(uniform))


def gumbel_max(logits: ArrayLike, noise: Array) -> Array:
    """argmax(logits + noise): letters, int64 (n,), drawn from softmax(logits) if noise (n, k) is Gumbel's.

    Gumbel 1954; Maddison et al., "A* Sampling", 2014, section 2.
    """
    return (np.asarray(logits, float) + noise).argmax(axis=-1)


def one_hot(letters: ArrayLike, k: int) -> Array:
    """Corners of the simplex, float (n, k), of letters int (n,) in 0..k - 1."""
    return np.eye(k)[np.asarray(letters)]


@dataclass(frozen=True)
class Bent:
    """The judge f(y) = values . y + bend sum_c y_c (1 - y_c): `values` (k,) at the letters, whatever `bend` is.

    The second term is 0 at every corner. So the task, and its exact gradient, do not depend on bend, while what an
    estimator sees that looks between the corners, or at a slope, does.
    """

    values: tuple[float, ...]
    bend: float = 0.0

    def value(self, y: Array) -> Array:
        """f of vectors (n, k), (n,)."""
        return y @ np.asarray(self.values, float) + self.bend * (y * (1 - y)).sum(axis=-1)

    def slope(self, y: Array) -> Array:
        """The gradient of f at vectors (n, k), (n, k)."""
        return np.asarray(self.values, float) + self.bend * (1 - 2 * y)


def gumbel_softmax_gradient(slope: Slope, logits: ArrayLike, noise: Array, temperature: float) -> Array:
    """The gradient of f(softmax((logits + noise) / temperature)): the letter softened, and differentiated as it is.

    Exact for the softened task, biased for that of letters; a lower temperature takes bias for variance. Jang et al.,
    "Categorical Reparameterization with Gumbel-Softmax", 2017 (arXiv:1611.01144), section 2; Maddison et al., "The
    Concrete Distribution", 2017 (arXiv:1611.00712), section 3.
    """
    soft = softmax(np.asarray(logits, float) + noise, temperature)
    return _through_softmax(soft, slope(soft), temperature)


def straight_through_gradient(slope: Slope, logits: ArrayLike, letters: Array) -> Array:
    """Forward the letter drawn, backward as if its probabilities had gone on in its place.

    Bengio et al., "Estimating or Propagating Gradients Through Stochastic Neurons", 2013 (arXiv:1308.3432), section 4.
    For a judge that is linear the slope is the same everywhere, and this is the exact gradient, without any noise.
    """
    logits = np.asarray(logits, float)
    return _through_softmax(softmax(logits), slope(one_hot(letters, len(logits))), 1.0)


def straight_through_gumbel_gradient(
    slope: Slope, logits: ArrayLike, noise: Array, temperature: float
) -> Array:
    """Forward the letter argmax(logits + noise), backward as if it had been softened with the same noise.

    Jang et al. 2017, section 2.2.
    """
    logits = np.asarray(logits, float)
    soft = softmax(logits + noise, temperature)
    return _through_softmax(soft, slope(one_hot(gumbel_max(logits, noise), len(logits))), temperature)


def reinforce_gradient(values: ArrayLike, logits: ArrayLike, letters: Array, baseline: float = 0.0) -> Array:
    """(values_c - baseline) d log p_c: from the value of the letter alone, however it came about. Without bias.

    Williams, "Simple Statistical Gradient-Following Algorithms", 1992, section 4. The baseline may be any number that
    does not depend on the letter drawn: the score d log p_c = onehot(c) - p has mean 0.
    """
    values, logits = _fitting(values, logits)
    score = one_hot(letters, len(logits)) - softmax(logits)
    return (values[letters] - baseline)[:, None] * score


def best_baseline(values: ArrayLike, logits: ArrayLike) -> float:
    """The baseline with the least variance, summed over the logits: E[value |score|^2] / E[|score|^2].

    Greensmith et al., "Variance Reduction Techniques for Gradient Estimates", JMLR 2004, section 4. Near E[value], not
    equal to it: letters that are rare have long scores, and count for more.
    """
    values, logits = _fitting(values, logits)
    chances = softmax(logits)
    lengths = np.square(np.eye(len(logits)) - chances).sum(axis=1)
    return float((chances * lengths * values).sum() / (chances * lengths).sum())


class Errors(NamedTuple):
    """bias: distance of the mean estimate from the gradient. variance: of a single estimate, summed over the logits.
    sampling_error: of the mean; a bias of less than twice as much is none that shows."""

    bias: float
    variance: float
    sampling_error: float


def errors(estimates: Array, exact: Array) -> Errors:
    """Bias and variance of estimates (n, k), of the exact gradient (k,). Raises CourseError for fewer than two."""
    estimates, exact = np.asarray(estimates, float), np.asarray(exact, float)
    if estimates.ndim != 2 or len(estimates) < 2 or exact.shape != estimates.shape[1:]:
        raise CourseError(
            f"errors: two or more estimates (n, k) and a gradient (k,) are needed, not {estimates.shape} and "
            f"{exact.shape}."
        )
    variance = estimates.var(axis=0, ddof=1).sum()
    bias = np.linalg.norm(estimates.mean(axis=0) - exact)
    return Errors(float(bias), float(variance), float(np.sqrt(variance / len(estimates))))


def compare(
    values: ArrayLike,
    logits: ArrayLike,
    bend: float = 0.0,
    temperatures: Sequence[float] = (0.1, 0.5, 1.0),
    draws: int = 20_000,
    seed: int = 0,
) -> list[dict]:
    """Bias and variance of every estimator on one task, all from the same draws.

    Returns rows "estimator", "temperature" (None where it has none), "bias", "variance", "sampling_error".
    """
    if draws != int(draws) or draws < 2:
        raise CourseError(f"draws is how many estimates are made, a whole number from 2 on, not {draws!r}.")
    values, logits = _fitting(values, logits)
    slope = Bent(tuple(values), bend).slope
    noise = gumbel_noise((draws, len(logits)), np.random.default_rng(seed))
    letters = gumbel_max(logits, noise)
    found = [
        ("REINFORCE", None, reinforce_gradient(values, logits, letters)),
        (
            "REINFORCE, best baseline",
            None,
            reinforce_gradient(values, logits, letters, best_baseline(values, logits)),
        ),
        ("straight-through", None, straight_through_gradient(slope, logits, letters)),
    ]
    for temperature in temperatures:
        given = (slope, logits, noise, temperature)
        found.append(("straight-through Gumbel", temperature, straight_through_gumbel_gradient(*given)))
        found.append(("Gumbel-softmax", temperature, gumbel_softmax_gradient(*given)))
    exact = exact_gradient(values, logits)
    return [
        {"estimator": name, "temperature": temperature, **errors(estimates, exact)._asdict()}
        for name, temperature, estimates in found
    ]


def _through_softmax(soft: Array, slopes: Array, temperature: float) -> Array:
    """The chain rule through y = softmax(l / temperature): y (slope - y . slope) / temperature, (n, k)."""
    return soft * (slopes - (soft * slopes).sum(axis=-1, keepdims=True)) / temperature


def _checked(temperature: float) -> float:
    if not 0 < temperature < np.inf:
        raise CourseError(f"temperature is a number above 0, not {temperature!r}.")
    return temperature


def _fitting(values: ArrayLike, logits: ArrayLike) -> tuple[Array, Array]:
    values, logits = np.asarray(values, float), np.asarray(logits, float)
    if values.shape != logits.shape or values.ndim != 1 or not len(values):
        raise CourseError(
            f"Each letter has one value and one logit, both (k,); these are {values.shape} and {logits.shape}."
        )
    return values, logits
