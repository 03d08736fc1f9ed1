"""Twenty questions: what is shown, what is learned from, and what a taken-back answer leaves behind."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib import CourseError
from course_lib.panels.taste_pairs import LEFT, NEITHER, RIGHT, TastePairs
from course_lib.theory.taste.bradley_terry import Belief, chosen_differences, fit

FEATURES = np.random.default_rng(0).normal(size=(30, 4))
TASTE = np.array([2.0, -1.0, 0.5, 0.0])
SIDES = st.sampled_from([LEFT, RIGHT, NEITHER])


def liked(asked: TastePairs) -> int:
    left, right = FEATURES[list(asked.pair())] @ TASTE
    return LEFT if left >= right else RIGHT


def answered(seed: int, **options: int) -> TastePairs:
    asked = TastePairs(FEATURES, seed=seed, **options)
    while not asked.finished:
        asked.note(liked(asked))
    return asked


@settings(max_examples=20)
@given(answers=st.lists(SIDES, min_size=8, max_size=8), seed=st.integers(0, 100))
def test_two_creations_never_meet_twice_and_the_same_answers_bring_the_same_pairs(answers, seed) -> None:
    runs = []
    for _ in range(2):
        asked = TastePairs(FEATURES, count=8, held_out=3, seed=seed)
        for side in answers:
            asked.note(side)
        runs.append(asked)
    first, again = runs
    assert first.finished and first.answers == again.answers
    met = [frozenset(answer.pair) for answer in first.answers]
    assert len(set(met)) == 8 and all(len(pair) == 2 for pair in met)


@settings(max_examples=20)
@given(answers=st.lists(SIDES, min_size=1, max_size=7), seed=st.integers(0, 100), other=SIDES)
def test_what_is_taken_back_leaves_nothing_behind(answers, seed, other) -> None:
    plain, erring = (TastePairs(FEATURES, count=8, held_out=2, seed=seed) for _ in range(2))
    for side in answers:
        shown = erring.pair()
        erring.note(other)
        erring.undo()
        assert erring.pair() == shown
        for asked in (plain, erring):
            asked.note(side)
    assert plain.answers == erring.answers and plain.pair() == erring.pair()
    np.testing.assert_array_equal(plain.belief().mean, erring.belief().mean)


def test_the_model_learns_from_the_first_pairs_only_and_not_from_neither() -> None:
    asked = TastePairs(FEATURES, count=10, held_out=4, seed=1)
    pairs, choices = [], []
    for number in range(10):
        side = (LEFT, NEITHER, RIGHT)[number % 3]
        if number < 6 and side is not NEITHER:
            pairs.append(asked.pair())
            choices.append(asked.pair()[side])
        asked.note(side)
    theirs = fit(chosen_differences(FEATURES, np.array(pairs), np.array(choices)))
    np.testing.assert_allclose(asked.belief().mean, theirs.mean)
    utility = [float(row @ theirs.mean) for row in FEATURES]
    assert asked.ranked().tolist() == sorted(range(30), key=lambda number: -utility[number])
    agreed = answers = 0
    for answer in asked.answers[6:]:
        if answer.side is not NEITHER:
            answers += 1
            agreed += utility[answer.chosen] > utility[answer.pair[1 - answer.side]]
    assert asked.agreement() == (agreed, answers) and answers == 3


def test_who_has_a_taste_is_understood_better_than_by_a_coin() -> None:
    found = [answered(seed, count=20, held_out=8).agreement() for seed in range(20)]
    agreed, of = np.sum(found, axis=0)
    assert of == 160 and agreed / of > 0.75
    best = [FEATURES[answered(seed).ranked()[0]] @ TASTE for seed in range(5)]
    assert np.mean(best) > np.quantile(FEATURES @ TASTE, 0.9)


def test_the_pairs_that_are_learned_from_are_the_chooser_s_and_the_last_ones_are_not() -> None:
    class FirstTwo:
        def choose(self, belief: Belief, creations: np.ndarray, rng: np.random.Generator) -> np.ndarray:
            return np.array([0, 1])

    for _ in range(2):
        asked = TastePairs(FEATURES, count=9, held_out=5, chooser=FirstTwo())
        for _ in range(9):
            asked.note(LEFT)
        assert {frozenset(answer.pair) for answer in asked.answers[:4]} == {frozenset({0, 1})}
        assert len({number for answer in asked.answers[4:] for number in answer.pair}) > 4
        asked = asked.afresh()
        assert asked.answers == [] and frozenset(asked.pair()) == {0, 1}


def test_sides_are_a_coin_s() -> None:
    firsts = [answered(seed, count=5, held_out=1).answers for seed in range(40)]
    chosen_left = np.mean([answer.side == LEFT for answers in firsts for answer in answers])
    assert chosen_left == pytest.approx(0.5, abs=4 * np.sqrt(0.25 / 200))


def test_two_creations_alone_meet_again_and_again() -> None:
    asked = TastePairs(FEATURES[:2], count=4, held_out=1)
    for _ in range(6):  # two answers too many
        asked.note(LEFT)
    assert asked.finished and {frozenset(answer.pair) for answer in asked.answers} == {frozenset({0, 1})}
    with pytest.raises(CourseError, match="All 4 pairs are answered"):
        asked.pair()


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (lambda: TastePairs(FEATURES, count=0), "count is how many pairs"),
        (lambda: TastePairs(FEATURES, count=5, held_out=5), "held_out is how many of the pairs are held out"),
        (lambda: TastePairs(FEATURES, seed=-1), "seed is"),
        (lambda: TastePairs(FEATURES[:1]), "two creations are needed"),
        (lambda: TastePairs(FEATURES * np.nan), "NaN or infinite"),
        (lambda: TastePairs("features"), "Features are numbers"),
        (lambda: TastePairs(FEATURES).note(True), "not True"),
        (lambda: TastePairs(FEATURES).note(1.0), "not 1.0"),
        (lambda: TastePairs(FEATURES).note("left"), "not 'left'"),
        (lambda: TastePairs(FEATURES).note(2), "0 for left, 1 for right or None for neither, not 2"),
    ],
)
def test_odd_input_is_one_clear_line(wrong, says: str) -> None:
    with pytest.raises(CourseError, match=says):
        wrong()
