"""Attention between two lines: every weight in the table, the large ones as strokes, and all of it in words."""

from __future__ import annotations

import re

import numpy as np
import pytest

from course_lib import CourseError
from course_lib.plots.attention_table import attention_lines, attention_table, in_words
from tests.plots.whole_figure import drawn_whole

ROWS, COLUMNS = ("the", "dead", "<sound EH D>"), ("a", "spread", "plague", "<sound EH D>")
WEIGHTS = np.array([[0.7, 0.1, 0.2, 0], [0, 0.04, 0, 0.96], [0, 0.5, 0, 0.5]])


def test_a_table_has_every_symbol_and_weight_and_says_it_in_words() -> None:
    table = attention_table(WEIGHTS, ROWS, COLUMNS, "A <test>")
    page = table._repr_html_()
    cells = re.findall(r"<td[^>]*>(\d*)</td>", page)[1:]
    assert cells == ["70", "10", "20", "", "", "", "", "96", "", "50", "", "50"]
    assert page.count('scope="row"') == 3 and page.count('scope="col"') == 4
    assert "A &lt;test&gt;" in page and "sound EH D" in page and "<sound" not in page
    assert "the at a 0.70; dead at sound EH D 0.96" in table.alt == repr(table)


def test_a_darker_cell_has_a_larger_weight() -> None:
    page = attention_table(WEIGHTS, ROWS, COLUMNS, "")._repr_html_()
    reds = [int(red) for red in re.findall(r"rgb\((\d+),", page)]
    assert np.array_equal(np.argsort(reds, kind="stable"), np.argsort(-WEIGHTS.ravel(), kind="stable"))


def test_chinese_stands_in_the_table_with_its_meaning_and_not_in_a_figure() -> None:
    rows, columns = ("春", "山"), ("明", "月")
    page = attention_table(np.eye(2), rows, columns, "t", {"月": "moon"})._repr_html_()
    assert "月</span><br><small>moon</small>" in page and "春</span></th>" in page
    for drawn in ((rows, columns, "t"), (("a", "b"), ("c", "月"), "t"), (("a", "b"), ("c", "d"), "春晓")):
        with pytest.raises(CourseError, match="attention_table"):
            attention_lines(np.eye(2), *drawn)


def test_a_figure_has_a_stroke_for_every_weight_that_is_not_faint() -> None:
    figure = attention_lines(WEIGHTS, ROWS, COLUMNS, "Where the answer looked")
    (axes,) = figure.axes
    assert len(axes.lines) == (WEIGHTS >= 0.08).sum()
    shown = [text.get_text() for text in axes.texts]
    assert shown[:7] == ["a", "spread", "plague", "sound EH D", "the", "dead", "sound EH D"]
    widths = [line.get_linewidth() for line in axes.lines]
    assert max(widths) == pytest.approx(5 * 0.96)
    drawn_whole(figure)


@pytest.mark.parametrize(
    "weights", [np.eye(3), np.full((3, 4), 2.0), np.full((3, 4), np.nan), np.zeros((0, 4))]
)
def test_weights_that_are_none_are_refused(weights: np.ndarray) -> None:
    for draw in (attention_table, attention_lines):
        with pytest.raises(CourseError):
            draw(weights, ROWS, COLUMNS, "t")
    with pytest.raises(CourseError):
        in_words(weights, ROWS, COLUMNS)


@pytest.mark.parametrize(
    ("weights", "names", "said"),
    [
        (np.ones((1, 2), complex), ("a", "b"), "type complex"),
        ([[0.5], [0.5, 0.5]], ("a", "b"), "array of numbers"),
        ([["x", "y"]], ("a", "b"), "array of numbers"),
        ([[0.5, 0.5]], ("a", 3), "'3'"),
        ([[0.5, 0.5]], ("a", "b" * 100), "at most 60 letters"),
    ],
)
def test_weights_and_names_of_another_kind_are_refused(weights: object, names: tuple, said: str) -> None:
    for draw in (attention_table, attention_lines):
        with pytest.raises(CourseError, match=said):
            draw(weights, ("one",), names, "t")


def test_a_dollar_in_a_figure_is_a_dollar() -> None:
    drawn_whole(attention_lines([[1.0]], ("$\\frac$",), ("$a$",), "t"))


@pytest.mark.parametrize("text", [None, 3, ("of", "arms")])
def test_text_that_is_none_is_refused(text: object) -> None:
    with pytest.raises(CourseError, match="A text is wanted"):
        attention_table([[1.0]], ("a",), ("b",), text)
