"""An answer as it runs where nothing of the student's notebook has run but what it needs."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass

from course_lib.grading.intake.definitions import borrowed, needed_by
from course_lib.grading.intake.our_cells import Ours
from course_lib.grading.intake.plain_python import plain_python
from course_lib.grading.intake.statements import ANY, Statement, made_here, names_bound, statements
from course_lib.grading.intake.trials import left_out, trials, unresolved

NOT_NEEDED = "from __future__ import annotations"
"""In a kernel it holds for all later cells; in one source it has to stand first."""


@dataclass(frozen=True)
class Alone:
    """The source; how many of its lines stand before the student's own; names that come from other cells."""

    source: str
    lines_before: int
    names: tuple[str, ...]


def standing_alone(
    answer: str, grade_id: str, extra: Sequence[Sequence[Statement]], ours: Ours, notes_unread: bool
) -> Alone | None:
    """An answer in plain Python, after what it needs from other cells; None if it is no Python.

    Lines that only try it out are left out (see `trials`); all others stay where they were.

    Args:
        answer: the student's cell, or several.
        extra: statements of the student's other cells: those before the answer, those after it.
        notes_unread: whether a cell of the student's says that annotations are not evaluated.
    """
    plain, own = plain_python(answer), statements(answer)
    if plain is None or own is None:
        return None
    all_functions = frozenset().union(*ours.functions.values())
    functions = ours.functions[grade_id] & names_bound(own)
    matters = set(range(len(own)))
    if functions and not any(ANY in each.binds for each in own):
        matters = needed_by(functions, own)
    dropped = trials(own, matters, functions)
    made = made_here(answer)
    wanted = _used(own, matters) - made
    in_passing = _used(own, set(range(len(own))) - matters - dropped) - made
    extra = [[each for each in group if each.text != NOT_NEEDED] for group in extra]
    used = borrowed(wanted, in_passing, extra, ours.worked, all_functions, ours.in_setup)
    known = names_bound(used) | ours.in_setup | (all_functions - functions)
    dropped |= unresolved(own, matters, dropped, known)
    futures = {place for place, each in enumerate(own) if each.text == NOT_NEEDED}
    head = [NOT_NEEDED] if futures or (notes_unread and _is_annotated(plain)) else []
    above = [*head, *(each.text for each in used)]
    text = "\n".join(above) + "\n\n" if above else ""
    names = sorted(name for name in names_bound(used) if name != ANY)
    source = text + left_out(plain, own, dropped | futures)
    return Alone(source, text.count("\n"), tuple(name.replace("import ", "the module ") for name in names))


def _used(cell: Sequence[Statement], places: set[int]) -> set[str]:
    return set().union(*(cell[place].uses for place in places))


def _is_annotated(source: str) -> bool:
    nodes = list(ast.walk(ast.parse(source)))
    return any(
        isinstance(node, ast.AnnAssign) or getattr(node, "annotation", None) or getattr(node, "returns", None)
        for node in nodes
    )
