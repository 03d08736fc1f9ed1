"""Counting the arithmetic of a network: multiplications and additions of its dense and convolutional layers.

A training step passes through a network in three ways, and each costs as many operations as the forward pass:

    forward            from inputs to outputs
    weight gradient    each layer's inputs times the gradient at its outputs
    input gradient     each layer's weights times the gradient at its outputs; the first layer needs none
                       when only the weights learn and nothing before them

Left out as small: activations, batch normalisation, losses, optimisers, averaging (together a few per cent). Where
"same" padding lets a kernel hang over the edge, those terms are counted too, as is usual.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import keras


@dataclass(frozen=True)
class Forward:
    """Floating-point operations of one forward pass for one image: of all layers, and of the first one alone."""

    total: int
    first: int


def forward(network: keras.Model) -> Forward:
    """Count a network of plain layers, each multiply-add as two operations."""
    counts = [2 * multiply_adds(layer) for layer in network.layers]
    return Forward(sum(counts), next(filter(None, counts), 0))


def multiply_adds(layer: keras.Layer) -> int:
    """Multiply-adds of one layer for one image; 0 for layers without a kernel.

    A convolution uses its whole kernel at each pixel it writes, a transposed one at each pixel it reads.
    """
    if isinstance(layer, keras.layers.Dense):
        return math.prod(layer.kernel.shape)
    if isinstance(layer, keras.layers.Conv2DTranspose):
        return math.prod(layer.kernel.shape) * math.prod(layer.input.shape[1:3])
    if isinstance(layer, keras.layers.Conv2D):
        return math.prod(layer.kernel.shape) * math.prod(layer.output.shape[1:3])
    return 0


def count_weights(*networks: keras.Model) -> int:
    """How many numbers the optimisers change in these networks together."""
    return sum(math.prod(weight.shape) for network in networks for weight in network.trainable_variables)
