"""Parts of pages that are one file: what is put in stays a text, and only what was meant to may run."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib import CourseError
from course_lib.media import own_page


@given(st.dictionaries(st.text(), st.text()))
def test_a_value_in_a_script_ends_no_script_and_comes_back(value: dict[str, str]) -> None:
    text = own_page.as_script(value)
    assert "<" not in text and json.loads(text) == value


def test_all_is_filled_in_one_sweep() -> None:
    assert own_page.filled("__A__ and __B__", {"A": "__B__", "B": "b"}) == "__B__ and b"
    with pytest.raises(KeyError):
        own_page.filled("__A__", {})


def test_the_digest_is_that_of_the_content() -> None:
    content = own_page.content_of("<style>a < b</style><style>c</style>", "style")
    assert content == "a < b"
    assert own_page.digest(content) == "7+Hlx2Vr8LqQcasoFPqn2AmTTgoMPYgL6CInd4G5SiI="
    assert own_page.digest("") == "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="  # SHA-256 of nothing


@pytest.mark.parametrize(
    "text", [None, 3, "", "  ", "a" * 11, "a\x00", "a\u202eb", "line\nbreak", "\nbegins"]
)
def test_what_nobody_can_read_is_one_line(text: object) -> None:
    with pytest.raises(CourseError, match=r"^The title ") as caught:
        own_page.check_readable("The title", text, 10)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", ["a", " " + "b" * 10 + " ", "نمی\u200cخواهم"])
def test_what_can_be_read_is_taken(text: str) -> None:
    own_page.check_readable("The title", text, 10)
