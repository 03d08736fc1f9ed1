"""A program in a sandbox: bubblewrap, or else podman or docker, or nothing at all.

Inside there are the system's programs, this Python with its packages, the library's modules that students use and the
data, all to be read only, and small folders in memory to write to. Not inside: the network, other processes, the
sources of the lessons, the authoring and grading rooms, keys, other submissions. What is listed here is all there is,
so nothing is there by oversight. No folder of ours is shared with it: the sockets over which we talk lie in one of its
own, which we reach by /proc/PID/root.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import select
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from functools import cache, cached_property
from pathlib import Path
from types import TracebackType
from typing import Any

from course_lib import ROOT, CourseError

KINDS = ("bwrap", "podman", "docker", "none")
COURSE = Path("/course")  # where the library and the data are inside
PROGRAM = Path("/program")  # where what runs there is inside
PROGRAM_FILES = ("fork_server.py", "system_calls.py", "world.py")
ROOMS = (
    *("__init__.py", "device.py", "files.py", "gpu.py", "keras_settings.py"),
    *("checks", "theory", "datasets", "models", "training", "scores", "plots", "media", "panels", "clinic"),
)
"""What is inside of the library, rooms with all that is in them: what lessons import, and what that imports."""
SYSTEM = ("/usr", "/lib", "/lib32", "/lib64", "/bin", "/sbin")
SETTINGS = ("/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/fonts", "/etc/localtime")
USERS = range(60706, 61184)  # those inside, where the grader is root: given to nobody (systemd.io/UIDS-GIDS)
SOCKETS = "/sockets"
FOLDERS = {"/tmp": 64 << 20, "/home": 64 << 20, "/dev/shm": 64 << 20, SOCKETS: 1 << 20}  # in memory, bytes
START_TIMEOUT = 120  # seconds for the imports of the program
STOP_TIMEOUT = 2  # seconds to end by itself when nobody talks to it any more


class Lost(RuntimeError):
    """The sandbox or a kernel in it is gone, or was ended because it used too much; says which."""


class Sandbox:
    """`fork_server.py` in a sandbox of this kind; we talk in lines of JSON. Raises OSError, Lost."""

    def __init__(self, kind: str, modules: Sequence[str] = ()) -> None:
        self.kind, self.buffer = kind, b""
        self.name = f"gan-course-{secrets.token_hex(8)}"  # of a container
        self.folder = tempfile.mkdtemp(prefix="gan-course-") if kind == "none" else SOCKETS
        place = Path(__file__).parent if kind == "none" else PROGRAM
        settings = json.dumps(self._settings())
        program = [sys.executable, "-s", str(place / "fork_server.py"), settings, *modules]
        self.info, theirs = os.pipe()  # where bubblewrap says which process it started
        try:
            self.process = subprocess.Popen(
                wrap(kind, program, self.name, theirs),
                env=environment() if kind == "bwrap" else None,  # podman and docker need ours; see _container
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                pass_fds=[theirs] if kind == "bwrap" else [],
                start_new_session=True,  # Ctrl-C is for the grader, which ends this itself
            )
        except BaseException:
            os.close(self.info)
            raise
        finally:
            os.close(theirs)
        try:
            if "ready" not in self.answer(START_TIMEOUT):
                raise Lost(f"the imports took longer than {START_TIMEOUT} s")
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _settings(self) -> dict[str, Any]:
        """What the program is told at its start."""
        ours = [str(place) for place in readable().values()]
        return {
            "how": {"bwrap": "worlds", "none": "trusted"}.get(self.kind, "once"),
            "folder": self.folder,
            "folders": FOLDERS,
            "kept": [each for each in ours if each.startswith(tuple(f"{folder}/" for folder in FOLDERS))],
            "user": _user() if os.geteuid() == 0 else None,
        }

    @property
    def for_one_kernel(self) -> bool:
        """True where a second kernel could find what the first left: there each gets a new sandbox."""
        return self.kind in ("podman", "docker")

    @cached_property
    def root(self) -> Path:
        """The program's view of the files, as seen from here."""
        if self.kind == "bwrap":
            process = json.loads(os.read(self.info, 4096) or b"{}").get("child-pid")
        else:
            command = [self.kind, "inspect", "--format", "{{.State.Pid}}", self.name]
            process = subprocess.run(command, capture_output=True, text=True).stdout.strip()
        return Path(f"/proc/{process}/root")

    def sockets(self, world: int) -> Path:
        """The folder for the sockets of a kernel, as seen from here. world: the number its start was answered with."""
        if self.kind == "none":
            return Path(self.folder)
        place = f"proc/{world}/root{self.folder}" if self.kind == "bwrap" else self.folder.lstrip("/")
        return self.root / place

    def tell(self, **what: Any) -> None:
        """Say something to the program. Raises Lost if it ended."""
        try:
            self.process.stdin.write(json.dumps(what).encode() + b"\n")
            self.process.stdin.flush()
        except (OSError, ValueError) as error:
            raise Lost("the sandbox ended") from error

    def answer(self, timeout: float) -> dict[str, Any]:
        """What it says next, or {} after `timeout` seconds. Raises Lost if it ended."""
        if self.process.stdout.closed:
            raise Lost("the sandbox ended")
        deadline = time.monotonic() + timeout
        while b"\n" not in self.buffer:
            wait = max(0.0, deadline - time.monotonic())
            if not select.select([self.process.stdout], [], [], wait)[0]:
                return {}
            piece = os.read(self.process.stdout.fileno(), 65536)
            if not piece:
                raise Lost("the sandbox ended")
            self.buffer += piece
        line, self.buffer = self.buffer.split(b"\n", 1)
        return json.loads(line)

    def close(self) -> None:
        """End it with all that runs in it."""
        if self.process.stdout.closed:
            return
        with contextlib.suppress(OSError):
            self.process.stdin.close()
        try:
            self.process.wait(STOP_TIMEOUT)
        except subprocess.TimeoutExpired:
            if self.kind in ("podman", "docker"):
                subprocess.run([self.kind, "kill", self.name], capture_output=True)
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()
        os.close(self.info)
        if self.kind == "none":
            shutil.rmtree(self.folder, ignore_errors=True)


def choose(wanted: str) -> str:
    """The sandbox to use: the one wanted, or for "auto" the first of `KINDS` but "none" that works here.

    Raises:
        CourseError: it is not here, or does not work here.
    """
    if wanted == "none":
        return wanted
    tried = KINDS[:-1] if wanted == "auto" else (wanted,)
    for kind in tried:
        if works(kind):
            return kind
    if wanted == "docker" and shutil.which(wanted) and os.geteuid() != 0:
        raise CourseError("docker's sandbox works as root alone: use sudo, or --sandbox bwrap, or podman.")
    if wanted != "auto":
        raise CourseError(f"{wanted} does not work on this machine: install it, or choose another --sandbox.")
    raise CourseError(
        "There is no sandbox here for the students' code: install bubblewrap (on Debian or Ubuntu: apt install "
        "bubblewrap), podman or docker. For work you trust like your own: --sandbox none."
    )


@cache
def works(kind: str) -> bool:
    """True if this machine has it and lets it run."""
    if shutil.which(kind) is None:
        return False
    try:
        with Sandbox(kind) as sandbox:
            return kind == "none" or sandbox.root.is_dir()
    except (OSError, Lost):
        return False


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


def _user() -> int:
    """The user inside. Where we are root, another one for each process that grades.

    The system counts a user's processes, wherever they are: one student's could leave none for those graded beside.
    """
    return os.getuid() or USERS[os.getpid() % len(USERS)]


def _container(kind: str, program: Sequence[str], name: str) -> list[str]:
    """An empty image with the same read-only view of this system as in bubblewrap."""
    words = [kind, "run", "--rm", "--interactive", f"--name={name}", "--network=none", "--read-only"]
    words += ["--cap-drop=ALL", "--security-opt=no-new-privileges", f"--user={_user()}"]
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
    """The name of an image without a file in it, made if it is not there. Raises Lost if it cannot be made."""
    name = "gan-course-empty"
    if subprocess.run([kind, "image", "inspect", name], capture_output=True).returncode != 0:
        done = subprocess.run([kind, "import", "-", name], input=b"\0" * 10240, capture_output=True)
        if done.returncode != 0:
            raise Lost(f"{kind} cannot make an image: {done.stderr.decode(errors='replace').strip()}")
    return name
