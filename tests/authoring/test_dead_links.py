"""`links --check` and `links --external`: what leads nowhere is named, once, where it can be mended."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from course_lib import ROOT
from course_lib.authoring import dead_links
from course_lib.authoring.lesson import sources
from tests.course_copy import call, copy_course


def test_every_link_of_the_course_leads_somewhere() -> None:
    links = dead_links.all_links()
    assert {link.where.split(":")[0] for link in links} >= {"README.md", "lessons/INSTRUCTORS.md"}
    assert dead_links.find_problems(links) == []


@pytest.fixture(scope="module")
def right(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the course in which every link is right, to be copied again."""
    course = copy_course(tmp_path_factory.mktemp("links") / "course")
    assert call(course, "links", "--repo", "ada/gans").returncode == 0
    return course


@pytest.fixture
def course(right: Path, tmp_path: Path) -> Path:
    return shutil.copytree(right, tmp_path / "course")


def add(page: Path, text: str) -> int:
    """Put a paragraph at the end of a page; the number of its line."""
    old = page.read_text("utf-8")
    page.write_text(f"{old}\n{text}\n", "utf-8")
    return old.count("\n") + 2


BINDER = "https://mybinder.org/v2/gh/ada/gans"
COLAB = "https://colab.research.google.com/github/ada/gans/blob"

WRONG = {
    "[a](no_such_file.md)": "{folder}no_such_file.md does not exist",
    "![a picture](images/no_such_picture.png)": "{folder}images/no_such_picture.png does not exist",
    '<img alt="a picture" src="no_such_picture.gif">': "{folder}no_such_picture.gif does not exist",
    "[a][r]\n\n[r]: no_such_file.txt": "{folder}no_such_file.txt does not exist",
    "[a](#no-such-section)": "{page} has no section #no-such-section",
    '<a href="https://[example">a</a>': "https://[example is no address",
    "[a]()": "a link without a target",
    "[a](/README.md)": "/README.md leads out of the course; write the way from the folder of the page",
    "[a](../../outside.md)": "../../outside.md leads out of the course; write the way from the folder of the page",
    f"[a]({BINDER}/autumn?urlpath=lab)": f"{BINDER}/autumn?urlpath=lab opens no lesson of this course "
    "(the course is ada/gans, branch main); mend it by hand",
    f"[a]({COLAB}/main/lessons/99_none.ipynb)": f"{COLAB}/main/lessons/99_none.ipynb opens no lesson of this course "
    "(the course is ada/gans, branch main); mend it by hand",
}
RIGHT = """\
[a](README.md) [b](lessons/INSTRUCTORS.md#grade-a-class-in-four-steps) ![c](lessons/images/dcgan_samples.png)
[d](course_lib/) [e](course_lib/files.py#L3-L9) [f](lessons/00_start_here.ipynb#What-we-saw) [g](#for-contributors)
[h](mailto:ada@example.org) [i](https://example.org/no/such/page#x) `[j](no.md)` $k[0](no.md)$
[l](https://mybinder.org/v2/gh/ada/gans/main?urlpath=lab%2Ftree%2Flessons%2F06_dcgan.ipynb)
"""


def test_in_a_page_everything_wrong_is_named_with_its_line_and_nothing_else(course: Path) -> None:
    add(course / "README.md", RIGHT)
    place = add(course / "README.md", "\n\n".join(WRONG))
    ran = call(course, "links", "--check")
    assert (ran.returncode, ran.stderr) == (1, "")
    *problems, last = ran.stdout.splitlines()
    assert re.fullmatch(rf"\d+ links checked, {len(WRONG)} problems\.", last)
    lines = "\n\n".join(WRONG).splitlines()
    for text, problem in WRONG.items():
        number = place + lines.index(text.splitlines()[0])
        assert f"README.md:{number}: {problem.format(folder='', page='README.md')}" in problems
    assert len(problems) == len(WRONG)


def test_the_launch_links_to_compare_with_are_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    monkeypatch.setattr(dead_links, "launch_links", lambda name: made.append(name) or "")
    page = ROOT / "CONTRIBUTING.md"
    links = [dead_links.Link(f"page:{line}", page, f"{BINDER}/main?{line}") for line in range(20)]
    problems = dead_links.find_problems(links)
    assert sum("opens no lesson of this course" in problem for problem in problems) == 20
    assert made == [source.stem for source in sources(dead_links.SOURCES)]


def test_a_link_is_read_from_the_folder_of_its_page(course: Path) -> None:
    expected = []
    for page in ("course_lib/training/CLUSTER.md", "lessons/INSTRUCTORS.md"):
        folder, up = page.rpartition("/")[0], "../" * page.count("/")
        text = f"[right]({up}README.md#lessons), [wrong](README.md), [wrong]({up}README.md#Lessons)"
        place = f"{page}:{add(course / page, text)}"
        expected.append(f"{place}: {folder}/README.md does not exist")
        expected.append(f"{place}: README.md has no section #Lessons; did you mean #lessons?")
    assert call(course, "links", "--check").stdout.splitlines()[:-1] == expected


def test_in_a_lesson_the_source_is_named_and_what_only_the_notebook_has(course: Path) -> None:
    """The teacher's notes are in the source alone; a notebook edited by hand has what its source lacks."""
    source = course / "lessons" / "source" / "00_start_here.py"
    text = source.read_text("utf-8")
    cell = '# %% [markdown] role="notes"\n# ## For teachers\n# [a](no_such_file.md) [b](#what-we-saw)\n'
    source.write_text(f"{text}\n{cell}", "utf-8")
    notebook = course / "lessons" / "00_start_here.ipynb"
    built = json.loads(notebook.read_text("utf-8"))
    built["cells"][-1]["source"] += ["\n\n![a picture](no_such_picture.png) [a](no_such_file.md)"]
    notebook.write_text(json.dumps(built), "utf-8")
    line = text.count("\n") + 4
    assert call(course, "links", "--check").stdout.splitlines()[:-1] == [
        f"lessons/source/00_start_here.py:{line}: lessons/no_such_file.md does not exist",
        f"lessons/source/00_start_here.py:{line}: lessons/00_start_here.ipynb has no section #what-we-saw; "
        "did you mean #What-we-saw?",
        f"lessons/00_start_here.ipynb, cell {built['cells'][-1]['id']!r}: lessons/no_such_picture.png does not exist",
    ]


def test_external_links_are_listed_with_their_places(course: Path) -> None:
    """Those of the course: what JupyterLab keeps, and a teacher's own folders, are no pages of it."""
    for folder in ("lessons/.ipynb_checkpoints", "graded06", ".venv"):
        (course / folder).mkdir()
        (course / folder / "README.md").write_text("[a](no_such_file.md) [b](https://example.org/own)")
    line = add(
        course / "data" / "README.md",
        "See https://example.org/a and [b](http://example.org/b), [c](../README.md).",
    )
    ran = call(course, "links", "--check", "--external")
    assert (ran.returncode, ran.stderr) == (0, "")
    *listed, last = ran.stdout.splitlines()
    assert last.endswith(" links checked, all right.")
    assert f"data/README.md:{line}: https://example.org/a" in listed
    assert f"data/README.md:{line}: http://example.org/b" in listed
    assert any(
        re.match(r"lessons/source/07_did_it_work\.py:\d+: https://github\.com/", each) for each in listed
    )
    binder = [each for each in listed if "mybinder.org" in each]
    assert len(binder) == len(sources()) + 1 and all(
        each.split(": ")[1].startswith(f"{BINDER}/main?") for each in binder
    )
    assert not any("../README.md" in each or "/own" in each for each in listed)


def test_a_page_or_lesson_that_cannot_be_read_is_one_line(course: Path) -> None:
    (course / "lessons" / "99_own.ipynb").write_text("{}")
    ran = call(course, "links", "--check")
    assert (ran.returncode, ran.stderr) == (1, "error: 99_own.ipynb is not a notebook\n")
