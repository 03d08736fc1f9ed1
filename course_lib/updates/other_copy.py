"""Bring a student's work from another copy of the course, a folder or a ZIP, into this one.

The other copy is only read: so whatever happens, it is still there. This is how a course without git is updated, from
the new copy and not from the old one: the old folder needs no care, and the newer program does the work.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from course_lib import CourseError
from course_lib.grading.intake.entries import Entry
from course_lib.grading.intake.listing import listing
from course_lib.updates import keeping, lessons
from course_lib.updates.clone import quoted
from course_lib.updates.notebooks import names_lesson, was_run

LARGE = ("lessons/runs/",)
"""Below `lessons/`, what is made again by running."""
LIBRARY = ("course_lib/", "lessons/source/")
LEFTOVERS = ("__pycache__", ".egg-info", "Thumbs.db", "desktop.ini")


@dataclass
class Found:
    """What another copy of the course holds, by path from its folder.

    notebooks: its lessons; own: files of the student's beside them; library: files of ours that are not as they are
    here, pages too, changed by the student or by us; left: what is not looked into; lines: what could not be read,
    and why.
    """

    notebooks: dict[str, bytes] = field(default_factory=dict)
    own: dict[str, bytes] = field(default_factory=dict)
    library: dict[str, bytes] = field(default_factory=dict)
    left: set[str] = field(default_factory=set)
    lines: list[str] = field(default_factory=list)


def bring_from(other: Path, root: Path, only_look: bool = False) -> list[str]:
    """Bring the work in `other` into the course in `root`; with `only_look` say what that would do.

    Lines for the student. A second time adds nothing, and nothing that was written here is replaced.

    Raises:
        CourseError: `other` is no copy of the course, or this one, or holds no work.
    """
    if other.exists() and other.samefile(root):
        raise CourseError(
            f"{other} is this very copy of the course: name the other one, with your work in it"
        )
    course = keeping.notebooks_in(root)
    found = look_into(other, root)
    work = lessons.written_in(found.notebooks, course)
    if not work and not found.own:
        if found.lines:
            raise CourseError(f"nothing could be brought over from {other}. {' '.join(found.lines)}")
        raise CourseError(_nothing_found(other, root, course))
    lines = [] if only_look else lessons.finish(root)
    lines += lessons.only_run(
        name for name, content in found.notebooks.items() if name not in work and was_run(content)
    )
    lines += [f"{name}: copied" for name in found.own]
    if found.library:
        lines.append(
            f"Other files of the course that are not as they are here: {len(found.library)}. Without git nobody can "
            "tell changes of yours from the course's, so the old ones are kept."
        )
    lines += found.lines
    if found.left:
        lines.append(f"Not copied: {', '.join(sorted(found.left))}. Move what you need yourself.")
    if only_look:
        return lines + [line for each in lessons.bring_over(work, course).values() for line in each.lines]
    for name, content in found.own.items():
        keeping.write(root / name, content)
    if work or found.library:
        keeping.keep({**work, **found.library}, root)
    return lines + lessons.finish(root)


def look_into(other: Path, root: Path) -> Found:
    """What a folder, ZIP or notebook holds that is not in the course in `root` as it is there.

    Raises:
        CourseError: there are no lessons in it.
    """
    found = Found()
    with listing(other) as entries:
        for name, entry in _from_its_folder(other, entries).items():
            parts = name.split("/")
            if any(part.endswith(LEFTOVERS) for part in parts):
                continue
            if parts[0] == keeping.FOLDER and parts[-1] == keeping.UNFINISHED:
                raise CourseError(
                    f"an update of {other} was interrupted, and part of the work lies in {'/'.join(parts[:-1])}: "
                    "finish it first, by `python3 -m course_lib update` there"
                )
            here = root / name
            is_ours = name.startswith(LIBRARY)
            is_page = len(parts) == 1 and here.is_file()  # README.md, in which one may have written
            if (not name.startswith(("lessons/", "course_lib/")) and not is_page) or name.startswith(LARGE):
                if not here.exists():
                    found.left.add(
                        "/".join(parts[:2]) + "/" * (len(parts) > 2) if name.startswith(LARGE) else parts[0]
                    )
                continue
            try:
                if entry.problem:
                    raise CourseError(entry.problem)
                content = entry.read()
            except CourseError as error:
                found.lines.append(f"{name} was left out. {str(error).partition(':')[0].rstrip('.')}.")
                continue
            if other.suffix == ".ipynb" and (lesson := names_lesson(content)):  # `01_gan_math (1).ipynb`
                name = f"lessons/{lesson}.ipynb"
            if len(parts) == 2 and _is_known_lesson(name, content, root):
                found.notebooks[name] = content
            elif not here.exists() and not is_ours:
                found.own[name] = content
            elif not here.is_file() or _lines(here.read_bytes()) != _lines(content):
                found.library[name] = content
    return found


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


def _is_known_lesson(name: str, content: bytes, root: Path) -> bool:
    """Whether a file is a lesson, of the course here or of an older one; a copy that the student made is not."""
    is_notebook = name.startswith("lessons/") and name.endswith(".ipynb")
    return is_notebook and ((root / name).exists() or names_lesson(content) == Path(name).stem)


def _lines(content: bytes) -> bytes:
    return content.replace(b"\r\n", b"\n")


def _nothing_found(other: Path, root: Path, course: Mapping[str, bytes]) -> str:
    """Why nothing was done; perhaps the two copies were meant the other way round."""
    here = bool(lessons.written_in(course, {}))
    if not here:
        return f"nothing is written in the lessons in {other}, so there is nothing to bring over"
    where = "in the new copy, once it is unpacked," if other.is_file() else f"in {other}"
    return (
        f"nothing is written in the lessons in {other}, but here there is: run the command {where} and let it fetch "
        f"your work from here: python3 -m course_lib update --from {quoted(root)}"
    )
