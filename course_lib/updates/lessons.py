"""Bring the work in old notebooks into the course's, lesson by lesson, and say what became of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from course_lib import CourseError
from course_lib.updates import keeping
from course_lib.updates.carry import carry
from course_lib.updates.clone import quoted
from course_lib.updates.matching import grade_id_of, role_of
from course_lib.updates.notebooks import has_work, names_lesson, read_cells


@dataclass
class Outcome:
    """What becomes of one old notebook: the lesson that takes its work, its new text, and lines for the student.

    brings: whether there is work in it that was not there before.
    """

    lesson: str = ""
    text: str = ""
    brings: bool = False
    lines: list[str] = field(default_factory=list)


def bring_over(old: Mapping[str, bytes], course: Mapping[str, bytes]) -> dict[str, Outcome]:
    """For each old notebook, by its path, what becomes of it; nothing is written.

    Args:
        old: notebooks with a student's work; content by path from the course's folder.
        course: the notebooks that the course has now.
    """
    course = dict(course)
    found = {}
    for name, content in old.items():
        outcome = found[name] = Outcome(_successor(name, content, course))
        if not outcome.lesson:
            outcome.lines = [f"{name} is no longer in the course; yours is kept"]
            continue
        into = "" if outcome.lesson == name else f" into {outcome.lesson}, as the lesson is called now"
        try:
            carried = carry(content, course[outcome.lesson])
        except CourseError as error:
            outcome.lines = [f"{name}: nothing could be carried over, since {error}; yours is kept"]
            continue
        outcome.text, outcome.brings = carried.text, bool(carried.answers + carried.changed + carried.added)
        outcome.lines = [f"{name}: {carried} carried over{into}", *(f"  {note}" for note in carried.notes)]
        course[outcome.lesson] = carried.text.encode()
    return found


def finish(root: Path) -> list[str]:
    """Bring over the work in every folder of kept files whose work is not yet in the course; lines for the student.

    Interrupted at any moment it can be run again: a notebook is written whole, and carrying twice adds nothing.
    """
    lines = []
    for folder in keeping.unfinished(root):
        shown = folder.relative_to(root).as_posix()
        for outcome in bring_over(keeping.notebooks_in(folder), keeping.notebooks_in(root)).values():
            if outcome.text:
                keeping.write(root / outcome.lesson, outcome.text.encode())
            lines += outcome.lines
        keeping.finish(folder)
        lines.append(f"Your files as they were are in {shown}.")
    return lines


def written_in(notebooks: Mapping[str, bytes], course: Mapping[str, bytes]) -> dict[str, bytes]:
    """Those notebooks in which somebody wrote, and not only ran them."""
    return {name: data for name, data in notebooks.items() if has_work(data, course.get(name))}


def only_run(names: Iterable[str]) -> list[str]:
    """A line on notebooks of which nothing is kept, if there are any."""
    listed = ", ".join(Path(name).stem for name in names)
    return (
        [f"Only run, nothing written in it: {listed}. Nothing of that is kept; run it again."]
        if listed
        else []
    )


def under_other_names(notebooks: Mapping[str, bytes], missing: Collection[str]) -> list[str]:
    """A line for each notebook with work in it that is a lesson whose own name is missing where it comes from."""
    lines = []
    for name, content in notebooks.items():
        lesson = f"lessons/{names_lesson(content)}.ipynb"
        if lesson in missing and name != lesson and has_work(content):
            lines.append(
                f"{name} is {Path(lesson).stem} under another name, and stays as it is; to bring your work in it into "
                f"the new one: python3 -m course_lib update --from {quoted(Path(name))}"
            )
    return lines


def _successor(name: str, content: bytes, course: Mapping[str, bytes]) -> str:
    """The lesson that takes the work of an old one: of the same name, else the one with most of its exercises."""
    if name in course:
        return name
    wanted = _exercises(content)
    shared = {
        each: len(wanted & _exercises(data))
        for each, data in course.items()
        if names_lesson(data) == Path(each).stem
    }
    best = max(shared, key=shared.__getitem__, default="")
    return best if best and 2 * shared[best] >= max(1, len(wanted)) else ""


def _exercises(notebook: bytes) -> set[str | None]:
    try:
        return {grade_id_of(cell) for cell in read_cells(notebook) if role_of(cell) == "exercise"}
    except CourseError:
        return set()
