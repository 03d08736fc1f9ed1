"""Makes `.venv` where the packages are missing, and carries on in it.

Standard library only. This file and `pip_install.py` must parse on Python 3.8: they are what tells a person that
their Python is too old. On one that is older still, `course_lib/__init__.py` does.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import json
import os
import platform
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import BinaryIO

from course_lib import ROOT, CourseError
from course_lib.gpu import has_nvidia_gpu
from course_lib.setup.pip_install import describe_space, explain, pip_install
from course_lib.setup.write_errors import explain_forbidden

SUPPORTED = ((3, 11), (3, 13))  # oldest and newest, as in pyproject.toml
OLDEST_KERAS = (3, 10)  # an older one that happens to be installed is no use to the course
LOCK = ROOT / "requirements.txt"
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
LOG = VENV / "install.log"
STAMP = VENV / "complete.json"  # written last: tells a complete set-up from an interrupted one


def check_python(argv: list[str], version: tuple = sys.version_info) -> None:
    """Raise CourseError when this Python is too old or too new, naming one on PATH that would do."""
    oldest, newest = SUPPORTED
    if oldest <= tuple(version[:2]) <= newest:
        return
    problem = f"this is Python {version[0]}.{version[1]}, the course needs 3.11, 3.12 or 3.13"
    for name in ("python3.12", "python3.13", "python3.11"):
        # Run, not only looked up: a launcher may be on PATH without its Python behind it.
        with contextlib.suppress(OSError, subprocess.TimeoutExpired):
            if subprocess.run([name, "-c", ""], stderr=subprocess.DEVNULL, timeout=20).returncode == 0:
                raise CourseError(f"{problem}; you have one: {call(name, *argv)}")
    raise CourseError(
        f"{problem}; install one of these and call it by name, for example {call('python3.12', *argv)}"
    )


def call(python: str, *argv: str) -> str:
    """The command that runs the course with another Python from the folder one is in."""
    here = os.path.realpath(os.curdir) == os.path.realpath(ROOT)
    course = ("-m", "course_lib") if here else (str(ROOT / "course_lib"),)
    return " ".join(shlex.quote(word) for word in (python, *course, *argv))


def ensure(needs: tuple, extras: tuple, argv: list[str], may_install: bool = True) -> None:
    """Return once every module of `needs` can be imported here, or continue as `argv` in `.venv`.

    Args:
        needs: names of the top-level modules the command imports.
        extras: the extras of pyproject.toml that bring them, besides TensorFlow's own (`cpu` or `gpu`).
        argv: the command line after `python -m course_lib`, repeated in `.venv`.
        may_install: False uses a complete `.venv` but installs nothing, and may return with modules missing.

    Raises:
        CourseError: the set-up failed; one line says why and what to do.
    """
    if not needs:
        return  # an update: what state `.venv` is in is no matter
    inside = os.path.realpath(sys.prefix) == os.path.realpath(VENV)
    # A log without a stamp is a set-up of ours that did not end; a `.venv` somebody made by hand has neither.
    unfinished = inside and LOG.exists() and not is_complete(extras)
    if not unfinished and not list_missing(needs):
        return  # conda, Binder, Colab, an active virtual environment
    if may_install and (inside or not is_complete(extras)):
        with one_at_a_time() as lock:
            if inside or not is_complete(extras):
                set_up(extras, lock)
    if not inside and is_complete(extras):
        continue_in_venv(argv)
    importlib.invalidate_caches()
    if may_install and list_missing(needs):
        lacking = ", ".join(list_missing(needs))
        raise CourseError(f"{VENV} lacks {lacking} after its set-up; delete that folder and run this again")


def list_missing(needs: tuple) -> list[str]:
    """The modules that cannot be imported here, found without importing any."""
    missing = [name for name in needs if not is_importable(name)]
    if "keras" in needs and "keras" not in missing:
        import importlib.metadata

        version = importlib.metadata.version("keras").split(".")
        if (int(version[0]), int(version[1])) < OLDEST_KERAS:
            missing.append("keras")
    return missing


def is_importable(name: str) -> bool:
    """Whether a top-level module is there; the empty folder of a removed package does not count."""
    spec = importlib.util.find_spec(name)
    return spec is not None and spec.origin is not None


def continue_in_venv(argv: list[str]) -> None:
    """Replace this process by the same command in `.venv`."""
    env = {name: value for name, value in os.environ.items() if name != "PYTHONHOME"}
    env["VIRTUAL_ENV"] = str(VENV)
    env["PATH"] = os.pathsep.join([str(PYTHON.parent), env.get("PATH", os.defpath)])
    env["PYTHONPATH"] = os.pathsep.join([str(ROOT), *filter(None, [env.get("PYTHONPATH")])])
    command = [str(PYTHON), "-m", "course_lib", *argv]
    if os.name == "nt":  # exec on Windows gives the prompt back before the command ends
        sys.exit(subprocess.call(command, env=env))
    sys.stdout.flush()
    # Ctrl-C while the new Python starts would be a traceback: it waits until `__main__` is there to hear it.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    os.execve(command[0], command, env)


def identity() -> dict[str, str]:
    """What a set-up depends on: when any of it changes, pip runs again."""
    python = f"{sys.version_info[0]}.{sys.version_info[1]}"
    return {"lock": hashlib.sha256(LOCK.read_bytes()).hexdigest(), "python": python, "folder": str(ROOT)}


def installed_extras() -> set[str]:
    """The extras of a complete and current set-up; empty when there is none."""
    try:
        stamp = json.loads(STAMP.read_text("utf-8"))
        return set(stamp["extras"]) if PYTHON.exists() and stamp == {**stamp, **identity()} else set()
    except (OSError, ValueError, KeyError, TypeError):
        return set()


def set_up_elsewhere() -> str:
    """The folder in which `.venv` was set up, if that is another than it is in now: the course was moved or copied."""
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
        folder = json.loads(STAMP.read_text("utf-8"))["folder"]
        return "" if folder == str(ROOT) else str(folder)
    return ""


def is_complete(extras: tuple) -> bool:
    """Whether `.venv` holds everything `extras` bring, in the versions of the lock."""
    return bool(installed_extras()) and installed_extras() >= set(extras)


@contextlib.contextmanager
def one_at_a_time() -> Iterator[int]:
    """Hold a lock on `requirements.txt`: of two first runs one installs while the other waits."""
    with LOCK.open("rb") as file:
        if not try_lock(file):
            say("Another run is setting up .venv; waiting for it.")
            while not try_lock(file):
                time.sleep(0.5)
        yield file.fileno()


def try_lock(file: BinaryIO) -> bool:
    """Lock an open file until it is closed; False when another process holds the lock."""
    try:
        if os.name == "nt":
            import msvcrt

            file.seek(1 << 30)  # far behind the end: Windows keeps others from reading what is locked
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    except OSError:
        pass  # a file system without locks: better unguarded than never
    return True


def set_up(extras: tuple, lock: int) -> None:
    """Make or repair `.venv`: the base packages, TensorFlow, those of `extras`, and the checkout itself."""
    started = time.monotonic()
    build = "gpu" if has_nvidia_gpu() else "cpu"
    wanted = sorted({build, *extras} | (installed_extras() - {"cpu", "gpu"}))
    say(announcement(set(wanted)))
    try:
        make_venv()
        with contextlib.suppress(FileNotFoundError):
            STAMP.unlink()
        LOG.write_bytes(b"")
        forget_half_installed()
        # -I: what PYTHONPATH holds would count as installed. PIP_* variables and pip.conf are respected.
        command = [str(PYTHON), "-I", "-m", "pip"]
        first = [pin("flit-core")]  # builds the checkout's own entry, next step, without a download
        if not is_importable("ensurepip"):
            command = [sys.executable, "-I", "-m", "pip", "--python", str(PYTHON)]
            first.append("pip")
        shared_lock = None if os.name == "nt" else lock
        pip_install([*command, "install", "--no-user"], first, ROOT, LOG, shared_lock)
        course = ["--no-build-isolation", "--editable", f".[{','.join(wanted)}]", "--constraint", LOCK.name]
        if build == "gpu":  # for these machines the lock itself names the smaller build
            course.append(pin("tensorflow", "[and-cuda]"))
        pip_install([*command, "install", "--no-user"], course, ROOT, LOG, shared_lock)
        STAMP.write_text(json.dumps({**identity(), "extras": wanted}), "utf-8")
    except OSError as error:
        refused = explain_forbidden(error)
        raise CourseError(
            refused or f"cannot set up {VENV}: {error.strerror or error}; {describe_space(ROOT)}"
        ) from None
    except KeyboardInterrupt:
        raise KeyboardInterrupt("Set-up interrupted; run the same command to finish it.") from None
    say(f"Set up in {time.monotonic() - started:.0f} s.")


def announcement(wanted: set[str]) -> str:
    """What a set-up is about to do and how much of it: the big packages are fetched only once."""
    if installed_extras():
        more = ", ".join(sorted(wanted - installed_extras()))
        return (
            f"Adding to {VENV} what this command needs besides ({more}): once, a minute or two, under 0.5 GB."
        )
    if PYTHON.exists() and STAMP.exists():
        return f"Bringing {VENV} up to date: only what has changed since its set-up is fetched."
    if PYTHON.exists() and LOG.exists():
        return f"Finishing the set-up of {VENV}, which was begun earlier: what is there is not fetched again."
    return (
        f"Setting up {VENV} for Python {platform.python_version()}: once, some minutes, about 2 GB on disk."
    )


def make_venv() -> None:
    """Create `.venv`; empty it and create it again when it is broken or belongs to another Python."""
    probe = "import sys; print(*sys.version_info[:2], sep='.')" + "; import pip" * is_importable("ensurepip")
    with contextlib.suppress(OSError):
        answer = subprocess.run([str(PYTHON), "-I", "-c", probe], capture_output=True)
        if answer.returncode == 0 and answer.stdout.decode().strip() == identity()["python"]:
            return
    if not is_importable("venv") or not (is_importable("ensurepip") or is_importable("pip")):
        package = f"python{identity()['python']}-venv"
        raise CourseError(
            f"this Python cannot make a virtual environment; on Debian or Ubuntu: apt install {package}"
        )
    VENV.mkdir(exist_ok=True)
    options = ["--clear"] if is_importable("ensurepip") else ["--clear", "--without-pip"]
    made = subprocess.run([sys.executable, "-I", "-m", "venv", *options, str(VENV)], capture_output=True)
    if made.returncode:
        words = (made.stdout + made.stderr).decode(errors="replace").splitlines()
        raise CourseError(f"cannot make {VENV}: {explain(words, ROOT)}")


def forget_half_installed() -> None:
    """Let pip install again what it had only begun: it writes INSTALLER when a package's files are there."""
    for packages in [*VENV.glob("lib/*/site-packages"), *VENV.glob("Lib/site-packages")]:
        for metadata in packages.glob("*.dist-info"):
            if not (metadata / "INSTALLER").exists():
                shutil.rmtree(metadata)


def pin(package: str, extra: str = "") -> str:
    """The requirement of one package in the version of the lock."""
    version = re.search(rf"^{package}==(\S+)", LOCK.read_text("utf-8"), re.MULTILINE)
    return f"{package}{extra}=={version[1]}"


def say(text: str) -> None:
    """Tell the person at the terminal; standard output belongs to the command."""
    print(text, file=sys.stderr, flush=True)
