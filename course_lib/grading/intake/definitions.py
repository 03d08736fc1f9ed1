"""What does an answer stand on? The statements of other cells that define the names it uses, and nothing more.

Statements and not whole cells are taken over: beside a helper function there often is a trial call, a plot or a slow
loop, which would fail or take long where only one answer runs.
"""

from __future__ import annotations

import ast
import builtins
import re
import symtable
import warnings
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache

LONGEST = 50_000
"""Characters of a cell that is looked at."""
BUILTINS = frozenset(dir(builtins))
HARMLESS = re.compile(r"%%(?:time|timeit|capture|prun)\b")
MAGIC = re.compile(r"^([ \t]*)(?:[%!?].*|[\w.]+ *\?{1,2} *)$", re.MULTILINE)
UNREADABLE = (SyntaxError, ValueError, RecursionError, MemoryError)
"""What Python's parser raises for a source that is none, nested too deep, or holds a zero byte."""


@dataclass(frozen=True)
class Statement:
    """A top-level statement: the names it defines, assigns and changes, and those it uses."""

    text: str
    defines: frozenset[str] = frozenset()
    """By def, class or import; "*" for all names of a module."""
    assigns: frozenset[str] = frozenset()
    changes: frozenset[str] = frozenset()
    """As `table[key] = 1` and `table.append(1)` do."""
    uses: frozenset[str] = frozenset()


@lru_cache(maxsize=4096)
def statements(source: str) -> tuple[Statement, ...] | None:
    """The statements of a cell, IPython's magics taken out; None if it is not valid Python (or too long to say)."""
    if len(source) > LONGEST:
        return None
    try:
        with _no_warnings():
            return tuple(_statement(node) for node in _syntax_tree(source).body)
    except UNREADABLE:
        return None


def bound(source: str) -> frozenset[str]:
    """The names that a cell gives a value at its top level."""
    return frozenset().union(*(each.defines | each.assigns for each in statements(source) or ()))


def borrowed(
    answer: str,
    extra: Sequence[Sequence[Statement]],
    ours: Sequence[Statement],
    without: Collection[str],
    in_setup: Collection[str],
) -> list[Statement]:
    """The statements an answer needs, in the order in which they have to run.

    Args:
        extra: the student's statements, in groups by preference: those before the answer, those after it.
        ours: those of the lesson's worked code, for what is defined nowhere else.
        without: names that are never looked for, the functions of all exercises.
        in_setup: names the set-up cell defines; the student may define them anew.
    """
    own = statements(answer) or ()
    needed = set().union(*(each.uses for each in own)) - set(without)
    for each in own:
        needed -= each.defines | (each.assigns - each.uses)
    resolved: set[str] = set()
    taken: list[list[Statement]] = []
    for group in extra:
        wanted = needed - resolved
        if group is not extra[0]:  # a trial further down that calls its variable `sigmoid` is no new sigmoid
            wanted -= set(in_setup)
        chosen = _closure(group, wanted, {*without})
        if any(name not in in_setup and name not in BUILTINS for name in wanted - _bound_by(chosen)):
            stars = [each for each in group if "*" in each.defines]
            kept = {*stars, *chosen}
            chosen = [each for each in group if each in kept]
        taken.append(chosen)
        resolved |= _bound_by(chosen)
        needed |= set().union(*(each.uses for each in chosen)) - set(without)
    left = needed - resolved - set(in_setup) - BUILTINS
    return [
        *_closure(ours, left, {*without, *in_setup, *BUILTINS}),
        *(each for group in taken for each in group),
    ]


def _closure(group: Sequence[Statement], wanted: set[str], without: set[str]) -> list[Statement]:
    """The statements of a group that bind what is wanted, or what those use, and so on."""
    variables = frozenset().union(*(each.assigns for each in group)) - BUILTINS
    giving: dict[str, list[int]] = {}
    for place, each in enumerate(group):
        for name in each.defines | (each.assigns - BUILTINS) | (each.changes & variables):
            giving.setdefault(name, []).append(place)
    waiting, chosen = list(wanted), set()
    while waiting:
        for place in giving.pop(waiting.pop(), ()):
            if place not in chosen:
                chosen.add(place)
                waiting += group[place].uses - without
    return [group[place] for place in sorted(chosen)]


def _bound_by(chosen: Sequence[Statement]) -> set[str]:
    return set().union(*(each.defines | each.assigns for each in chosen))


def _syntax_tree(source: str) -> ast.Module:
    """The syntax tree; where the source is no Python as it stands, without lines that only IPython understands."""
    try:
        return ast.parse(source)
    except SyntaxError:
        if source.lstrip().startswith("%%"):
            source = HARMLESS.sub("#", source.lstrip(), count=1)
        return ast.parse(MAGIC.sub(r"\1pass", source))


def _statement(node: ast.stmt) -> Statement:
    text = ast.unparse(node)
    table = symtable.symtable(text, "<cell>", "exec")
    names = table.get_symbols()
    given = {
        each.get_name() for each in names if each.is_assigned() or each.is_imported() or each.is_namespace()
    }
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Import):
        return Statement(text, defines=frozenset(given), uses=_uses(table))
    if isinstance(node, ast.ImportFrom):
        return Statement(text, defines=frozenset(given or {"*"}))
    uses = _uses(table) - frozenset(_bound_inside(node))
    return Statement(text, assigns=frozenset(given), changes=frozenset(_changed(node)), uses=uses)


def _uses(table: symtable.SymbolTable) -> frozenset[str]:
    """The global names a statement refers to, those inside its functions too."""
    inside = table.get_type() != "module"
    names = {s.get_name() for s in table.get_symbols() if (s.is_global() if inside else s.is_referenced())}
    return frozenset(names).union(*(_uses(child) for child in table.get_children()))


def _bound_inside(statement: ast.stmt) -> Iterator[str]:
    """Names that a loop or a `with` gives a value before it uses them."""
    for node in ast.walk(statement):
        target = getattr(node, "target", None) if isinstance(node, ast.For | ast.AsyncFor) else None
        target = node.optional_vars if isinstance(node, ast.withitem) else target
        yield from (each.id for each in ast.walk(target) if isinstance(each, ast.Name)) if target else ()


def _changed(statement: ast.stmt) -> Iterator[str]:
    for node in ast.walk(statement):
        targets: list[ast.expr] = []
        if isinstance(node, ast.Assign | ast.Delete):
            targets = node.targets
        elif isinstance(node, ast.AugAssign | ast.AnnAssign):
            targets = [node.target]
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            targets = [node.value.func]
        for target in targets:
            inner = target
            while isinstance(inner, ast.Attribute | ast.Subscript):
                inner = inner.value
            if isinstance(inner, ast.Name) and inner is not target:
                yield inner.id


@contextmanager
def _no_warnings() -> Iterator[None]:
    """Python's remarks on a student's source (escapes in strings, say) are not for the teacher's terminal."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
