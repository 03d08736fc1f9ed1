"""Markdown of the course made Markdown of the site: links lead to pages of the site, formulas stay whole."""

from __future__ import annotations

import html
import posixpath
import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from course_lib import ROOT
from course_lib.authoring.address import UNSET, repository
from course_lib.authoring.pages import PARSER, links_in
from course_lib.site.mathml import mathml

Pages = Mapping[str, str]
"""A file or folder of the course, such as "lessons/06_dcgan.ipynb" -> its page, "lessons/06_dcgan.ipynb" again."""

CODE = re.compile(
    r"(^(?P<fence>```+|~~~+).*?^(?P=fence)[`~]*\s*?$|(?P<ticks>`+)(?!`).+?(?<!`)(?P=ticks)(?!`))", re.M | re.S
)
FORMULA = re.compile(r"(?<![\\$])(?P<mark>\$\$?)(?![\s$]\S?\$)(?P<latex>[^$]+?)(?<!\\)(?P=mark)(?!\$)")


def for_the_site(markdown: str, source: str, page: str, pages: Pages) -> str:
    """The text of a page or cell.

    Args:
        markdown: as it stands in the course.
        source: the file that its links are relative to, from the course's folder.
        page: the page of the site on which it will stand.
        pages: what else is on the site.
    """
    return with_links(with_formulas(markdown), source, page, pages)


def with_formulas(markdown: str) -> str:
    """Each formula on one line, and inside HTML, which Markdown does not look into, as MathML.

    Jupyter takes formulas out before it reads Markdown, so a line of one may begin with a minus; elsewhere that
    minus begins a list.
    """
    pieces = re.split(CODE, markdown)[:: CODE.groups + 1]
    codes = [found[0] for found in CODE.finditer(markdown)]
    joined = [FORMULA.sub(lambda found: " ".join(found[0].split()), piece) for piece in pieces]
    markdown = "".join(piece + code for piece, code in zip(joined, [*codes, ""], strict=True))
    lines = markdown.split("\n")
    for token in PARSER.parse(markdown):
        if token.type == "html_block" and token.map:
            for index in range(*token.map):
                if index < len(lines):
                    lines[index] = FORMULA.sub(_drawn, lines[index])
    return "\n".join(lines)


def with_links(markdown: str, source: str, page: str, pages: Pages) -> str:
    """Links to what is on the site lead there, others to GitHub; without an address, of these only the words stay."""
    for target in {target for _, target in links_in(markdown)}:
        new = new_target(target, source, page, pages)
        if new is None:
            words = re.compile(rf"(?<!!)\[((?:[^\[\]]|\[[^\[\]]*\])*)\]\({re.escape(target)}\)")
            markdown = words.sub(r"\1", markdown)
        else:
            markdown = markdown.replace(f"]({target})", f"]({new})")
            markdown = markdown.replace(f'href="{target}"', f'href="{html.escape(new)}"')
    return markdown


def new_target(target: str, source: str, page: str, pages: Pages) -> str | None:
    """Where a link leads on the site, seen from `page`; None if nowhere."""
    url = urlsplit(target)
    if url.scheme or url.netloc:
        return target
    file = posixpath.normpath(posixpath.join(posixpath.dirname(source), unquote(url.path)))
    file = source if not url.path else file
    if file in pages:
        way = posixpath.relpath(pages[file], posixpath.dirname(page) or ".")
        return quote(way) + (f"#{anchor(unquote(url.fragment))}" if url.fragment else "")
    address, branch = repository()
    if address == UNSET:
        return None
    kind = "tree" if (ROOT / Path(file)).is_dir() else "blob"
    return f"https://github.com/{address}/{kind}/{quote(branch)}/{quote(file)}"


def anchor(fragment: str) -> str:
    """The name of a section on the site, which is GitHub's, from GitHub's or JupyterLab's."""
    return re.sub(r"[^\w\- ]", "", fragment.removeprefix("heading=").lower()).replace(" ", "-")


def _drawn(found: re.Match[str]) -> str:
    return mathml(html.unescape(found["latex"]), found["mark"] == "$$")
