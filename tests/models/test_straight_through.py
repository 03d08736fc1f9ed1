"""The straight-through step: forward a choice, backward the softmax; the softmax and Gumbel kinds beside it."""

from __future__ import annotations

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import ops

from course_lib import CourseError
from course_lib.models.straight_through import OneChoice, straight_through


def some_logits(seed: int = 0, shape: tuple[int, ...] = (4, 5, 6)) -> tf.Tensor:
    return tf.constant(np.random.default_rng(seed).normal(size=shape), "float32")


def jacobian_of_softmax(logits: np.ndarray) -> np.ndarray:
    """d p_i / d logit_j = p_i (1[i = j] - p_j), written out from the formula."""
    p = np.exp(logits) / np.exp(logits).sum()
    return np.diag(p) - np.outer(p, p)


def test_forward_is_the_one_hot_vector_of_the_largest() -> None:
    p = ops.softmax(some_logits())
    choice = np.asarray(straight_through(p))
    assert choice.shape == p.shape and choice.dtype == np.float32
    expected = np.eye(6)[np.asarray(p).argmax(axis=-1)]
    assert np.abs(choice - expected).max() < 1e-6


def test_the_gradient_is_the_softmax_s() -> None:
    logits, verdict = some_logits(1, (6,)), some_logits(2, (6,))
    with tf.GradientTape() as tape:
        tape.watch(logits)
        score = tf.reduce_sum(verdict * straight_through(ops.softmax(logits)))
    found = tape.gradient(score, logits).numpy()
    assert np.abs(found).max() > 1e-3
    assert found == pytest.approx(jacobian_of_softmax(logits.numpy()) @ verdict.numpy(), abs=1e-6)


def test_argmax_alone_gives_no_gradient() -> None:
    """Why the step is needed: without it the logits hear nothing."""
    logits = some_logits(3, (6,))
    with tf.GradientTape() as tape:
        tape.watch(logits)
        score = tf.reduce_sum(ops.one_hot(ops.argmax(logits), 6))
    assert tape.gradient(score, logits) is None


def test_the_first_of_equals_is_chosen() -> None:
    assert np.asarray(straight_through(tf.constant([[0.4, 0.4, 0.2]])))[0].tolist() == [1, 0, 0]


def test_the_layer_draws_from_minus_one_to_one() -> None:
    logits = some_logits(4)
    hard = np.asarray(OneChoice()(logits))
    assert np.isclose(hard.max(axis=-1), 1).all() and np.isclose(hard.sum(axis=-1), 1 - 5).all()
    soft = np.asarray(OneChoice("softmax", temperature=2.0)(logits))
    assert soft == pytest.approx(2 * np.asarray(ops.softmax(logits / 2)) - 1, abs=1e-6)


def test_gumbel_chooses_as_often_as_the_softmax_says_and_only_in_training() -> None:
    logits = tf.constant(np.log([0.6, 0.3, 0.1]), "float32")
    many = tf.repeat(logits[None], 20_000, axis=0)
    layer = OneChoice("gumbel", seed=1)
    shares = (np.asarray(layer(many, training=True)) > 0).mean(axis=0)
    assert shares == pytest.approx([0.6, 0.3, 0.1], abs=0.015)
    assert (np.asarray(layer(many[:9], training=False)).argmax(axis=-1) == 0).all()


@pytest.mark.parametrize("kind", ["straight_through", "softmax", "gumbel"])
def test_a_saved_layer_is_the_same_layer(kind: str, tmp_path) -> None:
    network = keras.Sequential([keras.Input((5, 6)), OneChoice(kind, 0.5, 3)])
    network.save(tmp_path / "layer.keras")
    again = keras.models.load_model(tmp_path / "layer.keras")
    logits = some_logits(5)
    assert np.allclose(network(logits), again(logits))
    assert again.layers[-1].get_config() == network.layers[-1].get_config()


def test_faults() -> None:
    with pytest.raises(CourseError, match="not 'hard'"):
        OneChoice("hard")
    with pytest.raises(CourseError, match="above 0"):
        OneChoice(temperature=0)
