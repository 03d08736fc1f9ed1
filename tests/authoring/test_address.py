"""The address of the course: what people type, what pyproject.toml says, and how it is rewritten."""

from __future__ import annotations

import tomllib

import pytest

from course_lib import CourseError
from course_lib.authoring import address
from course_lib.authoring.address import UNSET, Address, assuming, clean_branch, clean_repository, rewritten

TOKEN = "ghp_0123456789abcdef"


@pytest.mark.parametrize(
    "typed",
    [
        "ada/gans",
        " ada/gans/ ",
        "ada/gans.git",
        "github.com/ada/gans",
        "https://github.com/ada/gans",
        "https://github.com/ada/gans.git/",
        "http://www.GitHub.com/ada/gans",
        "https://github.com/ada/gans/tree/main/lessons?tab=readme-ov-file#start",
        f"https://ada:{TOKEN}@github.com/ada/gans.git",
        f"https://{TOKEN}@github.com/ada/gans",
        "git@github.com:ada/gans.git",
        "ssh://git@github.com/ada/gans.git",
        "ssh://git@ssh.github.com:443/ada/gans.git",
        "git://github.com/ada/gans.git",
        "git+https://github.com/ada/gans",
    ],
)
def test_what_people_type_becomes_owner_and_name(typed: str) -> None:
    assert clean_repository(typed) == "ada/gans"


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("", "'' is no repository on GitHub"),
        ("gans", "'gans' is no repository on GitHub; write OWNER/NAME, such as ada/gan-course"),
        ("ada/gans/lessons", "is no repository"),
        ("ada lovelace/gans", "is no repository"),
        ('ada/ga"ns', "is no repository"),
        ("ada/..", "is no repository"),
        ("ada/.git", "is no repository"),
        ("-ada/gans", "is no repository"),
        ("/srv/gans.git", "'/srv/gans.git' is no repository"),
        ("file:///srv/gans.git", "'file:///srv/gans.git' is no repository"),
        ("https://github.com/ada", "is no repository"),
        (f"https://ada:{TOKEN}@github.com/", "'github.com/' is no repository"),
        (f"https://ada:{TOKEN}@gitlab.com/ada/gans.git", "this is on gitlab.com; Binder and Colab open"),
        ("git@example.org:ada/gans.git", "this is on example.org"),
    ],
)
def test_what_is_no_repository_on_github_is_refused_in_one_line_without_the_token(
    typed: str, message: str
) -> None:
    with pytest.raises(CourseError) as refused:
        clean_repository(typed)
    line = str(refused.value)
    assert line.startswith("--repo: ") and message in line
    assert "\n" not in line and TOKEN not in line


@pytest.mark.parametrize("name", ["main", "lectures/autumn-2026", "v1.2", "größe", "feature#1", "a+b=c"])
def test_names_of_branches_are_taken(name: str) -> None:
    assert clean_branch(f" refs/heads/{name}\n") == name


@pytest.mark.parametrize(
    "name",
    [
        *("", "HEAD", "a b", "a..b", "-x", "/a", "a/", "a//b", "a/.b", "x.lock", "x.lock/a", "a.", 'a"b'),
        *("a'b", "$(x)", "a\\b", "a~1", "a^", "a:b", "a?", "a*", "a[b]", "a\nb", "@{u}"),
    ],
)
def test_what_git_or_a_shell_reads_otherwise_is_no_branch(name: str) -> None:
    with pytest.raises(CourseError, match="is no name of a branch"):
        clean_branch(name)


SETTINGS = """\
# [tool.course] in a comment
[project]
name = "gan-course"  # äöü

[tool.course]
# Set it once.
repository   =  'OWNER/NAME'  # until published
branch = "main"

[tool.ruff]
repository = "not this one"
"""


def test_only_the_two_values_change_and_only_in_their_table() -> None:
    new = rewritten(SETTINGS, Address("ada/gans", "lectures/autumn"))
    assert new == SETTINGS.replace("'OWNER/NAME'", '"ada/gans"').replace('"main"', '"lectures/autumn"')
    assert rewritten(new.replace('"ada/gans"', "'ada/gans'"), Address("OWNER/NAME")) != new


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_missing_branch_is_added_with_the_ends_of_lines_that_the_file_has(end: str) -> None:
    text = SETTINGS.replace('branch = "main"\n', "").replace("\n", end)
    new = rewritten(text, Address("ada/gans", "autumn"))
    assert tomllib.loads(new)["tool"]["course"] == {"repository": "ada/gans", "branch": "autumn"}
    assert new.count("\n") == new.count(end) == text.count(end) + 1
    assert new.replace(f'branch = "autumn"{end}', "") == text.replace("'OWNER/NAME'", '"ada/gans"')


@pytest.mark.parametrize(
    "text",
    [
        "[tool]\ncourse = { repository = 'OWNER/NAME' }\n",
        "[project]\nname = 'gan-course'\n",
        '[tool.course]\nrepository = """\nOWNER/NAME"""\n',
    ],
)
def test_settings_that_cannot_be_changed_line_by_line_are_left_with_one_line(text: str) -> None:
    with pytest.raises(CourseError, match=r"no table \[tool.course\] that can be changed here") as refused:
        rewritten(text, Address("ada/gans"))
    assert "\n" not in str(refused.value)


def test_a_table_at_the_end_of_a_file_without_a_last_line_break() -> None:
    text = '[tool.course]\nrepository = "OWNER/NAME"'
    assert tomllib.loads(rewritten(text, Address("ada/gans", "b")))["tool"]["course"] == {
        "repository": "ada/gans",
        "branch": "b",
    }


ODD = {
    "tool = 3\n": r"pyproject.toml: tool is 3 there and should be the table \[tool.course\]; write it as",
    "[[tool]]\n": r"pyproject.toml: tool is \[\{\}\] there",
    "[tool]\ncourse = 'x'\n": "pyproject.toml: course is 'x' there",
    "[[tool.course]]\n": r"pyproject.toml: course is \[\{\}\] there",
}
"""Settings whose tables are something else, and what is said of them."""


@pytest.mark.parametrize("text", [*ODD, "[tool.course]\nrepository = 5\n"])
def test_odd_tables_are_not_written_to_either(text: str) -> None:
    with pytest.raises(CourseError, match=r"^pyproject.toml: .*write it as \[tool.course\], rep") as refused:
        rewritten(text, Address("ada/gans"))
    assert "\n" not in str(refused.value)


@pytest.fixture
def settings(tmp_path, monkeypatch):
    monkeypatch.setattr(address, "SETTINGS", tmp_path / "pyproject.toml")
    return tmp_path / "pyproject.toml"


def test_the_address_is_read_from_the_settings_unless_another_is_assumed(settings) -> None:
    settings.write_text('[tool.course]\nrepository = "ada/gans"\n')
    assert address.repository() == ("ada/gans", "main")
    with pytest.raises(RuntimeError), assuming(Address("bob/gans", "b")):
        assert address.repository() == ("bob/gans", "b")
        raise RuntimeError
    assert address.repository() == ("ada/gans", "main")
    settings.write_text(f'[tool.course]\nrepository = "{UNSET}"\nbranch = "b"\n')
    assert address.repository() == (UNSET, "b")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "it comes with the course: work in a copy of the whole repository"),
        ("[tool.course\n", "pyproject.toml is not in order"),
        ("", r"pyproject.toml, \[tool.course\]: repository: '' is no repository on GitHub"),
        ("[tool.course]\nrepository = 3\n", "repository: '3' is no repository"),
        ("[tool.course]\nrepository = 'ada/gans'\nbranch = 'a b'\n", "branch: 'a b' is no name of a branch"),
        (f"[tool.course]\nrepository = 'https://ada:{TOKEN}@gitlab.com/x'\n", "this is on gitlab.com"),
        *((text, message) for text, message in ODD.items()),
    ],
)
def test_a_wrong_setting_is_one_line(settings, text: str | None, message: str) -> None:
    if text is not None:
        settings.write_text(text)
    with pytest.raises(CourseError, match=message) as refused:
        address.repository()
    assert "\n" not in str(refused.value) and TOKEN not in str(refused.value)
