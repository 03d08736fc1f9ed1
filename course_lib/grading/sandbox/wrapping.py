"""The commands that put a program into a sandbox, and all that can be seen there.

Inside there are the system's programs, this Python with its packages, the library's modules that students use and the
data, all to be read only, and small folders in memory to write to. Not inside: the network, other processes, the
sources of the lessons, the authoring and grading rooms, keys, other submissions. What is listed here is all there is,
so nothing is there by oversight.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from course_lib import ROOT

COURSE = Path("/course")  # where the library and the data are inside
PROGRAM = Path("/program")  # where what runs there is inside
PROGRAM_FILES = ("fork_server.py", "system_calls.py", "world.py")
ROOMS = (
    *("__init__.py", "device.py", "files.py", "gpu.py", "keras_settings.py"),
    *("checks", "theory", "datasets", "models", "training", "scores", "plots", "media", "panels", "clinic"),
    *("playground", "styles", "studio", "audit"),
)
"""What is inside of the library, rooms with all that is in them: what lessons import, and what that imports."""
SYSTEM = ("/usr", "/lib", "/lib32", "/lib64", "/bin", "/sbin")
SETTINGS = ("/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/fonts", "/etc/localtime")
USERS = range(60706, 61184)  # those inside, where the grader is root: given to nobody (systemd.io/UIDS-GIDS)
SOCKETS = "/sockets"
FOLDERS = {"/tmp": 64 << 20, "/home": 64 << 20, "/dev/shm": 64 << 20, SOCKETS: 1 << 20}  # in memory, bytes


def environment() -> dict[str, str]:
    """All that the program inside may know of our environment."""
    return {
        "PATH": "/usr/bin:/bin",
        "HOME": "/home",
        "LANG": "C.UTF-8",
        "PYTHONPATH": str(COURSE),
        "PYTHONDONTWRITEBYTECODE": "1",
        "KERAS_BACKEND": "tensorflow",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "CUDA_VISIBLE_DEVICES": "-1",
        "TF_ENABLE_ONEDNN_OPTS": "0",  # its set-up takes a fifth of what a graded cell's small network does
        "MPLCONFIGDIR": "/tmp/matplotlib",
    }


def wrap(kind: str, program: Sequence[str], name: str, info: int) -> list[str]:
    """The command that runs `program` in the sandbox.

    Args:
        name: what a container is to be called.
        info: the descriptor to which bubblewrap writes the number of the process.
    """
    if kind == "none":
        return list(program)
    return _bubblewrap(program, info) if kind == "bwrap" else _container(kind, program, name)


def readable() -> dict[Path, Path]:
    """What can be read inside: place outside -> place inside."""
    same = [Path(each) for each in (*SYSTEM, *SETTINGS)]
    same += [Path(sys.prefix), Path(sys.base_prefix), Path(sys.executable).resolve().parent.parent]
    places = {place: place for place in same if place.exists()}
    # /usr holds what lies in it already
    places = {each: each for each in places if not any(other in places for other in each.parents)}
    for room in ROOMS:
        places[ROOT / "course_lib" / room] = COURSE / "course_lib" / room
    places[ROOT / "data"] = COURSE / "data"
    for name in PROGRAM_FILES:
        places[Path(__file__).with_name(name)] = PROGRAM / name
    return places


def _bubblewrap(program: Sequence[str], info: int) -> list[str]:
    words = ["bwrap", "--die-with-parent", "--new-session", "--as-pid-1", "--info-fd", str(info)]
    words += ["--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"]
    words += ["--proc", "/proc", "--dev", "/dev", "--dev-bind", "/dev/null", "/dev/zero"]
    for folder, size in FOLDERS.items():
        words += ["--perms", "1777", "--size", str(size), "--tmpfs", folder]
    made: set[Path] = {Path("/"), Path("/dev"), *map(Path, FOLDERS)}
    for outside, inside in readable().items():
        for parent in reversed(inside.parents):
            if parent not in made:
                words += ["--perms", "0755", "--dir", str(parent)]
                made.add(parent)
        if outside.is_symlink() and len(outside.parts) == 2:  # /lib -> usr/lib
            words += ["--symlink", str(outside.readlink()), str(inside)]
        else:
            words += ["--ro-bind", str(outside), str(inside)]
    words += ["--remount-ro", "/dev", "--remount-ro", "/", "--chdir", "/home"]
    words += ["--cap-drop", "ALL", "--cap-add", "CAP_SYS_ADMIN"]  # to make worlds; kernels have none
    if os.geteuid() != 0:
        return [*words, "--unshare-user", *program]
    for right in ("SETUID", "SETGID", "KILL", "SYS_NICE"):  # kernels are another user's there
        words += ["--cap-add", f"CAP_{right}"]
    return [*words, *program]


def user_inside() -> int:
    """The user inside. Where we are root, another one for each process that grades.

    The system counts a user's processes, wherever they are: one student's could leave none for those graded beside.
    """
    return os.getuid() or USERS[os.getpid() % len(USERS)]


def _container(kind: str, program: Sequence[str], name: str) -> list[str]:
    """An empty image with the same read-only view of this system as in bubblewrap."""
    words = [kind, "run", "--rm", "--interactive", f"--name={name}", "--network=none", "--read-only"]
    words += ["--cap-drop=ALL", "--security-opt=no-new-privileges", f"--user={user_inside()}"]
    # limits of its own for what a process inherits, because podman asks for more than a machine may allow
    words += ["--pids-limit=4096", "--memory=6g", "--ulimit=nofile=1024:1024", "--ulimit=nproc=4096:4096"]
    words.append("--workdir=/home")
    if kind == "podman" and os.geteuid() != 0:
        words.append("--userns=keep-id")
    words += [f"--tmpfs={folder}:rw,size={size},mode=1777" for folder, size in FOLDERS.items()]
    words += [f"--volume={outside.resolve()}:{inside}:ro" for outside, inside in readable().items()]
    words.append("--volume=/dev/null:/dev/zero")  # memory that is shared through it would be counted nowhere
    # both hand down what their settings or our environment say of proxies, so what is inside is said once more
    inside = ["/usr/bin/env", "-i", *(f"{name}={value}" for name, value in environment().items())]
    return [*words, _empty_image(kind), *inside, *program]


@cache
def _empty_image(kind: str) -> str:
    """The name of an image without a file in it, made if it is not there. Raises OSError if it cannot be made."""
    name = "gan-course-empty"
    if subprocess.run([kind, "image", "inspect", name], capture_output=True).returncode != 0:
        done = subprocess.run([kind, "import", "-", name], input=b"\0" * 10240, capture_output=True)
        if done.returncode != 0:
            raise OSError(f"{kind} cannot make an image: {done.stderr.decode(errors='replace').strip()}")
    return name
