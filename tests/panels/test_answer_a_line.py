"""Lines typed as a browser hands them over, against the writer itself."""

from __future__ import annotations

import html
import re

import pytest

from course_lib import CourseError
from course_lib.datasets.verses import Verse, written
from course_lib.models.verses import WAYS, Answer, Writer
from course_lib.panels.answer_a_line import FIRST_LINE, AnswerALine
from course_lib.plots.chinese_text import CHINESE
from course_lib.scores.verses import nearest
from tests.models.small_writer import few, small_writer
from tests.panels.shown_picture import picture_of


def test_three_answers_are_those_of_the_writer_and_the_nearest_is_a_click_away() -> None:
    panel, writer = AnswerALine(small_writer(), few("english")), small_writer()
    panel.controls["line"].value = "Bright Hector stood alone"
    panel.controls["seed"].value = 3
    verse = writer.code.read("Bright Hector stood alone")
    said = html.unescape(panel.message.value)
    for way in WAYS:
        expected = writer.answer(verse, way, 0.8, seed=3)
        assert panel.answers[way].line == expected.line
        assert f"<b>{way}</b>" in panel.message.value and written(expected.line) in said
        assert written(nearest(expected.line, few("english"))[0].given[0]) in said
    assert panel.message.value.count("<details><summary>nearest") == 3 and " open" not in panel.message.value


def test_the_picture_is_of_the_way_that_is_chosen_and_says_so() -> None:
    panel = AnswerALine(small_writer(), few("english"))
    alt, _ = picture_of(panel.picture.value)
    assert FIRST_LINE in alt and f"The greedy answer: {written(panel.answers['greedy'].line)}." in alt
    before = panel.answers
    panel.controls["drawn"].value = "sample"
    alt, _ = picture_of(panel.picture.value)
    assert panel.answers is before and written(panel.answers["sample"].line) in alt


def test_quatrains_are_drawn_as_a_table() -> None:
    panel = AnswerALine(small_writer("chinese"), few("chinese"))
    assert "<table" in panel.picture.value and "<img" not in panel.picture.value
    assert panel.answers["greedy"].line[0] in panel.picture.value


def test_chinese_in_the_panel_is_marked_wherever_it_stands() -> None:
    panel = AnswerALine(small_writer("chinese"), few("chinese"))
    for page in (panel.picture.value, panel.message.value):
        bare = re.sub(r'<span lang="zh-Hans"[^>]*>[^<]*</span>', "", page)
        assert bare != page and not CHINESE.search(bare)


ENGLISH, CHINESE_LINES = "Of arms and men", "白日依山尽，黄河入海流，欲穷千里目"
NO_LINES = {
    "english": {
        "": "this one 0",
        " \t ": "this one 0",
        "春眠不觉晓": "Latin alphabet",
        "Мой дядя": "Latin alphabet",
        "one " * 60: "this one 60",
        "🙂🙂": "this one 0",
        "?!... --": "this one 0",
        "12 34": "digit 1",
    },
    "chinese": {
        "": "lines here: 0",
        "白日依山尽，黄河入海流": "lines here: 2",
        "白日依山尽 " * 12: "lines here: 12",
        "spring dawn comes": "are in Chinese",
        "白日依山，黄河入海流，欲穷千里目": "this one 4",
        "🙂": "are in Chinese",
        "，。！": "lines here: 0",
    },
}


@pytest.mark.parametrize("language", NO_LINES)
def test_a_line_that_is_none_is_told_in_one_line_and_the_next_one_answered(language: str) -> None:
    panel = AnswerALine(small_writer(language), few(language))
    kept = panel.message.value
    for typed, says in NO_LINES[language].items():
        with pytest.raises(CourseError, match=says) as told:
            panel.controls["line"].value = typed or " "
        assert "\n" not in str(told.value) and len(str(told.value)) < 200
        assert html.escape(says) in panel.problem.value.split("<details>")[0]
        assert panel.message.value == kept  # the answers to the last line that was one
    panel.controls["line"].value = ENGLISH if language == "english" else CHINESE_LINES
    assert panel.problem.value == "" and panel.message.value != kept
    assert panel.message.value.startswith("<p>To <i>")
    with pytest.raises(CourseError):
        panel.controls["line"].value = ""


def test_capitals_marks_and_emoji_make_no_difference() -> None:
    panel = AnswerALine(small_writer(), few("english"), line=ENGLISH)
    lines = [panel.answers[way].line for way in WAYS]
    for typed in (ENGLISH.upper(), f"  {ENGLISH}!? ", f"{ENGLISH} 🙂"):
        panel.controls["line"].value = typed
        assert [panel.answers[way].line for way in WAYS] == lines


def test_characters_that_never_occurred_get_an_answer() -> None:
    panel = AnswerALine(small_writer("chinese"), few("chinese"), line="龘龘龘龘龘，龘龘龘龘龘，龘龘龘龘龘")
    assert all(len(panel.answers[way].line) == 5 for way in WAYS)


def test_whose_attention_is_shown_first_can_be_said() -> None:
    assert "The beam answer" in AnswerALine(small_writer(), few("english"), drawn="beam").alt()
    with pytest.raises(CourseError, match="'loud'"):
        AnswerALine(small_writer(), few("english"), drawn="loud")


def test_words_that_never_occurred_and_marks_are_harmless() -> None:
    panel = AnswerALine(small_writer(), few("english"), line="Zyzzyva <b>quux</b> blorp")
    assert len(panel.answers) == 3 and "<b>quux" not in panel.picture.value


def test_with_a_line_that_is_none_in_the_box_the_menu_still_chooses_a_picture() -> None:
    panel = AnswerALine(small_writer(), few("english"), line=ENGLISH)
    with pytest.raises(CourseError):
        panel.controls["line"].value = "春"
    panel.controls["drawn"].value = "beam"
    assert "The beam answer" in panel.picture.value
    with pytest.raises(CourseError, match="Latin alphabet"):
        panel.controls["seed"].value = 3


@pytest.mark.parametrize("way", WAYS)
def test_who_is_stopped_while_it_answers_keeps_the_line_with_its_answers(
    way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel = AnswerALine(small_writer(), few("english"), line=ENGLISH)
    answer, alt = Writer.answer, panel.alt()

    def stopped(writer: Writer, verse: Verse, asked: str, *rest: object, **more: object) -> Answer:
        if asked == way:
            raise KeyboardInterrupt
        return answer(writer, verse, asked, *rest, **more)

    with monkeypatch.context() as patch:
        patch.setattr(Writer, "answer", stopped)
        with pytest.raises(KeyboardInterrupt):
            panel.controls["line"].value = "Bright Hector stood alone"
    assert panel.alt() == alt and {one.verse for one in panel.answers.values()} == {panel.verse}
    panel.controls["drawn"].value = "sample"  # any move answers the line that stands there
    assert "Given: Bright Hector stood alone." in panel.alt()


@pytest.mark.parametrize(
    ("language", "typed", "said"),
    [
        ("english", "Zyzzyva quux blorp", "Read as unknown, since the poems hardly have them: zyzzyva quux"),
        ("english", "Zyzzyva quux blorp", "How blorp sounds is not known"),
        ("chinese", "春眠不覺曉，處處聞啼鳥，夜來風雨聲", "Type simplified characters."),
        ("chinese", "㐀㐀㐀㐀㐀，㐀㐀㐀㐀㐀，㐀㐀㐀㐀㐀", "hardly have them: 㐀. Type"),
    ],
)
def test_a_line_that_the_poems_hardly_know_is_answered_with_a_notice(
    language: str, typed: str, said: str
) -> None:
    panel = AnswerALine(small_writer(language), few(language))
    panel.controls["line"].value = typed
    assert said in re.sub("<[^>]*>", "", panel.message.value)


def test_what_the_poems_know_has_no_notice() -> None:
    code = small_writer().code
    known = [
        each for each in few("english") if not code.unknown(each.given[0]) and code.sounds.of(each.partner)
    ]
    panel = AnswerALine(small_writer(), few("english"), line=" ".join(known[0].given[0]))
    assert "status" not in panel.message.value


def test_a_panel_is_made_of_a_writer_and_verses_of_its_language() -> None:
    writer, train = small_writer(), few("english")
    for made_of, said in (
        ((None, train), "needs a Writer"),
        (("w", train), "needs a Writer"),
        ((writer, None), "A list of verses"),
        ((writer, "abc"), "A list of verses"),
        ((writer, few("chinese")), "is chinese"),
        ((writer, train, 3), "A line is a text"),
    ):
        with pytest.raises(CourseError, match=said):
            AnswerALine(*made_of)


def test_a_word_without_end_is_refused_before_it_is_drawn() -> None:
    panel = AnswerALine(small_writer(), few("english"))
    with pytest.raises(CourseError, match="at most 30 letters"):
        panel.controls["line"].value = "x" * 5000
