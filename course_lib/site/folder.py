"""The folder of a site: looked at before anything is built, and in its place whole or not at all."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from course_lib import CourseError

MARK = "course-site.json"
"""Names the files of a site, so that a folder is known again and nobody else's file is removed with it."""
FORMAT = "gan-course site 1"


def check_folder(out: str | os.PathLike) -> Path:
    """The folder to write to, as a whole path. Raises CourseError unless it is new, empty, or a site made here."""
    try:
        folder = Path(out).resolve()
        others = _others(folder) if folder.is_dir() else []
        is_file = folder.is_file()
    except OSError as error:
        raise CourseError(f"Cannot write {out}: {error.strerror or error}.") from error
    except (TypeError, ValueError) as error:  # None, a NUL within
        raise CourseError(f"{out!r} is no name of a folder: give one, such as 'site'.") from error
    if is_file:
        raise CourseError(f"{out} is a file: choose a folder.")
    if others:
        raise CourseError(
            f"{out} holds other things than a site made by `site` ({others[0]}): choose another folder."
        )
    return folder


@contextmanager
def replacing_folder(out: Path) -> Iterator[Path]:
    """A new folder beside `out`, which takes its place when the block ends well; otherwise all is as it was.

    Raises:
        CourseError: it cannot be written.
    """
    missing = [path for path in reversed(out.parents) if not path.exists()]
    new, old = (out.with_name(f".{os.getpid()}.{kind}.{out.name}") for kind in ("new", "old"))
    try:
        new.mkdir(parents=True)
        yield new
        files = sorted(path.relative_to(new).as_posix() for path in new.rglob("*") if path.is_file())
        mark = json.dumps({"format": FORMAT, "files": [*files, MARK]}, indent=1)
        (new / MARK).write_text(mark + "\n", encoding="utf-8", newline="\n")
        if out.exists():
            check_folder(out)  # somebody may have put a file there meanwhile
            out.rename(old)
        new.rename(out)
    except BaseException as error:  # Ctrl-C too
        if old.exists() and not out.exists():
            old.rename(out)
        shutil.rmtree(new, ignore_errors=True)
        if missing:
            shutil.rmtree(missing[0], ignore_errors=True)
        if isinstance(error, OSError):
            raise CourseError(f"Cannot write {out}: {error.strerror or error}.") from error
        raise
    shutil.rmtree(old, ignore_errors=True)


def _others(folder: Path) -> list[str]:
    """What lies in a folder, or below it, and is not of a site made here; of a strange folder, what lies in it."""
    listed = _listed(folder)
    if not listed:
        return sorted(path.name for path in folder.iterdir())
    files = (path for path in folder.rglob("*") if path.is_symlink() or not path.is_dir())
    return sorted({path.relative_to(folder).as_posix() for path in files} - listed)


def _listed(out: Path) -> set[str]:
    """The files that a site made here says it has; none if this is no such site."""
    try:
        mark = json.loads((out / MARK).read_text("utf-8"))
        return {*mark["files"]} if mark["format"] == FORMAT else set()
    except (OSError, ValueError, LookupError, TypeError):
        return set()
