"""Links that lead nowhere, in the pages and lessons of the course; nothing is fetched."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from course_lib import ROOT, CourseError
from course_lib.authoring.address import UNSET, repository
from course_lib.authoring.lesson import load_lesson, sources
from course_lib.authoring.links import SOURCES, carriers, outdated, read, shown
from course_lib.authoring.pages import anchors_of, links_in, markdown_cells
from course_lib.authoring.student import launch_links

FOLDERS = ("course_lib", "data", "lessons", "tests", ".github")
"""Where pages lie, besides the course's folder itself; what students and teachers keep elsewhere is their own."""
LAUNCH = re.compile(r"https?://(www\.)?(mybinder\.org/v2/|colab\.research\.google\.com/github/)")


class Link(NamedTuple):
    """A link, and where it stands: in words, and the file that it is relative to."""

    where: str
    page: Path
    target: str


def find_problems(links: list[Link]) -> list[str]:
    """What is wrong with the launch links, and with these links, a line each."""
    stale = {path: line for path in carriers() if (line := _outdated(path))}
    rows = "".join(launch_links(source.stem) for source in sources(SOURCES))
    found = [
        f"{link.where}: {wrong}"
        for link in links
        if not (LAUNCH.match(link.target) and link.page in stale) and (wrong := _wrong(link, rows))
    ]
    return [*stale.values(), *found]


def external(links: list[Link]) -> list[str]:
    """The links that leave the course, a line each: where it stands, and the address."""
    return [f"{link.where}: {link.target}" for link in links if re.match("https?://", link.target)]


def all_links() -> list[Link]:
    """Every link in the Markdown pages and in the lessons' text.

    What a notebook has from its source is named there, once.

    Raises:
        CourseError: a source or a notebook cannot be read.
    """
    found = [link for page in _pages() for link in _links_of_page(page)]
    in_sources = [link for source in sources(SOURCES) for link in _links_of_source(source)]
    known = {(link.page, link.target) for link in in_sources}
    notebooks = sorted((ROOT / "lessons").glob("*.ipynb"))
    built = [link for path in notebooks for link in _links_of_notebook(path)]
    return [*found, *in_sources, *(link for link in built if (link.page, link.target) not in known)]


def _pages() -> list[Path]:
    """The Markdown pages of the course; what JupyterLab keeps in hidden folders is none."""
    inside = (path for folder in FOLDERS for path in (ROOT / folder).rglob("*.md"))
    pages = (*ROOT.glob("*.md"), *inside)
    return sorted(page for page in pages if not page.parent.name.startswith(".ipynb"))


def _links_of_page(page: Path) -> Iterator[Link]:
    for line, target in links_in(read(page)):
        yield Link(f"{shown(page)}:{line + 1}", page, target)


def _links_of_source(source: Path) -> Iterator[Link]:
    notebook = source.parent.parent / f"{source.stem}.ipynb"
    for cell in load_lesson(source).cells:
        if cell.kind == "markdown":
            for line, target in links_in(cell.source):
                yield Link(f"{shown(source)}:{cell.line + line + 1}", notebook, target)


def _links_of_notebook(notebook: Path) -> Iterator[Link]:
    for name, text in markdown_cells(notebook):
        for _, target in links_in(text):
            yield Link(f"{shown(notebook)}, cell {name!r}", notebook, target)


def _outdated(path: Path) -> str | None:
    """One line if a file's launch links are not those of the setting."""
    try:
        what = " and ".join(outdated(path))
    except CourseError as error:
        return str(error)
    address, branch = repository()
    mend = "--remove" if address == UNSET else f"--repo {address} --branch {branch}"
    ours = "no address" if address == UNSET else f"{address}, branch {branch}"
    if not what:
        return None
    return (
        f"{shown(path)}: pyproject.toml says {ours}, not so {what}; run: python3 -m course_lib links {mend}"
    )


def _wrong(link: Link, rows: str) -> str | None:
    """What is wrong with a link, or None; `rows` are the launch links of all lessons."""
    if LAUNCH.match(link.target):
        return None if f"]({link.target})" in rows else _wrong_launch(link.target)
    if not link.target:
        return "a link without a target"
    try:
        url = urlsplit(link.target)
    except ValueError:
        return f"{link.target} is no address"
    if url.scheme or url.netloc:
        return None
    path = unquote(url.path)
    file = (link.page.parent / path).resolve() if path else link.page
    if path.startswith("/") or not file.is_relative_to(ROOT):
        return f"{link.target} leads out of the course; write the way from the folder of the page"
    if not file.exists():
        return f"{shown(file)} does not exist"
    if not url.fragment or file.is_dir():
        return None
    return _wrong_anchor(file, unquote(url.fragment))


def _wrong_anchor(file: Path, anchor: str) -> str | None:
    known = _anchors(file)
    lines = re.fullmatch(r"(L\d+)-(L\d+)", anchor)
    if anchor in known or (lines and known.issuperset(lines.groups())):
        return None
    near = difflib.get_close_matches(anchor, known, n=1)
    return f"{shown(file)} has no section #{anchor}" + (f"; did you mean #{near[0]}?" if near else "")


@cache
def _anchors(file: Path) -> set[str]:
    return anchors_of(file)


def _wrong_launch(target: str) -> str:
    address, branch = repository()
    ours = (
        "the course has no address yet" if address == UNSET else f"the course is {address}, branch {branch}"
    )
    return f"{target} opens no lesson of this course ({ours}); mend it by hand"
