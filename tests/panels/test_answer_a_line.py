"""Lines typed as a browser hands them over, against the writer itself."""

from __future__ import annotations

import html

import pytest

from course_lib import CourseError
from course_lib.datasets.verses import written
from course_lib.models.verses import WAYS
from course_lib.panels.answer_a_line import FIRST_LINE, AnswerALine
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


@pytest.mark.parametrize("typed", ["", "春眠不觉晓", "one " * 20])
def test_a_line_that_is_none_is_told_and_the_next_one_answered(typed: str) -> None:
    panel = AnswerALine(small_writer(), few("english"))
    with pytest.raises(CourseError):
        panel.controls["line"].value = typed
    assert 'role="alert"' in panel.problem.value
    panel.controls["line"].value = "Of arms and men"
    assert panel.problem.value == "" and "Of arms and men" in panel.alt()


def test_words_that_never_occurred_and_marks_are_harmless() -> None:
    panel = AnswerALine(small_writer(), few("english"), line="Zyzzyva <b>quux</b> blorp")
    assert len(panel.answers) == 3 and "<b>quux" not in panel.picture.value
