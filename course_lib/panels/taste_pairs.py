"""The course of twenty questions about a taste: which pair comes next, what was answered, and what that says.

    asked = TastePairs(features, count=20, held_out=6, seed=0)
    asked.pair()                    numbers of the two creations that are shown, left and right
    asked.note(LEFT)                the next one, please

The first pairs are chosen by what the answers so far let the model believe; the last ones are any pairs, and nothing is
learned from them: on these model and person are compared.
"""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Integral

import numpy as np
from numpy.typing import ArrayLike

from course_lib import CourseError, datasets
from course_lib.theory.taste.bradley_terry import Belief, chosen_differences, fit
from course_lib.theory.taste.checking import check_creations
from course_lib.theory.taste.pairs import Chooser, ThompsonPairs, random_pairs

LEFT, RIGHT, NEITHER = 0, 1, None
TRIES = 50


@dataclass(frozen=True)
class Answer:
    """pair: the creations that were left and right. side: LEFT, RIGHT or NEITHER, which teaches nothing."""

    pair: tuple[int, int]
    side: int | None

    @property
    def chosen(self) -> int | None:
        return None if self.side is None else self.pair[self.side]


class TastePairs:
    """`count` pairs of creations with features (n, d), the last `held_out` of them kept for the comparison.

    chooser: of the pairs that are learned from, one of `theory.taste.pairs`; Thompson sampling unless told, which looks
    for what is liked. The same seed and the same answers bring the same pairs, so that who takes an answer back meets
    the pair again.
    answers: one `Answer` a pair so far. Raises CourseError for features that are no finite table of two creations or
    more, and for other numbers of pairs than 1 to 100, at least one of them learned from.
    """

    def __init__(
        self,
        features: ArrayLike,
        count: int = 20,
        held_out: int = 6,
        seed: int = 0,
        chooser: Chooser | None = None,
    ) -> None:
        datasets.check_whole("count", "how many pairs are shown", count, 1, 100)
        datasets.check_whole("held_out", "how many of the pairs are held out", held_out, 0, count - 1)
        datasets.check_whole("seed", "what the random numbers follow from", seed, 0)
        self.features = check_creations(features)
        self.count, self.held_out, self.seed = count, held_out, seed
        self.chooser = ThompsonPairs() if chooser is None else chooser
        self.answers: list[Answer] = []
        self._next: tuple[int, int] | None = None

    @property
    def finished(self) -> bool:
        return len(self.answers) == self.count

    @property
    def taught(self) -> int:
        """How many pairs are learned from, at most."""
        return self.count - self.held_out

    def pair(self) -> tuple[int, int]:
        """The pair that is to be answered now. Raises CourseError after the last one."""
        if self.finished:
            raise CourseError(f"All {self.count} pairs are answered.")
        if self._next is None:
            self._next = self._chosen()
        return self._next

    def note(self, side: int | None) -> None:
        """Take LEFT, RIGHT or NEITHER for the present pair; after the last one, none."""
        is_number = isinstance(side, Integral) and not isinstance(side, bool)  # True is no side
        if side is not NEITHER and not (is_number and side in (LEFT, RIGHT)):
            raise CourseError(f"An answer is 0 for left, 1 for right or None for neither, not {side!r}.")
        if not self.finished:
            self.answers.append(Answer(self.pair(), side))
            self._next = None

    def afresh(self) -> TastePairs:
        """The same questions before the first answer."""
        return TastePairs(self.features, self.count, self.held_out, self.seed, self.chooser)

    def undo(self) -> None:
        """Take the last answer back, if there is one."""
        if self.answers:
            self._next = self.answers.pop().pair

    def belief(self) -> Belief:
        """Of the taste, from the pairs that are learned from (`bradley_terry.fit`)."""
        learned = [answer for answer in self.answers[: self.taught] if answer.side is not None]
        pairs = np.array([answer.pair for answer in learned], int).reshape(-1, 2)
        return fit(chosen_differences(self.features, pairs, np.array([a.chosen for a in learned], int)))

    def ranked(self) -> np.ndarray:
        """The numbers of all creations, int (n,), the one believed best first."""
        return np.argsort(-(self.features @ self.belief().mean), kind="stable")

    def agreement(self) -> tuple[int, int]:
        """On how many held-out pairs model and person agree, and how many of them were answered by left or right.

        Where both creations are worth the same to the model it foretells nothing, and the pair does not count: so none
        counts while nothing is learned.
        """
        utility = self.features @ self.belief().mean
        held_out = [answer for answer in self.answers[self.taught :] if answer.side is not None]
        answered = [answer for answer in held_out if np.ptp(utility[list(answer.pair)]) > 0]
        agreed = [
            answer for answer in answered if utility[answer.chosen] > utility[answer.pair[1 - answer.side]]
        ]
        return len(agreed), len(answered)

    def _chosen(self) -> tuple[int, int]:
        """Two creations that did not meet before, unless there are hardly any others; a coin decides the sides."""
        number = len(self.answers)
        rng = np.random.default_rng((self.seed, number))
        met = {frozenset(answer.pair) for answer in self.answers}
        belief = self.belief()
        for _ in range(TRIES):
            if number < self.taught:
                pair = self.chooser.choose(belief, self.features, rng)
            else:
                pair = random_pairs(len(self.features), (), rng)
            if frozenset(pair.tolist()) not in met:
                break
        return tuple(rng.permutation(pair).tolist())
