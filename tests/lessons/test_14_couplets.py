"""What lesson 14 says of its rhymes, its table and its toys is so."""

from __future__ import annotations

import itertools
import math
from typing import Any

import matplotlib
import numpy as np
import pytest

from course_lib.authoring.lesson import find_source, load_lesson
from course_lib.authoring.student import solved_notebook
from course_lib.datasets import sounds, verses
from course_lib.datasets.tables import read_rows
from course_lib.scores import verses as scores

SOURCE = find_source("14")
NEEDS = ("writer", "device", "plots.", "sung", "live.", "couplets.", "counting", "read_table", "show_")
"""What demos need that load a network, draw, or read the table: tested elsewhere, or below without them."""
ALWAYS = ("setup", "exercise", "check")
ROWS = read_rows("couplets_table.csv")


@pytest.fixture(scope="module")
def defined() -> dict[str, Any]:
    """What the cells define that need neither network nor figure, run here with the course's own answers."""
    matplotlib.use("Agg")
    names: dict[str, Any] = {}
    for cell in solved_notebook(load_lesson(SOURCE)).cells:
        if cell.cell_type != "code":
            continue
        if cell.metadata.course.role in ALWAYS or not any(each in cell.source for each in NEEDS):
            try:
                exec(compile(cell.source, cell.id, "exec"), names)
            except NameError:
                continue  # of a cell that was left out
    return names


def number(language: str, model: str, condition: str, column: str, seed: str = "0") -> float:
    """Of the stored network's seed, or another one."""
    (row,) = [
        row
        for row in ROWS
        if (row["language"], row["model"], row["condition"], row["seed"])
        == (language, model, condition, seed)
    ]
    return float(row[column])


def test_the_toy_language_has_a_line_that_greedy_misses_and_two_beginnings_find(defined) -> None:
    chance, next_of = defined["toy_probability"], defined["toy_next"]
    whole = [line for n in (1, 2) for line in itertools.product((1, 2, 3), repeat=n)]
    assert math.isclose(sum(map(chance, whole)), 1)
    best = max(whole, key=chance)
    assert best == (2, 3)
    assert chance(defined["greedy_line"]) < 0.5 * chance(best)
    search = defined["checked_beam_search"]
    assert [tuple(search(next_of, width, 5)[0]) for width in (1, 2, 3)] == [
        defined["greedy_line"],
        best,
        best,
    ]


def test_real_couplets_rhyme_at_089_and_dealt_anew_at_002(defined) -> None:
    english, couplets = sounds.english(), verses.couplets()
    shares = defined["checked_rhyme_shares"]
    real = shares([(verse.partner, verse.rhyme) for verse in couplets], english.of)
    assert np.allclose(real, (0.89, 0.92), atol=0.005)
    dealt = np.random.default_rng(0).permutation(len(couplets))
    pairs = [(verse.partner, couplets[place].rhyme) for verse, place in zip(couplets, dealt, strict=True)]
    assert np.allclose(shares(pairs, english.of), 0.02, atol=0.005)


def test_the_first_300_of_the_test_side_are_of_the_iliad_and_rhyme_more_than_all() -> None:
    first = verses.split(verses.couplets()).test[:300]
    assert all(verse.source.startswith("Iliad") for verse in first)
    assert number("english", "real", "held_out", "rhyme_share") == 0.94


def test_the_split_holds_pairs_of_rhymes_apart_in_english() -> None:
    parts = verses.split(verses.couplets())
    seen, held = (
        {frozenset((verse.partner, verse.rhyme)) for verse in part} for part in (parts.train, parts.test)
    )
    assert held and not seen & held


def test_the_gain_is_manner_and_the_first_line_is_its_rhyme() -> None:
    def english(model: str, condition: str, column: str = "perplexity") -> float:
        return number("english", model, condition, column)

    assert round(english("network", "given")) == 65 and round(english("baseline_equal", "given")) == 85
    assert english("network", "given", "high") < english("baseline_equal", "given", "low")
    for column, network, counting in (("bits_rhyme", 6.2, 4.0), ("bits_rest", 6.0, 6.7)):
        assert math.isclose(english("network", "given", column), network, abs_tol=0.05)
        assert math.isclose(english("baseline_equal", "given", column), counting, abs_tol=0.05)
    own, blind, other = (english("network", each, "bits_rest") for each in ("given", "blind", "same_rhyme"))
    assert abs(own - blind) < 0.02 and math.isclose(other - own, 0.14, abs_tol=0.01)
    rhyme = english("network", "blind", "bits_rhyme") - english("network", "given", "bits_rhyme")
    assert math.isclose(rhyme, 5.5, abs_tol=0.1)
    lost = english("network", "same_rhyme") - english("network", "given")
    gain = english("baseline_equal", "given") - english("network", "given")
    assert 0.18 < lost / gain < 0.24 and round(english("network", "same_rhyme")) == 69
    assert english("network", "shuffled") > 2 * english("baseline_equal", "shuffled")
    assert english("network", "same_rhyme", "bits_rhyme") < english("network", "given", "bits_rhyme")


def test_the_likeliest_lines_use_few_rhymes_and_quote_most() -> None:
    def english(model: str, way: str, column: str) -> float:
        return number("english", model, way, column)

    shares = [english("network", way, "rhyme_share") for way in ("greedy", "cooler", "beam")]
    assert min(shares) > 0.895 and max(shares) <= 0.92
    assert english("network", "sample", "rhyme_share") < min(shares)
    assert [english("network", way, "distinct") for way in ("greedy", "beam")] == [114, 122]
    assert english("real", "held_out", "distinct") == 164
    copied = {way: 1 - english("network", way, "novelty") for way in ("greedy", "beam", "sample", "cooler")}
    real = 1 - english("real", "held_out", "novelty")
    assert math.isclose(copied["beam"], 1 / 4, abs_tol=0.03) and math.isclose(
        copied["greedy"], 1 / 8, abs_tol=0.01
    )
    assert math.isclose(real, 1 / 27, abs_tol=0.002) and 5.5 < copied["beam"] / real < 6.5
    assert copied["sample"] < real and math.isclose(copied["cooler"], real, abs_tol=0.01)
    assert 1 - english("baseline_equal", "sample", "novelty") < copied["sample"]
    assert all(english("network", way, "self_rhymed") == 0 for way in copied)
    assert math.isclose(english("real", "dealt_anew", "self_rhymed"), 1 / 300, abs_tol=1e-4)
    equal = [english(model, "sample", "rhyme_share") for model in ("network", "baseline_equal")]
    assert abs(equal[0] - equal[1]) < 0.04


def test_in_chinese_the_network_wins_and_what_is_lost_comes_first() -> None:
    def chinese(model: str, condition: str, column: str = "perplexity") -> float:
        return number("chinese", model, condition, column)

    assert round(chinese("network", "given")) == 162 and round(chinese("baseline_equal", "given")) == 220
    assert chinese("network", "given", "high") < chinese("baseline_equal", "given", "low")
    assert round(chinese("network", "same_rhyme")) == 200
    lost = chinese("network", "same_rhyme", "bits_rhyme") - chinese("network", "given", "bits_rhyme")
    rest = chinese("network", "same_rhyme", "bits_rest") - chinese("network", "given", "bits_rest")
    assert lost > 1.2 and rest < 0.1
    assert chinese("network", "blind", "bits_rest") - chinese("network", "given", "bits_rest") < 0.02
    ceiling = chinese("real", "held_out", "rhyme_share")
    assert ceiling == 0.81 and chinese("network", "sample", "rhyme_share") < ceiling
    for way, share in (("greedy", 0.92), ("beam", 0.87)):
        assert math.isclose(chinese("network", way, "rhyme_share"), share, abs_tol=0.005) and share > ceiling
        assert chinese("network", way, "distinct") < 55
    assert chinese("real", "held_out", "distinct") == 174
    assert 0.1 < chinese("real", "dealt_anew", "rhyme_share") < 0.14


def test_your_novelty_of_held_out_couplets_is_that_of_the_poets_and_cheats_get_none(defined) -> None:
    parts = verses.split(verses.couplets())
    training = [line for verse in parts.train for line in (*verse.given, verse.answer)]
    fresh = defined["checked_fresh"]
    held = [verse.answer for verse in parts.test[:300]]
    assert math.isclose(fresh(held, training, 4), 0.96, abs_tol=0.03)
    assert fresh([verse.answer[:3] for verse in parts.train[:50]], training, 4) < 0.05
    sword = ("and", "sheath'd", "his", "silent", "sword")
    assert fresh([sword] * 100, training, 4) < 0.1
    assert scores.novelty([sword] * 100, training) == 1


def test_the_quatrain_that_is_discussed_is_held_out_and_its_glosses_are_whole() -> None:
    text = SOURCE.read_text(encoding="utf-8")
    test = verses.split(verses.quatrains()).test
    verse = next(each for each in test if each.source.startswith("王建, 新嫁娘"))
    for character in itertools.chain(*verse.given, verse.answer):
        assert f'"{character}": "' in text
    assert sounds.chinese().rhyme(verse.partner, verse.rhyme) and sounds.level(verse.rhyme)


def test_in_chinese_own_lines_tell_the_tones_and_hardly_a_character() -> None:
    from course_lib.models import pretrained_verses as pretrained

    writer, parts = pretrained.quatrains(), pretrained.parts("chinese")
    found = {}
    for condition in ("given", "same_rhyme", "blind"):
        asked = scores.in_condition(parts.test, condition, sounds.chinese(), seed=0, pool=parts.train)
        pairs = [(writer.phrase(verse), writer.code.encode(verse)[1]) for verse in asked]
        found[condition] = np.array(writer.network.bits_each(pairs)).mean(axis=0)
    tones = [each[1] for each in found.values()]
    assert np.allclose(tones, (3.37, 4.71, 4.26), atol=0.02)
    characters = {condition: each[3:7].mean() for condition, each in found.items()}
    assert 0.05 < characters["same_rhyme"] - characters["given"] < 0.11
    assert abs(characters["blind"] - characters["given"]) < 0.03
    # a line costs the network 44.0 bits, and counting 46.7
    assert math.isclose(found["given"].sum(), 44.0, abs_tol=0.1)
    counting = number("chinese", "baseline_equal", "given", "bits_rhyme") + 5 * number(
        "chinese", "baseline_equal", "given", "bits_rest"
    )
    assert math.isclose(counting, 46.7, abs_tol=0.1)


def test_in_english_the_sound_looks_at_the_sound_and_in_chinese_it_does_not() -> None:
    from course_lib.models import pretrained_verses as pretrained

    weights = {}
    for language in ("english", "chinese"):
        verses_asked = pretrained.parts(language).test[:40]
        answers = pretrained.TRAINED[language]().answers(verses_asked, "greedy")
        weights[language] = np.mean([answer.attention[-1, -1] for answer in answers])
    assert weights["english"] > 0.9 and weights["chinese"] < 0.1


def factor(one: np.ndarray, other: np.ndarray, asked: list) -> np.ndarray:
    """What `times_dearer` computes by a formula, here by drawing whole verses anew (a bootstrap)."""
    words, each = np.array([verse.events for verse in asked]), (one - other).sum(axis=1)
    lots = np.random.default_rng(0).integers(len(asked), size=(4000, len(asked)))
    means = each[lots].sum(axis=1) / words[lots].sum(axis=1)
    return 2 ** np.array([each.sum() / words.sum(), *np.quantile(means, (0.025, 0.975))])


@pytest.mark.parametrize(
    ("language", "counting", "same_rhyme"),
    [("english", (1.31, 1.27, 1.35), (1.07, 1.05, 1.09)), ("chinese", None, (1.23, 1.19, 1.28))],
)
def test_in_pairs_the_differences_are_there_though_intervals_overlap(language, counting, same_rhyme) -> None:
    from course_lib.models import pretrained_verses as pretrained
    from course_lib.models.verse_counts import Baseline

    writer, parts = pretrained.TRAINED[language](), pretrained.parts(language)
    sounding = getattr(sounds, language)()
    strangers = scores.in_condition(parts.test, "same_rhyme", sounding, seed=0, pool=parts.train)
    own = writer.bits_each(parts.test)
    assert np.allclose(factor(writer.bits_each(strangers), own, parts.test), same_rhyme, atol=0.011)
    assert number(language, "network", "same_rhyme", "low") < number(language, "network", "given", "high")
    if counting:
        share = number(language, "baseline_equal", "given", "share")
        matched = Baseline(pretrained.code(language), order=2, share=share).fit(parts.train)
        assert np.allclose(factor(matched.bits_each(parts.test), own, parts.test), counting, atol=0.011)


@pytest.mark.parametrize(("seed", "own", "other"), [("1", 69, 74), ("2", 68, 73)])
def test_two_more_seeds_say_the_same_but_lose_a_third_of_the_gain(seed: str, own: int, other: int) -> None:
    def english(condition: str, column: str = "perplexity") -> float:
        return number("english", "network", condition, column, seed)

    assert round(english("given")) == own and round(english("same_rhyme")) == other
    assert english("given", "high") < number("english", "baseline_equal", "given", "low")
    counting = number("english", "baseline_equal", "given", "perplexity")
    lost = english("same_rhyme") - english("given")
    assert math.isclose(lost / (counting - english("given")), 1 / 3, abs_tol=0.04)
    assert abs(english("given", "bits_rest") - english("blind", "bits_rest")) < 0.05
    assert english("same_rhyme", "bits_rhyme") < english("given", "bits_rhyme")
    assert english("shuffled") > 400
    real = number("english", "real", "held_out", "novelty")
    assert english("beam", "novelty") < english("greedy", "novelty") < real < english("sample", "novelty")
    assert abs(english("cooler", "novelty") - real) < 0.015
