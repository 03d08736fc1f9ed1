"""A manifest is read as it was signed, and notices a change; without the package there is one line."""

from __future__ import annotations

import io
import sys

import pytest
from PIL import Image

from course_lib import CourseError
from course_lib.audit import content_credentials
from course_lib.audit.content_credentials import SOURCE, read, sign


def picture(file_format: str) -> bytes:
    file = io.BytesIO()
    Image.linear_gradient("L").convert("RGB").save(file, file_format)
    return file.getvalue()


@pytest.mark.parametrize("file_format", ["JPEG", "PNG"])
def test_what_was_signed_is_read_and_a_change_is_noticed(file_format) -> None:
    pytest.importorskip("c2pa")
    plain = picture(file_format)
    assert read(plain) is None
    signed = sign(plain, "a gradient")
    found = read(signed)
    assert found.state == "Valid" and found.title == "a gradient" and found.source == SOURCE
    assert found.problems == ("signingCredential.untrusted",)
    with Image.open(io.BytesIO(signed)) as file, Image.open(io.BytesIO(plain)) as before:
        assert file.convert("RGB").tobytes() == before.convert("RGB").tobytes()
        again = io.BytesIO()
        file.convert("RGB").save(again, "JPEG", quality=95)
    assert read(again.getvalue()) is None  # saved again, it says nothing any more
    changed = bytearray(signed)
    changed[-100 if file_format == "JPEG" else -30] ^= 1
    assert read(bytes(changed)).state == "Invalid"


def test_two_signers_are_two() -> None:
    pytest.importorskip("c2pa")
    assert content_credentials._certificate()[0] != content_credentials._certificate()[0]


@pytest.mark.parametrize("given", [b"", b"GIF89a", "picture.png", None])
def test_what_is_no_picture(given) -> None:
    pytest.importorskip("c2pa")
    for call in (read, lambda content: sign(content, "a title")):
        with pytest.raises(CourseError, match="JPEG or PNG"):
            call(given)


@pytest.mark.parametrize("title", ["", " ", None, 3])
def test_what_is_no_title(title) -> None:
    pytest.importorskip("c2pa")
    with pytest.raises(CourseError, match="title"):
        sign(picture("PNG"), title)


def test_without_the_package_it_says_which(monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "c2pa", None)
    with pytest.raises(CourseError, match="pip install c2pa-python"):
        read(picture("PNG"))
