"""Beam search beside every sequence there is, and beside the greedy choice."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib import CourseError
from course_lib.models.sequences.beam import by_beam
from course_lib.models.sequences.vocabulary import END

EVENTS = (2, 3, 4)
LENGTH = 3


class Tree:
    """P(next | beginning), drawn anew for each beginning; START has none, END some from the second event on."""

    def __init__(self, seed: int):
        self.rng, self.known = np.random.default_rng(seed), {}

    def next_of(self, beginnings: list[np.ndarray]) -> np.ndarray:
        return np.stack([self.row(tuple(ids.tolist())) for ids in beginnings])

    def row(self, beginning: tuple[int, ...]) -> np.ndarray:
        if beginning not in self.known:
            drawn = self.rng.dirichlet(np.full(4, 0.7))
            drawn[0] *= bool(beginning)
            self.known[beginning] = np.concatenate([[0], drawn / drawn.sum()])
        return self.known[beginning]

    def chance(self, sequence: tuple[int, ...]) -> float:
        """Of a sequence of LENGTH events, or of a shorter one and END."""
        events = [*sequence, END][:LENGTH]
        return float(np.prod([self.row(sequence[:place])[event] for place, event in enumerate(events)]))


def every(tree: Tree) -> dict[tuple[int, ...], float]:
    found = (ids for n in range(1, LENGTH + 1) for ids in itertools.product(EVENTS, repeat=n))
    return {ids: tree.chance(ids) for ids in found}


@given(st.integers(0, 10_000))
def test_a_beam_that_holds_everything_finds_the_best(seed: int) -> None:
    tree = Tree(seed)
    found = tuple(by_beam(tree.next_of, 200, LENGTH).tolist())
    chances = every(tree)
    assert sum(chances.values()) == pytest.approx(1)
    assert chances[found] == pytest.approx(max(chances.values()))


@given(st.integers(0, 10_000))
def test_one_beginning_is_the_greedy_choice(seed: int) -> None:
    tree, greedy = Tree(seed), ()
    while len(greedy) < LENGTH and (event := int(tree.row(greedy).argmax())) != END:
        greedy += (event,)
    assert tuple(by_beam(tree.next_of, 1, LENGTH).tolist()) == greedy


def test_two_beginnings_find_what_the_greedy_choice_misses() -> None:
    """The likelier first event leads to two equal halves, the other to one sure end."""
    rows = {(): [0, 0, 0.55, 0.45, 0], (2,): [0, 0.5, 0, 0, 0.5], (3,): [0, 1.0, 0, 0, 0]}

    def next_of(beginnings: list[np.ndarray]) -> np.ndarray:
        return np.array([rows.get(tuple(ids.tolist()), [0, 1.0, 0, 0, 0]) for ids in beginnings])

    assert by_beam(next_of, 1, 5).tolist()[0] == 2
    assert by_beam(next_of, 2, 5).tolist() == [3]


def test_where_nothing_is_possible_nothing_is_found() -> None:
    assert by_beam(lambda beginnings: np.zeros((len(beginnings), 5)), 3, 4) is None


@pytest.mark.parametrize("beam", [0, -1, None, 1.5, 10**6])
def test_a_beam_that_is_no_number_of_beginnings_is_refused(beam: object) -> None:
    with pytest.raises(CourseError, match="beam is how many beginnings are kept"):
        by_beam(lambda beginnings: np.full((len(beginnings), 5), 0.2), beam, 4)


@pytest.mark.parametrize("chance", [np.nan, -0.1])
def test_probabilities_that_are_none_are_not_taken_for_impossible(chance: float) -> None:
    with pytest.raises(CourseError, match="numbers from 0 on"):
        by_beam(lambda beginnings: np.full((len(beginnings), 5), chance), 3, 4)
