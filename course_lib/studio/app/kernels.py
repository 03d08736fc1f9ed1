"""The visitors' kernels: how many there may be, when one ends, and which messages pass between one and its page.

A page needs widgets' messages and no others. All that could run code is dropped on its way in, and on its way out all
in which a kernel tells of itself: errors with paths of the machine, and what it prints.
"""

from __future__ import annotations

import asyncio
import json
from datetime import datetime, timedelta
from typing import Any

from jupyter_server.services.kernels.connection.base import (
    deserialize_binary_message,
    deserialize_msg_from_ws_v1,
)
from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection
from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager
from traitlets import Integer

COMMS = ("comm_open", "comm_msg", "comm_close")
HEARD = (*COMMS, "comm_info_request", "kernel_info_request")
TOLD = (*COMMS, "comm_info_reply", "kernel_info_reply", "status")
LONGEST_MESSAGE = 2**18  # bytes; the longest of ours has some 2,000
MOST_WAITING = 100
"""So many messages of a page wait for its kernel; what comes faster, and no hand does, is dropped."""
IDLE, ALONE = 20 * 60, 60
"""Seconds after which a kernel ends in which nothing happens, and one that no page is connected to."""
LOOK = 10  # seconds from one look at all kernels to the next
PATIENCE = 5.0
"""Seconds that one who finds the studio full is kept: who loads a page anew leaves and comes at once."""


class Kernels(AsyncMappingKernelManager):
    """A kernel for each visitor, `most` at a time."""

    most = Integer(1).tag(config=True)

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self._opening: set[asyncio.Task | None] = set()  # of visitors who were let in and have no kernel yet
        self._started: set[str] = set()

    def inside(self) -> int:
        """How many places are taken; a kernel that is starting is its visitor's, and not counted twice."""
        self._started &= self._kernels.keys()
        return len(self._opening) + len(self._started)

    async def let_in(self, patience: float = PATIENCE) -> bool:
        """Whether there is a place; who is let in says `settled` if no kernel could start."""
        clock = asyncio.get_running_loop().time
        end = clock() + patience
        while self.inside() >= self.most:
            if clock() >= end:
                return False
            await asyncio.sleep(0.1)
        self._opening.add(asyncio.current_task())
        return True

    def settled(self) -> None:
        self._opening.discard(asyncio.current_task())

    async def start_kernel(self, **settings: Any) -> str:
        kernel_id = await super().start_kernel(**settings)
        self._started.add(kernel_id)
        self.settled()
        return kernel_id

    async def cull_kernel_if_idle(self, kernel_id: str) -> None:
        """End it if it has been idle for long, or alone."""
        kernel = self._kernels[kernel_id]
        since = datetime.now(kernel.last_activity.tzinfo) - kernel.last_activity
        alone = not self._kernel_connections.get(kernel_id) and kernel.execution_state == "idle"
        if alone and since > timedelta(seconds=ALONE):
            await self.shutdown_kernel(kernel_id)
        else:
            await super().cull_kernel_if_idle(kernel_id)


class Connection(ZMQChannelsWebsocketConnection):
    """Lets pass what `HEARD` and `TOLD` name; what is no message at all is dropped too, and nobody is disturbed."""

    waiting = 0

    def handle_incoming_message(self, incoming_msg: str | bytes) -> None:
        if self.waiting >= MOST_WAITING or not self._holds_its_parts(incoming_msg):
            return
        try:
            if (
                self._kind(incoming_msg) in HEARD
            ):  # and Jupyter's own sieve, `allowed_message_types`, holds them too
                super().handle_incoming_message(incoming_msg)
                self.waiting += 1
        except Exception as error:
            self.log.warning("Dropped what is no message: %s", type(error).__name__)

    def _kind(self, message: str | bytes) -> str:
        if self.subprotocol:
            return self.session.unpack(deserialize_msg_from_ws_v1(message)[1][0])["msg_type"]
        read = json.loads if isinstance(message, str) else deserialize_binary_message
        return read(message)["header"]["msg_type"]

    def _holds_its_parts(self, message: str | bytes) -> bool:
        """Whether a binary message can have as many parts as it says. Jupyter's server believes it, and would count
        to 2^63 while everybody waits."""
        if isinstance(message, str):
            return True
        size, order = (8, "little") if self.subprotocol else (4, "big")
        return int.from_bytes(message[:size], order) < len(message) // size

    def handle_outgoing_message(self, stream: str, outgoing_msg: list[Any]) -> None:
        _, parts = self.session.feed_identities(outgoing_msg)
        kind = self.session.unpack(parts[1])["msg_type"]
        if kind == "status" and self.session.unpack(parts[4]).get("execution_state") == "idle":
            self.waiting = max(0, self.waiting - 1)
        if kind in TOLD:
            super().handle_outgoing_message(stream, outgoing_msg)
