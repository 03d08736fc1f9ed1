"""What a variational autoencoder maximises, in pieces that quadrature can check. Logarithms are natural, values nats.

    log p(x) = E_q[log p(x, z) - log q(z)] + KL(q || p(z | x))        the evidence: its lower bound, and the gap

Kingma and Welling, "Auto-Encoding Variational Bayes", 2014 (arXiv:1312.6114), section 2.2 and appendix B;
Rezende, Mohamed and Wierstra, "Stochastic Backpropagation", 2014 (arXiv:1401.4082). Score function: Williams,
"Simple statistical gradient-following algorithms", 1992; the variance of both: Mohamed et al., "Monte Carlo Gradient
Estimation in Machine Learning", 2020 (JMLR 21), sections 4.3 and 5.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from course_lib import CourseError
from course_lib.theory.divergences import integrate, normal

Array = NDArray[np.float64]
Function = Callable[[Array], Array]


def gaussian_kl(
    mean: ArrayLike, log_variance: ArrayLike, other_mean: ArrayLike = 0.0, other_log_variance: ArrayLike = 0.0
) -> Array:
    """KL(N(m, v) || N(m', v')) of Gaussians with diagonal covariance, (..., d) to (...); N(0, 1) unless told.

        sum over d of (log v' - log v + (v + (m - m')^2) / v' - 1) / 2

    Kingma and Welling 2014, appendix B, where m' = 0 and v' = 1. Raises CourseError if shapes do not fit.
    """
    parts = [np.asarray(part, float) for part in (mean, log_variance, other_mean, other_log_variance)]
    try:
        mean, log_variance, other_mean, other_log_variance = np.broadcast_arrays(*parts)
    except ValueError:
        shapes = ", ".join(str(part.shape) for part in parts)
        raise CourseError(
            f"gaussian_kl: means and log-variances of one shape are needed, not {shapes}."
        ) from None
    if mean.ndim == 0:
        raise CourseError(
            "gaussian_kl: a Gaussian is (d,) numbers or (..., d), not a single one; use [mean]."
        )
    # Differences and ratios of logarithms: exact 0 for equal Gaussians, and no division by a variance that underflows.
    ratio = log_variance - other_log_variance
    apart = np.square(mean - other_mean) * np.exp(-other_log_variance)
    return (np.expm1(ratio) - ratio + apart).sum(axis=-1) / 2


class LineModel:
    """A latent-variable model on the line: z ~ N(0, 1) is drawn first, then x ~ N(decode(z), noise^2).

    decode: numbers (n,) to numbers (n,), as crooked as you like. noise: a standard deviation above 0.
    All integrals over z are trapezium sums on `grid`, (points,) from -8 to 8, beyond which the prior holds 1e-15.
    """

    def __init__(self, decode: Function, noise: float, points: int = 4001):
        if not 0 < noise < np.inf:
            raise CourseError(f"LineModel: noise is a standard deviation above 0, not {noise}.")
        self.grid = np.linspace(-8.0, 8.0, points)
        self.noise = noise
        self.means = np.asarray(decode(self.grid), float)

    def log_joint(self, x: float) -> Array:
        """log p(x, z) = log p(z) + log p(x | z) for every z of the grid, (points,)."""
        return _log_normal(self.grid, 0.0, 1.0) + _log_normal(x, self.means, self.noise)

    def evidence(self, x: float) -> float:
        """log p(x), the logarithm of the integral of p(x, z) over z."""
        joint = self.log_joint(x)
        largest = joint.max()  # taken out, since all of p(x, z) may be smaller than the smallest number
        return float(largest + np.log(integrate(np.exp(joint - largest), self.grid)))

    def posterior(self, x: float) -> Array:
        """p(z | x) = p(x, z) / p(x) on the grid, a density, (points,)."""
        return np.exp(self.log_joint(x) - self.evidence(x))

    def elbo(self, x: float, mean: float, std: float) -> float:
        """E_q[log p(x, z) - log q(z)] with q = N(mean, std^2): the evidence lower bound, never above `evidence(x)`.

        Raises CourseError for a q that the grid does not hold, as does `gap`.
        """
        q = self._on_the_grid(mean, std)
        return integrate(q * (self.log_joint(x) - _log_normal(self.grid, mean, std)), self.grid)

    def gap(self, x: float, mean: float, std: float) -> float:
        """KL(q || p(z | x)): what the bound lacks, never below 0."""
        # From logarithms: far from all that explains x the posterior is 0 in floating point, and its logarithm is not.
        log_posterior = self.log_joint(x) - self.evidence(x)
        q = self._on_the_grid(mean, std)
        return integrate(q * (_log_normal(self.grid, mean, std) - log_posterior), self.grid)

    def _on_the_grid(self, mean: float, std: float) -> Array:
        """The density of N(mean, std^2), (points,): of one beyond the grid, or between its points, sums say nothing."""
        q = normal(self.grid, mean, std)
        if not abs(integrate(q, self.grid) - 1) < 1e-4:
            raise CourseError(
                f"LineModel: q = N({mean}, {std}^2) does not fit its grid, from {self.grid[0]:g} to {self.grid[-1]:g} "
                f"in {len(self.grid)} points: take a mean nearer to 0, or another std."
            )
        return q


def reparameterized_gradient(slope: Function, mean: float, log_std: float, noise: Array) -> Array:
    """One estimate a sample of the gradient of E[f(z)], z ~ N(mean, std^2), by (mean, log_std): (n,) to (n, 2).

    z = mean + std noise is a function of both, so the chain rule goes through f: slope(z) (1, std noise). Kingma and
    Welling 2014, section 2.4. slope: the derivative of f. noise: (n,), from N(0, 1).
    """
    noise = np.asarray(noise, float)
    along = np.exp(log_std) * noise
    slopes = slope(mean + along)
    return np.stack([slopes, slopes * along], axis=-1)


def score_function_gradient(
    f: Function, mean: float, log_std: float, noise: Array, baseline: float = 0.0
) -> Array:
    """The same gradient from values of f alone, however f comes about: (f(z) - baseline) d log q(z), (n,) to (n, 2).

    Williams 1992 (REINFORCE), section 4. The baseline may be any number that does not depend on these samples: the
    score has mean 0, so it shifts nothing, and a good one, near E[f(z)], takes much of the variance away.
    """
    noise = np.asarray(noise, float)
    std = np.exp(log_std)
    weights = f(mean + std * noise) - baseline
    return np.stack([weights * noise / std, weights * (np.square(noise) - 1)], axis=-1)


def bits_per_dimension(log_likelihood: ArrayLike, dimensions: int) -> Array:
    """What coding costs: -log_likelihood / (dimensions log 2), of nats (...) to bits for each of the dimensions."""
    if dimensions < 1:
        raise CourseError(f"bits_per_dimension: there is at least one dimension, not {dimensions}.")
    return -np.asarray(log_likelihood, float) / (dimensions * np.log(2))


def _log_normal(x: ArrayLike, mean: ArrayLike, std: float) -> Array:
    """log N(x; mean, std^2), also where the density itself would be 0 in floating point."""
    standardized = (np.asarray(x, float) - mean) / std
    return -np.square(standardized) / 2 - np.log(std) - np.log(2 * np.pi) / 2
