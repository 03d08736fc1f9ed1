"""The folder of a site: refused in one line if it holds anything else, replaced whole or not at all."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from course_lib import CourseError
from course_lib.site.folder import MARK, check_folder, replacing_folder


def write(out: Path, *names: str) -> None:
    with replacing_folder(check_folder(out)) as new:
        for name in names:
            (new / name).parent.mkdir(parents=True, exist_ok=True)
            (new / name).write_text(name)


def files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_a_site_takes_the_place_of_the_one_before(tmp_path: Path) -> None:
    out = tmp_path / "a" / "b" / "site"
    write(out, "index.html", "lessons/1.html", ".nojekyll")
    assert files(out) == {"index.html", "lessons/1.html", ".nojekyll", MARK}
    write(out, "index.html")
    assert files(out) == {"index.html", MARK} and [*out.parent.iterdir()] == [out]
    empty = tmp_path / "empty"
    empty.mkdir()
    write(empty, "index.html")
    assert files(empty) == {"index.html", MARK}


@pytest.mark.parametrize("name", ["mine.txt", "lessons/mine.txt", "CNAME"])
def test_what_is_not_ours_is_refused_and_stays(tmp_path: Path, name: str) -> None:
    write(tmp_path / "site", "index.html", "lessons/1.html")
    (tmp_path / "site" / name).write_text("mine")
    with pytest.raises(
        CourseError, match=rf"other things than a site made by `site` \({name}\): choose another"
    ) as error:
        check_folder(tmp_path / "site")
    assert "\n" not in str(error.value) and (tmp_path / "site" / name).read_text() == "mine"


@pytest.mark.parametrize(
    "mark", ["", "[]", '{"format": 3}', '{"files": ["a"]}', '{"format": "gan-course site 1"}', "\udcff"]
)
def test_a_folder_with_another_mark_is_not_ours(tmp_path: Path, mark: str) -> None:
    (tmp_path / MARK).write_text(mark, errors="surrogateescape")
    with pytest.raises(CourseError, match="choose another folder"):
        check_folder(tmp_path)


@pytest.mark.parametrize("out", [None, 3, "\0", b"x"])
def test_what_is_no_name_of_a_folder_is_refused(out: object) -> None:
    with pytest.raises(CourseError, match="no name of a folder"):
        check_folder(out)


def test_a_file_and_a_folder_below_a_file_are_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(CourseError, match="is a file: choose a folder"):
        check_folder(tmp_path / "file")
    with (
        pytest.raises(CourseError, match="Cannot write"),
        replacing_folder(check_folder(tmp_path / "file" / "below")),
    ):
        raise AssertionError("not reached")


@pytest.mark.parametrize("failure", [KeyboardInterrupt, CourseError, ValueError, OSError])
def test_after_a_failure_all_is_as_it_was(tmp_path: Path, failure: type[BaseException]) -> None:
    write(tmp_path / "old", "index.html")
    for out in (tmp_path / "old", tmp_path / "new" / "deep"):
        with (
            pytest.raises(CourseError if failure is OSError else failure),
            replacing_folder(check_folder(out)) as new,
        ):
            (new / "half.html").touch()
            raise failure("no")
    assert [*tmp_path.iterdir()] == [tmp_path / "old"] and files(tmp_path / "old") == {"index.html", MARK}


def test_if_the_new_site_cannot_take_its_place_the_old_one_comes_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "site"
    write(out, "index.html")
    rename = Path.rename

    def refuse(path: Path, target: Path) -> Path:
        if ".new." in path.name:
            raise PermissionError(13, "Permission denied")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", refuse)
    with pytest.raises(CourseError, match=r"Cannot write .*site: Permission denied"):
        write(out, "other.html")
    assert files(out) == {"index.html", MARK} and [*tmp_path.iterdir()] == [out]


def test_a_file_put_there_meanwhile_stays(tmp_path: Path) -> None:
    out = tmp_path / "site"
    write(out, "index.html")
    with pytest.raises(CourseError, match="other things"), replacing_folder(check_folder(out)) as new:
        (new / "index.html").touch()
        (out / "mine").write_text("mine")
    assert files(out) == {"index.html", "mine", MARK} and [*tmp_path.iterdir()] == [out]


def test_the_mark_names_every_file(tmp_path: Path) -> None:
    write(tmp_path / "site", "index.html", "_static/a.css")
    assert {*json.loads((tmp_path / "site" / MARK).read_text())["files"]} == files(tmp_path / "site")
