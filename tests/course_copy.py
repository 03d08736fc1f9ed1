"""A copy of the course that a test may change, and the command line in it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from course_lib import ROOT

FILES = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "CITATION.cff", "LICENSE")
SETTINGS = ("pyproject.toml", "requirements.txt", "environment.yml")


def copy_course(folder: Path) -> Path:
    """Copy into a new folder what pages, lessons and library need, without the large data and without git."""
    unwanted = shutil.ignore_patterns("__pycache__", ".*", "runs", "*.gz", "*.npz", "*.h5")
    for name in ("course_lib", "lessons", "tests", "data"):
        shutil.copytree(ROOT / name, folder / name, ignore=unwanted)
    shutil.copytree(ROOT / ".ci", folder / ".ci")
    for name in (*FILES, *SETTINGS):
        shutil.copy(ROOT / name, folder / name)
    return folder


def call(
    folder: Path,
    *words: str,
    env: dict[str, str] | None = None,
    preexec_fn: Callable[[], None] | None = None,
) -> subprocess.CompletedProcess[str]:
    """`python3 -m course_lib WORDS` of the copy in `folder`."""
    outside = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return subprocess.run(
        [sys.executable, "-m", "course_lib", *words],
        cwd=folder,
        env={**outside, "PYTHONPATH": str(folder), **(env or {})},
        capture_output=True,
        text=True,
        preexec_fn=preexec_fn,
    )


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of a copy but what Python leaves behind: name -> bytes."""
    files = (path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in files if ".git" not in path.parts
    }
