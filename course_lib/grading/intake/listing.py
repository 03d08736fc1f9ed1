"""What lies in a folder or a zip, as a list of entries that can be read safely one by one.

Nothing is unpacked to disk, no link is followed, and only ordinary files are opened. Hidden files and what macOS,
Jupyter and package managers leave behind are left out.
"""

from __future__ import annotations

import os
import stat
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from io import BytesIO
from itertools import takewhile
from pathlib import Path
from zipfile import BadZipFile

from course_lib import CourseError
from course_lib.grading.intake.entries import DEEPEST, LINK, SPECIAL, TOO_LARGE, Entry, shown
from course_lib.grading.intake.notebook import MOST_BYTES
from course_lib.grading.intake.zips import members, opened

MOST_ENTRIES = 600_000
"""Files and folders: a clone of the course has some 800, so this is a class of seven hundred (0.9 GB to list)."""
MOST_IN_A_ZIP = 20_000
"""Of a zip that one student handed in; all of them are looked at before one is read."""
JUNK = frozenset({"__MACOSX", "site-packages", "node_modules"})
"""Folders of thousands of files that are nobody's work: what macOS adds to zips, environments handed in by mistake."""


@contextmanager
def listing(path: Path) -> Iterator[list[Entry]]:
    """The entries of a folder, a zip or one file, sorted by path; they can be read inside the `with`.

    Raises:
        CourseError: if there is nothing, or no folder, zip or notebook, or the zip is broken as a whole.
    """
    archive = None
    try:
        path = path.resolve(strict=True)  # the teacher's own link is followed, no link inside is
        if path.is_dir():
            entries = _in_folder(path)
        elif not path.is_file():
            raise CourseError(f"{path}: {SPECIAL}")
        elif _starts_as_zip(path):
            archive = opened(path)
            entries = members(archive)
            while len(entries) > MOST_ENTRIES:
                entries = _cut(_crowded(entries, path.name), entries)
        elif ".ipynb" in path.name.lower():
            entries = [_file(path, (shown(path.name),), path.lstat())]
        else:
            raise CourseError(f"{path.name} is no folder, zip or notebook (.ipynb).")
    except BadZipFile as error:
        raise CourseError(f"{path.name} is a broken zip ({error}): download it once more.") from error
    except (OSError, RuntimeError) as error:
        raise CourseError(f"{path} cannot be read ({getattr(error, 'strerror', None) or error}).") from error
    with archive or nullcontext():
        yield sorted(_without_junk(entries), key=lambda entry: entry.parts)


def is_zip(name: str) -> bool:
    return name.lower().endswith(".zip")


def unpacked(entry: Entry) -> list[Entry]:
    """What lies in a zip among the entries, by the same rules; a zip in it stays a zip.

    If it cannot be read, its own entry comes back, and says why.
    """
    name, reason, inside = entry.parts[-1], "", []
    try:
        archive = opened(BytesIO(entry.read()))
        if len(archive.infolist()) > MOST_IN_A_ZIP:
            reason = f"{name} holds more than {MOST_IN_A_ZIP:,} files"
        else:
            inside = list(_without_junk(members(archive)))
        if not reason and all(each.is_folder for each in inside):
            reason = f"{name} holds no file"
    except CourseError as error:
        return [replace(entry, problem=str(error))]
    except (BadZipFile, OSError, RuntimeError) as error:
        reason = f"{name} is a broken zip ({error})"
    if reason:
        return [replace(entry, problem=f"{reason}: unpack it and hand in the .ipynb file itself.")]
    return [replace(each, parts=(*entry.parts, *each.parts), in_zip=True) for each in inside]


def _is_junk(part: str) -> bool:
    return part.startswith(".") or part in JUNK


def _without_junk(entries: Iterable[Entry]) -> Iterator[Entry]:
    """The entries but for junk; the folder it lies in stays, as on a disk, or whoever has nothing else were lost."""
    kept = set()
    for each in entries:
        parts = tuple(takewhile(lambda part: not _is_junk(part), each.parts))
        if parts and parts == each.parts:
            yield each
        elif parts and parts not in kept:
            kept.add(parts)
            yield Entry(parts, is_folder=True)


def _crowded(entries: Sequence[Entry], name: str) -> tuple[str, ...]:
    """The folder that makes them too many: the innermost that holds more than half of what may be read.

    Whoever handed that in should not hold up the others. Raises CourseError if there is no such folder.
    """
    held = Counter(each.parts[:depth] for each in entries for depth in range(1, len(each.parts)))
    crowded = [folder for folder, count in held.items() if count > MOST_ENTRIES // 2]
    if not crowded:
        raise CourseError(
            f"{name} holds more than {MOST_ENTRIES:,} files, the most that are read: grade the class in parts."
        )
    return max(crowded, key=len)


def _cut(folder: tuple[str, ...], entries: Iterable[Entry]) -> list[Entry]:
    """The entries, in the place of a crowded folder and all in it one that says so."""
    problem = f"The folder {folder[-1]} holds more files than are read: hand in the notebook alone."
    kept = [each for each in entries if each.parts[: len(folder)] != folder]
    return [*kept, Entry(folder, problem=problem)]


def _in_folder(root: Path) -> list[Entry]:
    entries: list[Entry] = []
    waiting: list[tuple[Path, tuple[str, ...]]] = [(root, ())]
    while waiting:
        folder, above = waiting.pop()
        try:
            names = sorted(child.name for child in folder.iterdir())
        except OSError as error:
            if not above:
                raise
            entries.append(Entry(above, problem=f"The folder cannot be opened ({error.strerror})."))
            continue
        for name in names:
            parts, path = (*above, shown(name)), folder / name
            if _is_junk(parts[-1]):
                continue
            try:
                status = path.lstat()
            except OSError:
                continue  # gone since the folder was read
            if stat.S_ISDIR(status.st_mode):
                entries.append(Entry(parts, is_folder=True))
                if len(parts) < DEEPEST:
                    waiting.append((path, parts))
            else:
                entries.append(_file(path, parts, status))
            if len(entries) > MOST_ENTRIES:
                crowded = _crowded(entries, str(root))
                entries = _cut(crowded, entries)
                waiting = [each for each in waiting if each[1][: len(crowded)] != crowded]
                if above[: len(crowded)] == crowded:
                    break
    return entries


def _file(path: Path, parts: tuple[str, ...], status: os.stat_result) -> Entry:
    problem = ""
    if stat.S_ISLNK(status.st_mode):
        problem = LINK
    elif not stat.S_ISREG(status.st_mode):
        problem = SPECIAL
    elif status.st_size > MOST_BYTES:
        problem = TOO_LARGE
    return Entry(parts, status.st_mtime, problem=problem, read=lambda: _read_file(path))


def _read_file(path: Path) -> bytes:
    """The bytes of an ordinary file, whatever took its place since it was listed."""
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
        with os.fdopen(handle, "rb") as file:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                raise CourseError(SPECIAL)
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise CourseError(f"The file cannot be opened ({error.strerror}).") from error
    if len(data) > MOST_BYTES:
        raise CourseError(TOO_LARGE)
    return data


def _starts_as_zip(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(2) == b"PK" or is_zip(path.name)
