"""What a student's file shows for each exercise: the code, what was stored below it, and which hints it showed."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from course_lib import CourseError
from course_lib.authoring.lesson import Cell, Lesson
from course_lib.authoring.solutions import stub
from course_lib.grading.intake.answers import collect
from course_lib.grading.intake.notebook import read
from course_lib.grading.pages.html import cleaned

MOST_READ = 40_000
"""Characters of the outputs of one exercise that are looked at."""
MOST_OUTPUTS = 300
NAMES = {
    "image/": "a picture",
    "video/": "a film",
    "audio/": "sound",
    "application/vnd.jupyter.widget": "a widget",
    "application/javascript": "JavaScript",
    "text/javascript": "JavaScript",
    "text/html": "HTML",
    "text/latex": "a formula",
    "text/markdown": "formatted text",
}
"""What is named and not shown."""


@dataclass(frozen=True)
class HandedIn:
    """Of one exercise: the code of the student's own cells, the output stored with them, and that of our check."""

    code: str = ""
    output: str = ""
    check: str = ""


@lru_cache(maxsize=8192)
def handed_in(lesson: Lesson, data: bytes) -> dict[str, HandedIn]:
    """For each exercise, by grade_id, what the file holds; nothing where it cannot be read."""
    try:
        cells = read(data)
    except CourseError:
        return dict.fromkeys(lesson.exercises, HandedIn())
    collected = collect(lesson, {"cells": cells})
    cells = [cell for cell in cells if cell["cell_type"] == "code" and cell["source"].strip()]
    found = {}
    for grade_id, exercise in lesson.exercises.items():
        code = _own_code(collected.answers.get(grade_id, ""), collected.lines_before.get(grade_id, 0))
        around = f"\n\n{code}\n\n"
        is_own = [f"\n\n{cell['source']}\n\n" in around for cell in cells]
        own = [cell for cell, is_it in zip(cells, is_own, strict=True) if is_it]
        marks = {cell.id for cell in checks_of(lesson, grade_id)}
        below = [
            cell for cell, is_it in zip(cells, is_own, strict=True) if not is_it and _marks(cell) & marks
        ]
        untouched = code.strip() == stub(exercise.source).strip()
        found[grade_id] = HandedIn("" if untouched else code, _output(own), _output(below))
    return found


def checks_of(lesson: Lesson, grade_id: str) -> list[Cell]:
    """The check cells of an exercise."""
    return [cell for cell in lesson.having("check") if cell.grade_id == grade_id]


@lru_cache(maxsize=256)
def hints(source: str) -> tuple[str, tuple[str, ...]]:
    """Of a check cell the general hint ("" if it has none) and those for usual mistakes; cases are not looked at."""
    general, special = "", []
    for node in ast.walk(ast.parse(source)):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
            continue
        if node.func.id not in ("check", "check_that"):
            continue
        for keyword in node.keywords:
            if keyword.arg == "hint":
                general = general or _constant(keyword.value)
            elif keyword.arg == "mistakes" and isinstance(keyword.value, ast.Dict):
                special += [_constant(key) for key in keyword.value.keys if key is not None]
    return general, tuple(each for each in special if each)


def asked(exercise: Cell) -> str:
    """What the stub itself says to everybody: each function's first line and docstring."""
    said = []
    for node in ast.parse(stub(exercise.source)).body:
        if isinstance(node, ast.FunctionDef):
            text = ast.get_docstring(node)
            said.append(f"{node.name}({ast.unparse(node.args)})" + (f": {text}" if text else ""))
    return "\n\n".join(said)


def _constant(node: ast.expr) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _own_code(answer: str, lines_before: int) -> str:
    """An answer without the lines that were taken over from other cells; see `Collected`."""
    head = ""
    if lines_before and answer.startswith("%%"):
        head, _, answer = answer.partition("\n")
        head += "\n"
    return head + "\n".join(answer.split("\n")[lines_before:])


def _marks(cell: Mapping[str, Any]) -> set[str]:
    grader = cell["metadata"].get("nbgrader")
    marks = (cell.get("id"), grader.get("grade_id") if isinstance(grader, Mapping) else None)
    return {mark for mark in marks if isinstance(mark, str)}


def _output(cells: Sequence[Mapping[str, Any]]) -> str:
    """The stored outputs of some cells as text: what is no text is named."""
    outputs = [output for cell in cells for output in cell["outputs"]][:MOST_OUTPUTS]
    whole, last = "", ""
    for output in outputs:
        kind = output.get("output_type")
        if kind == "stream":
            text = _text(output.get("text"))
        elif kind == "error":
            text = "\n" * (not whole.endswith("\n")) * bool(whole)
            text += f"{_text(output.get('ename'))[:200]}: {_text(output.get('evalue'))}\n"
        else:
            text = "\n" * (not whole.endswith("\n")) * bool(whole) + _shown(output.get("data"))
        if kind != "stream" and text.strip() == last:
            continue
        last = "" if kind == "stream" else text.strip()
        whole += text
        if len(whole) > MOST_READ:
            break
    return re.sub(r"\n{4,}", "\n\n\n", cleaned(whole[:MOST_READ])).strip("\n")


def _shown(data: Any) -> str:
    """An output that may be had in several forms: the plain text, and the names of the others."""
    if not isinstance(data, Mapping):
        return ""
    text = _text(data.get("text/plain"))
    names: dict[str, None] = {}
    for kind in data:
        if kind != "text/plain":
            start = next((each for each in NAMES if str(kind).lower().startswith(each)), "")
            names[NAMES.get(start, "other data")] = None
    lines = [text] * bool(text.strip()) + [f"[{name}, not shown here]" for name in names]
    return "".join(f"{line}\n" for line in lines)


def _text(value: Any) -> str:
    """A text of a notebook, which may be a list of lines, or anything."""
    if isinstance(value, list):
        value = "".join(line[:MOST_READ] for line in value[:MOST_READ] if isinstance(line, str))
    return value[:MOST_READ] if isinstance(value, str) else ""
