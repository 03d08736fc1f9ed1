"""What a lesson itself says of its exercises, to everybody: names, what is asked, hints."""

from __future__ import annotations

import ast
import re
from functools import lru_cache

from course_lib.authoring.lesson import Cell, Lesson
from course_lib.authoring.solutions import stub


def name_of(lesson: Lesson, exercise: Cell) -> str:
    """As "Exercise 3: a slope": its number, and its heading in the text before it if there is one."""
    place = lesson.cells.index(exercise)
    heading = ""
    for cell in reversed(lesson.cells[:place]):
        if cell.role == "exercise":
            break
        found = re.findall(r"^##+[ \t]+(\S.*)", cell.source, re.MULTILINE) if cell.kind == "markdown" else []
        if found:
            heading = re.sub(r"^Exercise\s+\d+\W*", "", found[-1])
            heading = re.sub(r"[$*`]|\[(.*?)\]\(.*?\)", r"\1", heading).strip()
            break
    heading = heading or exercise.grade_id.replace("_", " ")
    return f"Exercise {exercise.number}: {heading}"


def asked(exercise: Cell) -> str:
    """What the stub says: each function's first line and docstring."""
    said = []
    for node in ast.parse(stub(exercise.source)).body:
        if isinstance(node, ast.FunctionDef):
            text = ast.get_docstring(node)
            said.append(f"{node.name}({ast.unparse(node.args)})" + (f": {text}" if text else ""))
    return "\n\n".join(said)


def general_hints(lesson: Lesson, grade_id: str) -> list[str]:
    """Those that an exercise's checks give whatever the mistake."""
    return [general for general, _ in _hints_of(lesson, grade_id) if general]


def mistake_hints(lesson: Lesson, grade_id: str) -> list[str]:
    """Those that an exercise's checks give for usual mistakes."""
    return [each for _, special in _hints_of(lesson, grade_id) for each in special]


def _hints_of(lesson: Lesson, grade_id: str) -> list[tuple[str, tuple[str, ...]]]:
    return [hints(cell.source) for cell in lesson.having("check") if cell.grade_id == grade_id]


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


def _constant(node: ast.expr) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
