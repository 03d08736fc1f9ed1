"""Have lessons changed in the course? Asked by the way, so nobody waits long for the answer, or for none."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from pathlib import Path

from course_lib import CourseError
from course_lib.updates.clone import Clone, environment

PATIENCE = 2.0
"""Seconds that a remote has to answer."""
A_DAY = 24 * 3600
SILENT = {"GIT_TERMINAL_PROMPT": "0", "SSH_ASKPASS_REQUIRE": "never", "GCM_INTERACTIVE": "never"}
"""Nobody is asked for a password, in no terminal and no window."""


def news(root: Path) -> str:
    """One line if git knows of newer lessons than those in `root`, else nothing; never an error.

    The remote, if there is one, is asked once a day.
    """
    clone = Clone(root)
    with contextlib.suppress(CourseError, OSError):
        if clone.is_one() and clone.word("remote"):
            fetch_briefly(clone)
            if names := lessons_changed(clone):
                listed = ", ".join(name.split("_")[0] for name in names)
                return (
                    f"Lesson{'s' * (len(names) > 1)} {listed} changed in the course since your copy: "
                    "`python3 -m course_lib update` gets the new version and keeps your work."
                )
    return ""


def lessons_changed(clone: Clone) -> list[str]:
    """The lessons that are newer in what git has fetched already, by name; none if it follows no remote."""
    names = clone.word("diff", "--name-only", "--no-renames", "HEAD...@{upstream}", "--", "lessons/")
    paths = [Path(name) for name in names.splitlines()]
    return sorted(path.stem for path in paths if path.suffix == ".ipynb" and len(path.parts) == 2)


def fetch_briefly(clone: Clone, patience: float = PATIENCE) -> None:
    """Fetch, unless that was done today; give up after `patience` seconds."""
    fetched = clone.root / clone.word("rev-parse", "--git-path", "FETCH_HEAD")
    if fetched.is_file() and time.time() - fetched.stat().st_mtime < A_DAY:
        return
    process = subprocess.Popen(
        [*clone.call(), "fetch", "--quiet"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=environment() | SILENT,
        start_new_session=True,
    )
    try:
        process.wait(patience)
    except subprocess.TimeoutExpired:
        end(process)


def end(process: subprocess.Popen) -> None:
    """Let git and the programs that it started put away what they began, and end."""
    if hasattr(os, "killpg"):
        os.killpg(process.pid, signal.SIGTERM)
    else:
        process.terminate()
    try:
        process.wait(1)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
