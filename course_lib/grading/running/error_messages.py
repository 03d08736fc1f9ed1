"""What a student is told of an error in an answer: its kind and its line, and nothing that could be a secret."""

from __future__ import annotations

import ast
import re

from course_lib.authoring.dependencies import tree
from course_lib.grading.running.nbval_plugin import CellRan

ASKED = "StdinNotImplementedError"
"""What a kernel raises when `input()` is called and nobody can type."""
FRAME = re.compile(r"line (\d+)(?:, in (\w+))?|:(\d+), in (\w+)")
LONGEST_TRACE = 50_000  # characters that are looked at, the last ones
MOST_LINES = 200  # of an answer that are told apart
USUAL_ERRORS = frozenset(
    [
        "AssertionError",
        "AttributeError",
        "FileNotFoundError",
        "FloatingPointError",
        "ImportError",
        "IndentationError",
        "IndexError",
        "KeyError",
        "MemoryError",
        "ModuleNotFoundError",
        "NameError",
        "NotImplementedError",
        "OSError",
        "OverflowError",
        "RecursionError",
        "RuntimeError",
        "SyntaxError",
        "SystemExit",
        "TypeError",
        "UnboundLocalError",
        "ValueError",
        "ZeroDivisionError",
    ]
)


def describe_error(answer: str, before: int, cell: CellRan, itself: bool) -> str:
    """Type and place of an error, from what the kernel says, of which nothing can be believed.

    The message of an exception may hold the secret inputs, its class's name and line may spell them: only the usual
    names are passed on, and the numbers of few lines, which the answer has. itself: the answer's own cell failed, and
    not the graded one that calls its functions.
    """
    if cell.error == ASKED:
        return "`input()` was called, and nobody is there to type: give your function what it needs as arguments."
    kind = cell.error if cell.error in USUAL_ERRORS else "An error of an unusual type"
    last = answer.count("\n") + 1
    trace = re.sub(r"\x1b\[[0-9;]*m", "", cell.trace[-LONGEST_TRACE:])
    functions = {node.name for node in ast.walk(tree(answer)) if isinstance(node, ast.FunctionDef)}
    lines = []
    for found in FRAME.finditer(trace):
        line, function = int((found[1] or found[3])[:9]), found[2] or found[4]
        theirs = function in functions or not functions or (itself and function is None)
        if line <= last and theirs and function != "_graded":
            lines.append(line)
    if not lines:
        return f"{kind} in your cell." if itself else f"{kind} when your function was called."
    line = lines[-1] - before
    if line > MOST_LINES:
        return f"{kind} below line {MOST_LINES} of your cell."
    return f"{kind} in line {line} of your cell." if line > 0 else f"{kind} in a helper that your cell needs."
