"""A visitor that is a program, for tests and for measuring: a page, a websocket, and the messages of widgets.

    async with visitor(address) as someone:
        await someone.click("left")             until the next picture is here
        await someone.set("seed", "7")

It speaks as a page of Voila's does, https://jupyter-client.readthedocs.io/en/stable/messaging.html
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from tornado.httpclient import AsyncHTTPClient
from tornado.websocket import WebSocketClientConnection, websocket_connect

from course_lib.panels import front_end

MOST_SECONDS = 300.0


class Visitor:
    """states: of each widget by its key, as told at the start and changed since. told: all messages, as they came."""

    def __init__(self, address: str, kernel: str):
        self.address, self.kernel = address, kernel
        self.states: dict[str, dict] = {}
        self.told: list[dict] = []
        self.socket: WebSocketClientConnection

    async def connect(self) -> None:
        """Open the websocket and ask for all widgets."""
        address = f"{self.address.replace('http', 'ws', 1)}api/kernels/{self.kernel}/channels"
        self.socket = await websocket_connect(f"{address}?session_id={uuid.uuid4().hex}")
        control = uuid.uuid4().hex
        opening = {"comm_id": control, "target_name": "jupyter.widget.control", "data": {}}
        await self.send("comm_open", opening, metadata={"version": "1.0.0"})
        await self.send("comm_msg", {"comm_id": control, "data": {"method": "request_states"}})
        await self.hear(lambda _: bool(self.states))

    async def send(
        self, kind: str, content: dict, metadata: dict | None = None, channel: str = "shell"
    ) -> str:
        """Any message; its identity."""
        identity = uuid.uuid4().hex
        header = {
            "msg_id": identity,
            "msg_type": kind,
            "session": "visitor",
            "username": "",
            "version": "5.3",
        }
        message = {"header": header, "parent_header": {}, "metadata": metadata or {}, "content": content}
        await self.socket.write_message(json.dumps(message | {"channel": channel, "buffers": []}))
        return identity

    async def hear(self, enough: Callable[[dict], bool]) -> None:
        """Listen until a message is enough. Raises ConnectionError when the server hangs up."""
        while True:
            text = await self.socket.read_message()
            if text is None:
                raise ConnectionError("the studio has hung up")
            message = json.loads(text)
            self.told.append(message)
            data = message["content"].get("data", {}) if message["msg_type"] == "comm_msg" else {}
            if data.get("method") == "update_states":
                self.states = {key: each["state"] for key, each in data["states"].items()}
            elif data.get("method") == "update":
                self.states.setdefault(message["content"]["comm_id"], {}).update(data["state"])
            if enough(message):
                return

    def key(self, name: str) -> str:
        """Of the control with this description, or of "picture"."""
        for key, state in self.states.items():
            drawn = name == "picture" and front_end.PICTURE in state.get("_dom_classes", ())
            if drawn or state.get("description") == name:
                return key
        raise KeyError(name)

    def shown(self) -> str:
        """All HTML on the page, and the picture's is in it."""
        return "\n".join(str(each.get("value", "")) for each in self.states.values())

    async def click(self, name: str, wait: bool = True) -> None:
        """Press a button and wait until the kernel has done what it does."""
        content = {"method": "custom", "content": {"event": "click"}}
        await self._ask({"comm_id": self.key(name), "data": content}, wait)

    async def set(self, name: str, value: object, wait: bool = True) -> None:
        """Move a control; a menu goes by its number."""
        state = {"index" if "index" in self.states[self.key(name)] else "value": value}
        await self._ask(
            {"comm_id": self.key(name), "data": {"method": "update", "state": state, "buffer_paths": []}},
            wait,
        )

    async def _ask(self, content: dict, wait: bool) -> None:
        asked = await self.send("comm_msg", content)

        def is_done(message: dict) -> bool:
            idle = message["content"].get("execution_state") == "idle"
            return idle and message["parent_header"].get("msg_id") == asked

        if wait:
            await self.hear(is_done)


@asynccontextmanager
async def visitor(address: str) -> AsyncIterator[Visitor]:
    """One in the studio at this address, with a slash at its end. Raises HTTPClientError, of code 503 if it is full."""
    client = AsyncHTTPClient(force_instance=True)  # the shared one lets ten wait at a time
    page = await client.fetch(address, connect_timeout=MOST_SECONDS, request_timeout=MOST_SECONDS)
    (kernel,) = re.findall(r'"kernelId": "([\w-]+)"', page.body.decode())
    someone = Visitor(address, kernel)
    await someone.connect()
    try:
        yield someone
    finally:
        someone.socket.close()
        end = f"{address}voila/api/shutdown/{kernel}"
        await client.fetch(end, method="POST", body="", raise_error=False)
