"""Take the answers out of a submission: the student's notebook, however it was edited on the way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from course_lib.authoring.lesson import Lesson
from course_lib.authoring.solutions import squeezed
from course_lib.grading.intake.marks import by_marks, code_cells, names_of, source_of
from course_lib.grading.intake.our_cells import Ours, cells_of
from course_lib.grading.intake.pieces import is_whole, rejoined
from course_lib.grading.intake.standing_alone import NOT_NEEDED, standing_alone
from course_lib.grading.intake.statements import Statement, made_here, statements

MOST_LOOKED_AT = 300_000
"""Characters of the student's own cells in which definitions are looked for."""
MOST_NOTES = 20


@dataclass
class Collected:
    """Answers by grade_id, and how each was found.

    An answer is plain Python where it can be: see `standing_alone`. It may begin with lines from other cells that it
    needs; `lines_before` says how many, so that line 4 of the student's cell can be called so. `written` is what the
    student wrote, magics and trials included. `notes` are sentences for the student.
    """

    answers: dict[str, str] = field(default_factory=dict)
    found_by: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    lines_before: dict[str, int] = field(default_factory=dict)
    written: dict[str, str] = field(default_factory=dict)


def collect(lesson: Lesson, notebook: Mapping[str, Any]) -> Collected:
    """The answers in a notebook (as nbformat reads it, or plain JSON), each by its strongest surviving mark.

    A cell that was split or copied carries its grade_id twice: the pieces are put together in their order,
    untouched stubs left out. Position counts only in a notebook with as many code cells as ours. Where the cell of
    an exercise does not define its functions, a cell of the student's that does is its answer.

    Each answer is preceded by what it uses from the student's other cells, and from our worked code: so an answer
    works alone. Whoever put an import into our set-up cell, or calls a function from the lesson, loses nothing.
    """
    ours = cells_of(lesson)
    cells = code_cells(lesson, ours, notebook)
    written = [source_of(cell) for cell in cells]
    theirs = [squeezed(source) not in ours.sources for source in written]
    sources = rejoined(written, theirs.__getitem__)
    marked = by_marks(lesson, ours, cells, sources)
    collected = Collected(marked.answers, marked.found_by, marked.notes)
    for place, (source, before) in enumerate(zip(sources, written, strict=True)):
        if before.strip() and not source:
            collected.notes.append(
                f"Code cell {place + 1} goes on in the middle of the one above; they were put together."
            )
    taken = {place for places in marked.places.values() for place in places}
    extra: dict[int, str] = {}
    looked_at = 0
    for place, source in enumerate(sources):
        if place not in taken and source.strip() and theirs[place]:
            looked_at += len(source)
            if looked_at <= MOST_LOOKED_AT:
                extra[place] = source
            else:
                collected.notes.append(f"Code cell {place + 1} was not looked at: there is too much code.")
    _by_function(lesson, ours, extra, marked.places, collected)
    collected.written = dict(collected.answers)
    _with_definitions(lesson, ours, extra, marked.places, _checks(ours, cells), collected)
    for grade_id, exercise in lesson.exercises.items():
        if grade_id not in collected.answers:
            collected.notes.append(f"Exercise {exercise.number} was not found in the file.")
    if len(collected.notes) > MOST_NOTES:
        left = len(collected.notes) - MOST_NOTES
        collected.notes[MOST_NOTES:] = [f"{left} more notes of this kind are left out."]
    return collected


def _by_function(
    lesson: Lesson, ours: Ours, extra: dict[int, str], places: dict[str, list[int]], collected: Collected
) -> None:
    """Answers that stand in cells of the student's own, below an untouched stub for instance, or in another answer's.

    One cell may hold several answers. A cell with `f = jit(f)` does not define f: the one that does comes before it.
    """
    marked = {place: collected.answers[each] for each in reversed(places) for place in places[each][:1]}
    used: set[int] = set()
    for grade_id, exercise in lesson.exercises.items():
        answer = collected.answers.get(grade_id, "")
        untouched = ours.is_stub(grade_id, answer)
        lacking = ours.functions[grade_id] - (frozenset() if untouched else made_here(answer))
        others = {place: ours.functions[grade_id] & made_here(source) for place, source in extra.items()}
        chosen = [place for place in extra if others[place] & lacking]
        if not chosen:
            theirs = {place: lacking & made_here(source) for place, source in marked.items()}
            others |= {place: theirs[place] for place in theirs if place not in places.get(grade_id, ())}
            chosen = [place for place in others if place in marked and others[place]][:1]
        if not chosen:
            if any(others.values()):
                collected.notes.append(
                    f"Other cells, too, define what exercise {exercise.number} asks for; its own cell was taken."
                )
            continue
        keeps = not untouched and is_whole(answer)
        pieces = {place: extra.get(place) or marked[place] for place in chosen}
        if keeps:
            pieces[min(places[grade_id])] = answer
        used.update(chosen)
        collected.answers[grade_id] = "\n\n".join(pieces[place] for place in sorted(pieces))
        collected.found_by[grade_id] = "function name"
        places[grade_id] = chosen
        names = ", ".join(sorted(lacking & frozenset().union(*(others[place] for place in chosen))))
        collected.notes.append(
            f"The cell of exercise {exercise.number} does not define {names}; another cell of yours does and was taken."
        )
    for place in used:
        extra.pop(place, None)


def _with_definitions(
    lesson: Lesson,
    ours: Ours,
    extra: dict[int, str],
    places: dict[str, list[int]],
    checks: dict[str, int],
    collected: Collected,
) -> None:
    """Put before each answer what it uses from other cells."""
    parsed: dict[int, list[Statement]] = {}
    for place, source in extra.items():
        found = statements(source)
        if found is None:
            collected.notes.append(f"Code cell {place + 1} is not valid Python; nothing was taken from it.")
        parsed[place] = [each for each in found or () if each.text not in ours.texts]
    everything = [*parsed.values(), *(statements(answer) or () for answer in collected.answers.values())]
    notes_unread = any(each.text == NOT_NEEDED for cell in everything for each in cell)
    for grade_id, exercise in lesson.exercises.items():
        answer = collected.answers.get(grade_id, "")
        if ours.is_stub(grade_id, answer):
            continue
        here = min(places[grade_id])
        before = [each for place in parsed if place < here for each in parsed[place]]
        after = [each for place in parsed if place > here for each in parsed[place]]
        below = [place for place in parsed if here < place < checks.get(grade_id, here)]
        wrapped = _wrapping(ours.functions[grade_id], [each for place in below for each in parsed[place]])
        answer = "\n\n".join([answer, *(each.text for each in wrapped)])
        alone = standing_alone(answer, grade_id, (before, after), ours, notes_unread)
        if alone is None:  # no Python, as the kernel will say
            continue
        collected.answers[grade_id] = alone.source
        if alone.lines_before:
            collected.lines_before[grade_id] = alone.lines_before
        if alone.names:
            listed = ", ".join(alone.names[:5]) + (" and more" if len(alone.names) > 5 else "")
            collected.notes.append(
                f"Exercise {exercise.number} uses {listed} from other cells, taken over with it."
            )


def _wrapping(functions: frozenset[str], below: Sequence[Statement]) -> list[Statement]:
    """What cells between an answer and its check make of it: `f = np.vectorize(f)`, `f.table = {}`."""
    return [
        each
        for each in below
        if functions & (each.binds & each.reads | each.changes) and not functions & each.calls
    ]


def _checks(ours: Ours, cells: Sequence[Any]) -> dict[str, int]:
    """Where the first check of each exercise stands."""
    found: dict[str, int] = {}
    for place, cell in enumerate(cells):
        names = names_of(cell)
        for grade_id, ids in ours.checks.items():
            if not ids.isdisjoint(names):
                found.setdefault(grade_id, place)
    return found
