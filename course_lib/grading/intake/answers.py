"""Take the answers out of a submission: the student's notebook, however it was edited on the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from course_lib.authoring.lesson import Lesson
from course_lib.authoring.solutions import FIRST_LINE, solved, squeezed, stub
from course_lib.authoring.student import student_notebook
from course_lib.grading.intake.definitions import Statement, borrowed, bound, statements

MOST_LOOKED_AT = 300_000
"""Characters of the student's own cells in which definitions are looked for."""
MOST_PIECES = 20
"""Cells that one answer may be put together from; of more, the last ones."""
MOST_NOTES = 20


@dataclass
class Collected:
    """Answers by grade_id, and how each was found.

    An answer may begin with lines from other cells that it needs; `lines_before` says how many, so that line 4 of the
    student's cell can be called so. `notes` are sentences for the student.
    """

    answers: dict[str, str] = field(default_factory=dict)
    found_by: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    lines_before: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Ours:
    """What of a lesson is needed to tell our cells from the student's."""

    ids: tuple[str, ...]
    sources: frozenset[str]
    stubs: Mapping[str, str]
    functions: Mapping[str, frozenset[str]]
    in_setup: frozenset[str]
    worked: tuple[Statement, ...]
    texts: frozenset[str]


@lru_cache(maxsize=8)
def _ours(lesson: Lesson) -> Ours:
    cells = [cell for cell in student_notebook(lesson).cells if cell.cell_type == "code"]
    parsed = {role: [s for cell in lesson.having(role) for s in statements(cell.source) or ()] for role in
              ("setup", "demo", "spoiler", "check")}  # fmt: skip
    setup = parsed["setup"]
    return Ours(
        ids=tuple(cell.id for cell in cells),
        sources=frozenset(squeezed(cell.source) for cell in cells),
        stubs={each: squeezed(stub(cell.source)) for each, cell in lesson.exercises.items()},
        functions={each: bound(solved(cell.source)) for each, cell in lesson.exercises.items()},
        in_setup=frozenset().union(*(each.defines | each.assigns for each in setup)),
        # only what defines or assigns: nobody's answer needs our plots, or a training run
        worked=tuple(replace(each, changes=frozenset()) for each in parsed["demo"] + parsed["spoiler"]),
        texts=frozenset(each.text for role in parsed for each in parsed[role]),
    )


def collect(lesson: Lesson, notebook: Mapping[str, Any]) -> Collected:
    """The answers in a notebook (as nbformat reads it, or plain JSON), each by its strongest surviving mark.

    A cell that was split or copied carries its grade_id twice: the pieces are put together in their order,
    untouched stubs left out. Position counts only in a notebook with as many code cells as ours. Where the cell of
    an exercise does not define its functions, a cell of the student's that does is its answer.

    Each answer is preceded by what it uses from the student's other cells, and from our worked code: so an answer
    works alone. Whoever put an import into our set-up cell, or calls a function from the lesson, loses nothing.
    """
    ours = _ours(lesson)
    cells = _get(notebook, "cells")
    cells = [c for c in cells if _get(c, "cell_type") == "code"] if isinstance(cells, list) else []
    sources = [_source(cell) for cell in cells]
    collected = Collected()
    places = _by_marks(lesson, ours, cells, sources, collected)
    taken = {place for found in places.values() for place in found}
    extra: dict[int, str] = {}
    looked_at = 0
    for place, source in enumerate(sources):
        if place not in taken and source.strip() and squeezed(source) not in ours.sources:
            looked_at += len(source)
            if looked_at <= MOST_LOOKED_AT:
                extra[place] = source
            else:
                collected.notes.append(f"Code cell {place + 1} was not looked at: there is too much code.")
    _by_function(lesson, ours, extra, places, collected)
    _with_definitions(lesson, ours, extra, places, collected)
    for grade_id, exercise in lesson.exercises.items():
        if grade_id not in collected.answers:
            collected.notes.append(f"Exercise {exercise.number} was not found in the file.")
    if len(collected.notes) > MOST_NOTES:
        left = len(collected.notes) - MOST_NOTES
        collected.notes[MOST_NOTES:] = [f"{left} more notes of this kind are left out."]
    return collected


def _by_marks(
    lesson: Lesson, ours: Ours, cells: list, sources: list[str], collected: Collected
) -> dict[str, list[int]]:
    """Fill in the answers that a mark leads to; the places of their cells."""
    marks = {
        "grade_id": [_get(cell, "metadata", "nbgrader", "grade_id") for cell in cells],
        "cell id": [
            _get(cell, "id") or _get(cell, "metadata", "id") for cell in cells
        ],  # the second is Colab's
        "first line": [_exercise_number(source) for source in sources],
        "position": ours.ids if len(cells) == len(ours.ids) else (),
    }
    found: dict[str, list[int]] = {}
    for found_by, values in marks.items():
        taken = {place for places in found.values() for place in places}
        for grade_id, exercise in lesson.exercises.items():
            sought = exercise.number if found_by == "first line" else grade_id
            places = [place for place, mark in enumerate(values) if mark == sought and place not in taken]
            if grade_id in found or not places:
                continue
            if len(places) > 1:  # a copied cell in which another exercise was written
                here = [
                    place for place in places if _exercise_number(sources[place]) in (None, exercise.number)
                ]
                places = here or places
            found[grade_id] = places
            taken.update(places)
            pieces = list(dict.fromkeys(sources[place] for place in places))[-MOST_PIECES:]
            written = [piece for piece in pieces if squeezed(piece) != ours.stubs[grade_id]]
            collected.found_by[grade_id] = found_by
            collected.answers[grade_id] = "\n\n".join(written or pieces[:1])
            if len(written) > 1:
                valid = [piece for piece in written if statements(piece) is not None]
                collected.answers[grade_id] = "\n\n".join(valid or written)
                left_out = (
                    ", those that are not valid Python left out" if 0 < len(valid) < len(written) else ""
                )
                collected.notes.append(
                    f"Exercise {exercise.number} was in {len(written)} cells; they were put together in their order"
                    f"{left_out}."
                )
            if found_by != "grade_id":
                collected.notes.append(
                    f"The cell of exercise {exercise.number} had lost its grade_id and was found by its {found_by}."
                )
    return found


def _by_function(
    lesson: Lesson, ours: Ours, extra: dict[int, str], places: dict[str, list[int]], collected: Collected
) -> None:
    """Answers that stand in cells of the student's own, below an untouched stub for instance, or in another answer's.

    One cell may hold several answers.
    """
    marked = {place: collected.answers[each] for each in reversed(places) for place in places[each][:1]}
    used: set[int] = set()
    for grade_id, exercise in lesson.exercises.items():
        answer = collected.answers.get(grade_id, "")
        untouched = not answer.strip() or squeezed(answer) == ours.stubs[grade_id]
        lacking = ours.functions[grade_id] - (frozenset() if untouched else bound(answer))
        others = {place: ours.functions[grade_id] & bound(source) for place, source in extra.items()}
        chosen = [place for place in extra if others[place] & lacking]
        if not chosen:
            theirs = {place: lacking & bound(source) for place, source in marked.items()}
            others |= {place: theirs[place] for place in theirs if place not in places.get(grade_id, ())}
            chosen = [place for place in others if place in marked and others[place]][:1]
        if not chosen:
            if any(others.values()):
                collected.notes.append(
                    f"Other cells, too, define what exercise {exercise.number} asks for; its own cell was taken."
                )
            continue
        keeps = not untouched and statements(answer) is not None
        pieces = ([answer] if keeps else []) + [extra.get(place) or marked[place] for place in chosen]
        used.update(chosen)
        collected.answers[grade_id] = "\n\n".join(pieces)
        collected.found_by[grade_id] = "function name"
        places[grade_id] = chosen
        names = ", ".join(sorted(lacking & frozenset().union(*(others[place] for place in chosen))))
        collected.notes.append(
            f"The cell of exercise {exercise.number} does not define {names}; another cell of yours does and was taken."
        )
    for place in used:
        extra.pop(place, None)


def _with_definitions(
    lesson: Lesson, ours: Ours, extra: dict[int, str], places: dict[str, list[int]], collected: Collected
) -> None:
    """Put before each answer what it uses from other cells."""
    parsed: dict[int, list[Statement]] = {}
    for place, source in extra.items():
        found = statements(source)
        if found is None:
            collected.notes.append(f"Code cell {place + 1} is not valid Python; nothing was taken from it.")
        parsed[place] = [each for each in found or () if each.text not in ours.texts]
    functions = frozenset().union(*ours.functions.values())
    for grade_id, exercise in lesson.exercises.items():
        answer = collected.answers.get(grade_id, "")
        if not answer.strip() or squeezed(answer) == ours.stubs[grade_id]:
            continue
        here = min(places[grade_id])
        before = [each for place in parsed if place < here for each in parsed[place]]
        after = [each for place in parsed if place > here for each in parsed[place]]
        used = borrowed(answer, (before, after), ours.worked, functions, ours.in_setup)
        if not used:
            continue
        above = "\n".join(each.text for each in used) + "\n\n"
        head = ""
        if answer.startswith("%%"):  # has to stay the first line
            head, _, answer = answer.partition("\n")
            head += "\n"
        collected.answers[grade_id] = head + above + answer
        collected.lines_before[grade_id] = above.count("\n")
        names = sorted(frozenset().union(*(each.defines | each.assigns for each in used)))
        listed = ", ".join(names[:5]) + (" and more" if len(names) > 5 else "")
        collected.notes.append(
            f"Exercise {exercise.number} uses {listed} from other cells, taken over with it."
        )


def _exercise_number(source: str) -> int | None:
    first = FIRST_LINE.match(source.lstrip())
    return int(first[1]) if first and len(first[1]) < 9 else None


def _source(cell: Any) -> str:
    source = _get(cell, "source")
    if isinstance(source, list):
        source = "".join(line for line in source if isinstance(line, str))
    return source if isinstance(source, str) else ""


def _get(value: Any, *keys: str) -> Any:
    for key in keys:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value
