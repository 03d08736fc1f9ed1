"""The frame of the tests itself: a missing tool is a skip on a person's machine and a failure in CI."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import find_tool


@pytest.fixture
def no_tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CI", raising=False)
    return tmp_path


def test_missing_tool_skips_and_says_how_to_install_it(no_tools: Path) -> None:
    with pytest.raises(
        pytest.skip.Exception, match="bwrap is not here; on Debian or Ubuntu: apt install bubblewrap"
    ):
        find_tool("bwrap", package="bubblewrap")


def test_missing_tool_fails_in_ci(no_tools: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="chromium is not here"):
        find_tool("chromium", "google-chrome")


def test_tool_that_may_not_work_does_not_count(no_tools: Path) -> None:
    tool = no_tools / "google-chrome"
    tool.write_text("#!/bin/sh\nexit $1\n")
    tool.chmod(0o755)
    assert find_tool("chromium", "google-chrome", works=lambda path: [path, "0"]) == str(tool)
    with pytest.raises(pytest.skip.Exception, match="is here but not allowed to do its work"):
        find_tool("chromium", "google-chrome", works=lambda path: [path, "1"])
