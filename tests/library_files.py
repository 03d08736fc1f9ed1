"""The files of course_lib that belong to some of its rooms."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from course_lib import ROOT


def files_of(rooms: Iterable[str]) -> list[Path]:
    """Every module of these rooms, sorted; a room is a folder, or a file of its own."""
    paths = [ROOT / "course_lib" / room for room in rooms]
    return sorted(each for path in paths for each in (path.rglob("*.py") if path.is_dir() else [path]))


def module_name(path: Path) -> str:
    """As it is imported: course_lib.theory.games."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)
