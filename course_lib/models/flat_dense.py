"""Dense networks by hand: all weights of one are a single long vector, so a step of an optimizer is a line or two.

The clinic (lesson 08) and the playground (lessons 02 and 08) play with them. By hand means: no layer, no optimizer and
no `fit` of Keras, so that a compiled loop can carry a whole game as a few tensors.
"""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

import tensorflow as tf

Tensor = tf.Tensor
Sizes = tuple[tuple[int, int], ...]
"""Inputs and outputs of each layer."""
Layers = list[tuple[Tensor, Tensor]]
"""Kernel (inputs, outputs) and bias (outputs,) of each layer."""
ACTIVATIONS = {"leaky_relu": partial(tf.nn.leaky_relu, alpha=0.2), "relu": tf.nn.relu, "tanh": tf.tanh}


class Player(NamedTuple):
    """All weights of a network in one vector, and Adam's memory: mean and square of the gradient, steps done."""

    weights: Tensor
    mean: Tensor
    square: Tensor
    step: Tensor


def unpractised(weights: Tensor) -> Player:
    """A player with these weights (n,) that has not made a step yet."""
    nothing = tf.zeros_like(weights)
    return Player(weights, nothing, nothing, tf.zeros((), weights.dtype))


def layers_of(weights: Tensor, sizes: Sizes) -> Layers:
    """Kernel and bias of each layer, cut from the long vector."""
    layers, at = [], 0
    for inputs, outputs in sizes:
        end = at + inputs * outputs
        layers.append((tf.reshape(weights[at:end], (inputs, outputs)), weights[end : end + outputs]))
        at = end + outputs
    return layers


def vector_of(layers: Layers) -> Tensor:
    """The long vector again."""
    return tf.concat([tf.reshape(part, (-1,)) for layer in layers for part in layer], axis=0)


def output_of(weights: Tensor, signal: Tensor, sizes: Sizes, activation: str) -> Tensor:
    """What the network makes of a signal (n, inputs): (n, outputs), the last layer without activation."""
    *hidden, (kernel, bias) = layers_of(weights, sizes)
    for each in hidden:
        signal = ACTIVATIONS[activation](signal @ each[0] + each[1])
    return signal @ kernel + bias
