"""One submission as a notebook that plain pytest grades: its answers in our cells, expected values, points."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat.v4 import new_markdown_cell

from course_lib import ROOT, CourseError
from course_lib.authoring.assemble import assemble, inputs_of, reference
from course_lib.authoring.lesson import Lesson, find_source, load_lesson
from course_lib.files import replacing
from course_lib.grading import key as keys
from course_lib.grading.intake import notebook as notebooks
from course_lib.grading.intake.answers import Collected, collect
from course_lib.grading.running.nbval_plugin import expect

WARNING = "It holds expected values, as secret as the key, and pytest runs it outside any sandbox: trusted work only."


@dataclass(frozen=True)
class Gradable:
    """What was written: the notebook, for which lesson, and what was found in the submission."""

    lesson: Lesson
    collected: Collected
    notebook: nbformat.NotebookNode


def write(submission: Path, key: Path, out: Path, lesson: str | None = None) -> Gradable:
    """Assemble a student's notebook and write it to `out`, readable for its owner alone.

    Args:
        key: the class's key, which `release` made.
        out: a new notebook, or one that this function wrote.
        lesson: "01" or "01_gan_math"; if it is left out, the exercises in the file tell.

    Raises:
        CourseError: for a file that cannot be read or written, is no notebook, or does not show its lesson.
    """
    _check_out(out, submission)
    class_key = keys.load(key)
    try:
        data = submission.read_bytes()
    except OSError as error:
        raise CourseError(f"{submission} cannot be read ({error.strerror}).") from error
    try:
        cells = notebooks.read(data)
    except CourseError as error:
        raise CourseError(f"{submission}: {error}") from error
    name = find_source(lesson).stem if lesson else lesson_of(cells, class_key)
    if name not in class_key.lessons:
        raise CourseError(f"The key {key} is for {', '.join(class_key.lessons)}, not for {name}.")
    ours = load_lesson(find_source(name))
    collected = collect(ours, {"cells": cells})
    assembled = with_values(ours, collected.answers, class_key.class_seed(name))
    try:
        with replacing(out) as temporary:
            temporary.touch(mode=0o600)
            temporary.write_text(nbformat.writes(assembled) + "\n", encoding="utf-8")
    except OSError as error:
        raise CourseError(f"{out}: cannot be written ({error.strerror}).") from error
    return Gradable(ours, collected, assembled)


def with_values(lesson: Lesson, answers: dict[str, str], class_seed: str) -> nbformat.NotebookNode:
    """The assembled notebook with the values expected in its graded cells, and their points."""
    whole = reference(lesson, class_seed)
    assembled = assemble(lesson, answers, inputs_of(whole.cells))
    expect(assembled, whole, lesson)
    graded = {cell.id: cell for cell in lesson.having("graded")}
    for cell in assembled.cells:
        if cell.id in graded:
            ours = graded[cell.id]
            number = lesson.exercises[ours.grade_id].number
            cell.metadata.course |= {"points": ours.points, "exercise": number, "grade_id": ours.grade_id}
    assembled.metadata["course"] = {"lesson": lesson.name, "assembled": True}
    assembled.cells.insert(0, new_markdown_cell(f"**For the instructor alone.** {WARNING}", id="warning"))
    return assembled


def lesson_of(cells: list[dict], key: keys.Key) -> str:
    """The lesson of the key whose exercises stand in these cells. Raises CourseError if it does not show."""
    if len(key.lessons) == 1:
        return next(iter(key.lessons))
    marks = [cell["metadata"].get("nbgrader") for cell in cells]
    ids = [mark.get("grade_id") for mark in marks if isinstance(mark, dict)]
    shared = {name: sum(each in ids for each in lesson.points) for name, lesson in key.lessons.items()}
    best = [name for name, count in shared.items() if count and count == max(shared.values())]
    if len(best) != 1:
        known = ", ".join(key.lessons)
        raise CourseError(
            f"The file does not show which lesson it is; add --lesson, the key is for: {known}."
        )
    return best[0]


def pytest_command(path: Path) -> str:
    """The call of pytest that grades the notebook, from whatever folder, for this system's shell."""
    path = path.resolve()
    words = [sys.executable, "-m", "pytest", "-c", os.devnull, f"--rootdir={path.parent}", "--noconftest"]
    words += ["-p", "course_lib.grading.running.nbval_plugin", "--nbval-lax", "--nbval-current-env"]
    words += ["--nbval-cell-timeout=120", str(path)]
    if os.name == "nt":
        return f'set "PYTHONPATH={ROOT}" && {subprocess.list2cmdline(words)}'
    return f"PYTHONPATH={shlex.quote(str(ROOT))} {shlex.join(words)}"


def _check_out(out: Path, submission: Path) -> None:
    """Only what was assembled earlier is overwritten. Raises CourseError."""
    if out.suffix != ".ipynb":
        raise CourseError(f"--out is the name of a notebook, which ends with .ipynb, not {out}.")
    if not os.path.lexists(out):
        return
    try:
        ours = out.resolve() != submission.resolve() and out.is_file() and _is_assembled(out)
    except (OSError, ValueError, AttributeError, RecursionError):  # no notebook
        ours = False
    if not ours:
        raise CourseError(f"{out} is there already and was not made by `assemble`; name another file.")


def _is_assembled(path: Path) -> bool:
    content = json.loads(path.read_text(encoding="utf-8"))
    return (
        isinstance(content, dict) and content.get("metadata", {}).get("course", {}).get("assembled") is True
    )
