"""Whose file is it? The ways in which learning platforms and teachers name files and folders.

Only what a platform or the teacher named is believed: the first part of a path, never what a student called a file
inside. So nobody hands in under another's name.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from course_lib.grading.intake.listing import TOO_LARGE, Entry

MOODLE = re.compile(r"(?P<name>.+?)_(?P<id>\d+)_assignsubmission_[a-z]+(?:_(?P<file>.*))?", re.DOTALL)
CANVAS = re.compile(
    r"(?P<name>[^_]+)_(?P<late>LATE_)?(?P<id>\d+)_(?P<attachment>\d+)_(?P<file>.+)", re.DOTALL
)
NOTEBOOK = re.compile(r".*\.ipynb(?:\.txt|\.json)?", re.IGNORECASE | re.DOTALL)
OTHER_WORK = (".py", ".html", ".htm", ".pdf", ".docx", ".odt", ".zip", ".7z", ".rar", ".tar", ".gz", ".tgz")
"""Lying between notebooks, such a file is somebody's work too; a README or a picture is not."""


@dataclass(frozen=True)
class Owner:
    """Who a file belongs to, by its path. Files of equal `key` belong to one student."""

    key: tuple[str, ...]
    name: str
    id: str = ""
    late: bool = False
    file: str = ""
    """What the student called the file, as far as that is known."""
    attachment: int = 0


def is_notebook(name: str) -> bool:
    return NOTEBOOK.fullmatch(name) is not None


def likeness(file: str, lesson: str) -> int:
    """How much a notebook is named like the lesson: 3 the same, 0 not at all, -1 like another lesson."""
    stem = re.sub(r"\.ipynb.*", "", file, flags=re.IGNORECASE | re.DOTALL).lower()
    plain = re.sub(r"(?:[-_ ]*(?:copy\d*|\(\d+\)|-\d+))+$", "", stem)
    name = lesson.lower()
    if name in (stem, plain):
        return 3
    if name in stem:
        return 2
    if stem.startswith(name[:3]):  # "01_"
        return 1
    return -1 if re.match(r"\d\d_", stem) else 0


def owners(entries: Sequence[Entry], lesson: str) -> list[tuple[Entry, Owner]]:
    """Each entry that belongs to a student, with this student."""
    depth, wrapper = _wrapper(entries, lesson)
    inside = [(entry, entry.parts[depth:]) for entry in entries if len(entry.parts) > depth]
    folders = {parts[0] for entry, parts in inside if len(parts) > 1 or entry.is_folder}
    prefix = _prefix(sorted(folders), wrapper, lesson)
    flat = [parts[0] for _, parts in inside if len(parts) == 1 and parts[0] not in folders]
    names = _students_by_file(flat, lesson)
    found = []
    for entry, parts in inside:
        top, last = parts[0], parts[-1]
        moodle = MOODLE.fullmatch(top)
        canvas = CANVAS.fullmatch(top) if top not in folders else None
        if moodle:
            file = last if len(parts) > 1 else moodle["file"] or last
            owner = Owner(("moodle", moodle["name"], moodle["id"]), moodle["name"], moodle["id"], file=file)
        elif canvas:
            late, file, number = bool(canvas["late"]), canvas["file"], int(canvas["attachment"][:18])
            key = ("canvas", canvas["name"], canvas["id"])
            owner = Owner(key, canvas["name"], canvas["id"], late, file, number)
        elif top in folders:
            owner = Owner(("folder", top), top[len(prefix) :] or top, file=last)
        elif is_notebook(top) or top.lower().endswith(OTHER_WORK) or entry.problem not in ("", TOO_LARGE):
            owner = Owner(("file", top), names[top], file=last)
        else:
            continue
        found.append((entry, owner))
    return found


def _wrapper(entries: Sequence[Entry], lesson: str) -> tuple[int, str]:
    """How many folders lie around the whole class, as in a zip of a folder, and the name of the innermost."""
    paths = [(entry.parts, entry.is_folder) for entry in entries if not entry.problem or len(entry.parts) > 1]
    depth, wrapper = 0, ""
    while depth < 4:
        inside = [(parts[depth:], is_folder) for parts, is_folder in paths if len(parts) > depth]
        tops = {parts[0] for parts, _ in inside}
        if len(tops) != 1 or any(len(parts) == 1 and not is_folder for parts, is_folder in inside):
            break
        top = tops.pop()
        names = {parts[1] for parts, _ in inside if len(parts) > 1}
        notebooks = [parts for parts, is_folder in inside if not is_folder and is_notebook(parts[-1])]
        direct = [parts[1] for parts in notebooks if len(parts) == 2]
        deeper = {parts[1] for parts in notebooks if len(parts) > 2}
        holds_class = (
            any(MOODLE.fullmatch(name) or CANVAS.fullmatch(name) for name in names)
            or top.endswith("-submissions")
            or (not direct and len(deeper) > 1)
            or (len(direct) > 1 and not deeper and all(likeness(name, lesson) < 3 for name in direct))
        )
        if MOODLE.fullmatch(top) or not holds_class:
            break
        depth, wrapper = depth + 1, top
    return depth, wrapper


def _prefix(folders: list[str], wrapper: str, lesson: str) -> str:
    """What GitHub Classroom puts before each user's name, if all folders have it."""
    number, _, topic = lesson.lower().partition("_")
    slug = topic.replace("_", "-")
    likely = [wrapper.removesuffix("submissions")] if wrapper.endswith("-submissions") else []
    likely += [f"{number}-{slug}-", f"{lesson}-", f"{slug}-", f"lesson-{number}-", f"lesson{number}-"]
    if len(folders) > 2:
        first, last = min(folders), max(folders)
        same = next((n for n, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), len(first))
        likely.append(first[: first[:same].rfind("-") + 1])
    for prefix in likely:
        if len(prefix) > 1 and folders and all(name.lower().startswith(prefix.lower()) for name in folders):
            return prefix
    return ""


def _students_by_file(files: list[str], lesson: str) -> dict[str, str]:
    """Students' names from files that are called after them, the lesson's name taken out where one is left."""
    stems = {file: re.sub(r"\.[^.]{1,6}$", "", file) for file in files}
    stems = {file: re.sub(r"\.ipynb$", "", stem, flags=re.IGNORECASE) for file, stem in stems.items()}
    short = {}
    for file, stem in stems.items():
        rest = re.sub(re.escape(lesson), "", stem, flags=re.IGNORECASE)
        short[file] = rest if rest == stem else rest.strip(" _-.")
    again = list(short.values())
    return {
        file: short[file]
        if again.count(short[file]) == 1 and re.search(r"\w{2}", short[file])
        else stem or file
        for file, stem in stems.items()
    }
