"""One file or folder of what a class handed in, and what may be wrong with it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field

from course_lib.grading.intake.notebook import MOST_BYTES

DEEPEST = 20
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
    in_zip: bool = False
    """It lies in a zip that a student handed in; its `when` is told in another way than a disk's."""
    read: Callable[[], bytes] = field(default=bytes, repr=False, compare=False)
    """Its bytes; raises CourseError with one line for the student."""

    @property
    def label(self) -> str:
        return "/".join(self.parts)


def shown(text: str) -> str:
    """A name as one line of text that any file can hold: composed, without control and direction characters."""
    strange = r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
    return unicodedata.normalize("NFC", re.sub(strange, "\ufffd", text))
