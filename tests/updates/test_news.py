"""`lab` says in one line that lessons have changed, and neither waits nor fails where nobody answers."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from course_lib.updates.clone import Clone
from course_lib.updates.news import fetch_briefly, news
from tests.updates.a_course import NAME, Upstream, built, changed, files_in, git

NEWER = built(changed(("Twice as much.", "Two times as much.")))
FOUND = (
    "Lesson 01 changed in the course since your copy: "
    "`python3 -m course_lib update` gets the new version and keeps your work."
)


@pytest.fixture
def upstream(tmp_path: Path) -> Upstream:
    return Upstream(tmp_path / "upstream", {NAME: built(), "README.md": b"# A course\n"})


@pytest.fixture
def course(upstream: Upstream, tmp_path: Path) -> Path:
    return upstream.clone(tmp_path / "course")


@pytest.fixture
def silence() -> Iterator[int]:
    """A port at which somebody listens and never says a word."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield listening.getsockname()[1]


def test_it_is_said_when_lessons_changed_and_no_file_is_touched(upstream: Upstream, course: Path) -> None:
    upstream.publish({NAME: NEWER, "lessons/02_next.ipynb": NEWER, "lessons/images/a.png": b"1"})
    before = files_in(course)
    assert news(course) == FOUND.replace("Lesson 01", "Lessons 01, 02")
    assert files_in(course) == before


def test_nothing_is_said_when_other_files_changed_or_none(upstream: Upstream, course: Path) -> None:
    assert news(course) == ""
    upstream.publish({"README.md": b"# Better\n"})
    assert news(course) == ""


def test_the_remote_is_asked_once_a_day(upstream: Upstream, course: Path) -> None:
    git(course, "fetch", "--quiet")
    upstream.publish({NAME: NEWER})
    assert news(course) == ""
    two_days_ago = time.time() - 2 * 24 * 3600
    os.utime(course / ".git" / "FETCH_HEAD", (two_days_ago, two_days_ago))
    assert news(course) == FOUND


def test_what_git_knows_already_is_said_without_a_network(upstream: Upstream, course: Path) -> None:
    upstream.publish({NAME: NEWER})
    git(course, "fetch", "--quiet")
    (course / ".git" / "FETCH_HEAD").unlink()
    git(course, "remote", "set-url", "origin", "https://nobody.invalid/course.git")
    assert news(course) == FOUND


def test_a_remote_that_does_not_answer_is_given_up_and_git_left_in_order(course: Path, silence: int) -> None:
    git(course, "remote", "set-url", "origin", f"http://127.0.0.1:{silence}/course.git")
    fetch_briefly(Clone(course), patience=0.5)  # without the limit it would wait for ever
    assert git(course, "status", "--porcelain") == ""
    assert [*(course / ".git").rglob("*.lock")] == []


@pytest.mark.parametrize("spoil", ["no remote", "detached", "no branch followed", "broken", "no clone"])
def test_where_there_is_nothing_to_ask_nothing_is_said(spoil: str, upstream: Upstream, course: Path) -> None:
    upstream.publish({NAME: NEWER})
    if spoil == "no remote":
        git(course, "remote", "remove", "origin")
    elif spoil == "detached":
        git(course, "checkout", "--quiet", "--detach")
    elif spoil == "no branch followed":
        git(course, "branch", "--unset-upstream")
    elif spoil == "broken":
        (course / ".git" / "HEAD").write_text("nonsense")
    else:
        (course / ".git").rename(course / "git")
    assert news(course) == ""


def test_without_git_nothing_is_said(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", os.devnull)
    assert news(course) == ""
