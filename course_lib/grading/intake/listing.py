"""What lies in a folder or a zip, as a list of entries that can be read safely one by one.

Nothing is unpacked to disk, no link is followed, and only ordinary files are opened. Hidden files and what macOS,
Jupyter and package managers leave behind are left out.
"""

from __future__ import annotations

import os
import re
import stat
import struct
import unicodedata
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from itertools import takewhile
from pathlib import Path

from course_lib import CourseError
from course_lib.grading.intake.notebook import MOST_BYTES

MOST_ENTRIES = 300_000
"""Files and folders: a clone of the course has some 300, so this is a class of a thousand."""
JUNK = frozenset({"__MACOSX", "site-packages", "node_modules"})
"""Folders of thousands of files that are nobody's work: what macOS adds to zips, environments handed in by mistake."""
DEEPEST = 20
LONGEST_NAME = 255
LARGEST_RATIO = 500
"""Of unpacked to packed size, for members over 5 MB: notebooks reach 10, pages of zeros 1,000."""
LINK = "This is a symbolic link, which is not followed: hand in the file itself."
SPECIAL = "This is no ordinary file (a pipe, socket or device) and was not opened."
TOO_LARGE = (
    f"The file has more than {MOST_BYTES // 1_000_000} MB: clear all outputs, save and hand it in again."
)


@dataclass(frozen=True)
class Entry:
    """One file or folder: its path inside, when it was changed, and why it cannot be read, if so."""

    parts: tuple[str, ...]
    when: float = 0.0
    is_folder: bool = False
    problem: str = ""
    read: Callable[[], bytes] = field(default=bytes, repr=False, compare=False)
    """Its bytes; raises CourseError with one line for the student."""

    @property
    def label(self) -> str:
        return "/".join(self.parts)


def shown(text: str) -> str:
    """A name as one line of text that any file can hold: composed, without control and direction characters."""
    strange = r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
    return unicodedata.normalize("NFC", re.sub(strange, "\ufffd", text))


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
            archive = _archive(path)
            entries = [_member(archive, info) for info in archive.infolist()]
            while len(entries) > MOST_ENTRIES:
                entries = _cut(_crowded(entries, path.name), entries)
        elif ".ipynb" in path.name.lower():
            entries = [_file(path, (shown(path.name),), path.lstat())]
        else:
            raise CourseError(f"{path.name} is no folder, zip or notebook (.ipynb).")
    except (OSError, RuntimeError) as error:
        raise CourseError(f"{path} cannot be read ({getattr(error, 'strerror', None) or error}).") from error
    with archive or nullcontext():
        yield sorted(_without_junk(entries), key=lambda entry: entry.parts)


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
        return file.read(2) == b"PK" or path.suffix.lower() == ".zip"


def _archive(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except (
        zipfile.BadZipFile,
        ValueError,
        NotImplementedError,
        EOFError,
        OverflowError,
        struct.error,
    ) as error:
        raise CourseError(f"{path.name} is a broken zip ({error}): download it once more.") from error


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Entry:
    name = info.orig_filename
    if not info.flag_bits & 0x800:  # said to be in code page 437; many programs write UTF-8 all the same
        with suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    if "/" not in name:
        name = name.replace("\\", "/")
    pieces = name.split("/")
    leads_out = name.startswith("/") or ".." in pieces or bool(re.match(r"[A-Za-z]:", name)) or "\0" in name
    parts = tuple(shown(piece) for piece in pieces if piece not in ("", ".", "..") and piece[1:] != ":")
    mode = info.external_attr >> 16
    problem = ""
    if len(parts) > DEEPEST or any(len(part) > LONGEST_NAME for part in parts):
        parts = tuple(part[:LONGEST_NAME] for part in parts[:DEEPEST])
        problem = "Its name is too long or too deep in folders; it was not read."
    elif leads_out:
        problem = "Its name leads out of the zip; it was not read."
    elif stat.S_ISLNK(mode):
        problem = LINK
    elif stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR):
        problem = SPECIAL
    elif info.flag_bits & 0x1:
        problem = "It is encrypted in the zip: hand it in without a password."
    elif info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        problem = "It is packed in a way that is not read here: zip it in the ordinary way."
    elif info.file_size > MOST_BYTES:
        problem = TOO_LARGE
    elif info.file_size > max(5_000_000, LARGEST_RATIO * info.compress_size):
        problem = "It unpacks to several hundred times its size in the zip; it was not read."
    is_folder = info.is_dir() and not problem
    when = float("".join(f"{number:02d}" for number in info.date_time))
    return Entry(parts, when, is_folder, problem, lambda: _read_member(archive, info))


def _read_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    try:
        with archive.open(info) as file:
            return file.read(MOST_BYTES)  # its size was looked at before, and the checksum is now
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        OSError,
        ValueError,
        RuntimeError,
        struct.error,
    ) as error:
        raise CourseError(f"It is damaged inside the zip ({str(error)[:80]!r}): hand it in again.") from error
