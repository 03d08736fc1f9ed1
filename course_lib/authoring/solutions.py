"""An exercise's two faces, told apart by markers in its source: the solution and the student's stub.

`### BEGIN SOLUTION` and `### END SOLUTION` are nbgrader's own. A repair exercise has before its solution the
broken code as comments, between `### BEGIN BROKEN` and `### END BROKEN`; the student starts from that.
"""

from __future__ import annotations

import re
from functools import lru_cache

FIRST_LINE = re.compile(r"# Exercise (\d+)[ \t]*(?=\n|$)")
MARKER = re.compile(r"^\s*### (BEGIN|END) (SOLUTION|BROKEN)\s*$")


@lru_cache(maxsize=512)
def solved(source: str) -> str:
    """An exercise with its solution in (between its markers) and the broken code out."""
    return _rewrite(source, keep="SOLUTION")


def stub(source: str) -> str:
    """What the student gets: the broken code, or a line that raises NotImplementedError when called."""
    number = FIRST_LINE.match(source)
    return _rewrite(source, keep="BROKEN", number=int(number[1]) if number else 0)


def squeezed(source: str) -> str:
    """A source for comparison, whitespace aside."""
    return "".join(source.split())


def _rewrite(source: str, keep: str, number: int = 0) -> str:
    out: list[str] = []
    inside = ""
    repaired = False
    for line in source.splitlines():
        marker = MARKER.match(line)
        if marker:
            begins, what = marker[1] == "BEGIN", marker[2]
            inside = what if begins else ""
            if keep == what == "SOLUTION":
                out.append(line)
            elif keep == "BROKEN" and begins and what == "SOLUTION" and not repaired:
                indent = line[: len(line) - len(line.lstrip())]
                out.append(f'{indent}raise NotImplementedError("Exercise {number}: write this function.")')
            repaired = what == "BROKEN"
        elif not inside:
            out.append(line)
        elif inside == keep:
            out.append(re.sub(r"^(\s*)# ?", r"\1", line) if keep == "BROKEN" else line)
    return "\n".join(out)
