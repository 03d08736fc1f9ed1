"""Writing files so that nobody ever finds half of one."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from course_lib import ROOT


@contextmanager
def replacing(path: str | os.PathLike) -> Iterator[Path]:
    """A temporary path beside `path` to write to; it takes the place of `path` when the block ends well.

    with replacing("report.json") as temporary:
        temporary.write_text("{}")

    If the block fails, the temporary file is removed and what was at `path` stays as it was. The temporary name ends
    as the real one does, because some writers choose the format by it.
    """
    path = Path(path)
    temporary = path.with_name(f".{os.getpid()}.{path.name}")
    try:
        yield temporary
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def how_to_restore(name: str) -> str:
    """What to do where `name`, a file or folder of the course, is missing or damaged: the end of a sentence."""
    if (ROOT / ".git").exists() and shutil.which("git"):
        return f"get it back with `git checkout -- {name}`"
    return "take it from a new copy of the course"
