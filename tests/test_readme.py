"""The pages for people say what is true: commands, lessons, links, launch links, citation, licences."""

from __future__ import annotations

import re
import shlex
import tomllib
from pathlib import Path

import nbformat
import pytest
import yaml
from PIL import Image

from course_lib import ROOT, __version__
from course_lib.authoring.lesson import load_lesson, sources
from course_lib.authoring.reading_time import minutes
from course_lib.authoring.student import launch_links
from course_lib.commands.program import build_parser

README = (ROOT / "README.md").read_text("utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
PAGES = (
    *("README.md", "CONTRIBUTING.md", "CHANGELOG.md"),
    *("lessons/INSTRUCTORS.md", "lessons/LICENSE.md", "data/README.md"),
    *("course_lib/training/CLUSTER.md", "course_lib/benchmark/NOTES.md"),
)
ROW = re.compile(r"^\| (?:\[)?(\d\d) ([^|\]]+?)(?:\]\(([^)]+)\))? \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
"""A row of the map of lessons: number, title, notebook (only where there is one), what one does, time."""


def test_it_begins_with_the_title_and_the_two_commands() -> None:
    first = README.splitlines()[:6]
    assert first[0].startswith("# ")
    assert [line.split("#")[0].strip() for line in first if "python3" in line] == [
        "python3 -m course_lib lab",
        "python3 -m course_lib test",
    ]


def test_the_first_screen_shows_a_picture_of_the_course() -> None:
    alt, path = re.search(r"^!\[([^\]]+)\]\(([^)]+)\)$", README, re.MULTILINE).groups()
    assert README.index(path) < 1000 and len(alt) > 60
    assert (ROOT / path).stat().st_size < 300_000
    with Image.open(ROOT / path) as picture:
        picture.load()
        assert 500 <= picture.width <= 1600


def test_launch_links_are_those_of_the_settings() -> None:
    expected = launch_links("00_start_here")
    found = [line for line in README.splitlines() if re.search(r"mybinder\.org|colab\.research", line)]
    assert found == [expected] * bool(expected), (
        f"README.md should have as its launch links: {expected or 'none'}"
    )


def test_times_are_those_of_the_lessons() -> None:
    for (_, _, _, _, time), path in zip(ROW.findall(README), sources(), strict=True):
        assert time == f"{minutes(load_lesson(path))} minutes", path.name


def test_the_map_names_every_lesson_once() -> None:
    rows = ROW.findall(README)
    assert [number for number, *_ in rows] == [f"{number:02}" for number in range(len(rows))]
    written = {path.stem for path in sources()}
    assert {Path(link).stem for _, _, link, _, _ in rows if link} == written
    for number, _, link, _, time in rows:
        assert (time == "planned") == (not link), f"lesson {number} is planned or has a link"


@pytest.mark.parametrize("row", [row for row in ROW.findall(README) if row[2]], ids=lambda row: row[0])
def test_title_and_time_are_those_of_the_lesson(row: tuple[str, ...]) -> None:
    number, title, link, _, time = row
    first = nbformat.read(ROOT / link, as_version=4).cells[0].source
    assert Path(link).stem.startswith(f"{number}_")
    assert re.match(r"# (?:\d+\. )?(.+)", first)[1] == title
    assert re.search(r"\*\*Time:\*\* (\d+ minutes)", first)[1] == time


@pytest.mark.parametrize("page", PAGES)
def test_links_and_files_exist(page: str) -> None:
    text = (ROOT / page).read_text("utf-8")
    folder = (ROOT / page).parent
    for target in re.findall(r"\]\(([^)#\s]+)", text):
        assert target.startswith("https://") or (folder / target).exists(), f"{page}: {target}"
    for name in re.findall(r"`([\w./]+\.(?:py|md|toml|txt|cff|yml|ipynb))`", text):
        assert (folder / name).exists() or (ROOT / name).exists(), f"{page}: {name}"


@pytest.mark.parametrize("page", PAGES)
def test_commands_are_those_of_the_program(page: str) -> None:
    for line in re.findall(r"python3 -m course_lib ([^`\n]+)", (ROOT / page).read_text("utf-8")):
        try:
            build_parser().parse_args(shlex.split(line, comments=True))
        except SystemExit as end:
            assert end.code == 0, f"{page}: {line}"  # 0: it was --help


def test_the_citation_is_complete_and_current() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    assert {"cff-version", "message", "title", "authors", "version", "license"} <= citation.keys()
    assert str(citation["version"]) == __version__ == PROJECT["version"]
    assert citation["license"] == PROJECT["license"]
    assert citation["authors"] == PROJECT["authors"]
    assert README.startswith(f"# {citation['title']}\n")
    assert f"*{citation['title']}*, version {__version__}" in README
    assert (
        re.search(r"^## (\S+?),? ", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)[1]
        == __version__
    )


def test_code_and_text_have_their_licences() -> None:
    title, _, holder, _, grant, *_ = (ROOT / "LICENSE").read_text("utf-8").splitlines()
    assert title == "MIT License" and grant.startswith("Permission is hereby granted, free of charge")
    assert holder == "Copyright (c) 2026 The course contributors"
    text = (ROOT / "lessons" / "LICENSE.md").read_text("utf-8")
    assert holder in text
    assert (
        "[Creative Commons Attribution 4.0 International](https://creativecommons.org/licenses/by/4.0/)"
        in text
    )
