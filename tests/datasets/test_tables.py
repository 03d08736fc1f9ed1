"""Tables in data/: numbers as numbers, text as text, empty fields as nothing, and damage named."""

from __future__ import annotations

import pytest

from course_lib import CourseError
from course_lib.datasets.tables import read_rows, read_table


def test_numbers_are_numbers_text_stays_text_and_empty_is_none() -> None:
    (found,) = [
        row
        for row in read_table("titles.csv")
        if (row["model"], row["seed"], row["temperature"]) == ("n-gram", 0, 0.5)
    ]
    assert found["self_overlap"] == 0.9101 and found["budget"] is None and found["bits"] is None


def test_both_have_every_row_of_the_file_in_its_order() -> None:
    rows, table = read_rows("melodies.csv"), read_table("melodies.csv")
    assert len(rows) == len(table) > 5
    assert [row["model"] for row in rows] == [row["model"] for row in table]


def test_a_table_that_is_not_there_is_named() -> None:
    with pytest.raises(CourseError, match=r"data/none\.csv"):
        read_table("none.csv")
