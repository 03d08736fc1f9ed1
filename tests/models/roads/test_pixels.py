"""The likelihood of 8-bit pixels: it adds up to one, is drawn from as it says, and counts in bits."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib import CourseError
from course_lib.models.roads import pixels

VALUES = (np.arange(256) / 127.5 - 1).astype("float32")


def log_likelihoods(mean: float, log_scale: float) -> np.ndarray:
    return np.asarray(pixels.log_likelihood(VALUES, np.float32(mean), np.float32(log_scale)), "float64")


@given(st.floats(-3, 3), st.floats(-5, 1))
def test_the_256_probabilities_add_up_to_one(mean: float, log_scale: float) -> None:
    found = log_likelihoods(mean, log_scale)
    assert np.isfinite(found).all()
    assert np.exp(found).sum() == pytest.approx(1, abs=1e-4)


def test_a_value_has_what_the_logistic_has_between_its_edges() -> None:
    mean, scale = 0.13, 0.07
    edges = np.concatenate([[-np.inf], VALUES[1:].astype("float64") - pixels.HALF, [np.inf]])
    with np.errstate(over="ignore"):
        cumulative = 1 / (1 + np.exp(-(edges - mean) / scale))
    np.testing.assert_allclose(np.exp(log_likelihoods(mean, np.log(scale))), np.diff(cumulative), atol=1e-6)


def test_a_tiny_scale_and_a_far_mean_have_finite_values_and_slopes() -> None:
    import tensorflow as tf

    mean, log_scale = tf.Variable([5.0, -0.3, 0.0]), tf.Variable(-9.0)
    with tf.GradientTape() as tape:
        total = tf.reduce_sum(pixels.log_likelihood(tf.constant([-1.0, 1.0, 0.2]), mean, log_scale))
    assert np.isfinite(total.numpy())
    assert all(np.isfinite(part).all() for part in tape.gradient(total, [mean, log_scale]))


def test_pixels_are_drawn_as_often_as_they_are_likely() -> None:
    mean, log_scale = -0.9, np.log(0.1)  # near the edge, which gathers all that lies beyond
    drawn = pixels.draw(np.full(200_000, mean), log_scale, seed=3)
    assert drawn.dtype == np.float32
    places = np.round((drawn + 1) * 127.5).astype(int)
    np.testing.assert_allclose(drawn, VALUES[places], atol=1e-6)
    shares = np.bincount(places, minlength=256) / len(drawn)
    expected = np.exp(log_likelihoods(mean, log_scale))
    assert expected[0] > 0.2
    np.testing.assert_allclose(shares, expected, atol=5 * np.sqrt(expected.max() / len(drawn)))


def test_dequantized_pixels_round_back_to_where_they_were() -> None:
    noisy = pixels.dequantize(np.tile(VALUES, (200, 1)), seed=1)
    assert len(np.unique(noisy)) > 10_000
    np.testing.assert_array_equal(np.round((noisy + 1) * 127.5), np.tile(np.arange(256), (200, 1)))


def test_uniform_noise_costs_eight_bits_as_probabilities_and_as_a_density() -> None:
    nats = np.full(3, 10 * np.log(1 / 256))
    np.testing.assert_allclose(pixels.bits_per_pixel(nats, 10), 8)
    density = np.full(3, -10 * np.log(256 * 2 * pixels.HALF))  # even over all the 256 values' widths
    np.testing.assert_allclose(pixels.bits_per_pixel(density, 10, dequantized=True), 8)
    with pytest.raises(CourseError, match="pixels"):
        pixels.bits_per_pixel(nats, 0)


def test_a_bernoulli_value_on_greys_is_no_likelihood() -> None:
    """Why the course does not use it: over 256 greys the 'probabilities' do not add up to one."""
    greys, chance = np.linspace(0, 1, 256), 0.4
    total = np.exp(greys * np.log(chance) + (1 - greys) * np.log(1 - chance)).sum()
    assert total > 100


def test_it_computes_in_float32_under_mixed_precision() -> None:
    half = keras.ops.cast(VALUES, "float16")
    assert pixels.log_likelihood(half, np.float16(0), np.float16(-2)).dtype == "float32"
