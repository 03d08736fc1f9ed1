"""Put a student's work into a notebook of the course: answers, changed cells, cells of their own."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from course_lib.authoring.as_shipped import shipped_digest
from course_lib.authoring.dependencies import functions, tree
from course_lib.authoring.solutions import FIRST_LINE, squeezed
from course_lib.updates.matching import grade_id_of, has_our_id, is_bare, partners, role_of
from course_lib.updates.notebooks import dump, is_written, load, read_cells

CELL_ID = re.compile(r"[\w-]{1,64}", re.ASCII)
"""As the notebook format has it."""
STUB = 'raise NotImplementedError("Exercise '
ASIDE = "Kept by an update, since {why}. What you wrote:\n\n"
"""What stands before an answer that found no place, in a raw cell, which is shown and never run."""


@dataclass
class Carried:
    """A notebook with the student's work in it, how much of each kind it is, and what the student should know."""

    text: str = ""
    answers: int = 0
    changed: int = 0
    added: int = 0
    notes: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        counts = {"answer": self.answers, "changed cell": self.changed, "added cell": self.added}
        words = [f"{count} {name}{'s' * (count > 1)}" for name, count in counts.items() if count]
        return " and ".join([", ".join(words[:-1]), words[-1]] if words[1:] else words) or "nothing"


def carry(old: bytes, course: bytes) -> Carried:
    """The notebook `course` with the work from `old` in it. A second time adds nothing.

    Nothing that somebody wrote in `course` already is touched. For each cell that the student changed: if we did not
    change it since, the student's stands; an answer stands also if we did, as long as its functions are called as the
    new exercise calls them. Everything else is in a raw cell or named in the notes.

    Raises:
        CourseError: one of the two cannot be read; the message is a clause.
    """
    merge = _Merge(load(course), read_cells(old))
    merge.run()
    merge.done.text = dump(merge.notebook)
    return merge.done


class _Merge:
    def __init__(self, notebook: dict[str, Any], theirs: list[dict]) -> None:
        self.notebook, self.theirs = notebook, theirs
        self.cells = {cell["id"]: cell for cell in notebook["cells"]}
        self.done = Carried()
        self.there = {_content(cell) for cell in notebook["cells"]}
        self.ours = {shipped_digest(cell) or "" for cell in notebook["cells"]}
        self.fresh = {name for name, cell in self.cells.items() if not is_written(cell)}
        """Cells of the course in which nobody has written."""
        self.inserted: dict[str, list[dict]] = defaultdict(list)
        """New cells, by the id of the one after which they come; those under "" come first."""

    def run(self) -> None:
        course = self.notebook["cells"]
        found = partners(self.theirs, course)
        pieces: dict[str, list[dict]] = defaultdict(list)
        for cell, name in zip(self.theirs, found, strict=True):
            if name and self._is_written(cell):
                pieces[name].append(cell)
        bare, anchor = is_bare(self.theirs, course), ""
        for cell, name in zip(self.theirs, found, strict=True):
            anchor = name or anchor
            if name and cell in pieces[name]:
                self._carry(cell, name, pieces[name])
            elif name:
                self._leave(self.cells[name], cell)
            elif self._is_written(cell) and not bare:
                self._add_own(cell, anchor)
        if bare:
            self.done.notes.append(
                "the cells have lost the course's marks, so only answers were carried; look through the old file"
            )
        self.notebook["cells"] = [
            *self.inserted[""],
            *(each for cell in course for each in (cell, *self.inserted[cell["id"]])),
        ]

    def _is_written(self, cell: Mapping[str, Any]) -> bool:
        return is_written(cell, self.ours) and _content(cell) not in self.there

    def _leave(self, ours: dict, cell: Mapping[str, Any]) -> None:
        """A cell of the course in which the student wrote nothing: ours is the one, with what they saw under it."""
        (kind, source), (was, same) = _content(ours), _content(cell)
        if was == kind and source == same and cell.get("outputs") and ours.get("outputs") == []:
            ours["outputs"] = cell["outputs"]  # under a check or an exercise, for which the course has none
        elif was != kind and source == same:
            self.done.notes.append(f"{_called(ours)} was a {was} cell, and is {kind} again")

    def _carry(self, cell: dict, name: str, pieces: Sequence[dict]) -> None:
        """One of the cells that are a cell of the course: what the student changed in it, or put beside it."""
        ours = self.cells[name]
        before, now = shipped_digest(cell), shipped_digest(ours)
        if role_of(ours) == "exercise":
            kept_up = before == now or _answers(pieces, ours["source"])
            if not before and STUB in cell["source"]:  # perhaps only our older stub: its digest would tell
                self._set_aside(cell, name, f"{_called(cell)} does not look finished")
            elif not kept_up:
                self._set_aside(cell, name, f"{_called(ours)} asks for something else now")
            elif cell is not pieces[0]:
                self._insert(cell, name)
            elif name not in self.fresh:
                self._set_aside(cell, name, f"{_called(ours)} had an answer here already")
            else:
                if cell["cell_type"] != "code":
                    unrun = f"a {cell['cell_type']} cell, which is never run"
                    self.done.notes.append(f"{_called(ours)} was {unrun}: it is code again")
                _replace(ours, cell)
                self.done.answers += 1
                if before and before != now:
                    self.done.notes.append(f"{_called(ours)} has been reworded since you answered it")
        elif cell["cell_type"] != ours["cell_type"]:  # as ours, it would be run or not run against their will
            self._insert(cell, name)
            self.done.added += 1
            self.done.notes.append(
                f"the cell {_called(ours)} is a {cell['cell_type']} cell with you: yours stands below the course's"
            )
        elif cell is not pieces[0] or now is None:  # a copy under the same id; a cell of the student's own
            self._insert(cell, name)
            self.done.added += 1
        elif before == now and name in self.fresh:
            _replace(ours, cell)
            self.done.changed += 1
        else:
            who = "has changed in the course too" if before else "is not as it is in the course now"
            self.done.notes.append(f"your version of the cell {_called(ours)} was left out: it {who}")

    def _add_own(self, cell: dict, anchor: str) -> None:
        """A cell that is none of the course's: the student's, or one of ours that is gone."""
        role, grade_id = role_of(cell), grade_id_of(cell)
        if has_our_id(cell):
            self._set_aside(cell, anchor, f"{_called(cell)} is no longer in the lesson")
        elif role == "exercise" and grade_id not in self.cells:
            self._set_aside(cell, anchor, f"its exercise ({grade_id}) is no longer in the lesson")
        else:
            self._insert(cell, anchor)
            self.done.added += 1

    def _set_aside(self, cell: dict, anchor: str, why: str) -> None:
        source = ASIDE.format(why=why) + cell["source"]
        raw = {"cell_type": "raw", "metadata": {}, "source": source, "id": f"kept-{cell.get('id', '')}"}
        if _content(raw) not in self.there:
            self._insert(raw, anchor)
        self.done.notes.append(f"{why}: what you wrote is in the notebook, in a raw cell")

    def _insert(self, cell: dict, anchor: str) -> None:
        wanted = ("cell_type", "metadata", "source", "outputs", "attachments")
        new = {key: cell[key] for key in wanted if key in cell}
        if cell["cell_type"] == "code":
            new.pop("attachments", None)
            new["execution_count"] = None
        new["id"] = self._free_id(cell.get("id", ""))
        self.inserted[anchor].append(new)

    def _free_id(self, wanted: str) -> str:
        taken = {*self.cells, *(cell["id"] for cells in self.inserted.values() for cell in cells)}
        base = wanted if CELL_ID.fullmatch(wanted) else "yours"
        names = [base, *(f"{base[:55]}-{number}" for number in range(2, len(taken) + 3))]
        return next(name for name in names if name not in taken)


def _content(cell: Mapping[str, Any]) -> tuple[str, str]:
    return cell["cell_type"], squeezed(cell["source"])


def _replace(ours: dict, cell: Mapping[str, Any]) -> None:
    """Our cell with the student's source; its kind and marks stay ours."""
    ours["source"] = cell["source"]
    if ours["cell_type"] == "code":
        ours["outputs"], ours["execution_count"] = list(cell.get("outputs", ())), None
    elif "attachments" in cell:
        ours["attachments"] = cell["attachments"]


def _answers(pieces: Sequence[Mapping[str, Any]], stub: str) -> bool:
    """Whether an answer has the functions that a stub has, with the same arguments, as far as can be seen.

    An answer that is no Python yet, or makes its functions in another way, has the benefit of the doubt.
    """
    answer = "\n".join(cell["source"] for cell in pieces)
    theirs = _signatures(answer)
    return all(
        theirs.get(name, wanted) == wanted and re.search(rf"\b{name}\b", answer)
        for name, wanted in _signatures(stub).items()
    )


def _signatures(source: str) -> dict[str, list[str]]:
    """The functions that a source defines, each with the names of its arguments."""
    plain = re.sub(r"^[ \t]*[%!].*$", "", source, flags=re.MULTILINE)
    found = [node for node in tree(plain).body if isinstance(node, ast.FunctionDef)]
    return {each.name: [arg.arg for arg in ast.walk(each.args) if isinstance(arg, ast.arg)] for each in found}


def _called(cell: Mapping[str, Any]) -> str:
    """How a cell is named to the student: an exercise by its number, others by how they begin."""
    number = FIRST_LINE.match(cell["source"])
    if number:
        return f"exercise {number[1]}" + _function_named(cell["source"])
    first = next((line.strip() for line in cell["source"].splitlines() if line.strip()), "")
    return f"'{first[:50]}...'" if len(first) > 50 else f"'{first}'"


def _function_named(source: str) -> str:
    names = sorted(functions(source))
    return f" ({', '.join(names)})" if names else ""
