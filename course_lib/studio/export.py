"""A generator taken apart: its layers as steps that studio/network.js takes one after the other, its weights as halves.

    network = export(generator)
    network.steps[0]      # {"kind": "dense", "inputs": [0], "channels": [64, 1568], "weights": {"kernel": [0, 100352]}}

Values are counted: 0 is the latent, 1 the class where there is one, and each step makes the next. A weight is named
with its first number and their count in `network.weights`. What the page cannot draw is refused here, by its name.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import layers

from course_lib import CourseError
from course_lib.models import saved

ACTIVATIONS = ("relu", "leaky_relu", "elu", "silu", "sigmoid", "tanh")
DRAWN = (
    "Dense, Conv2D, Conv2DTranspose, UpSampling2D, BatchNormalization, ReLU, LeakyReLU, Activation "
    f"({', '.join(ACTIVATIONS)}), Reshape, Flatten, Dropout, Embedding, Concatenate and Add"
)
GREATEST = float(np.finfo("float16").max)


@dataclass(frozen=True)
class Exported:
    """steps: as above. output: the number of the value that is the picture. weights: float16, those of all layers."""

    steps: list[dict[str, Any]]
    output: int
    weights: np.ndarray


def export(generator: keras.Model) -> Exported:
    """The steps and rounded weights of a generator that takes latents, or latents and labels, and gives pictures.

    The rounding is that of `rounded(generator)`; nothing else changes. Raises CourseError for a layer or an option that
    the page cannot draw, for sizes that are not known beforehand, and for weights that are not finite or too large.
    """
    program = _Program()
    values = {id(tensor): number for number, tensor in enumerate(generator.inputs)}
    program.count = len(values)
    output = program.visit(generator.outputs[0], values)
    return Exported(program.steps, output, np.concatenate([*program.weights, np.zeros(0, "float16")]))


def refuse_undrawn(path: Path) -> None:
    """Raise CourseError for a file with a layer of a class that the page cannot draw, before Keras opens it.

    Keras refuses a class that it does not know without naming the layer. A file that cannot be read is left to Keras.
    """
    try:
        classes = saved.layer_classes(path)
    except Exception:  # one wrong byte makes the readers of zip and JSON raise nearly anything
        return
    for name, kind in classes.items():
        if kind not in ("InputLayer", *re.findall(r"[A-Z]\w+", DRAWN)):
            raise CourseError(f"The page cannot draw the layer {name} ({kind}); it can draw {DRAWN}.")


def rounded(generator: keras.Model) -> keras.Model:
    """A copy that computes in float32 with each weight rounded to half precision: what the page draws, in Keras."""
    copy = in_single_precision(generator)
    copy.set_weights([weight.astype("float16").astype("float32") for weight in copy.get_weights()])
    return copy


def in_single_precision(generator: keras.Model) -> keras.Model:
    """A copy that computes in float32, whatever precision the generator was trained with."""

    def single(layer: layers.Layer) -> layers.Layer:
        return layer.from_config(layer.get_config() | {"dtype": "float32"})

    copy = keras.models.clone_model(generator, clone_function=single, recursive=True)
    copy.set_weights([np.asarray(weight, "float32") for weight in generator.get_weights()])
    return copy


class _Program:
    """The steps that were found so far."""

    def __init__(self) -> None:
        self.steps: list[dict[str, Any]] = []
        self.weights: list[np.ndarray] = []
        self.count = 0  # of values

    def visit(self, tensor: keras.KerasTensor, values: dict[int, int]) -> int:
        """The number of this tensor's value; what it is made from comes before it."""
        if id(tensor) in values:
            return values[id(tensor)]
        layer, node, _ = tensor._keras_history
        made_from = layer._inbound_nodes[node].input_tensors
        inputs = [self.visit(each, values) for each in made_from]
        if isinstance(layer, keras.Model):  # a network within: its inputs are ours
            within = {id(each): number for each, number in zip(layer.inputs, inputs, strict=True)}
            values[id(tensor)] = self.visit(layer.outputs[0], within)
        else:
            values[id(tensor)] = self.step(
                layer, inputs, [each.shape[1:] for each in made_from], tensor.shape[1:]
            )
        return values[id(tensor)]

    def step(self, layer: layers.Layer, inputs: list[int], shapes: Sequence[tuple], gives: tuple) -> int:
        """The number of the value that this layer makes."""
        if None in gives:
            raise CourseError(
                f"{_name(layer)} makes pictures of no fixed size: give the generator an Input of one."
            )
        step = _step(layer, shapes, gives)
        value = inputs[0] if step is None else self._add(layer, step | {"inputs": inputs})
        if not isinstance(layer, layers.Activation) and hasattr(layer, "activation"):
            following = _activation(layer, keras.activations.serialize(layer.activation))
            value = value if following is None else self._add(layer, following | {"inputs": [value]})
        return value

    def _add(self, layer: layers.Layer, step: dict[str, Any]) -> int:
        if "weights" in step:
            step["weights"] = {
                name: self._store(layer, weight)
                for name, weight in step["weights"].items()
                if weight is not None
            }
        self.steps.append(step)
        self.count += 1
        return self.count - 1

    def _store(self, layer: layers.Layer, weight: Any) -> list[int]:
        numbers = np.asarray(weight, "float32").ravel()
        if not np.isfinite(numbers).all():
            raise CourseError(
                f"{_name(layer)} holds numbers that are not finite: the generator's training broke."
            )
        if np.abs(numbers).max() > GREATEST:
            raise CourseError(
                f"{_name(layer)} holds {np.abs(numbers).max():.3g}, and half precision ends at {GREATEST:,.0f}: the "
                "page cannot hold it."
            )
        first = sum(map(len, self.weights))
        self.weights.append(numbers.astype("float16"))
        return [first, len(numbers)]


def _step(layer: layers.Layer, shapes: Sequence[tuple], gives: tuple) -> dict[str, Any] | None:
    """What network.js is to do for a layer, weights as arrays; None where the numbers stay as they are."""
    takes = shapes[0]
    match layer:
        case layers.Reshape() | layers.Flatten() | layers.Dropout():
            return None
        case layers.Dense():
            weights = {"kernel": layer.kernel, "bias": layer.bias}
            return {"kind": "dense", "channels": [takes[-1], gives[-1]], "weights": weights}
        case layers.Conv2D() | layers.Conv2DTranspose():
            return _convolution(layer, takes, gives)
        case layers.UpSampling2D():
            _expect(layer, interpolation="nearest", data_format="channels_last")
            return {"kind": "upsampling", "from": list(takes), "size": list(layer.size)}
        case layers.BatchNormalization():
            _expect(layer, axis=(-1, len(takes)))
            names = {"mean": layer.moving_mean, "variance": layer.moving_variance}
            names |= {"gamma": layer.gamma, "beta": layer.beta}
            return {"kind": "batch_norm", "epsilon": layer.epsilon, "weights": names}
        case layers.ReLU():
            _expect(layer, max_value=None, threshold=0)
            return {"kind": "activation", "name": "leaky_relu", "slope": float(layer.negative_slope)}
        case layers.LeakyReLU():
            return {"kind": "activation", "name": "leaky_relu", "slope": float(layer.negative_slope)}
        case layers.Activation():
            return _activation(layer, keras.activations.serialize(layer.activation))
        case layers.Embedding():
            return {"kind": "embedding", "size": layer.output_dim, "weights": {"table": layer.embeddings}}
        case layers.Concatenate():
            _expect(layer, axis=(-1, len(takes)))
            return {"kind": "concatenate", "channels": [shape[-1] for shape in shapes]}
        case layers.Add() if len(set(shapes)) == 1:
            return {"kind": "add"}
    raise CourseError(f"The page cannot draw {_name(layer)}; it can draw {DRAWN}.")


def _convolution(layer: layers.Conv2D | layers.Conv2DTranspose, takes: tuple, gives: tuple) -> dict[str, Any]:
    """Where the kernel lies: TensorFlow's rules for the padding of both kinds, which is that of the convolution."""
    transposed = isinstance(layer, layers.Conv2DTranspose)
    _expect(layer, dilation_rate=(1, 1), data_format="channels_last")
    _expect(layer, **({"output_padding": None} if transposed else {"groups": 1}))
    coarse, fine = (takes, gives) if transposed else (gives, takes)
    before = [0, 0]
    if layer.padding == "same":
        sides = zip(coarse, fine, layer.kernel_size, layer.strides, strict=False)
        before = [max((small - 1) * stride + taps - large, 0) // 2 for small, large, taps, stride in sides]
    kernel = np.asarray(layer.kernel, "float32")
    return {
        "kind": "convolution",
        "transposed": transposed,
        "channels": [takes[-1], gives[-1]],
        "coarse": list(coarse[:2]),
        "fine": list(fine[:2]),
        "taps": list(layer.kernel_size),
        "stride": list(layer.strides),
        "before": before,
        # Keras lays the kernel of a transposed convolution the other way: (taps, taps, out, in)
        "weights": {"kernel": kernel.swapaxes(2, 3) if transposed else kernel, "bias": layer.bias},
    }


def _activation(layer: layers.Layer, name: object) -> dict[str, Any] | None:
    if name == "linear":
        return None
    if name not in ACTIVATIONS:
        raise CourseError(
            f"The page cannot draw the activation {name} of {_name(layer)}; it can draw {DRAWN}."
        )
    return {"kind": "activation", "name": name, "slope": 0.2}  # Keras's slope of an activation by name


def _expect(layer: layers.Layer, **options: Any) -> None:
    """Raise CourseError for an option that is none of those that the page can draw."""
    for name, drawn in options.items():
        found = getattr(layer, name)
        if found != drawn and not (name == "axis" and found in drawn):
            raise CourseError(f"The page cannot draw {_name(layer)} with {name}={found!r}.")


def _name(layer: layers.Layer) -> str:
    return f"the layer {layer.name} ({type(layer).__name__})"
