"""Read what a student handed in: bytes of any kind in, the cells of a notebook out, or one line that says what to do.

Nobody's file is trusted. Depth and number of parts are counted on the text before anything is built from it, so
20 MB of brackets cost no more than 20 MB of pictures.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from course_lib import CourseError

MOST_BYTES = 20_000_000
MOST_CELLS = 2_000
LONGEST_SOURCE = 1_000_000
MOST_PARTS = 300_000
"""Lists and objects in one file; a lesson with all its outputs has some hundreds."""
DEEPEST = 100

AGAIN = "save the notebook in Jupyter, download the .ipynb file and hand that in"
MAGIC = {
    b"PK\x03\x04": "This is a zip archive, not a notebook: unpack it and hand in the .ipynb file itself.",
    b"\x1f\x8b": "This is a packed file (gzip), not a notebook: unpack it and hand in the .ipynb file itself.",
    b"%PDF": "This is a PDF, not a notebook: hand in the .ipynb file itself.",
}
CONFLICT = re.compile(r"^(?:<{7}|>{7})(?: |$)", re.MULTILINE)
PYTHON = re.compile(r"^(?:import |from \w|def |class |# %%|#!|print\()", re.MULTILINE)
BRACKETS = re.compile(r'(?:"[^"\\]*+(?:\\.[^"\\]*+)*+"?|[^\[\]{}"]++)++|([\[\]{}]++)', re.DOTALL)
"""What lies between brackets, strings skipped, or (group 1) brackets; possessive, so that nothing is read twice."""
MIME = {
    **{"text": "text/plain", "html": "text/html", "latex": "text/latex", "svg": "image/svg+xml"},
    **{"png": "image/png", "jpeg": "image/jpeg"},
    **{"pdf": "application/pdf", "javascript": "application/javascript"},
}
"""What format 3 calls the kinds of a result."""
SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


def read(data: bytes, longest: int = LONGEST_SOURCE) -> list[dict]:
    """The cells: `cell_type`, `source` (text), `metadata` (a dict), `outputs` (dicts; code cells only).

    With `id` and `attachments` (pictures pasted into a text) where a cell has them. Of a source no more than `longest`
    characters are taken: a longer text is cut, longer code refused.

    Notebooks of format 3 are converted. What has the wrong type is replaced by nothing; unknown keys are left out.

    Raises:
        CourseError: one line for the student, if there are no cells to be had.
    """
    if len(data) > MOST_BYTES:
        raise CourseError(
            f"The file has {len(data) / 1e6:.0f} MB, more than {MOST_BYTES / 1e6:.0f}: clear all outputs "
            "(in JupyterLab: Edit, Clear Outputs of All Cells), save and hand it in again."
        )
    text = _decoded(data)
    value = _parsed(text)
    cells = [_cell(cell, number, longest) for number, cell in enumerate(_raw_cells(value), 1)]
    return writable(cells) if SURROGATE.search(text) else cells


def writable(value: Any) -> Any:
    """Parsed JSON with a question mark for each half of a character, which nothing could write to a file."""
    return json.loads(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"))


def _decoded(data: bytes) -> str:
    for start, message in MAGIC.items():
        if data.startswith(start):
            raise CourseError(message)
    try:
        if data.startswith((b"\xff\xfe", b"\xfe\xff")):
            text = data.decode("utf-16")
        elif data[:2] in (b"{\0", b"\0{"):
            text = data.decode("utf-16-le" if data[0] else "utf-16-be")
        else:
            text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CourseError(f"The file is not UTF-8 text (from byte {error.start} on): {AGAIN}.") from None
    text = text.strip("\ufeff\0 \t\r\n")
    if not text:
        raise CourseError(f"The file is empty: {AGAIN}.")
    if text.startswith("<") and not text.startswith("<<<<<<<"):
        raise CourseError(
            "This is a web page, not a notebook: download the .ipynb file itself (on GitHub by the button "
            "for the raw file; in Jupyter by File, Download) and hand that in."
        )
    return text


def _parsed(text: str) -> Any:
    conflict = CONFLICT.search(text)
    if conflict:  # such a line cannot stand in JSON
        line = text.count("\n", 0, conflict.start()) + 1
        raise CourseError(
            f"The file holds a merge conflict of git (line {line}): keep one version of each part between "
            "<<<<<<< and >>>>>>>, open the notebook in Jupyter to see that it works, and hand it in again."
        )
    if not text.startswith(("{", "[")) and PYTHON.search(text):
        raise CourseError("This is a Python program, not a notebook: hand in the .ipynb file itself.")
    _count_parts(text)
    try:
        return _loads(text)
    except json.JSONDecodeError as error:
        if error.pos >= len(text) - 1 or error.msg.startswith("Unterminated string"):
            raise CourseError(f"The file ends in the middle, as after a broken upload: {AGAIN}.") from None
        raise CourseError(
            f"The file is no valid notebook (its JSON breaks off in line {error.lineno}, column {error.colno}): "
            f"{AGAIN}."
        ) from None
    except (RecursionError, ValueError, MemoryError):
        raise CourseError(f"The file is no valid notebook (its JSON cannot be read): {AGAIN}.") from None


def _loads(text: str) -> Any:
    def nothing(_constant: str) -> None:
        """For NaN and Infinity, which are no JSON."""

    try:
        return json.loads(text, parse_constant=nothing)
    except json.JSONDecodeError:
        raise
    except ValueError:  # an integer of more digits than Python converts
        return json.loads(text, parse_constant=nothing, parse_int=float)


def _count_parts(text: str) -> None:
    """Refuse what is nested too deep or has too many parts."""
    depth = parts = 0
    for run in BRACKETS.finditer(text):
        for bracket in run[1] or "":
            if bracket in "[{":
                depth += 1
                parts += 1
                if depth > DEEPEST or parts > MOST_PARTS:
                    raise CourseError(
                        f"The file is nested too deep or has too many parts for a notebook: clear all outputs; {AGAIN}."
                    )
            elif depth:
                depth -= 1
            else:
                return  # not JSON, as its parser will say


def _raw_cells(value: Any) -> list[Mapping]:
    if isinstance(value, Mapping) and isinstance(value.get("cells"), list):
        cells = value["cells"]
    elif isinstance(value, Mapping) and isinstance(value.get("worksheets"), list):
        sheets = [sheet.get("cells") for sheet in value["worksheets"] if isinstance(sheet, Mapping)]
        cells = [cell for sheet in sheets if isinstance(sheet, list) for cell in sheet]
    elif isinstance(value, list) and any(isinstance(cell, Mapping) and "cell_type" in cell for cell in value):
        cells = value
    else:
        raise CourseError(f"The file is JSON, but no notebook, as it has no cells: {AGAIN}.")
    cells = [cell for cell in cells if isinstance(cell, Mapping)]
    if len(cells) > MOST_CELLS:
        raise CourseError(
            f"The notebook has {len(cells):,} cells, and at most {MOST_CELLS:,} are read: delete those that are "
            "no part of your answers, save and hand it in again."
        )
    return cells


def _cell(raw: Mapping, number: int, longest: int) -> dict:
    kind = raw.get("cell_type")
    source = _joined(raw.get("source", raw.get("input")))
    if kind == "heading":  # format 3
        level = raw.get("level")
        source = "#" * (level if isinstance(level, int) and 1 <= level <= 6 else 1) + " " + source
        kind = "markdown"
    if kind not in ("code", "markdown", "raw"):
        kind = "code" if "outputs" in raw or "input" in raw else "raw"
    if len(source) > longest:
        if kind == "code":
            raise CourseError(
                f"Cell {number} holds {len(source) / 1e6:.1f} MB of code, and at most 1 MB is read: take the data "
                "out of it, save and hand it in again."
            )
        source = source[:longest]
    metadata = raw.get("metadata")
    cell: dict = {
        "cell_type": kind,
        "metadata": metadata if isinstance(metadata, dict) else {},
        "source": source.replace("\r\n", "\n"),
    }
    if isinstance(raw.get("id"), str):
        cell["id"] = raw["id"]
    if isinstance(raw.get("attachments"), dict):
        cell["attachments"] = raw["attachments"]
    if kind == "code":
        outputs = raw.get("outputs")
        outputs = outputs if isinstance(outputs, list) else []
        cell["outputs"] = [_output_of_today(output) for output in outputs if isinstance(output, dict)]
    return cell


def _output_of_today(raw: dict) -> dict:
    """An output as it is; one of format 3 with today's names."""
    kind = raw.get("output_type")
    if kind == "pyerr":
        return {**raw, "output_type": "error"}
    if kind == "stream" and "name" not in raw:
        return {**raw, "name": raw.get("stream", "stdout")}
    if kind in ("pyout", "display_data") and "data" not in raw:
        data = {mime: raw[name] for name, mime in MIME.items() if name in raw}
        kind = "execute_result" if kind == "pyout" else kind
        return {"output_type": kind, "metadata": {}, "data": data}
    return raw


def _joined(source: Any) -> str:
    if isinstance(source, list):
        source = "".join(line for line in source if isinstance(line, str))
    return source if isinstance(source, str) else ""
