"""How far apart are two densities on the line? Four answers, and the best discriminator between them.

A density is an array of its values on a grid `x` (increasing, even or not); an integral over it is a
trapezium sum. Everything is in natural logarithms, with the usual conventions 0 log 0 = 0 and
p log(p / 0) = infinity. Lesson 01 derives each formula; this copy adds the care for zeros.

Kullback-Leibler and Jensen-Shannon: Lin, "Divergence measures based on the Shannon entropy", 1991, sections 2
and 4. Optimal discriminator and value: Goodfellow et al., "Generative Adversarial Nets", 2014, section 4.1.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from course_lib import CourseError

Array = NDArray[np.float64]


def integrate(values: ArrayLike, x: ArrayLike) -> float:
    """The integral of a function over the grid `x`, shape (n,), from its `values` there, by the trapezium rule."""
    values, x = np.asarray(values, float), np.asarray(x, float)
    if values.shape != x.shape or x.ndim != 1 or x.size < 2:
        raise CourseError(
            f"integrate: one value for each grid point is needed, but values have shape {values.shape} "
            f"and x has shape {x.shape}"
        )
    return float(np.sum((values[1:] + values[:-1]) / 2 * np.diff(x)))


def normal(x: ArrayLike, mean: float = 0.0, std: float = 1.0) -> Array:
    """The normal density with this mean and standard deviation (`std` > 0) at the points `x`, same shape."""
    if std <= 0:
        raise CourseError(f"normal: std must be positive, but it is {std}")
    return np.exp(-(((np.asarray(x, float) - mean) / std) ** 2) / 2) / (std * np.sqrt(2 * np.pi))


def kullback_leibler(p: ArrayLike, q: ArrayLike, x: ArrayLike) -> float:
    """KL(p || q) = integral of p log(p / q), from 0 to infinity; not symmetric: the average is taken under p."""
    return integrate(_p_log_ratio(p, q), x)


def jensen_shannon(p: ArrayLike, q: ArrayLike, x: ArrayLike) -> float:
    """JS(p, q) = KL(p || m) / 2 + KL(q || m) / 2 with m = (p + q) / 2; symmetric, from 0 to log 2."""
    middle = (np.asarray(p, float) + np.asarray(q, float)) / 2
    return (kullback_leibler(p, middle, x) + kullback_leibler(q, middle, x)) / 2


def total_variation(p: ArrayLike, q: ArrayLike, x: ArrayLike) -> float:
    """TV(p, q) = half the integral of |p - q|, from 0 to 1: the largest difference in the probability of a set."""
    return integrate(np.abs(np.asarray(p, float) - np.asarray(q, float)), x) / 2


def wasserstein(p: ArrayLike, q: ArrayLike, x: ArrayLike) -> float:
    """W(p, q) = integral of |P - Q|, the cumulative distributions: least average way from p to q, in units of x."""
    x = np.asarray(x, float)
    difference = np.asarray(p, float) - np.asarray(q, float)
    steps = (difference[1:] + difference[:-1]) / 2 * np.diff(x)
    return integrate(np.abs(np.concatenate([[0.0], np.cumsum(steps)])), x)


def optimal_discriminator(p_data: ArrayLike, p_g: ArrayLike) -> Array:
    """D*(x) = p_data / (p_data + p_g), in [0, 1]; 1/2 where both are zero and any value is as good."""
    p_data, p_g = np.asarray(p_data, float), np.asarray(p_g, float)
    total = p_data + p_g
    return np.divide(p_data, total, out=np.full_like(total, 0.5), where=total > 0)


def best_value(p_data: ArrayLike, p_g: ArrayLike, x: ArrayLike) -> float:
    """V(D*, G): what the best discriminator earns in the game, from -log 4 (equal densities) to 0 (no overlap)."""
    total = np.asarray(p_data, float) + np.asarray(p_g, float)
    return integrate(_p_log_ratio(p_data, total) + _p_log_ratio(p_g, total), x)


def _p_log_ratio(p: ArrayLike, q: ArrayLike) -> Array:
    """p log(p / q) point by point, 0 where p is 0 and infinity where only q is."""
    p, q = np.asarray(p, float), np.asarray(q, float)
    if p.shape != q.shape:
        raise CourseError(
            f"two densities on one grid are needed, but their shapes are {p.shape} and {q.shape}"
        )
    with np.errstate(divide="ignore"):
        # A difference of logarithms, because the quotient of two tiny numbers can overflow.
        log_ratio = np.log(p, out=np.zeros_like(p), where=p > 0) - np.log(q)
    return np.multiply(p, log_ratio, out=np.zeros_like(p), where=p > 0)
