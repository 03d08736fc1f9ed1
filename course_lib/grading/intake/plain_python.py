"""A cell as plain Python: what only IPython understands is said in Python, or left out, and no line moves.

An answer with `%timeit` or `files = !ls` in it is as good as any other. As plain Python it can be looked through for
the names it uses, here and where it is put together with what it stands on.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

from course_lib.authoring.dependencies import LONGEST

MOST_TRIES = 30
"""Lines that are tried one by one, where not all that look like magics are."""
UNREADABLE = (SyntaxError, ValueError, RecursionError, MemoryError)
"""What Python's parser raises for a source that is none, nested too deep, or holds a zero byte."""

RUNS_ITS_CELL = re.compile(r"%%(?:time|timeit|capture|prun|memit|mprun|lprun|script python3?|python3?)\b.*")
WRITES_A_FILE = re.compile(r"\s*%%(?:writefile|file)[ \t]+(?:\./)?([A-Za-z_]\w*)\.py[ \t]*(?:\n|$)")
MAGIC = re.compile(
    r"""^(?P<indent>[ \t]*)(?:
        (?P<target>[A-Za-z_(\[][^=#\n'"]*=[ \t]*)(?P<kind>[%!])(?P<command>\S.*)    # files = !ls
        | %(?:time|prun)[ \t]+(?P<timed>[^\s-].*)                                # %time x = f(3)
        | %run[ \t]+(?:-\w[ \t]+)*(?:\./)?(?P<file>[A-Za-z_]\w*)(?:\.py)?[ \t]*
        | (?P<other>[%!?](?:.*\\\n)*.*
            | [\w.]+[ \t]*\?{1,2}[ \t]*
            | (?:pip|conda|mamba)[ \t]+\w.*)                                     # as IPython takes them
    )$""",
    re.MULTILINE | re.VERBOSE,
)
OUTSIDE = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


@lru_cache(maxsize=4096)
def plain_python(source: str) -> str | None:
    """The cell in plain Python, line for line; None if it is none even so, or too long to say.

    `%%time` and its like are taken off, as the functions below are meant to be there. `x = %magic` and `x = !command`
    become the calls that a kernel makes of them; other magics, commands and questions become `pass`.
    """
    if len(source) > LONGEST:
        return None
    if is_python(source):
        return source
    text = _dedented(_without_cell_magics(source))
    if text.lstrip().startswith("%%"):
        return None
    translated = MAGIC.sub(_in_python, text)
    if is_python(translated):
        return translated
    for _ in range(MOST_TRIES):  # some lines that look like magics are the ends of longer expressions
        try:
            ast.parse(text)
        except SyntaxError as error:
            lines = text.split("\n")
            begin = sum(len(line) + 1 for line in lines[: max((error.lineno or 1) - 1, 0)])
            magic = MAGIC.match(text, begin)
            if magic is None:
                return None
            text = text[:begin] + _in_python(magic) + text[magic.end() :]
        except UNREADABLE:
            return None
        else:
            return text if is_python(text) else None
    return None


def is_python(source: str) -> bool:
    """Whether Python's parser takes a source for a cell's."""
    try:
        with no_warnings():
            return not any(_ends_a_function(node) for node in ast.parse(source).body)
    except UNREADABLE:
        return False


def written_file(source: str) -> tuple[str, str] | None:
    """The module that a `%%writefile` cell writes: its name and its text."""
    found = WRITES_A_FILE.match(source)
    return (found[1], source[found.end() :]) if found and len(source) <= LONGEST else None


@contextmanager
def no_warnings() -> Iterator[None]:
    """Python's remarks on a student's source (escapes in strings, say) are not for the teacher's terminal."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _without_cell_magics(source: str) -> str:
    """The cell without the cell magics that run it as it is; each leaves a comment."""
    lines = source.split("\n")
    for place, line in enumerate(lines):
        if line.strip():
            if not RUNS_ITS_CELL.match(line):
                break
            lines[place] = "#"
    return "\n".join(lines)


def _dedented(source: str) -> str:
    """A cell that is indented as a whole, as IPython takes it."""
    first = next((line for line in source.split("\n") if line.strip()), "")
    indent = first[: len(first) - len(first.lstrip(" \t"))]
    return "\n".join(line.removeprefix(indent) for line in source.split("\n")) if indent else source


def _in_python(found: re.Match[str]) -> str:
    indent = found["indent"]
    if found["target"]:
        command = found["command"].rstrip()
        if found["kind"] == "!":
            return f"{indent}{found['target']}get_ipython().getoutput({command!r})"
        name, _, rest = command.partition(" ")
        return f"{indent}{found['target']}get_ipython().run_line_magic({name!r}, {rest.strip()!r})"
    if found["timed"]:
        return indent + found["timed"]
    if found["file"] and not indent:
        return f"from {found['file']} import *"
    return f"{indent}pass" + "\n" * found[0].count("\n")


def _ends_a_function(node: ast.AST) -> bool:
    """Whether there is a `return` or `yield` outside of all functions."""
    waiting = [node]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Return | ast.Yield | ast.YieldFrom):
            return True
        if not isinstance(node, OUTSIDE):
            waiting += ast.iter_child_nodes(node)
    return False
