"""One sequence in, another out: padding and later events change nothing, and what can be learnt is learnt and drawn."""

from __future__ import annotations

import itertools

import keras
import numpy as np
import pytest

from course_lib import CourseError
from course_lib.models.sequences import scoring
from course_lib.models.sequences.seq2seq import Seq2Seq
from course_lib.models.sequences.vocabulary import END, START, UNKNOWN
from course_lib.training.sequences import fit

SIZE = 8


def some(count: int, seed: int = 0) -> list[tuple[np.ndarray, np.ndarray]]:
    """Pairs whose answer is the phrase backwards."""
    rng = np.random.default_rng(seed)
    phrases = [rng.integers(3, SIZE, rng.integers(2, 6)).astype("int32") for _ in range(count)]
    return [(phrase, phrase[::-1].copy()) for phrase in phrases]


@pytest.fixture(scope="module")
def untaught() -> Seq2Seq:
    return Seq2Seq(SIZE, units=12, embedding=8, longest=6)


@pytest.fixture(scope="module")
def taught() -> Seq2Seq:
    model = Seq2Seq(SIZE, units=32, embedding=16, longest=6)
    fit(model, some(2000), steps=500, batch_size=32)
    return model


def test_what_fills_a_phrase_up_changes_nothing(untaught) -> None:
    longer = Seq2Seq(SIZE, units=12, embedding=8, longest=12)
    longer.set_weights(untaught.get_weights())
    pairs = some(6)
    for one, other in zip(untaught.bits_each(pairs), longer.bits_each(pairs), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-4)


def test_bits_are_those_of_the_probabilities_event_by_event(untaught) -> None:
    pairs = some(4)
    for (phrase, answer), found in zip(pairs, untaught.bits_each(pairs), strict=True):
        events = [*answer.tolist(), END]
        chances = untaught.next_probabilities(phrase, [answer[:place] for place in range(len(events))])
        np.testing.assert_allclose(chances.sum(axis=1), 1, rtol=1e-12)
        assert (chances[:, START] == 0).all()
        np.testing.assert_allclose(found, -np.log2(chances[np.arange(len(events)), events]), atol=1e-4)


@pytest.mark.slow
def test_it_learns_to_turn_a_phrase_round_and_its_looks_add_up(taught) -> None:
    held_out = some(50, seed=1)
    assert scoring.bits(taught, held_out) < 0.7
    right = []
    for phrase, answer in held_out:
        found, looks = taught.answer(phrase, temperature=0)
        right.append(np.array_equal(found, answer))
        assert looks.shape == (len(found), len(phrase))
        np.testing.assert_allclose(looks.sum(axis=1), 1, rtol=1e-4)
    assert np.mean(right) > 0.6


def test_the_same_seed_answers_the_same_and_another_otherwise(untaught) -> None:
    phrase = np.array([3, 4, 5])
    answers = [untaught.answer(phrase, seed=seed)[0].tolist() for seed in (0, 0, *range(1, 6))]
    assert answers[0] == answers[1] and len(set(map(tuple, answers))) > 3
    assert all(1 <= len(answer) <= 6 and min(answer) > UNKNOWN for answer in answers)


@pytest.mark.slow
def test_a_wide_beam_finds_the_likeliest_answer(taught) -> None:
    """Beside it every answer of up to three events, by its probability among those that can be written down."""
    phrase = np.array([3, 4, 6])

    def log_probability(answer: tuple[int, ...], ends: bool) -> float:
        beginnings = [np.array(answer[:place], "int32") for place in range(len(answer) + ends)]
        chances = taught.next_probabilities(phrase, beginnings)
        chances[:, UNKNOWN] = 0
        chances[0, END] = 0
        chances /= chances.sum(axis=1, keepdims=True)
        return float(np.log(chances[np.arange(len(beginnings)), [*answer, END][: len(beginnings)]]).sum())

    every = {
        answer: log_probability(answer, ends=n < 3)
        for n in (1, 2, 3)
        for answer in itertools.product(range(3, SIZE), repeat=n)
    }
    found, _ = taught.answer(phrase, beam=100, length=3)
    assert tuple(found.tolist()) == max(every, key=every.__getitem__)


@pytest.mark.parametrize(
    ("pairs", "says"),
    [
        ([], "A list of pairs"),
        ([(np.array([3]),)], "A list of pairs"),
        (
            [(np.array([3]), np.array([], "int32"))],
            "The answer of pair 0 has 0 events, and 1 to 6 are allowed",
        ),
        ([(np.array([3] * 7), np.array([3]))], "The phrase of pair 0 has 7 events"),
        ([(np.array([3]), np.array([9]))], "has the id 9"),
    ],
)
def test_what_are_no_pairs_is_named(untaught, pairs: list, says: str) -> None:
    with pytest.raises(CourseError, match=says):
        untaught.windows(pairs)


def test_phrases_and_answers_may_have_lengths_of_their_own() -> None:
    model = Seq2Seq(SIZE, units=4, embedding=4, longest=(6, 3))
    assert model.windows([(np.full(6, 3), np.full(3, 4))]).shape == (1, *model.image_shape) == (1, 11)
    assert len(model.answer(np.full(6, 3), beam=3)[0]) <= 3
    for pair, says in (((7, 3), "The phrase of pair 0 has 7"), ((6, 4), "The answer of pair 0 has 4")):
        with pytest.raises(CourseError, match=says):
            model.windows([tuple(np.full(n, 3) for n in pair)])


def test_what_cannot_be_answered_is_named(untaught) -> None:
    with pytest.raises(CourseError, match="length is how many"):
        untaught.answer(np.array([3]), length=7)
    with pytest.raises(CourseError, match="beam is how many"):
        untaught.answer(np.array([3]), beam=0)
    with pytest.raises(CourseError, match="The phrase of pair 0 has 0 events"):
        untaught.answer(np.array([], "int32"))
    keras.utils.clear_session()
