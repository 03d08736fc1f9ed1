"""A course in two copies: an old one that a student worked in, and a new one."""

from __future__ import annotations

import datetime
import zipfile
from pathlib import Path

from tests.updates.a_course import ANSWER, LESSON, NAME, answered, built, changed

NEWER = built(changed(("Twice as much.", "Two times as much.")))
GAN, SECOND = "course_lib/models/gan.py", "lessons/02_second.ipynb"
OURS = {
    GAN: b"width = 1\n",
    "README.md": b"# A course\n",
    "data/ours.csv": b"1\n",
    SECOND: built(LESSON, "02_second"),
}
COURSE = {**OURS, NAME: built()}
NEW = {**OURS, NAME: NEWER, GAN: b"width = 2\n"}
OLD = answered(built(), double=ANSWER)
KEPT = f"before/{datetime.date.today().isoformat()}"


def copy_of(folder: Path, files: dict[str, bytes]) -> Path:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def zipped(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path
