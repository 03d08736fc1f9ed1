"""The studio as an app: visitors that are programs, some of whom mean no good, at a real server with real kernels."""

from __future__ import annotations

import asyncio
import importlib.util
import json
import re
import signal
import struct
import urllib.error
import urllib.request
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import Future
from contextlib import AsyncExitStack, suppress
from pathlib import Path

import psutil
import pytest
from tornado.httpclient import AsyncHTTPClient
from tornado.websocket import WebSocketClientConnection, websocket_connect

from course_lib import ROOT
from course_lib.benchmark.studio_load import opened

if importlib.util.find_spec("voila") is None:
    pytest.skip("voila is not installed: pip install voila", allow_module_level=True)

from jupyter_server.services.kernels.websocket import KernelWebsocketHandler

from course_lib.studio.app import kernels, server
from course_lib.studio.app.visit import SORRY, Visit
from course_lib.studio.app.visitor import Visitor, visitor

pytestmark = pytest.mark.slow

Run = Callable[[Coroutine], object]
CODE = "open({path!r}, 'w').write('I was here')"


@pytest.fixture(scope="module")
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    """One for all tests of this file: its visitors stay, for the kernel of each takes seconds to start."""
    loop = asyncio.new_event_loop()
    yield loop
    loop.close()


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with opened("garments", 2) as (address, _):
        yield address


@pytest.fixture(scope="module")
def inside(loop: asyncio.AbstractEventLoop, address: str) -> Iterator[tuple[Visitor, Visitor]]:
    stack = AsyncExitStack()

    async def come() -> list[Visitor]:
        return await asyncio.gather(*(stack.enter_async_context(visitor(address)) for _ in range(2)))

    yield loop.run_until_complete(come())
    loop.run_until_complete(stack.aclose())


@pytest.fixture
def two(inside: tuple[Visitor, Visitor], run: Run) -> tuple[Visitor, Visitor]:
    """Both at the first pair, with nothing in the gallery."""

    async def back() -> None:
        for each in inside:
            while not each.states[each.key("undo")]["disabled"]:
                await each.click("undo")

    run(back())
    return inside


@pytest.fixture
def run(loop: asyncio.AbstractEventLoop) -> Run:
    return lambda coroutine: loop.run_until_complete(asyncio.wait_for(coroutine, 120))


def _pair(someone: Visitor) -> int:
    return int(re.search(r"Pair (\d+)", someone.shown())[1])


def requests(path: Path) -> dict[str, dict]:
    """Messages by which code would run, or a kernel would tell more than it should."""
    code = CODE.format(path=str(path))
    return {
        "execute_request": {
            "code": code,
            "silent": False,
            "store_history": False,
            "user_expressions": {"a": code},
            "allow_stdin": False,
        },
        "complete_request": {"code": code, "cursor_pos": 3},
        "inspect_request": {"code": "Visit", "cursor_pos": 3, "detail_level": 1},
        "history_request": {"output": True, "raw": True, "hist_access_type": "tail", "n": 9},
        "debug_request": {
            "type": "request",
            "seq": 1,
            "command": "evaluate",
            "arguments": {"expression": code},
        },
        "create_subshell_request": {},
        "interrupt_request": {},
        "shutdown_request": {"restart": True},
        "input_reply": {"value": code},
        "usage_request": {},
    }


def binary(kind: str, content: dict) -> bytes:
    """A message in the newer protocol of websockets, as JupyterLab speaks it."""
    parts = [
        {"msg_type": kind, "msg_id": "a", "session": "b", "username": "", "version": "5.3"},
        {},
        {},
        content,
    ]
    pieces = [b"shell", *(json.dumps(each).encode() for each in parts)]
    ends = [8 * (len(pieces) + 2)]
    for piece in pieces:
        ends.append(ends[-1] + len(piece))
    return b"".join(each.to_bytes(8, "little") for each in [len(ends), *ends]) + b"".join(pieces)


def test_no_message_runs_code_and_the_other_visitor_goes_on(
    address: str, two: tuple, run: Run, tmp_path: Path
) -> None:
    path = tmp_path / "trace"

    async def attack() -> None:
        bad, good = two
        await good.click("left")
        told = len(bad.told)
        for kind, content in requests(path).items():
            for channel in ("shell", "control", "stdin", "iopub"):
                await bad.send(kind, content, channel=channel)
        await bad.click("neither")  # whatever came before has been answered by now
        answers = {each["msg_type"] for each in bad.told[told:]}
        assert answers <= {"comm_msg", "status"}, answers

        new = f"{address.replace('http', 'ws', 1)}api/kernels/{bad.kernel}/channels?session_id=x"
        socket = await websocket_connect(new, subprotocols=["v1.kernel.websocket.jupyter.org"])
        assert socket.selected_subprotocol == "v1.kernel.websocket.jupyter.org"
        for kind, content in requests(path).items():
            await socket.write_message(binary(kind, content), binary=True)
        for number in (2**63, 2**24):  # so many parts, it says; the server once counted to there
            await socket.write_message(number.to_bytes(8, "little") + bytes(16), binary=True)
        await socket.write_message(binary("kernel_info_request", {}), binary=True)
        while b"kernel_info_reply" not in (said := await socket.read_message()):
            assert b"execute" not in said
        socket.close()
        await good.click("left")
        await bad.click("left")
        assert _pair(good) == 3 and _pair(bad) == 3

    run(attack())
    assert not path.exists()


NO_MESSAGES = (
    *("", "no JSON", "[]", "null", '"text"', "{}", '{"header": 1}', '{"header": {}}', '{"channel": []}'),
    '{"header": {"msg_type": ["execute_request"]}, "channel": "shell"}',
    '{"header": {"msg_type": "comm_msg"}, "channel": "shell", "content": []}',
    '{"header": {"msg_type": "comm_msg"}, "channel": "shell", "content": {"comm_id": {}}}',
    '{"header": {"msg_type": "comm_msg"}, "parent_header": 3, "metadata": 4, "buffers": 5, "channel": "shell"}',
    '{"header": {"msg_type": "comm_open"}, "channel": "shell", "content": {"target_name": "os.system"}}',
    "[" * 20_000,
    *(
        b"",
        b"\0",
        struct.pack("!i", -1),
        struct.pack("!i", 2**31 - 1),
        bytes(range(256)),
        (2**40).to_bytes(8, "little"),
    ),
)


FILLING = (
    {"method": "update", "state": {"_dom_classes": ["x"]}},
    {"method": "update", "state": {"description": "x"}},
    {"method": "update", "state": {"value": "7", "placeholder": "x"}},
    {"method": "update", "state": {"value": ["7"]}},
    {"method": "update", "state": {"index": "x"}},
    {"method": "update", "state": ["value"]},
    {"method": "custom", "content": {"event": "x"}},
    {"method": "x"},
    *({}, [], None, 5, "update"),
)


def test_a_page_asks_presses_and_moves_and_can_do_no_more(address: str, two: tuple, run: Run) -> None:
    async def fill() -> None:
        bad, _ = two
        before = {key: (state["_model_name"], state["_dom_classes"]) for key, state in _drawn(bad)}
        told = len(bad.told)
        for place in (bad.key("seed"), bad.key("left"), bad.key("theme")):
            for data in FILLING:
                await bad.send("comm_msg", {"comm_id": place, "data": data})
        text = {"_model_module": "@jupyter-widgets/controls", "_model_name": "TextModel", "value": "x"}
        text |= {"_view_module": "@jupyter-widgets/controls", "_view_name": "TextView"}
        text |= {"_model_module_version": "2.0.0", "_view_module_version": "2.0.0"}
        opening = {"target_name": "jupyter.widget", "data": {"state": text, "buffer_paths": []}}
        await bad.send("comm_open", opening | {"comm_id": "mine"}, metadata={"version": "2.1.0"})
        asking = {"target_name": kernels.ASKING, "data": {}}
        await bad.send("comm_open", asking | {"comm_id": "y" * 1000}, metadata={"version": "1.0.0"})
        await bad.click("neither")
        asked = {each["parent_header"].get("msg_id") for each in bad.told[told:]}
        assert len(asked) == 1  # the kernel has heard of the last one alone
        await bad.connect()
        after = {key: (state["_model_name"], state["_dom_classes"]) for key, state in _drawn(bad)}
        assert after == before and bad.states[bad.key("seed")]["value"] == "0"

    run(fill())


def _drawn(someone: Visitor) -> list[tuple[str, dict]]:
    return [(key, state) for key, state in someone.states.items() if "_dom_classes" in state]


def test_one_kernel_has_few_connections(address: str, two: tuple, run: Run) -> None:
    async def flood() -> None:
        bad, good = two
        place = f"{address.replace('http', 'ws', 1)}api/kernels/{bad.kernel}/channels?session_id="
        many = [websocket_connect(f"{place}{number}{'x' * 300}") for number in range(20)]
        sockets = await asyncio.gather(*many)

        async def is_closed(socket: WebSocketClientConnection) -> bool:
            try:
                return await asyncio.wait_for(socket.read_message(), 3) is None
            except TimeoutError:
                return False

        closed = await asyncio.gather(*map(is_closed, sockets))
        assert len(closed) - kernels.MOST_CONNECTIONS <= sum(closed) < len(closed)
        for socket in sockets:
            socket.close()
        await good.click("left")
        await bad.click("left")
        assert _pair(good) == 2 and _pair(bad) == 2
        await asyncio.sleep(0.5)  # those have gone, and one comes in again
        await bad.connect()
        await bad.click("left")
        assert _pair(bad) == 3

    run(flood())


class Deaf(KernelWebsocketHandler):
    """A page that takes nothing."""

    def __init__(self) -> None:
        self.waiting: list[Future] = []
        self.closed = 0

    def write_message(self, message: str | bytes, binary: bool = False) -> Future:
        self.waiting.append(Future())
        return self.waiting[-1]

    def close(self, code: int | None = None, reason: str | None = None) -> None:
        self.closed += 1


def test_who_does_not_listen_is_hung_up_on() -> None:
    deaf = Deaf()
    connection = kernels.Connection(websocket_handler=deaf)
    piece = bytes(2**20)
    for _ in range(kernels.MOST_UNHEARD // len(piece) + 1):
        connection.write_message(piece, binary=True)
    heard = len(deaf.waiting)
    assert not deaf.closed
    connection.write_message(piece, binary=True)
    assert deaf.closed == 1 and len(deaf.waiting) == heard
    for number, each in enumerate(deaf.waiting):
        each.set_exception(ConnectionError()) if number % 2 else each.set_result(None)
    connection.write_message(piece)  # all was taken, and it goes on
    assert deaf.closed == 1 and connection.unheard == len(piece)


def test_what_is_no_visit_takes_no_place(address: str, two: tuple, run: Run) -> None:
    async def knock() -> None:
        client = AsyncHTTPClient(force_instance=True)

        async def code(method: str = "GET", body: str | None = None, **headers: str) -> int:
            words = {"method": method, "body": body, "headers": headers, "allow_nonstandard_methods": True}
            return (await client.fetch(address, raise_error=False, **words)).code

        for method in ("HEAD", "POST", "DELETE", "OPTIONS"):
            assert await code(method) == 405
        for kind in ("image", "iframe", "empty"):  # another page's picture, frame or script
            assert await code(**{"Sec-Fetch-Dest": kind}) == 404
        with suppress(OSError):  # a long body is hung up on, before or after an answer
            assert await code("POST", "x" * 2**20) >= 400
        await two[1].click("left")

    run(knock())


def test_as_many_files_as_the_system_allows_may_be_open() -> None:
    resource = pytest.importorskip("resource")
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (256, before[1]))
        server.let_many_in()
        most = resource.getrlimit(resource.RLIMIT_NOFILE)
        assert most[0] == server.MOST_FILES or most[0] == most[1]
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


def test_what_is_no_message_is_dropped(address: str, two: tuple, run: Run) -> None:
    async def babble() -> None:
        bad, _ = two
        for text in NO_MESSAGES:
            await bad.socket.write_message(text, binary=isinstance(text, bytes))
        await bad.click("left")
        assert "Pair 2:" in bad.shown()
        await bad.socket.write_message("x" * (kernels.LONGEST_MESSAGE + 1))
        with pytest.raises(ConnectionError):
            await bad.hear(lambda _: False)
        await bad.connect()  # as its page does
        await bad.click("left")
        assert "Pair 3:" in bad.shown()

    run(babble())


STRANGE = (
    *(
        "9" * 200_000,
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "-1",
        "1e3",
        "٣",
        "½",
        "🎨" * 9,
    ),
    *("", " ", "NaN", "0x10", "' or 1=1", "{{7*7}}", "\0", "\u202e3"),
)


def test_strange_seeds_are_one_line_without_markup_or_a_path(address: str, two: tuple, run: Run) -> None:
    async def type_them() -> None:
        someone, _ = two
        before = someone.states[someone.key("picture")]["value"]
        for text in STRANGE:
            await someone.set("seed", text)
            (line,) = re.findall(r'<div role="alert">(.*?)</div>', someone.shown())
            assert line.startswith("A seed is a whole number") and "<" not in line, text
        for control, value in (
            ("theme", 99),
            ("theme", "x"),
            ("style", -5),
            ("truncation", "much"),
            ("truncation", float("nan")),
        ):
            await someone.set(control, value, wait=isinstance(value, (int, float)) or control != "theme")
        assert someone.states[someone.key("picture")]["value"] == before
        await someone.set("seed", "7")
        assert someone.states[someone.key("picture")]["value"] != before
        said = json.dumps(someone.told)
        assert "Traceback" not in said and str(ROOT) not in said and "site-packages" not in said

    run(type_them())


def test_two_share_nothing_and_a_full_house_is_told_kindly(address: str, two: tuple, run: Run) -> None:
    async def both() -> None:
        one, other = two
        await one.set("seed", "7")
        await one.click("keep left")
        await one.click("left")
        await other.click("right")
        assert "The gallery, 1 of" in one.shown() and "The gallery is empty" in other.shown()
        assert other.states[other.key("seed")]["value"] == "0"
        await other.click("undo")
        assert _pair(one) == 2 and _pair(other) == 1

        client = AsyncHTTPClient(force_instance=True, defaults={"request_timeout": 60}, max_clients=50)
        answers = await asyncio.gather(*(client.fetch(address, raise_error=False) for _ in range(50)))
        assert {answer.code for answer in answers} == {503}
        page = answers[0].body.decode()
        assert "The studio is full" in page and "2 visitors are in it now" in page
        assert answers[0].headers["Retry-After"] == "60" and "come again in a few minutes" in page
        await one.click("left")
        assert _pair(one) == 3

    run(both())


def test_nothing_of_the_machine_is_served(address: str, two: tuple, run: Run) -> None:
    async def page() -> str:
        someone, _ = two
        body = (await AsyncHTTPClient().fetch(f"{address}api/kernels/{someone.kernel}")).body
        return body.decode() + json.dumps(someone.told)

    known = run(page())
    assert str(ROOT) not in known and "studio.ipynb" not in known
    for place in (
        *(
            "voila/files/studio.ipynb",
            "voila/files/../pyproject.toml",
            "voila/tree",
            "voila/render/studio.ipynb",
        ),
        *(
            "api/contents",
            "voila/api/contents/",
            "api/kernels",
            "api/sessions",
            "api/terminals",
            "terminals/1",
            "lab",
        ),
        *(
            "login",
            "logout",
            "tree",
            "files/README.md",
            "notebooks/studio.ipynb",
            "studio.ipynb",
            "api/status",
        ),
        *(
            "voila/static/../../voila/app.py",
            "voila/templates/../static/x",
            "voila/templates/lab/static/../../../x",
        ),
        *(
            "%2e%2e/pyproject.toml",
            "voila/static/%2e%2e/%2e%2e/app.py",
            "voila/labextensions/%2e%2e/%2e%2e/kernels",
        ),
        *("voila/api/themes/%2e%2e/x", "api/kernels/00000000-0000-0000-0000-000000000000"),
    ):
        with pytest.raises(urllib.error.HTTPError) as error:
            urllib.request.urlopen(address + place, timeout=30)
        said = error.value.read().decode()
        assert 400 <= error.value.code <= 500 and str(ROOT) not in said and "Traceback" not in said, place


def test_of_clicks_faster_than_any_hand_some_are_dropped_and_the_rest_is_done(
    address: str, two: tuple, run: Run
) -> None:
    async def hammer() -> None:
        fast, other = two
        for _ in range(10_000):
            await fast.click("neither", wait=False)
        await other.click("left")
        assert "Pair 2:" in other.shown()
        waiting = kernels.MOST_WAITING
        await fast.hear(lambda _: fast.shown().count("Pair ") and _pair(fast) > waiting // 2)
        await asyncio.sleep(1)
        await fast.click("neither")
        assert waiting // 2 < _pair(fast) < 5_000

    run(hammer())


def test_what_breaks_is_one_line_for_the_visitor_and_whole_for_the_server(monkeypatch, capfd) -> None:
    sent: list[str] = []

    def broken(self: Visit) -> None:
        raise RuntimeError(f"no such thing in {ROOT}")

    studio = Visit("garments")
    monkeypatch.setattr(studio.problem, "send_state", lambda key=None: sent.append(studio.problem.value))
    monkeypatch.setattr(Visit, "_measure", broken)
    studio.buttons["left"].click()
    assert {*sent} == {SORRY} and studio.problem.value == SORRY
    assert f"no such thing in {ROOT}" in capfd.readouterr().err


def test_at_the_end_no_kernel_and_no_file_is_left(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, scratch = tmp_path / "home", tmp_path / "scratch"
    home.mkdir()
    scratch.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("TMPDIR", str(scratch))

    async def visit(address: str, process: psutil.Process) -> list[psutil.Process]:
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(visitor(address))
            children = process.children(recursive=True)
            process.send_signal(signal.SIGINT)
            gone, alive = await asyncio.to_thread(psutil.wait_procs, [process, *children], 30)
            assert len(gone) >= 2
            stack.pop_all()  # nobody is there to say goodbye to
            return alive

    with opened("garments", 1) as (address, server):
        assert run(visit(address, psutil.Process(server.pid))) == []
    assert list(scratch.iterdir()) == []
    caches = (".cache", ".config", ".keras")  # of Matplotlib and Keras, kept wherever they run
    assert {each.name for each in home.iterdir()} <= {*caches}


def test_a_place_is_given_once_and_comes_back(run: Run) -> None:
    async def take() -> None:
        house = kernels.Kernels(most=2)

        async def come() -> bool:
            return await house.let_in(patience=0.2)

        async def come_in_vain() -> bool:
            inside = await house.let_in(patience=0.2)
            house.settled()  # no kernel could start
            return inside

        assert await asyncio.create_task(come_in_vain())
        assert await asyncio.gather(*(asyncio.create_task(come()) for _ in range(3))) == [True, True, False]
        assert house.inside() == 2

    run(take())
