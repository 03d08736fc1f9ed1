"""Each kernel has a world of its own: what is refused there, what is counted, and that nothing crosses over."""

from __future__ import annotations

import os

import pytest

from course_lib.grading.sandbox.forked_kernels import ForkedKernels
from course_lib.grading.sandbox.kernel import Limits
from course_lib.grading.sandbox.sandbox import Lost

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def kernels(bubblewrap: str):
    with ForkedKernels("bwrap", ["json"]) as kernels:
        yield kernels


def printed(kernels: ForkedKernels, source: str) -> str:
    """What a cell prints, or the last line of its error, in a new kernel."""
    kernel = kernels.new()
    try:
        request = kernel.execute_cell_input(source)
        kernel.await_reply(request, 60)
        text = ""
        while True:
            message = kernel.get_message("iopub", 10)
            content = message["content"]
            text += content.get("text", "")
            if message["msg_type"] == "error":
                text += f"{content['ename']}: {content['evalue']}"
            if content.get("execution_state") == "idle" and message["parent_header"].get("msg_id") == request:
                return text
    finally:
        kernel.stop()


REFUSED = {
    "a connection": "socket.socket(socket.AF_INET)",
    "datagrams": "socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)",
    "the system's own sockets": "socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)",
    "a pair that is no file's": "socket.socketpair(socket.AF_INET)",
    "a larger socket": "socket.socketpair()[0].setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 23)",
    "a larger pipe": "fcntl.fcntl(os.pipe()[1], 1031, 1 << 20)",
    "memory that is shared and no file": "mmap.mmap(-1, 1 << 20)",
    "the same from a device": "mmap.mmap(os.open('/dev/zero', os.O_RDWR), 1 << 20)",
    "memory as a file": "os.memfd_create('x')",
    "a lock on what all can read": "fcntl.flock(open(os.__file__), fcntl.LOCK_EX)",
    "another lock": "fcntl.lockf(open(os.__file__), fcntl.LOCK_SH)",
    "a watch": "call(253) and call(294) and fail()",
    "what is in memory": "call(27, ctypes.c_void_p(id(os) & -4096), 4096, ctypes.create_string_buffer(1)) and fail()",
    "a user namespace": "libc.unshare(0x10000000) and fail()",
    "a process with one": "call(56, 0x10000011, 0, 0, 0, 0) and fail()",
    "calls past the filter": "call(425, 1, ctypes.create_string_buffer(120)) and fail()",
    "the time of a device": "os.utime('/dev/null')",
}
HEAD = """\
import ctypes, fcntl, mmap, os, socket
libc = ctypes.CDLL(None, use_errno=True)
def call(number, *arguments):
    return libc.syscall(number, *arguments) == -1
def fail():
    raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
"""


@pytest.mark.parametrize("name", REFUSED)
def test_it_is_refused(name: str, kernels: ForkedKernels) -> None:
    if "call(" in REFUSED[name] and os.uname().machine != "x86_64":
        pytest.skip("the numbers of these calls are those of another machine")
    said = printed(kernels, f"{HEAD}{REFUSED[name]}")
    assert said.startswith(("PermissionError", "OSError")), said


USUAL = """\
import concurrent.futures, multiprocessing, os, socket, sqlite3, subprocess, tempfile, threading
context = multiprocessing.get_context("fork")
with concurrent.futures.ProcessPoolExecutor(2, mp_context=context) as pool:
    print(sum(pool.map(abs, [-1, -2])))
left, right = socket.socketpair()
left.sendall(b"x")
print(right.recv(1), subprocess.run(["echo", "y"], capture_output=True, text=True).stdout)
thread = threading.Thread(target=print, args=("z",))
thread.start(), thread.join()
with tempfile.NamedTemporaryFile() as file:
    sqlite3.connect(":memory:").execute("SELECT 1")
    print(os.path.exists(file.name), open("/dev/urandom", "rb").read(1) != b"", open("/dev/null", "w").write("x"))
listing = !echo shell
print(listing)
"""


def test_what_honest_answers_use_works(kernels: ForkedKernels) -> None:
    assert printed(kernels, USUAL).split() == ["3", "b'x'", "y", "z", "True", "True", "1", "['shell']"]


TRACES = """\
import os, pathlib
counters = {name: pathlib.Path("/proc/net", name).read_text() for name in ("tcp", "udp", "snmp", "dev", "unix")
            if pathlib.Path("/proc/net", name).exists() and name != "unix"}
child = os.fork()
if child == 0: os._exit(0)
os.waitpid(child, 0)
number = os.open("/tmp/x", os.O_CREAT | os.O_RDWR)
print(counters, child, os.fstat(number).st_ino, os.stat("/dev/null").st_mtime_ns, len(os.listdir("/dev/pts")))
"""
LEAVE = """\
import os, pty, socket
for number in range(30):
    child = os.fork()
    if child == 0: os._exit(0)
    os.waitpid(child, 0)
    open(f"/tmp/{number}", "w").close()
    pty.openpty()
    socket.socket(socket.AF_UNIX).bind(f"\\0{number}")
"""


def test_no_counter_of_its_own_crosses_over(kernels: ForkedKernels) -> None:
    before = printed(kernels, TRACES)
    assert printed(kernels, LEAVE) == ""
    assert printed(kernels, TRACES) == before and before.startswith("{'tcp'")


UNREAD = """\
import socket, time
hoard = []
for _ in range(240):
    hoard.append(socket.socketpair())
    for end in hoard[-1]:
        end.setblocking(False)
        try:
            while True: end.send(bytes(1 << 16))
        except BlockingIOError: pass
time.sleep(30)
"""


def test_what_waits_unread_in_sockets_is_counted(bubblewrap: str) -> None:
    with ForkedKernels("bwrap", ["json"], Limits(memory=128 << 20)) as kernels:
        kernel = kernels.new()
        with pytest.raises(Lost, match="too much memory"):
            kernel.await_reply(kernel.execute_cell_input(UNREAD), 60)
        assert kernels.new().is_alive()
