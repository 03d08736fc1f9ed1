"""Read a lesson's source (jupytext py:percent) into cells with roles, and say where it breaks the rules.

Every mistake is a CourseError: `lessons/source/01_gan_math.py:37: what is wrong and how to mend it`.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

import jupytext
from nbformat import ValidationError

from course_lib import ROOT, CourseError
from course_lib.authoring.solutions import FIRST_LINE, MARKER, solved, stub

CODE_ROLES = ("demo", "setup", "exercise", "check", "graded", "spoiler", "notes")
MARKDOWN_ROLES = ("text", "notes")
FOLDABLE = ("demo", "setup", "spoiler")
"""Roles whose source may be folded; that of a check always is."""
KEYS = ("role", "grade_id", "points", "tolerance", "tags", "fold")
OUR_ANSWER = "OUR_ANSWER"
"""The name in a check cell that stands for the course's own answer."""


@dataclass(frozen=True)
class Cell:
    """One cell of the source; `line` is the line of its `# %%` in the file."""

    kind: str
    role: str
    source: str
    line: int
    id: str
    grade_id: str = ""
    points: float = 0
    tolerance: float = 1e-6
    tags: tuple[str, ...] = ()
    number: int = 0
    """N of `# Exercise N`, for exercises."""
    fold: str = ""
    """What stands in the place of the source, which is folded; empty where it is open."""


@dataclass(frozen=True)
class Lesson:
    """A lesson as its source says it."""

    path: Path
    title: str
    cells: tuple[Cell, ...] = field(repr=False)

    @property
    def name(self) -> str:
        return self.path.stem

    def having(self, *roles: str) -> list[Cell]:
        return [cell for cell in self.cells if cell.role in roles]

    @property
    def exercises(self) -> dict[str, Cell]:
        return {cell.grade_id: cell for cell in self.having("exercise")}

    @property
    def points(self) -> dict[str, float]:
        """Points of each exercise, the sum over its graded cells (0: it is checked and carries none)."""
        points = dict.fromkeys(self.exercises, 0.0)
        for cell in self.having("graded"):
            points[cell.grade_id] += cell.points
        return points


def sources(folder: Path | None = None) -> list[Path]:
    """The sources of all lessons, in order."""
    return sorted((folder or ROOT / "lessons" / "source").glob("[0-9][0-9]_*.py"))


def find_source(name: str, folder: Path | None = None) -> Path:
    """The source meant by a number ("1", "01"), a name ("01_gan_math") or a path to source or notebook.

    Raises:
        CourseError: if no lesson, or more than one, is meant.
    """
    wanted = Path(name).stem
    wanted = wanted.zfill(2) if wanted.isdigit() else wanted
    paths = sources(folder)
    found = [p for p in paths if p.stem == wanted] or [p for p in paths if p.stem.split("_")[0] == wanted]
    if len(found) == 1:
        return found[0]
    if not paths:
        raise CourseError(
            f"there are no lesson sources here: give a notebook by its path instead of {name!r}."
        )
    known = ", ".join(path.stem for path in paths)
    raise CourseError(f"no lesson is called {name!r}; there are: {known}")


def load_lesson(path: Path) -> Lesson:
    """Read and validate one source.

    Raises:
        CourseError: with file and line, for every rule a source can break.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CourseError(f"{_shown(path)}: cannot be read as UTF-8 text ({error})") from error
    return Reader(path, text).read()


class Reader:
    """Reads one source; exists so that every rule can name the file and the line it was broken in."""

    def __init__(self, path: Path, text: str) -> None:
        self.path = path
        self.text = text

    def fail(self, line: int, message: str) -> NoReturn:
        raise CourseError(f"{_shown(self.path)}:{line}: {message}")

    def read(self) -> Lesson:
        lines = self.text.splitlines()
        starts = [number for number, line in enumerate(lines, 1) if line.startswith("# %%")]
        if not starts or any(line.strip() for line in lines[: starts[0] - 1]):
            self.fail(1, "a source starts with `# %% [markdown]` and the title `# # Title`")
        try:
            notebook = jupytext.reads(self.text, fmt="py:percent")
        except ValidationError as error:
            self.fail(1, f"cannot be read as py:percent: {error.message} (in {error.json_path})")
        if len(notebook.cells) != len(starts):
            self.fail(1, "cells cannot be told apart: is there a line `# %%` inside a string?")
        self.ids: dict[str, int] = {}
        self.section = "top"
        cells = tuple(
            self.cell(raw.cell_type, raw.source, dict(raw.metadata), line)
            for raw, line in zip(notebook.cells, starts, strict=True)
        )
        title = re.match(r"# (\S.*)", cells[0].source)
        if cells[0].kind != "markdown" or not title:
            self.fail(1, "the first cell is markdown and its first line the title, `# # Title`")
        self.check_exercises(cells)
        return Lesson(self.path, title[1].strip(), cells)

    def cell(self, kind: str, source: str, metadata: dict, line: int) -> Cell:
        metadata.pop("lines_to_next_cell", None)
        unknown = [key for key in metadata if key not in KEYS]
        if unknown:
            self.fail(line, f'cannot read the cell\'s metadata ({unknown[0]}); write key="text" or key=2')
        role = metadata.get("role", "text" if kind == "markdown" else "demo")
        allowed = MARKDOWN_ROLES if kind == "markdown" else CODE_ROLES
        if role not in allowed:
            self.fail(line, f"role {role!r} is not one of {', '.join(allowed)} for a {kind} cell")
        grade_id = self.grade_id(role, metadata, line)
        if kind == "markdown":
            self.headings(source, line)
        self.markers(role, source, line)
        points, tolerance = metadata.get("points"), metadata.get("tolerance", 1e-6)
        if role == "graded" and not _is_positive(points):
            self.fail(line, "a graded cell needs points, a number above 0: points=2")
        if role != "graded" and points is not None:
            self.fail(line, "only graded cells carry points")
        if not _is_positive(tolerance):
            self.fail(line, "tolerance is a number above 0, for instance tolerance=1e-6")
        fold = self.fold(role, metadata, line)
        if re.search(rf"\b{OUR_ANSWER}\b", source) and role != "check":
            self.fail(line, f"{OUR_ANSWER} is filled in in check cells only, not in a cell of role {role}")
        tags = tuple(metadata.get("tags", ()))
        number = self.exercise_number(source, line) if role == "exercise" else 0
        cell_id = self.new_id(role, grade_id, line)
        return Cell(kind, role, source, line, cell_id, grade_id, points or 0, tolerance, tags, number, fold)

    def grade_id(self, role: str, metadata: dict, line: int) -> str:
        grade_id = metadata.get("grade_id", "")
        if role in ("exercise", "check", "graded"):
            if not isinstance(grade_id, str) or not re.fullmatch(r"[a-z][a-z0-9_]{0,49}", grade_id):
                self.fail(
                    line, f'a cell of role {role} needs grade_id="lower_case_name" (50 letters at most)'
                )
        elif grade_id:
            self.fail(line, f"a cell of role {role} has no grade_id")
        return grade_id

    def fold(self, role: str, metadata: dict, line: int) -> str:
        """The title of a folded cell: a short phrase on one line."""
        title = metadata.get("fold", "")
        if "fold" in metadata and role not in FOLDABLE:
            self.fail(line, f"fold is for cells of role {', '.join(FOLDABLE)} (a check is always folded)")
        if "fold" in metadata and not (
            isinstance(title, str) and 0 < len(title) <= 70 and title.isprintable()
        ):
            self.fail(line, 'fold is what the folded cell does, in 70 letters at most: fold="Draw the field"')
        return title

    def new_id(self, role: str, grade_id: str, line: int) -> str:
        """The cell id: from role, section and place in the section, so that an edit elsewhere leaves it."""
        stem = (
            f"{role}-{self.section}" if role not in ("exercise", "check", "graded") else f"{role}-{grade_id}"
        )
        if role == "exercise":
            if grade_id in self.ids:
                self.fail(
                    line, f"grade_id {grade_id!r} is taken by the exercise in line {self.ids[grade_id]}"
                )
            self.ids[grade_id] = line
            return grade_id
        self.ids[stem] = self.ids.get(stem, 0) + 1
        return stem if self.ids[stem] == 1 else f"{stem}-{self.ids[stem]}"

    def headings(self, source: str, line: int) -> None:
        fenced = False
        for offset, text in enumerate(source.splitlines(), 1):
            fenced ^= text.startswith("```")
            heading = re.match(r"(#+)\s+(.*)", text)
            if fenced or not heading:
                continue
            if len(heading[1]) > 3:
                self.fail(line + offset, "headings go down to ### at most")
            if len(heading[1]) == 1 and self.section != "top":
                self.fail(line + offset, "a lesson has one title; use ## for its sections")
            self.section = re.sub(r"[^a-z0-9]+", "-", heading[2].lower())[:40].strip("-") or "section"

    def markers(self, role: str, source: str, line: int) -> None:
        """Solution and broken-code markers come in pairs, never nested, in exercises only."""
        opened: tuple[str, int] | None = None
        for offset, text in enumerate(source.splitlines(), 1):
            marker = MARKER.match(text)
            if not marker:
                continue
            here = line + offset
            word = f"### {marker[1]} {marker[2]}"
            if role != "exercise":
                self.fail(here, f"{word} outside an exercise")
            if marker[1] == "BEGIN":
                if opened:
                    self.fail(here, f"{word} before the {opened[0]} of line {opened[1]} is ended")
                opened = (marker[2], here)
            elif not opened or opened[0] != marker[2]:
                self.fail(here, f"{word} without ### BEGIN {marker[2]}")
            else:
                opened = None
        if opened:
            self.fail(opened[1], f"### BEGIN {opened[0]} is left open; add ### END {opened[0]}")

    def exercise_number(self, source: str, line: int) -> int:
        first = FIRST_LINE.match(source.splitlines()[0] if source else "")
        if not first:
            self.fail(line + 1, "the first line of an exercise is `# Exercise N`")
        if not re.search(r"^\s*### BEGIN SOLUTION\s*$", source, re.MULTILINE):
            self.fail(line, "the exercise has no solution between ### BEGIN SOLUTION and ### END SOLUTION")
        for what, code in (("exercise with its solution", solved(source)), ("student's stub", stub(source))):
            try:
                tree = ast.parse(code)
            except SyntaxError as error:
                self.fail(line, f"the {what} is not valid Python: {error.msg} ({(error.text or '').strip()})")
            if not tree.body or not all(isinstance(node, ast.FunctionDef) for node in tree.body):
                self.fail(line, "an exercise holds functions only; put imports and calls into other cells")
        return int(first[1])

    def check_exercises(self, cells: tuple[Cell, ...]) -> None:
        """Numbers run from 1; checks and graded cells come after the exercise they name."""
        known: set[str] = set()
        for cell in cells:
            if cell.role == "exercise":
                known.add(cell.grade_id)
                if cell.number != len(known):
                    self.fail(
                        cell.line + 1, f"exercises are numbered in order: write `# Exercise {len(known)}`"
                    )
            elif cell.grade_id and cell.grade_id not in known:
                self.fail(cell.line, f"no exercise above has grade_id {cell.grade_id!r}")


def _is_positive(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < float("inf")


def _shown(path: Path) -> str:
    return path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else path.as_posix()
