"""Old files, kept whole: `before/2026-11-28/` holds what an update replaced, under the same names.

A folder gets that name only when all is in it, and says in UNFINISHED that its notebooks' work is not yet in the new
ones. So there is no moment at which a file is nowhere, and whoever finds such a folder can finish.
"""

from __future__ import annotations

import datetime
import glob
import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from course_lib.files import replacing

FOLDER = "before"
UNFINISHED = "UNFINISHED.txt"
SAYS = "An update was interrupted. Run it again, and it brings the work in these files over."


def keep(files: Mapping[str, bytes], root: Path) -> Path:
    """Write files into a new folder below `root/before`, as unfinished, and return it.

    If one there holds just these already, as when an update is repeated, it is that one.

    Args:
        files: content by path from the course's folder, with forward slashes.
    """
    for folder in _folders(root):
        if _holds(folder) == dict(files):
            (folder / UNFINISHED).write_text(SAYS + "\n", encoding="utf-8")
            return folder
    making = root / FOLDER / ".making"
    shutil.rmtree(making, ignore_errors=True)  # of an update that was killed here
    try:
        for name, content in files.items():
            path = making / name
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())  # the original is removed next
        (making / UNFINISHED).write_text(SAYS + "\n", encoding="utf-8")
        return _named(making, root)
    finally:
        shutil.rmtree(making, ignore_errors=True)


def has(name: str, content: bytes, root: Path) -> bool:
    """Whether a folder of kept files holds this content under this name."""
    kept = (folder / name for folder in _folders(root))
    return any(path.is_file() and path.read_bytes() == content for path in kept)


def unfinished(root: Path) -> list[Path]:
    """The folders whose work is not yet in the course, the newest first: what was written last counts."""
    found = [folder for folder in _folders(root) if (folder / UNFINISHED).exists()]
    return sorted(found, key=lambda folder: (folder / UNFINISHED).stat().st_mtime_ns, reverse=True)


def finish(folder: Path) -> None:
    (folder / UNFINISHED).unlink(missing_ok=True)


def notebooks_in(folder: Path) -> dict[str, bytes]:
    """The lessons in a folder, the course's or one of kept files: content by path from there."""
    paths = sorted((folder / "lessons").glob("*.ipynb"))
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths if path.is_file()}


def write(path: Path, content: bytes) -> None:
    """Whole or not at all; what a killed update left of an earlier try is put away."""
    path.parent.mkdir(parents=True, exist_ok=True)
    for half in path.parent.glob(f".[0-9]*.{glob.escape(path.name)}"):
        half.unlink(missing_ok=True)
    with replacing(path) as temporary:
        temporary.write_bytes(content)


def _named(making: Path, root: Path) -> Path:
    today = datetime.date.today().isoformat()
    number = 1
    while True:
        folder = root / FOLDER / (today if number == 1 else f"{today}-{number}")
        if not folder.exists():
            return making.rename(folder)
        number += 1


def _folders(root: Path) -> list[Path]:
    return sorted(path for path in (root / FOLDER).glob("[!.]*") if path.is_dir())


def _holds(folder: Path) -> dict[str, bytes]:
    paths = (path for path in folder.rglob("*") if path.is_file() and path.name != UNFINISHED)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}
