"""Maps against what they must be for scores whose parts are known, and the laws that hold for any score."""

from __future__ import annotations

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib import CourseError
from course_lib.audit import attribution
from course_lib.models import networks

RNG = np.random.default_rng(0)
IMAGES = RNG.uniform(-1, 1, (3, 12, 10, 2))
WEIGHTS = RNG.normal(size=(12, 10, 2))
MAPS = (
    attribution.gradient_times_input,
    lambda *given: attribution.integrated_gradients(*given, steps=3),
)


def linear(images):
    return tf.reduce_sum(images * tf.constant(WEIGHTS, tf.float32), axis=(1, 2, 3))


def square(images):
    return tf.reduce_sum(images**2, axis=(1, 2, 3))


@pytest.fixture(scope="module")
def network() -> keras.Model:
    keras.utils.set_random_seed(1)
    model = networks.dcgan_discriminator((12, 12, 1), width=4, hidden=8)
    model.set_weights([10 * weight for weight in model.get_weights()])  # so that it bends
    return model


@pytest.mark.parametrize("make", MAPS)
@pytest.mark.parametrize("baseline", [-1.0, RNG.uniform(-1, 1, (12, 10, 2))], ids=["black", "image"])
def test_for_a_linear_score_each_pixel_gets_its_own_part(make, baseline) -> None:
    assert make(linear, IMAGES, baseline) == pytest.approx(((IMAGES - baseline) * WEIGHTS).sum(-1), abs=1e-4)


def test_for_squares_the_way_matters() -> None:
    """x^2 - b^2 = (x - b)(x + b): the mean gradient on the way is x + b, that at its end 2 x."""
    assert attribution.integrated_gradients(square, IMAGES, -1.0, 2) == pytest.approx(
        (IMAGES**2 - 1).sum(-1), abs=1e-4
    )
    assert attribution.gradient_times_input(square, IMAGES) == pytest.approx(
        (2 * IMAGES * (IMAGES + 1)).sum(-1), abs=1e-4
    )


@settings(max_examples=4)
@given(st.integers(0, 10_000), st.floats(-1, 1))
def test_integrated_gradients_are_complete(network, seed, baseline) -> None:
    images = np.random.default_rng(seed).uniform(-1, 1, (2, 12, 12, 1))
    maps = attribution.integrated_gradients(network, images, baseline, steps=40)
    scores = np.ravel(network(images))
    before = np.ravel(network(np.full((2, 12, 12, 1), baseline)))
    assert np.abs(maps.sum(axis=(1, 2)) - (scores - before)).max() < 0.03 * max(
        1, np.abs(scores - before).max()
    )
    assert attribution.gap(network, images, maps, baseline) == pytest.approx(
        maps.sum(axis=(1, 2)) - (scores - before), abs=1e-4
    )


def test_more_steps_close_the_gap_and_one_gradient_leaves_it_open(network) -> None:
    images = RNG.uniform(-1, 1, (4, 12, 12, 1))

    def open_gap(maps: np.ndarray) -> float:
        return np.abs(attribution.gap(network, images, maps)).mean()

    gaps = [open_gap(attribution.integrated_gradients(network, images, steps=steps)) for steps in (1, 6, 60)]
    assert gaps[0] > gaps[1] > gaps[2]
    assert open_gap(attribution.gradient_times_input(network, images)) > 10 * gaps[2]


def test_occlusion_of_a_linear_score_by_hand() -> None:
    """Squares of one pixel: each pixel's own part. Larger ones: the mean of the sums of the squares that cover it."""
    parts = ((IMAGES + 1) * WEIGHTS).sum(-1)
    assert attribution.occlusion(linear, IMAGES, side=1, step=1) == pytest.approx(parts, abs=1e-4)
    found = attribution.occlusion(linear, IMAGES, side=5, step=4)  # at 0, 4, 7 down and at 0, 4, 5 across
    corner = parts[:, :5, :5].sum(axis=(1, 2))
    assert found[:, 0, 0] == pytest.approx(corner, abs=1e-3)
    assert found[:, 4, 0] == pytest.approx((corner + parts[:, 4:9, :5].sum(axis=(1, 2))) / 2, abs=1e-3)
    assert found[:, 11, 9] == pytest.approx(parts[:, 7:, 5:].sum(axis=(1, 2)), abs=1e-3)


def test_deletion_of_a_linear_score_by_hand() -> None:
    parts = ((IMAGES + 1) * WEIGHTS).sum(-1)
    found = attribution.deletion(linear, IMAGES, parts, [0, 0.25, 1])
    ordered = -np.sort(-parts.reshape(3, -1), axis=1)
    black = -WEIGHTS.sum()
    assert found[:, 0] == pytest.approx(black + ordered.sum(axis=1), abs=1e-3)
    assert found[:, 1] == pytest.approx(black + ordered[:, 30:].sum(axis=1), abs=1e-3)
    assert found[:, 2] == pytest.approx(black, abs=1e-3)
    random = attribution.deletion(linear, IMAGES, RNG.random((3, 12, 10)), [0.25])
    assert (found[:, 1] < random[:, 0]).all()


def test_a_score_of_shape_n_1_is_one_number_a_picture() -> None:
    def column(images):
        return linear(images)[:, tf.newaxis]

    assert np.array_equal(
        attribution.gradient_times_input(column, IMAGES), attribution.gradient_times_input(linear, IMAGES)
    )


@pytest.mark.parametrize(
    "call",
    [
        lambda: attribution.gradient_times_input(linear, IMAGES[0]),
        lambda: attribution.gradient_times_input(linear, IMAGES * np.nan),
        lambda: attribution.gradient_times_input(linear, IMAGES, baseline=np.nan),
        lambda: attribution.gradient_times_input(linear, IMAGES, baseline=2.0),
        lambda: attribution.gradient_times_input(linear, IMAGES, baseline="black"),
        lambda: attribution.gradient_times_input(linear, IMAGES, baseline=np.zeros(3)),
        lambda: attribution.gradient_times_input(None, IMAGES),
        lambda: attribution.gradient_times_input(lambda images: images, IMAGES),
        lambda: attribution.gradient_times_input(lambda images: np.zeros(3), IMAGES),
        lambda: attribution.integrated_gradients(linear, IMAGES, steps=0),
        lambda: attribution.integrated_gradients(linear, IMAGES, steps=2.0),
        lambda: attribution.occlusion(linear, IMAGES, side=11),
        lambda: attribution.occlusion(linear, IMAGES, side=2, step=3),
        lambda: attribution.occlusion(linear, IMAGES, fill=True),
        lambda: attribution.gap(linear, IMAGES, np.zeros((3, 12, 9))),
        lambda: attribution.deletion(linear, IMAGES, np.full((3, 12, 10), np.nan), [0.1]),
        lambda: attribution.deletion(linear, IMAGES, np.zeros((3, 12, 10)), [1.1]),
        lambda: attribution.deletion(linear, IMAGES, np.zeros((3, 12, 10)), 0.1),
    ],
)
def test_mistakes(call) -> None:
    with pytest.raises(CourseError) as error:
        call()
    assert "\n" not in str(error.value)
