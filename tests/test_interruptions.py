"""First runs that are interrupted or killed, and several at once, against a package index that stalls."""

from __future__ import annotations

import contextlib
import http.server
import os
import shutil
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.miniature import Miniature


@pytest.fixture
def course(tmp_path: Path) -> Miniature:
    return Miniature(tmp_path / "mon cours d'été", tmp_path / "wheels")


class Index(http.server.SimpleHTTPRequestHandler):
    """A package index of local wheels that keeps one of them back until `gate` opens."""

    gate: threading.Event
    asked: threading.Event
    kept_back = "/tiny-lab/"

    def do_GET(self) -> None:
        if self.path == self.kept_back:
            self.asked.set()
            self.gate.wait(300)
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # pip was killed meanwhile
            super().do_GET()

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def index(course: Miniature, tmp_path: Path) -> Iterator[type[Index]]:
    """The address of the index is in `index.url`."""
    pages = tmp_path / "index"
    for wheel in course.wheels.iterdir():
        page = pages / wheel.name.split("-")[0].replace("_", "-")
        page.mkdir(parents=True, exist_ok=True)
        shutil.copy(wheel, page)
    handler = type("OneIndex", (Index,), {"gate": threading.Event(), "asked": threading.Event()})
    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), lambda *request: handler(*request, directory=str(pages))
    )
    handler.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield handler
    handler.gate.set()
    server.shutdown()
    server.server_close()


def from_index(index: type[Index]) -> dict[str, str]:
    return {
        "PIP_NO_INDEX": "",
        "PIP_FIND_LINKS": "",
        "PIP_INDEX_URL": index.url,
        "NO_PROXY": "*",
        "no_proxy": "*",
    }


@pytest.mark.slow
def test_interrupted_set_up_says_one_line_and_is_repaired(course: Miniature, index: type[Index]) -> None:
    """At a terminal Ctrl-C reaches pip too; from a program only our process gets the signal."""
    for interrupt in (os.killpg, os.kill):
        index.asked.clear()
        run = course.start("lab", **from_index(index))
        assert index.asked.wait(120)
        interrupt(run.pid, signal.SIGINT)
        out, err = run.communicate(timeout=30)
        assert (run.returncode, out) == (130, "")
        assert err.splitlines()[-1] == "Set-up interrupted; run the same command to finish it."
        assert "Traceback" not in err
        assert course.log.exists() and not course.stamp.exists()
    assert course.run("lab").returncode == 7


@pytest.mark.slow
def test_of_many_first_runs_one_installs_even_if_one_is_killed(course: Miniature, index: type[Index]) -> None:
    killed = course.start("lab", **from_index(index))
    assert index.asked.wait(120)
    killed.kill()
    killed.communicate()
    others = [course.start("lab", str(number)) for number in range(2)]
    for other in others:  # the pip of the killed one still holds the lock
        assert "waiting for it" in other.stderr.readline()
    index.gate.set()
    ends = [other.communicate(timeout=300) for other in others]
    assert [other.returncode for other in others] == [7, 7], ends
    assert ["Set up in" in err for _, err in ends].count(True) == 1
