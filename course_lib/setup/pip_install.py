"""Runs `pip install` into a virtual environment: a line of progress while it works, one sentence when it fails."""

from __future__ import annotations

import contextlib
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from course_lib import CourseError

SIGNS_OF_NO_NETWORK = re.compile(
    r"Max retries exceeded|Retrying \(Retry\(total=0|NewConnectionError|NameResolutionError|name resolution"
    r"|ConnectTimeout|ReadTimeout|getaddrinfo failed|Network is unreachable"
    r"|that satisfies the requirement (pip|flit.core)\b\S* \(from versions: none\)"  # every index has these two
)


def pip_install(command: list[str], arguments: list[str], folder: Path, log: Path, lock: int | None) -> None:
    """Run pip in `folder` with its words appended to `log`.

    Args:
        command: how to call pip, `install` included.
        arguments: what to install, and how.
        lock: descriptor of a locked file for pip to hold too, so that the lock lasts as long as pip does
            even if this process is killed; None where descriptors cannot be handed on (Windows).

    Raises:
        CourseError: pip failed; one line says why and where its words are.
    """
    kept_open = () if lock is None else (lock,)
    with log.open("ab") as words:
        start = words.tell()
        pip = subprocess.Popen(
            [*command, *arguments],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=words,  # not a pipe: pip must not fail when this process is killed
            stderr=subprocess.STDOUT,
            pass_fds=kept_open,
        )
    show = progress_line()
    lines: list[str] = []
    try:
        while pip.returncode is None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                pip.wait(0.5)
            lines = log.read_bytes()[start:].decode(errors="replace").splitlines()
            show(describe_progress(lines))
    except BaseException:
        stop(pip)
        raise
    finally:
        show("")
    if pip.returncode:
        raise CourseError(
            f"set-up stopped: {explain(lines, folder)} Run the same command to try again ({log})"
        )


def stop(pip: subprocess.Popen) -> None:
    """End pip: a Ctrl-C at the terminal has reached it already, a signal to this process alone has not."""
    for end in (None, pip.terminate, pip.kill):
        if end:
            end()
        with contextlib.suppress(subprocess.TimeoutExpired):
            pip.wait(2)
            return


def describe_progress(lines: list[str]) -> str:
    """Where pip is, from its words so far."""
    for line in lines:
        if line.startswith("Installing collected packages:"):
            number = line.count(",") + 1
            return f"installing {number} package{'s' * (number > 1)}"
    last = next((line.strip() for line in reversed(lines) if line.strip()), "")
    if "Retrying (Retry" in last:
        return "no answer from the package index, trying again"
    number = sum(line.startswith("Collecting ") for line in lines)
    file = re.match(r"Downloading ([^-]+)-([^-]+)-\S+\.whl (\([\d.]+ [kMG]B\))", last)
    return f"package {number}" + (f": downloading {file[1]} {file[2]} {file[3]}" if file else "")


def progress_line() -> Callable[[str], None]:
    """A function that keeps one line of the terminal current; elsewhere it prints each stage once."""
    started, told = time.monotonic(), {""}

    def show(text: str) -> None:
        seconds = f"{time.monotonic() - started:5.0f} s  "
        if sys.stderr.isatty():
            width = shutil.get_terminal_size().columns - 1
            line = (seconds + text)[:width] if text else ""
            print("\r" + line.ljust(width), end="\r", file=sys.stderr, flush=True)
        elif text not in told and not text.startswith("package"):
            told.add(text)
            print(seconds + text, file=sys.stderr, flush=True)

    return show


def explain(lines: list[str], folder: Path) -> str:
    """One sentence on why pip, or the making of the environment, failed in `folder`."""
    text = "\n".join(lines)
    if "No space left on device" in text or "[Errno 28]" in text or shutil.disk_usage(folder).free < 5e7:
        return f"the disk is full. {describe_space(folder)}"
    if SIGNS_OF_NO_NETWORK.search(text):
        return "no network, or the package index does not answer."
    if "ResolutionImpossible" in text:  # pip's way to say that what a constraint names is not to be had
        wanted = sorted(set(re.findall(r"\(constraint\) (\S+)", text)))
        return f"pip finds no {', '.join(wanted)} for this Python and this machine."
    said = [line.strip() for line in lines if line.strip() and not line.startswith(("WARNING", "[notice]"))]
    errors = [line for line in said if line.startswith("ERROR:")]
    return (errors or said or ["pip gave no reason"])[-1].replace("ERROR: ", "").rstrip(".") + "."


def describe_space(folder: Path) -> str:
    """The free room where packages go and where pip unpacks them."""
    rooms = {str(place): shutil.disk_usage(place).free for place in (folder, tempfile.gettempdir())}
    return (
        "; ".join(f"{free / 1e9:.1f} GB are free in {place}" for place, free in rooms.items())
        + "; 3 GB are enough."
    )
