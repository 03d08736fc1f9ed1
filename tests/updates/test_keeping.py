"""Old files are kept whole, and no folder of an earlier update is written over."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from course_lib.updates.keeping import finish, keep, unfinished
from tests.updates.a_course import files_in

TODAY = datetime.date.today().isoformat()
FILES = {"lessons/01.ipynb": b"{}", "course_lib/models/gan.py": b"x = 1\n"}


def test_files_are_kept_under_their_own_names_in_a_folder_of_the_day(tmp_path: Path) -> None:
    folder = keep(FILES, tmp_path)
    assert folder == tmp_path / "before" / TODAY
    kept = files_in(folder)
    assert "Run it again" in kept.pop("UNFINISHED.txt").decode()
    assert kept == FILES
    finish(folder)
    assert files_in(folder) == FILES and [*(tmp_path / "before").iterdir()] == [folder]


def test_a_second_update_on_a_day_gets_a_folder_of_its_own_and_a_repeated_one_does_not(
    tmp_path: Path,
) -> None:
    first = keep(FILES, tmp_path)
    finish(first)
    second = keep({"lessons/01.ipynb": b"[]"}, tmp_path)
    assert second == tmp_path / "before" / f"{TODAY}-2"
    assert files_in(first) == FILES
    assert keep(FILES, tmp_path) == first
    assert unfinished(tmp_path) == [first, second]
    assert keep({"lessons/01.ipynb": b"[ ]"}, tmp_path) == tmp_path / "before" / f"{TODAY}-3"


def test_what_cannot_be_kept_whole_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(OSError):
        keep({**FILES, "lessons/01.ipynb/below a file": b""}, tmp_path)
    assert files_in(tmp_path) == {}
    assert [*(tmp_path / "before").iterdir()] == []


def test_what_a_killed_update_had_begun_to_keep_is_put_away(tmp_path: Path) -> None:
    begun = tmp_path / "before" / ".making" / "half.txt"
    begun.parent.mkdir(parents=True)
    begun.write_text("ha")
    folder = keep(FILES, tmp_path)
    assert {*files_in(folder)} == {*FILES, "UNFINISHED.txt"} and not begun.exists()
