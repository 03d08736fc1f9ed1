"""Docstrings of the course as Markdown: prose, lists of arguments, programs and formulas set in by four spaces."""

from __future__ import annotations

import inspect
import re
import textwrap
from collections.abc import Collection, Iterator

SECTION = re.compile(r"(Args|Attributes|Raises|Returns|Yields):$")
ENTRY = re.compile(r"(?P<names>\*{0,2}\w+(?:, \*{0,2}\w+)*):\s+(?P<text>\S.*)")
SPECIAL = re.compile(r"([\\*_\[\]<>$#{}~&|])")


def to_markdown(docstring: str, names: Collection[str] = ()) -> str:
    """A docstring's text as Markdown.

    Args:
        docstring: as it stands in the program, or "".
        names: what may be described in it by `name: text` outside a section, such as the fields of a class.
    """
    blocks = _blocks(inspect.cleandoc(docstring).splitlines())
    return "\n\n".join(_block(block, names) for block in blocks)


def escaped(text: str) -> str:
    """Prose in which only `code` means something."""
    pieces = re.split(r"(``?[^`]+``?)", text)
    return "".join(piece if index % 2 else SPECIAL.sub(r"\\\1", piece) for index, piece in enumerate(pieces))


def _blocks(lines: list[str]) -> Iterator[list[str]]:
    """Paragraphs, programs and sections; what is set in belongs together across its blank lines."""
    block: list[str] = []
    for line in lines:
        inside = block and (block[0].startswith("    ") or SECTION.match(block[0]))
        begins = block and (not block[-1] or SECTION.match(line)) and not (inside and line.startswith("    "))
        if line and begins:
            yield block
            block = []
        if line or block:
            block.append(line)
    if block:
        yield block


def _block(lines: list[str], names: Collection[str]) -> str:
    section = SECTION.match(lines[0])
    if section:
        inner = textwrap.dedent("\n".join(lines[1:])).strip("\n").splitlines()
        return f"**{section[1]}**\n\n" + "\n".join(_items(inner, None))
    if lines[0].startswith("    "):
        code = textwrap.dedent("\n".join(lines)).strip("\n")
        return f"```{'python' if _is_python(code) else 'text'}\n{code}\n```"
    return "\n".join(_items(lines, names))


def _items(lines: list[str], names: Collection[str] | None) -> Iterator[str]:
    """Lines as they are, those of the form `name: text` as a list; with `names` only these begin an item."""
    inside = False
    for line in lines:
        entry = ENTRY.match(line)
        if entry and (names is None or {*re.split(r",\s*", entry["names"].replace("*", ""))} <= {*names}):
            if not inside:
                yield ""
            inside = True
            yield f"- `{entry['names']}`: {escaped(entry['text'])}"
        elif line.startswith("- "):
            inside = True
            yield f"- {escaped(line[2:])}"
        elif inside and line.startswith(" "):
            yield f"  {escaped(line.strip())}"
        else:
            if inside:
                yield ""
            inside = False
            yield escaped(line.strip())


def _is_python(text: str) -> bool:
    try:
        compile(text, "docstring", "exec", dont_inherit=True, flags=0x2000 | 0x400)  # with `await`; not run
    except (SyntaxError, ValueError):
        return False
    return True
