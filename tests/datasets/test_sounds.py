"""Sounds against the words they were taken from, and the shares of rhymes that the lesson names."""

from __future__ import annotations

import pytest

from course_lib import CourseError
from course_lib.datasets import sounds, verses
from tests import data_scripts


def test_words_rhyme_by_any_of_their_sounds() -> None:
    english = sounds.english()
    assert english.rhyme("abate", "rate") is True and english.rhyme("abate", "white") is False
    assert english.rhyme("strove", "jove") is None and english.of("zyzzyva") == ()
    assert english.of("again") == ("EH N", "EY N") and english.of("heavenly-born") == english.of("born")
    assert english.usual("again") == "EH N" and english.usual("again", "bane") == "EY N"
    assert english.usual("zyzzyva") == "?" == english.usual("zyzzyva", "bane")
    assert "rate" in english.with_sound("EY T") and english.with_sound("X") == ()


def test_the_table_says_what_of_the_couplets_rhymes() -> None:
    found = [sounds.english().rhyme(verse.partner, verse.rhyme) for verse in verses.couplets()]
    assert found.count(True) == 12_972 and round(found.count(True) / len(found), 2) == 0.89
    assert round(found.count(True) / (len(found) - found.count(None)), 2) == 0.92


def test_every_character_of_the_quatrains_has_a_reading() -> None:
    chinese = sounds.chinese()
    assert all(
        chinese.of(one) for verse in verses.quatrains() for row in (*verse.given, verse.answer) for one in row
    )
    assert (sounds.reading("春"), sounds.final("春"), sounds.tone("春")) == ("chun1", "uen", 1)
    assert chinese.of("春") == ("en",) and chinese.rhyme("春", "人") and not chinese.rhyme("春", "山")
    assert sounds.tones(tuple("春眠不觉晓")) == "LLOLO" and sounds.tones(("x",)) == "?"
    with pytest.raises(CourseError, match="No reading"):
        sounds.tone("X")


def test_real_quatrains_rhyme_far_more_than_strangers_and_mostly_on_level_tones() -> None:
    chinese, poems = sounds.chinese(), verses.quatrains()
    real = sum(chinese.rhyme(poem.partner, poem.rhyme) for poem in poems) / len(poems)
    strangers = sum(
        chinese.rhyme(one.partner, other.rhyme) for one, other in zip(poems, poems[1000:], strict=False)
    ) / (len(poems) - 1000)
    assert 0.75 < real < 0.8 and strangers < 0.15
    assert sum(sounds.level(poem.rhyme) for poem in poems) / len(poems) > 0.8


def test_the_groups_of_rhymes_part_all_finals() -> None:
    script = data_scripts.load("make_pinyin")
    assert len(script.GROUPS) == 14
    finals = [final for group in script.GROUPS.values() for final in group.split()]
    assert len(finals) == len(set(finals))


def test_the_table_is_what_the_script_makes() -> None:
    pytest.importorskip("pypinyin")
    script = data_scripts.load("make_pinyin")
    for one in "春山不知觉月绿女儿":
        row = script.read_as(one)
        assert (row["pinyin"], row["final"], int(row["tone"])) == (
            *(sounds.reading(one), sounds.final(one), sounds.tone(one)),
        )
        assert sounds.chinese().of(one) == (row["rhyme"],)


def test_capitals_make_no_difference_and_what_is_no_word_is_refused() -> None:
    english = sounds.english()
    assert english.of("RATE") == english.of("rate") and english.rhyme("Abate", "Rate") is True
    for word in (None, 3, b"", ["rate"]):
        asks = (english.of, english.usual, english.with_sound, sounds.reading, sounds.level)
        for ask in (*asks, lambda one: english.rhyme("rate", one)):
            with pytest.raises(CourseError, match=r"text, such as 'spring', not of type"):
                ask(word)
    for line in ("春眠不觉晓", verses.quatrains()[0].given, None):
        with pytest.raises(CourseError, match="line"):
            sounds.tones(line)
