"""Syllables: nothing is lost, most lines have ten, and the last stressed one is strong."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib import CourseError
from course_lib.datasets import verses
from course_lib.datasets.stress import RUN_INTO, stresses, syllables


@pytest.mark.parametrize(
    ("word", "pieces"),
    [
        ("unnumber'd", "un num ber'd"),
        ("table", "ta ble"),
        ("lake", "lake"),
        ("horses", "hor ses"),
        ("glorious", "glo rious"),
        ("heavenly-born", "heaven ly born"),
        ("untimely", "un time ly"),
        ("agamemnon", "a ga mem non"),
    ],
)
def test_words_in_syllables(word: str, pieces: str) -> None:
    assert syllables(word) == tuple(pieces.split())


@given(st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=12))
def test_no_letter_is_lost(word: str) -> None:
    assert "".join(syllables(word)) == word


def test_more_than_four_lines_of_five_have_ten() -> None:
    lines = [line for verse in verses.couplets()[::7] for line in (*verse.given, verse.answer)]
    counts = [len(stresses(line)) for line in lines]
    assert counts.count(10) / len(counts) > 0.8 and min(counts) >= 7 and max(counts) <= 15


def test_strong_and_weak_in_turn_back_from_the_last_stress() -> None:
    found = stresses(("the", "souls", "of", "mighty", "chiefs", "untimely", "slain"))
    assert [one.text for one in found if one.strong] == ["souls", "migh", "chiefs", "time", "slain"]
    assert [one.text for one in found if one.ends_word][:4] == ["the", "souls", "of", "ty"]
    feminine = stresses(("she", "left", "the", "bower"))  # a stress on the last but one
    assert feminine[-2].strong and not feminine[-1].strong


def test_words_without_a_syllable_and_lines_without_a_word() -> None:
    assert len(stresses(("th'", "end"))) == 1 and RUN_INTO[0] == "th'"
    with pytest.raises(CourseError):
        stresses(())
    with pytest.raises(CourseError, match="'春'"):
        syllables("春")


def test_what_is_no_word_or_no_line_is_refused() -> None:
    for word in (None, 3, "ARMS"):
        with pytest.raises(CourseError, match="small Latin letters"):
            syllables(word)
    for line in ("of arms and men", None, [None], (("of", "arms"),)):
        with pytest.raises(CourseError, match="line"):
            stresses(line)
