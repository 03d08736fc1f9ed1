"""A world for one kernel: namespaces of its own, made in milliseconds and gone with it.

Runs inside the sandbox, beside `fork_server.py`. The warm parent stays outside: from within, neither it nor anything
that an earlier kernel did can be seen, because processes, network, shared memory and all folders that can be written
to are new. What the machine as a whole remembers is the same for all, as for any two programs on it: how long a file
takes to read that another has read before, and the system's running numbers and totals in /proc. These are slow and
noisy; `system_calls` refuses what would make them quick.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

CLONE_NEWNS, CLONE_NEWUTS, CLONE_NEWIPC, CLONE_NEWPID, CLONE_NEWNET = (
    0x00020000,
    0x04000000,
    0x08000000,
    0x20000000,
    0x40000000,
)
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_REMOUNT, MS_BIND, MS_REC, MS_PRIVATE = (
    1,
    2,
    4,
    8,
    32,
    4096,
    16384,
    1 << 18,
)
PR_SET_DUMPABLE, PR_SET_NO_NEW_PRIVS = 4, 38
CAPABILITY_VERSION = 0x20080522


def enter_new(
    folders: Mapping[str, int], kept: Sequence[str], user: int | None, main: Callable[[], None]
) -> int:
    """Fork the first process of a new world, which calls `main`; its process number as seen from here.

    Args:
        folders: empty folders in memory that can be written to, with their sizes in bytes.
        kept: places below these folders that are to be seen as before, such as a Python that lies under /home.
        user: who the process is to be, where this one is root.
        main: called in the new world without any rights but those of its user; the world ends when it returns.

    Raises:
        OSError: the system does not let us make one.
    """
    said, saying = os.pipe()
    maker = os.fork()
    if maker == 0:
        try:
            _call("unshare", CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWPID | CLONE_NEWNET)
            first = os.fork()
            if first == 0:
                os.close(said), os.close(saying)
                _furnish(folders, kept)
                _drop_rights(user)
                main()
            else:
                os.write(saying, str(first).encode())
        finally:
            os._exit(0)
    os.close(saying)
    with os.fdopen(said) as file:
        number = file.read()
    os.waitpid(maker, 0)
    if not number:
        raise OSError("the system makes no new namespaces")
    return int(number)


def _furnish(folders: Mapping[str, int], kept: Sequence[str]) -> None:
    """Mount what belongs to this world alone over what the sandbox had in these places."""
    _call("mount", None, b"/", None, MS_REC | MS_PRIVATE, None)
    _call("mount", b"proc", b"/proc", b"proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, None)
    if Path("/dev/pts").is_dir():
        terminals = b"newinstance,ptmxmode=0666,mode=620"
        _call("mount", b"devpts", b"/dev/pts", b"devpts", MS_NOSUID | MS_NOEXEC, terminals)
    for device in Path("/dev").iterdir():
        if device.is_char_device() and not device.is_symlink() and os.path.ismount(device):
            # It can be read and written as before; but its times, which nobody owns, cannot be set.
            kept_flags = os.statvfs(device).f_flag & (MS_NOSUID | MS_NOEXEC)
            flags = MS_REMOUNT | MS_BIND | MS_RDONLY | kept_flags
            _call("mount", None, str(device).encode(), None, flags, None)
    before = {place: os.open(place, os.O_PATH) for place in kept}
    for folder, size in folders.items():
        _call("mount", b"tmpfs", folder.encode(), b"tmpfs", MS_NOSUID | MS_NODEV, b"mode=1777,size=%d" % size)
    for place, descriptor in before.items():
        Path(place).mkdir(parents=True)
        _call("mount", b"/proc/self/fd/%d" % descriptor, place.encode(), None, MS_BIND, None)
        os.close(descriptor)


def _drop_rights(user: int | None) -> None:
    """Become this user, and nobody who could become another."""
    if user is not None:
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)
    head, nothing = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION, 0), (ctypes.c_uint32 * 6)()
    _call("capset", head, nothing)
    _call("prctl", PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    _call("prctl", PR_SET_DUMPABLE, 0, 0, 0, 0)  # who is of the same user may not look inside


def _call(name: str, *arguments: object) -> None:
    """A function of the C library that gives back 0. Raises OSError."""
    if getattr(ctypes.CDLL(None, use_errno=True), name)(*arguments):
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")
