"""Where no step forward can be taken there is one line that says what to do, and nothing has been changed."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from course_lib import CourseError
from course_lib.updates.clone import Clone
from course_lib.updates.stepping import update_clone
from tests.updates.a_course import ANSWER, NAME, Upstream, answered, built, changed, files_in, git, sources

NEWER = built(changed(("Twice as much.", "Two times as much.")))
OTHER = built(changed(("Twice as much.", "Much more.")))


@pytest.fixture
def upstream(tmp_path: Path) -> Upstream:
    return Upstream(tmp_path / "upstream", {NAME: built(), "README.md": b"# A course\n"})


@pytest.fixture
def course(upstream: Upstream, tmp_path: Path) -> Path:
    """A clone with work in it, behind its remote."""
    course = upstream.clone(tmp_path / "the course")
    (course / NAME).write_bytes(answered(built(), double=ANSWER))
    upstream.publish({NAME: NEWER})
    return course


def detach(course: Path) -> None:
    git(course, "checkout", "--quiet", "--detach")


def commit(course: Path) -> None:
    git(course, "commit", "--quiet", "--all", "--message", "mine")


def write_what_conflicts(course: Path) -> None:
    (course / NAME).write_bytes(answered(OTHER, double=ANSWER))


def pull(course: Path, how: str) -> None:
    command = ["git", "-c", "user.name=Ada", "-c", "user.email=ada@example.org", "pull", "--quiet", how]
    assert subprocess.run(command, cwd=course, capture_output=True).returncode == 1


def merge(course: Path) -> None:
    write_what_conflicts(course)
    commit(course)
    pull(course, "--no-rebase")


def rebase(course: Path) -> None:
    write_what_conflicts(course)
    commit(course)
    pull(course, "--rebase")


def patch(course: Path) -> None:
    mail = course.parent / "a.patch"
    mail.write_text(
        "From: a <a@example.org>\nSubject: x\n\n--- a/README.md\n+++ b/README.md\n@@ -1 +1 @@\n-a\n+b\n"
    )
    git(course, "config", "user.name", "Ada")
    git(course, "config", "user.email", "ada@example.org")
    subprocess.run(["git", "am", str(mail)], cwd=course, capture_output=True)


def bisect(course: Path) -> None:
    git(course, "bisect", "start")


def conflict_in_the_index(course: Path) -> None:
    write_what_conflicts(course)
    git(course, "stash")
    git(course, "merge", "--quiet", "--ff-only", "origin/main")
    subprocess.run(["git", "stash", "pop"], cwd=course, capture_output=True)


def no_remote(course: Path) -> None:
    git(course, "remote", "remove", "origin")


def no_network(course: Path) -> None:
    git(course, "remote", "set-url", "origin", "https://ada:secret@nobody.invalid/course.git")


def no_upstream(course: Path) -> None:
    git(course, "branch", "--unset-upstream")


def broken_clone(course: Path) -> None:
    (course / ".git" / "HEAD").write_text("nonsense")


def folder_in_the_way(course: Path) -> None:
    upstream = course.parent / "upstream"
    (upstream / "mine").write_text("a file")
    git(upstream, "add", "mine")
    git(upstream, "commit", "--quiet", "--message", "A file")
    (course / "mine").mkdir()


def folder_where_a_lesson_was(course: Path) -> None:
    (course / NAME).unlink()
    (course / NAME).mkdir()
    (course / NAME / "mine.txt").write_text("mine")


def lessons_elsewhere(course: Path) -> None:
    (course / "lessons").rename(course.parent / "elsewhere")
    (course / "lessons").symlink_to(course.parent / "elsewhere")


def fetched(work: Callable[[Path], None]) -> Callable[[Path], None]:
    def after_fetching(course: Path) -> None:
        git(course, "fetch", "--quiet")
        work(course)

    return after_fetching


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (detach, "this clone is on no branch (a detached HEAD): run `git switch main`, then this again"),
        (
            commit,
            "this clone has commits of its own (1), and only straight steps are taken. Clone or download",
        ),
        (
            merge,
            "a `git merge` is under way in this clone: end it (`git status` says how) or give it up with",
        ),
        (rebase, "a `git rebase` is under way in this clone: end it"),
        (patch, "a `git am` is under way in this clone: end it (`git status` says how) or give it up with"),
        (bisect, "a `git bisect` is under way in this clone: end it"),
        (fetched(conflict_in_the_index), "files here are in conflict: settle them"),
        (no_remote, "this clone has no remote to fetch from. Clone or download the course anew"),
        (
            no_upstream,
            "the branch main follows none of a remote: run `git branch --set-upstream-to=origin/main",
        ),
        (no_network, "cannot fetch from origin ("),
        (broken_clone, "git does not read "),
        (folder_where_a_lesson_was, f"{NAME} is not the file or folder that the course has there: rename it"),
        (lessons_elsewhere, "lessons is not the file or folder that the course has there: rename it"),
        (folder_in_the_way, "mine is not the file or folder that the course has there: rename it"),
    ],
)
def test_what_stands_in_the_way_is_one_line_and_nothing_changes(
    spoil: Callable[[Path], None], said: str, course: Path
) -> None:
    spoil(course)
    before = files_in(course)
    with pytest.raises(CourseError) as refused:
        update_clone(course)
    assert str(refused.value).startswith(said)
    assert "\n" not in str(refused.value) and "secret" not in str(refused.value)
    assert files_in(course) == before


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_what_can_only_be_read_is_one_line(course: Path) -> None:
    course.chmod(0o555)
    with pytest.raises(
        CourseError, match=r"^you may not write in .*: copy the course to a folder of your own"
    ):
        update_clone(course)
    course.chmod(0o755)


@pytest.mark.parametrize("where", ["worktree", "submodule"])
def test_a_worktree_and_a_submodule_are_clones_too(where: str, upstream: Upstream, course: Path) -> None:
    if where == "worktree":
        git(course, "branch", "--track", "second", "origin/main")
        git(course, "worktree", "add", "--quiet", "../second", "second")
        course = course.parent / "second"
    else:
        outer = course.parent / "outer"
        outer.mkdir()
        git(outer, "init", "--quiet")
        allowed = ("-c", "protocol.file.allow=always")
        git(outer, *allowed, "submodule", "--quiet", "add", upstream.folder.as_uri(), "course")
        course = outer / "course"
    upstream.publish({NAME: OTHER})
    (course / NAME).write_bytes(answered((course / NAME).read_bytes(), double=ANSWER))
    update_clone(course)
    found = sources((course / NAME).read_bytes())
    assert found["double"] == ANSWER and "Much more." in found["text-doubling"]


def test_without_git_it_is_one_line(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", os.devnull)
    with pytest.raises(
        CourseError,
        match="git is not here: install it, then run this again; or without it: Clone or download",
    ):
        update_clone(course)


def test_a_shallow_clone_that_does_not_meet_the_new_course_says_how(
    upstream: Upstream, tmp_path: Path
) -> None:
    upstream.publish({"README.md": b"# 2\n"})
    course = upstream.clone(tmp_path / "shallow", "--depth=1")
    git(upstream.folder, "reset", "--quiet", "--hard", "HEAD~1")  # the course took a commit back
    upstream.publish({NAME: OTHER})
    with pytest.raises(CourseError, match=r"this is a shallow clone, .* run `git fetch --unshallow`"):
        update_clone(course)


def test_a_folder_inside_another_clone_is_none(course: Path) -> None:
    assert Clone(course).is_one()
    assert not Clone(course / "lessons").is_one()


def test_variables_that_lead_git_elsewhere_are_not_heeded(
    course: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "elsewhere"))
    update_clone(course)
    assert Clone(course).word("rev-parse", "HEAD") == Clone(tmp_path / "upstream").word("rev-parse", "HEAD")
