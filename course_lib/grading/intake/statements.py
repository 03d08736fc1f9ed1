"""The top-level statements of a cell: which names each defines, assigns, changes and uses.

Read from the syntax alone: nothing of a student's is ever run here.
"""

from __future__ import annotations

import ast
import symtable
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from course_lib.grading.intake.plain_python import UNREADABLE, no_warnings, plain_python, written_file
from course_lib.grading.intake.reading_order import called, read_first, walk_at_once

ANY = "*"
"""Stands for names that cannot be read off, as after `from x import *`, `exec(text)` or `globals()[name] = 1`."""
OF_ITS_ARGUMENT = frozenset(
    {"setattr", "delattr", "shuffle", "copyto", "put", "putmask", "place", "fill_diagonal", "put_along_axis"}
    | {"at", "heapify", "heappush", "insort", "update_wrapper"}
)
"""Functions that change what they are given, by their last name."""
NAMESPACES = frozenset({"globals", "locals", "vars"})


@dataclass(frozen=True)
class Statement:
    """A top-level statement, its place in its cell and its names."""

    text: str
    defines: frozenset[str] = frozenset()
    """By def, class or import; ANY for names that cannot be read off."""
    assigns: frozenset[str] = frozenset()
    changes: frozenset[str] = frozenset()
    """As `table[key] = 1`, `table.append(1)` and `setattr(table, name, 1)` do."""
    uses: frozenset[str] = frozenset()
    """What it needs when it runs, or when its functions are called; `module_mark(m)` for a module m it imports."""
    reads: frozenset[str] = field(default=frozenset(), compare=False)
    """What it needs the moment it runs."""
    calls: frozenset[str] = field(default=frozenset(), compare=False)
    """What it calls the moment it runs."""
    hands: tuple[tuple[str, frozenset[str]], ...] = field(default=(), compare=False)
    """Functions that it calls for their effect, or decorates with, each with the names it gives them."""
    effects: frozenset[str] = field(default=frozenset(), compare=False)
    """Of a definition: the names outside it that its functions change when they are called."""
    fills: bool = field(default=False, compare=False)
    """Of a definition: its functions change something they are given."""
    kind: type[ast.stmt] = field(default=ast.stmt, compare=False)
    span: tuple[int, int, int, int] = field(default=(1, 0, 1, 0), compare=False)
    """First line and column, last line and column; lines from 1, columns in bytes of UTF-8."""

    @property
    def binds(self) -> frozenset[str]:
        return self.defines | self.assigns


@lru_cache(maxsize=4096)
def statements(source: str) -> tuple[Statement, ...] | None:
    """The statements of a cell, IPython's magics taken out; None if it is not valid Python (or too long to say)."""
    if (module := written_file(source)) is not None:
        return (_module(*module),)
    plain = plain_python(source)
    if plain is None:
        return None
    try:
        with no_warnings():
            return tuple(_statement(node) for node in ast.parse(plain).body)
    except UNREADABLE:
        return None


def bound(source: str) -> frozenset[str]:
    """The names that a cell gives a value at its top level."""
    return names_bound(statements(source) or ())


def names_bound(several: Iterable[Statement]) -> frozenset[str]:
    """The names that statements give a value."""
    return frozenset().union(*(each.binds for each in several))


def made_here(source: str) -> frozenset[str]:
    """The names that a cell gives a value without needing their old one; `f = jit(f)` does not make an f."""
    made: set[str] = set()
    needed: set[str] = set()
    for each in statements(source) or ():
        needed |= (each.reads & each.binds) - made
        made |= each.binds - needed
    return frozenset(made)


def module_mark(name: str) -> str:
    """How a module of the student's own is called among the names: no name in a program looks like it."""
    return f"import {name}"


def _module(name: str, text: str) -> Statement:
    """The statement that has the same effect as writing this file and finding it when it is imported."""
    lines = (
        f"_module = __import__('types').ModuleType({name!r})",
        f"exec({text!r}, _module.__dict__)",
        f"__import__('sys').modules[{name!r}] = _module",
    )
    inside = statements(text) or ()
    uses = {name for each in inside for name in each.uses if name.startswith("import ")}
    return Statement("\n".join(lines), defines=frozenset({module_mark(name)}), uses=frozenset(uses))


def _statement(node: ast.stmt) -> Statement:
    text = ast.unparse(node)
    table = symtable.symtable(text, "<cell>", "exec")
    given = frozenset(
        each.get_name()
        for each in table.get_symbols()
        if each.is_assigned() or each.is_imported() or each.is_namespace()
    )
    whole = {
        "kind": type(node),
        "span": (node.lineno, node.col_offset, node.end_lineno or node.lineno, node.end_col_offset or 0),
    }
    if isinstance(node, ast.Import):
        marks = frozenset(module_mark(alias.name) for alias in node.names)
        return Statement(text, defines=given, uses=marks, **whole)
    if isinstance(node, ast.ImportFrom):
        marks = frozenset({module_mark(node.module)} if node.module and not node.level else ())
        return Statement(text, defines=given or frozenset({ANY}), uses=marks, **whole)
    used = _uses(table)
    changes = frozenset(_changed(walk_at_once(node)))
    hands = tuple(_hands(node))
    whole |= {"reads": read_first(node), "calls": called(node), "hands": hands}
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        changed = frozenset(_changed(ast.walk(node)))
        given_to = {
            each.arg for inner in ast.walk(node) if isinstance(inner, ast.arguments) for each in _args(inner)
        }
        declared = {name for inner in ast.walk(node) if isinstance(inner, ast.Global) for name in inner.names}
        whole |= {"effects": (changed & (used | {ANY})) | declared, "fills": bool(changed & given_to)}
        return Statement(text, given - declared, changes=changes - {ANY}, uses=used, **whole)
    bound_first = given - whole["reads"]
    wild = frozenset({ANY} & changes)
    return Statement(text, wild, given, changes - {ANY}, used - bound_first, **whole)


def _uses(table: symtable.SymbolTable) -> frozenset[str]:
    """The global names a statement refers to, those inside its functions too."""
    inside = table.get_type() != "module"
    names = {s.get_name() for s in table.get_symbols() if (s.is_global() if inside else s.is_referenced())}
    return frozenset(names).union(*(_uses(child) for child in table.get_children()))


def _args(given: ast.arguments) -> Iterator[ast.arg]:
    yield from (*given.posonlyargs, *given.args, *given.kwonlyargs)


def _base(node: ast.expr) -> ast.expr:
    """What an attribute or an element belongs to in the end."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node


def _changed(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """The names whose things these nodes change; ANY if they change the names themselves."""
    for node in nodes:
        targets: list[ast.expr] = []
        if isinstance(node, ast.Assign | ast.Delete):
            targets = node.targets
        elif isinstance(node, ast.AugAssign | ast.AnnAssign):
            targets = [node.target]
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            targets = [node.value.func]
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            made_by = (each.func if isinstance(each, ast.Call) else each for each in node.decorator_list)
            targets = [each for each in made_by if isinstance(each, ast.Attribute)]
        for target in targets:
            inner = _base(target)
            if isinstance(inner, ast.Name) and inner is not target:
                yield inner.id
            elif isinstance(inner, ast.Call) and _last_name(inner.func) in NAMESPACES:
                yield ANY
        if isinstance(node, ast.Call) and (name := _last_name(node.func)):
            if name not in OF_ITS_ARGUMENT and name != "exec":
                continue
            given = node.args[1:2] if name == "exec" else node.args[:1]
            inner = _base(given[0]) if given else None
            if isinstance(inner, ast.Name) and inner.id != "sys":
                yield inner.id
            elif name in ("exec", "setattr"):  # here, or in a module found by its name: this one most likely
                yield ANY


def _last_name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def _hands(node: ast.stmt) -> Iterator[tuple[str, frozenset[str]]]:
    for inner in walk_at_once(node):
        called_for_effect: list[ast.expr] = []
        if isinstance(inner, ast.Expr | ast.Assign):  # register(f), and f = register(f)
            called_for_effect = [inner.value]
        elif isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            called_for_effect = [*inner.decorator_list, *getattr(inner, "bases", ())]
        for each in called_for_effect:
            given: list[ast.expr] = []
            while isinstance(each, ast.Call):
                given += each.args + [keyword.value for keyword in each.keywords]
                each = each.func
            if isinstance(each, ast.Name):
                names = frozenset(arg.id for arg in given if isinstance(arg, ast.Name))
                yield each.id, names if isinstance(inner, ast.Expr) else frozenset()
