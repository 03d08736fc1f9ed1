"""The losses against closed forms, Keras's own cross-entropy, finite differences, and very large logits."""

from __future__ import annotations

import math

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib import CourseError
from course_lib.models import losses

REAL = np.array([[-3.0], [0.0], [0.7], [5.0]])
FAKE = np.array([[-4.0], [-0.2], [0.0], [2.0]])
logits = st.lists(st.floats(-1e4, 1e4, width=32), min_size=1, max_size=8).map(np.array)
targets = st.floats(0.01, 1.0)


def sigmoid(logits: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-logits))


# Straight from the papers, in float64 and with the logarithms and probabilities written out.
CLOSED_FORMS = {
    "minimax": (
        -np.log(sigmoid(REAL)).mean() - np.log(1 - sigmoid(FAKE)).mean(),
        np.log(1 - sigmoid(FAKE)).mean(),
    ),
    "non_saturating": (
        -np.log(sigmoid(REAL)).mean() - np.log(1 - sigmoid(FAKE)).mean(),
        -np.log(sigmoid(FAKE)).mean(),
    ),
    "least_squares": (
        ((REAL - 1) ** 2).mean() / 2 + (FAKE**2).mean() / 2,
        ((FAKE - 1) ** 2).mean() / 2,
    ),
    "hinge": (
        -np.minimum(0, -1 + REAL).mean() - np.minimum(0, -1 - FAKE).mean(),
        -FAKE.mean(),
    ),
    "wasserstein": (FAKE.mean() - REAL.mean(), -FAKE.mean()),
}


@pytest.mark.parametrize("name", losses.NAMES)
def test_equal_their_closed_forms(name: str) -> None:
    loss = losses.get(name)
    discriminator, generator = CLOSED_FORMS[name]
    assert float(loss.discriminator(REAL, FAKE)) == pytest.approx(discriminator, rel=1e-6)
    assert float(loss.generator(FAKE)) == pytest.approx(generator, rel=1e-6)


@given(real=logits, fake=logits, target=targets)
@settings(max_examples=60, deadline=None)
def test_logistic_discriminator_agrees_with_keras(real: np.ndarray, fake: np.ndarray, target: float) -> None:
    cross_entropy = keras.losses.BinaryCrossentropy(from_logits=True)
    expected = cross_entropy(np.full(real.shape, target), real) + cross_entropy(np.zeros(fake.shape), fake)
    found = losses.logistic_discriminator(real, fake, real_target=target)
    rounding = 2e-7 * np.abs(real).max()  # of float32: both take large logits from each other
    assert float(found) == pytest.approx(float(expected), rel=1e-5, abs=1e-6 + rounding)


@given(fake=logits)
@settings(max_examples=40, deadline=None)
def test_non_saturating_generator_agrees_with_keras(fake: np.ndarray) -> None:
    expected = keras.losses.BinaryCrossentropy(from_logits=True)(np.ones(fake.shape), fake)
    assert float(losses.non_saturating_generator(fake)) == pytest.approx(float(expected), rel=1e-5, abs=1e-6)


@given(real=logits, fake=logits, target=targets)
@settings(max_examples=60, deadline=None)
def test_smoothing_never_makes_a_negative_loss(real: np.ndarray, fake: np.ndarray, target: float) -> None:
    assert float(losses.logistic_discriminator(real, fake, real_target=target)) >= 0


def test_smoothing_moves_the_optimum_to_the_target() -> None:
    # The cross-entropy with target t is least where D = t.
    grid = np.linspace(-6, 6, 2401)
    values = [float(losses.logistic_discriminator([x], [-50.0], real_target=0.9)) for x in grid[1200::8]]
    assert sigmoid(grid[1200::8][int(np.argmin(values))]) == pytest.approx(0.9, abs=0.005)


@pytest.mark.parametrize("target", [1.1, 0.0, -0.5, math.nan])
def test_targets_outside_0_to_1_are_refused(target: float) -> None:
    with pytest.raises(CourseError, match="must lie in"):
        losses.logistic_discriminator(REAL, FAKE, real_target=target)
    with pytest.raises(CourseError, match="must lie in"):
        losses.get("minimax", real_target=target)


def test_only_the_logistic_losses_have_labels_to_smooth() -> None:
    assert float(losses.get("non_saturating", real_target=0.9).discriminator(REAL, FAKE)) > 0
    with pytest.raises(CourseError, match="hinge"):
        losses.get("hinge", real_target=0.9)


def test_an_unknown_loss_is_refused_with_the_known_ones() -> None:
    with pytest.raises(CourseError, match=r"no loss .vanilla.;.*minimax"):
        losses.get("vanilla")


def test_guessing_costs_two_log_two() -> None:
    assert float(losses.logistic_discriminator([0.0], [0.0])) == pytest.approx(2 * math.log(2))
    assert float(losses.minimax_generator([0.0])) == pytest.approx(-math.log(2))
    assert float(losses.non_saturating_generator([0.0])) == pytest.approx(math.log(2))


@pytest.mark.parametrize("name", losses.NAMES)
@pytest.mark.parametrize("size", [30.0, 100.0, 1e4])
def test_large_logits_give_finite_losses_and_gradients(name: str, size: float) -> None:
    loss = losses.get(name)
    for sign in (-1, 1):
        real, fake = tf.constant([sign * size]), tf.constant([-sign * size])
        with tf.GradientTape(persistent=True) as tape:
            tape.watch([real, fake])
            values = loss.discriminator(real, fake), loss.generator(fake)
        gradients = [*tape.gradient(values[0], [real, fake]), tape.gradient(values[1], fake)]
        assert all(np.isfinite(x).all() for x in (*values, *gradients))


@pytest.mark.parametrize("logit", [-1e4, -100.0, -20.0, 0.0, 20.0, 100.0, 1e4])
def test_logistic_gradients_are_exact_in_the_tails(logit: float) -> None:
    # d/dl of L_D on real is D - 1, on fake D; of the minimax generator -D; of the non-saturating one D - 1.
    d, one_minus_d = np.exp(-np.logaddexp(0, -logit)), np.exp(-np.logaddexp(0, logit))
    x = tf.constant([logit])
    for expected, loss in (
        (-one_minus_d, lambda x: losses.logistic_discriminator(x, tf.constant([0.0]))),
        (d, lambda x: losses.logistic_discriminator(tf.constant([0.0]), x)),
        (-d, losses.minimax_generator),
        (-one_minus_d, losses.non_saturating_generator),
    ):
        with tf.GradientTape() as tape:
            tape.watch(x)
            value = loss(x)
        assert float(tape.gradient(value, x)[0]) == pytest.approx(expected, rel=1e-5, abs=1e-37)


@pytest.mark.parametrize("name", losses.NAMES)
def test_gradients_agree_with_finite_differences(name: str) -> None:
    loss, step = losses.get(name), 0.05
    rng = np.random.default_rng(3)
    real, fake = (tf.constant(rng.uniform(-3, 3, 5).astype("float32")) for _ in range(2))
    for function, point in (
        (lambda x: loss.discriminator(x, fake), real),
        (lambda x: loss.discriminator(real, x), fake),
        (loss.generator, fake),
    ):
        with tf.GradientTape() as tape:
            tape.watch(point)
            value = function(point)
        direction = rng.normal(size=5).astype("float32")
        slope = float(function(point + step * direction) - function(point - step * direction)) / (2 * step)
        assert float(tf.tensordot(tape.gradient(value, point), direction, 1)) == pytest.approx(
            slope, abs=5e-3
        )


def test_half_precision_logits_give_a_float32_loss() -> None:
    for name in losses.NAMES:
        loss = losses.get(name)
        value = loss.discriminator(tf.constant([300.0], tf.float16), tf.constant([-300.0], tf.float16))
        assert value.dtype == tf.float32
        assert loss.generator(tf.constant([-300.0], tf.bfloat16)).dtype == tf.float32
        assert np.isfinite(float(value))


def test_losses_say_who_is_winning() -> None:
    # Arguments swapped, or the generator trained towards "fake", would turn these round.
    right, wrong = (np.array([4.0]), np.array([-4.0])), (np.array([-4.0]), np.array([4.0]))
    for name in losses.NAMES:
        loss = losses.get(name)
        assert float(loss.discriminator(*right)) < float(loss.discriminator(*wrong))
        assert float(loss.generator(np.array([0.9]))) < float(loss.generator(np.array([-4.0])))
