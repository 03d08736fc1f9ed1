"""A full disk is one line, whatever library met it."""

from __future__ import annotations

import errno
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from course_lib import ROOT
from course_lib.setup.full_disk import explain_refusal


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
def test_a_refusal_is_told_from_other_errors(error: Exception, words: str | None) -> None:
    behind = RuntimeError("something else")
    behind.__context__ = error
    for each in (error, behind):
        said = explain_refusal(each)
        assert said is None if words is None else words in said and "\n" not in said


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
@pytest.mark.parametrize("unbuffered", ["", "1"])  # refused at the end, or at the first word
def test_output_into_a_full_file_is_one_line(unbuffered: str) -> None:
    command = [sys.executable, "-S", str(ROOT / "course_lib"), "doctor"]
    with Path("/dev/full").open("w") as full:
        env = os.environ | {"PYTHONUNBUFFERED": unbuffered}
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, env=env)
    assert done.returncode == 1
    assert done.stderr.startswith("error: cannot write") and done.stderr.count("\n") == 1


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_reader_that_leaves_is_no_traceback(unbuffered: str) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-S", str(ROOT / "course_lib"), "doctor"]
    env = os.environ | {"PYTHONUNBUFFERED": unbuffered}
    done = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, text=True, env=env)
    os.close(writing)
    assert (done.returncode, done.stderr) == (1, "")
