"""What does an answer stand on? The statements of other cells that define the names it uses, and nothing more.

Statements and not whole cells are taken over: beside a helper function there often is a trial call, a plot or a slow
loop, which would fail or take long where only one answer runs.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Collection, Iterable, Mapping, Sequence

from course_lib.grading.intake.statements import ANY, Statement, names_bound

BUILTINS = frozenset(dir(builtins))


def borrowed(
    wanted: Collection[str],
    in_passing: Collection[str],
    extra: Sequence[Sequence[Statement]],
    ours: Sequence[Statement],
    without: Collection[str],
    in_setup: Collection[str],
) -> list[Statement]:
    """The statements an answer needs, in the order in which they have to run.

    Args:
        wanted: the names its functions need.
        in_passing: names that other lines of its cell use. They get the student's definitions and imports alone: no
            value that takes its time to compute, and nothing of ours.
        extra: the student's statements, in groups by preference: those before the answer, those after it.
        ours: those of the lesson's worked code, for what is defined nowhere else.
        without: names that are never looked for, the functions of all exercises.
        in_setup: names the set-up cell defines; the student may define them anew.
    """
    needed, also = set(wanted) - set(without), set(in_passing) - set(without)
    resolved: set[str] = set()
    taken: list[list[Statement]] = []
    effects = _effects(each for group in extra for each in group)
    for group in extra:
        spared = set() if group is extra[0] else set(in_setup)
        # a trial further down that calls its variable `sigmoid` is no new sigmoid
        chosen = _closure(group, needed - resolved - spared, {*without}, effects)
        lacking = needed - resolved - set(in_setup) - BUILTINS - names_bound(group[place] for place in chosen)
        if any(name.isidentifier() for name in lacking):
            chosen |= _closure(group, {ANY}, {*without}, effects)
        defining = [each if each.defines and not each.assigns else Statement(each.text) for each in group]
        defined = _closure(defining, also - resolved - spared, {*without}, effects)
        used = set().union(*(group[place].uses for place in defined)) - set(without)
        chosen |= defined | _closure(group, used - resolved - spared, {*without}, effects)
        kept = [group[place] for place in sorted(chosen)]
        taken.append(kept)
        resolved |= names_bound(kept)
        needed |= set().union(*(each.uses for each in kept)) - set(without)
    left = needed - resolved - set(in_setup) - BUILTINS
    return [
        *(ours[place] for place in sorted(_closure(ours, left, {*without, *in_setup, *BUILTINS}, {}))),
        *(each for group in taken for each in group),
    ]


def needed_by(names: Collection[str], cell: Sequence[Statement]) -> set[int]:
    """The places of a cell's statements without which it would not give these names their values."""
    return _closure(cell, set(names), set(), _effects(cell))


def _closure(
    group: Sequence[Statement], wanted: set[str], without: set[str], effects: Mapping[str, Statement]
) -> set[int]:
    """The places of a group's statements that bind or change what is wanted, or what those use, and so on."""
    made = {name for each in group if each.kind not in (ast.Import, ast.ImportFrom) for name in each.binds}
    made = made - BUILTINS
    giving: dict[str, list[int]] = {}
    for place, each in enumerate(group):
        for name in each.defines | (each.assigns - BUILTINS) | (_changes(each, effects) & (made | {ANY})):
            giving.setdefault(name, []).append(place)
    waiting, chosen = list(wanted), set()
    while waiting:
        for place in giving.pop(waiting.pop(), ()):
            if place not in chosen:
                chosen.add(place)
                waiting += group[place].uses - without
    return chosen


def _effects(several: Iterable[Statement]) -> dict[str, Statement]:
    """The definitions whose functions change something that is not theirs, by name."""
    return {name: each for each in several if each.effects or each.fills for name in each.defines}


def _changes(statement: Statement, effects: Mapping[str, Statement]) -> frozenset[str]:
    """What a statement changes itself and by the functions it calls for their effect, `register(f)` for instance."""
    changed = statement.changes
    for function, given in statement.hands:
        if function in effects:
            changed |= effects[function].effects | (given if effects[function].fills else frozenset())
    return changed
