"""Symbols as whole numbers, as models take them: characters, words, notes, anything that can be a key of a dict.

vocabulary = Vocabulary.of(["abba", "baba"], least=1)
vocabulary.encode("ab")             [3 4]
vocabulary.decode([3, 4, END])      ["a", "b"]
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence

import numpy as np

from course_lib import CourseError
from course_lib.datasets.checking import check_whole

START, END, UNKNOWN = 0, 1, 2
"""Ids that are no symbols. START stands before the first symbol, is never predicted, and fills up what is short; END is
predicted after the last one; UNKNOWN stands for every symbol that training did not have, or hardly."""
SPECIAL = 3


class Vocabulary:
    """The symbols of a training set and their ids, from 3 on, the most frequent first, and equals in their own order.

    symbols: tuple; the id of symbols[i] is i + 3. counts: int64 (len(self),), how often each id came up in `of`, END
    once a sequence. Make one with `of`.
    """

    def __init__(self, symbols: Iterable[Hashable], counts: Iterable[int] | None = None):
        self.symbols = tuple(_hashable(symbols))
        self.ids = {symbol: number for number, symbol in enumerate(self.symbols, SPECIAL)}
        if len(self.ids) < len(self.symbols):
            raise CourseError("A vocabulary has each symbol once, and some of these come up again.")
        self.counts = np.zeros(len(self), "int64") if counts is None else np.array(list(counts), "int64")
        if self.counts.shape != (len(self),):
            raise CourseError(
                f"counts has {len(self.counts)} numbers for {len(self)} ids: START, END and UNKNOWN have one each."
            )

    @classmethod
    def of(cls, sequences: Iterable[Iterable[Hashable]], least: int = 2) -> Vocabulary:
        """The symbols that occur `least` times or more in the sequences; the rest will be UNKNOWN.

        With least=1 there is a number for all of them, and a model never sees UNKNOWN in training: then it has no idea
        how likely that is. Raises CourseError if nothing is left, and for symbols that cannot be keys of a dict or be
        put in order.
        """
        check_whole("least", "how often a symbol must occur to have a number of its own", least, 1)
        counts: Counter = Counter()
        ends = 0
        for sequence in _listed(sequences):
            counts.update(_hashable(sequence))
            ends += 1
        kept = [symbol for symbol, count in counts.items() if count >= least]
        if not kept:
            raise CourseError(
                f"No symbol occurs {least} times or more in these {ends} sequences; give more of them."
            )
        try:
            kept.sort(key=lambda symbol: (-counts[symbol], symbol))
        except TypeError as error:
            raise CourseError(
                "Symbols of a vocabulary are of one kind, since equally frequent ones are put in order: all texts, "
                "say, or all tuples."
            ) from error
        unknown = counts.total() - sum(counts[symbol] for symbol in kept)
        return cls(kept, [0, ends, unknown, *(counts[symbol] for symbol in kept)])

    def __len__(self) -> int:
        """How many ids there are, START among them."""
        return SPECIAL + len(self.symbols)

    @property
    def outcomes(self) -> int:
        """How many ids can come next: all but START."""
        return len(self) - 1

    def encode(self, symbols: Iterable[Hashable], strict: bool = False) -> np.ndarray:
        """Their ids, int32 (n,), without START and END. A symbol that is not in the vocabulary becomes UNKNOWN.

        strict: raise CourseError for such a symbol instead, naming it.
        """
        symbols = _hashable(symbols)
        found = [self.ids.get(symbol, UNKNOWN) for symbol in symbols]
        if strict and UNKNOWN in found:
            symbol = symbols[found.index(UNKNOWN)]
            raise CourseError(
                f"The vocabulary has no {symbol!r}: it does not occur in the training set, or too rarely. Leave strict "
                "out to take it for UNKNOWN."
            )
        return np.array(found, "int32")

    def decode(self, ids: Sequence[int] | np.ndarray) -> list[Hashable]:
        """The symbols of these ids up to the first END, without START.

        Raises CourseError for UNKNOWN, which stands for no symbol, and for what is no id.
        """
        found = []
        for number in (each.item() if isinstance(each, np.generic) else each for each in _listed(ids)):
            if number == END:
                break
            if number == START:
                continue
            if number == UNKNOWN or not isinstance(number, int) or not 0 <= number < len(self):
                what = (
                    "UNKNOWN, which stands for no symbol" if number == UNKNOWN else "no id of this vocabulary"
                )
                raise CourseError(f"{number} is {what}; ids of symbols are {SPECIAL} to {len(self) - 1}.")
            found.append(self.symbols[number - SPECIAL])
        return found


def _listed(things: Iterable) -> list:
    try:
        return list(things)
    except TypeError as error:
        raise CourseError(
            f"Several symbols or ids are wanted, such as a list of them, not {things!r} alone."
        ) from error


def _hashable(symbols: Iterable[Hashable]) -> list[Hashable]:
    found = _listed(symbols)
    try:
        set(found)
    except TypeError as error:
        raise CourseError(
            "A symbol is something that can be a key of a dict, such as a text or a tuple: of notes (n, 2) make tuples "
            "with map(tuple, notes.tolist())."
        ) from error
    return found
