"""Lines of an answer's cell that only try it out: where one answer runs alone, they are left out.

A trial call under a right function may take long, wait for somebody to type, or use names of cells that do not run
here; if it fails, what stands below it is never reached. What can matter to the functions is never left out.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from course_lib.grading.intake.definitions import BUILTINS
from course_lib.grading.intake.plain_python import is_python
from course_lib.grading.intake.statements import ANY, Statement

DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
OF_A_KERNEL = frozenset({"display", "get_ipython", "exit", "quit", "__name__", "__doc__", "_"})


def trials(cell: Sequence[Statement], matters: Collection[int], functions: Collection[str]) -> set[int]:
    """The places of the statements that call an answer's function, or ask somebody to type, and matter to nobody.

    Args:
        cell: the statements of the answer's cell.
        matters: the places of those that its functions need.
        functions: the names of its functions.
    """
    found = {
        place
        for place, each in enumerate(cell)
        if place not in matters
        and each.kind not in DEFINITIONS
        and (each.calls & {*functions, "input", "get_ipython"} or _is_missing(each))
    }
    return _with_followers(cell, matters, found)


def unresolved(
    cell: Sequence[Statement], matters: Collection[int], gone: Collection[int], known: Collection[str]
) -> set[int]:
    """The places of statements that cannot run, as they need names that are not there, and matter to nobody.

    Args:
        gone: the places of those that are left out already.
        known: names from outside the cell.
    """
    there = {*known, *BUILTINS, *OF_A_KERNEL}
    if ANY in there or any(ANY in each.binds for each in cell):
        return set()
    found = set()
    for place, each in enumerate(cell):
        if place in gone:
            continue
        if place not in matters and each.reads - there and each.kind is not ast.Try:
            found.add(place)
        else:
            there |= each.binds
    return found


def left_out(source: str, cell: Sequence[Statement], places: Collection[int]) -> str:
    """A cell without these statements, each line where it was."""
    if not places or "\r" in source or "\f" in source:  # Python counts other lines there
        return source
    lines = [line.encode() for line in source.split("\n")]
    for place in sorted(places, reverse=True):
        first, begin, last, end = cell[place].span
        lines[first - 1 : last] = [
            lines[first - 1][:begin] + b"pass" + (lines[last - 1][end:] if first == last else b""),
            *[b""] * (last - first - 1),
            *([lines[last - 1][end:].lstrip(b" \t;")] if last > first else []),
        ]
    without = "\n".join(line.decode() for line in lines)
    return without if is_python(without) else source


def _with_followers(cell: Sequence[Statement], matters: Collection[int], found: set[int]) -> set[int]:
    """These, and those that use what only they would have given a value."""
    found = set(found)
    elsewhere = {name for place, each in enumerate(cell) if place not in found for name in each.binds}
    gone: set[str] = set()
    for place, each in enumerate(cell):
        if place not in found and place not in matters and each.reads & gone:
            found.add(place)
        if place in found:
            gone |= each.binds - elsewhere
    return found


def _is_missing(statement: Statement) -> bool:
    """Whether it imports a package that is not installed here: seaborn for a plot, or Colab's own."""
    if statement.kind not in (ast.Import, ast.ImportFrom):
        return False
    return any(not _is_installed(name.split()[1]) for name in statement.uses)


@cache
def _is_installed(name: str) -> bool:
    """Whether there is such a module; nothing is imported to see. A bare folder such as google is looked into."""
    top, _, inside = name.partition(".")
    try:
        spec = find_spec(top)
    except (ImportError, ValueError):
        return True  # no answer: the kernel will tell
    if spec is None or spec.origin is not None or not inside:
        return spec is not None
    inside = inside.partition(".")[0]
    places = [Path(each) / inside for each in spec.submodule_search_locations or ()]
    return any(place.is_dir() or place.with_suffix(".py").is_file() for place in places)
