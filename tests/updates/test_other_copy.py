"""`update --from`: the work in another copy comes into this one, and the other copy is only read."""

from __future__ import annotations

from pathlib import Path

import pytest

from course_lib import CourseError
from course_lib.updates.other_copy import bring_from
from tests.updates.a_course import (
    ANSWER,
    LESSON,
    MOVED,
    NAME,
    answered,
    built,
    files_in,
    only_run,
    own_cell,
    sources,
    with_own,
)
from tests.updates.two_copies import COURSE, GAN, KEPT, NEW, NEWER, OLD, SECOND, copy_of, zipped


@pytest.fixture
def course(tmp_path: Path) -> Path:
    return copy_of(tmp_path / "new", NEW)


def test_answers_own_files_and_changed_library_come_over_and_the_other_copy_stays(
    course: Path, tmp_path: Path
) -> None:
    own = {
        "lessons/mine.csv": b"1,2\n",
        "lessons/01_small-Copy1.ipynb": OLD,
        "lessons/pictures/a.png": b"png",
    }
    old = copy_of(tmp_path / "old", {**COURSE, NAME: OLD, SECOND: only_run(COURSE[SECOND]), **own})
    before = files_in(old)
    lines = bring_from(old, course)
    found = sources((course / NAME).read_bytes())
    assert found["double"] == ANSWER and "Two times" in found["text-doubling"]
    here = files_in(course)
    assert {name: here[name] for name in own} == own
    assert here[GAN] == b"width = 2\n" and here[SECOND] == COURSE[SECOND]
    kept = {name: content for name, content in here.items() if name.startswith("before/")}
    assert kept == {f"{KEPT}/{NAME}": OLD, f"{KEPT}/{GAN}": b"width = 1\n"}
    assert files_in(old) == before
    assert f"{NAME}: 1 answer carried over" in lines and "lessons/mine.csv: copied" in lines
    assert "Only run, nothing written in it: 02_second. Nothing of that is kept; run it again." in lines
    assert any(f"not as they are here: {GAN}. Without git" in line for line in lines)


def test_looking_changes_nothing_and_says_the_same(course: Path, tmp_path: Path) -> None:
    old = copy_of(tmp_path / "old", {**COURSE, NAME: OLD, "lessons/mine.csv": b"1"})
    before = files_in(course)
    looked = bring_from(old, course, only_look=True)
    assert files_in(course) == before
    assert bring_from(old, course)[:-1] == looked


def test_a_second_time_adds_nothing(course: Path, tmp_path: Path) -> None:
    old = copy_of(tmp_path / "old", {**COURSE, NAME: with_own(OLD, "double", own_cell("a note", "markdown"))})
    bring_from(old, course)
    after = files_in(course)
    bring_from(old, course)
    assert files_in(course) == after


def test_a_second_time_is_said_in_a_line_though_only_notes_were_brought_and_files_kept(
    course: Path, tmp_path: Path
) -> None:
    """An own cell that is here already counts as nothing written, so the set of files to keep is another one."""
    noted = with_own(COURSE[SECOND], "double", own_cell("a note", "markdown"))
    old = copy_of(tmp_path / "old", {**COURSE, NAME: OLD, SECOND: noted})
    bring_from(old, course)
    after = files_in(course)
    for only_look in (True, False):
        (line,) = bring_from(old, course, only_look)
        assert line.startswith(f"Nothing new in {old}: what is written there is here already")
    (course / NAME).write_bytes(answered(NEWER, double=ANSWER + "  # better"))
    assert len(bring_from(old, course)) == 1  # what was brought once is not put beside what it became
    assert {**files_in(course), NAME: b""} == {**after, NAME: b""}
    (course / NAME).write_bytes(NEWER)
    assert f"{NAME}: 1 answer carried over" in bring_from(old, course)  # to begin anew


def test_only_notes_a_second_time_are_nothing_new_and_no_reason_to_go_the_other_way(
    course: Path, tmp_path: Path
) -> None:
    noted = with_own(COURSE[SECOND], "double", own_cell("a note", "markdown"))
    old = copy_of(tmp_path / "old", {**COURSE, **NEW, SECOND: noted})
    bring_from(old, course)
    assert bring_from(old, course)[0].startswith("Nothing new in ")


def test_whoever_goes_from_the_newer_course_to_the_older_is_warned(tmp_path: Path) -> None:
    old = copy_of(tmp_path / "old", {**COURSE, NAME: OLD, "CHANGELOG.md": b"# 1\n- a\n"})
    new = copy_of(
        tmp_path / "new", {**NEW, NAME: answered(NEWER, shift=MOVED), "CHANGELOG.md": b"# 1\n- a\n- b\n"}
    )
    warning = f"The course in {new} looks newer than this one. If it is, run the command in {new} and let it"
    lines = bring_from(new, old, only_look=True)
    assert lines[0].startswith(warning) and lines[0].endswith(f"update --from {old}")
    assert not any("looks newer" in line for line in bring_from(old, new))


def test_a_lesson_under_another_name_is_copied_and_how_its_work_is_brought_is_said(
    course: Path, tmp_path: Path
) -> None:
    files = {name: content for name, content in COURSE.items() if name != NAME}
    lines = bring_from(copy_of(tmp_path / "old", {**files, "lessons/my maths.ipynb": OLD}), course)
    said = "lessons/my maths.ipynb is 01_small under another name, and stays as it is; to bring your work in it into "
    assert f"{said}the new one: python3 -m course_lib update --from 'lessons/my maths.ipynb'" in lines
    bring_from(course / "lessons" / "my maths.ipynb", course)
    assert sources((course / NAME).read_bytes())["double"] == ANSWER


def test_what_was_written_here_meanwhile_stays(course: Path, tmp_path: Path) -> None:
    here = answered(NEWER, double="# Exercise 1\ndef double(x):\n    return 2 * x  # newer")
    (course / NAME).write_bytes(with_own(here, "shift", own_cell("written here", "markdown")))
    copy_of(course, {"lessons/mine.csv": b"newer"})
    bring_from(copy_of(tmp_path / "old", {**COURSE, NAME: OLD, "lessons/mine.csv": b"older"}), course)
    found = sources((course / NAME).read_bytes())
    assert found["double"].endswith("# newer") and "written here" in found.values()
    assert any(text.endswith(ANSWER) for text in found.values())
    assert (course / "lessons" / "mine.csv").read_bytes() == b"newer"
    assert (course / KEPT / "lessons" / "mine.csv").read_bytes() == b"older"


def test_this_very_copy_is_refused(course: Path) -> None:
    with pytest.raises(CourseError, match="this very copy"):
        bring_from(course / "lessons" / "..", course)


def test_whoever_calls_it_the_wrong_way_round_is_told(tmp_path: Path) -> None:
    """In the old course, with the new one behind --from."""
    old = copy_of(tmp_path / "old", {**COURSE, NAME: OLD})
    new = copy_of(tmp_path / "new", NEW)
    packed = zipped(tmp_path / "new.zip", NEW)
    before = files_in(tmp_path)
    for other, where in ((new, f"in {new}"), (packed, "once it is unpacked")):
        with pytest.raises(CourseError) as refused:
            bring_from(other, old)
        assert where in str(refused.value) and f"update --from {old}" in str(refused.value)
    assert files_in(tmp_path) == before


def test_a_copy_in_which_nothing_is_written_is_said_to_be_one(course: Path, tmp_path: Path) -> None:
    with pytest.raises(
        CourseError, match=r"nothing is written in the lessons in .*, so there is nothing to bring"
    ):
        bring_from(copy_of(tmp_path / "old", COURSE), course)


def test_a_lesson_that_is_gone_or_broken_is_kept(course: Path, tmp_path: Path) -> None:
    gone = answered(
        built(LESSON.replace("double", "triple").replace("shift", "turn"), "03_gone"), triple="x = 1"
    )
    lines = bring_from(copy_of(tmp_path / "old", {NAME: OLD[:-300], "lessons/03_gone.ipynb": gone}), course)
    assert (course / KEPT / "lessons" / "03_gone.ipynb").read_bytes() == gone
    assert (course / KEPT / NAME).read_bytes() == OLD[:-300]
    assert (course / NAME).read_bytes() == NEWER and not (course / "lessons" / "03_gone.ipynb").exists()
    assert "lessons/03_gone.ipynb is no longer in the course; yours is kept" in lines


def test_what_could_not_be_read_or_is_not_finished_is_no_nothing(course: Path, tmp_path: Path) -> None:
    old = copy_of(tmp_path / "old", {**COURSE, NAME: OLD})
    (old / NAME).rename(tmp_path / "lesson.ipynb")
    (old / NAME).symlink_to(tmp_path / "lesson.ipynb")
    with pytest.raises(CourseError, match=rf"^nothing could be brought over from .*{NAME} was left out"):
        bring_from(old, course)
    killed = copy_of(tmp_path / "killed", {**COURSE, f"{KEPT}/{NAME}": OLD, f"{KEPT}/UNFINISHED.txt": b"1"})
    with pytest.raises(CourseError, match=f"was interrupted, and part of the work lies in {KEPT}: finish it"):
        bring_from(killed, course)
