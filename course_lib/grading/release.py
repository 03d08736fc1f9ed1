"""What students get, and what stays: the release of some lessons to one class.

    DIR/students/                  notebooks, what they show, a page on handing in; with the library if asked for
    DIR/private/class.key          the class's key, for the instructor alone

The folder is made beside DIR and takes its name when all of it is there and checked.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import nbformat

from course_lib import ROOT, CourseError
from course_lib.authoring.address import UNSET, repository
from course_lib.authoring.build import check_built, notebook_path
from course_lib.authoring.lesson import Lesson, find_source, load_lesson
from course_lib.authoring.solutions import MARKER, squeezed
from course_lib.authoring.student import SILENT
from course_lib.authoring.values import MIME
from course_lib.grading.key import Key
from course_lib.grading.packages import what_is_there
from course_lib.grading.running.answer_sheet import whole_file
from course_lib.grading.sandbox.kernel import Limits
from course_lib.grading.sandbox.wrapping import readable

FIRST_LESSON = "00_start_here"
"""What `lab` opens, so it goes along with the library."""
LIBRARY = ("course_lib", "data")
BESIDE_IT = ("pyproject.toml", "requirements.txt", "environment.yml", "LICENSE", "lessons/LICENSE.md")
PICTURE = re.compile(r"""(?:\]\(|src=["'])(images/[^)"'\s]+)""")
SHORTEST = 40
"""Characters, blanks aside: a shorter text may stand in a lesson by chance, `return x` for instance."""


@dataclass(frozen=True)
class Release:
    """Where things went."""

    students: Path
    key: Path
    notebooks: tuple[str, ...]


def write(
    lessons: Sequence[Lesson],
    key: Key,
    out: Path,
    *,
    key_path: Path | None = None,
    library: bool = False,
    seconds: float = 20.0,
) -> Release:
    """Write the release of these lessons; all of it or nothing.

    Args:
        out: a folder that is empty or not there yet.
        key_path: where the key goes, `out`/private/class.key unless said otherwise.
        library: put the library and the data in, so that students need nothing else.
        seconds: what a cell may take when it is graded, for the students' page.

    Raises:
        CourseError: a notebook is not up to date or holds what students must not have, or `out` or the key's place
            is taken or would be seen by students.
    """
    out = Path(out).resolve()
    _check_places(out, key_path)
    carried = [*lessons]
    if library and FIRST_LESSON not in (lesson.name for lesson in lessons):
        carried.insert(0, load_lesson(find_source(FIRST_LESSON)))
    problems = [problem for lesson in carried for problem in check_built(lesson)]
    if problems:
        raise CourseError("; ".join(problems))
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(dir=out.parent, prefix=f".{out.name}."))
    except OSError as error:
        raise CourseError(f"{out}: cannot be written ({error.strerror}).") from error
    key_written = False
    try:
        students, private = temporary / "students", temporary / "private"
        _write_students(students, carried, library)
        page = note(lessons, library, seconds)
        (students / "README.md").write_text(page, encoding="utf-8", newline="\n")
        private.mkdir(mode=0o700)
        (private / ".gitignore").write_text("*\n")  # were the release put under version control
        key.save(key_path or private / "class.key")
        key_written = True
        temporary.chmod(0o777 & ~_umask())
        if out.exists():
            out.rmdir()  # empty; Windows renames to no name that is taken
        temporary.rename(out)
    except BaseException as error:
        if key_written and key_path:
            key_path.unlink(missing_ok=True)
        shutil.rmtree(temporary, ignore_errors=True)
        if isinstance(error, OSError):
            raise CourseError(f"{out}: cannot be written ({error.strerror}).") from error
        raise
    names = tuple(lesson.name for lesson in carried)
    return Release(out / "students", key_path or out / "private" / "class.key", names)


def faults(lesson: Lesson, notebook: nbformat.NotebookNode) -> list[str]:
    """What a student's notebook holds and must not, a line each, whatever its cells call themselves."""
    found = []
    sources = squeezed("\0".join(str(cell.get("source", "")) for cell in notebook.cells))
    shown = json.dumps([cell.get("outputs", []) for cell in notebook.cells], ensure_ascii=False)
    shown = squeezed(shown.replace("\\n", "\n").replace('\\"', '"'))
    for cell in lesson.having("exercise", "graded", "notes"):
        what, texts = {
            "exercise": (f"the solution of exercise {cell.number}", _solutions(cell.source)),
            "graded": (f"the graded cell of line {cell.line}", [cell.source]),
            "notes": (f"the teaching note of line {cell.line}", [cell.source]),
        }[cell.role]
        for text in map(squeezed, texts):
            if len(text) >= SHORTEST and (text in sources or text in shown):
                found.append(what)
    for cell in notebook.cells:
        role = cell.metadata.get("course", {}).get("role")
        if role in ("graded", "notes"):
            found.append(f"cell {cell.id!r} of role {role}")
        if role in SILENT and cell.get("outputs"):
            found.append(f"the output of {cell.id!r}")
        if any(MARKER.match(line) for line in cell.source.splitlines()):
            found.append(f"markers in cell {cell.id!r}")
        if any(MIME in output.get("data", {}) for output in cell.get("outputs", [])):
            found.append(f"values for the grader in cell {cell.id!r}")
    return found


def note(lessons: Sequence[Lesson], library: bool, seconds: float) -> str:
    """The page for students: what to hand in, how, and what is graded."""
    rows = []
    for lesson in lessons:
        points = {lesson.exercises[each].number: number for each, number in lesson.points.items() if number}
        each = ", ".join(f"{number} ({value:g})" for number, value in points.items()) or "none"
        rows.append(f"| `{lesson.name}.ipynb` | {each} | {sum(points.values()):g} |")
    return NOTE.format(
        start=_start(library),
        rows="\n".join(rows),
        seconds=f"{seconds:g}",
        whole=f"{whole_file(seconds):g}",
        there=what_is_there(),
        memory=f"{Limits().memory / (1 << 30):g}",
    )


def _start(library: bool) -> str:
    """How to open the notebooks."""
    address, _ = repository()
    if library:
        return "Everything is here: in this folder type `python3 -m course_lib lab`, on Windows `py -m course_lib lab`."
    where = (
        "your copy of the course"
        if address == UNSET
        else f"a copy of the course (`git clone https://github.com/{address}.git`)"
    )
    start = (
        f"Put the notebooks into the folder `lessons` of {where}, in the place of those there, and type "
        "`python3 -m course_lib lab` in the course's folder (on Windows `py -m course_lib lab`)."
    )
    return (
        start
        if address == UNSET
        else f"{start} Or open them by the links under their titles, on Binder or Colab."
    )


def _write_students(folder: Path, lessons: Sequence[Lesson], library: bool) -> None:
    """Notebooks, pictures and, if wanted, the library. Raises CourseError for what students must not have."""
    (folder / "lessons").mkdir(parents=True)
    if library:
        for name in LIBRARY:
            ignored = shutil.ignore_patterns("__pycache__", "*.pyc", ".*", "*.key", "*.ipynb")
            shutil.copytree(ROOT / name, folder / name, ignore=ignored)
        for name in BESIDE_IT:
            if (ROOT / name).is_file():
                shutil.copyfile(ROOT / name, folder / name)
    for lesson in lessons:
        built = notebook_path(lesson.path)
        copy = folder / "lessons" / built.name
        shutil.copyfile(built, copy)
        notebook = nbformat.read(copy, as_version=4)
        if found := faults(lesson, notebook):
            raise CourseError(
                f"{built.name} is not for students, it holds {', '.join(found)}: mend its source."
            )
        for name in {name for cell in notebook.cells for name in PICTURE.findall(cell.source)}:
            picture = built.parent / name
            if ".." in Path(name).parts or not picture.is_file():
                raise CourseError(f"{built.name} shows {name}, which is not in lessons/images.")
            (folder / "lessons" / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(picture, folder / "lessons" / name)


def _check_places(out: Path, key_path: Path | None) -> None:
    """Nothing is overwritten, and the key is nowhere where students or their code can read it. Raises CourseError."""
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise CourseError(
            f"{out} is there already, and a release is never overwritten, since a class graded with its key needs "
            "that key. Name another folder, or delete this one if it never went to a class."
        )
    if key_path is not None:
        if os.path.lexists(key_path):
            raise CourseError(
                f"{key_path} is there already, and a key is never overwritten. Name another file."
            )
        if key_path.resolve().is_relative_to(out.resolve()):
            raise CourseError(
                f"--key {key_path} lies in the release. Name a file outside it, or leave --key out: it then goes to "
                f"{out / 'private' / 'class.key'}."
            )
    key_path = (key_path or out / "private" / "class.key").resolve()
    for place in readable():
        if key_path.is_relative_to(place.resolve()):
            raise CourseError(
                f"{key_path} lies in {place}, which students' code can read while it is graded. Take another folder."
            )


def _solutions(source: str) -> list[str]:
    """The texts between the solution markers of an exercise."""
    texts: list[str] = []
    inside = False
    for line in source.splitlines():
        marker = MARKER.match(line)
        if marker:
            inside = marker[1] == "BEGIN" and marker[2] == "SOLUTION"
            if inside:
                texts.append("")
        elif inside:
            texts[-1] += line + "\n"
    return texts


def _umask() -> int:
    current = os.umask(0o077)
    os.umask(current)
    return current


NOTE = """\
# Handing in

{start}

## What to hand in

| file | exercises (points) | together |
|---|---|---|
{rows}

1. Save the notebook (Ctrl-S, or Cmd-S on a Mac).
2. Hand in the `.ipynb` file itself, under its own name. It lies in the folder `lessons`; in JupyterLab a right click on
   its name offers *Download*, in Colab *File, Download*. No PDF, no web page, no zip file.
3. If your class works on GitHub: commit the notebook and push.

## What is graded

- Your functions, in the cells that begin with `# Exercise N`. Leave that line, and the names of the functions and their
  arguments. Cells of your own with helpers and imports are taken along; you may add, move and split cells.
- They are called with inputs that you have not seen, and what they return is compared with our values, with a
  tolerance. The check under an exercise tells you at once whether you are on the right way; an answer that was fitted
  to its examples earns nothing.
- Each exercise earns its own points. If one needs an earlier one, it is tried with our version of that: a mistake costs
  points once.
- Any correct way of computing counts. Text, plots, printed lines and stored outputs do not.

## Where your code runs

On another computer, from a fresh start: without network and without your files, with {memory} GB of memory and at most
{seconds} seconds for each cell. No exercise is begun later than {whole} seconds after the first one. There is {there}.
So no `pip install`, no `input()`, no downloads, and no long training inside an exercise's function. *Restart Kernel and
Run All Cells* before you hand in shows whether something depends on cells you deleted. Lines in an answer's cell that
only try its function are not run.
"""
