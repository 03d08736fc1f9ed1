"""Titles as texts: what cleaning leaves, that no near duplicate crosses the split, and what an alphabet gives back."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib import CourseError
from course_lib.datasets import texts
from course_lib.models.sequences import vocabulary
from course_lib.scores.texts import nearest

CHARACTERS = "abcdefgh '"
TEXTS = st.text(CHARACTERS, min_size=1, max_size=12)
ALPHABET = texts.Alphabet.of([CHARACTERS])


@pytest.mark.parametrize(
    ("title", "cleaned"),
    [
        ("SWALLOW-TAIL -- JIG", "swallow tail"),
        ("The Tenpenny Bit. 2nd Setting.", "the tenpenny bit"),
        ("The Hare in the Corn. No. 2.", "the hare in the corn"),
        ("Aire de l'Opéra Françoise.", "aire de l'opera francoise"),
        ('Bank\'s Dance.  for "As you like it"', "bank's dance for as you like it"),
        ("The Gobby O -- Jig (or Jefferson and Liberty)", "the gobby o"),
        ("Song & Dance", "song and dance"),
        ("Quick Step 25th. Regt.", ""),
        ("?!", ""),
    ],
)
def test_what_cleaning_leaves(title: str, cleaned: str) -> None:
    assert texts.clean(title) == cleaned
    assert texts.clean(cleaned) == cleaned


def test_all_titles_are_clean_different_and_short() -> None:
    titles = texts.load_titles()
    assert len(set(titles)) == len(titles) > 2500
    assert max(map(len, titles)) <= texts.LONGEST
    assert "".join(texts.Alphabet.of(titles).characters) == " 'abcdefghijklmnopqrstuvwxyz"
    assert all(texts.clean(title) == title for title in titles)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("piper's maggot", "the pipers maggot", True),
        ("larry grogan", "lary grogans", True),
        ("the high way to dublin", "highway to dublin", True),
        ("the liverpool hornpipe", "liverpool", True),
        ("the boys", "the bogs", False),
        ("the black cat", "the black dog", False),
    ],
)
def test_what_counts_as_one_title(one: str, other: str, same: bool) -> None:
    found = texts.groups([one, other])
    assert (found[0] == found[1]) == same


def test_groups_hang_together_by_way_of_others() -> None:
    assert texts.groups(["abcdefgh", "abcdefxx", "abcdefgx"]).tolist() == [0, 0, 0]
    assert texts.groups(["abcdefgh", "abcdefxx"]).tolist() == [0, 1]


def test_no_group_crosses_the_split_and_none_is_lost() -> None:
    titles = texts.load_titles()
    parts = texts.split(titles)
    group = dict(zip(titles, texts.groups(titles).tolist(), strict=True))
    kept = [group[title] for part in parts for title in part]
    assert sorted(kept) == sorted(set(group.values()))
    assert [len(part) / len(kept) for part in parts] == pytest.approx([0.8, 0.1, 0.1], abs=0.001)
    assert list(map(len, parts)) == [2010, 251, 251]


def test_no_held_out_title_is_a_spelling_of_a_training_title() -> None:
    """By another measure than the one that grouped them: letters changed, in titles without spaces."""
    parts = texts.split(texts.load_titles())
    known = [title.replace(" ", "") for title in parts.train]
    near = [title for title in parts.test if nearest(title.replace(" ", ""), known)[1] <= 1]
    # what is left are different names of four or five letters and the like, less than one title in fifty
    assert len(near) < len(parts.test) / 50, near


def test_a_split_follows_from_its_seed() -> None:
    titles = texts.load_titles()
    assert texts.split(titles, 1) == texts.split(titles, 1)
    assert texts.split(titles, 1) != texts.split(titles, 2)


def test_too_few_titles_are_not_split() -> None:
    with pytest.raises(CourseError, match="ten titles that differ"):
        texts.split(["the one", "the other"])


@given(TEXTS)
def test_an_alphabet_gives_back_what_it_took(text: str) -> None:
    assert ALPHABET.decode(ALPHABET.encode(text)) == text
    assert ALPHABET.decode(ALPHABET.padded([text], 12)[0]) == text
    one_hot = ALPHABET.one_hot([text], 12)
    assert one_hot.shape == (1, 12, len(ALPHABET))
    np.testing.assert_array_equal(one_hot.argmax(axis=-1), ALPHABET.padded([text], 12))
    assert (one_hot.sum(axis=-1) == 1).all()


def test_ids_mean_to_models_of_sequences_what_they_mean_here() -> None:
    assert (ALPHABET.START, ALPHABET.END) == (vocabulary.START, vocabulary.END)
    assert ALPHABET.encode("a").min() > vocabulary.UNKNOWN
    assert texts.Alphabet.FIRST == vocabulary.SPECIAL


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: ALPHABET.encode("cafe!"), r"Character 5 of 'cafe!' is '!'"),
        (lambda: ALPHABET.decode([3, 2]), "The id 2 is no character"),
        (lambda: ALPHABET.decode([3, 99]), "The id 99 is no character"),
        (lambda: ALPHABET.padded(["abcd"], 3), "has 4 characters, and 3 are the most"),
        (lambda: texts.Alphabet.of([""]), "no character"),
    ],
)
def test_what_does_not_fit_is_refused_in_one_line(call: object, said: str) -> None:
    with pytest.raises(CourseError, match=said) as refused:
        call()
    assert "\n" not in str(refused.value)
