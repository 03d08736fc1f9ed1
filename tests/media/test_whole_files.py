"""Files that a person asked for: whole, or refused in one line that says why."""

from __future__ import annotations

import pytest

from course_lib import CourseError
from course_lib.media.whole_files import whole_file, write_whole


def test_what_is_written_is_whole_and_alone(tmp_path) -> None:
    write_whole(tmp_path / "a.bin", b"first")
    write_whole(str(tmp_path / "a.bin"), b"second")
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("a.bin", b"second")]


@pytest.mark.parametrize("path", ["", None, "/", "a\0b", 5, "\ud800", b"a", ["a"]])
def test_what_is_no_name_of_a_file(path: object, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CourseError, match=r"Cannot write .* no name of a file: give one") as caught:
        write_whole(path, b"")
    assert "\n" not in str(caught.value) and not list(tmp_path.iterdir())


def test_where_nothing_can_be_written(tmp_path) -> None:
    with pytest.raises(CourseError, match=r"Cannot write .*none"):
        write_whole(tmp_path / "none" / "a.bin", b"")
    (tmp_path / "folder").mkdir()
    with pytest.raises(CourseError, match=r"Cannot write .*folder"):
        write_whole(tmp_path / "folder", b"")


def test_a_folder_is_refused_before_anything_is_made(tmp_path) -> None:
    (tmp_path / "folder.gif").mkdir()
    with pytest.raises(CourseError, match="Is a directory"), whole_file(tmp_path / "folder.gif"):
        pytest.fail("the long work began")
