"""What networks that read a sequence from left to right have in common: windows, loss, bits and probabilities.

`Recurrent` and `Attention` are such networks; they differ in what turns ids into logits.
"""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

from course_lib.datasets.checking import check_whole
from course_lib.models.roads.minimizer import Minimizer
from course_lib.models.sequences.scoring import Sequences, check_sequences
from course_lib.models.sequences.vocabulary import START

Tensor = Any
BATCH = 64
SHORTEST = 16
"""Prefixes are filled up to 16, 32, 64, ... events, so that TensorFlow compiles a network for few lengths only."""


class SequenceNetwork(Minimizer):
    """P(next event | at most `context` before it), from a network of ids int32 (batch, n) to logits (batch, n, V).

    The logits at place i are those of event i + 1, and must not depend on later ids. TRACKED: loss, the cross-entropy
    in nats an event, and bits, the same in base 2.
    """

    TRACKED = ("loss", "bits")

    def __init__(self, network: keras.Model, context: int, seed: int, name: str):
        super().__init__({"network": network}, seed, name=name)
        self.context, self.vocabulary_size = context, network.output_shape[-1]
        self._compiled = tf.function(self._log_probabilities, reduce_retracing=True)

    @property
    def image_shape(self) -> tuple[int]:
        """The shape of an example: a window of `context` events and the one after each."""
        return (self.context + 1,)

    def windows(self, sequences: Sequences) -> np.ndarray:
        """What training takes: int32 (N, context + 1), START, events and END, filled up with START.

        A longer sequence gives several windows; the last one reaches back so that it is full, too.
        """
        check_sequences(sequences, self.vocabulary_size)
        return np.stack(
            [window for sequence in sequences for window, _ in cut(sequence, self.context, self.context)]
        )

    def terms(self, batch: Tensor) -> dict[str, Tensor]:
        logits = self.networks["network"](batch[:, :-1], training=True)
        loss = masked_mean(cross_entropy(logits, batch[:, 1:]), batch[:, 1:])
        return {"loss": loss, "bits": loss / np.log(2)}

    def bits_each(self, sequences: Sequences) -> list[np.ndarray]:
        """-log2 P of each event given those before it: float64 (n + 1,) for a sequence (n,), END the last.

        An event is seen by the window in which most events stand before it, at least half of `context` if there are
        so many.
        """
        check_sequences(sequences, self.vocabulary_size)
        pieces = [cut(sequence, self.context, max(1, self.context // 2)) for sequence in sequences]
        windows = np.stack([window for piece in pieces for window, _ in piece])
        nats = np.concatenate(
            [self._nats(windows[start : start + BATCH]) for start in range(0, len(windows), BATCH)]
        )
        found, row = [], 0
        for piece in pieces:
            parts = []
            for window, new in piece:
                events = int((window[1:] != START).sum())
                parts.append(nats[row, events - new : events])
                row += 1
            found.append(np.concatenate(parts).astype("float64") / np.log(2))
        return found

    def next_probabilities(self, prefixes: Sequences) -> np.ndarray:
        """P(next | START, prefix): float64 (count, V), 0 for START. Of a longer prefix the end counts."""
        check_sequences(prefixes, self.vocabulary_size)
        ends = [np.concatenate([[START], prefix])[-self.context :].astype("int32") for prefix in prefixes]
        longest = max(map(len, ends))
        length = SHORTEST
        while length < longest:
            length *= 2
        found = []
        for first in range(0, len(ends), BATCH):
            some = ends[first : first + BATCH]
            log_probabilities = self.log_probabilities(filled(some, min(length, self.context)))
            found.append(log_probabilities[np.arange(len(some)), [len(end) - 1 for end in some]])
        return normalized(np.concatenate(found))

    def log_probabilities(self, ids: np.ndarray) -> np.ndarray:
        """log P(id i + 1 | ids up to i) in nats, float32 (batch, n, V), for ids (batch, n) with START, n <= context."""
        check_whole("the length of ids", "how many events are read", np.shape(ids)[1], 1, self.context)
        return np.asarray(self._compiled(tf.constant(ids, tf.int32)))

    def _log_probabilities(self, ids: Tensor) -> Tensor:
        return ops.log_softmax(self.networks["network"](ids, training=False))

    def _nats(self, windows: np.ndarray) -> np.ndarray:
        """- log P of the events 1, 2, ... of some windows, (count, context); of what fills up, anything."""
        log_probabilities = self.log_probabilities(windows[:, :-1])
        return -np.take_along_axis(log_probabilities, windows[:, 1:, None], axis=2)[..., 0]


def cut(sequence: np.ndarray, context: int, stride: int) -> list[tuple[np.ndarray, int]]:
    """Windows of START, sequence, END, int32 (context + 1,) each, and how many events are new in each.

    Together they have every event once as a new one. They begin every `stride` events, the last one earlier if it
    would not be full.
    """
    events = np.concatenate([[START], sequence, [1]]).astype("int32")
    last = len(events) - context - 1
    if last <= 0:
        return [(filled([events], context + 1)[0], len(events) - 1)]
    found, seen = [], 0
    for start in [*range(0, last, stride), last]:
        end = start + context
        found.append((events[start : end + 1], end - seen))
        seen = end
    return found


def filled(rows: list[np.ndarray], length: int) -> np.ndarray:
    """Rows of ids as one int32 array (count, length), filled up with START behind."""
    found = np.full((len(rows), length), START, "int32")
    for row, ids in zip(found, rows, strict=True):
        row[: len(ids)] = ids
    return found


def normalized(log_probabilities: np.ndarray) -> np.ndarray:
    """Probabilities in float64 whose rows add up to 1 to the last digits, from float32 logarithms."""
    found = np.exp(log_probabilities.astype("float64"))
    found[:, START] = 0
    return found / found.sum(axis=1, keepdims=True)


def cross_entropy(logits: Tensor, targets: Tensor) -> Tensor:
    """- log P(target) in nats, (batch, n), of ids (batch, n) under logits (batch, n, V)."""
    return keras.losses.sparse_categorical_crossentropy(targets, logits, from_logits=True)


def masked_mean(values: Tensor, targets: Tensor) -> Tensor:
    """The mean over all places where something is to be guessed: START as a target fills up."""
    counts = ops.cast(ops.not_equal(targets, START), values.dtype)
    return ops.sum(values * counts) / ops.maximum(ops.sum(counts), 1.0)


def embedding(vocabulary_size: int, width: int, name: str = "embedding") -> layers.Embedding:
    """A vector of `width` numbers for each id, drawn with a standard deviation of 0.5.

    Keras draws them within 0.05. All symbols then look alike, and a network may stay at the unigram for minutes.
    """
    start = keras.initializers.RandomNormal(stddev=0.5)
    return layers.Embedding(vocabulary_size, width, embeddings_initializer=start, name=name)


@keras.saving.register_keras_serializable("course_lib")
class NeverStart(layers.Layer):
    """Logits (..., V) with that of START so low that its probability is 0."""

    def call(self, logits: Tensor) -> Tensor:
        size = logits.shape[-1]
        return logits - ops.cast(ops.equal(ops.arange(size), START), logits.dtype) * 1e9
