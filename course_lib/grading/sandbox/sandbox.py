"""A program in a sandbox: bubblewrap, or else podman or docker, or nothing at all.

What can be seen inside is in `wrapping`. No folder of ours is shared with it: the sockets over which we talk lie in one
of its own, which we reach by /proc/PID/root.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import selectors
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from functools import cache, cached_property
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from course_lib import CourseError
from course_lib.grading.sandbox.wrapping import (
    FOLDERS,
    PROGRAM,
    SOCKETS,
    environment,
    readable,
    user_inside,
    wrap,
)

KINDS = ("bwrap", "podman", "docker", "none")
START_TIMEOUT = 120  # seconds for the imports of the program
STOP_TIMEOUT = 2  # seconds to end by itself when nobody talks to it any more


class Lost(RuntimeError):
    """The sandbox or a kernel in it is gone, or was ended because it used too much; says which."""


class Sandbox:
    """`fork_server.py` in a sandbox of this kind; we talk in lines of JSON. Raises OSError, Lost."""

    def __init__(self, kind: str, modules: Sequence[str] = ()) -> None:
        self.kind, self.buffer = kind, b""
        self.name = f"gan-course-{secrets.token_hex(8)}"  # of a container
        self.folder = tempfile.mkdtemp(prefix="gan-course-") if kind == "none" else SOCKETS
        place = Path(__file__).parent if kind == "none" else PROGRAM
        settings = json.dumps(self._settings())
        program = [sys.executable, "-s", str(place / "fork_server.py"), settings, *modules]
        self.info, theirs = os.pipe()  # where bubblewrap says which process it started
        try:
            self.process = subprocess.Popen(
                wrap(kind, program, self.name, theirs),
                env=environment() if kind == "bwrap" else None,  # podman and docker need ours; see _container
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                pass_fds=[theirs] if kind == "bwrap" else [],
                start_new_session=True,  # Ctrl-C is for the grader, which ends this itself
            )
        except BaseException:
            os.close(self.info)
            raise
        finally:
            os.close(theirs)
        try:
            if "ready" not in self.answer(START_TIMEOUT):
                raise Lost(f"the imports took longer than {START_TIMEOUT} s")
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _settings(self) -> dict[str, Any]:
        """What the program is told at its start."""
        ours = [str(place) for place in readable().values()]
        return {
            "how": {"bwrap": "worlds", "none": "trusted"}.get(self.kind, "once"),
            "folder": self.folder,
            "folders": FOLDERS,
            "kept": [each for each in ours if each.startswith(tuple(f"{folder}/" for folder in FOLDERS))],
            "user": user_inside() if os.geteuid() == 0 else None,
        }

    @property
    def for_one_kernel(self) -> bool:
        """True where a second kernel could find what the first left: there each gets a new sandbox."""
        return self.kind in ("podman", "docker")

    @cached_property
    def root(self) -> Path:
        """The program's view of the files, as seen from here."""
        if self.kind == "bwrap":
            process = json.loads(os.read(self.info, 4096) or b"{}").get("child-pid")
        else:
            command = [self.kind, "inspect", "--format", "{{.State.Pid}}", self.name]
            process = subprocess.run(command, capture_output=True, text=True).stdout.strip()
        return Path(f"/proc/{process}/root")

    def sockets(self, world: int) -> Path:
        """The folder for the sockets of a kernel, as seen from here. world: the number its start was answered with."""
        if self.kind == "none":
            return Path(self.folder)
        place = f"proc/{world}/root{self.folder}" if self.kind == "bwrap" else self.folder.lstrip("/")
        return self.root / place

    def tell(self, **what: Any) -> None:
        """Say something to the program. Raises Lost if it ended."""
        try:
            self.process.stdin.write(json.dumps(what).encode() + b"\n")
            self.process.stdin.flush()
        except (OSError, ValueError) as error:
            raise Lost("the sandbox ended") from error

    def answer(self, timeout: float) -> dict[str, Any]:
        """What it says next, or {} after `timeout` seconds. Raises Lost if it ended."""
        if self.process.stdout.closed:
            raise Lost("the sandbox ended")
        deadline = time.monotonic() + timeout
        while b"\n" not in self.buffer:
            wait = max(0.0, deadline - time.monotonic())
            if not is_ready(self.process.stdout, wait):
                return {}
            piece = os.read(self.process.stdout.fileno(), 65536)
            if not piece:
                raise Lost("the sandbox ended")
            self.buffer += piece
        line, self.buffer = self.buffer.split(b"\n", 1)
        return json.loads(line)

    def close(self) -> None:
        """End it with all that runs in it."""
        if self.process.stdout.closed:
            return
        with contextlib.suppress(OSError):
            self.process.stdin.close()
        try:
            self.process.wait(STOP_TIMEOUT)
        except subprocess.TimeoutExpired:
            if self.kind in ("podman", "docker"):
                subprocess.run([self.kind, "kill", self.name], capture_output=True)
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()
        os.close(self.info)
        if self.kind == "none":
            shutil.rmtree(self.folder, ignore_errors=True)


def choose(wanted: str) -> str:
    """The sandbox to use: the one wanted, or for "auto" the first of `KINDS` but "none" that works here.

    Raises:
        CourseError: it is not here, or does not work here.
    """
    if wanted == "none":
        return wanted
    tried = KINDS[:-1] if wanted == "auto" else (wanted,)
    for kind in tried:
        if works(kind):
            return kind
    if wanted == "docker" and shutil.which(wanted) and os.geteuid() != 0:
        raise CourseError("docker's sandbox works as root alone: use sudo, or --sandbox bwrap, or podman.")
    if wanted != "auto":
        raise CourseError(f"{wanted} does not work on this machine: install it, or choose another --sandbox.")
    raise CourseError(
        "There is no sandbox here for the students' code: install bubblewrap (on Debian or Ubuntu: apt install "
        "bubblewrap), podman or docker. For work you trust like your own: --sandbox none."
    )


@cache
def works(kind: str) -> bool:
    """True if this machine has it and lets it run."""
    if shutil.which(kind) is None:
        return False
    try:
        with Sandbox(kind) as sandbox:
            return kind == "none" or sandbox.root.is_dir()
    except (OSError, Lost):
        return False


def is_ready(stream: IO[bytes], seconds: float) -> bool:
    """Whether there is something to read, waited for so long; select.select refuses a descriptor above 1,023."""
    with selectors.DefaultSelector() as selector:
        selector.register(stream, selectors.EVENT_READ)
        return bool(selector.select(seconds))
