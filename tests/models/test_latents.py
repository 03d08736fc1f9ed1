"""Walks and truncation in latent space, against their laws."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib import CourseError
from course_lib.models import latents


def pair(seed: int, size: int = 8) -> tuple[np.ndarray, np.ndarray]:
    a, b = np.random.default_rng(seed).standard_normal((2, size))
    return a, b


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10**6), size=st.integers(2, 100), t=st.floats(0, 1))
def test_slerp_keeps_length_and_plane_and_goes_at_even_speed(seed: int, size: int, t: float) -> None:
    a, b = latents.rescale(np.array(pair(seed, size)))
    c = latents.slerp(a, b, t)
    assert np.linalg.norm(c) == pytest.approx(math.sqrt(size))
    whole = math.acos(np.clip(a @ b / size, -1, 1))
    assert math.acos(np.clip(a @ c / size, -1, 1)) == pytest.approx(t * whole, abs=1e-6)
    assert np.linalg.matrix_rank(np.stack([a, b, c]), tol=1e-9) <= 2


@pytest.mark.parametrize("walk", [latents.lerp, latents.slerp])
def test_a_walk_starts_and_ends_at_its_ends(walk) -> None:
    a, b = pair(1)
    path = walk(a, b, np.linspace(0, 1, 5))
    assert path.shape == (5, 8)
    np.testing.assert_allclose(path[[0, -1]], [a, b])
    np.testing.assert_allclose(walk(a, b, 0.25), path[1])


def test_slerp_between_orthogonal_latents_is_a_quarter_circle() -> None:
    quarter = latents.slerp(np.array([2.0, 0.0]), np.array([0.0, 2.0]), np.array([1 / 3, 1 / 2]))
    np.testing.assert_allclose(quarter, [[math.sqrt(3), 1.0], [math.sqrt(2), math.sqrt(2)]])


def test_the_middle_of_a_line_leaves_the_shell() -> None:
    a, b = np.random.default_rng(0).standard_normal((2, 2000, 64))
    middles = np.array([latents.lerp(x, y, 0.5) for x, y in zip(a, b, strict=True)])
    assert np.linalg.norm(middles, axis=1).mean() == pytest.approx(math.sqrt(64 / 2), rel=0.01)


def test_slerp_refuses_what_has_no_arc() -> None:
    a, _ = pair(2)
    with pytest.raises(CourseError, match="opposite"):
        latents.slerp(a, -2 * a, 0.5)
    with pytest.raises(CourseError, match="length 0"):
        latents.slerp(a, 0 * a, 0.5)
    with pytest.raises(CourseError, match=r"\(8,\) and \(3,\)"):
        latents.slerp(a, a[:3], 0.5)
    np.testing.assert_allclose(latents.slerp(a, a, np.array([0.0, 0.3])), [a, a])


def test_rescale_keeps_the_direction() -> None:
    a = np.array([[3.0, 4.0, 0.0, 0.0], [0.0, 0.0, -0.1, 0.0]])
    np.testing.assert_allclose(latents.rescale(a), [[1.2, 1.6, 0, 0], [0, 0, -2, 0]])
    with pytest.raises(CourseError, match="length 0"):
        latents.rescale(np.zeros(3))


def test_truncation_cuts_the_tails_and_only_them() -> None:
    free = latents.truncated_normal(500, 20, 10.0, seed=3)
    cut = latents.truncated_normal(500, 20, 1.0, seed=3)
    assert free.dtype == cut.dtype == np.float32 and np.abs(cut).max() <= 1
    inside = np.abs(free) <= 1
    np.testing.assert_array_equal(cut[inside], free[inside])
    # the variance of N(0, 1) cut at +-1: 1 - 2 phi(1) / (2 Phi(1) - 1)
    variance = 1 - 2 * math.exp(-0.5) / math.sqrt(2 * math.pi) / math.erf(1 / math.sqrt(2))
    assert cut.var() == pytest.approx(variance, rel=0.03)
    with pytest.raises(CourseError, match="threshold"):
        latents.truncated_normal(1, 1, 0.0)
