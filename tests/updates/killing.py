"""Kills an update before each thing it does to the disk, in turn, and runs it again; started by `test_killed.py`.

    python -m tests.updates.killing FOLDER WAY

WAY is `clone` or `from`. The update is the real one, in a child process; an audit hook of Python ends the child, as a
kill does, at the first file that it opens for writing, renames, removes or makes, or program that it starts; then at
the second, and so on. It prints what was found wrong as JSON.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

from course_lib.updates.other_copy import bring_from
from course_lib.updates.stepping import NOTHING_NEW, update_clone
from tests.updates.a_course import (
    ANSWER,
    NAME,
    Upstream,
    answered,
    built,
    changed,
    files_in,
    own_cell,
    sources,
    with_own,
)

GAN, FREE = "course_lib/models/gan.py", "lessons/02_mine.ipynb"
OLD = with_own(answered(built(), double=ANSWER), "double", own_cell("a note of mine", "markdown"))
WORK = {NAME: OLD, GAN: b"width = 3  # mine\n", FREE: b"a file of mine", "lessons/mine.csv": b"1,2\n"}
NEWER = {NAME: built(changed(("Twice as much.", "Two times as much."))), GAN: b"width = 2\n"}


def main(folder: Path, way: str) -> None:
    update = prepare(folder, way)
    wrong, at = [], 0
    while killed(folder, update, at):
        wrong += [f"killed at {at}: {what}" for what in (*lost(folder), *unfinished(folder, update))]
        at += 1
    wrong += [f"not killed: {what}" for what in (*lost(folder), *unfinished(folder, update))]
    print(json.dumps({"kills": at, "wrong": wrong}))


def prepare(folder: Path, way: str) -> Callable[[Path], object]:
    """Lay out `folder/begun`, an old course with work in it or a new one without; the update that takes its path."""
    ours = {NAME: built(), GAN: b"width = 1\n", ".gitignore": b"/before/\n"}
    upstream = Upstream(folder / "upstream", ours)
    course = upstream.clone(folder / "begun")
    for name, content in WORK.items():
        (course / name).write_bytes(content)
    upstream.publish({**NEWER, FREE: built(), "more.txt": b"new\n"})
    if way == "clone":
        return update_clone
    shutil.move(course, folder / "other")
    upstream.clone(folder / "begun")
    return lambda course: bring_from(folder / "other", course)


def killed(folder: Path, update: Callable[[Path], object], at: int) -> bool:
    """Update a fresh copy, `folder/course`, and kill that before it does its number `at`; False if it ends before."""
    shutil.rmtree(folder / "course", ignore_errors=True)
    shutil.copytree(folder / "begun", folder / "course", symlinks=True)
    child = os.fork()
    if not child:
        code = 1
        try:
            left = [at]

            def watch(event: str, arguments: tuple) -> None:
                writes = (
                    event == "open"
                    and isinstance(arguments[2], int)
                    and arguments[2] & (os.O_WRONLY | os.O_RDWR)
                )
                if writes or event in ("os.rename", "os.remove", "os.mkdir", "os.rmdir", "subprocess.Popen"):
                    left[0] -= 1
                    if left[0] < 0:
                        os._exit(9)

            sys.addaudithook(watch)
            update(folder / "course")
            code = 0
        finally:
            os._exit(code)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert code in (0, 9), code
    return code == 9


def lost(folder: Path) -> list[str]:
    """What the student wrote and is nowhere: not in the course, not among kept files, not in the other copy."""
    there = [content for part in ("course", "other") for content in files_in(folder / part).values()]
    return [f"{name} is lost" for name, content in WORK.items() if content not in there]


def unfinished(folder: Path, update: Callable[[Path], object]) -> list[str]:
    """What is not as it should be after the update is run once more."""
    course = folder / "course"
    update(course)
    found = files_in(course)
    text = sources(found[NAME])
    checks = {
        "an old file is lost": not lost(folder),
        "the answer is not in the lesson": text["double"] == ANSWER,
        "the note is not in the lesson once": [*text.values()].count("a note of mine") == 1,
        "the lesson is not the new one": "Two times as much." in text["text-doubling"],
        "the library is not the new one": found[GAN] == NEWER[GAN],
        "a new file is missing": found["more.txt"] == b"new\n",
        "own files are not in place": found["lessons/mine.csv"] == WORK["lessons/mine.csv"],
        "the update calls itself unfinished": not [name for name in found if name.endswith("UNFINISHED.txt")],
        "something half made lies about": not [
            name for name in found if name.split("/")[-1].startswith(".") and name != ".gitignore"
        ],
        "git finds the course changed": update is not update_clone or update_clone(course) == [NOTHING_NEW],
    }
    return [what for what, is_right in checks.items() if not is_right]


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
