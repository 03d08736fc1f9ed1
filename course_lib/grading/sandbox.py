"""The command that starts a program in a sandbox: bubblewrap, or else podman or docker, or nothing at all.

Inside there are the system's programs, this Python with its packages, the library's modules that students use and the
data, all to be read only; small folders in memory to write to; and one folder shared with the grader for the sockets.
Not inside: the network, other processes, the sources of the lessons, the authoring and grading rooms, keys, other
submissions. What is listed here is all there is, so nothing is there by oversight.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from course_lib import ROOT, CourseError

KINDS = ("bwrap", "podman", "docker", "none")
COURSE = Path("/course")  # where the library and the data are inside
NOT_INSIDE = ("__main__.py", "bootstrap.py", "pip_install.py", "cluster.py", "multi_worker.py")
SYSTEM = ("/usr", "/lib", "/lib32", "/lib64", "/bin", "/sbin")
SETTINGS = ("/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/fonts", "/etc/localtime")
NOBODY = 65534  # the user inside, where the grader is root
FOLDER_SIZE = 64 << 20  # bytes of each folder in memory


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
        command = wrap(kind, [sys.executable, "-I", "-c", ""], Path("/nonexistent"), probe=True)
        return subprocess.run(command, capture_output=True, timeout=60, env=environment()).returncode == 0
    except (OSError, subprocess.TimeoutExpired, CourseError):
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


def wrap(kind: str, program: Sequence[str], sockets: Path, probe: bool = False) -> list[str]:
    """The command that runs `program` in the sandbox.

    Args:
        sockets: the folder shared with the program; it belongs to the user inside (see `give`).
        probe: only to see whether it works; nothing is shared.
    """
    shared = [] if probe else [sockets]
    if kind == "bwrap":
        return _bubblewrap(program, shared)
    if kind in ("podman", "docker"):
        return _container(kind, program, shared)
    raise CourseError(f"no sandbox is called {kind!r}; there are: {', '.join(KINDS)}")


def give(path: Path) -> None:
    """Hand a file or folder to the user inside, where that is another one than ours."""
    if os.geteuid() == 0:
        os.chown(path, NOBODY, NOBODY)


def readable() -> dict[Path, Path]:
    """What can be read inside: place outside -> place inside."""
    same = [Path(each) for each in (*SYSTEM, *SETTINGS)]
    same += [Path(sys.prefix), Path(sys.base_prefix), Path(sys.executable).resolve().parent.parent]
    places = {place: place for place in same if place.exists()}
    # /usr holds what lies in it already
    places = {each: each for each in places if not any(other in places for other in each.parents)}
    for module in sorted((ROOT / "course_lib").glob("*.py")):
        if module.name not in NOT_INSIDE:
            places[module] = COURSE / "course_lib" / module.name
    places[ROOT / "data"] = COURSE / "data"
    places[Path(__file__).with_name("warm.py")] = Path("/warm.py")
    return places


def _bubblewrap(program: Sequence[str], shared: Sequence[Path]) -> list[str]:
    words = ["bwrap", "--die-with-parent", "--new-session", "--as-pid-1"]
    words += ["--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"]
    words += ["--proc", "/proc", "--dev", "/dev"]
    for folder in ("/tmp", "/home", "/dev/shm"):
        words += ["--perms", "1777", "--size", str(FOLDER_SIZE), "--tmpfs", folder]
    made: set[Path] = {Path("/"), Path("/tmp"), Path("/home"), Path("/dev")}
    for outside, inside in [*readable().items(), *((each, each) for each in shared)]:
        for parent in reversed(inside.parents):
            if parent not in made:
                words += ["--perms", "0755", "--dir", str(parent)]
                made.add(parent)
        if outside.is_symlink() and len(outside.parts) == 2:  # /lib -> usr/lib
            words += ["--symlink", str(outside.readlink()), str(inside)]
        else:
            words += ["--bind" if outside in shared else "--ro-bind", str(outside), str(inside)]
    words += ["--remount-ro", "/dev", "--remount-ro", "/", "--chdir", "/home"]
    if os.geteuid() != 0:
        return [*words, "--unshare-user", "--disable-userns", *program]
    drop = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "--bounding-set=-all"]
    return [*words, *drop, "--inh-caps=-all", "--no-new-privs", "--pdeathsig=KILL", *program]


def _container(kind: str, program: Sequence[str], shared: Sequence[Path]) -> list[str]:
    """An empty image with the same read-only view of this system as in bubblewrap."""
    user = NOBODY if os.geteuid() == 0 else os.getuid()
    words = [kind, "run", "--rm", "--interactive", "--network=none", "--read-only", "--cap-drop=ALL"]
    words += ["--security-opt=no-new-privileges", f"--user={user}", "--pids-limit=512", "--memory=6g"]
    words += ["--workdir=/home", *(f"--env={name}={value}" for name, value in environment().items())]
    if kind == "podman" and os.geteuid() != 0:
        words.append("--userns=keep-id")
    for folder in ("/tmp", "/home", "/dev/shm"):
        words.append(f"--tmpfs={folder}:rw,size={FOLDER_SIZE},mode=1777")
    for outside, inside in readable().items():
        words.append(f"--volume={outside.resolve()}:{inside}:ro")
    words += [f"--volume={folder}:{folder}:rw" for folder in shared]
    return [*words, _empty_image(kind), *program]


@cache
def _empty_image(kind: str) -> str:
    """The name of an image without a file in it, made if it is not there."""
    name = "gan-course-empty"
    if subprocess.run([kind, "image", "inspect", name], capture_output=True).returncode != 0:
        done = subprocess.run([kind, "import", "-", name], input=b"\0" * 10240, capture_output=True)
        if done.returncode != 0:
            raise CourseError(f"{kind} cannot make an image: {done.stderr.decode(errors='replace').strip()}")
    return name
