"""`update --from`: the work in another copy comes into this one, and the other copy is only read."""

from __future__ import annotations

import datetime
import io
import stat
import zipfile
from pathlib import Path

import pytest

from course_lib import CourseError
from course_lib.updates.other_copy import bring_from
from tests.updates.a_course import (
    ANSWER,
    LESSON,
    NAME,
    answered,
    built,
    changed,
    files_in,
    only_run,
    own_cell,
    sources,
    with_own,
)

NEWER = built(changed(("Twice as much.", "Two times as much.")))
GAN, SECOND = "course_lib/models/gan.py", "lessons/02_second.ipynb"
OURS = {
    GAN: b"width = 1\n",
    "README.md": b"# A course\n",
    "data/ours.csv": b"1\n",
    SECOND: built(LESSON, "02_second"),
}
COURSE = {**OURS, NAME: built()}
NEW = {**OURS, NAME: NEWER, GAN: b"width = 2\n"}
OLD = answered(built(), double=ANSWER)
KEPT = f"before/{datetime.date.today().isoformat()}"


def copy_of(folder: Path, files: dict[str, bytes]) -> Path:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def zipped(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


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
    assert any("not as they are here: 1. Without git" in line for line in lines)


def test_what_is_large_or_elsewhere_is_named_and_not_copied(course: Path, tmp_path: Path) -> None:
    elsewhere = {
        "runs/first/gan.keras": b"1",
        "lessons/runs/06/gan.keras": b"2",
        "my folder/a.txt": b"3",
        "course_lib/__pycache__/gan.cpython.pyc": b"4",
        ".venv/bin/python": b"5",
        "lessons/.ipynb_checkpoints/01_small-checkpoint.ipynb": OLD,
    }
    old = copy_of(tmp_path / "old", {**COURSE, NAME: OLD, **elsewhere})
    lines = bring_from(old, course)
    assert "Not copied: lessons/runs/, my folder, runs. Move what you need yourself." in lines
    assert not {*elsewhere} & {*files_in(course)}


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


@pytest.mark.parametrize("top", ["gan-course-main/", "", "backup/gan-course-main/"])
def test_a_zip_serves_as_well_with_githubs_folder_in_it_or_without(
    top: str, course: Path, tmp_path: Path
) -> None:
    files = {**COURSE, NAME: OLD, "lessons/mine.csv": b"1"}
    packed = zipped(tmp_path / "old.zip", {top + name: content for name, content in files.items()})
    bring_from(packed, course)
    assert sources((course / NAME).read_bytes())["double"] == ANSWER
    assert (course / "lessons" / "mine.csv").read_bytes() == b"1"


@pytest.mark.parametrize("kind", ["folder", "zip", "file"])
def test_downloaded_notebooks_alone_serve_as_well(kind: str, course: Path, tmp_path: Path) -> None:
    """As they are saved from Binder."""
    if kind == "zip":
        other = zipped(tmp_path / "lessons.zip", {"01_small.ipynb": OLD})
    else:
        other = copy_of(tmp_path / "Downloads", {"01_small.ipynb": OLD})
    bring_from(other / "01_small.ipynb" if kind == "file" else other, course)
    assert sources((course / NAME).read_bytes())["double"] == ANSWER


def test_a_notebook_that_the_browser_gave_another_name_is_still_that_lesson(
    course: Path, tmp_path: Path
) -> None:
    bring_from(copy_of(tmp_path, {"01_small (1).ipynb": OLD}) / "01_small (1).ipynb", course)
    assert sources((course / NAME).read_bytes())["double"] == ANSWER
    assert not [name for name in files_in(course) if "(1)" in name]


def test_hostile_members_of_a_zip_are_left_out_and_named(course: Path, tmp_path: Path) -> None:
    link = zipfile.ZipInfo("lessons/link.csv")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(NAME, OLD)
        archive.writestr("lessons/../../outside.csv", "x")
        archive.writestr("/lessons/absolute.csv", "x")
        archive.writestr(link, "/etc/passwd")
        archive.writestr("lessons/bomb.csv", bytes(15_000_000))
        archive.writestr(".git/hooks/post-merge", "x")
    (tmp_path / "old.zip").write_bytes(packed.getvalue())
    before = files_in(tmp_path)
    lines = bring_from(tmp_path / "old.zip", course)
    new = {name for name in files_in(tmp_path) if name not in before}
    assert new == {f"new/{KEPT}/{NAME}"}
    for name in ("outside.csv", "absolute.csv", "link.csv", "bomb.csv"):
        assert any(name in line and "was left out" in line for line in lines), name


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("old.zip", b"PK\x03\x04 nothing", "is a broken zip"),
        ("notes.txt", b"no course", "is no folder, zip or notebook"),
        ("nowhere", None, "cannot be read"),
        ("empty/a.txt", b"no lessons", "there are no lessons in"),
    ],
)
def test_what_is_no_copy_of_the_course_is_refused(
    name: str, content: bytes | None, said: str, course: Path, tmp_path: Path
) -> None:
    if content is not None:
        copy_of(tmp_path, {name: content})
    before = files_in(tmp_path)
    with pytest.raises(CourseError, match=said):
        bring_from(tmp_path / name.split("/")[0], course)
    assert files_in(tmp_path) == before


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


def test_of_several_copies_one_must_be_named(course: Path, tmp_path: Path) -> None:
    for name in ("a", "b"):
        copy_of(tmp_path / "both" / name, {**COURSE, NAME: OLD})
    with pytest.raises(CourseError, match=r"there are several copies of the course in .*: name one of a, b"):
        bring_from(tmp_path / "both", course)
