"""The n-gram: what came after the last few events, counted. The baseline of every network for sequences.

    model = NGram(len(vocabulary), order=3).fit(train)
    scoring.bits(model, test)

Pure counting, with NumPy for the lists of probabilities. The networks have to beat it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

import numpy as np

from course_lib import CourseError
from course_lib.datasets.checking import check_whole
from course_lib.datasets.numbers import is_number
from course_lib.models.sequences.scoring import Sequences, bits, check_sequences
from course_lib.models.sequences.vocabulary import END, SPECIAL, START

SMOOTHINGS = ("witten_bell", "absolute")


class NGram:
    """P(event | the `order` - 1 before it), each length of context mixed with the next shorter one, down to uniform.

    With c(h, e) how often e followed the context h, c(h) how often anything did, and T(h) how many different events,

        witten_bell     P(e | h) = (c(h, e) + T(h) P(e | h')) / (c(h) + T(h))
        absolute        P(e | h) = (max(c(h, e) - D, 0) + D T(h) P(e | h')) / c(h)

    where h' is h without its oldest event, and below the unigram every outcome is as likely as any other. Witten and
    Bell, "The zero-frequency problem", 1991 (their method C), interpolated; Ney, Essen and Kneser, "On structuring
    probabilistic dependences", 1994. A context that never came up says nothing: P(e | h) = P(e | h').

    order: 1 looks at no event before, 0 is uniform. discount: D of the second. A context at the beginning of a sequence
    has START in it, once. Raises CourseError for an unknown smoothing, and if it is asked before it was taught.
    """

    def __init__(
        self, vocabulary_size: int, order: int = 3, smoothing: str = "witten_bell", discount: float = 0.75
    ):
        check_whole("vocabulary_size", "how many ids there are", vocabulary_size, SPECIAL)
        check_whole("order", "how many events an n-gram spans", order, 0, 20)
        if smoothing not in SMOOTHINGS:
            raise CourseError(f"There is no smoothing {smoothing!r}; choose one of {', '.join(SMOOTHINGS)}.")
        if not is_number(discount) or not 0 < discount < 1:
            raise CourseError(f"discount is a number between 0 and 1, not {discount!r}.")
        self.vocabulary_size, self.order = vocabulary_size, order
        self.smoothing, self.discount = smoothing, discount
        self.followers: dict[tuple[int, ...], dict[int, int]] | None = None
        self.totals: dict[tuple[int, ...], int] = {}

    def fit(self, sequences: Sequences) -> NGram:
        """Count, from nothing, what follows every context of 0 to order - 1 events. Returns itself."""
        check_sequences(sequences, self.vocabulary_size)
        followers: dict[tuple[int, ...], dict[int, int]] = defaultdict(lambda: defaultdict(int))
        for sequence in sequences:
            events = whole(sequence)
            for place in range(1, len(events)):
                for span in range(min(self.order, place + 1)):
                    followers[tuple(events[place - span : place])][events[place]] += 1
        self.followers = {context: dict(counts) for context, counts in followers.items()}
        self.totals = {context: sum(counts.values()) for context, counts in self.followers.items()}
        return self

    def probability(self, event: int, context: Sequence[int]) -> float:
        """P(event | context), of which the last order - 1 events count. START, as an event, has none.

        Raises CourseError for what is no id: START may stand in the context as well.
        """
        for number in (event, *context):
            check_whole("an id", "the number of an event", number, 0, self.vocabulary_size - 1)
        return self._probability(event, context)

    def _probability(self, event: int, context: Sequence[int]) -> float:
        if event == START:
            return 0.0
        found = 1 / (self.vocabulary_size - 1)
        for counts, total in self._known(context):
            kept, left = self._weights(counts.get(event, 0), total, len(counts))
            found = kept + left * found
        return float(found)

    def bits_each(self, sequences: Sequences) -> list[np.ndarray]:
        check_sequences(sequences, self.vocabulary_size)
        found = []
        for sequence in sequences:
            events = whole(sequence)
            chances = [self._probability(events[place], events[:place]) for place in range(1, len(events))]
            found.append(-np.log2(chances))
        return found

    def next_probabilities(self, prefixes: Sequences) -> np.ndarray:
        check_sequences(prefixes, self.vocabulary_size)
        return np.stack([self._next(whole(prefix)[:-1]) for prefix in prefixes])

    def _next(self, context: list[int]) -> np.ndarray:
        """P(. | context), float64 (vocabulary_size,)."""
        found = np.full(self.vocabulary_size, 1 / (self.vocabulary_size - 1))
        found[START] = 0
        for counts, total in self._known(context):
            seen = np.zeros(self.vocabulary_size)
            seen[list(counts)] = list(counts.values())
            kept, left = self._weights(seen, total, len(counts))
            found = kept + left * found
        return found

    def _known(self, context: Sequence[int]) -> Iterable[tuple[dict[int, int], int]]:
        """What followed the context's last 0, 1, ... events, and how often, as far as it ever came up."""
        if self.followers is None:
            raise CourseError("This n-gram has counted nothing yet: call fit(sequences) first.")
        for span in range(min(self.order, len(context) + 1)):
            end = tuple(context[len(context) - span :])
            if end not in self.followers:
                return  # then no longer context came up either
            yield self.followers[end], self.totals[end]

    def _weights(self, count: np.ndarray | int, total: int, kinds: int) -> tuple[np.ndarray | float, float]:
        """What an event has of its own after `count` of `total`, and the share that goes to the shorter context."""
        if self.smoothing == "witten_bell":
            return count / (total + kinds), kinds / (total + kinds)
        return np.maximum(count - self.discount, 0) / total, self.discount * kinds / total


def whole(sequence: Sequence[int] | np.ndarray) -> list[int]:
    """START, the sequence, END, as plain numbers."""
    return [START, *np.asarray(sequence).tolist(), END]


def best(
    train: Sequences,
    validation: Sequences,
    vocabulary_size: int,
    orders: Iterable[int] = range(1, 7),
    smoothings: Iterable[str] = SMOOTHINGS,
) -> tuple[NGram, list[dict]]:
    """The n-gram of `train` that has the fewest bits an event on `validation`, and what all the others have.

    The second is a list of dicts with "order", "smoothing" and "bits". What will be reported is measured on a third
    part: the one chosen is flattered by what it was chosen on.
    """
    table: list[dict] = []
    chosen: tuple[float, NGram] | None = None
    for smoothing in smoothings:
        for order in orders:
            model = NGram(vocabulary_size, order, smoothing).fit(train)
            found = bits(model, validation)
            table.append({"order": order, "smoothing": smoothing, "bits": found})
            if chosen is None or found < chosen[0]:
                chosen = found, model
    if chosen is None:
        raise CourseError("There is no order or no smoothing to choose from.")
    return chosen[1], table
