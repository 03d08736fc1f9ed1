"""A recurrent network for sequences: what was read so far is kept in one vector, rewritten at every event."""

from __future__ import annotations

import keras
from keras import layers

from course_lib.datasets.checking import check_whole
from course_lib.models.sequences.network import NeverStart, SequenceNetwork, embedding


class Recurrent(SequenceNetwork):
    """A gated recurrent unit (GRU; Cho et al., "Learning Phrase Representations using RNN Encoder-Decoder", 2014,
    arXiv:1406.1078, section 2.3) between an embedding and a softmax.

    units: numbers in its state. embedding: numbers an id is turned into. dropout: share of both that is left out in
    training. context: events in a training window, and before a prediction at most. Compiled, its weights drawn from
    `seed`.
    """

    LEARNING_RATE = 5e-3

    def __init__(
        self,
        vocabulary_size: int,
        units: int = 192,
        embedding: int = 64,
        dropout: float = 0.0,
        context: int = 64,
        seed: int = 0,
    ):
        check_whole("units", "how many numbers the state has", units, 1)
        check_whole("context", "how many events a prediction sees at most", context, 2)
        check_whole("seed", "what the random numbers follow from", seed, 0, 2**32 - 1)
        keras.utils.set_random_seed(seed)
        network = gru(vocabulary_size, units, embedding, dropout)
        super().__init__(network, context, seed, name="recurrent")
        self.compile(keras.optimizers.Adam(self.LEARNING_RATE, clipnorm=1.0), steps_per_execution=5)


def gru(vocabulary_size: int, units: int, width: int, dropout: float = 0.0) -> keras.Model:
    """Ids (batch, n) to logits (batch, n, vocabulary_size)."""
    ids = keras.Input((None,), dtype="int32")
    x = layers.Dropout(dropout)(embedding(vocabulary_size, width)(ids))
    x = layers.GRU(units, return_sequences=True)(x)
    logits = layers.Dense(vocabulary_size, dtype="float32", name="logits")(layers.Dropout(dropout)(x))
    return keras.Model(ids, NeverStart(dtype="float32")(logits), name="gru")
