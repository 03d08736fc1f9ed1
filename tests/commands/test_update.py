"""`update` on the command line, in a clone of the whole course and with a Python that has no package."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest

from course_lib import ROOT
from course_lib.authoring.lesson import load_lesson
from course_lib.authoring.student import student_notebook
from tests.course_copy import contents, copy_course
from tests.updates.a_course import answered, git, sources

SOURCE, LESSON = "lessons/source/01_gan_math.py", "lessons/01_gan_math.ipynb"
ANSWER = "# Exercise 1\ndef skew_divergence(p, q, x, alpha):\n    return 0.0  # not yet"


def build(course: Path) -> None:
    """The lesson's notebook from its source, not executed."""
    notebook = student_notebook(load_lesson(course / SOURCE))
    (course / LESSON).write_text(nbformat.writes(notebook) + "\n", encoding="utf-8")


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The course's repository, and a clone of it as it was before its newest commit."""
    upstream = copy_course(tmp_path_factory.mktemp("published") / "upstream")
    clone = upstream.parent / "clone"
    build(upstream)
    shutil.copy(ROOT / ".gitignore", upstream)
    git(upstream, "init", "--quiet")
    git(upstream, "add", "--all")
    git(upstream, "commit", "--quiet", "--message", "The course")
    git(upstream.parent, "clone", "--quiet", "upstream", "clone")
    source = upstream / SOURCE
    source.write_text(
        source.read_text("utf-8").replace("# # 1. GAN math", "# # 1. More GAN math"), encoding="utf-8"
    )
    build(upstream)
    for path in (upstream / "course_lib" / "updates").glob(
        "[!_]*.py"
    ):  # a program that ends before it is old
        path.write_text("raise SystemExit('this is the new version')\n")
    git(upstream, "commit", "--quiet", "--all", "--message", "A newer one")
    return upstream, clone


@pytest.fixture
def course(published: tuple[Path, Path], tmp_path: Path) -> Path:
    """A clone that is behind, with an answer in its first lesson."""
    git(tmp_path, "clone", "--quiet", "--no-hardlinks", str(published[1]), "course")
    git(tmp_path / "course", "remote", "set-url", "origin", str(published[0]))
    (tmp_path / "course" / LESSON).write_bytes(
        answered((tmp_path / "course" / LESSON).read_bytes(), skew_divergence=ANSWER)
    )
    return tmp_path / "course"


def update(course: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Called by path from another folder; -S leaves out what is installed."""
    command = [sys.executable, "-S", str(course / "course_lib"), "update", *words]
    outside = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    outside["PYTHONIOENCODING"] = "cp1252"  # as in Windows' consoles
    return subprocess.run(command, cwd=course.parent, env=outside, capture_output=True, text=True)


@pytest.mark.slow
def test_it_looks_updates_and_then_has_nothing_to_do(course: Path) -> None:
    before = contents(course)
    looked = update(course, "--check")
    assert (looked.returncode, looked.stderr) == (0, "")
    assert looked.stdout.splitlines()[-1] == "Nothing has been changed; without --check it will be."
    assert contents(course) == before
    done = update(course)
    assert (done.returncode, done.stderr) == (0, "")
    assert f"{LESSON}: 1 answer carried over\n" in done.stdout
    assert done.stdout.splitlines()[:-1] == looked.stdout.splitlines()[:-1]
    found = sources((course / LESSON).read_bytes())
    assert found["skew_divergence"] == ANSWER
    assert next(iter(found.values())).startswith("# 1. More GAN math")
    assert git(course, "status", "--porcelain") == f" M {LESSON}\n", "kept files are out of git's way"
    git(course, "checkout", "--quiet", "HEAD~1", "--", "course_lib")  # the program that works
    assert update(course).stdout == "The course is up to date.\n"


@pytest.mark.slow
def test_from_an_old_copy_without_git(course: Path, published: tuple[Path, Path]) -> None:
    (course / ".git").rename(course.parent / "git")
    refused = update(course)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.startswith("error: this copy of the course did not come with git clone")
    assert refused.stderr.endswith(f"python3 -m course_lib update --from {course}\n")
    new = copy_course(course.parent / "new course")
    build(new)
    (course / "lessons" / "a \u2192 b.csv").touch()
    done = update(new, "--from", str(course))
    assert (done.returncode, done.stderr) == (0, "")
    assert sources((new / LESSON).read_bytes())["skew_divergence"] == ANSWER
    assert "lessons/a ? b.csv: copied\n" in done.stdout


@pytest.mark.slow
@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda course: git(course, "checkout", "--quiet", "--detach"), "error: this clone is on no branch"),
        (lambda course: git(course, "remote", "remove", "origin"), "error: this clone has no remote"),
        (lambda course: (course / ".git" / "index.lock").touch(), "error: git could not take the step"),
    ],
)
def test_a_refusal_is_one_line(course: Path, spoil: Callable[[Path], object], said: str) -> None:
    spoil(course)
    done = update(course)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(said) and done.stderr.count("\n") == 1
    assert sources((course / LESSON).read_bytes())["skew_divergence"] == ANSWER


@pytest.mark.slow
def test_what_cannot_be_written_is_one_line_and_nothing_changes(course: Path) -> None:
    (course / "before").touch()  # a file where the folder of kept files has to be
    before = contents(course)
    done = update(course)
    assert (done.returncode, done.stdout) == (1, "")
    assert (
        done.stderr.startswith(f"error: cannot read or write {course / 'before'}")
        and done.stderr.count("\n") == 1
    )
    assert contents(course) == before
    assert git(course, "status", "--porcelain", "--untracked-files=no") == f" M {LESSON}\n"


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="the remote that waits is a shell script")
def test_ctrl_c_is_one_line_that_says_how_to_go_on(course: Path) -> None:
    waiting = course.parent / "waiting"
    script = course.parent / "ssh"
    script.write_text(f"#!/bin/sh\ntouch '{waiting}'\nexec sleep 60\n")
    script.chmod(0o755)
    git(course, "remote", "set-url", "origin", "ssh://nobody.invalid/course.git")
    command = [sys.executable, "-S", str(course / "course_lib"), "update"]
    process = subprocess.Popen(
        command,
        env={**os.environ, "GIT_SSH": str(script)},
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    while not waiting.exists() and process.poll() is None:
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert (process.returncode, said) == (
        130,
        "\nInterrupted; nothing is lost: run the same command to finish it.\n",
    )


def test_two_updates_at_once_are_one(tmp_path: Path) -> None:
    from course_lib import CourseError
    from course_lib.commands.update import alone

    with alone(tmp_path), pytest.raises(CourseError, match="another update is at work here"), alone(tmp_path):
        pass
    with alone(tmp_path):
        pass
