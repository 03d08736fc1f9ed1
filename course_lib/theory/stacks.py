"""Stacks of convolutions as whole numbers: how many pixels, which pixel reaches which, and in how many ways.

    layers = [Layer(kernel=4, stride=2)] * 3
    ways = ways_through(layers, 32)         # (4, 32): row i says which of 32 pixels unit i sees, and how often
    field(layers)                           # 22

In one dimension; a picture's rows and columns do the same, each by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np

from course_lib.theory.convolutions import convolution, output_side, transposed_convolution


@dataclass(frozen=True)
class Layer:
    """One layer, its kernel and stride in pixels, as `keras.layers.Conv1D` or, if transposed, `Conv1DTranspose`."""

    kernel: int
    stride: int = 1
    padding: str = "same"
    transposed: bool = False

    def side_after(self, side: int) -> int:
        """How many pixels `side` pixels become. Raises CourseError where a "valid" kernel finds no place."""
        return output_side(side, self.kernel, self.stride, self.padding, self.transposed)

    def ways(self, side: int) -> np.ndarray:
        """1 where a pixel reaches a pixel, else 0: the layer's matrix with weights 1, float (side after, side)."""
        each_pixel_alone = np.eye(side).reshape(side, side, 1, 1)
        kernel = np.ones((self.kernel, 1, 1, 1))
        through = transposed_convolution if self.transposed else convolution
        return through(each_pixel_alone, kernel, self.stride, self.padding)[:, :, 0, 0].T

    def left(self, side: int) -> int:
        """Zeros that are added on the left of `side` pixels or, by a transposed layer, pixels cut off there."""
        if self.padding == "valid":
            return 0
        if self.transposed:
            return max(self.kernel - self.stride, 0) // 2
        return max((self.side_after(side) - 1) * self.stride + self.kernel - side, 0) // 2


def ways_through(layers: Sequence[Layer], side: int) -> np.ndarray:
    """In how many ways each of `side` pixels reaches each pixel at the end, float (pixels at the end, side)."""
    return reduce(lambda ways, layer: layer.ways(len(ways)) @ ways, layers, np.eye(side))


def field(layers: Sequence[Layer]) -> int:
    """How many pixels far from the borders belong together, by the formula; the layers are all of one kind.

    Of ordinary layers: the pixels that one unit at the end sees, its receptive field. Of transposed ones, which do the
    same backwards: the pixels at the end that one pixel at the beginning paints.
    """
    order = layers if layers and layers[0].transposed else reversed(layers)
    return reduce(lambda width, layer: (width - 1) * layer.stride + layer.kernel, order, 1)
