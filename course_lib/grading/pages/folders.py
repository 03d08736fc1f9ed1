"""Folders named after students, safe on Linux, macOS and Windows, and files put there without following links."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from course_lib.files import replacing
from course_lib.grading.intake.submissions import Submission

LONGEST = 80
"""Characters of a name; file systems count bytes, up to 255, hence also:"""
MOST_BYTES = 200
NAMELESS = "no name"
FORBIDDEN = frozenset('<>:"/\\|?*')
RESERVED = re.compile(
    r"(?:CON|PRN|AUX|NUL|CLOCK\$|CONIN\$|CONOUT\$|(?:COM|LPT)[0-9¹²³])[ ]*(?:\..*)?", re.IGNORECASE
)
"""Devices on Windows, with any ending: CON, con.txt, COM1."""


def folder_name(name: str, longest: int = LONGEST) -> str:
    """A student's name as the name of one folder: letters of all scripts stay, what a system could mistake goes."""
    letters = []
    for letter in unicodedata.normalize("NFC", name):
        kind = unicodedata.category(letter)
        if kind == "Cf":  # invisible: directions, joiners, marks
            continue
        blank = kind[0] == "Z" or letter in "\t\n\r"
        letters.append(" " if blank else "_" if letter in FORBIDDEN or kind[0] == "C" else letter)
    # what was taken out may have stood between a letter and its accent
    plain = unicodedata.normalize("NFC", " ".join("".join(letters).split())).lstrip(" .-~")
    if RESERVED.fullmatch(plain):
        plain = f"_{plain}"
    plain = plain[:longest].encode()[:MOST_BYTES].decode(errors="ignore").rstrip(" .")
    return plain or NAMELESS


def folders(students: Iterable[Submission]) -> list[str]:
    """A folder name for each, no two of which are one on a system that does not tell capitals apart.

    Of students who are called the same, each gets the id behind the name, or a number where there is none.
    """
    students = list(students)
    names = [folder_name(each.student) for each in students]
    shared = Counter(map(_folded, names))
    taken = {key for key, count in shared.items() if count == 1}
    numbers: dict[str, int] = {}
    found = []
    for student, name in zip(students, names, strict=True):
        key = _folded(name)
        if shared[key] > 1:
            short = folder_name(name, LONGEST - 30)
            named = f"{short} ({folder_name(student.student_id, 20)})" if student.student_id else name
            while _folded(named) in taken:
                numbers[key] = numbers.get(key, 1) + 1
                named = f"{short} ({numbers[key]})"
            name = named
            taken.add(_folded(name))
        found.append(name)
    return found


def _folded(name: str) -> str:
    """Equal for names that some file system takes for the same."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", name).upper().casefold())


def make_folder(path: Path) -> None:
    """Make it if it is missing; a link that waits there goes, what it points to stays as it is.

    Raises:
        OSError: something else is there.
    """
    if path.is_symlink():
        path.unlink()
    path.mkdir(exist_ok=True)


def write_page(path: Path, page: str) -> bool:
    """Write it, all or nothing, unless the file holds just this; True if it was written.

    Raises:
        OSError: it cannot be written.
    """
    data = page.encode("utf-8", "replace")
    try:
        if not path.is_symlink() and path.is_file() and path.read_bytes() == data:
            return False
    except OSError:
        pass  # not to be read, but perhaps to be replaced
    with replacing(path) as temporary:
        temporary.unlink(missing_ok=True)
        with temporary.open("xb") as file:  # "x" opens no link
            file.write(data)
    return True
