"""Notebooks as plain JSON: read leniently, written as Jupyter writes them, and nothing in between but cells."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from course_lib import CourseError
from course_lib.authoring.as_shipped import digest, shipped_digest
from course_lib.grading.intake.notebook import MOST_BYTES, read, writable

OUTPUTS: dict[str, dict[str, tuple[type, ...]]] = {
    "stream": {"name": (str,), "text": (str, list)},
    "display_data": {"data": (dict,), "metadata": (dict,)},
    "execute_result": {"data": (dict,), "metadata": (dict,), "execution_count": (type(None), int)},
    "error": {"ename": (str,), "evalue": (str,), "traceback": (list,)},
}
"""The parts of each kind of output in the notebook format, with their types; an empty one is of the first."""


def load(data: bytes) -> dict[str, Any]:
    """A notebook of ours: each cell has an id, metadata, and its source in one string.

    Raises:
        CourseError: what is there is no such notebook any more; the message is a clause, without a full stop.
    """
    read_cells(data)
    try:
        notebook = writable(json.loads(data))
        for cell in notebook["cells"]:
            cell["source"] = "".join(cell["source"])
            cell["metadata"].get("course")
        ids = [cell["id"] for cell in notebook["cells"]]
    except (ValueError, KeyError, TypeError, AttributeError):
        raise CourseError("it is no notebook of the course") from None
    if len({*ids}) < len(ids):
        raise CourseError("two of its cells have the same id")
    return notebook


def dump(notebook: Mapping[str, Any]) -> str:
    """The text of a notebook that `load` read, lines and keys as nbformat has them."""
    cells = [{**cell, "source": cell["source"].splitlines(keepends=True)} for cell in notebook["cells"]]
    return json.dumps({**notebook, "cells": cells}, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def read_cells(data: bytes) -> list[dict]:
    """The cells of a student's notebook, as `grading.intake.notebook.read` gives them, whole, however long.

    With ids also where Colab keeps them, and outputs as today's format has them.

    Raises:
        CourseError: why there are none to be had, as a clause.
    """
    try:
        cells = read(data, longest=MOST_BYTES)
    except CourseError as error:  # what comes after the colon is for who hands the file in
        reason = str(error).partition(": ")[0].rstrip(".")
        raise CourseError(reason[0].lower() + reason[1:]) from None
    for cell in cells:
        if isinstance(name := cell["metadata"].get("id"), str):
            cell.setdefault("id", name)
        if "outputs" in cell:
            cell["outputs"] = [each for each in map(_valid_output, cell["outputs"]) if each]
    return cells


def _valid_output(output: Mapping[str, Any]) -> dict[str, Any] | None:
    """An output with just the parts that its kind has in the notebook format; None if it is of no kind."""
    kind = output.get("output_type")
    if not isinstance(kind, str) or kind not in OUTPUTS:
        return None
    parts = {
        key: value if isinstance(value := output.get(key), types) else types[0]()
        for key, types in OUTPUTS[kind].items()
    }
    return {"output_type": kind, **parts}


def has_work(data: bytes, course: bytes | None = None) -> bool:
    """Whether somebody wrote in a notebook: to have opened and run it is not enough. Yes if it cannot be read.

    course: the notebook that takes its place, whose cells are nobody's work either.
    """
    try:
        cells = read_cells(data)
    except CourseError:
        return True
    ours = set()
    if course is not None:
        with contextlib.suppress(CourseError):
            ours = {shipped_digest(cell) or digest(cell["source"]) for cell in read_cells(course)}
    return any(is_written(cell, ours) for cell in cells)


def is_written(cell: Mapping[str, Any], ours: Iterable[str] = ()) -> bool:
    """Whether there is something in a cell that we did not put there.

    ours: digests of sources that are ours, for cells that have lost their own.
    """
    known = shipped_digest(cell)
    if known:
        return digest(cell["source"]) != known or bool(cell.get("attachments"))
    return bool(cell["source"].strip() or cell.get("attachments")) and digest(cell["source"]) not in ours


def was_run(data: bytes) -> bool:
    """Whether somebody ran a lesson: under its exercises, checks and spoilers the course leaves no output."""
    with contextlib.suppress(ValueError, KeyError, TypeError, AttributeError):
        for cell in json.loads(data)["cells"]:
            role = cell["metadata"].get("course", {}).get("role")
            if role in ("exercise", "check", "spoiler") and cell.get("outputs"):
                return True
    return False


def names_lesson(data: bytes) -> str | None:
    """Which lesson a notebook says it is, in its metadata; None if it is none of ours."""
    try:
        name = json.loads(data)["metadata"]["course"]["lesson"]
    except (ValueError, KeyError, TypeError):
        return None
    return name if isinstance(name, str) else None
