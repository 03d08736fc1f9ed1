"""One block of causal self-attention, written out: every event looks back at all before it, and weighs them.

Vaswani et al., "Attention Is All You Need", 2017 (arXiv:1706.03762), section 3; the normalisation comes first, as in
Xiong et al., "On Layer Normalization in the Transformer Architecture", 2020 (arXiv:2002.04745).
"""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import layers, ops

from course_lib import CourseError
from course_lib.datasets.checking import check_whole
from course_lib.models.sequences.network import NeverStart, SequenceNetwork, embedding
from course_lib.models.sequences.vocabulary import START

Tensor = Any
NOT_SEEN = -1e9
"""The score of what must not be looked at: its share of the softmax is 0."""


def causal_mask(n: int) -> np.ndarray:
    """bool (n, n): whether place i, the row, may look at place j, the column. It may where j <= i."""
    places = np.arange(n)
    return places[None, :] <= places[:, None]


def attend(
    queries: Tensor, keys: Tensor, values: Tensor, mask: Tensor | None = None
) -> tuple[Tensor, Tensor]:
    """softmax(Q K^T / sqrt(d)) V: the mixed values (..., n, v), and the weights (..., n, m) by which they are mixed.

    queries (..., n, d), keys (..., m, d), values (..., m, v). mask: bool, broadcast to (..., n, m), True where a query
    may look. The weights of a query add up to 1. Section 3.2.1, equation 1.
    """
    scores = ops.matmul(queries, ops.swapaxes(keys, -1, -2)) / float(np.sqrt(queries.shape[-1]))
    if mask is not None:
        scores = ops.where(mask, scores, NOT_SEEN)
    weights = ops.softmax(scores, axis=-1)
    return ops.matmul(weights, values), weights


@keras.saving.register_keras_serializable("course_lib")
class CausalSelfAttention(layers.Layer):
    """(batch, n, width) to [mixed (batch, n, width), weights (batch, heads, n, n)], no place looking ahead.

    Each head has width / heads numbers of queries, keys and values, so it can look for something of its own.
    """

    def __init__(self, width: int, heads: int, **options: Any):
        super().__init__(**options)
        self.width, self.heads = width, heads
        self.queries, self.keys, self.values, self.out = (
            layers.Dense(width, use_bias=False) for _ in range(4)
        )

    def build(self, shape: tuple) -> None:
        for dense in (self.queries, self.keys, self.values, self.out):
            dense.build(shape)

    def call(self, x: Tensor) -> tuple[Tensor, Tensor]:
        n = ops.shape(x)[1]
        places = ops.arange(n)
        mask = places[None, :] <= places[:, None]  # causal_mask(n), where n is known only when it runs
        mixed, weights = attend(
            *(self._split(dense(x)) for dense in (self.queries, self.keys, self.values)), mask
        )
        together = ops.reshape(ops.transpose(mixed, (0, 2, 1, 3)), (-1, n, self.width))
        return self.out(together), weights

    def _split(self, x: Tensor) -> Tensor:
        """(batch, n, width) to (batch, heads, n, width / heads)."""
        parted = ops.reshape(x, (-1, ops.shape(x)[1], self.heads, self.width // self.heads))
        return ops.transpose(parted, (0, 2, 1, 3))


@keras.saving.register_keras_serializable("course_lib")
class Positions(layers.Layer):
    """Adds to each place a vector of its own, learnt: without it attention sees a bag of events in no order."""

    def __init__(self, longest: int, **options: Any):
        super().__init__(**options)
        self.longest = longest

    def build(self, shape: tuple) -> None:
        self.table = self.add_weight(
            shape=(self.longest, shape[-1]),
            initializer=keras.initializers.RandomNormal(stddev=0.1),
            name="positions",
        )

    def call(self, x: Tensor) -> Tensor:
        return x + self.table[: ops.shape(x)[1]]


class Attention(SequenceNetwork):
    """Embedding and positions, one block (attention, then a small network for each place), softmax.

    width: numbers at each place, which `heads` divides. dropout: share of them left out in training. context: events
    in a training window, and before a prediction at most. Compiled, its weights drawn from `seed`.
    """

    LEARNING_RATE = 2e-3

    def __init__(
        self,
        vocabulary_size: int,
        width: int = 96,
        heads: int = 4,
        dropout: float = 0.0,
        context: int = 64,
        seed: int = 0,
    ):
        check_whole("width", "how many numbers stand for a place", width, 1)
        check_whole("heads", "how many ways to look back there are", heads, 1)
        check_whole("context", "how many events a prediction sees at most", context, 2)
        if width % heads:
            raise CourseError(f"The width, {width}, must be a multiple of the {heads} heads.")
        check_whole("seed", "what the random numbers follow from", seed, 0, 2**32 - 1)
        keras.utils.set_random_seed(seed)
        network, self.watched = block(vocabulary_size, width, heads, dropout, context)
        super().__init__(network, context, seed, name="attention")
        self.compile(keras.optimizers.Adam(self.LEARNING_RATE, clipnorm=1.0), steps_per_execution=5)

    def weights_for(self, ids: np.ndarray) -> np.ndarray:
        """How much place i looks at place j when START and these ids (n,) are read: float32 (heads, n + 1, n + 1)."""
        read = np.concatenate([[START], ids]).astype("int32")
        check_whole("the length of ids", "how many events are read", len(read) - 1, 0, self.context - 1)
        return np.asarray(self.watched(read[None]))[0]


def block(
    vocabulary_size: int, width: int, heads: int, dropout: float, context: int
) -> tuple[keras.Model, keras.Model]:
    """Ids (batch, n) to logits (batch, n, vocabulary_size), and to the attention's weights (batch, heads, n, n)."""
    ids = keras.Input((None,), dtype="int32")
    x = layers.Dropout(dropout)(Positions(context)(embedding(vocabulary_size, width)(ids)))
    mixed, weights = CausalSelfAttention(width, heads)(layers.LayerNormalization()(x))
    x = x + layers.Dropout(dropout)(mixed)
    each = layers.Dense(4 * width, activation="relu")(layers.LayerNormalization()(x))
    x = x + layers.Dropout(dropout)(layers.Dense(width)(each))
    logits = layers.Dense(vocabulary_size, dtype="float32", name="logits")(layers.LayerNormalization()(x))
    logits = NeverStart(dtype="float32")(logits)
    return keras.Model(ids, logits, name="block"), keras.Model(ids, weights, name="watched")
