"""Which of two will be chosen? Taste as a weight for each feature, and what clicks let us believe of it.

    differences = chosen_differences(creations, pairs, choices)         chosen minus other, (n, d)
    belief = fit(differences)                                           Belief(mean (d,), covariance (d, d))
    belief.choice_probability(creations[3], creations[7])               0.83

The utility of a creation with features x (d,) is w.x, and a is chosen over b with probability sigmoid(w.(x_a - x_b)):
R. A. Bradley and M. E. Terry, "Rank Analysis of Incomplete Block Designs: I. The Method of Paired Comparisons",
Biometrika 39 (1952), whose positive ratings are exp(w.x) here. With a normal
distribution function instead of the sigmoid, and any smooth utility, E. Brochu, V. M. Cora and N. de Freitas steer
"preference galleries" of pictures so ("A Tutorial on Bayesian Optimization of Expensive Cost Functions", 2010,
arXiv:1012.2599). w is believed to be Gaussian before the first click.
All functions take many people at once: (people, n, d) gives a belief for each. NumPy only.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from course_lib import CourseError
from course_lib.theory.taste.checking import (
    as_array,
    check_creations,
    check_differences,
    check_numbers,
    check_pairs,
    check_weights,
)

Array = np.ndarray


def sigmoid(logits: ArrayLike) -> Array:
    """1 / (1 + exp(-l)), without an overflow where l is far below 0."""
    return (1 + np.tanh(check_numbers("Log-odds", logits) / 2)) / 2


def choice_probability(weights: ArrayLike, a: ArrayLike, b: ArrayLike) -> Array:
    """P(a is chosen over b) = sigmoid(w.(x_a - x_b)), (...) for weights, a and b of shape (..., d)."""
    weights = np.atleast_1d(check_numbers("Weights", weights))
    weights = check_weights(weights, weights.shape[-1])
    a, b = (check_weights(each, weights.shape[-1], "Creations") for each in (a, b))
    return sigmoid((weights * (a - b)).sum(axis=-1))


def chosen_differences(creations: ArrayLike, pairs: ArrayLike, choices: ArrayLike) -> Array:
    """Features of the chosen creation minus those of the other, (n, d): all that a click says in this model.

    creations: (c, d), or what a model sees of them. pairs: (n, 2), numbers of creations. choices: (n,), the number of
    the one that was chosen. Of several people (p, n, 2) and (p, n) give (p, n, d). No click gives (0, d).
    Raises CourseError for a choice that is neither of the two, for a creation paired with itself, for fewer than two
    creations and for features that are not finite.
    """
    creations = check_creations(creations)
    pairs, choices = check_pairs(pairs, len(creations)), as_array(choices)
    if choices.shape != pairs.shape[:-1]:
        raise CourseError(
            f"Each pair has one choice: {pairs.shape[:-1]} are wanted, and these have the shape {choices.shape}."
        )
    if choices.size and choices.dtype.kind == "b":
        raise CourseError("A choice is the number of the creation that was chosen, not True or False.")
    is_first = choices == pairs[..., 0]
    wrong = ~is_first & (choices != pairs[..., 1])
    if wrong.any():
        place = tuple(np.argwhere(wrong)[0])
        a, b = pairs[place]
        raise CourseError(
            f"Between {a} and {b} one of them is chosen, not {choices[place]}: leave out a pair that was not answered."
        )
    others = np.where(is_first, pairs[..., 1], pairs[..., 0])
    return creations[choices.astype(int)] - creations[others]


class Belief(NamedTuple):
    """A Gaussian for the weights: mean (..., d), covariance (..., d, d)."""

    mean: Array
    covariance: Array

    def draw(self, rng: np.random.Generator) -> Array:
        """Weights that may be true, (..., d), one draw for each person."""
        root = square_root(self.covariance)
        return self.mean + (root @ rng.normal(size=self.mean.shape)[..., None])[..., 0]

    def spread(self, differences: ArrayLike) -> Array:
        """Standard deviation of w.difference, (..., n), for differences (n, d) or (..., n, d)."""
        differences = check_weights(differences, self.mean.shape[-1], "Differences")
        variances = (differences @ self.covariance * differences).sum(axis=-1)
        return np.sqrt(np.maximum(variances, 0))  # of what is not doubted at all, a rounding may be below 0

    def probability(self, differences: ArrayLike) -> Array:
        """P(the click says so), averaged over all weights that may be true, (..., n), for differences (..., n, d).

        sigmoid(m / sqrt(1 + pi s^2 / 8)) with mean m and variance s^2 of w.difference, close to the integral: the
        moderated output of D. J. C. MacKay, "The Evidence Framework Applied to Classification Networks", Neural
        Computation 4 (1992). The less is known, the closer to a half.
        """
        differences = check_weights(differences, self.mean.shape[-1], "Differences")
        middle = (differences @ self.mean[..., None])[..., 0]
        return sigmoid(middle / np.sqrt(1 + np.pi * self.spread(differences) ** 2 / 8))

    def choice_probability(self, a: ArrayLike, b: ArrayLike) -> Array:
        """P(a is chosen over b), (...), as `probability` of their difference; a and b: (..., d), one a person."""
        a, b = (check_weights(each, self.mean.shape[-1], "Creations") for each in (a, b))
        return self.probability((a - b)[..., None, :])[..., 0]


def square_root(covariance: Array) -> Array:
    """R with R R' = covariance, (..., d, d): Cholesky's, or by eigenvectors where some direction is not doubted."""
    try:
        return np.linalg.cholesky(covariance)
    except np.linalg.LinAlgError:
        if not np.isfinite(covariance).all():
            raise CourseError("A covariance of finite numbers is wanted, and this one has NaN.") from None
        sizes, axes = np.linalg.eigh(covariance)
        return axes * np.sqrt(np.maximum(sizes, 0))[..., None, :]


def log_posterior(weights: Array, differences: Array, prior_mean: Array, precision: Array) -> Array:
    """log P(clicks | w) + log prior(w) up to a constant, (...); precision (d, d) is the prior's covariance inverted."""
    away = weights - prior_mean
    logits = (differences @ weights[..., None])[..., 0]
    return -np.logaddexp(0, -logits).sum(axis=-1) - (away @ precision * away).sum(axis=-1) / 2


def gradient(weights: Array, differences: Array, prior_mean: Array, precision: Array) -> Array:
    """Of `log_posterior` by the weights, (..., d): each click pulls by how unlikely it was."""
    surprise = sigmoid(-(differences @ weights[..., None]))
    return (differences * surprise).sum(axis=-2) - (weights - prior_mean) @ precision


def hessian(weights: Array, differences: Array, precision: Array) -> Array:
    """Of `log_posterior` by the weights twice, (..., d, d): never above minus the precision, so there is one mode."""
    p = sigmoid(differences @ weights[..., None])
    return -(np.swapaxes(differences, -1, -2) @ (p * (1 - p) * differences)) - precision


def fit(differences: ArrayLike, prior_mean: ArrayLike = 0.0, prior_covariance: ArrayLike = 1.0) -> Belief:
    """What clicks (..., n, d) let us believe of the weights: the mode by Newton's method, and Laplace's Gaussian there.

    The covariance is minus the Hessian at the mode, inverted (MacKay 1992, above; for Thompson sampling O. Chapelle and
    L. Li, "An Empirical Evaluation of Thompson Sampling", NIPS 2011, algorithm 3, which keeps its diagonal only).
    prior_mean: number or (d,). prior_covariance: a variance, or (d, d). Without a click, (0, d), the belief is the
    prior. Raises CourseError for differences that are not finite and for a covariance that is none.
    """
    differences = check_differences(differences)
    features = differences.shape[-1]
    mean = check_numbers("Means of the prior", prior_mean)
    if mean.shape not in ((), (features,)) or not np.isfinite(mean).all():
        raise CourseError(
            f"prior_mean is a finite number, or one for each of {features} features; this has the shape {mean.shape}."
        )
    mean = np.broadcast_to(mean, (features,))
    precision = _inverted(prior_covariance, features)
    weights = np.broadcast_to(mean, (*differences.shape[:-2], features)).copy()
    height = log_posterior(weights, differences, mean, precision)
    for _ in range(200):
        slope = gradient(weights, differences, mean, precision)
        step = np.linalg.solve(-hessian(weights, differences, precision), slope[..., None])[..., 0]
        if np.abs(step).max(initial=0) < 1e-9 * (1 + np.abs(weights).max(initial=0)):
            break
        for _ in range(60):  # a whole step may leap over the mode; half of it may not
            there = log_posterior(weights + step, differences, mean, precision)
            falls = there < height - 1e-9 * (1 + np.abs(height))
            if not falls.any():
                break
            step = np.where(falls[..., None], step / 2, step)
        weights, height = weights + step, there
    return Belief(weights, np.linalg.inv(-hessian(weights, differences, precision)))


def _inverted(covariance: ArrayLike, features: int) -> Array:
    """The precision (d, d) of a variance or a covariance."""
    covariance = check_numbers("Covariances of the prior", covariance)
    matrix = covariance * np.eye(features) if covariance.ndim == 0 else covariance
    good = (
        matrix.shape == (features, features) and np.isfinite(matrix).all() and np.allclose(matrix, matrix.T)
    )
    sizes = np.linalg.eigvalsh(matrix) if good else np.zeros(1)
    if (
        not 1e-15 <= sizes[0] <= sizes[-1] <= 1e15
    ):  # beyond, next to it nothing counts, or it counts for nothing
        raise CourseError(
            f"prior_covariance is a variance above 0, or a symmetric matrix ({features}, {features}) with eigenvalues "
            f"above 0; this one is {covariance if covariance.ndim == 0 else covariance.shape}."
        )
    return np.linalg.inv(matrix)
