"""One sequence in, another out: a network that reads a phrase and writes its answer, looking back as it writes.

    model = Seq2Seq(len(vocabulary))
    answer, looks = model.answer(phrase, temperature=0)

Sutskever, Vinyals and Le, "Sequence to Sequence Learning with Neural Networks", 2014 (arXiv:1409.3215); the attention
is that of Luong, Pham and Manning, "Effective Approaches to Attention-based Neural Machine Translation", 2015
(arXiv:1508.04025, section 3.1), scaled as in `attention.attend`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

from course_lib import CourseError
from course_lib.datasets.checking import check_whole
from course_lib.datasets.numbers import check_number
from course_lib.models.roads.minimizer import Minimizer
from course_lib.models.sequences.attention import attend
from course_lib.models.sequences.beam import by_beam
from course_lib.models.sequences.network import (
    NeverStart,
    cross_entropy,
    embedding,
    filled,
    masked_mean,
    normalized,
)
from course_lib.models.sequences.scoring import Pairs, at_temperature, check_pairs, draw, drawable
from course_lib.models.sequences.vocabulary import END, SPECIAL, START

Tensor = Any
ToLogits = Callable[[layers.Embedding, Tensor], Tensor]
BATCH = 64


class Seq2Seq(Minimizer):
    """P(answer | phrase), event by event: P(event i | events before it, the whole phrase).

    The encoder, a GRU that reads both ways, turns every event of the phrase into a vector. The decoder, another GRU,
    begins where the encoder ended; before it guesses, it mixes the encoder's vectors by attention. units: numbers in
    each GRU's state. embedding: numbers an id is turned into, the same for both. dropout: share left out in training.
    longest: events in a phrase, and in an answer, at most; two numbers if they differ. to_logits: as in
    `encoder_decoder`. Compiled, its weights drawn from `seed`.
    """

    TRACKED = ("loss", "bits")
    LEARNING_RATE = 3e-3

    def __init__(
        self,
        vocabulary_size: int,
        units: int = 80,
        embedding: int = 48,
        dropout: float = 0.0,
        longest: int | tuple[int, int] = 20,
        seed: int = 0,
        to_logits: ToLogits | None = None,
        name: str = "seq2seq",
    ):
        longest_phrase, longest_answer = longest if np.shape(longest) == (2,) else (longest, longest)
        check_whole("vocabulary_size", "how many ids there are", vocabulary_size, SPECIAL + 1)
        check_whole("units", "how many numbers a state has", units, 1)
        check_whole("embedding", "how many numbers an id is turned into", embedding, 1)
        for each in (longest_phrase, longest_answer):
            check_whole("longest", "how many events a phrase or an answer has at most", each, 1)
        check_number("dropout", "the share that is left out in training", dropout, 0, 0.99)
        check_whole("seed", "what the random numbers follow from", seed, 0, 2**32 - 1)
        keras.utils.set_random_seed(seed)
        network = encoder_decoder(vocabulary_size, units, embedding, dropout, to_logits)
        super().__init__({"network": network}, seed, name=name)
        self.vocabulary_size = vocabulary_size
        self.longest, self.longest_answer = longest_phrase, longest_answer
        self._compiled = tf.function(self._looking, reduce_retracing=True)
        self.compile(keras.optimizers.Adam(self.LEARNING_RATE, clipnorm=1.0), steps_per_execution=5)

    @property
    def image_shape(self) -> tuple[int]:
        """The shape of an example: a phrase, and START, answer and END, filled up."""
        return (self.longest + self.longest_answer + 2,)

    def windows(self, pairs: Pairs) -> np.ndarray:
        """What training takes: int32 (N, longest + longest_answer + 2), phrases, then START, answer and END."""
        check_pairs(pairs, self.vocabulary_size, (self.longest, self.longest_answer))
        phrases = filled([phrase for phrase, _ in pairs], self.longest)
        answers = [np.concatenate([[START], answer, [END]]) for _, answer in pairs]
        return np.concatenate([phrases, filled(answers, self.longest_answer + 2)], axis=1)

    def terms(self, batch: Tensor) -> dict[str, Tensor]:
        phrases, answers = batch[:, : self.longest], batch[:, self.longest :]
        logits, _ = self.networks["network"]([phrases, answers[:, :-1]], training=True)
        loss = masked_mean(cross_entropy(logits, answers[:, 1:]), answers[:, 1:])
        return {"loss": loss, "bits": loss / np.log(2)}

    def bits_each(self, pairs: Pairs) -> list[np.ndarray]:
        """-log2 P of each event of the answers given the phrases, END the last: float64 (n + 1,) for an answer (n,)."""
        rows = self.windows(pairs)
        found = []
        for first in range(0, len(rows), BATCH):
            phrases, answers = np.split(rows[first : first + BATCH], [self.longest], axis=1)
            log_probabilities, _ = self._look(phrases, answers[:, :-1])
            nats = -np.take_along_axis(log_probabilities, answers[:, 1:, None], axis=2)[..., 0]
            counts = (answers[:, 1:] != START).sum(axis=1)
            found += [row[:n].astype("float64") / np.log(2) for row, n in zip(nats, counts, strict=True)]
        return found

    def answer(
        self,
        phrase: Sequence[int] | np.ndarray,
        temperature: float = 1.0,
        seed: int = 0,
        length: int | None = None,
        beam: int = 1,
    ) -> tuple[np.ndarray, np.ndarray]:
        """An answer, int32 (n,), and how much each of its events looked at each of the phrase's m, float32 (n, m).

        temperature: as in `scoring.at_temperature`; 0 takes the most likely event each time. beam: keep so many
        beginnings, and give the most likely whole of those they lead to, whatever the temperature. At most `length`
        events, the model's longest unless told. START, UNKNOWN and an empty answer are never given.
        """
        length = self.longest_answer if length is None else length
        check_whole("length", "how many events an answer has at most", length, 1, self.longest_answer)
        check_whole("seed", "what the random numbers follow from", seed, 0)
        check_whole("beam", "how many beginnings are kept", beam, 1, 100)
        check_pairs([(phrase, phrase)], self.vocabulary_size, (self.longest, self.longest))
        phrase = np.asarray(phrase, "int32")
        if beam > 1:
            found = by_beam(lambda beginnings: self._next(phrase, beginnings), beam, length)
        else:
            found, rng = np.empty(0, "int32"), np.random.default_rng(seed)
            while len(found) < length:
                chances = at_temperature(self._next(phrase, [found]), temperature)
                event = int(draw(chances, rng)[0])
                if event == END:
                    break
                found = np.append(found, np.int32(event))
        _, looks = self._look(filled([phrase], self.longest), self._beginnings([found]))
        return found, looks[0, : len(found), : len(phrase)]

    def next_probabilities(self, phrase: np.ndarray, beginnings: Sequence[np.ndarray]) -> np.ndarray:
        """P(next | phrase, START, beginning): float64 (count, V), 0 for START, for several beginnings of one answer."""
        phrases = np.repeat(filled([phrase], self.longest), len(beginnings), axis=0)
        log_probabilities, _ = self._look(phrases, self._beginnings(beginnings))
        places = [len(beginning) for beginning in beginnings]
        return normalized(log_probabilities[np.arange(len(beginnings)), places])

    def _next(self, phrase: np.ndarray, beginnings: Sequence[np.ndarray]) -> np.ndarray:
        """The same of what can be written down, and without END for an answer of no event."""
        chances = self.next_probabilities(phrase, beginnings)
        chances[[not len(beginning) for beginning in beginnings], END] = 0
        return drawable(chances)

    def _beginnings(self, beginnings: Sequence[np.ndarray]) -> np.ndarray:
        return filled(
            [np.concatenate([[START], ids]).astype("int32") for ids in beginnings], self.longest_answer + 1
        )

    def _look(self, phrases: np.ndarray, beginnings: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """log P (batch, n, V) and attention (batch, n, longest). Raises CourseError if the training has diverged."""
        found = tuple(map(np.asarray, self._compiled(tf.constant(phrases), tf.constant(beginnings))))
        if np.isnan(found[0]).any():
            raise CourseError(
                "The network's probabilities are no numbers (NaN): its training has diverged. Build it anew, and take "
                "a smaller learning rate."
            )
        return found

    def _looking(self, phrases: Tensor, beginnings: Tensor) -> tuple[Tensor, Tensor]:
        logits, weights = self.networks["network"]([phrases, beginnings], training=False)
        return ops.log_softmax(logits), weights


def encoder_decoder(
    vocabulary_size: int, units: int, width: int, dropout: float = 0.0, to_logits: ToLogits | None = None
) -> keras.Model:
    """[phrases (batch, m), beginnings (batch, n)] to [logits (batch, n, V), attention weights (batch, n, m)].

    to_logits: from the table of the symbols' vectors and from what state and phrase say together, (batch, n, 3 units),
    to the logits; one layer unless said otherwise.
    """
    phrases, beginnings = (
        keras.Input((None,), dtype="int32", name=name) for name in ("phrases", "beginnings")
    )
    embed = embedding(vocabulary_size, width)
    mask = ops.not_equal(phrases, START)
    reader = layers.Bidirectional(layers.GRU(units, return_sequences=True, return_state=True), name="encoder")
    read, forward, backward = reader(layers.Dropout(dropout)(embed(phrases)), mask=mask)
    start = layers.Dense(units, activation="tanh", name="start")(layers.Concatenate()([forward, backward]))
    decoder = layers.GRU(units, return_sequences=True, name="decoder")
    written = decoder(layers.Dropout(dropout)(embed(beginnings)), initial_state=start)
    queries, keys = layers.Dense(units, name="queries")(written), layers.Dense(units, name="keys")(read)
    mixed, weights = attend(queries, keys, read, mask[:, None, :])
    both = layers.Dropout(dropout)(layers.Concatenate()([written, mixed]))
    if to_logits is None:
        # Straight to the softmax: a narrow layer with a tanh in between can keep it at the unigram for minutes.
        logits = layers.Dense(vocabulary_size, dtype="float32", name="logits")(both)
    else:
        logits = to_logits(embed, both)
    return keras.Model(
        [phrases, beginnings], [NeverStart(dtype="float32")(logits), weights], name="encoder_decoder"
    )
