"""Which files below `data/` does a lesson open? Asked of its kernel as the lesson is executed."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from course_lib import ROOT

DATA = ROOT / "data"


def request(log: Path) -> str:
    """The code that a kernel runs before the first cell, so that it notes in `log` what it opens; binds no name."""
    return f"__import__({__name__!r}, fromlist=['note']).note({str(log)!r})"


def note(log: str) -> None:
    """From now on every file below `data/` that this process opens is a line in the file `log`."""
    written = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    below = f"{DATA}{os.sep}"

    def hook(event: str, arguments: tuple) -> None:
        if event == "open" and isinstance(arguments[0], str):
            path = os.path.abspath(arguments[0])  # noqa: PTH100  # a link keeps its own name
            if path.startswith(below):
                os.write(written, path.removeprefix(below).encode() + b"\n")

    sys.addaudithook(hook)


def names(log: Path) -> list[str]:
    """What was noted, as names below `data/` in the spelling of its SHA256SUMS, sorted."""
    lines = log.read_text("utf-8").splitlines() if log.exists() else []
    return sorted({line.replace(os.sep, "/") for line in lines})
