"""Kernels for grading: each in the sandbox, forked from a warm parent there, reached over sockets.

    with ForkedKernels("bwrap", modules=["numpy"]) as kernels:
        kernel = kernels.new()       # what nbval calls a RunningKernel
        ...
        kernel.stop()                # and everything it left behind

One at a time. A sandbox that broke (and nothing a student does may break it, but still) is replaced by a new one.
"""

from __future__ import annotations

import secrets
import time
from dataclasses import asdict
from types import TracebackType

from course_lib import CourseError
from course_lib.grading.sandbox.kernel import KERNEL_TIMEOUT, Limits, SandboxedKernel
from course_lib.grading.sandbox.sandbox import Lost, Sandbox

END_TIMEOUT = 20  # seconds for all its processes to be killed
PORTS = {
    f"{channel}_port": number
    for number, channel in enumerate(("shell", "iopub", "stdin", "control", "hb"), 1)
}


class ForkedKernels:
    """A sandbox with a warm parent in it, started when the first kernel is wanted."""

    def __init__(self, kind: str, modules: list[str], limits: Limits | None = None) -> None:
        self.kind, self.modules, self.limits = kind, modules, limits or Limits()
        self.sandbox: Sandbox | None = None
        self.kernel: SandboxedKernel | None = None  # the one that runs
        self.ending = False  # the last kernel was told to end, and its end is not yet confirmed

    def __enter__(self) -> ForkedKernels:
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
                if self.sandbox is None:
                    self.sandbox = Sandbox(self.kind, self.modules)
                return self._fork(self.sandbox)
            except (Lost, OSError) as error:
                self.close()
                if attempt == 2:
                    raise CourseError(f"No kernel starts in the sandbox ({self.kind}): {error}") from error
        raise AssertionError

    def close(self) -> None:
        """End the sandbox with all that runs in it."""
        if self.kernel is not None:
            self.kernel.disconnect()
        if self.sandbox is not None:
            self.sandbox.close()
            self.sandbox, self.ending = None, False

    def _wait_for_end(self) -> None:
        """Until the parent has killed all that the last kernel left."""
        deadline = time.monotonic() + END_TIMEOUT
        while "ended" not in (said := self.sandbox.answer(deadline - time.monotonic())):
            if not said:
                raise Lost("it cannot be ended")
        self.ending = False

    def _fork(self, sandbox: Sandbox) -> SandboxedKernel:
        connection = {
            "transport": "ipc",
            "key": secrets.token_hex(16),
            "signature_scheme": "hmac-sha256",
            **PORTS,
        }
        sandbox.tell(start=connection | {"ip": f"{sandbox.folder}/s"}, limits=asdict(self.limits))
        if "up" not in sandbox.answer(KERNEL_TIMEOUT):
            raise Lost("the kernel does not start")
        self.kernel = SandboxedKernel(self, connection | {"ip": f"{sandbox.sockets}/s"})
        self.kernel.connect()
        return self.kernel
