"""The site built by Sphinx, and the command that asks for it; `tests/browser` looks at its pages."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

pytest.importorskip("furo", reason="the site needs the extra `site`: pip install -e .[site]")
pytest.importorskip("math_core", reason="the site needs the extra `site`: pip install -e .[site]")
pytest.importorskip("myst_nb", reason="the site needs the extra `site`: pip install -e .[site]")
pytest.importorskip("ziamath", reason="the site needs the extra `site`: pip install -e .[site]")

from course_lib import CourseError
from course_lib.authoring.lesson import find_source, sources
from course_lib.commands import site
from course_lib.site import build, library
from course_lib.site.folder import check_folder
from tests.site import crawl


@pytest.mark.slow
def test_solutions_are_there_if_asked_for_and_an_interrupted_build_leaves_them(tmp_path: Path) -> None:
    out = check_folder(tmp_path / "site")
    built = build.build(out, [find_source("00")], ["scores"], solutions=True)
    assert built.warnings == [] and crawl.dead_links(out) == []
    student, solved = (crawl.read(out / where / "00_start_here.html") for where in ("lessons", "solutions"))
    assert "solutions and the notes for teachers" in solved.text
    assert "solutions and the notes for teachers" not in student.text
    files = {path: path.stat().st_mtime_ns for path in out.rglob("*")}

    def stop(name: str, done: int, total: int) -> None:
        if done > total * 0.6:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build.build(out, [find_source("00")], ["scores"], progress=stop)
    assert {path: path.stat().st_mtime_ns for path in out.rglob("*")} == files
    assert [*tmp_path.iterdir()] == [out]
    again = build.build(out, [find_source("00")], ["scores"])  # in the same process, without the solutions
    assert again.warnings == [] and not (out / "solutions").exists()


def parsed(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    site.add_arguments(parser)
    return parser.parse_args([*words])


def test_the_command_builds_all_of_it_and_says_where(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = []

    def pretend(out: Path, *rest: object) -> build.Built:
        asked.append(rest)
        out.mkdir()
        (out / "index.html").write_bytes(b"x" * 1_500_000)
        for number in range(1, 201):
            rest[-1]("a page", number, 200)
        return build.Built(19, 409, ["a.md:3: WARNING: no"])

    monkeypatch.setattr(build, "build", pretend)
    assert site.run(parsed("--out", str(tmp_path / "site"), "--solutions")) == 0
    lessons, rooms, solutions, _ = asked[0]
    assert lessons == sources() and rooms == ["", *library.rooms()] and solutions is True
    said = capsys.readouterr()
    assert said.out.startswith(f"{tmp_path / 'site' / 'index.html'}: 19 lessons, 409 pages, 2 MB, in ")
    assert said.err.splitlines() == ["100 of 200 steps", "200 of 200 steps", "a.md:3: WARNING: no"]


def test_a_folder_of_somebody_else_is_refused_before_anything_is_built(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(build, "build", lambda *_: pytest.fail("built"))
    (tmp_path / "thesis.tex").touch()
    with pytest.raises(CourseError, match=r"thesis\.tex"):
        site.run(parsed("--out", str(tmp_path)))
    with pytest.raises(SystemExit):
        parsed("--out", " ")
