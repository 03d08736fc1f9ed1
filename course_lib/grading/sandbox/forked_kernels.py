"""Kernels for grading: each in the sandbox, forked from a warm parent there, reached over sockets.

    with ForkedKernels("bwrap", modules=["numpy"]) as kernels:
        kernel = kernels.new()       # what nbval calls a RunningKernel
        ...
        kernel.stop()                # and everything it left behind

One at a time, each in a world of its own: nothing that ran in one kernel, be it another student's answer or our
solution of an earlier exercise, leaves anything for the next. A sandbox that broke (and nothing a student does may
break it, but still) is replaced by a new one.
"""

from __future__ import annotations

import secrets
from dataclasses import asdict
from types import TracebackType
from typing import Any

from course_lib import CourseError
from course_lib.grading.sandbox.kernel import KERNEL_TIMEOUT, Limits, SandboxedKernel
from course_lib.grading.sandbox.sandbox import Lost, Sandbox

PORTS = {
    f"{channel}_port": number
    for number, channel in enumerate(("shell", "iopub", "stdin", "control", "hb"), 1)
}


class ForkedKernels:
    """A sandbox with a warm parent in it, started when the first kernel is wanted."""

    def __init__(self, kind: str, modules: list[str], limits: Limits | None = None) -> None:
        self.kind, self.modules, self.limits = kind, modules, limits or Limits()
        self.sandbox: Sandbox | None = None
        self.kernel: SandboxedKernel | None = None  # the last one of this sandbox

    def __enter__(self) -> ForkedKernels:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def new(self) -> SandboxedKernel:
        """A fresh kernel. Raises CourseError if the sandbox cannot be started."""
        self._end_the_last()
        for attempt in (1, 2):  # the second with a new sandbox
            try:
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
        self.kernel = self.sandbox = None

    def _end_the_last(self) -> None:
        """Until nothing of the last kernel is left; a sandbox where something remains is closed."""
        if self.kernel is None:
            return
        try:
            self.kernel.stop()
            self.kernel.wait_for_end()
            self.kernel = None
            if self.sandbox is not None and self.sandbox.for_one_kernel:
                self.close()
        except (Lost, OSError):
            self.close()

    def _fork(self, sandbox: Sandbox) -> SandboxedKernel:
        connection = {
            "transport": "ipc",
            "key": secrets.token_hex(16),
            "signature_scheme": "hmac-sha256",
            **PORTS,
        }
        sandbox.tell(start=connection | {"ip": f"{sandbox.folder}/s"}, limits=asdict(self.limits))
        said: dict[str, Any] = {}
        while not {"world", "up"} <= said.keys():
            said |= (news := sandbox.answer(KERNEL_TIMEOUT))
            if not news or "died" in news:
                raise Lost("the kernel does not start")
        sockets = sandbox.sockets(said["world"])
        self.kernel = SandboxedKernel(sandbox, self.limits, connection | {"ip": f"{sockets}/s"})
        self.kernel.connect()
        return self.kernel
