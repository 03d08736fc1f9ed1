"""Couplets and quatrains: read whole, split so that nothing crosses, and made of lines alone."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from course_lib import CourseError
from course_lib.datasets import verses
from course_lib.datasets.verses import Verse

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


NO_VERSES = [
    ("of arms and men", (), "men", "Several lines"),  # a text where a list of lines is wanted
    (("of arms and men",), (), "men", "words\\('Sing, goddess"),
    (("of", "arms"), (), "arms", "not the text 'of'"),
    ((("sing goddess",),), (), "goddess", "one is 'sing goddess'"),
    ((("Sing",),), (), "sing", "small letters"),
    (((1, 2),), (), "arms", "of type int"),
    (((),), (), "", "no word"),
    (None, (), "", "NoneType"),
    ((("arms",),), "and men", "arms", "not the text 'and men'"),
    ((("arms",),), None, "arms", "of type NoneType"),
    ((("arms",),), (), None, "not None"),
]


@pytest.mark.parametrize(("lines", "answer", "partner", "said"), NO_VERSES)
def test_a_verse_is_made_of_lines(lines: object, answer: object, partner: object, said: str) -> None:
    with pytest.raises(CourseError, match=said) as refused:
        Verse(lines, answer, partner)
    assert "\n" not in str(refused.value)


def test_lists_of_words_become_lines_and_an_answer_that_is_not_there_is_named() -> None:
    verse = Verse([["of", "arms"]], ["and", "men"], "arms")
    assert verse == Verse((("of", "arms"),), ("and", "men"), "arms") and len({verse}) == 1
    assert (verse.language, verses.quatrains()[0].language) == ("english", "chinese")
    assert Verse((), (), "").language is None
    for ask in (lambda one: one.rhyme, lambda one: verses.groups([one]), lambda one: verses.split([one])):
        with pytest.raises(CourseError, match="no answer yet"):
            ask(Verse((("of", "arms"),), (), "arms"))


@pytest.mark.parametrize(
    ("some", "said"),
    [
        (verses.couplets()[0], "put it in brackets"),
        ("Sing, goddess", "not one thing of type str"),
        (None, "NoneType"),
        (["Sing, goddess"], "the text 'Sing, goddess'"),
        ([("sing", "goddess")], "code.read.* of type tuple"),
    ],
)
def test_a_list_of_verses_is_asked_for_in_one_line(some: object, said: str) -> None:
    for ask in (verses.split, verses.groups, verses.all_lines, verses.check_verses):
        with pytest.raises(CourseError, match=said):
            ask(some)


def test_verses_of_another_language_are_named() -> None:
    both = [verses.couplets()[0], verses.quatrains()[0]]
    assert verses.check_verses(iter(both)) == both
    with pytest.raises(CourseError, match="is chinese, and here english verses"):
        verses.check_verses(both, language="english")
