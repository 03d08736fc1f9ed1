"""Writing verse: codes that can be undone, a network that learns, lines of the right form, costs that add up."""

from __future__ import annotations

from functools import cache
from itertools import product

import numpy as np
import pytest

from course_lib import CourseError
from course_lib.datasets import sounds, verses
from course_lib.datasets.verses import Verse
from course_lib.models.sequences.vocabulary import UNKNOWN
from course_lib.models.verse_code import BLIND, Code
from course_lib.models.verse_counts import Baseline
from course_lib.models.verse_drawing import Grammar, one_by_one
from course_lib.models.verse_network import VerseNetwork
from course_lib.models.verses import WAYS, Writer
from tests.models.small_writer import few, small_writer

LANGUAGES = ("english", "chinese")


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_answer_is_written_from_its_end_and_read_back(language: str) -> None:
    code = small_writer(language).code
    verse = few(language)[1]
    symbols = code.answer(verse)
    assert symbols[0] == f"<sound {code.sounds.usual(verse.rhyme, verse.partner)}>"
    assert symbols[code.heads] == verse.rhyme and symbols[-1] == verse.answer[0]
    known = [each for each in few(language) if UNKNOWN not in code.encode(each)[1]]
    assert known and all(code.line(code.encode(each)[1]) == each.answer for each in known)
    phrase = code.phrase(verse)
    assert phrase[0] == f"<sound {code.sounds.usual(verse.partner)}>"
    assert phrase[-1] == verse.given[0][0] and len(phrase) <= code.longest[0]


def test_the_phrase_says_nothing_of_the_answer() -> None:
    verse = next(each for each in verses.couplets() if len(sounds.english().of(each.partner)) > 1)
    code = small_writer().code
    assert code.phrase(verse) == code.phrase(Verse(verse.given, (), verse.partner))


def test_what_people_type_becomes_a_verse_without_an_answer() -> None:
    english, chinese = (small_writer(language).code for language in LANGUAGES)
    assert english.read("Sing, O Muse!") == Verse((("sing", "o", "muse"),), (), "muse")
    found = chinese.read("春眠不觉晓，处处闻啼鸟。夜来风雨声")
    assert len(found.given) == 3 and found.partner == "鸟"
    for code, text in ((english, "春"), (chinese, "春眠不觉晓"), (chinese, "spring"), (chinese, 3)):
        with pytest.raises(CourseError):
            code.read(text)


def test_training_makes_the_answers_cheaper() -> None:
    few_steps, more = small_writer(steps=5), small_writer(steps=60)
    assert more.bits_each(few("english")).sum() < 0.9 * few_steps.bits_each(few("english")).sum()


def test_one_table_of_vectors_reads_and_writes() -> None:
    network = small_writer().network.networks["network"]
    size = len(small_writer().code.vocabulary)
    assert [tuple(weight.shape) for weight in network.weights if size in weight.shape] == [
        (size, 12),
        (size,),
    ]
    with pytest.raises(CourseError, match="share"):
        VerseNetwork(10, dropout=1.5)


def test_now_and_then_a_phrase_is_left_out_in_training() -> None:
    model = VerseNetwork(20, (4, 4), units=4, width=4, blind=0.5, seed=0)
    batch = np.arange(3, 13)[None, :].repeat(400, axis=0).astype("int32")
    seen = np.asarray(model._partly_blind(batch))
    hidden = seen[:, 0] == UNKNOWN
    assert 0.4 < hidden.mean() < 0.6 and (seen[hidden][:, 1:4] == 0).all()
    assert (seen[~hidden] == batch[0]).all() and (seen[:, 4:] == batch[:, 4:]).all()


@pytest.mark.parametrize(("language", "way"), product(LANGUAGES, WAYS))
def test_every_way_writes_lines_of_the_right_form(language: str, way: str) -> None:
    writer, some = small_writer(language), few(language)[:6]
    found = writer.answers(some, way, beam=3, seed=2)
    for answer, verse in zip(found, some, strict=True):
        assert set(answer.line) <= set(writer.code.vocabulary.symbols)
        assert not any(word.startswith("<") for word in answer.line)
        assert answer.line[-1] != verse.partner
        assert len(answer.line) == 5 if language == "chinese" else 4 <= len(answer.line) <= 12
        assert answer.rows[: len(answer.line)] == answer.line and answer.rows[-1].startswith("<sound")
        assert answer.columns[: len(verse.given[0])] == verse.given[0]
        assert answer.attention.shape == (len(answer.rows), len(answer.columns))
        assert np.allclose(answer.attention.sum(axis=1), 1, atol=1e-4)


def test_draws_follow_the_seed_and_greedy_is_one() -> None:
    writer, some = small_writer(), few("english")[:4]
    lines = {seed: [each.line for each in writer.answers(some, seed=seed)] for seed in (0, 1)}
    assert lines[0] != lines[1] and lines[0] == [each.line for each in writer.answers(some, seed=0)]
    cold = [each.line for each in writer.answers(some, "sample", temperature=1e-6)]
    assert cold == [each.line for each in writer.answers(some, "greedy")]
    with pytest.raises(CourseError, match="'guess'"):
        writer.answer(some[0], "guess")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_wider_beam_finds_nothing_worse_than_greedy(language: str) -> None:
    writer, some = small_writer(language), few(language)[:3]
    for verse in some:
        greedy = writer.answer(verse, "greedy")
        costs = [writer.answer(verse, "beam", beam=width).bits for width in (8, 32)]
        assert min(costs) <= greedy.bits + 1e-3


def test_a_writer_that_thinks_every_line_impossible_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    writer, verse = small_writer(), few("english")[0]
    size = len(writer.code.vocabulary)
    monkeypatch.setattr(writer.network, "next_of_each", lambda phrases, _: np.zeros((len(phrases), size)))
    with pytest.raises(CourseError, match="No line can be written"):
        writer.answer(verse, "beam")


def test_words_that_may_not_stand_are_never_drawn_even_if_likely() -> None:
    code = small_writer().code
    grammar, verse = Grammar(code, heads=0), few("english")[0]
    own = code.vocabulary.ids.get(verse.partner, UNKNOWN)

    def stubborn(running: list[int], beginnings: list[np.ndarray]) -> np.ndarray:
        rows = np.full((len(running), len(code.vocabulary)), 1e-9)
        rows[:, own] = 1
        return rows

    (ids,) = one_by_one(stubborn, grammar, [verse], 1.0, np.random.default_rng(0))
    assert ids[0] not in (own, UNKNOWN) and len(ids) <= grammar.most


def test_unknown_words_get_a_sensible_answer() -> None:
    writer = small_writer()
    verse = writer.code.read("Zyzzyva quux blorp frobnicate")
    assert set(writer.phrase(verse)) == {UNKNOWN, writer.code.vocabulary.ids["<sound ?>"]} or (
        set(writer.phrase(verse)) == {UNKNOWN}
    )
    assert len(writer.answer(verse).line) >= 4


def test_the_blind_see_one_phrase() -> None:
    writer = small_writer()
    blind = [Verse((), verse.answer, "") for verse in few("english")[:3]]
    assert all((writer.phrase(verse) == BLIND).all() for verse in blind)
    assert writer.bits_each(blind).shape == (3, 2)
    assert writer.answer(blind[0]).columns == ("",)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_baseline_is_a_distribution_that_rhymes_as_often_as_it_is_told(language: str) -> None:
    code = small_writer(language).code
    train = verses.couplets()[:1500] if language == "english" else verses.quatrains()[:1500]
    for share in (0.0, 0.5, 1.0):
        baseline = Baseline(code, 2, share).fit(train)
        verse = next(each for each in train if baseline._rhyming(each).any())
        chances = baseline.last_word(verse)
        assert chances.sum() == pytest.approx(1) and (chances >= 0).all()
        fitting = [
            code.vocabulary.ids[word]
            for sound in code.sounds.of(verse.partner)
            for word in code.sounds.with_sound(sound)
            if word in code.vocabulary.ids and word != verse.partner
        ]
        assert chances[fitting].sum() >= share - 1e-9
        if share == 1:
            assert chances.sum() == pytest.approx(chances[fitting].sum())


def test_the_baseline_chooses_the_share_of_its_verses() -> None:
    train = verses.couplets()[:4000]
    code = Code.of(train, sounds.english(), least=5)
    real = Baseline(code, 1).fit(train).choose_share(train)
    strangers = [
        Verse(one.given, other.answer, one.partner) for one, other in zip(train, train[500:], strict=False)
    ]
    assert 0.75 < real.share < 0.95 and real.choose_share(strangers).share < 0.1


def test_the_baseline_costs_what_its_parts_cost_and_answers_in_form() -> None:
    code, train = small_writer().code, few("english")
    baseline = Baseline(code, 2, 0.9).fit(train)
    verse = train[0]
    last, rest = baseline.bits_each([verse])[0]
    ids = code.vocabulary.encode(reversed(verse.answer))
    assert last == pytest.approx(-np.log2(baseline.last_word(verse)[ids[0]]))
    assert rest == pytest.approx(baseline.ngram.bits_each([ids])[0][1:].sum())
    for answer, of in zip(baseline.answers(train[:8]), train, strict=False):
        assert 4 <= len(answer.line) <= 12 and answer.line[-1] != of.partner and answer.attention is None
    with pytest.raises(CourseError, match="share"):
        Baseline(code, share=2)


LINE = Verse((("sing", "goddess"),), (), "goddess")
"""As `code.read` gives it: not answered yet."""


@cache
def counted() -> Baseline:
    return Baseline(small_writer().code, 2).fit(few("english"))


@pytest.mark.parametrize("way", WAYS)
def test_a_network_whose_training_diverged_writes_nothing(way: str) -> None:
    code = small_writer().code
    network = VerseNetwork(len(code.vocabulary), code.longest, units=4, width=4)
    for weight in network.networks["network"].weights:
        weight.assign(np.full(weight.shape, np.nan))
    for ask in (lambda one: one.answer(LINE, way), lambda one: one.bits_each(few("english")[:2])):
        with pytest.raises(CourseError, match=r"\(NaN\): its training has diverged"):
            ask(Writer(network, code))


def test_chances_that_are_no_numbers_are_refused_whatever_gives_them() -> None:
    code = small_writer().code
    size = len(code.vocabulary)
    for chance in (np.nan, -1.0):
        with pytest.raises(CourseError, match="numbers from 0 on"):
            one_by_one(
                lambda running, _, chance=chance: np.full((len(running), size), chance),
                *(Grammar(code, 0), [LINE, LINE], 0.0, np.random.default_rng(0)),
            )


@pytest.mark.parametrize(
    ("some", "said"),
    [
        ("Sing, goddess", "not one thing of type str"),
        (LINE, "put it in brackets"),
        (None, "NoneType"),
        ([("sing",)], "of type tuple"),
        ([[LINE]], "of type list"),
        ([few("chinese")[0]], "is chinese, and here english"),
    ],
)
def test_what_are_no_verses_is_said_in_one_line(some: object, said: str) -> None:
    writer, baseline = small_writer(), counted()
    asks = (writer.answers, writer.bits_each, baseline.answers, baseline.bits_each, baseline.fit)
    for ask in (*asks, baseline.choose_share, lambda verses: Code.of(verses, sounds.english())):
        with pytest.raises(CourseError, match=said) as refused:
            ask(some)
        assert "\n" not in str(refused.value)


def test_a_text_is_no_verse() -> None:
    writer = small_writer()
    asks = (writer.answer, writer.code.phrase, writer.code.answer, writer.code.encode, counted().last_word)
    for ask in asks:
        with pytest.raises(CourseError, match=r"A verse is wanted, as code\.read"):
            ask("Sing, goddess")
    assert [len(each) for each in (writer.answers(iter([LINE])), writer.answers([]))] == [1, 0]


def test_a_verse_that_is_not_answered_yet_costs_nothing_that_can_be_said() -> None:
    writer, baseline = small_writer(), counted()
    asks = (writer.bits_each, baseline.fit, baseline.choose_share, baseline.bits_each)
    for ask in (*asks, lambda some: writer.code.encode(some[0])):
        with pytest.raises(CourseError, match="no answer yet"):
            ask([LINE])


def test_lines_that_are_too_long_are_refused() -> None:
    english, chinese = small_writer(), small_writer("chinese")
    with pytest.raises(CourseError, match="phrase has 1 to 16 symbols, and this one 61"):
        english.answer(Verse((("a",) * 60,), (), "a"))
    with pytest.raises(CourseError, match="phrase has 1 to 19 symbols"):
        chinese.answer(Verse((*few("chinese")[0].given, *few("chinese")[1].given), (), "春"), "beam")
    with pytest.raises(CourseError, match="answer of pair 0 has 16 events, and 1 to 13"):
        english.bits_each([Verse(LINE.given, ("and",) * 15, "goddess")])


def test_symbols_that_are_none_are_refused() -> None:
    ask, empty = small_writer().network.next_of_each, np.empty(0, "int32")
    assert ask([[5, 6]], [empty]).shape == (1, len(small_writer().code.vocabulary))
    for phrases, beginnings, said in (
        ([[-1]], [empty], "id -1"),
        ([[5.7]], [empty], "whole numbers"),
        ([[10**6]], [empty], "id 1000000"),
        ([empty], [empty], "1 to 16 symbols"),
        ([], [], "no sequence"),
        ([[5], [6]], [empty], "Each of 2 phrases"),
        ([[5], [6]], [[5], [5, 6]], "all of one length"),
        ([[5]], [[5] * 14], "0 to 13 symbols"),
    ):
        with pytest.raises(CourseError, match=said):
            ask(phrases, beginnings)


def test_a_writer_is_made_of_a_network_and_its_own_code() -> None:
    english, chinese = small_writer(), small_writer("chinese")
    for network, code in ((english.network, chinese.code), (None, english.code), (english.network, None)):
        with pytest.raises(CourseError, match="A writer needs a Code, and a VerseNetwork"):
            Writer(network, code)
    for ask in (lambda: Baseline(None), lambda: Grammar("a", 0)):
        with pytest.raises(CourseError, match="A code is wanted"):
            ask()
    with pytest.raises(CourseError, match=r"sounds\.english\(\)"):
        Code.of(few("english"), "english")
    for heads in (-1, "a"):
        with pytest.raises(CourseError, match="heads is how many"):
            Grammar(english.code, heads)


@pytest.mark.parametrize("seed", [None, -1, 1.5, "a", True, [1, 2], np.random.default_rng(0)])
def test_seeds_are_whole_numbers(seed: object) -> None:
    for ask in (small_writer().answer, lambda verse, seed: counted().answers([verse], seed=seed)):
        with pytest.raises(CourseError, match="seed is what the random numbers follow from"):
            ask(LINE, seed=seed)


@pytest.mark.parametrize("temperature", [-1, float("nan"), "a", None, [1, 2]])
def test_a_temperature_is_a_number_whatever_the_way(temperature: object) -> None:
    for way in WAYS:
        with pytest.raises(CourseError, match="temperature is how boldly words are drawn"):
            small_writer().answer(LINE, way, temperature)
    with pytest.raises(CourseError, match="temperature is a number"):
        counted().answers([LINE], temperature)


def test_a_way_that_is_no_text_is_refused() -> None:
    with pytest.raises(CourseError, match="one of the ways"):
        small_writer().answer(LINE, np.array(["beam", "greedy"]))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        *(({"vocabulary_size": size}, "vocabulary_size is how many") for size in (0, -1, 2.5, "a", None)),
        *(({"longest": each}, "longest is how many") for each in ((16,), None, (0, 0), (1.5, 5), ("a", "b"))),
        *(({"dropout": each}, "dropout is the share") for each in ("a", None, 1, float("nan"))),
        *(({"blind": each}, "blind is the share") for each in ("a", None, 1, [0.5])),
    ],
)
def test_a_network_is_made_of_numbers_in_their_ranges(change: dict, said: str) -> None:
    with pytest.raises(CourseError, match=said):
        VerseNetwork(**{"vocabulary_size": 10, "units": 4, "width": 4} | change)


def test_a_baseline_that_has_counted_nothing_says_so() -> None:
    fresh = Baseline(small_writer().code)
    for ask in (
        lambda: fresh.last_word(LINE),
        lambda: fresh.choose_share(few("english")),
        lambda: fresh.answers([LINE]),
        lambda: fresh.bits_each(few("english")),
    ):
        with pytest.raises(CourseError, match="counted nothing yet: call fit"):
            ask()
    with pytest.raises(CourseError, match="no verse to choose the share by"):
        counted().choose_share([])
    for share in ("a", None, [0.5], 2):
        with pytest.raises(CourseError, match="share is the part"):
            Baseline(small_writer().code, share=share)


def test_lines_of_chinese_are_divided_by_any_punctuation() -> None:
    code = small_writer("chinese").code
    expected = code.read("春眠不觉晓，处处闻啼鸟，夜来风雨声")
    for mark in ("：", "——", " - ", "。", "\n"):
        assert code.read(mark.join("".join(line) for line in expected.given)) == expected
    with pytest.raises(CourseError, match="spaces between the lines alone; lines here: 7"):
        code.read("春 眠 不 觉 晓，处处闻啼鸟，夜来风雨声")
