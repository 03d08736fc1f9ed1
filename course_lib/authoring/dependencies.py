"""Which exercises an answer stands on: their functions that it uses, directly or through others."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from functools import lru_cache

LONGEST = 50_000
"""Characters of a source that are looked at here, outside the sandbox; a parser needs 500 times as many bytes."""


def needed(by: Iterable[str], sources: Mapping[str, str]) -> set[str]:
    """The keys of those `sources` whose functions the sources `by` use, directly or through others."""
    defined = {key: functions(source) for key, source in sources.items()}
    found: set[str] = set()
    waiting = list(by)
    while waiting:
        used = names(waiting.pop())
        for key, source in sources.items():
            if key not in found and used & defined[key]:
                found.add(key)
                waiting.append(source)
    return found


# a class's answers are looked at one after the other, beside the same sources of ours
@lru_cache(maxsize=512)
def functions(source: str) -> frozenset[str]:
    """The names of the functions that a source defines."""
    return frozenset(node.name for node in tree(source).body if isinstance(node, ast.FunctionDef))


@lru_cache(maxsize=512)
def names(source: str) -> frozenset[str]:
    """Every name that occurs in a source."""
    return frozenset(node.id for node in ast.walk(tree(source)) if isinstance(node, ast.Name))


def tree(source: str) -> ast.Module:
    """The syntax tree; an empty one if the source is too long or not valid Python."""
    try:
        return ast.parse(source if len(source) <= LONGEST else "")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ast.Module([], [])
