"""Which system calls are refused to students' code: a filter in the kernel of the system, see seccomp(2).

Runs inside the sandbox, where it lies beside `fork_server.py` and nothing else of the grader's. What is refused has one
of four reasons: it would leave something in the system that outlives its process, it holds memory that is counted
nowhere, it tells what others do on the same machine, or it opens a world of its own, where all this is possible again.
"""

from __future__ import annotations

import ctypes
import errno
import mmap
import os
import socket
import struct
import sys
from typing import Literal, NamedTuple

PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS = 22, 38
FILTER = 2  # of SECCOMP_SET_MODE
ALLOW, REFUSE, KILL = 0x7FFF0000, 0x00050000, 0x80000000
LOAD, AND, EQUAL, AT_LEAST, GIVE = 0x20, 0x54, 0x15, 0x35, 0x06  # of the classic BPF
NUMBER_AT, MACHINE_AT, ARGUMENTS_AT = 0, 4, 16  # bytes in struct seccomp_data
X32 = 0x40000000  # numbers from here on are the same calls once more, for another size of pointers
WHOLE = 0xFFFFFFFF
MACHINES = {"x86_64": (0xC000003E, 0), "aarch64": (0xC00000B7, 1)}
"""By machine: its number in <linux/audit.h>, and which number of a `Refused` is its own."""
NAMESPACES = 0x7E020000  # CLONE_NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET; and NEWNS


class When(NamedTuple):
    """A call is refused when this argument, under this mask, is (or is not) this value."""

    argument: int
    value: int
    mask: int = WHOLE
    it: Literal["is", "is not"] = "is"


class Refused(NamedTuple):
    """A system call, by its numbers in <asm/unistd.h> on x86-64 and aarch64 (None where it has no such call)."""

    name: str
    numbers: tuple[int | None, int | None]
    when: When | None = None
    error: int = errno.EPERM


def _each(name: str, numbers: tuple[int, int], argument: int, *values: int) -> list[Refused]:
    return [Refused(name, numbers, When(argument, value)) for value in values]


REFUSED = [
    # leaves something behind
    Refused("add_key", (248, 217)),
    Refused("request_key", (249, 218)),
    Refused("keyctl", (250, 219)),
    Refused("shmget", (29, 194)),
    Refused("semget", (64, 190)),
    Refused("msgget", (68, 186)),
    Refused("mq_open", (240, 180)),
    # Connections and datagrams are counted, and closed ones remembered for a minute: sockets of files alone.
    Refused("socket", (41, 198), When(0, socket.AF_UNIX, it="is not"), errno.EAFNOSUPPORT),
    Refused("socketpair", (53, 199), When(0, socket.AF_UNIX, it="is not"), errno.EAFNOSUPPORT),
    # holds memory that no process has
    Refused("memfd_create", (319, 279)),
    Refused("memfd_secret", (447, 447)),
    Refused("vmsplice", (278, 75)),
    Refused("mmap", (9, 222), When(3, mmap.MAP_SHARED | mmap.MAP_ANON, mmap.MAP_SHARED | mmap.MAP_ANON)),
    *_each(
        "setsockopt", (54, 208), 2, socket.SO_SNDBUF, socket.SO_RCVBUF, 32, 33
    ),  # and the two of ..BUFFORCE
    *_each("fcntl", (72, 25), 1, 1031),  # F_SETPIPE_SZ
    # Does its work past this filter. Whoever finds it missing does without.
    Refused("io_uring_setup", (425, 425), error=errno.ENOSYS),
    Refused("userfaultfd", (323, 282)),
    Refused("perf_event_open", (298, 241)),
    Refused("bpf", (321, 280)),
    # Tells what others do with files that all can read, or tells others: locks, watches, what is in memory of them.
    Refused("flock", (73, 32), error=errno.ENOSYS),
    *_each(
        "fcntl", (72, 25), 1, 5, 6, 7, 36, 37, 38, 1024, 1026
    ),  # F_GETLK to F_OFD_SETLKW, F_SETLEASE, F_NOTIFY
    Refused("inotify_init", (253, None)),
    Refused("inotify_init1", (294, 26)),
    Refused("fanotify_init", (300, 262)),
    Refused("mincore", (27, 232)),
    Refused("cachestat", (451, 451), error=errno.ENOSYS),
    Refused("preadv2", (327, 286), error=errno.ENOSYS),
    # a world of its own
    Refused("clone", (56, 220), When(0, 0, NAMESPACES, "is not")),
    Refused(
        "clone3", (435, 435), error=errno.ENOSYS
    ),  # its flags cannot be looked at; `clone` is taken instead
    Refused("unshare", (272, 97)),
    Refused("setns", (308, 268)),
    Refused("mount", (165, 40)),
    Refused("fsopen", (430, 430)),
    Refused("open_tree", (428, 428)),
    # for other processes too; each session gets its share of the processors, so many would leave nothing for others
    Refused("ioprio_set", (251, 30)),
    Refused("sched_setattr", (314, 274)),
    Refused("setsid", (112, 157)),
]


def refuse_calls() -> None:
    """Have the system refuse `REFUSED` to this process, for good, and to all that come from it.

    On other machines than those in `MACHINES` nothing is refused. Ends the program where the system has no filters.
    """
    if os.uname().machine not in MACHINES:
        return
    rows = _program(*MACHINES[os.uname().machine])
    program = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *row) for row in rows))
    head = struct.pack("HP", len(rows), ctypes.addressof(program))
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    if libc.prctl(PR_SET_SECCOMP, FILTER, head, 0, 0):
        sys.exit(f"no filter of system calls: {os.strerror(ctypes.get_errno())}")


def _program(machine: int, which: int) -> list[tuple[int, int, int, int]]:
    """The filter as rows: operation, rows to skip if true, if false, operand."""
    rows = [(LOAD, 0, 0, MACHINE_AT), (EQUAL, 1, 0, machine), (GIVE, 0, 0, KILL)]
    rows += [(LOAD, 0, 0, NUMBER_AT), (AT_LEAST, 0, 1, X32), (GIVE, 0, 0, REFUSE | errno.ENOSYS)]
    for refused in REFUSED:
        number = refused.numbers[which]
        if number is None:
            continue
        looking = []
        if refused.when:
            argument, value, mask, it = refused.when
            skip = (0, 1) if it == "is" else (1, 0)
            looking = [
                (LOAD, 0, 0, ARGUMENTS_AT + 8 * argument),
                (AND, 0, 0, mask),
                (EQUAL, *skip, value),
            ]
        rows += [(LOAD, 0, 0, NUMBER_AT), (EQUAL, 0, len(looking) + 1, number)]
        rows += [*looking, (GIVE, 0, 0, REFUSE | refused.error)]
    return [*rows, (GIVE, 0, 0, ALLOW)]
