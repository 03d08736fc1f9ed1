"""Stacks of convolutions: every number against Keras."""

from __future__ import annotations

import itertools

import keras
import numpy as np
import pytest

from course_lib import CourseError
from course_lib.theory.stacks import Layer, field, ways_through


def keras_ways(layers: list[Layer], side: int) -> np.ndarray:
    """What Keras's layers with weights 1 make of each pixel alone: (pixels at the end, side)."""
    network = keras.Sequential([keras.Input((side, 1))])
    for each in layers:
        kind = keras.layers.Conv1DTranspose if each.transposed else keras.layers.Conv1D
        network.add(
            kind(1, each.kernel, each.stride, each.padding, use_bias=False, kernel_initializer="ones")
        )
    return np.asarray(network(np.eye(side, dtype="float32")[..., np.newaxis]))[..., 0].T


@pytest.mark.parametrize("padding", ["same", "valid"])
@pytest.mark.parametrize("transposed", [False, True])
def test_one_layer_is_keras_s(padding: str, transposed: bool) -> None:
    for kernel, stride, side in itertools.product((1, 2, 3, 4, 5), (1, 2, 3), (5, 8)):
        layer = Layer(kernel, stride, padding, transposed)
        expected = keras_ways([layer], side)
        assert layer.side_after(side) == len(expected), layer
        assert np.array_equal(layer.ways(side), expected), layer
        # Where the first unit looks, or the first pixel paints, if nothing were cut off there.
        first = np.argmax(expected[:, -1] if transposed else expected[-1] > 0)
        place = (side - 1 if transposed else len(expected) - 1) * stride - layer.left(side)
        assert first == max(place, 0), layer


@pytest.mark.parametrize("transposed", [False, True])
def test_stacks_are_keras_s_and_the_formula_counts_their_fields(transposed: bool) -> None:
    for kernel, stride, depth in itertools.product((2, 4, 5), (1, 2, 3), (1, 3)):
        for padding in ("same", "valid"):
            layers = [Layer(kernel, stride, padding, transposed)] * depth
            side = 25 if transposed else 100
            ways = ways_through(layers, side)
            assert np.array_equal(ways, keras_ways(layers, side)), layers
            middle = ways[:, side // 2] if transposed else ways[len(ways) // 2]
            reached = np.flatnonzero(middle)
            if kernel >= stride:  # else there are gaps in it
                assert len(reached) == field(layers)
            assert np.ptp(reached) + 1 == field(layers), layers


def test_layers_of_several_kernels() -> None:
    layers = [Layer(3, 1), Layer(4, 2), Layer(5, 2)]
    assert field(layers) == 1 + 2 + 3 * 1 + 4 * 2 == np.ptp(np.flatnonzero(ways_through(layers, 64)[8])) + 1
    grown = [Layer(4, 2, transposed=True), Layer(3, 1, transposed=True)]
    assert field(grown) == 6 == np.count_nonzero(ways_through(grown, 9)[:, 4])
    assert field([]) == 1


def test_a_kernel_that_finds_no_place_is_said() -> None:
    with pytest.raises(CourseError, match="A kernel of 5 finds no place on 3 pixels"):
        ways_through([Layer(5, 2, "valid")] * 2, 9)
