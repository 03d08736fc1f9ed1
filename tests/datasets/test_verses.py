"""Couplets and quatrains: read whole, split so that nothing crosses, and lines that people type."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib import CourseError
from course_lib.datasets import verses
from course_lib.datasets.verses import Verse, characters, words, written

SETS = {"couplets": verses.couplets, "quatrains": verses.quatrains}


def test_all_verses_are_there_and_made_of_lines_of_their_kind() -> None:
    assert len(verses.couplets()) == 14_538 and len(verses.quatrains()) == 3_720
    first = verses.couplets()[0]
    assert first.given == (("achilles'", "wrath", "to", "greece", "the", "direful", "spring"),)
    assert (first.partner, first.rhyme, first.source) == ("spring", "sing", "Iliad, book 1")
    for verse in verses.quatrains():
        assert len(verse.given) == 3 and {len(line) for line in (*verse.given, verse.answer)} == {5}
        assert verse.partner == verse.given[1][-1]


@pytest.mark.parametrize("name", SETS)
def test_no_line_and_no_pair_of_rhymes_is_on_two_sides(name: str) -> None:
    parts = verses.split(SETS[name]())
    sides = [set().union(*((*verse.given, verse.answer) for verse in part)) for part in parts]
    pairs = [{frozenset((verse.partner, verse.rhyme)) for verse in part} for part in parts]
    for one, other in ((0, 1), (0, 2), (1, 2)):
        assert not sides[one] & sides[other]
        if name == "couplets":
            assert not pairs[one] & pairs[other]


@pytest.mark.parametrize("name", SETS)
def test_the_parts_hold_every_verse_once_in_about_the_shares(name: str) -> None:
    everything = SETS[name]()
    parts = verses.split(everything, seed=3)
    assert Counter(verse for part in parts for verse in part) == Counter(everything)
    shares = [len(part) / len(everything) for part in parts]
    assert np.allclose(shares, (0.8, 0.1, 0.1), atol=0.02)
    assert verses.split(everything, seed=3) == parts != verses.split(everything, seed=4)


def line(text: str) -> tuple[str, ...]:
    return tuple(text.split())


def test_groups_hang_together_by_lines_and_by_pairs_in_either_order() -> None:
    some = [
        Verse((line("a day"),), line("a way"), "day"),
        Verse((line("my way"),), line("one day"), "way"),  # the same pair
        Verse((line("one day"),), line("no play"), "day"),  # a line of the one before
        Verse((line("a stone"),), line("a bone"), "stone"),
    ]
    assert verses.groups(some).tolist() == [0, 0, 0, 1]
    with pytest.raises(CourseError, match="2: give more"):
        verses.split(some)


def test_lines_of_quatrains_are_more_to_learn_from() -> None:
    two = list(verses.quatrains()[:2])
    more = verses.all_lines(two)
    assert more[:2] == two and len(more) == 6
    assert more[2].given == two[0].given[:1] and more[2].answer == two[0].given[1]
    assert more[3].answer == two[0].given[2] and more[3].partner == ""
    assert verses.all_lines(verses.couplets()[:3]) == list(verses.couplets()[:3])


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("Sing, Goddess!", ("sing", "goddess")),
        ("The heavenly-born unnumber’d", ("the", "heavenly-born", "unnumber'd")),
        ("'Tis  th' END.", ("'tis", "th'", "end")),
        ("a café 7", ("a", "cafe")),
    ],
)
def test_words_of_what_is_typed(typed: str, found: tuple[str, ...]) -> None:
    assert words(typed) == found


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "1 to 15 words, and this one 0"),
        ("... 12", "and this one 0"),
        ("春眠不觉晓", "'春'"),
        ("Пой, богиня", "Latin"),
        ("one " * 16, "and this one 16"),
        (7, "not a int"),
    ],
)
def test_a_line_that_is_none_is_refused_in_one_line(typed: object, said: str) -> None:
    with pytest.raises(CourseError) as refused:
        words(typed)
    assert said in str(refused.value) and "\n" not in str(refused.value)


@pytest.mark.parametrize("typed", ["春眠不觉", "spring", "春眠不觉晓处", "春眠不觉a", None])
def test_a_chinese_line_has_five_characters(typed: object) -> None:
    with pytest.raises(CourseError):
        characters(typed)
    assert characters("春眠 不觉晓，") == ("春", "眠", "不", "觉", "晓")


@settings(max_examples=100)
@given(st.lists(st.text("abcdefgh", min_size=1, max_size=8), min_size=1, max_size=15))
def test_what_is_written_is_read_back(some: list[str]) -> None:
    assert words(written(some)) == tuple(some)


def test_names_have_capitals_as_in_the_poems() -> None:
    assert written(("of", "hector", "and", "i")) == "Of Hector and I"
    assert written(("achilles'", "wrath")) == "Achilles' wrath"
    assert written(("'tis", "jove")) == "'Tis Jove"
    assert written(("春", "眠")) == "春眠"
