"""The course of a blind choice between two methods, whatever is judged: order, coins, answers, and what they allow."""

from __future__ import annotations

import numpy as np

from course_lib import datasets
from course_lib.scores.intervals import exact_interval

SIDES = ("left", "right")


class BlindPairs:
    """`count` pairs in an order, and on sides, that are drawn anew for every test.

    A coin that forgets makes a liking for one side cost nothing: whoever notices no difference chooses either method
    with probability 1/2.

    names: the two methods; seed: of the coins and of the order. order: int (count,), which pair comes when;
    on_the_left: int (count,), the number of the method on the left; chosen: the method chosen in each pair so far.
    """

    def __init__(self, names: tuple[str, ...], count: int, seed: int) -> None:
        datasets.check_whole("seed", "what the random numbers follow from", seed, 0)
        self.names, self.count = names, count
        self.random = np.random.default_rng(seed)
        self.shuffle()

    def shuffle(self) -> None:
        """Begin a new test."""
        self.order = self.random.permutation(self.count)
        self.on_the_left = (self.random.random(self.count) < 0.5).astype(int)
        self.chosen: list[str] = []

    @property
    def finished(self) -> bool:
        return len(self.chosen) == self.count

    def note(self, side: int) -> None:
        """Take the answer left (0) or right (1) for the present pair; after the last one, none."""
        if not self.finished:
            self.chosen.append(self.names[self.method(len(self.chosen), side)])

    def method(self, number: int, side: int) -> int:
        """Whose piece stands on a side (0 left, 1 right) of a pair."""
        return int(self.on_the_left[number]) ^ side

    def who(self, number: int) -> str:
        """Both methods of a pair, left and right."""
        return " | ".join(self.names[self.method(number, side)] for side in (0, 1))

    def told(self) -> str:
        """Who was chosen how often, and what that allows one to say."""
        name, count = self.names[0], self.chosen.count(self.names[0])
        low, high = exact_interval(count, self.count)
        verdict = "No difference (0.50) " + ("lies in between" if low <= 0.5 <= high else "does not")
        return (
            f"You chose {name} {count} times of {self.count}. In the long run, with 95 % confidence, that would be a "
            f"share between {low:.2f} and {high:.2f}. {verdict}."
        )
