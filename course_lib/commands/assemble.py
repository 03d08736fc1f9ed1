"""`assemble`: one submission as a notebook that plain pytest grades."""

from __future__ import annotations

import argparse
import json
import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from course_lib import ROOT, CourseError
from course_lib.files import replacing

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from course_lib.authoring.lesson import Lesson
    from course_lib.grading.key import Key

HELP = "make one submission into a notebook that pytest grades (trusted work only)"
DESCRIPTION = """\
Put the answers of one submission into our own notebook, with the graded cells and the values they should publish, for
pytest and nbval to run; the exact command is printed. A graded cell that passes earns its points.

The notebook holds expected values, so it is as secret as the key; and pytest runs the student's code outside any
sandbox, with your rights, on your files. For work you trust only: `grade` is for everything else."""
EXAMPLE = """\
python3 -m course_lib assemble ada/01_gan_math.ipynb --key class.key --out ada.ipynb
python3 -m course_lib assemble ada.ipynb --key class.key --out graded.ipynb --lesson 01"""
NEEDS = ("nbval", "pytest", "jupytext", "nbformat", "nbclient", "ipykernel", "keras")
EXTRAS = ("lab", "grading")

WARNING = "It holds expected values, as secret as the key, and pytest runs it outside any sandbox: trusted work only."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("submission", metavar="SUBMISSION", type=Path, help="a student's notebook")
    parser.add_argument("--key", type=Path, required=True, help="the class's key, made by `release`")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="the notebook to write")
    parser.add_argument(
        "--lesson", help="its number, where it does not show (default: by the exercises in the file)"
    )


def run(args: argparse.Namespace) -> int:
    import nbformat

    from course_lib.authoring.lesson import find_source, load_lesson
    from course_lib.grading import key
    from course_lib.grading.intake import notebook
    from course_lib.grading.intake.answers import collect

    check_out(args.out, args.submission)
    class_key = key.load(args.key)
    try:
        data = args.submission.read_bytes()
    except OSError as error:
        raise CourseError(f"{args.submission} cannot be read ({error.strerror}).") from error
    try:
        cells = notebook.read(data)
    except CourseError as error:
        raise CourseError(f"{args.submission}: {error}") from error
    name = find_source(args.lesson).stem if args.lesson else lesson_of(cells, class_key)
    if name not in class_key.lessons:
        raise CourseError(f"The key {args.key} is for {', '.join(class_key.lessons)}, not for {name}.")
    lesson = load_lesson(find_source(name))
    collected = collect(lesson, {"cells": cells})
    notebook = gradable(lesson, collected.answers, class_key.class_seed(name))
    try:
        with replacing(args.out) as temporary:
            temporary.touch(mode=0o600)
            temporary.write_text(nbformat.writes(notebook) + "\n", encoding="utf-8")
    except OSError as error:
        raise CourseError(f"{args.out}: cannot be written ({error.strerror}).") from error
    print(f"{lesson.name}: {len(collected.answers)} of {len(lesson.exercises)} exercises found in the file.")
    for said in collected.notes:
        print(f"  {said}")
    print("Each cell below that passes earns its points (nbval 0.11 counts cells from 0):")
    for number, cell in enumerate(cell for cell in notebook.cells if cell.cell_type == "code"):
        if "points" in cell.metadata.course:
            course = cell.metadata.course
            print(f"  Cell {number}: exercise {course.exercise}, points: {course.points:g}")
    print(f"\n{command(args.out)}\n", flush=True)
    print(f"warning: {WARNING}", file=sys.stderr)
    return 0


def gradable(lesson: Lesson, answers: dict[str, str], class_seed: str) -> NotebookNode:
    """The assembled notebook with the values expected in its graded cells, and their points."""
    from nbformat.v4 import new_markdown_cell

    from course_lib.authoring.assemble import assemble, reference
    from course_lib.grading.running.nbval_plugin import expect

    notebook = assemble(lesson, answers, class_seed)
    expect(notebook, reference(lesson, class_seed), lesson)
    graded = {cell.id: cell for cell in lesson.having("graded")}
    for cell in notebook.cells:
        if cell.id in graded:
            ours = graded[cell.id]
            number = lesson.exercises[ours.grade_id].number
            cell.metadata.course |= {"points": ours.points, "exercise": number, "grade_id": ours.grade_id}
    notebook.metadata["course"] = {"lesson": lesson.name, "assembled": True}
    notebook.cells.insert(0, new_markdown_cell(f"**For the instructor alone.** {WARNING}", id="warning"))
    return notebook


def lesson_of(cells: list[dict], class_key: Key) -> str:
    """The lesson of the key whose exercises stand in these cells. Raises CourseError if it does not show."""
    if len(class_key.lessons) == 1:
        return next(iter(class_key.lessons))
    marks = [cell["metadata"].get("nbgrader") for cell in cells]
    ids = [mark.get("grade_id") for mark in marks if isinstance(mark, dict)]
    shared = {name: sum(each in ids for each in lesson.points) for name, lesson in class_key.lessons.items()}
    best = [name for name, count in shared.items() if count and count == max(shared.values())]
    if len(best) != 1:
        known = ", ".join(class_key.lessons)
        raise CourseError(
            f"The file does not show which lesson it is; add --lesson, the key is for: {known}."
        )
    return best[0]


def check_out(out: Path, submission: Path) -> None:
    """Only what an earlier `assemble` wrote is overwritten. Raises CourseError."""
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


def command(out: Path) -> str:
    """The call of pytest that grades the notebook, from whatever folder."""
    out = out.resolve()
    words = [sys.executable, "-m", "pytest", "-c", os.devnull, f"--rootdir={out.parent}", "--noconftest"]
    words += ["-p", "course_lib.grading.running.nbval_plugin", "--nbval-lax", "--nbval-current-env"]
    words += ["--nbval-cell-timeout=120", str(out)]
    if os.name == "nt":
        return f'set "PYTHONPATH={ROOT}" && {subprocess.list2cmdline(words)}'
    return f"PYTHONPATH={shlex.quote(str(ROOT))} {shlex.join(words)}"


def _is_assembled(path: Path) -> bool:
    content = json.loads(path.read_text(encoding="utf-8"))
    return (
        isinstance(content, dict) and content.get("metadata", {}).get("course", {}).get("assembled") is True
    )
