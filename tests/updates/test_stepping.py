"""`update` in a clone, with git itself: what the student wrote stays, and the course is the new one."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from course_lib import CourseError
from course_lib.updates.keeping import keep
from course_lib.updates.stepping import NOTHING_NEW, update_clone
from tests.updates.a_course import (
    ANSWER,
    LESSON,
    NAME,
    SHORTER,
    Upstream,
    answered,
    built,
    changed,
    files_in,
    git,
    only_run,
    own_cell,
    sources,
    with_own,
)

NEWER = built(changed(("Twice as much.", "Two times as much.")))
GAN, README = "course_lib/models/gan.py", "README.md"
COURSE = {NAME: built(), GAN: b"width = 1\n", README: b"# A course\n", ".gitignore": b"/before/\n"}
KEPT = f"before/{datetime.date.today().isoformat()}"
OLD = answered(built(), double=ANSWER)


@pytest.fixture
def upstream(tmp_path: Path) -> Upstream:
    return Upstream(tmp_path / "upstream", COURSE)


@pytest.fixture
def course(upstream: Upstream, tmp_path: Path) -> Path:
    return upstream.clone(tmp_path / "course")


def test_answers_are_in_the_new_lesson_and_the_old_one_is_kept(upstream: Upstream, course: Path) -> None:
    (course / NAME).write_bytes(OLD)
    upstream.publish({NAME: NEWER, README: b"# A better course\n"})
    lines = update_clone(course)
    found = sources((course / NAME).read_bytes())
    assert found["double"] == ANSWER and "Two times" in found["text-doubling"]
    assert (course / README).read_text() == "# A better course\n"
    assert files_in(course / "before") == {f"{KEPT.partition('/')[2]}/{NAME}": OLD}
    assert lines == [
        "New: 2 files; lessons 01_small.",
        f"{NAME}: 1 answer carried over",
        f"Your files as they were are in {KEPT}.",
    ]
    assert git(course, "rev-parse", "HEAD") == git(upstream.folder, "rev-parse", "HEAD")
    assert update_clone(course) == [NOTHING_NEW]


def test_looking_changes_nothing_and_says_the_same(upstream: Upstream, course: Path) -> None:
    (course / NAME).write_bytes(OLD)
    (course / GAN).write_bytes(b"width = 3\n")
    upstream.publish({NAME: built(SHORTER), GAN: b"width = 2\n"})
    before = files_in(course)
    looked = update_clone(course, only_look=True)
    assert files_in(course) == before
    assert update_clone(course)[:-1] == looked


@pytest.mark.parametrize("touched", [b"", b"run"])
def test_a_lesson_that_was_only_run_is_replaced_and_nothing_is_kept(
    upstream: Upstream, course: Path, touched: bytes
) -> None:
    if touched:
        (course / NAME).write_bytes(only_run(built()))
    upstream.publish({NAME: NEWER})
    lines = update_clone(course)
    assert files_in(course) == {**COURSE, NAME: NEWER}
    assert (
        "Only run, nothing written in it: 01_small. Nothing of that is kept; run it again." in lines
    ) == bool(touched)


def test_files_that_did_not_change_in_the_course_are_left_alone(upstream: Upstream, course: Path) -> None:
    own = {
        NAME: OLD,
        "lessons/01_small-Copy1.ipynb": OLD,
        "lessons/mine.csv": b"1,2\n",
        "notes.txt": b"mine\n",
    }
    for name, content in own.items():
        (course / name).write_bytes(content)
    git(course, "add", "notes.txt")
    upstream.publish({README: b"# A better course\n"})
    update_clone(course)
    assert files_in(course) == {**COURSE, **own, README: b"# A better course\n"}


def test_a_file_of_the_library_that_both_changed_is_ours_and_the_students_is_kept(
    upstream: Upstream, course: Path
) -> None:
    (course / GAN).write_bytes(b"width = 3  # mine\n")
    git(course, "add", GAN)  # staged or not
    upstream.publish({GAN: b"width = 2\n"})
    lines = update_clone(course)
    assert (course / GAN).read_bytes() == b"width = 2\n"
    assert (course / KEPT / GAN).read_bytes() == b"width = 3  # mine\n"
    assert f"{GAN}: the new version takes its place; yours is kept" in lines


def test_a_file_of_the_students_whose_name_the_course_takes_is_kept(upstream: Upstream, course: Path) -> None:
    (course / "lessons" / "02_next.ipynb").write_bytes(b"mine")
    (course / "staged.txt").write_bytes(b"mine too")
    git(course, "add", "staged.txt")
    upstream.publish({"lessons/02_next.ipynb": NEWER, "staged.txt": b"ours"})
    update_clone(course)
    assert (course / "lessons" / "02_next.ipynb").read_bytes() == NEWER
    assert (course / "staged.txt").read_bytes() == b"ours"
    assert (course / KEPT / "lessons" / "02_next.ipynb").read_bytes() == b"mine"
    assert (course / KEPT / "staged.txt").read_bytes() == b"mine too"


@pytest.mark.parametrize("content", [built(), OLD])
def test_files_that_the_student_deleted_or_renamed_come_back(
    content: bytes, upstream: Upstream, course: Path
) -> None:
    mine = "lessons/my_lesson.ipynb"
    (course / NAME).unlink()
    (course / mine).write_bytes(content)
    upstream.publish({NAME: NEWER})
    looked, lines = update_clone(course, only_look=True), update_clone(course)
    assert (course / NAME).read_bytes() == NEWER
    assert (course / mine).read_bytes() == content
    said = f"{mine} is 01_small under another name, and stays as it is; to bring your work in it into the new one: "
    named = [f"{said}python3 -m course_lib update --from {mine}"] if content == OLD else []
    assert lines[1:] == looked[1:] == named


def test_in_a_clone_of_a_fork_the_other_remotes_are_named_and_can_be_asked(
    upstream: Upstream, tmp_path: Path
) -> None:
    fork = upstream.clone(tmp_path / "fork")
    course = tmp_path / "course"
    git(tmp_path, "clone", "--quiet", str(fork), str(course))
    git(course, "remote", "add", "upstream", str(upstream.folder))
    (course / NAME).write_bytes(OLD)
    upstream.publish({NAME: NEWER})
    assert update_clone(course) == [
        NOTHING_NEW,
        "That is what origin/main says; `python3 -m course_lib update --remote upstream` asks elsewhere.",
    ]
    with pytest.raises(
        CourseError, match=r"^--remote: git knows no remote 'upstrem' here, only origin, upst"
    ):
        update_clone(course, remote="upstrem")
    update_clone(course, remote="upstream")
    found = sources((course / NAME).read_bytes())
    assert found["double"] == ANSWER and "Two times" in found["text-doubling"]
    git(course, "switch", "--quiet", "--create", "mine")
    with pytest.raises(CourseError, match=r"^upstream has no branch mine: run `git switch main`, then"):
        update_clone(course, remote="upstream")


def test_a_lesson_that_is_gone_is_kept_if_something_was_written_in_it(
    upstream: Upstream, course: Path
) -> None:
    (course / NAME).write_bytes(OLD)
    upstream.publish({NAME: None})
    lines = update_clone(course)
    assert not (course / NAME).exists() and (course / KEPT / NAME).read_bytes() == OLD
    assert f"{NAME} is no longer in the course; yours is kept" in lines


def test_a_lesson_with_a_new_name_gets_the_answers(upstream: Upstream, course: Path) -> None:
    (course / NAME).write_bytes(OLD)
    (course / "lessons" / "00 a copy.ipynb").write_bytes(OLD)  # does not count as the new lesson
    new = "lessons/02_small_one.ipynb"
    upstream.publish({NAME: None, new: built(LESSON, "02_small_one")})
    lines = update_clone(course)
    assert sources((course / new).read_bytes())["double"] == ANSWER
    assert f"{NAME}: 1 answer carried over into {new}, as the lesson is called now" in lines
    assert (course / "lessons" / "00 a copy.ipynb").read_bytes() == OLD


@pytest.mark.parametrize("broken", [OLD[:-500], b"", b"<<<<<<< HEAD\n" + OLD, b"\x00" * 100])
def test_a_broken_notebook_is_kept_as_it_is_and_the_new_one_takes_its_place(
    upstream: Upstream, course: Path, broken: bytes
) -> None:
    (course / NAME).write_bytes(broken)
    upstream.publish({NAME: NEWER})
    lines = update_clone(course)
    assert (course / NAME).read_bytes() == NEWER
    assert (course / KEPT / NAME).read_bytes() == broken
    assert any(line.startswith(f"{NAME}: nothing could be carried over, since the file ") for line in lines)


def test_twice_on_one_day_both_old_files_are_kept(upstream: Upstream, course: Path) -> None:
    (course / NAME).write_bytes(OLD)
    upstream.publish({NAME: NEWER})
    update_clone(course)
    second = with_own((course / NAME).read_bytes(), "double", own_cell("a note", "markdown"))
    (course / NAME).write_bytes(second)
    upstream.publish({NAME: built(SHORTER)})
    update_clone(course)
    assert (course / KEPT / NAME).read_bytes() == OLD
    assert (course / f"{KEPT}-2" / NAME).read_bytes() == second
    found = sources((course / NAME).read_bytes())
    assert found["double"] == ANSWER and "a note" in found.values()


def test_it_is_said_when_other_packages_are_wanted(upstream: Upstream, course: Path) -> None:
    upstream.publish({"requirements.txt": b"numpy==3\n"})
    assert any("brings .venv up to date" in line for line in update_clone(course))


def test_when_git_refuses_the_step_all_files_are_as_they_were(upstream: Upstream, course: Path) -> None:
    (course / NAME).write_bytes(OLD)
    hook = course / ".git" / "hooks" / "reference-transaction"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text('#!/bin/sh\n[ "$1" != prepared ] || ! grep -q refs/heads/\n')
    hook.chmod(0o755)
    upstream.publish({NAME: NEWER, "data/more.csv": b"1\n"})
    before = files_in(course)
    with pytest.raises(
        CourseError,
        match=r"^git could not take the step \(.*\); your files are as they were\. If that stays so: Clone or dow",
    ):
        update_clone(course)
    after = files_in(course)
    assert {name: after[name] for name in before} == before
    hook.unlink()
    update_clone(course)
    assert sources((course / NAME).read_bytes())["double"] == ANSWER


def test_what_was_interrupted_is_finished_without_a_network_too(upstream: Upstream, course: Path) -> None:
    keep({NAME: OLD}, course)
    git(course, "remote", "set-url", "origin", "https://nobody.invalid/course.git")
    said = r"^an update that was interrupted before is finished now\. But cannot fetch from origin"
    with pytest.raises(CourseError, match=said):
        update_clone(course)
    assert sources((course / NAME).read_bytes())["double"] == ANSWER
    with pytest.raises(CourseError, match=r"^cannot fetch from origin"):
        update_clone(course)


def test_a_lock_that_a_killed_git_left_is_named(upstream: Upstream, course: Path) -> None:
    (course / NAME).write_bytes(OLD)
    upstream.publish({NAME: NEWER})
    (course / ".git" / "index.lock").touch()
    with pytest.raises(CourseError, match=r"if no other git is at work here, delete \.git/index\.lock"):
        update_clone(course)
    assert (course / NAME).read_bytes() == OLD


def test_files_of_a_step_that_was_cut_short_do_not_count_as_the_students(
    upstream: Upstream, course: Path
) -> None:
    """As git leaves them that is killed while it writes files: new ones here, and the old commit still current."""
    upstream.publish({NAME: NEWER, GAN: b"width = 2\n", "more.txt": b"new\n"})
    for name in (GAN, "more.txt"):
        (course / name).write_bytes((upstream.folder / name).read_bytes())
    update_clone(course)
    assert files_in(course) == {**COURSE, NAME: NEWER, GAN: b"width = 2\n", "more.txt": b"new\n"}


def test_a_shallow_clone_is_updated_like_any_other(upstream: Upstream, tmp_path: Path) -> None:
    upstream.publish({README: b"# 2\n"})
    course = upstream.clone(tmp_path / "shallow", "--depth=1")
    (course / NAME).write_bytes(OLD)
    upstream.publish({README: b"# 3\n"})
    upstream.publish({NAME: NEWER})
    update_clone(course)
    assert sources((course / NAME).read_bytes())["double"] == ANSWER
    assert (course / README).read_bytes() == b"# 3\n"
