"""The outputs that are stored in a student's file, as plain text; what is no text is named."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from course_lib.grading.intake.clean_text import cleaned

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


def as_text(cells: Sequence[Mapping[str, Any]]) -> str:
    """What some cells show, at most MOST_READ characters; of displays that follow each other and are equal, one.

    Args:
        cells: code cells as `notebook.read` gives them. Their outputs may hold anything.
    """
    outputs = [output for cell in cells for output in cell["outputs"]][:MOST_OUTPUTS]
    whole, last = "", ""
    for output in outputs:
        kind = output.get("output_type")
        if kind == "stream":
            text = _lines(output.get("text"))
        elif kind == "error":
            text = "\n" * (not whole.endswith("\n")) * bool(whole)
            text += f"{_lines(output.get('ename'))[:200]}: {_lines(output.get('evalue'))}\n"
        else:
            text = "\n" * (not whole.endswith("\n")) * bool(whole) + _display(output.get("data"))
        if kind != "stream" and text.strip() == last:
            continue
        last = "" if kind == "stream" else text.strip()
        whole += text
        if len(whole) > MOST_READ:
            break
    return re.sub(r"\n{4,}", "\n\n\n", cleaned(whole[:MOST_READ])).strip("\n")


def _display(data: Any) -> str:
    """An output that may be had in several forms: the plain text, and the names of the others."""
    if not isinstance(data, Mapping):
        return ""
    text = _lines(data.get("text/plain"))
    names: dict[str, None] = {}
    for kind in data:
        if kind != "text/plain":
            start = next((each for each in NAMES if str(kind).lower().startswith(each)), "")
            names[NAMES.get(start, "other data")] = None
    lines = [text] * bool(text.strip()) + [f"[{name}, not shown here]" for name in names]
    return "".join(f"{line}\n" for line in lines)


def _lines(value: Any) -> str:
    """A text of a notebook, which may be a list of lines, or anything."""
    if isinstance(value, list):
        value = "".join(line[:MOST_READ] for line in value[:MOST_READ] if isinstance(line, str))
    return value[:MOST_READ] if isinstance(value, str) else ""
