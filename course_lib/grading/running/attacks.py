"""Answers that attack the grader, for `grade --self-test` and the tests: none may gain a point or do harm.

Each is the source of an answer's cell; {function} stands for the function that the exercise asks for. They are short
forms of what students have tried on graders, or could.
"""

from __future__ import annotations

FORGE = """\
import json, sys
def lie(**values):
    from IPython.display import display
    display({{"application/vnd.gan-course.values+json": {{name: 0.0 for name in values}}}}, raw=True)
"""

ATTACKS: dict[str, str] = {
    "patches publish": FORGE
    + "import builtins\nbuiltins.publish = publish = lie\ndef {function}(*a, **k): return 0.0",
    "patches display": """\
import IPython.display, IPython.core.display_functions
def lie(*a, **k): pass
IPython.display.display = IPython.core.display_functions.display = lie
def {function}(*a, **k): return 0.0""",
    "patches asserts and print": """\
import builtins
builtins.print = lambda *a, **k: None
builtins.AssertionError = type("Fine", (BaseException,), {{}})
def {function}(*a, **k): return 0.0""",
    "patches numpy": """\
import numpy
numpy.asarray = lambda *a, **k: numpy.zeros(1)
numpy.abs = numpy.allclose = lambda *a, **k: True
def {function}(*a, **k): return 0.0""",
    "an object that equals everything": """\
class Equal:
    def __eq__(self, other): return True
    def __hash__(self): return 0
    def __float__(self): return float("nan")
    def __array__(self, *a, **k):
        import numpy
        return numpy.array(float("inf"))
def {function}(*a, **k): return Equal()""",
    "answers nan": "def {function}(*a, **k): return float('nan')",
    "answers infinity": "def {function}(*a, **k): return float('inf')",
    "a constant": "def {function}(*a, **k): return 1.0",
    "rewrites cells before they run": """\
shell = get_ipython()
shell.input_transformers_cleanup.append(lambda lines: ["pass\\n"])
def {function}(*a, **k): return 0.0""",
    "rewrites the syntax tree": """\
import ast
class Away(ast.NodeTransformer):
    def visit_Call(self, node): return ast.copy_location(ast.Constant(None), node)
get_ipython().ast_transformers.append(Away())
def {function}(*a, **k): return 0.0""",
    "takes over run_cell": """\
shell = get_ipython()
async def nothing(*a, **k):
    from IPython.core.interactiveshell import ExecutionResult
    return ExecutionResult(None)
shell.run_cell_async = nothing
def {function}(*a, **k): return 0.0""",
    "forges replies": """\
kernel = get_ipython().kernel
session, socket = kernel.session, kernel.iopub_socket
parent = kernel.get_parent()
values = {{"application/vnd.gan-course.values+json": {{"value": 0.0, "values": [0.0]}}}}
for _ in range(50):
    session.send(socket, "display_data", {{"data": values, "metadata": {{}}}}, parent=parent)
session.send(socket, "status", {{"execution_state": "idle"}}, parent=parent)
session.send(kernel.shell_stream if hasattr(kernel, "shell_stream") else socket, "execute_reply",
             {{"status": "ok", "execution_count": 1}}, parent=parent)
def {function}(*a, **k): return 0.0""",
    "patches the message session": """\
session = type(get_ipython().kernel.session)
send = session.send
def quiet(self, stream, kind, *a, **k):
    if kind == "error":
        return None
    return send(self, stream, kind, *a, **k)
session.send = quiet
def {function}(*a, **k): raise ValueError""",
    "sends what is not a message": """\
get_ipython().kernel.iopub_socket.send(b"nonsense")
get_ipython().kernel.iopub_socket.send_multipart([b"<IDS|MSG>", b"", b"x", b"[", b"]", b"{{"])
def {function}(*a, **k): return 0.0""",
    "never says that it is done": """\
import threading, time
kernel = get_ipython().kernel
session = type(kernel.session)
send = session.send
def quiet(self, stream, kind, *a, **k):
    if kind != "status":
        return send(self, stream, kind, *a, **k)
session.send = quiet
def drip():
    while True:
        send(kernel.session, kernel.iopub_socket, "stream", {{"name": "stdout", "text": "."}}, kernel.get_parent())
        time.sleep(1)
threading.Thread(target=drip, daemon=True).start()
def {function}(*a, **k): return 0.0""",
    "nbval's markers": """\
# NBVAL_SKIP
# NBVAL_IGNORE_OUTPUT
# NBVAL_RAISES_EXCEPTION
def {function}(*a, **k): raise ValueError""",
    "looks for the solution": """\
import gc, glob, inspect, os, sys
found = [path for root, _, names in os.walk("/course") for path in (os.path.join(root, n) for n in names)
         if "source" in path or "answers" in path or "authoring" in path or "grading" in path or path.endswith(".key")]
for path in found:
    exec(open(path).read())
frames = [frame for thread in sys._current_frames().values() for frame in [thread]]
exec("\\n".join(get_ipython().history_manager.input_hist_raw))""",
    "looks in the other processes": """\
import glob
text = b""
for path in glob.glob("/proc/*/environ") + glob.glob("/proc/*/cmdline") + glob.glob("/proc/*/mem"):
    try:
        text += open(path, "rb").read(1000)
    except OSError:
        pass
assert b"key" not in text.lower()
def {function}(*a, **k): return 0.0""",
    "imports the authoring room": """\
from course_lib.authoring.lesson import find_source, load_lesson
from course_lib.authoring.solutions import solved
exec("\\n".join(solved(c.source) for c in load_lesson(find_source("01")).having("exercise")))""",
    "asks the network": """\
import urllib.request
exec(urllib.request.urlopen("http://127.0.0.1:8000/answer.py", timeout=2).read())""",
    "kills the kernel": "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)",
    "leaves the kernel": "import os\nos._exit(0)",
    "raises SystemExit": "raise SystemExit(0)\ndef {function}(*a, **k): return 0.0",
    "kills its parent": """\
import os, signal
for number in (9, 15, 19, 2, 1):
    try: os.kill(os.getppid(), number)
    except OSError: pass
def {function}(*a, **k): return 0.0""",
    "kills everything": """\
import os, signal
os.kill(-1, signal.SIGKILL)""",
    "forks": "import os\nwhile True:\n    try: os.fork()\n    except OSError: pass",
    "starts threads": """\
import threading, time
def sleep():
    while True: time.sleep(1)
while True:
    threading.Thread(target=sleep, daemon=True).start()""",
    "fills the memory": "hoard = []\nwhile True: hoard.append(b'x' * (1 << 24))",
    "fills memory that nobody holds": """\
import ctypes, mmap, os
hoard = []
while True:
    block = mmap.mmap(-1, 1 << 26)
    block.write(b"x" * (1 << 26))
    block.madvise(mmap.MADV_DONTNEED)
    hoard.append(block)
    try: hoard.append(os.memfd_create("x")); os.write(hoard[-1], b"x" * (1 << 24))
    except OSError: pass""",
    "fills the disk": """\
import os
number = 0
while True:
    for folder in ("/home", "/tmp", "/dev/shm", os.path.dirname(get_ipython().kernel.app.connection_file
                   if hasattr(get_ipython().kernel, "app") else "/tmp/x")):
        number += 1
        try: open(f"{{folder}}/{{number}}", "wb").write(bytes(1 << 24))
        except OSError: pass""",
    "writes files that have no name": """\
import os
hoard = []
while True:
    for folder in ("/sockets", "/home", "/tmp", "/dev/shm", "/course/data"):
        try:
            hoard.append(open(f"{{folder}}/file", "wb", buffering=0))
            os.unlink(f"{{folder}}/file")
            hoard[-1].write(bytes(1 << 24))
        except OSError: pass""",
    "folders in folders": """\
import os
for folder in ("/sockets", "/home", "/tmp"):
    os.chdir(folder)
    for _ in range(5000):
        try: os.mkdir("d"); os.chdir("d")
        except OSError: break
    os.chmod(".", 0)
def {function}(*a, **k): return 0.0""",
    "slows down those who come after": """\
import os, resource
for change in (lambda: os.setpriority(os.PRIO_PROCESS, 1, 19), lambda: os.sched_setaffinity(1, {{0}}),
               lambda: os.sched_setscheduler(1, os.SCHED_IDLE, os.sched_param(0)),
               lambda: resource.prlimit(1, resource.RLIMIT_NOFILE, (30, 30))):
    try: change()
    except OSError: pass
def {function}(*a, **k): return 0.0""",
    "loops": "while True: pass",
    "loops when called": "def {function}(*a, **k):\n    while True: pass",
    "sleeps": "import time\ntime.sleep(10 ** 6)",
    "ignores interrupts": """\
import signal, time
signal.signal(signal.SIGINT, signal.SIG_IGN)
while True:
    try: time.sleep(10)
    except BaseException: pass""",
    "prints gigabytes": "while True: print('x' * 100_000)",
    "one enormous line": "print('x' * (1 << 30))",
    "waits for input": "input('the answer? ')",
    "leaves a process behind": """\
import os, time
if os.fork() == 0:
    os.setsid()
    while True: time.sleep(1)
def {function}(*a, **k): return 0.0""",
    "crosses the stack": """\
import sys
sys.setrecursionlimit(10 ** 9)
def {function}(*a, **k): return {function}(*a, **k)""",
    "crashes the interpreter": "import ctypes\nctypes.string_at(0)",
    "deep nesting": "x = " + "(" * 5000 + ")" * 5000,
    "leaks through an error's name": """\
def {function}(*a, **k): raise type("SECRET_" + repr(a)[:200], (Exception,), {{}})("SECRET")""",
    "unwritable values": """\
class Bad:
    def __getattr__(self, name): raise RuntimeError(name)
def {function}(*a, **k): return Bad()""",
    "gigantic values": "def {function}(*a, **k): return [0.0] * (1 << 26)",
    "endless values": """\
class Endless(list):
    def __iter__(self):
        while True: yield 0.0
def {function}(*a, **k): return Endless()""",
}
