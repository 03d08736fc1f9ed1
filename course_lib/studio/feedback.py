"""What people thought of pictures: thumbs up or down, with the seed and settings that draw the picture again.

    feedback = Feedback("studio/feedback.jsonl")
    feedback.add(liked=True, seed=17, settings={"kind": "faces", "truncation": 0.7}, version=3)
    feedback.read()                                     [Thumb(liked=True, seed=17, ...)]; feedback.damaged names lines
    feedback.export("thumbs.csv")                       for a table, and for models of taste

One line of JSON a thumb, in a file on this machine. Nothing is kept of the person: no name, no address, no time, and of
texts only short words, such as the name of a class. Lines are only added, each whole by one call of the system.
"""

from __future__ import annotations

import csv
import io
import json
import math
import os
import re
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np

from course_lib import CourseError, datasets
from course_lib.media.whole_files import write_whole

NAME = re.compile(r"[A-Za-z]\w{0,39}", re.ASCII)
WORD = re.compile(r"[^\W_][\w -]{0,39}")
COLUMNS = ("liked", "seed", "version")
MOST_SETTINGS = 40


class Thumb(NamedTuple):
    """One answer: liked or not, what draws the picture again, and the version of the model, None if it has none."""

    liked: bool
    seed: int
    settings: Mapping[str, bool | int | float | str] = MappingProxyType({})
    version: int | None = None


class Feedback:
    """The thumbs in one file, which is made with the first of them."""

    def __init__(self, path: str | os.PathLike):
        try:
            self.path = Path(path)
        except TypeError as error:
            raise CourseError(
                f"A file for feedback is wanted, such as 'feedback.jsonl', not {path!r}."
            ) from error
        self.damaged: list[str] = []

    def add(
        self,
        liked: bool,
        seed: int,
        settings: Mapping[str, bool | int | float | str] | None = None,
        version: int | None = None,
    ) -> Thumb:
        """Add a line. settings: names to numbers, True, False or short words; with the seed they draw it again.

        Raises CourseError for anything else, and where the file cannot be written; it then stays as it was.
        """
        thumb = _checked_thumb({"liked": liked, "seed": seed, "settings": settings or {}, "version": version})
        line = json.dumps(thumb._asdict(), ensure_ascii=False, allow_nan=False).encode() + b"\n"
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._append(line)
        except (OSError, ValueError) as error:
            raise CourseError(
                f"Cannot write {self.path}: {getattr(error, 'strerror', None) or error}."
            ) from error
        return thumb

    def _append(self, line: bytes) -> None:
        """Whole or not at all; a line that was torn by a loss of power is ended first, so that it spoils no other."""
        with self.path.open("ab+", buffering=0) as file:
            before = file.seek(0, os.SEEK_END)
            if before:
                file.seek(before - 1)
                line = line if file.read(1) == b"\n" else b"\n" + line
            if file.write(line) != len(line):  # the disk is full: take back what went in
                file.truncate(before)
                raise OSError(None, "the disk is full")
            os.fsync(file.fileno())

    def read(self) -> list[Thumb]:
        """All thumbs, oldest first; none where there is no file. `damaged` then names the lines that were skipped.

        Raises CourseError where the file is there and cannot be read.
        """
        try:
            content = self.path.read_bytes() if self.path.exists() else b""
        except (OSError, ValueError) as error:
            raise CourseError(
                f"Cannot read {self.path}: {getattr(error, 'strerror', None) or error}."
            ) from error
        found, self.damaged = [], []
        for number, line in enumerate(content.split(b"\n"), 1):
            if not line.strip():
                continue
            try:
                entry = json.loads(line.decode())
                if not isinstance(entry, dict) or entry.keys() != {*Thumb._fields}:
                    raise CourseError(f"a thumb has {', '.join(Thumb._fields)} and nothing else.")
                found.append(_checked_thumb(entry))
            except CourseError as error:
                self.damaged.append(f"{self.path}, line {number}: {error}")
            except (ValueError, RecursionError):
                self.damaged.append(f"{self.path}, line {number}: no whole line of JSON.")
        return found

    def counts(self) -> dict[str, int]:
        """{"up": ..., "down": ..., "damaged": ...}."""
        thumbs = self.read()
        up = sum(thumb.liked for thumb in thumbs)
        return {"up": up, "down": len(thumbs) - up, "damaged": len(self.damaged)}

    def export(self, path: str | os.PathLike) -> int:
        """Write all whole lines as a table with one column a setting, CSV in UTF-8; how many rows it has.

        liked is 1 or 0; what a thumb does not say is left empty. Raises CourseError where it cannot be written.
        """
        thumbs = self.read()
        names = sorted({name for thumb in thumbs for name in thumb.settings})
        table = io.StringIO()
        writer = csv.writer(table, lineterminator="\n")
        writer.writerow([*COLUMNS, *names])
        for thumb in thumbs:
            version = "" if thumb.version is None else thumb.version
            settings = [thumb.settings.get(name, "") for name in names]
            writer.writerow([int(thumb.liked), thumb.seed, version, *settings])
        write_whole(path, table.getvalue().encode())
        return len(thumbs)


def _checked_thumb(entry: Mapping[str, Any]) -> Thumb:
    """The thumb of an entry with all four fields. Raises CourseError for what is none."""
    liked, seed, settings, version = (entry[name] for name in Thumb._fields)
    if not isinstance(liked, bool):
        raise CourseError(f"liked is True or False, not {liked!r}.")
    datasets.check_whole("seed", "what the picture was drawn from", seed, 0)
    if version is not None:
        datasets.check_whole("version", "which version of the model drew", version, 1)
    if not isinstance(settings, Mapping) or len(settings) > MOST_SETTINGS:
        raise CourseError(f"settings are names with values, {MOST_SETTINGS} at most.")
    plain = {}
    for name, value in settings.items():
        if not isinstance(name, str) or not NAME.fullmatch(name) or name in COLUMNS:
            raise CourseError(
                f"A setting's name is up to 40 letters, digits and _, not {name!r}; seed, liked and version are taken."
            )
        plain[name] = _plain_value(name, value)
    return Thumb(liked, int(seed), plain, None if version is None else int(version))


def _plain_value(name: str, value: object) -> bool | int | float | str:
    if isinstance(value, bool) or (isinstance(value, str) and WORD.fullmatch(value)):
        return value
    if isinstance(value, int | np.integer) and abs(int(value)) < 2**63:
        return int(value)
    if isinstance(value, float | np.floating) and math.isfinite(value):
        return float(value)
    raise CourseError(
        f"The setting {name!r} is a number, True, False or a word of 40 letters at most, not {str(value)[:40]!r}."
    )
