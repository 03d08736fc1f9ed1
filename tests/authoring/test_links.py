"""Launch links are written everywhere by one command, which executes nothing and changes nothing else."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import nbformat
import pytest

from course_lib import ROOT, CourseError
from course_lib.authoring import first_cell, student
from course_lib.authoring.as_shipped import is_as_shipped
from course_lib.authoring.links import BEGIN, END, HOW_TO, read, stamped
from tests.authoring.conftest import SMALL
from tests.course_copy import call, contents, copy_course

LESSONS = sorted(path.stem for path in (ROOT / "lessons" / "source").glob("[0-9][0-9]_*.py"))
TOKEN = "ghp_0123456789abcdef"


@pytest.fixture
def course(tmp_path: Path) -> Path:
    return copy_course(tmp_path / "course")


def links(course: Path, *words: str) -> str:
    ran = call(course, "links", *words)
    assert (ran.returncode, ran.stderr) == (0, ""), ran.stdout + ran.stderr
    return ran.stdout


def written_by_hand(course: Path, repository: str) -> None:
    settings = course / "pyproject.toml"
    text, count = re.subn(
        '^repository = ".*"', f'repository = "{repository}"', settings.read_text(), flags=re.M
    )
    assert count == 1
    settings.write_text(text)


@pytest.mark.slow
def test_one_command_gives_every_page_its_buttons_and_taking_them_out_leaves_no_trace(course: Path) -> None:
    links(course, "--remove")  # renews the set-up cell too, whatever the built notebooks have
    before = contents(course)
    printed = links(course, "--repo", f"https://ada:{TOKEN}@github.com/ada/gans.git/", "--branch", "a/b")
    after = contents(course)
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"pyproject.toml", "README.md", *(f"lessons/{name}.ipynb" for name in LESSONS)}
    assert after.keys() == before.keys()
    assert (
        printed.splitlines()[-2]
        == f"ada/gans, branch a/b: {len(LESSONS) + 2} files changed, nothing was executed."
    )
    assert not any(TOKEN.encode() in after[name] for name in changed) and TOKEN not in printed
    for name in LESSONS:
        assert_same_but_for_links(before[f"lessons/{name}.ipynb"], after[f"lessons/{name}.ipynb"], name)
    assert links(course, "--repo", "ada/gans") == "ada/gans, branch a/b: as it was.\n"
    links(course, "--remove")
    assert contents(course) == {**before, "pyproject.toml": contents(course)["pyproject.toml"]}


def assert_same_but_for_links(before: bytes, after: bytes, name: str) -> None:
    """Only the first and the set-up cell's sources and digests differ, and from the next cell on no byte does."""
    old, new = json.loads(before), json.loads(after)
    row = "".join(new["cells"][0]["source"]).split("\n\n")[1]
    assert re.findall(r"https://([^/]+)/\S*/ada/gans/", row) == ["mybinder.org", "colab.research.google.com"]
    assert row.count(name) == 2
    place = next(place for place, cell in enumerate(new["cells"]) if cell["id"] == "course-setup")
    assert "ada/gans" in "".join(new["cells"][place]["source"])
    following = f'"id": "{new["cells"][place + 1]["id"]}"'.encode()
    assert before[before.index(following) :] == after[after.index(following) :]
    for notebook in (old, new):
        for cell in (notebook["cells"][0], notebook["cells"][place]):
            del cell["source"]
            cell["metadata"]["course"].pop("digest", None)  # goes with the source
    assert old == new


@pytest.mark.parametrize("damaged", ["README.md", "lessons/09_taming_and_steering.ipynb"])
def test_where_one_file_has_no_place_for_links_none_is_changed(course: Path, damaged: str) -> None:
    (course / damaged).write_text("{}")
    before = contents(course)
    ran = call(course, "links", "--repo", "ada/gans")
    assert ran.returncode == 1 and ran.stderr.startswith(f"error: {damaged} ") and ran.stderr.count("\n") == 1
    assert contents(course) == before


def test_a_file_that_cannot_be_written_leaves_all_as_they_were(course: Path) -> None:
    """The largest notebooks are more than the system lets the command write; the others are written before."""
    resource = pytest.importorskip("resource")
    links(course, "--remove")
    before = contents(course)
    sizes = [len(content) for name, content in before.items() if name.endswith(".ipynb")]
    limit = (min(sizes) + max(sizes)) // 2
    ran = call(
        course,
        *("links", "--repo", "ada/gans"),
        env={"PYTHONDONTWRITEBYTECODE": "1"},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
    )
    assert ran.returncode == 1 and "File too large" in ran.stderr
    assert contents(course) == before


@pytest.fixture(scope="module")
def clones(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """A course of one small lesson and a README, cloned by two owners and built by each."""
    folders = []
    for owner in ("ada", "bob"):
        course = copy_course(tmp_path_factory.mktemp("clones") / owner)
        shutil.rmtree(course / "lessons")
        (course / "lessons" / "source").mkdir(parents=True)
        (course / "lessons" / "source" / "90_small.py").write_text(SMALL)
        (course / "CONTRIBUTING.md").unlink()
        (course / "README.md").write_text(f"# A course\n\n{BEGIN}\n{END}\n")
        links(course, "--repo", "the/course")
        for words in (
            ("init", "--quiet", "--initial-branch", owner),
            ("remote", "add", "origin", f"https://github.com/{owner}/gans.git"),
        ):
            subprocess.run(["git", *words], cwd=course, check=True)
        ran = call(course, "build", "90")
        assert ran.returncode == 0, ran.stderr
        folders.append(course)
    return folders


@pytest.mark.slow
def test_two_clones_build_the_same_notebooks_whatever_their_remotes(clones: list[Path]) -> None:
    one, other = ((course / "lessons" / "90_small.ipynb").read_bytes() for course in clones)
    assert one == other and b"mybinder.org/v2/gh/the/course/main" in one


@pytest.mark.slow
def test_the_commands_that_check_agree(clones: list[Path], tmp_path: Path) -> None:
    course = shutil.copytree(clones[0], tmp_path / "course")
    assert [call(course, *words).returncode for words in CHECKS] == [0, 0]
    written_by_hand(course, "ada/gans")
    looked, built = (call(course, *words) for words in CHECKS)
    assert looked.returncode == built.returncode == 1
    says = "pyproject.toml says ada/gans, branch main, not so its launch links"
    mend = "run: python3 -m course_lib links --repo ada/gans --branch main"
    assert looked.stdout.splitlines()[:-1] == [
        f"README.md: {says}; {mend}",
        f"lessons/90_small.ipynb: {says} and its set-up cell; {mend}",
    ]
    assert built.stdout.startswith("lessons/90_small.ipynb: cell 'text-90-a-small-lesson' is not what")
    links(course, "--repo", "ada/gans")
    assert [call(course, *words).returncode for words in CHECKS] == [0, 0]


CHECKS = (("links", "--check"), ("build", "--check"))


def test_the_links_hold_what_binder_and_colab_ask_for(monkeypatch) -> None:
    """Binder reads everything after the repository as the branch, and opens what `urlpath` decodes to."""
    monkeypatch.setattr(student, "repository", lambda: ("ada/gans", "lectures/größe#1"))
    binder, colab = map(urlsplit, re.findall(r"\]\((\S+?)\)", student.launch_links("00_start_here")))
    assert (binder.netloc, unquote(binder.path)) == ("mybinder.org", "/v2/gh/ada/gans/lectures/größe#1")
    assert parse_qs(binder.query) == {"urlpath": ["lab/tree/lessons/00_start_here.ipynb"]}
    assert binder.query == "urlpath=lab%2Ftree%2Flessons%2F00_start_here.ipynb"
    assert colab.netloc == "colab.research.google.com" and not colab.fragment
    path = "/github/ada/gans/blob/lectures/größe#1/lessons/00_start_here.ipynb"
    assert unquote(colab.path) == path and colab.path.isascii()


@pytest.fixture
def at(monkeypatch):
    def set_repository(repository: str) -> None:
        for module in (student, first_cell):
            monkeypatch.setattr(module, "repository", lambda: (repository, "main"))

    return set_repository


def test_links_in_a_first_cell_are_put_in_replaced_and_taken_out(at) -> None:
    plain = "# A lesson\n\nWhat it is about: [Binder](https://mybinder.org) too.\n\nAnd more."
    at("ada/gans")
    ada = student.with_launch_links(plain, "90_small")
    assert ada.splitlines()[2] == student.launch_links("90_small") and ada.endswith("\n\nAnd more.")
    at("bob/gans")
    bob = student.with_launch_links(ada, "90_small")
    assert bob == ada.replace("ada/gans", "bob/gans") != ada
    at(student.UNSET)
    assert student.with_launch_links(bob, "90_small") == plain == student.with_launch_links(plain, "90_small")


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_the_readme_keeps_all_but_what_stands_between_the_marks(at, end: str) -> None:
    text = f"# Title\n{BEGIN}\nanything\nat all\n{END}\n\nText.\n".replace("\n", end)
    at("ada/gans")
    new, changed = stamped(ROOT / "README.md", text)
    row = student.launch_links("00_start_here")
    assert new == f"# Title\n{BEGIN}\n{row}\n{END}\n\nText.\n".replace("\n", end)
    assert changed == ["its launch links"] and stamped(ROOT / "README.md", new) == (new, [])
    at(student.UNSET)
    assert HOW_TO in stamped(ROOT / "README.md", new)[0]
    with pytest.raises(CourseError, match=r"^README\.md has no place for the launch links"):
        stamped(ROOT / "README.md", text.replace(END, ""))


def test_a_notebook_in_which_nothing_changes_is_left_as_it_was_saved(at) -> None:
    """Whoever saved it: other indentation, a source in one string, no line break at the end."""
    at(student.UNSET)
    cells = [
        {"cell_type": "markdown", "id": "a", "metadata": {}, "source": "# A lesson\n\nText."},
        {"cell_type": "code", "id": "course-setup", "metadata": {}, "source": first_cell.first_cell()},
    ]
    text = json.dumps({"nbformat": 4, "cells": cells}, indent=4)
    path = ROOT / "lessons" / "90_small.ipynb"
    assert stamped(path, text) == (text, [])
    at("ada/gans")
    new, changed = stamped(path, text)
    assert changed == ["its launch links", "its set-up cell"]
    assert list(json.loads(new)) == ["nbformat", "cells"]


def test_a_notebook_with_a_bom_or_half_a_character_in_it_keeps_them(at, small_lesson) -> None:
    at("ada/gans")
    notebook = student.student_notebook(small_lesson)
    notebook.cells[-1].source += "HALF"
    text = "\ufeff" + nbformat.writes(notebook).replace("HALF", "\\ud83d") + "\n"
    at("bob/gans")
    new, changed = stamped(ROOT / "lessons" / f"{small_lesson.name}.ipynb", text)
    assert changed == ["its launch links", "its set-up cell"]
    assert new.startswith("\ufeff{") and "\\ud83d" in new
    assert "bob/gans" in json.loads(new.encode("utf-8"))["cells"][0]["source"][2]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"{}", "is not a notebook that was built here; move it to another folder, then run: python3 -m"),
        ("{}".encode("utf-16"), "is not UTF-8 text (from byte 0 on): open it in an editor"),
    ],
)
def test_what_may_be_a_students_work_is_not_to_be_deleted(content: bytes, said: str, monkeypatch) -> None:
    path = ROOT / "lessons" / "90_small.ipynb"
    monkeypatch.setattr(Path, "read_bytes", lambda _: content)
    with pytest.raises(CourseError, match=f"^lessons/90_small.ipynb {re.escape(said)}"):
        stamped(path, read(path))


def test_a_notebook_that_is_stamped_is_the_one_that_would_be_built(at, small_lesson) -> None:
    at("ada/gans")
    text = nbformat.writes(student.student_notebook(small_lesson)) + "\n"
    at("bob/gans")
    new, changed = stamped(ROOT / "lessons" / f"{small_lesson.name}.ipynb", text)
    assert changed == ["its launch links", "its set-up cell"]
    assert new == nbformat.writes(student.student_notebook(small_lesson)) + "\n"


def test_a_cell_that_somebody_wrote_in_still_counts_as_such_when_it_is_stamped(at, small_lesson) -> None:
    """So `update` keeps it."""
    at("ada/gans")
    notebook = student.student_notebook(small_lesson)
    notebook.cells[0].source += "\n\nA note."
    at("bob/gans")
    new, _ = stamped(ROOT / "lessons" / f"{small_lesson.name}.ipynb", nbformat.writes(notebook))
    cells = json.loads(new)["cells"]
    assert "bob/gans" in "".join(cells[0]["source"]) and "A note." in "".join(cells[0]["source"])
    assert [is_as_shipped(cell) for cell in cells[:2]] == [False, True]
