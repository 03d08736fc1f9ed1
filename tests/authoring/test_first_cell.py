"""The set-up cell of every lesson: at home, alone, and on Colab, where it fetches the course by the real git."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_notebook

from course_lib import ROOT
from course_lib.authoring import first_cell
from course_lib.authoring.address import UNSET, Address
from course_lib.authoring.execute import execute
from course_lib.authoring.lesson import Lesson
from course_lib.authoring.student import METADATA, student_notebook

ADDRESS = "https://github.com/someone/course.git"
ON_COLAB = "import sys, types\nsys.modules['google.colab'] = types.ModuleType('google.colab')\n"
FOUND = "\nimport course_lib\nprint(course_lib.__file__)"


@pytest.fixture
def published(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(first_cell, "repository", lambda: Address("someone/course", "autumn"))


@pytest.fixture
def content(tmp_path: Path) -> Path:
    """The folder that stands for Colab's /content."""
    (tmp_path / "content").mkdir()
    return tmp_path / "content"


def cell(content: Path) -> str:
    return first_cell.first_cell().replace("/content", str(content))


def run(code: str, folder: Path, origin: Path | None = None) -> subprocess.CompletedProcess[str]:
    """The code in a Python of its own, without installed packages; git finds `origin` at the course's address."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "GIT_"))}
    if origin:
        env |= {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_VALUE_0": ADDRESS}
        env["GIT_CONFIG_KEY_0"] = f"url.file://{origin}.insteadOf"
    command = [sys.executable, "-S", "-c", code]
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with the library in two commits on the branch `autumn`."""
    folder = tmp_path_factory.mktemp("origin")
    (folder / "course_lib").mkdir()
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@b", "-C", str(folder)]
    subprocess.run([*git, "init", "--quiet", "--initial-branch=autumn"], check=True)
    for name in ("__init__.py", "keras_settings.py"):
        shutil.copy(ROOT / "course_lib" / name, folder / "course_lib")
        subprocess.run([*git, "add", "."], check=True)
        subprocess.run([*git, "commit", "--quiet", "--message", name], check=True)
    return folder


@pytest.mark.parametrize("below", ["lessons", "lessons/source"])
def test_at_home_it_finds_the_checkout_above_and_prints_nothing(below: str) -> None:
    ran = run(first_cell.first_cell() + FOUND, ROOT / below)
    assert ran.stdout == f"{ROOT / 'course_lib' / '__init__.py'}\n" and ran.stderr == ""


@pytest.mark.slow
def test_on_colab_it_fetches_the_newest_commit_of_the_branch_once(
    published: None, content: Path, origin: Path
) -> None:
    for said in ("Fetching the course, once. This takes half a minute.\n", ""):
        ran = run(ON_COLAB + cell(content) + FOUND, content, origin)
        assert ran.stdout == f"{said}{content}/course/course_lib/__init__.py\n" and ran.stderr == ""
    assert [each.name for each in content.iterdir()] == ["course"]
    count = ["git", "-C", str(content / "course"), "rev-list", "--count", "HEAD"]
    assert subprocess.run(count, capture_output=True, text=True, check=True).stdout == "1\n"


@pytest.mark.parametrize("missing", ["repository", "branch"])
def test_what_cannot_be_fetched_is_one_line_and_leaves_nothing(
    missing: str, published: None, content: Path, origin: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(first_cell, "repository", lambda: Address("someone/course", "spring"))
    ran = run(ON_COLAB + cell(content), content, origin if missing == "branch" else content / "nowhere")
    *_, line = ran.stderr.splitlines()
    assert line.startswith("NoCourse: The course was not fetched (fatal: ")
    assert line.endswith("Please run this cell again in a minute.")
    assert list(content.iterdir()) == []


def test_what_is_in_the_way_and_a_missing_git_are_one_line(
    published: None, content: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (content / "course").mkdir()
    *_, line = run(ON_COLAB + cell(content), content).stderr.splitlines()
    assert line.startswith(f"NoCourse: {content}/course is in the way of the course: rename it")
    (content / "course").rmdir()
    monkeypatch.setenv("PATH", str(content))
    *_, line = run(ON_COLAB + cell(content), content).stderr.splitlines()
    assert line.startswith("NoCourse: The course is fetched by git, which is not here")
    assert list(content.iterdir()) == []


def said_in_a_kernel(source: str, folder: Path) -> str:
    """What a student sees under the cell; the next one must not run."""
    notebook = new_notebook(cells=[new_code_cell(source), new_code_cell("1 + 1")], metadata=METADATA)
    execute(notebook, folder=folder, stop_at_error=False)
    (error,) = (output for output in notebook.cells[0].outputs if output.output_type == "error")
    return "\n".join(error.traceback)


@pytest.mark.slow
@pytest.mark.parametrize("published_at", ["", "someone/course"])
def test_a_student_without_the_course_reads_one_line(
    published_at: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(first_cell, "repository", lambda: Address(published_at or UNSET, "main"))
    source = first_cell.first_cell().replace(
        '"course_lib"', '"no_course_lib"'
    )  # the kernel here could import it
    source = source.replace("course_lib/__init__.py", "no_course_lib/__init__.py")
    home = said_in_a_kernel(source, tmp_path)
    assert home.startswith("This notebook needs the course's folder, which is not here. Get the whole course")
    assert home.endswith("python3 -m course_lib lab") and "\n" not in home
    assert ("github.com/someone/course" in home) == bool(published_at)
    if not published_at:
        colab = said_in_a_kernel(ON_COLAB + source, tmp_path)
        assert colab.startswith("Colab cannot fetch the course") and "\n" not in colab


def test_it_is_folded_in_every_lesson(small_lesson: Lesson) -> None:
    (setup,) = (each for each in student_notebook(small_lesson).cells if each.id == "course-setup")
    assert setup.source == first_cell.first_cell()
    assert setup.metadata.cellView == "form" and setup.metadata.jupyter.source_hidden
