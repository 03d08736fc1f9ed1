"""Lines that people type, lines as text, and what is no line."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib import CourseError
from course_lib.datasets.verse_lines import characters, check_line, check_lines, words, written


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("Sing, Goddess!", ("sing", "goddess")),
        ("The heavenly-born unnumber’d", ("the", "heavenly-born", "unnumber'd")),
        ("'Tis  th' END.", ("'tis", "th'", "end")),
        ("a café", ("a", "cafe")),
        ("Æneas, œconomy", ("aeneas", "oeconomy")),
    ],
)
def test_words_of_what_is_typed(typed: str, found: tuple[str, ...]) -> None:
    assert words(typed) == found


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "1 to 15 words, and this one 0"),
        ("...", "and this one 0"),
        ("arms 3 men", "digit 3 in it: write numbers as words"),
        ("²", "digit 2"),
        ("the " + "x" * 31, "at most 30 letters"),
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
    with pytest.raises(CourseError, match="such as '春眠不觉晓'"):
        characters(None)
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


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("of arms and men", "the text 'of arms and men'"),
        (("Sing,", "goddess"), "one is 'Sing,'"),
        (("of", 3), "of type int"),
        ((("of", "arms"),), "of type tuple"),
        (("春眠",), "one is '春眠'"),
        (("of", ""), "one is ''"),
        (("of arms",), "one is 'of arms'"),
        (None, "of type NoneType"),
        ({"of", "arms"}, "of type set"),
    ],
)
def test_what_is_no_line_is_named_wherever_one_is_wanted(line: object, said: str) -> None:
    for ask in (check_line, written, lambda one: check_lines([one])):
        with pytest.raises(CourseError, match=said):
            ask(line)


def test_lines_are_listed_and_a_single_one_refused() -> None:
    assert check_lines(iter([("of", "nine0"), ["春"], ()])) == [("of", "nine0"), ("春",), ()]
    for lines in (("of", "arms"), "of arms", None):
        with pytest.raises(CourseError, match="line"):
            check_lines(lines)
