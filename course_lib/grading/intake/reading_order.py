"""What a statement reads and calls the moment it runs: not what its functions do when they are called later."""

from __future__ import annotations

import ast
from collections.abc import Iterator

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
LOOPS_INSIDE = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def walk_at_once(node: ast.AST) -> Iterator[ast.AST]:
    """All nodes that run with this one, itself first, in the order in which Python evaluates them, about."""
    waiting = [node]
    while waiting:
        node = waiting.pop()
        yield node
        waiting += reversed(_inside(node))


def read_first(node: ast.stmt) -> frozenset[str]:
    """The names that a statement reads before it has given them a value itself.

    Of branches each counts as taken: what `if` or `try` may have bound is not missed further down.
    """
    read: set[str] = set()
    given: set[str] = set()
    for inner in walk_at_once(node):
        if isinstance(inner, ast.Name):
            if not isinstance(inner.ctx, ast.Load):
                given.add(inner.id)
            elif inner.id not in given:
                read.add(inner.id)
        elif isinstance(inner, ast.AugAssign) and isinstance(inner.target, ast.Name):
            read |= {inner.target.id} - given
        elif isinstance(inner, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and inner.name:
            given.add(inner.name)
        elif isinstance(inner, ast.Import | ast.ImportFrom):
            given |= {alias.asname or alias.name.partition(".")[0] for alias in inner.names}
        elif isinstance(inner, LOOPS_INSIDE):
            given |= {
                name.id
                for loop in inner.generators
                for name in ast.walk(loop.target)
                if isinstance(name, ast.Name)
            } - read
        elif isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and inner is not node:
            given.add(inner.name)
    return frozenset(read)


def called(node: ast.stmt) -> frozenset[str]:
    """The names of what a statement calls."""
    return frozenset(
        inner.func.id
        for inner in walk_at_once(node)
        if isinstance(inner, ast.Call) and isinstance(inner.func, ast.Name)
    )


def _inside(node: ast.AST) -> list[ast.AST]:
    """The children of a node that run with it, in their order."""
    if isinstance(node, ast.Lambda):
        return [*node.args.defaults, *(each for each in node.args.kw_defaults if each)]
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        notes = [
            each.annotation for each in ast.walk(node.args) if isinstance(each, ast.arg) and each.annotation
        ]
        defaults = [*node.args.defaults, *(each for each in node.args.kw_defaults if each)]
        return [*node.decorator_list, *defaults, *notes, *([node.returns] if node.returns else [])]
    if isinstance(node, ast.ClassDef):
        return [*node.decorator_list, *node.bases, *(each.value for each in node.keywords), *node.body]
    if isinstance(node, ast.Assign | ast.AnnAssign | ast.NamedExpr):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        notes = [node.annotation] if isinstance(node, ast.AnnAssign) else []
        return [*notes, *([node.value] if node.value else []), *targets]
    if isinstance(node, ast.AugAssign):
        return [node.value, node.target]
    if isinstance(node, ast.For | ast.AsyncFor):
        return [node.iter, node.target, *node.body, *node.orelse]
    if isinstance(node, LOOPS_INSIDE):
        results = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
        return [*node.generators, *results]
    if isinstance(node, ast.comprehension):
        return [node.iter, node.target, *node.ifs]
    return list(ast.iter_child_nodes(node))
