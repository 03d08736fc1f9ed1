"""The first process in the sandbox: it has imported what a lesson needs, and forks one kernel after another.

Run as `python fork_server.py FOLDER MODULE ...` inside the sandbox, where it is process 1 and the only file of the
grading room; FOLDER is for the sockets. It takes one JSON object a line on standard input and answers with one a line
on standard output:

    {"start": CONNECTION, "limits": {...}}   fork a kernel; {"up": true} when it has opened its sockets
    {"end": true}                            kill all it left, empty its folders; {"ended": true}

and says {"died": REASON} as soon as the kernel is gone. TensorFlow's import, 5 s of a processor, is paid once and not
for each submission. What a student's code changes in its own process dies with it; and process 1 of a pid namespace
cannot be killed, stopped or (not being dumpable) read from inside. What can be done to it, such as taking away its
priority, is looked for after each kernel, and is its end: the grader starts a new sandbox. When standard input closes,
all ends.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import importlib
import json
import os
import resource
import select
import signal
import struct
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

ALONE = os.getpid() == 1
"""True in a sandbox, where every other process and every file in these folders is the student's. Elsewhere they are
other people's: then only the kernel's own process group is ended."""
EVERY_KERNEL = ("ipykernel.kernelapp", "ipykernel.ipkernel", "ipykernel.zmqshell", "ipykernel.debugger")
WRITABLE = ("/tmp", "/home", "/dev/shm")
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS = 1, 4, 22, 38
# Calls that leave something in the system which is no file and outlives its process: add_key, request_key, keyctl;
# shmget, semget, msgget, mq_open; also memfd_create, mount and fsopen, whose memory is nobody's (who makes a user
# namespace may mount there), ioprio_set and sched_setattr, which are for other processes too, and setsid: each session
# gets its share of the processors, so that who makes many leaves nothing for others. By machine: its number in
# <linux/audit.h>, the calls' in <asm/unistd.h>.
REFUSED = {
    "x86_64": (0xC000003E, (248, 249, 250, 29, 64, 68, 240, 319, 251, 314, 165, 430, 112)),
    "aarch64": (0xC00000B7, (217, 218, 219, 194, 190, 186, 180, 279, 30, 274, 40, 430, 157)),
}
LOOK_EVERY = 0.1  # seconds between two looks at memory and processes
MOST_BUSY = 2 * len(os.sched_getaffinity(0)) + 2  # processes and threads that may run at the usual priority
LEAST_MEMORY = 0.03  # of the machine's, below which the kernel is ended


def main() -> None:
    folder, *modules = sys.argv[1:]
    for module in (*EVERY_KERNEL, *modules):
        with contextlib.suppress(Exception):  # a lesson's own import will say what is wrong
            importlib.import_module(module)
    ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
    if ALONE:
        refuse_calls()
    # From inside, process 1 gets only signals it has a handler for, and Python brings one for this.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    at_first = standing()
    say(1, ready=True)
    kernel, limits, buffer = 0, {}, b""
    while True:
        if select.select([0], [], [], LOOK_EVERY if kernel else None)[0]:
            piece = os.read(0, 65536)
            if not piece:
                end_all(kernel)
                os._exit(0)
            buffer += piece
            while b"\n" in buffer:
                line, buffer = buffer.split(b"\n", 1)
                order = json.loads(line)
                if "start" in order:
                    limits = order["limits"]
                    kernel = start(order, folder)
                else:
                    end_all(kernel)
                    kernel = 0
                    if standing() != at_first:
                        sys.exit("changed from inside")
                    empty(folder, *(WRITABLE if ALONE else ()))
                    say(1, ended=True)
        if kernel:
            reason = too_much(limits) or reap(kernel)
            if reason:
                end_all(kernel)
                kernel = 0
                say(1, died=reason)
            else:
                make_room()


def refuse_calls() -> None:
    """Have the system refuse `REFUSED` to the kernels to come: a filter of system calls, see seccomp(2)."""
    if os.uname().machine not in REFUSED:
        return
    machine, calls = REFUSED[os.uname().machine]
    allow, refuse, kill = 0x7FFF0000, 0x00050000 | errno.EPERM, 0x80000000
    load, equal, at_least, give = 0x20, 0x15, 0x35, 0x06  # of the classic BPF: ld, jeq, jge, ret
    rows = [(load, 0, 0, 4), (equal, 1, 0, machine), (give, 0, 0, kill), (load, 0, 0, 0)]
    rows += [(at_least, len(calls) + 1, 0, 0x40000000)]  # the same calls again, for the x32 mode
    rows += [(equal, len(calls) - index, 0, call) for index, call in enumerate(calls)]
    rows += [(give, 0, 0, allow), (give, 0, 0, refuse)]
    program = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *row) for row in rows))
    head = struct.pack("HP", len(rows), ctypes.addressof(program))
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    if libc.prctl(PR_SET_SECCOMP, 2, head, 0, 0):
        sys.exit(f"no filter of system calls: {os.strerror(ctypes.get_errno())}")


def standing() -> tuple[Any, ...]:
    """What a process of the same user can change of this one, and the next kernel would inherit."""
    limits = [getattr(resource, name) for name in dir(resource) if name.startswith("RLIMIT_")]
    return (
        os.getpriority(os.PRIO_PROCESS, 0),
        os.sched_getscheduler(0),
        os.sched_getparam(0).sched_priority,
        os.sched_getaffinity(0),
        [resource.getrlimit(limit) for limit in limits],
    )


def say(descriptor: int, **what: Any) -> None:
    os.write(descriptor, json.dumps(what).encode() + b"\n")


def start(order: dict[str, Any], folder: str) -> int:
    """Fork a kernel; returns its process number."""
    kernel = os.fork()
    if kernel:
        return kernel
    if not ALONE:
        os.setsid()
        # Without a sandbox an endless loop would outlive this process, should that be killed.
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    answers = os.dup2(1, 3)
    os.closerange(4, 64)
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nothing, descriptor)
    limits = order["limits"]
    reserve = 8 << 30  # TensorFlow asks for much address space that it never uses
    for kind, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, limits["file_size"]),
        (resource.RLIMIT_NPROC, limits["processes"]),
        (resource.RLIMIT_NOFILE, 512),
        (resource.RLIMIT_AS, limits["memory"] + reserve),
    ):
        resource.setrlimit(kind, (most, most))
    os.chdir("/home" if ALONE else folder)
    connection = Path(folder, "connection.json")
    connection.write_text(json.dumps(order["start"]))
    from ipykernel.kernelapp import IPKernelApp

    try:
        app = IPKernelApp.instance()
        app.initialize(["-f", str(connection), "--HistoryManager.enabled=False"])
        say(answers, up=True)
        os.close(answers)
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


def make_room() -> None:
    """Who has many processes or threads at work gets little of the processors with each: others are graded beside."""
    if not ALONE:
        return
    busy = []
    for task in Path("/proc").glob("[0-9]*/task/[0-9]*"):
        with contextlib.suppress(OSError, IndexError):
            if (task / "stat").read_text().rpartition(")")[2].split()[0] == "R" and task.name != "1":
                busy.append(int(task.name))
    for task in busy if len(busy) > MOST_BUSY else ():
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, task, 19)


def too_much(limits: dict[str, Any]) -> str:
    """Which limit is passed, if one is: "memory", what the processes hold, or "machine", what it has left.

    The second is for what is held where it is not counted. There is none for files: folders one can write to are in
    memory and of limited size.
    """
    if not ALONE:
        return ""
    memory = 0
    for process in Path("/proc").glob("[0-9]*"):
        if process.name != "1":
            with contextlib.suppress(OSError, IndexError, ValueError):
                memory += int((process / "statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    if memory > limits["memory"]:
        return "memory"
    machine = dict(line.split(":") for line in Path("/proc/meminfo").read_text().splitlines())
    available, total = (int(machine[name].split()[0]) for name in ("MemAvailable", "MemTotal"))
    return "machine" if available < LEAST_MEMORY * total else ""


def end_all(kernel: int) -> None:
    """Kill every other process."""
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
            return
        time.sleep(0.005)
    sys.exit("processes remain")  # the sandbox ends with this process, and they with it


def empty(*folders: str) -> None:
    """Remove what is in the folders, and nothing that is mounted there, such as this Python's own packages.

    By `find`, which has no difficulty with ten thousand folders in each other; first it opens those that were closed.
    """
    find = ["find", *folders, "-xdev", "-mindepth", "1"]
    closed = ["-type", "d", "!", "-perm", "-700", "-exec", "chmod", "700", "{}", ";"]
    for action in (closed, ["-delete"]):
        subprocess.run([*find, *action], stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


if __name__ == "__main__":
    main()
