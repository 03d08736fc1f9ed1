"""The simple things that a network which answers has to beat: going on by the n-gram, and saying the phrase again.

counts = NGramAnswers.taught(train, len(vocabulary), order=3)
again = CopyAnswers.chosen(counts, validation)
scoring.bits(again, test)                  pairs (phrase, answer), as for Seq2Seq
"""

from __future__ import annotations

import numpy as np

from course_lib import CourseError
from course_lib.datasets.numbers import is_number
from course_lib.models.sequences import scoring
from course_lib.models.sequences.ngram import NGram
from course_lib.models.sequences.scoring import Pairs, check_pairs
from course_lib.models.sequences.vocabulary import END

SHARES = (0.0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5)


class NGramAnswers:
    """P(answer | phrase) of an n-gram to which both are one sequence: it knows of the phrase what its order lets it.

    ngram: taught on sequences phrase + answer.
    """

    def __init__(self, ngram: NGram):
        self.ngram, self.vocabulary_size = ngram, ngram.vocabulary_size

    @classmethod
    def taught(cls, pairs: Pairs, vocabulary_size: int, order: int = 3) -> NGramAnswers:
        """By the pairs of the training set. Raises CourseError for what are no pairs of ids."""
        check_pairs(pairs, vocabulary_size)
        return cls(NGram(vocabulary_size, order).fit([np.concatenate(pair) for pair in pairs]))

    def bits_each(self, pairs: Pairs) -> list[np.ndarray]:
        """-log2 P of each event of the answers, END the last: float64 (n + 1,) for an answer (n,).

        Raises CourseError for what are no pairs of ids.
        """
        check_pairs(pairs, self.vocabulary_size)
        whole = self.ngram.bits_each([np.concatenate(pair) for pair in pairs])
        return [bits[len(phrase) :] for bits, (phrase, _) in zip(whole, pairs, strict=True)]


class CopyAnswers:
    """The phrase once more: event i of the answer is that of the phrase with probability `share`, else the n-gram's.

    A copy alone would give every other answer the probability 0. share: from 0 up to, but not including, 1.
    """

    def __init__(self, otherwise: NGramAnswers, share: float):
        if not is_number(share) or not 0 <= share < 1:
            raise CourseError(f"share is a number from 0 up to, but not including, 1, not {share!r}.")
        self.otherwise, self.share = otherwise, share
        self.vocabulary_size = otherwise.vocabulary_size

    @classmethod
    def chosen(cls, otherwise: NGramAnswers, validation: Pairs) -> CopyAnswers:
        """With the one of `SHARES` that has the fewest bits on validation pairs."""
        models = (cls(otherwise, share) for share in SHARES)
        return min(models, key=lambda model: scoring.bits(model, validation))

    def bits_each(self, pairs: Pairs) -> list[np.ndarray]:
        """As `NGramAnswers.bits_each`."""
        found = []
        for (phrase, answer), bits in zip(pairs, self.otherwise.bits_each(pairs), strict=True):
            said = np.append(answer, END)
            copied = np.full(len(said), END)  # once the phrase is over, so is its copy
            copied[: len(phrase)] = phrase[: len(said)]
            found.append(-np.log2(self.share * (said == copied) + (1 - self.share) * 2.0**-bits))
        return found
