"""`lab`: JupyterLab itself, started for real."""

from __future__ import annotations

import argparse
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from course_lib import ROOT, CourseError
from course_lib.commands import lab
from tests.updates.a_course import Upstream


def test_taken_port_is_named_before_jupyter_starts() -> None:
    with socket.socket() as taken:
        taken.bind(("localhost", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(CourseError, match=f"port {port} is taken; choose another, or leave --port out"):
            lab.require_free(port)
    lab.require_free(port)


def test_lab_says_that_lessons_have_changed_in_the_course(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class ServerStartedError(Exception):
        pass

    def start(*arguments: object) -> None:
        raise ServerStartedError

    upstream = Upstream(tmp_path / "upstream", {lab.FIRST_LESSON: b"{}"})
    monkeypatch.setattr(lab, "ROOT", upstream.clone(tmp_path / "course"))
    monkeypatch.setattr(os, "execve", start)
    monkeypatch.setattr(subprocess, "call", start)
    for content, said in ((b"{}", 1), (b"{ }", 2)):
        upstream.publish({lab.FIRST_LESSON: content, "more.txt": content})
        with pytest.raises(ServerStartedError):
            lab.run(argparse.Namespace(port=None, no_browser=True))
        (tmp_path / "course" / ".git" / "FETCH_HEAD").unlink()
        lines = capsys.readouterr().out.splitlines()
        assert len(lines) == said
    assert lines[1].startswith(
        "Lesson 00 changed in the course since your copy: `python3 -m course_lib update`"
    )


@pytest.fixture
def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("localhost", 0))
        return probe.getsockname()[1]


@pytest.mark.slow
def test_lab_opens_the_first_lesson_and_kernels_import_the_library(tmp_path: Path, free_port: int) -> None:
    command = [sys.executable, str(ROOT / "course_lib"), "lab", "--no-browser", "--port", str(free_port)]
    home = {"HOME": str(tmp_path), "JUPYTER_RUNTIME_DIR": str(tmp_path / "runtime"), "PYTHONPATH": ""}
    server = subprocess.Popen(
        command,
        cwd=tmp_path,
        env={**os.environ, **home},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        first = server.stdout.readline()
        assert str(ROOT) in first and "Stop it with Ctrl-C" in first
        address = next(line.strip() for line in server.stderr if f"localhost:{free_port}" in line)
        assert "/lab/tree/lessons/00_start_here.ipynb?token=" in address
        wait_until_it_listens(server, free_port)  # the address is printed a moment earlier
        token = address.rpartition("=")[2]
        ask = {"Authorization": f"token {token}"}
        site = f"http://127.0.0.1:{free_port}"
        lesson = urllib.request.Request(
            f"{site}/api/contents/lessons/00_start_here.ipynb?content=1", headers=ask
        )
        assert json.load(urllib.request.urlopen(lesson))["type"] == "notebook"
        with pytest.raises(urllib.error.HTTPError, match="403"):
            urllib.request.urlopen(f"{site}/api/contents")  # nobody else on this machine gets in
        start = urllib.request.Request(f"{site}/api/kernels", data=b"{}", headers=ask, method="POST")
        kernel = json.load(urllib.request.urlopen(start))["id"]
        assert run_in_kernel(tmp_path / "runtime" / f"kernel-{kernel}.json") == f"{ROOT} {sys.prefix}\n"
    finally:
        # One, for without a terminal it asks nobody; a second might stop the shutting down of its kernels.
        server.send_signal(signal.SIGINT)
        _, err = server.communicate(timeout=120)
    assert "Traceback" not in err
    assert not re.search("encryption|Debugger|not trusted", err), err  # nothing that sounds like trouble


@pytest.mark.slow
def test_without_a_browser_lab_prints_the_address_and_nothing_that_sounds_like_trouble(
    tmp_path: Path, free_port: int
) -> None:
    """As on a server whose user leaves --no-browser out; what is not here stands for a machine without any."""
    settings = tmp_path / "jupyter" / "jupyter_server_config.json"
    settings.parent.mkdir()
    settings.write_text(json.dumps({"ServerApp": {"browser": "no-such-browser"}}), "utf-8")
    said = tmp_path / "said.txt"
    with said.open("w") as words:
        server = subprocess.Popen(
            [sys.executable, str(ROOT / "course_lib"), "lab", "--port", str(free_port)],
            env={**os.environ, "HOME": str(tmp_path), "JUPYTER_CONFIG_DIR": str(settings.parent)},
            stdin=subprocess.DEVNULL,
            stdout=words,
            stderr=words,
        )
        try:
            wait_until_it_listens(server, free_port)
            while server.poll() is None and "token=" not in said.read_text("utf-8"):
                time.sleep(0.05)
        finally:
            server.terminate()
            server.wait(timeout=120)
    printed = said.read_text("utf-8")
    assert f"http://localhost:{free_port}/lab/tree/lessons/00_start_here.ipynb?token=" in printed
    assert not re.search("No web browser|Error|Traceback", printed), printed


def wait_until_it_listens(server: subprocess.Popen, port: int) -> None:
    while server.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    pytest.fail(f"JupyterLab ended: {server.stderr.read() if server.stderr else ''}")


def run_in_kernel(connection: Path) -> str:
    """What a kernel prints about itself."""
    from jupyter_client import BlockingKernelClient

    client = BlockingKernelClient(connection_file=str(connection))
    client.load_connection_file()
    client.start_channels(hb=False)  # on a busy machine a late heartbeat would count as death
    printed = []
    try:
        client.wait_for_ready(timeout=120)
        client.execute_interactive(
            "import sys, course_lib; print(course_lib.ROOT, sys.prefix)",
            timeout=120,
            output_hook=lambda message: printed.append(message["content"].get("text", "")),
        )
    finally:
        client.stop_channels()
    return "".join(printed)
