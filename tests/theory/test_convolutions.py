"""The written-out convolutions agree with Keras, with their own matrices' transposes, and with counting."""

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib import CourseError
from course_lib.theory.convolutions import (
    convolution,
    nearest,
    output_side,
    repeating_share,
    transposed_convolution,
)

CASES = [(3, 2, "same"), (4, 2, "same"), (5, 2, "valid"), (5, 3, "same"), (4, 1, "same"), (6, 3, "valid")]


@pytest.mark.parametrize(("size", "stride", "padding"), CASES)
def test_both_agree_with_keras(size, stride, padding):
    pictures = np.random.default_rng(size).normal(size=(2, 9, 8, 3)).astype("float32")
    options = {"strides": stride, "padding": padding, "use_bias": False}
    for layer, ours in (
        (keras.layers.Conv2D(4, size, **options), convolution),
        (keras.layers.Conv2DTranspose(4, size, **options), transposed_convolution),
    ):
        expected = layer(pictures).numpy()
        seen = ours(pictures, layer.kernel.numpy(), stride, padding)
        assert seen.shape == expected.shape
        np.testing.assert_allclose(seen, expected, atol=1e-5)


@settings(max_examples=40, deadline=None)
@given(
    size=st.integers(1, 6), stride=st.integers(1, 3), cells=st.integers(2, 4), seed=st.integers(0, 2**32 - 1)
)
def test_one_is_the_transpose_of_the_other(size, stride, cells, seed):
    random = np.random.default_rng(seed)
    size = max(size, stride)
    x = random.normal(size=(1, cells * stride, cells * stride, 2))
    kernel = random.normal(size=(size, size, 2, 3))
    y = convolution(x, kernel, stride)
    back = random.normal(size=y.shape)
    assert np.sum(y * back) == pytest.approx(np.sum(x * transposed_convolution(back, kernel, stride)))


def test_sides_are_those_that_come_out():
    for side, size, stride, padding in [
        (7, 3, 2, "same"),
        (8, 5, 3, "valid"),
        (5, 5, 1, "valid"),
        (6, 2, 3, "same"),
    ]:
        pictures, kernel = np.ones((1, side, side, 1)), np.ones((size, size, 1, 1))
        assert convolution(pictures, kernel, stride, padding).shape[1] == output_side(
            side, size, stride, padding
        )
        grown = transposed_convolution(pictures, kernel, stride, padding)
        assert grown.shape[1] == output_side(side, size, stride, padding, transposed=True)


def test_impossible_ones_are_refused():
    with pytest.raises(CourseError, match="no place"):
        output_side(3, 5, 1, "valid")
    with pytest.raises(CourseError, match="same"):
        transposed_convolution(np.ones((1, 3, 3, 1)), np.ones((2, 2, 1, 1)), 2, "full")


def test_nearest_makes_blocks():
    assert np.array_equal(nearest(np.array([[[[1], [2]]]]), 2)[0, :, :, 0], [[1, 1, 2, 2], [1, 1, 2, 2]])


def test_the_repeating_share_is_one_for_a_tile_and_near_zero_for_noise():
    random = np.random.default_rng(0)
    tiles = np.tile(random.normal(size=(3, 2, 2)), (1, 10, 10))
    assert repeating_share(tiles) == pytest.approx(1)
    assert repeating_share(np.tile(tiles, (1, 2, 2))[:, :-1, :-1]) > 0.9  # an odd rest is left out
    noise = random.normal(size=(200, 20, 20))
    assert repeating_share(noise) == pytest.approx(3 / 400, rel=0.15)
    assert repeating_share(noise[:, ::1] + 10) == pytest.approx(repeating_share(noise))
    assert repeating_share(np.ones((2, 8, 8))) == 0
