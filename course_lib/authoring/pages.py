"""What a Markdown page or a notebook links to, and the anchors it offers, as GitHub and JupyterLab read them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.dollarmath import dollarmath_plugin

from course_lib import CourseError

PARSER = MarkdownIt("commonmark").enable("table").use(dollarmath_plugin)
BARE = re.compile(r"https?://[^\s<>()\[\]]*[^\s<>()\[\].,;:!?'\"]")
"""An address in running text, which GitHub and JupyterLab make a link."""


def links_in(markdown: str) -> list[tuple[int, str]]:
    """Targets of links and images, Markdown's and HTML's, each with its line, from 0. Code and formulas have none."""
    lines = markdown.splitlines()
    found = {}
    for token in PARSER.parse(markdown):
        start, end = token.map or (0, len(lines))
        for piece in token.children or [token]:
            for target in _targets(piece):
                place = next((line for line in range(start, end) if target in lines[line]), start)
                found[place, target] = None
    return list(found)


def anchors_of(page: Path) -> set[str]:
    """What may stand after `#` in a link to this page: its sections, and ids given in HTML.

    GitHub writes sections in small letters without punctuation and numbers the second of a name; JupyterLab, and
    GitHub in notebooks, keep the heading and write `-` for a space. JupyterLab also knows `cell-id=` and a cell's id.
    Of other files lines have a name, `L12`.
    """
    if page.suffix == ".md":
        text = page.read_text("utf-8")
        return set(_slugs(_headings(text))) | _ids(text)
    if page.suffix == ".ipynb":
        markdown = [text for _, text in markdown_cells(page)]
        headings = {each.replace(" ", "-") for text in markdown for each in _headings(text)}
        ids = {f"cell-id={cell.get('id')}" for cell in _cells(page)}
        return headings | {f"heading={each}" for each in headings} | ids | set().union(*map(_ids, markdown))
    return {f"L{number}" for number, _ in enumerate(page.read_bytes().splitlines(), 1)}


def markdown_cells(notebook: Path) -> list[tuple[str, str]]:
    """Id and text of each Markdown cell.

    Raises:
        CourseError: the file is no notebook.
    """
    cells = [cell for cell in _cells(notebook) if cell.get("cell_type") == "markdown"]
    return [(str(cell.get("id")), "".join(cell.get("source", ""))) for cell in cells]


def _cells(notebook: Path) -> list[dict]:
    try:
        cells = json.loads(notebook.read_bytes())["cells"]  # bytes: with a BOM, or in UTF-16, as well
        return [cell for cell in cells if isinstance(cell, dict)]
    except (ValueError, KeyError, TypeError):
        raise CourseError(f"{notebook.name} is not a notebook") from None


def _targets(piece: Token) -> Iterator[str]:
    if piece.type in ("link_open", "image"):
        yield str(piece.attrs.get("href") or piece.attrs.get("src") or "")
    elif piece.type in ("html_inline", "html_block"):
        yield from (value for _, name, value in _Tags.of(piece.content) if name in ("href", "src"))
    elif piece.type == "text":
        yield from BARE.findall(piece.content)


def _headings(markdown: str) -> Iterator[str]:
    """The text of each heading as a reader sees it; of a formula, as it is written."""
    for opening, content in pairwise(PARSER.parse(markdown)):
        if opening.type == "heading_open":
            yield "".join(map(_read_aloud, content.children or ()))


def _read_aloud(piece: Token) -> str:
    if piece.type == "math_inline":
        return f"${piece.content}$"
    return piece.content if piece.type in ("text", "code_inline") else ""


def _slugs(headings: Iterator[str]) -> Iterator[str]:
    """GitHub's names of the sections of one page."""
    seen: dict[str, int] = {}
    for heading in headings:
        slug = re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        seen[slug] = seen.get(slug, -1) + 1
        yield f"{slug}-{seen[slug]}" if seen[slug] else slug


def _ids(markdown: str) -> set[str]:
    pieces = (piece for token in PARSER.parse(markdown) for piece in token.children or [token])
    html = [piece.content for piece in pieces if piece.type in ("html_inline", "html_block")]
    tags = [tag for content in html for tag in _Tags.of(content)]
    return {value for tag, name, value in tags if name == "id" or (tag, name) == ("a", "name")}


class _Tags(HTMLParser):
    """The attributes of the tags in a piece of HTML: (tag, name, value)."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [(tag, name, value or "") for name, value in attrs]

    @classmethod
    def of(cls, html: str) -> list[tuple[str, str, str]]:
        parser = cls()
        parser.feed(html)
        return parser.found
