"""Whose file is it? The ways in which learning platforms and teachers name files and folders.

Only what a platform or the teacher named is believed: the first part of a path, never what a student called a file
inside. So nobody hands in under another's name.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from course_lib.grading.intake.entries import TOO_LARGE, Entry
from course_lib.grading.intake.platforms import Owner, canvas, is_platforms, moodle

NOTEBOOK = re.compile(r".*\.ipynb(?:\.txt|\.json)?", re.IGNORECASE | re.DOTALL)
OTHER_WORK = (".py", ".html", ".htm", ".pdf", ".docx", ".odt", ".zip", ".7z", ".rar", ".tar", ".gz", ".tgz")
"""Lying between notebooks, such a file is somebody's work too; a README or a picture is not."""

COPY = re.compile(
    r"^(?:copy of )+|(?<= - )(?:copy of )+|(?:[-_ ]+copy(?: ?(?:\d+|\(\d+\)))?)+(?=\.|$)", re.IGNORECASE
)
"""What Colab, Drive, Windows, macOS and Jupyter add to the name of a copy that somebody made."""
TWIN = re.compile(r"(?:[-_ ]*\(\d+\))+$")
"""What browsers and Drive add to the second file of a name, which may be somebody else's."""
AGAIN = re.compile(r"(?:-\d+)+$")
"""What Canvas adds to a second attempt; `group-7` ends so too."""


def is_notebook(name: str) -> bool:
    return NOTEBOOK.fullmatch(name) is not None


def is_work(name: str) -> bool:
    """Lying between notebooks, is such a file somebody's?"""
    return is_notebook(name) or name.lower().endswith(OTHER_WORK)


def likeness(file: str, lesson: str) -> int:
    """How much a notebook is named like the lesson: 3 the same, 0 not at all, -1 like another lesson."""
    stem = re.sub(r"\.ipynb.*|\.zip$", "", file, flags=re.IGNORECASE | re.DOTALL).lower()
    name = lesson.lower()
    if name in (stem, _bare(stem, COPY, TWIN, AGAIN)):
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
    by_canvas = canvas(flat)
    by_file = _students_by_file([file for file in flat if file not in by_canvas], lesson)
    found = []
    for entry, parts in inside:
        top, last = parts[0], parts[-1]
        by_moodle = moodle(top)
        if by_moodle:
            owner = replace(by_moodle, file=last if len(parts) > 1 else by_moodle.file or last)
        elif top in folders:
            owner = Owner(("folder", top), top[len(prefix) :] or top, file=last)
        elif top in by_canvas:
            owner = by_canvas[top]
        elif is_work(top) or entry.problem not in ("", TOO_LARGE):
            owner = by_file[top]
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
        notebooks = [
            parts
            for parts, is_folder in inside
            if not is_folder and (is_notebook(parts[-1]) or parts[-1].lower().endswith(".zip"))
        ]
        direct = [parts[1] for parts in notebooks if len(parts) == 2]
        deeper = {parts[1] for parts in notebooks if len(parts) > 2}
        holds_class = (
            is_platforms(names)
            or top.endswith("-submissions")
            or (not direct and len(deeper) > 1)
            or (len(direct) > 1 and not deeper and all(likeness(name, lesson) < 3 for name in direct))
        )
        if moodle(top) or not holds_class:
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


def _students_by_file(files: list[str], lesson: str) -> dict[str, Owner]:
    """Students from files that are called after them, the lesson's name and marks of a copy taken out.

    Files of one name with different endings are one student's, and so is a copy beside what it was made from, unless
    it is called after the lesson alone. What has a number as a twin has, `(1)`, stays a student of its own: it may be
    the second Anna's.
    """
    stems = {file: _stem(file) for file in files}
    known = set(stems.values())
    names = {}
    for file, stem in stems.items():
        original = _bare(stem, COPY)
        is_anybodys = _without_lesson(original, lesson) == ""
        names[file] = original if original in known and not is_anybodys else stem
    short = {name: _without_lesson(_bare(name, COPY, TWIN), lesson) for name in names.values()}
    again = Counter(short.values())
    return {
        file: Owner(
            ("file", name), short[name] if short[name] and again[short[name]] == 1 else name, file=file
        )
        for file, name in names.items()
    }


def _bare(stem: str, *marks: re.Pattern[str]) -> str:
    """The name without these marks, in whatever order they were added."""
    before = ""
    while stem != before:
        before = stem
        for mark in marks:
            stem = mark.sub("", stem)
    return stem


def _stem(file: str) -> str:
    """Without its ending, or the whole if there is nothing else."""
    stem = re.sub(r"\.[^.]{1,6}$", "", file)
    return re.sub(r"\.ipynb$", "", stem, flags=re.IGNORECASE) or file


def _without_lesson(stem: str, lesson: str) -> str:
    """What is left of a file's name beside the lesson's; "" if that is no name."""
    rest = re.sub(re.escape(lesson), "", stem, flags=re.IGNORECASE)
    rest = rest if rest == stem else rest.strip(" _-.")
    return rest if re.search(r"\w{2}", rest) else ""
