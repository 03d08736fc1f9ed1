"""A full disk is one line, whatever library met it."""

from __future__ import annotations

import errno
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from course_lib import ROOT
from course_lib.files import replacing
from course_lib.setup import write_errors
from course_lib.setup.write_errors import explain_refusal, file_meant


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(errno.ENOSPC, "No space left on device", "a.png"), "cannot write a.png: the disk is full"),
        (OSError(errno.EDQUOT, "Disk quota exceeded", "a.png"), "a.png: your quota of disk space is used up"),
        (OSError(errno.EROFS, "Read-only file system", "a.png"), "a.png: that disk can only be read; choose"),
        (sqlite3.OperationalError("database or disk is full"), "the disk is full"),
        (OSError("Can't write data (errno = 28, error message = '...')"), "the disk is full"),
        (ValueError("no disk in sight"), None),
        (OSError(errno.ENOENT, "No such file or directory", "a.png"), None),
    ],
)
def test_a_refusal_is_told_from_other_errors(
    error: Exception, words: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    behind = RuntimeError("something else")
    behind.__context__ = error
    for each in (error, behind):
        said = explain_refusal(each)
        assert said is None if words is None else words in said and "\n" not in said


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
@pytest.mark.parametrize("unbuffered", ["", "1"])  # refused at the end, or at the first word
def test_output_into_a_full_file_is_one_line(unbuffered: str) -> None:
    command = [sys.executable, "-S", str(ROOT / "course_lib"), "doctor", "--no-trial"]
    with Path("/dev/full").open("w") as full:
        env = os.environ | {"PYTHONUNBUFFERED": unbuffered}
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, env=env)
    assert done.returncode == 1
    assert done.stderr.startswith("error: cannot write") and done.stderr.count("\n") == 1


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_reader_that_leaves_is_no_traceback(unbuffered: str) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-S", str(ROOT / "course_lib"), "doctor", "--no-trial"]
    env = os.environ | {"PYTHONUNBUFFERED": unbuffered}
    done = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, text=True, env=env)
    os.close(writing)
    assert (done.returncode, done.stderr) == (1, "")


@pytest.fixture
def forbidden(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "a course"
    folder.mkdir()
    if not hasattr(os, "geteuid") or os.geteuid() == 0:
        pytest.skip("root may write everywhere")
    folder.chmod(0o500)
    yield folder
    folder.chmod(0o700)


def test_a_folder_that_may_not_be_written_is_named(forbidden: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = forbidden / "a.png"
    with pytest.raises(PermissionError) as caught, replacing(file) as temporary:
        temporary.write_bytes(b"")
    said = explain_refusal(caught.value)
    assert said == f"cannot write {file}: you may not write there; choose another place."
    monkeypatch.setattr(write_errors, "ROOT", forbidden)
    assert "copy it to a folder of your own" in explain_refusal(caught.value)


def test_the_file_that_is_meant_is_named_and_not_the_one_that_takes_its_place() -> None:
    with pytest.raises(FileNotFoundError) as caught, replacing("folder/a.png") as temporary:
        temporary.write_bytes(b"")
    assert file_meant(caught.value) == Path("folder/a.png")


def test_a_file_that_may_not_be_read_is_no_matter_of_writing(tmp_path: Path) -> None:
    assert explain_refusal(PermissionError(errno.EACCES, "Permission denied", str(tmp_path / "a"))) is None
