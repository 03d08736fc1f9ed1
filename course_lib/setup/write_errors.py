"""One line where something could not be written, because a disk is full or a folder forbidden: no fault of ours.

Standard library only, and parses on Python 3.8.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from course_lib import ROOT

REFUSALS = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "your quota of disk space is used up",
}
FORBIDDEN = {
    errno.EROFS: "that disk can only be read",
    errno.EACCES: "you may not write there",
    errno.EPERM: "you may not write there",
}
SIGNS = re.compile(r"No space left on device|database or disk is full|errno = 28\b")
"""How libraries say it that have errors of their own: HDF5, SQLite, TensorFlow."""
LITTLE = 5_000_000  # bytes free where a disk counts as full


def explain_refusal(error: BaseException) -> str | None:
    """One line if a full or read-only disk is behind an error, or behind one that led to it; else None."""
    for each in _led_to(error):
        if isinstance(each, OSError) and each.errno in REFUSALS:
            file = each.filename or "what this command writes"
            return f"cannot write {file}: {REFUSALS[each.errno]}{describe_full_disks()}"
        if isinstance(each, OSError) and each.errno in FORBIDDEN and each.filename:
            return explain_forbidden(each)
        if SIGNS.search(str(each)):
            return "cannot write what this command writes: the disk is full" + describe_full_disks()
    return None


def explain_forbidden(error: OSError) -> str | None:
    """One line, with what to do, if the file of an error lies where nothing may be written; else None."""
    if error.errno not in FORBIDDEN or not error.filename:
        return None
    file = Path(os.fsdecode(error.filename)).absolute()
    folder = next(each for each in file.parents if each.exists())
    if error.errno != errno.EROFS and os.access(folder, os.W_OK):
        return None
    if ROOT in (folder, *folder.parents) and not os.access(ROOT, os.W_OK):
        mend = "this copy of the course can only be read: copy it to a folder of your own, and work there."
    else:
        mend = f"{FORBIDDEN[error.errno]}; choose another place."
    return f"cannot write {file_meant(error)}: {mend}"


def file_meant(error: OSError) -> Path:
    """The file of an error, without what `files.replacing` puts before its name."""
    file = Path(os.fsdecode(error.filename))
    return file.with_name(re.sub(r"^\.\d+\.", "", file.name))


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
