"""A kernel in the sandbox, as nbval wants one: over sockets, with limits, and seen at once when it dies."""

from __future__ import annotations

import math
import os
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from queue import Empty
from typing import Any

from jupyter_client import BlockingKernelClient

from course_lib.grading.sandbox.sandbox import Lost, Sandbox

KERNEL_TIMEOUT = (
    120  # seconds for a kernel to answer; it takes a tenth of one, but others may be at work beside it
)
SUBSCRIBED_TURN = 0.05  # seconds until the next try; what is sent before the output channel is up is lost
TURN = 0.25  # seconds between two looks whether the kernel is still there
TOO_MUCH_OUTPUT = "more output than is read"
END_TIMEOUT = 20  # seconds for all its processes to be killed
OUTPUT_SECONDS = 10  # to read what a cell put out, after the reply to it
MOST_WAITING = 256 << 20  # bytes that may wait in our sockets to be read
STATM = Path("/proc/self/statm")


@dataclass(frozen=True)
class Limits:
    """What one submission may use. Bytes, but `messages` (a cell may send) and `processes` (and threads)."""

    memory: int = 2 << 30
    file_size: int = 32 << 20
    processes: int = 128 + 16 * (os.cpu_count() or 1)  # TensorFlow starts several threads a core
    output: int = 4 << 20
    messages: int = 20_000


class SandboxedKernel:
    """A kernel that runs in this sandbox, as nbval wants it (nbval.kernel.RunningKernel), over sockets, with limits.

    Unlike nbval's own it sees at once that the kernel died, reads the status in the reply to each cell, and takes in
    no more output than the limit.
    """

    language = "python"

    def __init__(self, sandbox: Sandbox, limits: Limits, connection: dict[str, Any]) -> None:
        self.sandbox, self.limits = sandbox, limits
        self.is_connected = True
        self.lost = ""
        self.status: dict[str, str] = {}
        self.bytes = self.messages = 0
        self.read_until = math.inf
        self.held_before = _held()
        self.client = BlockingKernelClient()
        self.client.load_connection_info(connection)
        # One message is taken apart as a whole before its size can be counted. And what was once cut off stays so:
        # by then something else may be at the sockets' places, a link to a socket of this system too.
        self.client.context.maxmsgsize = 4 * limits.output
        self.client.context.reconnect_ivl = -1

    def connect(self) -> None:
        """Wait until it answers. Raises Lost if it does not."""
        self.client.start_channels(stdin=False, hb=False)
        deadline = time.monotonic() + KERNEL_TIMEOUT
        while True:
            self.client.kernel_info()
            try:
                if self._receive("shell", TURN)["msg_type"] == "kernel_info_reply":
                    break
            except Empty:
                if time.monotonic() > deadline:
                    raise Lost("it does not answer") from None
        self._until_idle(deadline)

    def execute_cell_input(self, cell_input: str, allow_stdin: bool | None = None) -> str:
        """Send a cell; the number of the request."""
        self.bytes = self.messages = 0
        self.read_until = math.inf
        return self.client.execute(cell_input, store_history=False, allow_stdin=False, stop_on_error=False)

    def await_reply(self, msg_id: str, timeout: float | None = None) -> None:
        """Wait for the reply to a cell and keep its status. Raises queue.Empty after `timeout` seconds."""
        deadline = None if timeout is None else time.monotonic() + timeout
        while True:
            left = None if deadline is None else deadline - time.monotonic()
            if left is not None and left <= 0:
                raise Empty
            message = self.get_message("shell", left)
            if message["parent_header"].get("msg_id") == msg_id:
                status = message["content"].get("status")
                self.status[msg_id] = status if isinstance(status, str) else "?"
                self.read_until = time.monotonic() + OUTPUT_SECONDS
                return

    def await_idle(self, parent_id: str, timeout: float) -> None:
        """Read iopub until the kernel is idle after the request. Raises queue.Empty after `timeout` seconds."""
        while True:
            message = self.get_message("iopub", timeout)
            if message["parent_header"].get("msg_id") == parent_id and (
                message["msg_type"] == "status" and message["content"].get("execution_state") == "idle"
            ):
                return

    def get_message(self, stream: str, timeout: float | None = None) -> dict[str, Any]:
        """The next message. Raises queue.Empty after `timeout` seconds, Lost if the kernel is gone."""
        deadline = None if timeout is None else time.monotonic() + timeout
        while True:
            # sockets take in what comes even while nobody reads
            if _held() - self.held_before > MOST_WAITING or time.monotonic() > self.read_until:
                self._give_up(TOO_MUCH_OUTPUT)
            left = TURN if deadline is None else min(TURN, deadline - time.monotonic())
            try:
                message = self._receive(stream, max(left, 0.001))
            except Empty:
                if deadline is not None and time.monotonic() >= deadline:
                    raise
                continue
            if stream == "iopub":
                self.messages += 1
                self.bytes += _size(message["content"])
                if self.bytes > self.limits.output or self.messages > self.limits.messages:
                    self._give_up(TOO_MUCH_OUTPUT)
            return message

    def is_alive(self) -> bool:
        """False once the kernel is known to be gone."""
        if not self.lost:
            try:
                self._look()
            except Lost:
                return False
        return not self.lost

    def interrupt(self) -> None:
        """A cell that does not end in time: the kernel is ended, since one that ignores interrupts must not stay."""
        self._give_up("too slow")

    def stop(self) -> None:
        """Have the kernel and everything it left ended; nothing more when it was stopped before.

        The grader goes on meanwhile: the next kernel starts after `wait_for_end`.
        """
        if not self.is_connected:
            return
        # if it is nbval that stops it: the output did not come to its end, because a part of it was not let in
        self.lost = self.lost or TOO_MUCH_OUTPUT
        self.disconnect()
        # Lost: the sandbox is gone, and so is the kernel; who waits for its end will hear of it
        with suppress(Lost):
            self.sandbox.tell(end=True)

    def wait_for_end(self) -> None:
        """After `stop`: until all that it left has been killed. Raises Lost if the sandbox is of no more use."""
        deadline = time.monotonic() + END_TIMEOUT
        while "ended" not in (said := self.sandbox.answer(deadline - time.monotonic())):
            if not said:
                raise Lost("it cannot be ended")

    def disconnect(self) -> None:
        """Close the sockets. One that is left open holds up the whole program when Python collects it as garbage."""
        self.client.stop_channels()
        self.is_connected = False

    def _receive(self, stream: str, timeout: float) -> dict[str, Any]:
        """One message of a channel, ill-formed ones left out."""
        get = self.client.get_iopub_msg if stream == "iopub" else self.client.get_shell_msg
        try:
            message = get(timeout=timeout)
        except Empty:
            self._look()
            raise
        except Exception:  # what the student's code sent is not a message
            raise Empty from None
        if not isinstance(message.get("content"), dict) or not isinstance(message.get("parent_header"), dict):
            raise Empty
        return message

    def _look(self) -> None:
        """Raises Lost if the parent says that the kernel died."""
        if self.lost:
            raise Lost(self.lost)
        try:
            said = self.sandbox.answer(0)
        except Lost as error:
            self.lost = str(error)
            raise
        if "died" in said:
            self.lost = "too much memory" if said["died"] == "memory" else f"the kernel died ({said['died']})"
            raise Lost(self.lost)

    def _give_up(self, reason: str) -> None:
        self.lost = reason
        raise Lost(reason)

    def _until_idle(self, deadline: float) -> None:
        """The output channel is up when a request's idle message comes through it."""
        while time.monotonic() < deadline:
            request = self.client.kernel_info()
            try:
                self.await_idle(request, SUBSCRIBED_TURN)
                return
            except Empty:
                continue
        raise Lost("its outputs do not come through")


def _held() -> int:
    """Bytes of memory that this process holds; 0 where the system does not say."""
    try:
        return int(STATM.read_bytes().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


def _size(value: Any) -> int:
    """About how many bytes a message holds."""
    if isinstance(value, str | bytes):
        return len(value)
    if isinstance(value, dict):
        return sum(_size(each) for each in value.values()) + 8
    if isinstance(value, list):
        return sum(_size(each) for each in value) + 8
    return 8
