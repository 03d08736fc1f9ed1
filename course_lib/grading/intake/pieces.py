"""Cells that were split are put together again, also where the cut goes through a function."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from course_lib.grading.intake.plain_python import LONGEST, plain_python

MOST_TRIED = 600_000
"""Characters of one file that are looked at to see whether two cells are one."""


def put_together(pieces: Sequence[str]) -> tuple[str, bool]:
    """One source from the pieces of a cell, in their order; and whether some are left out, as they are not Python."""
    for between in ("\n", ""):
        whole = between.join(pieces)
        if is_whole(whole) and not all(is_whole(piece) for piece in pieces):
            return whole, False
    joined = [piece for piece in rejoined(pieces, lambda place: True) if piece.strip()]
    valid = [piece for piece in joined if is_whole(piece)]
    return "\n\n".join(valid or joined), 0 < len(valid) < len(joined)


def rejoined(sources: Sequence[str], is_theirs: Callable[[int], bool]) -> list[str]:
    """The cells' sources, each half of a function put to the half above it; empty where it was.

    Args:
        sources: of all cells, in their order.
        is_theirs: whether the cell of this place is the student's; the others are left alone.
    """
    found = list(sources)
    above, left = -1, MOST_TRIED
    for place, source in enumerate(sources):
        if not is_theirs(place) or not source.strip():
            above = -1 if source.strip() else above
            continue
        if above >= 0 and not _stand_alone(found[above], source):
            left -= len(found[above]) + len(source)
            whole = _one_source(found[above], source) if left > 0 else None
            if whole is not None:
                found[above], found[place] = whole, ""
                continue
        above = place
    return found


def is_whole(source: str) -> bool:
    """Whether a cell's source is Python, and not the lower half of an indented block."""
    return not source.lstrip("\n").startswith((" ", "\t")) and plain_python(source) is not None


def _stand_alone(upper: str, lower: str) -> bool:
    """Whether these are two cells; one that is indented as a whole is Python for a kernel, too."""
    if not is_whole(upper):
        return False
    last = upper.rstrip().rpartition("\n")[2].strip()
    ended = last.startswith(("return", "raise", "pass"))
    return is_whole(lower) or (ended and plain_python(lower) is not None)


def _one_source(upper: str, lower: str) -> str | None:
    """Both as one cell, if that is Python."""
    if len(upper) + len(lower) <= LONGEST:
        for between in ("\n", ""):
            if is_whole(upper + between + lower):
                return upper + between + lower
    return None
