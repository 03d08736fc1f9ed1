"""What another copy of the course, a folder or a ZIP, holds that this one does not; it is only read."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from course_lib import CourseError
from course_lib.grading.intake.entries import TOO_LARGE, Entry
from course_lib.grading.intake.listing import is_zip, listing
from course_lib.grading.intake.notebook import MOST_BYTES
from course_lib.updates import keeping
from course_lib.updates.notebooks import names_lesson

LARGE = "lessons/runs/"
"""Below `lessons/`, what is made again by running."""
LIBRARY = ("course_lib/", "data/", "tests/", "lessons/source/")
LEFTOVERS = ("__pycache__", ".egg-info", "Thumbs.db", "desktop.ini")


@dataclass
class Found:
    """What another copy of the course holds, by path from its folder.

    notebooks: its lessons; own: files of the student's beside them; library: files of ours that are not as they are
    here, data and pages too, changed by the student or by us, and what of the student's has no place here; left: what
    is not copied; lines: what could not be read, and why.
    """

    notebooks: dict[str, bytes] = field(default_factory=dict)
    own: dict[str, bytes] = field(default_factory=dict)
    library: dict[str, bytes] = field(default_factory=dict)
    left: set[str] = field(default_factory=set)
    lines: list[str] = field(default_factory=list)


def look_into(other: Path, root: Path) -> Found:
    """What a folder, ZIP or notebook holds that is not in the course in `root` as it is there.

    Raises:
        CourseError: there are no lessons in it.
    """
    found = Found()
    is_one = other.is_file() and not is_zip(other.name)
    with listing(other) as entries:
        for name, entry in _from_its_folder(other, entries).items():
            _put(found, name, entry, root, is_one)
    if is_one and found.own | found.library:
        lesson = next(iter(keeping.notebooks_in(root)), "lessons/01_gan_math.ipynb")
        raise CourseError(
            f"{other} is no lesson of the course: put it into lessons/ yourself; or, if it is one after all, give it "
            f"the lesson's name, such as {Path(lesson).name}, and run this again"
        )
    return found


def _put(found: Found, name: str, entry: Entry, root: Path, is_one: bool) -> None:
    """One file of the other copy, where it belongs; `is_one` where nothing else was named."""
    parts, here = name.split("/"), root / name
    if any(part.endswith(LEFTOVERS) for part in parts):
        return
    if parts[0] == keeping.FOLDER and parts[-1] == keeping.UNFINISHED:
        raise CourseError(
            f"an update of the other copy was interrupted, and part of the work lies in {'/'.join(parts[:-1])}: finish "
            "it first, by `python3 -m course_lib update` there"
        )
    is_page = len(parts) == 1 and here.is_file()  # README.md, in which one may have written
    ours = name.startswith(LIBRARY) or is_page
    if name.startswith(LARGE) or not (name.startswith("lessons/") or ours) or _is_more(name, here):
        label = LARGE if name.startswith(LARGE) else parts[0]
        if label not in found.left and not _is_as_here(entry, here):
            found.left.add(label)
        return
    if ours and entry.problem == TOO_LARGE and here.is_file() and here.stat().st_size > MOST_BYTES:
        return  # 26 MB of pictures, which nobody edits
    try:
        if entry.problem:
            raise CourseError(entry.problem)
        content = entry.read()
    except CourseError as error:
        found.lines.append(f"{name} was left out. {str(error).partition(':')[0].rstrip('.')}.")
        return
    if is_one and (lesson := names_lesson(content)):  # `01_gan_math (1).ipynb`
        name = f"lessons/{lesson}.ipynb"
        here, parts = root / name, name.split("/")
    if len(parts) == 2 and _is_known_lesson(name, content, here):
        found.notebooks[name] = content
    elif not ours and _is_free(here, root):
        found.own[name] = content
    elif is_one or not here.is_file() or _lines(here.read_bytes()) != _lines(content):
        found.library[name] = content


def _from_its_folder(other: Path, entries: Iterable[Entry]) -> dict[str, Entry]:
    """The files of a copy of the course by their paths from its folder, wherever in `other` that lies.

    GitHub's ZIPs hold a folder `NAME-main/`; where no folder is called `lessons`, the notebooks are the lessons.
    """
    files = [each for each in entries if not each.is_folder]
    notebooks = [each.parts for each in files if each.parts[-1].endswith(".ipynb")]
    whole = [parts[:-2] for parts in notebooks if parts[-2:-1] == ("lessons",)]
    if not notebooks:
        raise CourseError(
            f"there are no lessons in {other}: name the folder or ZIP of the other copy of the course"
        )
    top = min(whole or [parts[:-1] for parts in notebooks], key=len)
    several = sorted({"/".join(each) for each in whole if len(each) == len(top)})
    if len(several) > 1:
        raise CourseError(
            f"there are several copies of the course in {other}: name one of {', '.join(several)}"
        )
    start = () if whole else ("lessons",)
    inside = (each for each in files if each.parts[: len(top)] == top)
    return {"/".join((*start, *each.parts[len(top) :])): each for each in inside}


def listed(names: Iterable[str], most: int = 3) -> str:
    """Names of files in a few words: of a folder with more than `most` of them their number."""
    below = defaultdict(list)
    for name in sorted(names):
        below[name.split("/")[0]].append(name)
    words = [each if len(each) <= most else [f"{len(each)} in {top}/"] for top, each in below.items()]
    return ", ".join(word for each in words for word in each)


def _is_more(name: str, here: Path) -> bool:
    """Whether a file stands among the course's data or tests and is none of the course's."""
    return name.startswith(("data/", "tests/")) and not here.exists()


def _is_as_here(entry: Entry, here: Path) -> bool:
    try:
        return not entry.problem and here.is_file() and entry.read() == here.read_bytes()
    except (CourseError, OSError):
        return False


def _is_free(here: Path, root: Path) -> bool:
    """Whether nothing stands at a path, and no file where one of its folders has to be."""
    there = next(each for each in (here, *here.parents) if os.path.lexists(each) or each == root)
    return there != here and there.is_dir()


def _is_known_lesson(name: str, content: bytes, here: Path) -> bool:
    """Whether a file is a lesson, of the course here or of an older one; a copy that the student made is not."""
    if not (name.startswith("lessons/") and name.endswith(".ipynb")):
        return False
    ours = here.read_bytes() if here.is_file() else b""
    return here.stem in (names_lesson(content), names_lesson(ours))


def _lines(content: bytes) -> bytes:
    return content.replace(b"\r\n", b"\n")
