"""Scores of answers against what can be counted by hand."""

from __future__ import annotations

import numpy as np
import pytest

from course_lib import CourseError
from course_lib.datasets import sounds, verses
from course_lib.datasets.verses import Verse
from course_lib.scores import verses as scores


def line(text: str) -> tuple[str, ...]:
    return tuple(text.split())


def test_perplexity_of_a_fair_die_is_its_number_of_faces() -> None:
    some = [Verse((line("a b"),), line("c d e"), "b"), Verse((line("a b"),), line("c"), "b")]
    bits = np.array([[3.0, 9.0], [3.0, 3.0]])  # four events and two, each of three bits
    found = scores.perplexity(bits, some)
    assert found.value == found.low == found.high == 8 and found.bits_rhyme == found.bits_rest == 3
    wider = scores.perplexity(bits + np.array([[0, 1], [0, -1]]), some)
    assert wider.low < wider.value < wider.high
    with pytest.raises(CourseError, match=r"for 2\."):
        scores.perplexity(bits[:1], some)


def test_what_costs_a_bit_more_a_word_is_twice_as_dear_in_pairs_however_different_the_verses() -> None:
    some = [Verse((line("a b"),), line("c d e"), "b"), Verse((line("a b"),), line("c"), "b")]
    bits = np.array([[3.0, 9.0], [30.0, 3.0]])
    assert scores.times_dearer(bits + np.array([[1, 3], [1, 1]]), bits, some) == pytest.approx((2, 2, 2))
    assert scores.times_dearer(bits, bits, some) == (1, 1, 1)
    dearer = bits + np.array([[0, 1], [0, 0]])
    times, low, high = scores.times_dearer(dearer, bits, some)
    assert low < times < high
    both = scores.perplexity(dearer, some).value / scores.perplexity(bits, some).value
    assert times == pytest.approx(both)
    for none in (np.full((2, 2), np.inf), -bits, bits[:1]):
        with pytest.raises(CourseError):
            scores.times_dearer(none, bits, some)


def test_rhymes_count_what_is_known_what_differs_and_what_is_the_same_word() -> None:
    pairs = [("rate", "abate"), ("rate", "rate"), ("rate", "white"), ("strove", "jove"), ("bane", "again")]
    found = scores.rhymes(pairs, sounds.english())
    assert found == (2 / 5, 2 / 4, 4, 1 / 5, 5, 5)


def test_novelty_is_the_share_of_runs_that_training_lacks() -> None:
    training = [line("a b c d e")]
    assert scores.novelty([line("a b c d")], training) == 0
    assert scores.novelty([line("a b c d x")], training) == 0.5
    assert scores.novelty([line("e d c b a")], training) == 1
    assert np.isnan(scores.novelty([line("a b")], training))
    assert scores.longest_copied(line("x b c d y"), training) == 3
    assert scores.longest_copied(line("x"), training) == 0


def test_real_couplets_that_are_held_out_are_96_percent_new() -> None:
    parts = verses.split(verses.couplets())
    training = [each for verse in parts.train for each in (*verse.given, verse.answer)]
    assert 0.94 < scores.novelty([verse.answer for verse in parts.test], training) < 0.98


@pytest.mark.filterwarnings("ignore:For 1 of 50 verses")
@pytest.mark.parametrize("language", ["english", "chinese"])
def test_conditions_change_what_is_given_and_nothing_else(language: str) -> None:
    sound = getattr(sounds, language)()
    all_of_them = verses.couplets() if language == "english" else verses.quatrains()
    some, pool = all_of_them[:50], all_of_them[50:2000]
    assert scores.in_condition(some, "given", sound) == list(some)
    for condition in ("same_rhyme", "shuffled", "blind"):
        found = scores.in_condition(some, condition, sound, seed=1, pool=pool)
        assert [each.answer for each in found] == [each.answer for each in some]
        assert all(
            each.given != verse.given and each.partner != verse.rhyme
            for each, verse in zip(found, some, strict=True)
        )
        assert found == scores.in_condition(some, condition, sound, seed=1, pool=pool)
    assert {each.given for each in found} == {()}
    fitting = scores.in_condition(some, "same_rhyme", sound, pool=pool)
    kept = [
        sound.usual(one.partner) == sound.usual(other.partner)
        for one, other in zip(fitting, some, strict=True)
    ]
    assert np.mean(kept) > 0.9
    with pytest.raises(CourseError, match="no condition 'deaf'"):
        scores.in_condition(some, "deaf", sound)
    with pytest.raises(CourseError, match="too few"):
        scores.in_condition(some[:1], "shuffled", sound)


def test_the_nearest_verse_has_most_words_in_common() -> None:
    some = [Verse((), line("a b c"), ""), Verse((), line("a b x y z"), ""), Verse((), line("q"), "")]
    assert scores.nearest(line("a b x"), some) == (some[1], 3 / 5)
    assert scores.nearest(line("c b a"), some) == (some[0], 1.0)
    with pytest.raises(CourseError):
        scores.nearest(line("a"), [])


@pytest.mark.parametrize(
    ("bits", "said"),
    [
        ([[-1.0, 2.0]], "from 0 on"),
        ([[np.nan, 2.0]], "from 0 on"),
        ([[1j, 2.0]], "type complex"),
        ([[1, "a"]], "array of numbers"),
        ("abc", "array of numbers"),
    ],
)
def test_bits_that_are_none_are_refused(bits: object, said: str) -> None:
    with pytest.raises(CourseError, match=said):
        scores.perplexity(bits, verses.couplets()[:1])


def test_what_is_impossible_is_infinitely_perplexing() -> None:
    found = scores.perplexity([[np.inf, 1.0], [2.0, 3.0]], verses.couplets()[:2])
    assert found.low == found.value == found.high == np.inf


A, B = ("of", "arms", "and", "men"), ("of", "arms", "and", "the", "man")


@pytest.mark.parametrize(
    "ask",
    [
        lambda: scores.novelty(["of arms and men"], [B]),
        lambda: scores.novelty([A], ["of arms and men"]),
        lambda: scores.novelty(A, [B]),
        lambda: scores.novelty([(A,)], [B]),
        lambda: scores.longest_copied("of arms and men", [A]),
        lambda: scores.longest_copied(A, ["of arms"]),
        lambda: scores.nearest("i", verses.couplets()[:3]),
        lambda: scores.runs("of arms", 2),
    ],
)
def test_a_text_is_no_line_whose_letters_are_counted(ask) -> None:
    with pytest.raises(CourseError, match=r"A line is a tuple of words|words of a line"):
        ask()


@pytest.mark.parametrize("length", [0, -1, 1.5, None])
def test_runs_have_a_length(length: object) -> None:
    with pytest.raises(CourseError, match="length of a run"):
        scores.runs(A, length)


@pytest.mark.parametrize(
    "pairs", [["rate"], ("rate", "abate"), [("a", "b", "c")], verses.couplets()[:2], None]
)
def test_pairs_are_of_two_words(pairs: object) -> None:
    with pytest.raises(CourseError, match="pair"):
        scores.rhymes(pairs, sounds.english())


def test_pairs_of_what_is_no_word_and_sounds_that_are_none_are_refused() -> None:
    with pytest.raises(CourseError, match="A pair is two texts"):
        scores.rhymes([(None, None)], sounds.english())
    for ask in (
        lambda: scores.rhymes([("a", "b")], "english"),
        lambda: scores.in_condition(verses.couplets()[:9], "blind", "english"),
    ):
        with pytest.raises(CourseError, match=r"sounds\.english\(\)"):
            ask()


def test_the_capital_letter_of_a_rhyme_makes_no_difference() -> None:
    assert scores.rhymes([("RATE", "Abate")], sounds.english()).share == 1


def test_given_lines_of_another_sound_are_said() -> None:
    some, sound = verses.couplets()[:50], sounds.english()
    with pytest.warns(UserWarning, match="of 50 verses no other of the pool asks for the same") as told:
        found = scores.in_condition(some, "same_rhyme", sound)
    fitting = [
        sound.usual(one.partner) == sound.usual(other.partner) for one, other in zip(found, some, strict=True)
    ]
    assert f"For {fitting.count(False)} of 50" in str(told[0].message)


def test_conditions_are_of_one_language_and_of_answered_verses() -> None:
    couplets, quatrains, sound = verses.couplets()[:9], verses.quatrains()[:9], sounds.english()
    for some, pool in ((quatrains, None), (couplets, quatrains)):
        with pytest.raises(CourseError, match="is chinese, and here english verses"):
            scores.in_condition(some, "shuffled", sound, pool=pool)
    with pytest.raises(CourseError, match="no answer yet"):
        scores.in_condition([Verse((A,), (), "men")], "blind", sound)
    with pytest.raises(CourseError, match="put it in brackets"):
        scores.in_condition(couplets[0], "blind", sound)
