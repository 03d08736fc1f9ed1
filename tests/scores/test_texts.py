"""Scores of texts: by hand, against slower independent ways, and by what each can be cheated with."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib import CourseError
from course_lib.scores import texts

WORDS = st.text("ab c", max_size=7)
LISTS = st.lists(WORDS, min_size=1, max_size=6)
KNOWN = ["the black cat", "a white dog", "the old maid"]


def slow_distance(one: str, other: str) -> int:
    """The definition, by recursion."""

    @cache
    def left(i: int, j: int) -> int:
        if i == len(one) or j == len(other):
            return len(one) - i + len(other) - j
        if one[i] == other[j]:
            return left(i + 1, j + 1)
        return 1 + min(left(i + 1, j), left(i, j + 1), left(i + 1, j + 1))

    return left(0, 0)


@given(WORDS, LISTS)
def test_edit_distances_are_what_the_recursion_says(text: str, others: list[str]) -> None:
    assert texts.edit_distances(text, others).tolist() == [slow_distance(text, other) for other in others]


@given(WORDS, WORDS, WORDS)
def test_edit_distance_is_a_distance(one: str, other: str, third: str) -> None:
    apart = texts.edit_distance
    assert (apart(one, other) == 0) == (one == other)
    assert apart(one, other) == apart(other, one)
    assert apart(one, third) <= apart(one, other) + apart(other, third)


def test_the_nearest_text_and_its_distance() -> None:
    assert texts.nearest("the black rat", KNOWN) == ("the black cat", 1)
    assert texts.nearest("a white dog", KNOWN) == ("a white dog", 0)


def test_novelty_and_known_words_by_hand() -> None:
    drawn = ["The Black Cat", "theblackcat", "the white cat", "the whiite cat", ""]
    assert texts.novelty(drawn, KNOWN) == pytest.approx(2 / 5)
    assert texts.known_words(drawn, KNOWN) == pytest.approx(2 / 5)


@given(LISTS)
def test_what_is_known_is_not_new(drawn: list[str]) -> None:
    assert texts.novelty(drawn, drawn) == 0
    assert texts.ngram_distance(drawn, drawn) == pytest.approx(0, abs=1e-12)


def test_distinct_and_overlap_by_hand() -> None:
    assert texts.distinct(["a b", "A  b", "c"]) == pytest.approx(2 / 3)
    assert texts.self_overlap(["abc", "abc"]) == 1
    assert texts.self_overlap(["abc", "xyz"]) == 0
    # "^^^a", "^^ab", "^abc" are shared; "abcd" and "bcd$" against "abce", "bce$" are not
    assert texts.self_overlap(["abcd", "abce"], n=4) == pytest.approx(3 / 5)


def test_ngrams_mark_start_and_end() -> None:
    assert texts.ngrams("ab", 3) == ["^^a", "^ab", "ab$"]
    assert texts.ngrams("", 3) == ["^^$"]
    assert texts.ngrams("ab", 1) == ["a", "b", "$"]


@given(LISTS, LISTS, st.integers(1, 4))
def test_ngram_distance_is_symmetric_and_at_most_one(one: list[str], other: list[str], n: int) -> None:
    found = texts.ngram_distance(one, other, n)
    assert 0 <= found <= 1 + 1e-12
    assert found == pytest.approx(texts.ngram_distance(other, one, n), abs=1e-12)


def test_ngram_distance_of_a_case_known_beforehand() -> None:
    assert texts.ngram_distance(["a"], ["b"], 2) == pytest.approx(1)
    # one character and the end, half of them shared: P = (1/2, 1/2, 0), Q = (1/2, 0, 1/2)
    assert texts.ngram_distance(["a"], ["b"], 1) == pytest.approx(0.5)


def test_scrambled_letters_are_new_and_far_and_texts_of_one_source_are_at_the_floor() -> None:
    random = np.random.default_rng(0)
    words = ["the", "black", "white", "cat", "dog", "old", "maid", "of", "mill"]
    source = [" ".join(random.choice(words, 3)) for _ in range(900)]
    training, held_out, drawn = source[:300], source[300:600], source[600:]
    scrambled = ["".join(random.permutation(list(text))) for text in drawn]
    floor = texts.floor(training, held_out, 300)
    assert texts.ngram_distance(drawn, held_out) < 3 * floor
    assert texts.ngram_distance(scrambled, held_out) > 10 * floor
    assert texts.novelty(scrambled, training) > texts.novelty(drawn, training)
    assert texts.known_words(drawn, training) == 1
    assert texts.known_words(scrambled, training) < 0.1


def test_the_floor_falls_with_the_number_of_texts() -> None:
    random = np.random.default_rng(0)
    source = ["".join(random.choice(list("abcdef"), 8)) for _ in range(1000)]
    found = [texts.floor(source[:500], source[500:], count) for count in (20, 100, 500)]
    assert found == sorted(found, reverse=True)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: texts.novelty("the cat", KNOWN), "put it in brackets"),
        (lambda: texts.novelty([], KNOWN), "no text"),
        (lambda: texts.nearest("a", []), "no text"),
        (lambda: texts.floor(KNOWN, KNOWN, 4), "count is 1 to 3"),
        (lambda: texts.ngrams("a", 0), "1 or more"),
    ],
)
def test_what_makes_no_sense_is_refused(call: object, said: str) -> None:
    with pytest.raises(CourseError, match=said):
        call()
