"""The visitors' kernels: how many there may be, when one ends, and which messages pass between one and its page.

A page needs widgets' messages and no others: it asks what there is, presses buttons and moves controls. All else is
dropped on its way in, also what would only fill the memory, as a widget that the page makes; and on its way out all in
which a kernel tells of itself: errors with paths of the machine, and what it prints.
"""

from __future__ import annotations

import asyncio
import json
from concurrent.futures import Future
from datetime import datetime, timedelta
from typing import Any

from jupyter_server.services.kernels.connection.base import (
    deserialize_binary_message,
    deserialize_msg_from_ws_v1,
)
from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection
from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager
from tornado.websocket import WebSocketClosedError
from traitlets import Integer

COMMS = ("comm_open", "comm_msg", "comm_close")
HEARD = (*COMMS, "comm_info_request", "kernel_info_request")
TOLD = (*COMMS, "comm_info_reply", "kernel_info_reply", "status")
ASKING = "jupyter.widget.control"
"""The one target that a page opens: there it asks for the states of all widgets."""
ASKED = ("request_states", "request_state")
MOVED = {"value": (str, int, float), "index": (int, type(None))}
"""What a page may set of a widget, and to what: sliders and texts have a value, menus an index."""
LONGEST_MESSAGE = 2**18  # bytes; the longest of ours has some 2,000
LONGEST_NAME = 60  # of a session, in characters: ZeroMQ takes 255 bytes
MOST_OPENED = 20
"""So often a connection may open `ASKING`; a page does it once, and the kernel keeps each."""
MOST_CONNECTIONS = 4
"""To one kernel: each takes four sockets of ZeroMQ, which a server has some 1,000 of. A page has one."""
MOST_UNHEARD = 2**25
"""Bytes that wait for a page to take them; one that asks and does not listen is hung up on."""
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

    waiting = opened = unheard = 0

    async def prepare(self) -> None:
        self.session.session = self.session.session[:LONGEST_NAME]
        await super().prepare()

    def connect(self) -> asyncio.Future:
        """As Jupyter's, unless the kernel has enough connections."""
        if sum(each.kernel_id == self.kernel_id for each in self._open_sockets) < MOST_CONNECTIONS:
            return super().connect()
        self.websocket_handler.close(1013, "too many connections")
        nothing: asyncio.Future = asyncio.get_running_loop().create_future()
        nothing.set_result(None)
        return nothing

    def disconnect(self) -> None:
        if (
            self in self._open_sockets
        ):  # else it was never connected, and must not be counted as one that left
            super().disconnect()
        elif self._open_sessions.get(self.session_key) is self.websocket_handler:
            del self._open_sessions[self.session_key]

    def handle_incoming_message(self, incoming_msg: str | bytes) -> None:
        if self.waiting >= MOST_WAITING or not self._holds_its_parts(incoming_msg):
            return
        try:
            if self._may_pass(*self._read(incoming_msg)):
                # Jupyter's own sieve, `allowed_message_types`, holds the kinds too
                super().handle_incoming_message(incoming_msg)
                self.waiting += 1
        except Exception as error:
            self.log.warning("Dropped what is no message: %s", type(error).__name__)

    def _read(self, message: str | bytes) -> tuple[str, dict]:
        """The kind and the content."""
        if self.subprotocol:
            header, _, _, content = map(self.session.unpack, deserialize_msg_from_ws_v1(message)[1][:4])
            return header["msg_type"], content
        whole = json.loads(message) if isinstance(message, str) else deserialize_binary_message(message)
        return whole["header"]["msg_type"], whole.get("content", {})

    def _may_pass(self, kind: str, content: dict) -> bool:
        if kind == "comm_open":
            self.opened += 1
            return (
                content["target_name"] == ASKING
                and len(content["comm_id"]) <= LONGEST_NAME
                and self.opened <= MOST_OPENED
            )
        if kind == "comm_msg":
            return _is_asked_or_done_by_hand(content["data"])
        return kind in HEARD

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

    def write_message(self, message: str | bytes, binary: bool = False) -> None:
        """Send, or hang up on a page that does not take what it asked for."""
        if self.unheard > MOST_UNHEARD:
            self.websocket_handler.close(1008, "nobody listens")
            return
        size = len(message)
        self.unheard += size

        def taken(sent: Future) -> None:
            self.unheard -= size
            sent.exception()  # the page is gone, and that is no news

        try:
            sent = self.websocket_handler.write_message(message, binary)
        except WebSocketClosedError:
            return
        if sent is not None:
            sent.add_done_callback(taken)


def _is_asked_or_done_by_hand(data: dict) -> bool:
    """Whether a message to a widget asks for states, presses a button, or moves a control."""
    if data["method"] == "update":
        return all(isinstance(value, MOVED.get(key, ())) for key, value in data["state"].items())
    return data["method"] in ASKED or (data["method"] == "custom" and data["content"] == {"event": "click"})
