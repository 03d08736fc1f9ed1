"""Take a clone of the course to its newest version: keep what is in the way, step forward, bring the work over."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from course_lib import CourseError
from course_lib.updates import keeping, lessons
from course_lib.updates.clone import Clone, Step

NOTHING_NEW = "The course is up to date."
LOCKED = "; if no other git is at work here, delete .git/index.lock and run this again"


def update_clone(root: Path, only_look: bool = False, remote: str = "") -> list[str]:
    """Bring the clone in `root` up to date; with `only_look` say what that would do. Lines for the student.

    Files that the course did not change stay as they are, whatever the student did to them. The new version comes
    from `remote`, or else from the one that git follows.

    Raises:
        CourseError: there is no straight way forward, or no way to find out; then nothing has been changed.
    """
    clone = Clone(root)
    clone.check()
    lines = [] if only_look else lessons.finish(root)
    try:
        branch = clone.fetch(remote)
        step = clone.step_to(branch)
    except CourseError as error:
        finished = "an update that was interrupted before is finished now. But " if lines else ""
        raise CourseError(f"{finished}{error}") from None
    if step is None:
        return [*lines, NOTHING_NEW, *_others_to_ask(clone, branch)]
    in_the_way = {
        name: (root / name).read_bytes() for name in sorted(step.blocked) if (root / name).is_file()
    }
    course = clone.notebooks_at(step.new)
    missing = [name for name in step.changed & course.keys() if not (root / name).exists()]
    renamed = lessons.under_other_names(keeping.notebooks_in(root), missing)
    own = {name: content for name, content in in_the_way.items() if name in step.own}
    kept = worth_keeping(own, course)
    lines += [*_what_is_new(step), *renamed]
    lines += lessons.only_run(name for name in own if name not in kept)
    lines += [
        f"{name}: the new version takes its place; yours is kept" for name in kept if not _is_lesson(name)
    ]
    if only_look:
        theirs = {name: content for name, content in kept.items() if _is_lesson(name)}
        for outcome in lessons.bring_over(theirs, course).values():
            lines += outcome.lines
        return lines
    folder = keeping.keep(kept, root) if kept else None
    try:
        clone.forward(step)
    except CourseError as error:
        for name, content in in_the_way.items():
            keeping.write(root / name, content)
        if folder:
            keeping.finish(folder)
        mend = LOCKED if "index.lock" in str(error) else f". If that stays so: {clone.start_anew()}"
        raise CourseError(
            f"git could not take the step ({error}); your files are as they were{mend}"
        ) from None
    return [*lines, *lessons.finish(root)]


def worth_keeping(files: Mapping[str, bytes], course: Mapping[str, bytes]) -> dict[str, bytes]:
    """All but lessons that were only run."""
    notebooks = {name: content for name, content in files.items() if _is_lesson(name)}
    written = lessons.written_in(notebooks, course)
    return {name: content for name, content in files.items() if name not in notebooks or name in written}


def _is_lesson(name: str) -> bool:
    return name.startswith("lessons/") and name.count("/") == 1 and name.endswith(".ipynb")


def _others_to_ask(clone: Clone, branch: str) -> list[str]:
    """A line where the course may be in another remote than the one that was asked, as with a fork."""
    others = [name for name in clone.remotes() if not branch.startswith(f"{name}/")]
    if not others:
        return []
    ask = " or ".join(f"`python3 -m course_lib update --remote {name}`" for name in others)
    return [f"That is what {branch} says; {ask} asks elsewhere."]


def _what_is_new(step: Step) -> list[str]:
    names = sorted(Path(name).stem for name in step.changed if _is_lesson(name))
    lines = [f"New: {len(step.changed)} files" + (f"; lessons {', '.join(names)}" if names else "") + "."]
    if "requirements.txt" in step.changed:
        lines.append("Other versions of packages are wanted now: the next command brings .venv up to date.")
    return lines
