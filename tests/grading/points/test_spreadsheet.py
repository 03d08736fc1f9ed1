"""CSV cells: no formula, no lost text, numbers that stay numbers."""

import csv
import io
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from course_lib.grading.points import spreadsheet
from course_lib.grading.points.spreadsheet import cell, number

NASTY = st.text(st.sampled_from("=+-@＝＋－＠﹢⁼−;,\"' \t\r\n\0\u00a0\u200b\ufeff\ud800aé1|"), max_size=12)
TEXTS = NASTY | st.text(st.characters(), max_size=12)


def starts_formula(text: str) -> bool:
    """Independently written: skip what is not seen, quotation marks too, and look."""
    seen = [
        each for each in text if not each.isspace() and unicodedata.category(each)[0] != "C" and each != '"'
    ]
    return bool(seen) and seen[0] in "=+-@＝＋－＠﹢﹣﹦﹫⁺⁻⁼₊₋₌−"


@pytest.mark.parametrize(
    ("text", "becomes"),
    [
        ("Ada", "Ada"),
        ('O\'Neill, Zoë "Z"', 'O\'Neill, Zoë "Z"'),
        ("Anne-Marie", "Anne-Marie"),
        ("=1+1", "'=1+1"),
        ("+49 170", "'+49 170"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "' =1"),
        ("\r\n-1", "' -1"),
        ("\u00a0\u200b\ufeff=1", "'\u00a0\u200b\ufeff=1"),
        ("＝1", "'＝1"),
        ("﹢1", "'﹢1"),
        ("Ada;=1", "Ada;'=1"),
        ('"=1', "'\"=1"),
        ("a\nb\0", "a b\ufffd"),
        ("a\u2028=b", "a =b"),
        ("\ud800", "\ufffd"),
        ("", ""),
    ],
    ids=ascii,
)
def test_cell(text, becomes):
    assert cell(text) == becomes
    assert cell(becomes) == becomes


@given(st.lists(st.lists(TEXTS, min_size=3, max_size=3), min_size=1, max_size=4), st.booleans())
@example([["a;=1", '";=1', '","=1']], False)
def test_comes_back_and_starts_no_formula(tmp_path_factory, rows, for_excel):
    path = tmp_path_factory.mktemp("csv") / "x.csv"
    spreadsheet.write(path, ["a", "b", "c"], rows, for_excel=for_excel)
    data = path.read_bytes()
    assert data.startswith(b"\xef\xbb\xbf") == for_excel
    text = data.decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(text, newline=""))) == [
        ["a", "b", "c"],
        *([*map(cell, row)] for row in rows),
    ]
    for separator in ",;\t":
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
            assert not any(starts_formula(each) for each in row)
    for line in text.splitlines():  # a program that knows no quotation marks
        assert not any(starts_formula(each) for each in line.split(";"))


@given(st.floats(0, 1e5))
def test_numbers_stay_numbers(value):
    assert float(number(value)) == pytest.approx(value, abs=5.1e-5)
    assert "e" not in number(value) and cell(number(value)) == number(value)


def test_numbers_are_short(tmp_path):
    assert [*map(number, (2.0, 10, 0.5, 4 / 3, 0.1 + 0.2, -0.0))] == ["2", "10", "0.5", "1.3333", "0.3", "0"]
    spreadsheet.write(tmp_path / "x.csv", ["n"], [[-1.5, "-1.5", 100.0]])
    assert (tmp_path / "x.csv").read_bytes() == b"n\r\n-1.5,'-1.5,100\r\n"


def test_all_or_nothing(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("before")
    with pytest.raises(TypeError):
        spreadsheet.write(path, ["a"], [["x"], [None]])
    assert [each.name for each in tmp_path.iterdir()] == ["x.csv"] and path.read_text() == "before"
