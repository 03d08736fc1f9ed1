"""What the pages of a built site link to, and what they hold, read without a browser."""

from __future__ import annotations

from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit


class Page(NamedTuple):
    """A page's links and sources, the names of its places, its pictures without words, and its text."""

    links: list[str]
    ids: set[str]
    mute: list[str]
    text: str


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: set[str] = set()
        self.mute: list[str] = []
        self.text: list[str] = []
        self.skipped: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        self.links += [value for name in ("href", "src") if (value := named.get(name))]
        self.ids |= {named["id"]} if named.get("id") else set()
        if tag == "img" and not named.get("alt"):
            self.mute.append(str(named.get("src")))
        if tag in ("pre", "code", "script", "style", "math"):
            self.skipped.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self.skipped and self.skipped[-1] == tag:
            self.skipped.pop()

    def handle_data(self, data: str) -> None:
        if not self.skipped:
            self.text.append(data)


@cache
def read(path: Path) -> Page:
    reader = _Reader()
    reader.feed(path.read_text("utf-8"))
    return Page(reader.links, reader.ids, reader.mute, "".join(reader.text))


def pages(site: Path) -> list[Path]:
    return sorted(site.rglob("*.html"))


def dead_links(site: Path) -> list[str]:
    """Links to files or places that the site does not have, a line each."""
    dead = []
    for page in pages(site):
        for link in {*read(page).links}:
            url = urlsplit(link)
            if url.scheme or url.netloc:
                continue
            target = (page.parent / unquote(url.path)).resolve() if url.path else page
            whole = target.is_file() and target.is_relative_to(site.resolve())
            if whole and url.fragment and target.suffix == ".html":
                whole = unquote(url.fragment) in read(target).ids
            if not whole:
                dead.append(f"{page.relative_to(site)}: {link}")
    return dead
