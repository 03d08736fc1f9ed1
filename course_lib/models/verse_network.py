"""The sequence-to-sequence network of lesson 12, made smaller for verses: what turns a word into numbers turns numbers
into words again.

With some thousand words nearly all weights lie in the table of their vectors and in the last layer. Here the two are
one table: Press and Wolf, "Using the Output Embedding to Improve Language Models", 2017 (arXiv:1608.05859). A rare word
then learns from every line it stands in, whether given or written, and the network overfits later.
"""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import layers, ops

from course_lib import CourseError
from course_lib.datasets.checking import check_whole
from course_lib.datasets.numbers import check_number
from course_lib.models.sequences.network import filled
from course_lib.models.sequences.scoring import check_sequences
from course_lib.models.sequences.seq2seq import Pairs, Seq2Seq
from course_lib.models.sequences.vocabulary import START, UNKNOWN

Tensor = Any


class VerseNetwork(Seq2Seq):
    """A `Seq2Seq` with one table of vectors for reading and writing, and phrases that are left out now and then.

    longest: symbols in a phrase, and in an answer, at most. width: numbers in a word's vector. dropout: share of the
    numbers left out in training. blind: share of the phrases left out in training, UNKNOWN alone in their place, so
    that the network can also be asked what it writes to no line at all.
    """

    def __init__(
        self,
        vocabulary_size: int,
        longest: tuple[int, int] = (16, 16),
        units: int = 128,
        width: int = 96,
        dropout: float = 0.3,
        blind: float = 0.1,
        seed: int = 0,
    ):
        check_whole("width", "how many numbers a word is turned into", width, 1)
        check_number("blind", "the share of phrases that are left out in training", blind, 0, 0.99)

        def to_logits(table: layers.Embedding, both: Tensor) -> Tensor:
            # No tanh here: it is a change of coordinates towards the words' vectors, not a bottleneck that saturates.
            return Tied(table, dtype="float32", name="logits")(
                layers.Dense(width, name="towards_words")(both)
            )

        super().__init__(
            vocabulary_size, units, width, dropout, longest, seed, to_logits, name="verse_network"
        )
        self.blind = blind

    def terms(self, batch: Tensor) -> dict[str, Tensor]:
        if self.blind:
            batch = self._partly_blind(batch)
        return super().terms(batch)

    def next_of_each(self, phrases: list[np.ndarray], beginnings: list[np.ndarray]) -> np.ndarray:
        """P(next | phrase, START, beginning), float64 (count, V), of beginnings that all have the same length.

        Raises CourseError for what are no ids, and for more or longer ones than fit.
        """
        self._check_asked(phrases, beginnings)
        rows = filled(
            [np.concatenate([[START], ids]).astype("int32") for ids in beginnings], self.longest_answer + 1
        )
        log_probabilities, _ = self._look(filled(phrases, self.longest), rows)
        found = np.exp(log_probabilities[:, len(beginnings[0])].astype("float64"))
        return found / found.sum(axis=1, keepdims=True)

    def looks(self, pairs: Pairs) -> list[np.ndarray]:
        """How much each event of an answer looked at each of its phrase: float32 (len(answer), len(phrase)) a pair."""
        phrases, answers = np.split(self.windows(pairs), [self.longest], axis=1)
        _, weights = self._look(phrases, answers[:, :-1])
        return [
            each[: len(answer), : len(phrase)] for each, (phrase, answer) in zip(weights, pairs, strict=True)
        ]

    def _check_asked(self, phrases: list[np.ndarray], beginnings: list[np.ndarray]) -> None:
        for which, sequences, least, most in (
            ("phrase", phrases, 1, self.longest),
            ("beginning", beginnings, 0, self.longest_answer),
        ):
            check_sequences(sequences, self.vocabulary_size)
            for length in map(len, sequences):
                if not least <= length <= most:
                    raise CourseError(f"A {which} has {least} to {most} symbols, and this one {length}.")
        if len(phrases) != len(beginnings) or len(set(map(len, beginnings))) > 1:
            raise CourseError(
                f"Each of {len(phrases)} phrases needs one beginning, all of one length, not lengths "
                f"{[len(each) for each in beginnings]}."
            )

    def _partly_blind(self, batch: Tensor) -> Tensor:
        drawn = keras.random.uniform((ops.shape(batch)[0], 1), seed=self.seed_generator)
        places = ops.arange(batch.shape[1])[None, :]
        hidden = ops.logical_and(drawn < self.blind, places < self.longest)
        return ops.where(hidden, ops.where(places == 0, UNKNOWN, START), batch)


@keras.saving.register_keras_serializable("course_lib")
class Tied(layers.Layer):
    """Vectors (..., width) to logits (..., V): the product with each word's own vector, and a number for each word."""

    def __init__(self, table: layers.Embedding, **options: Any):
        super().__init__(**options)
        self.table = table

    def build(self, shape: tuple) -> None:
        self.bias = self.add_weight(shape=(self.table.input_dim,), initializer="zeros", name="bias")

    def call(self, x: Tensor) -> Tensor:
        return ops.matmul(x, ops.transpose(self.table.embeddings)) + self.bias
