"""The library described, a page a file, from its text alone: no module is imported."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from course_lib import ROOT
from course_lib.site.docstrings import escaped, to_markdown

LIBRARY = ROOT / "course_lib"
Function = ast.FunctionDef | ast.AsyncFunctionDef


def module_name(path: Path) -> str:
    """`course_lib.models.gan` for its file; of a room's `__init__.py`, the room's name."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def modules() -> list[Path]:
    """The library's files in order, a room's `__init__.py` before the others; the flat ones as well."""
    return sorted(LIBRARY.rglob("*.py"), key=lambda path: (path.parent, path.stem != "__init__", path.stem))


def rooms() -> list[str]:
    """The names of the rooms, in order: folders of the library that hold modules."""
    return sorted(path.parent.name for path in LIBRARY.glob("*/__init__.py"))


def room_page(room: str) -> str:
    """What the files of a room are for, one line each; "" is the library's own flat files."""
    own = LIBRARY / room
    text = to_markdown(_docstring(own / "__init__.py")) if room else "Files that stand in no room."
    lines = [_line(path) for path in modules_of(room) if path != own / "__init__.py"]
    return f"# {room or 'flat files'}\n\n{text}\n\n" + "\n".join(lines) + "\n"


def modules_of(room: str) -> list[Path]:
    """The files of a room, those of rooms inside it too; of "" the flat ones."""
    own = LIBRARY / room
    return [path for path in modules() if (path.is_relative_to(own) if room else path.parent == LIBRARY)]


def module_page(path: Path) -> str:
    """The reference of a file, and its source in a fold."""
    name, text = module_name(path), path.read_text("utf-8")
    room = name.split(".")[1] if path.parent != LIBRARY else "flat"
    tree = Qualified(name, ast.parse(text)).tree
    parts = [
        "---\norphan: true\n---",
        f"# {escaped(name.partition('.')[2])}",
        f"```{{py:module}} {name}\n```",
        f"In the room [{room}]({room}.md).",
        to_markdown(ast.get_docstring(tree) or ""),
        *_members(tree.body, "py:function", ":" * 4),
    ]
    mark = "`" * max(3, _longest_ticks(text) + 1)
    source = f"{mark}{{code-block}} python\n:class: no-search\n\n{text.rstrip()}\n{mark}"
    parts += ["<details class=source><summary>Its source</summary>", source, "</details>"]
    return "\n\n".join(parts) + "\n"


class Qualified(ast.NodeTransformer):
    """A module in whose annotations each name says where it is from, `~course_lib.models.gan.GAN`, shown as `GAN`."""

    def __init__(self, name: str, tree: ast.Module) -> None:
        self.known = {
            alias.asname or alias.name: f"~{node.module}.{alias.name}"
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
        }
        self.known |= {
            node.name: f"~{name}.{node.name}" for node in tree.body if isinstance(node, ast.ClassDef)
        }
        self.inside = False
        self.tree = self.visit(tree)

    def visit_annotated(self, node: ast.arg | ast.AnnAssign | Function) -> ast.AST:
        """Of an argument, a field or a function: what it says of its type, besides what is inside it."""
        place = "returns" if isinstance(node, Function) else "annotation"
        before, self.inside = self.inside, True
        if said := getattr(node, place):
            setattr(node, place, self.visit(said))
        self.inside = before
        return self.generic_visit(node)

    visit_arg = visit_AnnAssign = visit_FunctionDef = visit_AsyncFunctionDef = visit_annotated

    def visit_Name(self, node: ast.Name) -> ast.Name:
        return ast.Name(self.known.get(node.id, node.id)) if self.inside else node

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.AST:
        return ast.Constant(...)  # as a default, Sphinx cannot read it


def _line(path: Path) -> str:
    name, first = module_name(path), to_markdown(_docstring(path)).partition("\n\n")[0].replace("\n", " ")
    shown = f"`{name.partition('.')[2]}`"
    if path.stem == "__init__":
        return f"\n**{shown}**: {first}\n" if first else ""
    return f"- [{shown}]({name}.md): {first}"


def _docstring(path: Path) -> str:
    return ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""


def _longest_ticks(text: str) -> int:
    count = 0
    while "`" * (count + 1) in text:
        count += 1
    return count


def _members(body: list[ast.stmt], kind: str, fence: str) -> Iterator[str]:
    """The public functions, classes and described constants of a module or a class."""
    for place, node in enumerate(body):
        if isinstance(node, Function) and not node.name.startswith("_"):
            yield _function(node, kind, fence)
        elif isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield _class(node, fence)
        elif (names := _assigned(node)) and place + 1 < len(body) and (text := _text(body[place + 1])):
            data = "py:data" if kind == "py:function" else "py:attribute"
            yield _directive(data, "\n".join(names), to_markdown(text), fence)


def _function(node: Function, kind: str, fence: str) -> str:
    decorators = {ast.unparse(each) for each in node.decorator_list}
    text = to_markdown(ast.get_docstring(node) or "", _arguments(node))
    returns = ast.unparse(node.returns) if node.returns else ""
    if decorators & {"property", "cached_property", "functools.cached_property"}:
        return _directive("py:property", node.name, text, fence, [f":type: {returns}"] if returns else [])
    arguments = (
        _without_self(node.args) if kind == "py:method" and "staticmethod" not in decorators else node.args
    )
    signature = f"{node.name}({ast.unparse(arguments)})" + (f" -> {returns}" if returns else "")
    options = [f":{each}:" for each in ("staticmethod", "classmethod") if each in decorators]
    return _directive(kind, signature, text, fence, options)


def _class(node: ast.ClassDef, fence: str) -> str:
    init = next((each for each in node.body if isinstance(each, Function) and each.name == "__init__"), None)
    fields = [
        each for each in node.body if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name)
    ]
    if init:
        arguments, names = ast.unparse(_without_self(init.args)), _arguments(init)
    else:
        arguments = ", ".join(ast.unparse(each) for each in fields)
        names = [each.target.id for each in fields]
    text = to_markdown(ast.get_docstring(node) or "", names)
    if init and ast.get_docstring(init):
        text += "\n\n" + to_markdown(ast.get_docstring(init), names)
    inner = "\n\n".join([text, *_members(node.body, "py:method", fence)])
    return _directive("py:class", f"{node.name}({arguments})", inner, f"{fence}:")


def _directive(kind: str, signature: str, text: str, fence: str, options: list[str] | None = None) -> str:
    head = "\n".join([f"{fence}{{{kind}}} {' '.join(signature.split(chr(10)))}", *(options or [])])
    return f"{head}\n\n{text}\n{fence}"


def _arguments(node: Function) -> list[str]:
    every = [
        *node.args.posonlyargs,
        *node.args.args,
        *node.args.kwonlyargs,
        node.args.vararg,
        node.args.kwarg,
    ]
    return [each.arg for each in every if each is not None]


def _without_self(arguments: ast.arguments) -> ast.arguments:
    """The arguments after the first, `self` or `cls`."""
    place = "posonlyargs" if arguments.posonlyargs else "args"
    return ast.arguments(**{**dict(ast.iter_fields(arguments)), place: getattr(arguments, place)[1:]})


def _assigned(node: ast.stmt) -> list[str]:
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    if isinstance(node, ast.Assign) and len(targets) == 1 and isinstance(targets[0], ast.Tuple):
        targets = targets[0].elts
    if not isinstance(node, ast.Assign | ast.AnnAssign):
        return []
    names = [each.id for each in targets if isinstance(each, ast.Name)]
    return [] if any(name.startswith("_") for name in names) else names


def _text(node: ast.stmt) -> str:
    is_text = (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )
    return node.value.value if is_text else ""
