"""Flow matching where everything is known: straight paths from noise to data, and the velocity they add up to.

A flow carries noise (t = 0) to data (t = 1) along dx/dt = u(x, t). Each pair of a noise x_0 and a thing x_1 has a path
and a velocity of its own; a network that learns the velocity of pairs drawn at random learns their mean at each place,
and that mean carries the whole crowd. For data of a few Gaussians it has a formula.

Lipman et al., "Flow Matching for Generative Modeling", 2023 (arXiv:2210.02747): paths, equations 20 to 23; the mean
velocity, equation 8.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from course_lib import CourseError

Array = NDArray[np.float64]


def conditional_path(
    noise: ArrayLike, data: ArrayLike, time: ArrayLike, least_std: float = 0.0
) -> tuple[Array, Array]:
    """Where the path of each pair is at its time, and its velocity there: (n, ...), (n, ...), (n,) to two (n, ...).

        x_t = (1 - (1 - s) t) x_0 + t x_1        u = x_1 - (1 - s) x_0

    Lipman et al. 2023, equations 22 and 23. time: from 0, all noise, to 1, where s = `least_std` of the noise is left.
    Raises CourseError if noise and data differ in shape, or if there is not one time for each pair.
    """
    noise, data, time = np.asarray(noise, float), np.asarray(data, float), np.asarray(time, float)
    if noise.shape != data.shape or time.shape not in ((), noise.shape[:1]):
        raise CourseError(
            f"conditional_path: noise and data of one shape and a time for each are needed, not {noise.shape}, "
            f"{data.shape} and {time.shape}."
        )
    time = time.reshape(time.shape + (1,) * (noise.ndim - time.ndim))
    point = (1 - (1 - least_std) * time) * noise + time * data
    return point, data - (1 - least_std) * noise + np.zeros_like(point)


def mixture_velocity(x: ArrayLike, time: float, centres: ArrayLike, std: float) -> Array:
    """u(x, t), the mean velocity of all pairs that pass x at time t, for points x (n, d): (n, d).

    Data: N(centre, std^2 I), each of the centres (k, d) equally often. The pairs of one centre m pass as a Gaussian
    of mean t m and variance v = (1 - t)^2 + t^2 std^2, with the velocity m + (t std^2 - (1 - t)) (x - t m) / v; centres
    count as much as they are likely to have sent what is at x.
    """
    x, centres = _points_and_centres(x, centres)
    variance = _variance(time, std)
    from_middle = x[:, None] - time * centres
    each = centres + (time * std**2 - (1 - time)) / variance * from_middle
    return np.einsum("nk,nkd->nd", _shares(from_middle, variance), each)


def mixture_log_density(x: ArrayLike, time: float, centres: ArrayLike, std: float) -> Array:
    """log p_t(x) of the same mixture on its way, (n, d) to (n,): N(0, I) at t = 0, the data at t = 1."""
    x, centres = _points_and_centres(x, centres)
    variance = _variance(time, std)
    exponents = -np.square(x[:, None] - time * centres).sum(axis=-1) / (2 * variance)
    largest = exponents.max(axis=1)
    total = largest + np.log(np.exp(exponents - largest[:, None]).mean(axis=1))
    return total - x.shape[1] / 2 * np.log(2 * np.pi * variance)


def _shares(from_middle: Array, variance: float) -> Array:
    """How likely each centre is to have sent each point, (n, k): shares that add up to 1."""
    exponents = -np.square(from_middle).sum(axis=-1) / (2 * variance)
    weights = np.exp(exponents - exponents.max(axis=1, keepdims=True))
    return weights / weights.sum(axis=1, keepdims=True)


def _variance(time: float, std: float) -> float:
    variance = None
    if np.ndim(time) == np.ndim(std) == 0 and 0 <= time <= 1 and 0 < std < np.inf:
        variance = (1 - time) ** 2 + time**2 * std**2
    if not variance:  # at t = 1 the square of a std such as 1e-200 is 0
        raise CourseError(f"A mixture's flow has a time from 0 to 1 and a std above 0, not {time} and {std}.")
    return variance


def _points_and_centres(x: ArrayLike, centres: ArrayLike) -> tuple[Array, Array]:
    x, centres = np.asarray(x, float), np.asarray(centres, float)
    if x.ndim != 2 or centres.ndim != 2 or x.shape[1] != centres.shape[1] or not len(centres):
        raise CourseError(
            f"Points (n, d) and centres (k, d) of one d are needed, but their shapes are {x.shape} and {centres.shape}."
        )
    return x, centres
