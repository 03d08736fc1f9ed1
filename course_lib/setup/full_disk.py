"""One line where something could not be written because a disk is full or read-only: no fault of the program's.

Standard library only, and parses on Python 3.8.
"""

from __future__ import annotations

import errno
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from course_lib import ROOT

REFUSALS = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "your quota of disk space is used up",
    errno.EROFS: "that disk can only be read",
}
SIGNS = re.compile(r"No space left on device|database or disk is full|errno = 28\b")
"""How libraries say it that have errors of their own: HDF5, SQLite, TensorFlow."""
LITTLE = 5_000_000  # bytes free where a disk counts as full


def explain_refusal(error: BaseException) -> str | None:
    """One line if a full or read-only disk is behind an error, or behind one that led to it; else None."""
    for each in _led_to(error):
        if isinstance(each, OSError) and each.errno in REFUSALS:
            file = each.filename or "what this command writes"
            then = "; choose another place." if each.errno == errno.EROFS else describe_full_disks()
            return f"cannot write {file}: {REFUSALS[each.errno]}{then}"
        if SIGNS.search(str(each)):
            return "cannot write what this command writes: the disk is full" + describe_full_disks()
    return None


def describe_full_disks() -> str:
    """The rest of the sentence: which of the usual places are full, and what to do."""
    places = {str(place) for place in (Path.cwd(), ROOT, Path(tempfile.gettempdir()), Path.home())}
    full = sorted(
        place for place in places if Path(place).is_dir() and shutil.disk_usage(place).free < LITTLE
    )
    where = f" (next to nothing is free in {' and '.join(full)})" if full else ""
    return f"{where}; make room, and run the same command again."


def _led_to(error: BaseException | None) -> Iterator[BaseException]:
    """An error, the one behind it, and so on."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
