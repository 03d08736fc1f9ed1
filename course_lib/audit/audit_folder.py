"""The two files of an audit: a page for people and a model card for programs, written whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from course_lib import CourseError
from course_lib.audit.auditing import Audit
from course_lib.audit.page import page
from course_lib.studio import model_card
from course_lib.studio.site_folder import is_of, write_folder

PAGE, CARD = "audit.html", "model_card.json"
FORMAT = "gan-course audited model card 1"
"""What the card says of itself; by this it is known again."""


def card(audit: Audit) -> dict[str, Any]:
    """The model card of `publish` with the audit in it, as JSON holds it: numbers by question, and what was not
    measured, in words. Without the rounding, which concerns a published page."""
    found = model_card.model_card(audit.source, audit.source.title) | {"format": FORMAT}
    found.pop("rounding")
    answers = {
        each.key: {"question": each.title, "said": each.said, "means": each.means}
        | {"does_not_mean": each.not_means, "measured": each.is_measured, "numbers": each.numbers}
        for each in audit.findings
    }
    return found | {"audit": {"pictures": audit.pictures, "seed": audit.seed, "answers": answers}}


def check_folder(out: str | os.PathLike) -> Path:
    """The folder to write to, new or not. Raises CourseError where it holds such a file that is not ours."""
    if not isinstance(out, str | os.PathLike) or not str(out) or "\0" in str(out):
        raise CourseError(f"{out!r} is no name of a folder: give one, such as 'audit'.")
    out = Path(out)
    try:
        is_folder = out.is_dir() or not out.exists()
        there = [name for name in (PAGE, CARD) if (out / name).exists()]
    except OSError as error:  # a name that is too long, a folder that may not be read
        raise CourseError(f"Cannot write {out}: {error.strerror or error}.") from error
    if not is_folder:
        raise CourseError(f"{out} is no folder: name one, such as 'audit'.")
    if there and not is_of(out / CARD, FORMAT):
        raise CourseError(f"{out} holds a {there[0]} that `audit` did not write: choose another folder.")
    return out


def write(audit: Audit, out: str | os.PathLike) -> dict[str, Any]:
    """Write both files and return the card. Raises CourseError if that cannot be; then nothing new is left."""
    out = check_folder(out)
    found = card(audit)
    write_folder(out, page(audit), found, (PAGE, CARD))
    return found
