"""How a cell came to the student: the digest of its source, in the cell's own metadata.

It tells a cell that somebody edited from one that was only run, in any copy of the notebook and without the version
it began as; nbgrader's `checksum` does the same for cells that are locked. `update` goes by it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any


def digest(source: str) -> str:
    """Of a cell's source; space at the ends of lines and of the cell, which editors strip, does not count."""
    text = "\n".join(line.rstrip() for line in source.strip().splitlines())
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:12]


def shipped_digest(cell: Mapping[str, Any]) -> str | None:
    """What a cell of ours says of itself; "" if it is of ours and says nothing, None if it is not of ours."""
    course = cell["metadata"].get("course")
    if not isinstance(course, Mapping):
        return None
    known = course.get("digest")
    return known if isinstance(known, str) else ""


def is_as_shipped(cell: Mapping[str, Any]) -> bool:
    """Whether a cell of a built notebook, its source in one string or in lines, is as it says it was shipped."""
    return shipped_digest(cell) == digest("".join(cell["source"]))
