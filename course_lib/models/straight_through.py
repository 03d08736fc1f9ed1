"""A generator must name one pitch, and naming is a step that passes no gradient. The straight-through step does.

    choice = straight_through(ops.softmax(logits))

Forward it is the one-hot vector of the largest probability, what a piano roll holds. Backward it is taken for the
softmax it came from, so the logits move as if the probabilities had been shown: Bengio, Léonard and Courville,
"Estimating or Propagating Gradients Through Stochastic Neurons for Conditional Computation", 2013 (arXiv:1308.3432).
The true gradient of the one-hot vector is 0 wherever it exists, so this one is biased on purpose, and useful.
"""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from course_lib import CourseError

Tensor = Any
KINDS = ("straight_through", "softmax", "gumbel")


def straight_through(probabilities: Tensor) -> Tensor:
    """One-hot of the largest probability along the last axis; its gradient is that of the probabilities themselves.

    Same shape and type. Where two are equally large the first counts.
    """
    choice = chosen(probabilities)
    # The value is p + (choice - p) = choice, up to rounding; what stands in the stop has no gradient, so p's is left.
    return probabilities + ops.stop_gradient(choice - probabilities)


def chosen(probabilities: Tensor) -> Tensor:
    """One-hot of the largest probability along the last axis, which no gradient passes. Same shape and type."""
    return ops.one_hot(ops.argmax(probabilities, axis=-1), probabilities.shape[-1], dtype=probabilities.dtype)


def with_gumbel_noise(logits: Tensor, seed: keras.random.SeedGenerator) -> Tensor:
    """The logits, each with its own draw of Gumbel's distribution added: the largest is then drawn from their softmax.

    Maddison, Tarlow and Minka 2014, "A* Sampling", section 2. Same shape and type.
    """
    uniform = keras.random.uniform(ops.shape(logits), 1e-7, 1.0, seed=seed)
    return logits - ops.log(-ops.log(uniform))


@keras.saving.register_keras_serializable("course_lib")
class OneChoice(keras.layers.Layer):
    """Logits (..., rows) to values in [-1, 1], same shape: 2 p - 1, where p says which row is chosen.

    kind: "straight_through": p is one-hot, with the softmax's gradient.
        "softmax": p is the softmax as it is. A discriminator then knows a real roll by its zeros and ones alone.
        "gumbel": in training p is the one-hot of a row drawn from the softmax, with the gradient of softmax(logits +
        noise), the noise of Gumbel's distribution (Jang, Gu and Poole 2017, "Categorical Reparameterization with
        Gumbel-Softmax", section 2.2); in inference it is the likeliest row, without noise.
    temperature: what the logits are divided by. seed: of the noise.

    Raises CourseError for another kind, or a temperature that is not above 0.
    """

    def __init__(
        self, kind: str = "straight_through", temperature: float = 1.0, seed: int = 0, **options: Any
    ):
        super().__init__(**options)
        if kind not in KINDS:
            raise CourseError(
                f"The kind of a choice is {', '.join(KINDS[:-1])} or {KINDS[-1]}, not {kind!r}."
            )
        if not temperature > 0:
            raise CourseError(f"The temperature must be above 0, such as 1.0, not {temperature}.")
        self.kind, self.temperature, self.seed = kind, temperature, seed
        self.seed_generator = keras.random.SeedGenerator(seed) if kind == "gumbel" else None

    def call(self, logits: Tensor, training: bool = False) -> Tensor:
        if self.kind == "gumbel" and training:
            logits = with_gumbel_noise(logits, self.seed_generator)
        probabilities = ops.softmax(logits / self.temperature)
        return 2 * (probabilities if self.kind == "softmax" else straight_through(probabilities)) - 1

    def compute_output_shape(self, input_shape: tuple) -> tuple:
        return input_shape

    def get_config(self) -> dict:
        return super().get_config() | {"kind": self.kind, "temperature": self.temperature, "seed": self.seed}
