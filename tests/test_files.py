"""Files written whole or not at all, and where to get one again."""

from __future__ import annotations

from pathlib import Path

import pytest

from course_lib import files


def test_a_block_that_fails_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    with files.replacing(path) as temporary:
        temporary.write_text("old")
    with pytest.raises(ZeroDivisionError), files.replacing(path) as temporary:
        temporary.write_text("half")
        raise ZeroDivisionError
    assert path.read_text() == "old" and list(tmp_path.iterdir()) == [path]


def test_where_git_knows_a_file_it_brings_it_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "ROOT", tmp_path)
    assert files.how_to_restore("lessons") == "take it from a new copy of the course"
    (tmp_path / ".git").mkdir()
    monkeypatch.setattr(files.shutil, "which", lambda name: "/usr/bin/git")
    assert files.how_to_restore("lessons") == "get it back with `git checkout -- lessons`"
    monkeypatch.setattr(files.shutil, "which", lambda name: None)
    assert files.how_to_restore("lessons") == "take it from a new copy of the course"
