"""Moving about in latent space: straight and spherical walks, lengths, truncation. NumPy alone.

    path = slerp(a, b, np.linspace(0, 1, 10))      # (10, d), for gan.sample(latents=path)

Gaussian latents z ~ N(0, 1) of d numbers nearly all have a length close to sqrt(d): they fill a thin shell, and a
generator has hardly seen a latent from elsewhere.
"""

from __future__ import annotations

import numpy as np

from course_lib import CourseError


def lerp(a: np.ndarray, b: np.ndarray, t: float | np.ndarray) -> np.ndarray:
    """The straight line from a (d,) at t = 0 to b (d,) at t = 1; t a number or (n,), result (d,) or (n, d)."""
    a, b, t = _pair(a, b, t)
    return (1 - t) * a + t * b


def slerp(a: np.ndarray, b: np.ndarray, t: float | np.ndarray) -> np.ndarray:
    """The arc from a (d,) at t = 0 to b (d,) at t = 1, at even speed; t a number or (n,), result (d,) or (n, d).

        sin((1 - t) w) / sin(w) a + sin(t w) / sin(w) b        with w the angle between a and b

    White 2016, "Sampling Generative Networks" (arXiv:1609.04468), section 2.1. Latents of equal length keep it all
    along the way. Raises CourseError if a or b is 0, or if they point in opposite directions: then there are many
    arcs, and none is the shortest.
    """
    a, b, t = _pair(a, b, t)
    lengths = np.linalg.norm(a) * np.linalg.norm(b)
    if lengths == 0:
        raise CourseError("A latent of length 0 has no direction, so no arc leads to it; draw another one.")
    angle = np.arccos(np.clip(a @ b / lengths, -1, 1))
    if np.pi - angle < 1e-6:
        raise CourseError("These latents point in opposite directions: go by way of a third one.")
    if angle < 1e-6:
        return lerp(a, b, t[..., 0])  # arc and line are the same, and sin(angle) is too small to divide by
    return (np.sin((1 - t) * angle) * a + np.sin(t * angle) * b) / np.sin(angle)


def rescale(latents: np.ndarray) -> np.ndarray:
    """Latents (..., d), each brought to the length sqrt(d) without a change of direction."""
    latents = np.asarray(latents, "float64")
    lengths = np.linalg.norm(latents, axis=-1, keepdims=True)
    if not lengths.all():
        raise CourseError("A latent of length 0 has no direction to keep; draw another one.")
    return latents * (np.sqrt(latents.shape[-1]) / lengths)


def truncated_normal(count: int, latent_size: int, threshold: float, seed: int = 0) -> np.ndarray:
    """Latents (count, latent_size), float32, each number drawn from N(0, 1) again until it is within +-threshold.

    The "truncation trick" of Brock, Donahue and Simonyan 2019 (arXiv:1809.11096), section 3.1: a smaller threshold
    gives more typical and less varied images. The same seed starts from the same numbers for every threshold.
    """
    if not threshold >= 0.05:
        raise CourseError(f"threshold must be 0.05 or more, such as 1.0; not {threshold}.")
    random = np.random.default_rng(seed)
    latents = random.standard_normal((count, latent_size), dtype="float32")
    outside = np.abs(latents) > threshold
    while outside.any():
        latents[outside] = random.standard_normal(int(outside.sum()), dtype="float32")
        outside = np.abs(latents) > threshold
    return latents


def _pair(a: np.ndarray, b: np.ndarray, t: float | np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    a, b = np.asarray(a, "float64"), np.asarray(b, "float64")
    if a.ndim != 1 or a.shape != b.shape:
        raise CourseError(
            f"A walk leads from one latent (d,) to another, but these have {a.shape} and {b.shape}."
        )
    return a, b, np.asarray(t, "float64")[..., np.newaxis]
