"""Kernels for grading: each in the sandbox, forked from a warm parent there, reached over sockets in a private folder.

    with WarmKernels("bwrap", modules=["numpy"]) as kernels:
        kernel = kernels.new()       # what nbval calls a RunningKernel
        ...
        kernel.stop()                # and everything it left behind

One at a time. A sandbox that broke (and nothing a student does may break it, but still) is replaced by a new one.
"""

from __future__ import annotations

import json
import os
import secrets
import select
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Any

from jupyter_client.connect import write_connection_file

from course_lib import CourseError
from course_lib.grading import sandbox
from course_lib.grading.kernel import Limits, Lost, SandboxedKernel

START_TIMEOUT = 120  # seconds for the imports of the warm parent
END_TIMEOUT = 20  # seconds for all its processes to be killed


class WarmKernels:
    """A sandbox with a warm parent in it, started when the first kernel is wanted."""

    def __init__(self, kind: str, modules: list[str], limits: Limits | None = None) -> None:
        self.kind, self.modules, self.limits = kind, modules, limits or Limits()
        self.parent: subprocess.Popen[bytes] | None = None
        self.kernel: SandboxedKernel | None = None  # the one that runs
        self.ending = False  # the last kernel was told to end, and its end is not yet confirmed
        self.buffer = b""

    def __enter__(self) -> WarmKernels:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def new(self) -> SandboxedKernel:
        """A fresh kernel. Raises CourseError if the sandbox cannot be started."""
        if self.kernel is not None:
            self.kernel.stop()
        for attempt in (1, 2):  # the second with a new sandbox
            try:
                if self.ending:
                    self._wait_for_end()
                if self.parent is None:
                    self._start()
                return self._fork()
            except (Lost, OSError) as error:
                self.close()
                if attempt == 2:
                    raise CourseError(f"No kernel starts in the sandbox ({self.kind}): {error}") from error
        raise AssertionError

    def close(self) -> None:
        """End the sandbox with all that runs in it."""
        if self.kernel is not None:
            self.kernel.disconnect()
        if self.parent is not None:
            self.parent.stdin.close()
            self.parent.kill()
            self.parent.wait()
            self.parent.stdout.close()
            shutil.rmtree(self.folder, ignore_errors=True)
            self.parent, self.ending = None, False

    def order(self, **what: Any) -> None:
        """Tell the parent something."""
        try:
            self.parent.stdin.write(json.dumps(what).encode() + b"\n")
            self.parent.stdin.flush()
        except OSError as error:
            raise Lost("the sandbox ended") from error

    def answer(self, timeout: float) -> dict[str, Any]:
        """What the parent says next, or {} after `timeout` seconds. Raises Lost if it ended."""
        deadline = time.monotonic() + timeout
        while b"\n" not in self.buffer:
            wait = max(0.0, deadline - time.monotonic())
            if not select.select([self.parent.stdout], [], [], wait)[0]:
                return {}
            piece = os.read(self.parent.stdout.fileno(), 65536)
            if not piece:
                raise Lost("the sandbox ended")
            self.buffer += piece
        line, self.buffer = self.buffer.split(b"\n", 1)
        return json.loads(line)

    def _start(self) -> None:
        # short, because the path of a socket holds 107 bytes
        self.folder = Path(tempfile.mkdtemp(prefix="g"))
        sandbox.give(self.folder)
        program = [sys.executable, "-s", "/warm.py", *self.modules]
        if self.kind == "none":
            program[2] = str(Path(__file__).with_name("warm.py"))
            command, environment = program, dict(os.environ)
        else:
            command, environment = sandbox.wrap(self.kind, program, self.folder), sandbox.environment()
        self.buffer = b""
        self.parent = subprocess.Popen(
            command,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C is for the grader, which ends this itself
        )
        if "ready" not in self.answer(START_TIMEOUT):
            raise Lost(f"the imports took longer than {START_TIMEOUT} s")

    def _wait_for_end(self) -> None:
        """Until the parent has killed all that the last kernel left."""
        deadline = time.monotonic() + END_TIMEOUT
        while "ended" not in (said := self.answer(deadline - time.monotonic())):
            if not said:
                raise Lost("it cannot be ended")
        self.ending = False

    def _fork(self) -> SandboxedKernel:
        place = Path(tempfile.mkdtemp(prefix="k", dir=self.folder))
        file, _ = write_connection_file(
            str(place / "c.json"), transport="ipc", ip=str(place / "s"), key=secrets.token_hex(16).encode()
        )
        sandbox.give(place)
        sandbox.give(Path(file))
        limits = self.limits
        self.order(
            start=file,
            memory=limits.memory,
            files=limits.files,
            file_size=limits.file_size,
            processes=limits.processes,
        )
        self.kernel = SandboxedKernel(self, place, file)
        self.kernel.connect()
        return self.kernel
