"""What lies in a zip, as entries that can be read safely one by one; nothing is unpacked to disk."""

from __future__ import annotations

import re
import stat
import struct
import zipfile
import zlib
from contextlib import suppress
from io import BytesIO
from pathlib import Path

from course_lib import CourseError
from course_lib.grading.intake.entries import DEEPEST, LINK, SPECIAL, TOO_LARGE, Entry, shown
from course_lib.grading.intake.notebook import MOST_BYTES

LONGEST_NAME = 255
LARGEST_RATIO = 500
"""Of unpacked to packed size, for members over 5 MB: notebooks reach 10, pages of zeros 1,000."""


def opened(file: Path | BytesIO) -> zipfile.ZipFile:
    """The zip at a path or in memory. Raises zipfile.BadZipFile if it is broken as a whole, and OSError."""
    try:
        return zipfile.ZipFile(file)
    except (ValueError, NotImplementedError, EOFError, OverflowError, struct.error) as error:
        raise zipfile.BadZipFile(str(error)) from error


def members(archive: zipfile.ZipFile) -> list[Entry]:
    """All that it holds, in its order; they can be read while it is open."""
    return [_member(archive, info) for info in archive.infolist()]


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
    return Entry(parts, when, is_folder, problem, read=lambda: _read_member(archive, info))


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
