"""Bring a student's work from another copy of the course, a folder or a ZIP, into this one.

The other copy is only read: so whatever happens, it is still there. This is how a course without git is updated, from
the new copy and not from the old one: the old folder needs no care, and the newer program does the work.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from course_lib import CourseError
from course_lib.updates import keeping, lessons
from course_lib.updates.clone import quoted
from course_lib.updates.findings import Found, listed, look_into
from course_lib.updates.notebooks import was_run

HISTORY = "CHANGELOG.md"


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
    found = look_into(other, root)
    finished = [] if only_look else lessons.finish(root)
    course = keeping.notebooks_in(root)
    work = lessons.written_in(found.notebooks, course)
    outcomes = lessons.bring_over(work, course)
    new = {
        name: content
        for name, content in {**work, **found.library}.items()
        if not keeping.has(name, content, root) or (name in outcomes and outcomes[name].brings)
    }
    if not found.own and not lessons.written_in(found.notebooks, {}):
        raise CourseError(_nothing_found(other, root, course, found))
    if not found.own and not new:
        known = f"Nothing new in {other}: what is written there is here already, or was kept by an earlier update."
        return [*finished, known, *_not_copied(found)]
    lines = [*finished, *_warn_of_newer(other, root, found)]
    lines += lessons.only_run(
        name for name, content in found.notebooks.items() if name not in work and was_run(content)
    )
    lines += [f"{name}: copied" for name in found.own]
    if names := listed(name for name in new if name in found.library):
        lines.append(
            f"Other files that are not as they are here: {names}. Without git nobody can tell changes of yours from "
            "the course's, so the old ones are kept."
        )
    lines += _not_copied(found)
    lines += lessons.under_other_names(found.own, missing=course.keys() - found.notebooks.keys())
    if only_look:
        return lines + [line for name in outcomes if name in new for line in outcomes[name].lines]
    for name, content in found.own.items():
        keeping.write(root / name, content)
    if new:
        keeping.keep(new, root)
    return lines + lessons.finish(root)


def _not_copied(found: Found) -> list[str]:
    left = ", ".join(sorted(found.left))
    return [*found.lines, *([f"Not copied: {left}. Move what you need yourself."] if left else [])]


def _warn_of_newer(other: Path, root: Path, found: Found) -> list[str]:
    """A line if the other copy seems to be the newer one: its list of changes, which only grows, says more."""
    here = root / HISTORY
    theirs = {*found.library.get(HISTORY, b"").decode("utf-8", "replace").splitlines()}
    ours = {*here.read_text("utf-8", "replace").splitlines()} if here.is_file() else {*theirs}
    if len(theirs) <= len(ours):
        return []
    return [f"The course in {other} looks newer than this one. If it is, {_the_other_way(other, root)}"]


def _the_other_way(other: Path, root: Path) -> str:
    where = "in the new copy, once it is unpacked," if other.is_file() else f"in {other}"
    return (
        f"run the command {where} and let it fetch your work from here: "
        f"python3 -m course_lib update --from {quoted(root)}"
    )


def _nothing_found(other: Path, root: Path, course: Mapping[str, bytes], found: Found) -> str:
    """Why nothing was done; perhaps the two copies were meant the other way round."""
    if found.lines:
        return f"nothing could be brought over from {other}. {' '.join(found.lines)}"
    nothing = f"nothing is written in the lessons in {other}"
    if lessons.written_in(course, {}):
        return f"{nothing}, but here there is: {_the_other_way(other, root)}"
    if found.library:
        nothing += f" (but not as they are here: {listed(found.library)}; look whether you changed them)"
    return f"{nothing}, so there is nothing to bring over"
