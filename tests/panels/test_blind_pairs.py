"""The coins of a blind choice: forgetful, and on both sides of every pair once."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from course_lib.panels.blind_pairs import BlindPairs


@given(st.integers(1, 30), st.integers(0, 1000))
def test_every_pair_comes_once_and_shows_both_methods(count: int, seed: int) -> None:
    pairs = BlindPairs(("a", "b"), count, seed)
    assert sorted(pairs.order) == list(range(count))
    for number in range(count):
        assert {pairs.method(number, side) for side in (0, 1)} == {0, 1}
        assert pairs.who(number) == ("a | b" if pairs.on_the_left[number] == 0 else "b | a")
        pairs.note(number % 2)
        assert pairs.chosen[-1] == pairs.names[pairs.method(number, number % 2)]
    assert pairs.finished
    pairs.note(0)
    assert len(pairs.chosen) == count
    pairs.shuffle()
    assert pairs.chosen == [] and not pairs.finished


def test_coins_know_neither_the_last_toss_nor_the_last_test() -> None:
    pairs = BlindPairs(("a", "b"), 400, seed=5)
    first = pairs.on_the_left.copy()
    pairs.shuffle()
    for one, other in ((first[1:], first[:-1]), (first, pairs.on_the_left)):
        same = (one == other).sum()
        assert abs(same - len(one) / 2) < 4 * np.sqrt(len(one) / 4)
    assert abs(first.sum() - 200) < 4 * np.sqrt(400 / 4)
