"""The simple answers: the n-gram that goes on, and the phrase said again, each a distribution over answers."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from course_lib import CourseError
from course_lib.models.sequences import scoring
from course_lib.models.sequences.answers import CopyAnswers, NGramAnswers
from course_lib.models.sequences.ngram import NGram
from course_lib.models.sequences.vocabulary import END

SIZE = 7


def some(count: int, echo: float, seed: int = 0) -> list[tuple[np.ndarray, np.ndarray]]:
    """Pairs in which a share of the answers repeats the phrase."""
    rng = np.random.default_rng(seed)
    phrases = [rng.integers(3, SIZE, 5) for _ in range(count)]
    return [(phrase, phrase if rng.random() < echo else rng.integers(3, SIZE, 5)) for phrase in phrases]


@pytest.fixture(scope="module")
def counts() -> NGramAnswers:
    return NGramAnswers.taught(some(60, 0.5), SIZE, order=3)


def test_the_n_gram_goes_on_from_the_phrase(counts) -> None:
    phrase, answer = np.array([3, 4, 5]), np.array([6, 3])
    (found,) = counts.bits_each([(phrase, answer)])
    chances = [counts.ngram.next_probabilities([np.append(phrase, answer[:place])])[0] for place in range(3)]
    np.testing.assert_allclose(
        found, [-np.log2(p[event]) for p, event in zip(chances, [6, 3, END], strict=True)]
    )


def test_a_copy_is_a_distribution_too(counts) -> None:
    """All answers of up to two events, and all longer ones at once, have the probability 1 together."""
    model, phrase = CopyAnswers(counts, 0.3), np.array([3])
    short = [np.array(ids, "int64") for n in (0, 1) for ids in itertools.product(range(2, SIZE), repeat=n)]
    longer = [np.array(ids) for ids in itertools.product(range(2, SIZE), repeat=2)]
    ended = sum(2.0 ** -bits.sum() for bits in model.bits_each([(phrase, answer) for answer in short]))
    going_on = sum(
        2.0 ** -bits[:2].sum() for bits in model.bits_each([(phrase, answer) for answer in longer])
    )
    assert ended + going_on == pytest.approx(1)


def test_a_share_of_nothing_is_the_n_gram_and_echoes_want_more(counts) -> None:
    pairs = some(40, 0.5, seed=1)
    assert scoring.bits(CopyAnswers(counts, 0.0), pairs) == pytest.approx(scoring.bits(counts, pairs))
    chosen = CopyAnswers.chosen(counts, pairs)
    assert chosen.share >= 0.4 and scoring.bits(chosen, pairs) < scoring.bits(counts, pairs) - 0.2
    assert CopyAnswers.chosen(counts, some(40, 0.0, seed=2)).share < chosen.share
    with pytest.raises(CourseError, match="share is a number from 0"):
        CopyAnswers(counts, 1.0)


@pytest.mark.parametrize("share", ["half", None, True, float("nan")])
def test_what_is_no_share_is_named(counts, share: object) -> None:
    with pytest.raises(CourseError, match="share is a number from 0"):
        CopyAnswers(counts, share)


@pytest.mark.parametrize(
    ("pairs", "says"),
    [
        ([], "list of pairs"),
        (None, "list of pairs"),
        ([np.array([3, 4, 5])], "list of pairs"),
        ([3, 4], "list of pairs"),
        ([(np.array([3]),)], "list of pairs"),
        ([([3], [99])], "has the id 99"),
        ([([3.5], [4])], "must be ids"),
        ([(3, 4)], "must be ids"),
    ],
)
def test_what_are_no_pairs_is_named(counts, pairs: object, says: str) -> None:
    for ask in (
        counts.bits_each,
        CopyAnswers(counts, 0.3).bits_each,
        lambda them: NGramAnswers.taught(them, SIZE),
        lambda them: CopyAnswers.chosen(counts, them),
    ):
        with pytest.raises(CourseError, match=says):
            ask(pairs)


def test_a_uniform_n_gram_costs_the_logarithm_whatever_the_phrase() -> None:
    pairs = some(5, 0.5)
    uniform = NGramAnswers(NGram(SIZE, 0).fit([pairs[0][0]]))
    assert scoring.bits(uniform, pairs) == pytest.approx(np.log2(SIZE - 1))
