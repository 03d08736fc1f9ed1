"""What a lesson itself says of its exercises, to everybody: what is asked, hints."""

from __future__ import annotations

import ast
from functools import lru_cache

from course_lib.authoring.lesson import Cell, Lesson
from course_lib.authoring.solutions import stub


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
