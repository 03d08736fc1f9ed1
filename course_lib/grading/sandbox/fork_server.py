"""The first process in the sandbox: it has imported what a lesson needs, and forks one kernel after another.

Run as `python fork_server.py SETTINGS MODULE ...` inside the sandbox, where it is process 1. It takes one JSON object a
line on standard input and answers with one a line on standard output:

    {"start": CONNECTION, "limits": {...}}   fork a kernel; {"world": PROCESS}, and {"up": true} when it has sockets
    {"end": true}                            kill it with all it started; {"ended": true}

and says {"died": REASON} as soon as the kernel is gone. TensorFlow's import, 5 s of a processor, is paid once and not
for each submission. When standard input closes, all ends. SETTINGS is JSON:

    how      "worlds": each kernel gets a world of its own, see `world`; this process and what it has imported stays
             outside. "once": there is nothing to make worlds with, so the sandbox is for one kernel. "trusted": no
             sandbox; only the kernel's own processes are ended.
    folder   where the sockets lie; folders, kept, user: see `world.enter_new`
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import importlib
import json
import os
import resource
import select
import signal
import socket
import sys
import time
from pathlib import Path
from typing import Any

from system_calls import refuse_calls
from world import enter_new

del sys.path[0]  # this file's folder, which is no place for the student's imports

EVERY_KERNEL = ("ipykernel.kernelapp", "ipykernel.ipkernel", "ipykernel.zmqshell", "ipykernel.debugger")
PR_SET_PDEATHSIG, PR_SET_DUMPABLE = 1, 4
LOOK_EVERY = 0.1  # seconds between two looks at memory and processes
MOST_BUSY = 2 * len(os.sched_getaffinity(0)) + 2  # processes and threads that may run at the usual priority
LEAST_MEMORY = 0.03  # of the machine's, below which the kernel is ended
END_SECONDS = 10
with socket.socket(socket.AF_UNIX) as _one:
    SOCKET_HOLDS = _one.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF)
    """Bytes that wait in a socket at most: `system_calls` lets nobody ask for more."""
SAID_AT_THE_END = (
    100  # plus the number of the signal: how a world's first process says that the kernel was killed
)


class Kernel:
    """One kernel and all that came of it.

    process: the one whose end is the kernel's, in worlds the first one there.
    """

    def __init__(self, order: dict[str, Any], settings: dict[str, Any]) -> None:
        self.limits, self.how = order["limits"], settings["how"]
        if self.how == "worlds":
            world = settings["folders"], settings["kept"], settings["user"]
            self.process = enter_new(*world, lambda: stand_by(order, settings))
        else:
            self.process = os.fork()
            if self.process == 0:
                run_kernel(order, settings)

    def ended(self) -> str:
        """Why it is over: a limit was passed, or how it ended; "" while it runs."""
        reason = too_much(self.limits, self.process) if self.how != "trusted" else ""
        if reason:
            self.end()
            return reason
        while True:
            try:
                process, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return "gone"
            if process == 0:
                return ""
            if process == self.process:
                code = os.waitstatus_to_exitcode(status)
                killed = -code if code < 0 else code - SAID_AT_THE_END
                return f"signal {killed}" if killed > 0 else f"exit {code}"

    def end(self) -> None:
        """Kill it with all that came of it; return when nothing is left."""
        deadline = time.monotonic() + END_SECONDS
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError):
                if self.how == "worlds":  # nobody outlives a world's first process
                    os.kill(self.process, signal.SIGKILL)
                elif self.how == "once":
                    os.kill(-1, signal.SIGKILL)
                else:
                    os.killpg(self.process, signal.SIGKILL)
            try:
                while os.waitpid(-1, os.WNOHANG)[0]:
                    pass
            except ChildProcessError:
                return
            time.sleep(0.002)
        sys.exit("processes remain")  # the sandbox ends with this process, and they with it


def main() -> None:
    settings, *modules = json.loads(sys.argv[1]), *sys.argv[2:]
    for module in (*EVERY_KERNEL, *modules):
        with contextlib.suppress(Exception):  # a lesson's own import will say what is wrong
            importlib.import_module(module)
    prepare_tensorflow()
    gc.collect()
    gc.freeze()  # else each kernel's first collection touches, and so copies, all that was imported
    ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
    if settings["how"] == "once":
        refuse_calls()
    elif settings["how"] == "worlds":  # one to see that it works here
        os.waitpid(enter_new(settings["folders"], settings["kept"], settings["user"], lambda: None), 0)
    # From inside, process 1 gets only signals it has a handler for, and Python brings one for this.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    say(1, ready=True)
    kernel: Kernel | None = None
    buffer = b""
    while True:
        if select.select([0], [], [], LOOK_EVERY if kernel else None)[0]:
            piece = os.read(0, 65536)
            if not piece:
                if kernel:
                    kernel.end()
                os._exit(0)
            buffer += piece
            while b"\n" in buffer:
                line, buffer = buffer.split(b"\n", 1)
                order = json.loads(line)
                if "start" in order:
                    kernel = Kernel(order, settings)
                    say(1, world=kernel.process)
                else:
                    if kernel:
                        kernel.end()
                    kernel = None
                    say(1, ended=True)
        if kernel:
            reason = kernel.ended()
            if reason:
                kernel = None
                say(1, died=reason)
            elif settings["how"] != "trusted":
                make_room()


def prepare_tensorflow() -> None:
    """Where TensorFlow is loaded: run graphs as they are put together, and translate a first function to one.

    Our graphs are small: improving one takes longer than running it. What reads Python as graphs finds much out at its
    first function, which all kernels then know. Neither starts TensorFlow itself, which must not be before a fork.
    """
    if tensorflow := sys.modules.get("tensorflow"):
        tensorflow.config.optimizer.set_experimental_options({"disable_meta_optimizer": True})
        with contextlib.suppress(Exception):
            tensorflow.autograph.to_graph(contextlib.contextmanager)


def say(descriptor: int, **what: Any) -> None:
    os.write(descriptor, json.dumps(what).encode() + b"\n")


def stand_by(order: dict[str, Any], settings: dict[str, Any]) -> None:
    """The first process of a world: starts the kernel, takes in processes that ended, and ends when the kernel does."""
    os.setsid()
    refuse_calls()
    kernel = os.fork()
    if kernel == 0:
        run_kernel(order, settings)
    for descriptor in (0, 1, 2):
        os.close(descriptor)
    while True:
        process, status = os.waitpid(-1, 0)
        if process == kernel:
            code = os.waitstatus_to_exitcode(status)
            os._exit(code if code >= 0 else SAID_AT_THE_END - code)


def run_kernel(order: dict[str, Any], settings: dict[str, Any]) -> None:
    """Become the kernel; never returns."""
    try:
        folder, limits = settings["folder"], order["limits"]
        if settings["how"] == "trusted":
            os.setsid()
            # Without a sandbox an endless loop would outlive the parent, should that be killed.
            ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        answers = os.dup2(1, 3)
        os.closerange(4, 64)
        nothing = os.open(os.devnull, os.O_RDWR)
        for descriptor in (0, 1, 2):
            os.dup2(nothing, descriptor)
        reserve = 8 << 30  # TensorFlow asks for much address space that it never uses
        for kind, most in (
            (resource.RLIMIT_CORE, 0),
            (resource.RLIMIT_FSIZE, limits["file_size"]),
            (resource.RLIMIT_NPROC, limits["processes"]),
            (resource.RLIMIT_NOFILE, 512),
            (resource.RLIMIT_AS, limits["memory"] + reserve),
        ):
            resource.setrlimit(kind, (most, most))
        os.chdir(folder if settings["how"] == "trusted" else "/home")
        connection = Path(folder, "connection.json")
        connection.write_text(json.dumps(order["start"]))
        from ipykernel.kernelapp import IPKernelApp

        without_output_of_children()
        app = IPKernelApp.instance()
        app.initialize(["-f", str(connection), "--HistoryManager.enabled=False"])
        say(answers, up=True)
        os.close(answers)
        app.start()
    finally:
        os._exit(0)


def without_output_of_children() -> None:
    """Have ipykernel not collect what forked processes print: it does so over TCP, and aborts where that is refused.

    Nobody reads what students' code prints here.
    """
    from ipykernel.iostream import IOPubThread

    send = IOPubThread._really_send

    def send_own(self: Any, *arguments: Any, **options: Any) -> None:
        if self._is_master_process():
            send(self, *arguments, **options)

    IOPubThread._really_send, IOPubThread._setup_pipe_in = send_own, lambda self: None


def make_room() -> None:
    """Who has many processes or threads at work gets little of the processors with each: others are graded beside."""
    busy = []
    for task in Path("/proc").glob("[0-9]*/task/[0-9]*"):
        with contextlib.suppress(OSError, IndexError):
            if (task / "stat").read_text().rpartition(")")[2].split()[0] == "R" and task.name != "1":
                busy.append(int(task.name))
    for task in busy if len(busy) > MOST_BUSY else ():
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, task, 19)


def too_much(limits: dict[str, Any], kernel: int) -> str:
    """Which limit is passed, if one is: "memory", what the processes hold, or "machine", what it has left.

    The first counts every socket as full: what waits in it unread is held by no process. Pipes are bounded by the
    system, and folders one can write to are in memory and of limited size; the second is for what we did not think of.
    """
    memory = 0
    for process in Path("/proc").glob("[0-9]*"):
        if process.name != "1":
            with contextlib.suppress(OSError, IndexError, ValueError):
                memory += int((process / "statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    with contextlib.suppress(OSError):
        sockets = Path(f"/proc/{kernel}/net/unix").read_bytes().count(b"\n") - 1
        memory += sockets * SOCKET_HOLDS
    if memory > limits["memory"]:
        return "memory"
    machine = dict(line.split(":") for line in Path("/proc/meminfo").read_text().splitlines())
    available, total = (int(machine[name].split()[0]) for name in ("MemAvailable", "MemTotal"))
    return "machine" if available < LEAST_MEMORY * total else ""


if __name__ == "__main__":
    main()
