"""The first process in the sandbox: it has imported what a lesson needs, and forks one kernel after another.

Run as `python warm.py MODULE ...` inside the sandbox, where it is process 1 and the only file of the grading room.
It takes one JSON object a line on standard input and answers with one a line on standard output:

    {"start": CONNECTION_FILE, "memory": BYTES, ...}   fork a kernel
    {"end": true}                                      kill all it left, empty its folders; answers {"ended": ...}

and says {"died": REASON} as soon as the kernel is gone. TensorFlow's import, 5 s of a processor, is paid once and not
for each submission. What a student's code changes in its own process dies with it; and process 1 of a pid namespace
cannot be killed, stopped or (not being dumpable) read from inside. When standard input closes, all ends.
"""

from __future__ import annotations

import contextlib
import ctypes
import importlib
import json
import os
import resource
import select
import shutil
import signal
import sys
import time
from pathlib import Path
from typing import Any

ALONE = os.getpid() == 1
"""True in a sandbox, where every other process and every file in these folders is the student's. Elsewhere they are
other people's: then only the kernel's own process group is ended."""
EVERY_KERNEL = ("ipykernel.kernelapp", "ipykernel.ipkernel", "ipykernel.zmqshell", "ipykernel.debugger")
WRITABLE = ("/tmp", "/home", "/dev/shm")
PR_SET_DUMPABLE = 4
LOOK_EVERY = 0.1  # seconds between two looks at memory and processes


def main() -> None:
    for module in (*EVERY_KERNEL, *sys.argv[1:]):
        with contextlib.suppress(Exception):  # a lesson's own import will say what is wrong
            importlib.import_module(module)
    ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
    # From inside, process 1 gets only signals it has a handler for, and Python brings one for this.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    say(ready=True)
    kernel, order, buffer = 0, {}, b""
    while True:
        if select.select([0], [], [], LOOK_EVERY if kernel else None)[0]:
            piece = os.read(0, 65536)
            if not piece:
                return
            buffer += piece
            while b"\n" in buffer:
                line, buffer = buffer.split(b"\n", 1)
                order = json.loads(line)
                if "start" in order:
                    kernel = start(order)
                else:
                    end_all(kernel)
                    kernel = 0
                    say(ended=True)
        if kernel:
            reason = too_much(order) or reap(kernel)
            if reason:
                end_all(kernel)
                kernel = 0
                say(died=reason)


def say(**what: Any) -> None:
    os.write(1, json.dumps(what).encode() + b"\n")


def start(order: dict[str, Any]) -> int:
    """Fork a kernel; returns its process number."""
    kernel = os.fork()
    if kernel:
        return kernel
    os.setsid()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nothing, descriptor)
    os.closerange(3, 64)
    reserve = 8 << 30  # TensorFlow asks for much address space that it never uses
    for kind, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, order["file_size"]),
        (resource.RLIMIT_NPROC, order["processes"]),
        (resource.RLIMIT_NOFILE, 512),
        (resource.RLIMIT_AS, order["memory"] + reserve),
    ):
        resource.setrlimit(kind, (most, most))
    os.chdir("/home")
    from ipykernel.kernelapp import IPKernelApp

    try:
        app = IPKernelApp.instance()
        app.initialize(["-f", order["start"], "--HistoryManager.enabled=False"])
        app.start()
    finally:
        os._exit(0)


def reap(kernel: int) -> str:
    """Take in processes that ended; how the kernel ended, if it did."""
    while True:
        try:
            process, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return "gone"
        if process == 0:
            return ""
        if process == kernel:
            killed = os.WIFSIGNALED(status)
            return f"signal {os.WTERMSIG(status)}" if killed else f"exit {os.WEXITSTATUS(status)}"


def too_much(order: dict[str, Any]) -> str:
    """Which limit is passed: that of the processes' resident memory, or of files in the shared folder, on the disk.

    The other folders one can write to are in memory and of limited size.
    """
    memory = files = 0
    for process in Path("/proc").glob("[0-9]*") if ALONE else ():
        if process.name != "1":
            with contextlib.suppress(OSError, IndexError, ValueError):
                memory += int((process / "statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    for place, _, names in os.walk(Path(order["start"]).parent.parent):
        for name in names:
            with contextlib.suppress(OSError):
                files += Path(place, name).lstat().st_blocks * 512
    return "memory" if memory > order["memory"] else "files" if files > order["files"] else ""


def end_all(kernel: int) -> None:
    """Kill every other process, and empty the folders they could write to."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            if ALONE:
                os.kill(-1, signal.SIGKILL)
            elif kernel:
                os.killpg(kernel, signal.SIGKILL)
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            break
        time.sleep(0.005)
    else:
        sys.exit("processes remain")  # the sandbox ends with this process, and they with it
    for folder in WRITABLE if ALONE else ():
        for entry in os.scandir(folder):
            if entry.is_dir(follow_symlinks=False):
                shutil.rmtree(entry, ignore_errors=True)
            else:
                with contextlib.suppress(OSError):
                    Path(entry).unlink()


if __name__ == "__main__":
    main()
