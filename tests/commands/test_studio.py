"""`studio` from the command line: what is served, to how many, and mistakes, before anything starts."""

from __future__ import annotations

import argparse
import socket
import sys
from types import ModuleType, SimpleNamespace

import psutil
import pytest

from course_lib import CourseError
from course_lib.commands import studio

SERVER = "course_lib.studio.app.server"


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[tuple]:
    """What a server would have been called with."""
    calls: list[tuple] = []
    stand_in = ModuleType(SERVER)
    stand_in.serve = lambda *words: calls.append(words)
    monkeypatch.setitem(sys.modules, SERVER, stand_in)
    return calls


def call(*words: str) -> int:
    parser = argparse.ArgumentParser()
    studio.add_arguments(parser)
    return studio.run(parser.parse_args(words))


def test_it_serves_this_machine_alone_unless_told(served: list, capsys: pytest.CaptureFixture) -> None:
    assert call() == 0
    theme, visitors, ip, port, browser = served.pop()
    assert (theme, ip, port, browser) == ("sprites", "127.0.0.1", None, True) and visitors >= 1
    call("--theme", "melodies", "--visitors", "1", "--ip", "0.0.0.0", "--no-browser")
    assert served == [("melodies", 1, "0.0.0.0", None, False)]
    assert "At most 1 visitor at a time." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("cores", "free", "most"), [(2, 24e9, 8), (2, 4e9, 6), (8, 64e9, 32), (None, 64e9, 4), (4, 1e8, 1)]
)
def test_as_many_are_let_in_as_memory_and_cores_carry(
    cores: int | None, free: float, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(psutil, "cpu_count", lambda: cores)
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=free))
    assert studio.carried() == most


def test_a_mistake_is_one_line_and_nothing_starts(served: list, capsys: pytest.CaptureFixture) -> None:
    with pytest.raises(CourseError, match="no theme 'sprite'; choose one of sprites, garments"):
        call("--theme", "sprite")
    with socket.create_server(("localhost", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(CourseError, match=f"port {port} is taken"):
            call("--port", str(port))
    for ip in ("nonsense", "", "1.2.3.4.5", "192.0.2.1", "a" * 99, "\0"):
        with pytest.raises(CourseError, match=r"is no address of this machine; take 0\.0\.0\.0"):
            call("--ip", ip)
    for words in (["--visitors", "0"], ["--visitors", "many"], ["--port", "99999"]):
        with pytest.raises(SystemExit):
            call(*words)
        assert "error: argument" in capsys.readouterr().err
    assert served == []
