"""Symbols and their ids: a way there and back for everything known, and one answer for what is not."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib import CourseError
from course_lib.models.sequences.vocabulary import END, SPECIAL, START, UNKNOWN, Vocabulary

NOTES = st.lists(st.tuples(st.integers(0, 100), st.integers(1, 16)), max_size=30)
TEXTS = st.text(max_size=30)


@given(st.lists(st.one_of(NOTES), min_size=1, max_size=5))
def test_what_it_was_made_of_comes_back(sequences) -> None:
    if not any(sequences):
        with pytest.raises(CourseError, match="No symbol occurs 1 times"):
            Vocabulary.of(sequences, least=1)
        return
    vocabulary = Vocabulary.of(sequences, least=1)
    for sequence in sequences:
        ids = vocabulary.encode(sequence, strict=True)
        assert ids.dtype == np.int32 and (ids >= SPECIAL).all() and (ids < len(vocabulary)).all()
        assert vocabulary.decode(ids) == sequence
        assert vocabulary.decode([START, *ids, END, START, UNKNOWN]) == sequence
    assert vocabulary.counts[SPECIAL:].sum() == sum(map(len, sequences)) and vocabulary.counts[UNKNOWN] == 0


@given(st.lists(TEXTS, min_size=1, max_size=6), st.integers(1, 3))
def test_what_is_rare_becomes_unknown_and_is_counted_as_such(texts, least) -> None:
    whole = "".join(texts)
    kept = {letter for letter in whole if whole.count(letter) >= least}
    if not kept:
        return
    vocabulary = Vocabulary.of(texts, least)
    assert set(vocabulary.symbols) == kept
    ids = np.concatenate([vocabulary.encode(text) for text in texts])
    assert np.bincount(ids, minlength=len(vocabulary)).tolist() == [
        *(0, 0, vocabulary.counts[UNKNOWN]),
        *vocabulary.counts[SPECIAL:],
    ]
    assert vocabulary.counts[END] == len(texts)


def test_the_most_frequent_come_first_and_equals_in_their_own_order() -> None:
    vocabulary = Vocabulary.of(["cabbab", "d"], least=1)
    assert vocabulary.symbols == ("b", "a", "c", "d")
    assert (len(vocabulary), vocabulary.outcomes) == (7, 6)
    assert vocabulary.encode("abx").tolist() == [4, 3, UNKNOWN]


def test_an_unknown_symbol_is_named_where_that_is_asked_for() -> None:
    vocabulary = Vocabulary.of([[(60, 2), (60, 2)]])
    with pytest.raises(CourseError, match=r"The vocabulary has no \(61, 2\)"):
        vocabulary.encode([(60, 2), (61, 2)], strict=True)


@pytest.mark.parametrize(
    ("number", "says"), [(UNKNOWN, "stands for no symbol"), (99, "no id"), (-1, "no id")]
)
def test_what_stands_for_no_symbol_cannot_be_decoded(number: int, says: str) -> None:
    with pytest.raises(CourseError, match=says):
        Vocabulary.of(["aa"]).decode([3, number])


def test_a_symbol_twice_is_refused() -> None:
    with pytest.raises(CourseError, match="each symbol once"):
        Vocabulary("aba")


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: Vocabulary.of([[[60, 2]], [[60, 2]]]), r"can be a key of a dict, .* map\(tuple"),
        (lambda: Vocabulary([[60, 2]]), "can be a key of a dict"),
        (lambda: Vocabulary.of(["aa"]).encode([[60, 2]]), "can be a key of a dict"),
        (lambda: Vocabulary.of([["a", (1, 2)]] * 2), "are of one kind"),
        (lambda: Vocabulary.of([5]), "Several symbols or ids are wanted, .* not 5 alone"),
        (lambda: Vocabulary.of(None), "not None alone"),
        (lambda: Vocabulary.of(["aa"]).decode(3), "not 3 alone"),
        (lambda: Vocabulary.of(["aa"]).decode([[3]]), "no id of this vocabulary"),
        (lambda: Vocabulary("ab", [1, 2]), "counts has 2 numbers for 5 ids"),
    ],
)
def test_odd_symbols_are_named(make, says: str) -> None:
    with pytest.raises(CourseError, match=says) as caught:
        make()
    assert "\n" not in str(caught.value)


def test_ids_of_every_kind_are_read_back() -> None:
    for ids in ([3, 4], np.array([3, 4], "int32"), list(np.array([3, 4])), (3, 4)):
        assert Vocabulary("ab").decode(ids) == ["a", "b"]
