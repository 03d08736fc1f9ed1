"""What of another copy is copied, kept, named or refused."""

from __future__ import annotations

import io
import stat
import zipfile
from pathlib import Path

import pytest

from course_lib import CourseError
from course_lib.updates.findings import listed
from course_lib.updates.other_copy import bring_from
from tests.updates.a_course import ANSWER, NAME, files_in, sources
from tests.updates.two_copies import COURSE, GAN, KEPT, NEW, OLD, copy_of, zipped


@pytest.fixture
def course(tmp_path: Path) -> Path:
    return copy_of(tmp_path / "new", NEW)


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


def test_data_changed_by_the_student_are_kept_and_named_and_own_folders_too(
    course: Path, tmp_path: Path
) -> None:
    both = {"my folder/a.txt": b"older"}
    copy_of(course, {"my folder/a.txt": b"newer", "tests/test_a.py": b"1"})
    theirs = {"data/ours.csv": b"2\n", "data/mine.csv": b"3\n", "tests/test_a.py": b"2", **both}
    lines = bring_from(copy_of(tmp_path / "old", {**COURSE, NAME: OLD, GAN: NEW[GAN], **theirs}), course)
    assert (course / "data" / "ours.csv").read_bytes() == b"1\n"
    assert (course / KEPT / "data" / "ours.csv").read_bytes() == b"2\n"
    said = "Other files that are not as they are here: data/ours.csv, tests/test_a.py. Without git"
    assert any(line.startswith(said) for line in lines)
    assert "Not copied: data, my folder. Move what you need yourself." in lines


def test_data_that_are_changed_are_named_though_nothing_is_written(course: Path, tmp_path: Path) -> None:
    old = copy_of(tmp_path / "old", {**COURSE, GAN: NEW[GAN], "data/ours.csv": b"2\n"})
    with pytest.raises(CourseError, match=r"\(but not as they are here: data/ours\.csv; look whether you"):
        bring_from(old, course)


def test_many_files_of_a_folder_are_counted() -> None:
    assert listed(["b/1", "a/1", "b/2", "a/2", "a/3", "a/4"]) == "4 in a/, b/1, b/2"


@pytest.mark.parametrize("name", ["scratch.ipynb", "lessons/scratch.ipynb"])
def test_a_notebook_that_is_no_lesson_is_refused_with_what_to_do(
    name: str, course: Path, tmp_path: Path
) -> None:
    scratch = copy_of(course if "/" in name else tmp_path, {name: b'{"cells": [], "nbformat": 4}'}) / name
    before = files_in(tmp_path)
    with pytest.raises(CourseError) as refused:
        bring_from(scratch, course)
    assert str(refused.value).startswith(
        f"{scratch} is no lesson of the course: put it into lessons/ yourself"
    )
    assert files_in(tmp_path) == before


def test_an_own_notebook_in_both_copies_is_no_lesson(course: Path, tmp_path: Path) -> None:
    own = "lessons/scratch.ipynb"
    copy_of(course, {own: b'{"cells": [], "nbformat": 4}'})
    bring_from(copy_of(tmp_path / "old", {**COURSE, NAME: OLD, own: b"older"}), course)
    assert (course / own).read_bytes() == b'{"cells": [], "nbformat": 4}'
    assert (course / KEPT / own).read_bytes() == b"older"


@pytest.mark.parametrize(
    ("theirs", "ours"), [("lessons/sub/a.txt", "lessons/sub"), ("lessons/sub", "lessons/sub/a.txt")]
)
def test_a_folder_where_the_course_has_a_file_is_kept(
    theirs: str, ours: str, course: Path, tmp_path: Path
) -> None:
    copy_of(course, {ours: b"ours"})
    lines = bring_from(copy_of(tmp_path / "old", {**COURSE, NAME: OLD, theirs: b"mine"}), course)
    assert (course / ours).read_bytes() == b"ours"
    assert (course / KEPT / theirs).read_bytes() == b"mine"
    assert any(theirs in line for line in lines)
    assert sources((course / NAME).read_bytes())["double"] == ANSWER


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


def test_of_several_copies_one_must_be_named(course: Path, tmp_path: Path) -> None:
    for name in ("a", "b"):
        copy_of(tmp_path / "both" / name, {**COURSE, NAME: OLD})
    with pytest.raises(CourseError, match=r"there are several copies of the course in .*: name one of a, b"):
        bring_from(tmp_path / "both", course)
