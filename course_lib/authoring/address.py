"""Where the course is published: `[tool.course]` in pyproject.toml, read, checked and rewritten.

Nothing here asks git: two copies of one commit have the same address, whatever their remotes are.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import NamedTuple

from course_lib import ROOT, CourseError

UNSET = "OWNER/NAME"
"""The repository as long as the course has none."""
SETTINGS = ROOT / "pyproject.toml"

OWNER = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,38}")
NAME = re.compile(r"(?!\.{1,2}$)[A-Za-z0-9_.-]{1,100}")
BRANCH = re.compile(r"(?![-./]|HEAD$)(?!.*(?:\.\.|//|/\.|\.lock(?:/|$)))[\w.+@#=,/-]+(?<![./])")
"""Names of branches that git allows, without those that a shell, TOML or Python would read as more than a name."""
WITH_HOST = re.compile(
    r"(?:(?:git\+)?(?:https?|ssh|git)://(?:[^/\s]*@)?(?P<of_url>[\w.-]+)(?::\d+)?/"  # https://github.com/
    r"|(?:[^/\s]*@)?(?P<of_scp>[\w.-]{2,}):(?!//)"  # git@github.com:
    r"|(?P<bare>[\w-]+(?:\.[\w-]+)+)/)(?P<path>.*)"  # github.com/
)
GITHUB = ("github.com", "www.github.com", "ssh.github.com")


class Address(NamedTuple):
    """A repository on GitHub, `OWNER/NAME`, and the branch that students open."""

    repository: str
    branch: str = "main"


_assumed: ContextVar[Address | None] = ContextVar("assumed", default=None)


@contextmanager
def assuming(address: Address) -> Iterator[None]:
    """Inside the block `repository` gives this address, though it is not yet written."""
    token = _assumed.set(address)
    try:
        yield
    finally:
        _assumed.reset(token)


def repository() -> Address:
    """The course's address (`OWNER/NAME` until set) and branch, from `[tool.course]` in pyproject.toml.

    Raises:
        CourseError: there is no such file or table, or it holds something else.
    """
    return _assumed.get() or _read(settings_text())


def settings_text() -> str:
    """pyproject.toml, character for character, or a CourseError."""
    try:
        return SETTINGS.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError):
        raise CourseError(
            f"cannot read {SETTINGS}; it comes with the course: work in a copy of the whole repository"
        ) from None


def _read(text: str) -> Address:
    course = _table(_parsed(text))
    address = Address(course.get("repository", ""), course.get("branch", "main"))
    try:
        return Address(
            clean_repository(address.repository, "repository"), clean_branch(address.branch, "branch")
        )
    except CourseError as error:
        raise CourseError(f"pyproject.toml, [tool.course]: {error}") from None


def _parsed(text: str) -> dict:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise CourseError(f"pyproject.toml is not in order: {error}; mend that line") from None


def _table(settings: dict) -> dict:
    """`[tool.course]` in the settings, put there if it is missing; CourseError if something else has its place."""
    for name in ("tool", "course"):
        settings = settings.setdefault(name, {})
        if not isinstance(settings, dict):
            raise CourseError(
                f"pyproject.toml: {name} is {settings!r:.40} there and should be the table [tool.course]; write it as "
                f'[tool.course], repository = "{UNSET}", branch = "main", a line each'
            )
    return settings


def clean_repository(text: str, called: str = "--repo") -> str:
    """`OWNER/NAME` from what people type: that itself, or the address of the page or of git, also with user and token.

    Args:
        text: as typed.
        called: what the user calls it, for the message.

    Raises:
        CourseError: it is no repository on GitHub. The message repeats neither user nor token.
    """
    text = str(text).strip()
    parts = text.rstrip("/").split("/")
    if found := WITH_HOST.fullmatch(text):
        host = next(filter(None, found.group("of_url", "of_scp", "bare"))).lower()
        if host not in GITHUB:
            raise CourseError(
                f"{called}: this is on {host}; Binder and Colab open the lessons from github.com"
            )
        parts = re.split(r"[?#]", found["path"])[0].strip("/").split("/")[:2]
    owner, name = parts if len(parts) == 2 else ("", "")
    name = name.removesuffix(".git")
    if not (OWNER.fullmatch(owner) and NAME.fullmatch(name)):
        shown = re.sub(r"\S*@", "", text)[:80]
        raise CourseError(
            f"{called}: {shown!r} is no repository on GitHub; write OWNER/NAME, such as ada/gan-course, or its address"
        )
    return f"{owner}/{name}"


def clean_branch(text: str, called: str = "--branch") -> str:
    """The name of a branch as git writes it, `lectures/autumn`, or a CourseError."""
    name = str(text).strip().removeprefix("refs/heads/")
    if not BRANCH.fullmatch(name):
        raise CourseError(
            f"{called}: {name!r} is no name of a branch; write it as `git branch` does, such as main"
        )
    return name


def rewritten(text: str, address: Address) -> str:
    """The text of pyproject.toml with this address in it and all else as it is, character for character.

    Raises:
        CourseError: `[tool.course]` is missing or written in a way that cannot be changed line by line.
    """
    settings = _parsed(text)
    course = _table(settings)
    table = re.search(r"^\[tool\.course\].*\n(?P<body>(?:(?!\[).*\n|(?!\[).+)*)", text, re.MULTILINE)
    if table:
        body = table["body"]
        for key, value in address._asdict().items():
            if key in course:
                pattern = rf"""^({key}[ \t]*=[ \t]*)("[^"\n]*"|'[^'\n]*')(?!["'])"""
                body = re.sub(pattern, rf'\g<1>"{value}"', body, flags=re.MULTILINE)
            else:
                body = f'{key} = "{value}"' + ("\r\n" if "\r\n" in text else "\n") + body
        text = text[: table.start("body")] + body + text[table.end("body") :]
    course.update(address._asdict())
    if not table or _parsed(text) != settings:
        raise CourseError(
            "pyproject.toml: there is no table [tool.course] that can be changed here; write it as "
            f'[tool.course], repository = "{address.repository}", branch = "{address.branch}", a line each'
        )
    return text
