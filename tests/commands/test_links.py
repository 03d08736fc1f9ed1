"""`links`: the address it proposes, and mistakes on its command line. What it writes: tests/authoring/test_links.py."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from course_lib import CourseError
from course_lib.authoring import address
from course_lib.authoring import links as written
from course_lib.commands import links
from course_lib.commands.program import main

TOKEN = "ghp_0123456789abcdef"
SAY_IT = "say the address yourself: python3 -m course_lib links --repo OWNER/NAME"


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A git repository that is taken for the course's folder, without an address and without a remote."""
    settings = tmp_path / "pyproject.toml"
    settings.write_text('[tool.course]\nrepository = "OWNER/NAME"\nbranch = "main"\n')
    monkeypatch.setattr(links, "ROOT", tmp_path)
    monkeypatch.setattr(address, "SETTINGS", settings)
    for name in ("GIT_DIR", "GIT_WORK_TREE"):
        monkeypatch.delenv(name, raising=False)
    git(tmp_path, "init", "--quiet")
    return tmp_path


def git(folder: Path, *words: str) -> None:
    subprocess.run(["git", *words], cwd=folder, check=True)


def test_the_address_of_the_remote_is_proposed_without_user_and_token(checkout: Path, capsys) -> None:
    git(checkout, "remote", "add", "origin", f"https://ada:{TOKEN}@github.com/ada/gans.git")
    assert main(["links"]) == 0
    printed = capsys.readouterr()
    assert printed.err == ""
    assert printed.out == (
        "The git remote origin: ada/gans, branch main\n"
        "pyproject.toml:        no address\n"
        "To take the first:\n"
        "    python3 -m course_lib links --repo ada/gans\n"
    )
    assert "OWNER/NAME" in (checkout / "pyproject.toml").read_text()  # proposed, not taken


def test_the_branch_that_the_remote_opens_is_proposed_too(checkout: Path, capsys) -> None:
    git(checkout, "remote", "add", "origin", "git@github.com:ada/gans.git")
    git(checkout, "symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/lectures/autumn")
    assert main(["links"]) == 0
    assert (
        "    python3 -m course_lib links --repo ada/gans --branch lectures/autumn\n"
        in capsys.readouterr().out
    )
    (checkout / "pyproject.toml").write_text(
        '[tool.course]\nrepository = "ada/gans"\nbranch = "lectures/autumn"\n'
    )
    assert main(["links"]) == 0
    assert "To take" not in capsys.readouterr().out


@pytest.mark.parametrize(
    "remote", [f"https://ada:{TOKEN}@gitlab.com/ada/gans.git", "/srv/gans.git", "../gans"]
)
def test_a_remote_elsewhere_is_one_line(checkout: Path, capsys, remote: str) -> None:
    git(checkout, "remote", "add", "origin", remote)
    assert main(["links"]) == 1
    assert capsys.readouterr().err == (
        f"error: the git remote origin is not on GitHub, and Binder and Colab open that; {SAY_IT}\n"
    )


def test_without_remote_or_git_or_repository_one_line_says_so(checkout: Path, capsys, monkeypatch) -> None:
    no_remote = f"error: git is not installed, or names no remote called origin here; {SAY_IT}\n"
    assert main(["links"]) == 1
    assert capsys.readouterr().err == no_remote
    with monkeypatch.context() as without_git:
        without_git.setenv("PATH", str(checkout))
        assert main(["links"]) == 1
    assert capsys.readouterr().err == no_remote
    shutil.rmtree(checkout / ".git")
    assert main(["links"]) == 1
    assert capsys.readouterr().err == f"error: this copy of the course is no git repository; {SAY_IT}\n"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--repo", "OWNER/NAME"], "OWNER/NAME stands for your own address: --repo ada/gan-course"),
        (["--branch", "autumn"], "the course has no address yet: --repo"),
        (["--repo", "gans"], "--repo: 'gans' is no repository on GitHub"),
        (["--repo", ""], "--repo: '' is no repository on GitHub"),
        (["--repo", f"https://ada:{TOKEN}@gitlab.com/ada/gans"], "--repo: this is on gitlab.com"),
        (["--repo", "ada/gans", "--branch", "a b"], "--branch: 'a b' is no name of a branch"),
        (["--repo", "ada/gans", "--check"], "--check and --external only look"),
        (["--branch", "", "--external"], "--check and --external only look"),
        (["--remove", "--repo", "ada/gans"], "--remove takes the address out"),
    ],
)
def test_mistakes_are_one_line_and_change_nothing(
    checkout: Path, capsys, words: list[str], message: str
) -> None:
    before = (checkout / "pyproject.toml").read_text()
    assert main(["links", *words]) == 1
    error = capsys.readouterr().err
    assert error.startswith(f"error: {message}") and error.count("\n") == 1 and TOKEN not in error
    assert (checkout / "pyproject.toml").read_text() == before


def test_ctrl_c_says_how_to_go_on(checkout: Path, capsys, monkeypatch) -> None:
    def interrupted(address: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(written, "set_address", interrupted)
    assert main(["links", "--repo", "ada/gans"]) == 130
    said = "Interrupted; no file is broken: run the same command to finish it."
    assert capsys.readouterr() == ("", f"\n{said}\n")


def test_odd_tables_are_one_line(checkout: Path, capsys) -> None:
    (checkout / "pyproject.toml").write_text("tool = 3\n")
    for words in ([], ["--repo", "ada/gans"], ["--repo", "ada/gans", "--branch", "b"], ["--remove"]):
        assert main(["links", *words]) == 1
        printed = capsys.readouterr()
        assert printed.out == "" and printed.err.count("\n") == 1
        assert printed.err.startswith(
            "error: pyproject.toml: tool is 3 there and should be the table [tool.cou"
        )


def test_a_wrong_setting_is_no_hindrance_where_both_are_given(checkout: Path) -> None:
    (checkout / "pyproject.toml").write_text('[tool.course]\nrepository = "nonsense"\nbranch = "a b"\n')
    with pytest.raises(CourseError, match=r"^pyproject.toml, \[tool.course\]: repository: 'nonsense' is no"):
        links._asked_for("ada/gans", None)
    assert links._asked_for("ada/gans", "autumn") == ("ada/gans", "autumn")


def test_building_asks_no_git() -> None:
    """Nothing that `build` imports knows the command that does."""
    code = "import sys, course_lib.commands.build, course_lib.authoring.build; print(*sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    modules = ran.stdout.split()
    assert "course_lib.authoring.address" in modules and "course_lib.commands.links" not in modules
