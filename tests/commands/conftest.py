"""What tests of commands that are called in this process share."""

from __future__ import annotations

import pytest

from course_lib.commands import program


@pytest.fixture
def nothing_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """No set-up: all that a command needs is here already."""
    monkeypatch.setattr(program.bootstrap, "ensure", lambda *words: None)
