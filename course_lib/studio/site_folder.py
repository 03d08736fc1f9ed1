"""The folder of a page and its card: looked at before anything is written, and written whole or not at all."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

from course_lib import CourseError
from course_lib.media.whole_files import whole_file

FILES = ("index.html", "model_card.json")
FORMAT = "gan-course model card 1"
"""What a model card says of itself; by this a folder is known again."""


def check_folder(out: str | os.PathLike) -> Path:
    """The folder to write to. Raises CourseError unless it is new, empty, or holds a page that was written here."""
    try:
        out = Path(out)
        found = set(out.iterdir())
    except FileNotFoundError:
        return out
    except OSError as error:
        raise CourseError(f"Cannot write {out}: {error.strerror or error}.") from error
    except (TypeError, ValueError) as error:  # None, a NUL within
        raise CourseError(f"{out!r} is no name of a folder: give one, such as 'site'.") from error
    found -= {*_abandoned(out, FILES)}
    others = [path.name for path in sorted(found) if path.name not in FILES or not path.is_file()]
    if others or (found and not is_of(out / FILES[1], FORMAT)):
        what = others[0] if others else FILES[0]
        raise CourseError(
            f"{out} holds other things than a page made by `publish` ({what}): choose another folder."
        )
    return out


def write_folder(out: Path, page: str, card: dict[str, Any], names: tuple[str, str] = FILES) -> None:
    """Write both files. Raises CourseError if that cannot be; then nothing new is left, and an old page is whole.

    names: of the page and of its card.
    """
    missing = [path for path in (*reversed(out.parents), out) if not path.exists()]
    try:
        out.mkdir(parents=True, exist_ok=True)
        for path in _abandoned(out, names):
            path.unlink()
        with whole_file(out / names[0]) as index, whole_file(out / names[1]) as beside:
            index.write_text(page, encoding="utf-8", newline="\n")
            text = json.dumps(card, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
            beside.write_text(text, encoding="utf-8", newline="\n")
    except BaseException as error:  # Ctrl-C too
        if missing:
            shutil.rmtree(missing[0], ignore_errors=True)
        if isinstance(error, OSError):
            raise CourseError(f"Cannot write {out}: {error.strerror or error}.") from error
        raise


def is_of(card: Path, form: str) -> bool:
    """Whether this file is a card of this format."""
    try:
        return json.loads(card.read_text("utf-8"))["format"] == form
    except (OSError, ValueError, LookupError, TypeError):
        return False


def _abandoned(out: Path, names: tuple[str, str]) -> list[Path]:
    """Files of a process that was killed while it wrote."""
    return [path for name in names for path in out.glob(f".*.{name}")]
