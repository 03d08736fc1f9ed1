"""The versions of a generator in one folder: kept with their reports, checked whenever they are read, and gone back to.

    versions = Versions("studio/garments")
    versions.save(generator, report={"frechet_distance": 2.4}, note="the recipe")
    generator = versions.load()                         the current version
    versions.go_back()                                  the newest whole one before it is current now

Each version is a folder such as `v0003` with `generator.keras`, `version.json` (number, day, note, report) and
`SHA256SUMS` of both, as `sha256sum -c` reads it; the file `current` holds the name of the one in use. A folder is
written under another name and then renamed, so that it is there whole or not at all; `current` changes last.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
import shutil
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import keras

from course_lib import CourseError, datasets
from course_lib.files import replacing

NAME = re.compile(r"v\d{4,}")
MODEL, CARD, SUMS = "generator.keras", "version.json", "SHA256SUMS"
CURRENT = "current"


class Version(NamedTuple):
    """What is known of a version. problem: what is wrong with its files, "" if they are whole."""

    number: int
    is_current: bool = False
    day: str = ""
    note: str = ""
    report: Mapping[str, Any] = MappingProxyType({})
    problem: str = ""

    def __str__(self) -> str:
        said = f"version {self.number}{' (current)' if self.is_current else ''}"
        return f"{said}: damaged, {self.problem}" if self.problem else f"{said}, {self.day}: {self.note}"


class Versions:
    """The versions in a folder, which is made when the first is saved."""

    def __init__(self, folder: str | os.PathLike):
        if not isinstance(folder, str | os.PathLike) or "\0" in str(folder):
            raise CourseError(f"A folder for versions is wanted, such as 'studio', not {folder!r}.")
        self.folder = Path(folder)

    def save(
        self, generator: keras.Model, report: Mapping[str, Any] | None = None, note: str = ""
    ) -> Version:
        """Keep a generator as the newest version and make it current.

        report: what is known of it, as JSON can hold it. Raises CourseError for what is no network or no report, and
        where it cannot be written; the versions before it stay as they were.
        """
        if not isinstance(generator, keras.Model):
            raise CourseError(f"A version is of a Keras model, not of a {type(generator).__name__}.")
        if not isinstance(note, str):
            raise CourseError(f"note is a line of text, not {note!r}.")
        card = {"day": f"{datetime.now(UTC):%Y-%m-%d}", "note": note, "report": _plain(report)}
        aside = self.folder / f".{os.getpid()}.version"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            shutil.rmtree(aside, ignore_errors=True)
            aside.mkdir()
            generator.save(aside / MODEL)
            number = self._claim(aside, card)
            self._point_to(number)
        except OSError as error:
            raise CourseError(
                f"Cannot write a version to {self.folder}: {error.strerror or error}. Those before it are as they were."
            ) from error
        finally:
            shutil.rmtree(aside, ignore_errors=True)
        return Version(number, True, card["day"], card["note"], card["report"])

    def _claim(self, aside: Path, card: dict[str, Any]) -> int:
        """Rename the folder to the next version that is free, whoever else saves at this moment."""
        number = max(self.numbers(), default=0) + 1
        while True:
            text = json.dumps({"number": number, **card}, indent=1, ensure_ascii=False) + "\n"
            (aside / CARD).write_text(text, encoding="utf-8", newline="\n")
            lines = [f"{_sha256_of(aside / name)}  {name}\n" for name in (MODEL, CARD)]
            (aside / SUMS).write_text("".join(lines), encoding="utf-8", newline="\n")
            for path in aside.iterdir():
                _to_disk(path)
            try:
                aside.rename(self._path(number))
                _names_to_disk(self.folder)
                return number
            except OSError as error:
                if error.errno not in (errno.EEXIST, errno.ENOTEMPTY):
                    raise
                number += 1

    def numbers(self) -> list[int]:
        """The numbers of all versions, whole or not, oldest first."""
        if not self.folder.is_dir():
            return []
        return sorted(int(path.name[1:]) for path in self.folder.iterdir() if NAME.fullmatch(path.name))

    def all(self) -> list[Version]:
        """All versions, oldest first, each compared with its checksums."""
        current = self._pointed_to()
        return [self._read(number, current) for number in self.numbers()]

    def current(self) -> Version:
        """The version in use. Raises CourseError where there is none; a damaged one comes with its problem."""
        numbers, current = self.numbers(), self._pointed_to()
        if not numbers:
            raise CourseError(f"There is no version in {self.folder} yet: save one.")
        if current not in numbers:
            raise CourseError(
                f"{self.folder / CURRENT} names no version that is there: go back to one of {_listed(numbers)}."
            )
        return self._read(current, current)

    def load(self, number: int | None = None) -> keras.Model:
        """The generator of a version, the current one unless told.

        Raises CourseError for a number that there is not, and for a damaged version, which it names with what is wrong;
        nothing else is loaded in its place.
        """
        version = self.current() if number is None else self._known(number)
        path = self._path(version.number) / MODEL
        if version.problem:
            raise CourseError(self._refusal(version))
        try:
            return keras.models.load_model(path, compile=False)
        except Exception as error:  # of other versions of Keras, with layers that are unknown here
            reason = str(error).strip().splitlines() or [type(error).__name__]
            raise CourseError(f"{path} is whole, but Keras cannot read it here: {reason[0]}") from error

    def go_back(self, number: int | None = None) -> Version:
        """Make an earlier version current: that of this number, or the newest whole one before the current.

        Nothing is deleted, so one can go forward again in the same way. Raises CourseError for a damaged version and
        where there is no whole one; what is current then stays so.
        """
        if number is None:
            current = self._pointed_to()
            before = [each for each in self.numbers() if current is None or each < current]
            whole = (each for each in map(self._read, reversed(before)) if not each.problem)
            version = next(whole, None)
            if version is None:
                raise CourseError(f"There is no whole version before the current one in {self.folder}.")
        else:
            version = self._known(number)
        if version.problem:
            raise CourseError(self._refusal(version))
        try:
            self._point_to(version.number)
        except OSError as error:
            raise CourseError(f"Cannot write {self.folder / CURRENT}: {error.strerror or error}.") from error
        return version._replace(is_current=True)

    def prune(self, keep: int = 5) -> list[int]:
        """Delete all but the newest `keep` whole versions; the current one always stays. The numbers that went.

        Damaged ones older than those kept go, too; nothing goes while no version is whole.
        """
        datasets.check_whole("keep", "how many whole versions stay", keep, 1)
        versions = self.all()
        whole = [version.number for version in versions if not version.problem]
        if not whole:
            return []
        oldest = whole[-keep:][0]
        gone = [each.number for each in versions if each.number < oldest and not each.is_current]
        abandoned = self.folder.glob(".*.version")  # of a process that was killed while it saved
        for path in (*map(self._path, gone), *abandoned):
            shutil.rmtree(path, ignore_errors=True)
        return gone

    def _known(self, number: int) -> Version:
        datasets.check_whole("number", "which version is wanted", number, 1)
        if number not in (numbers := self.numbers()):
            there = f"there are {_listed(numbers)}" if numbers else "there is none yet"
            raise CourseError(f"There is no version {number} in {self.folder}: {there}.")
        return self._read(int(number), self._pointed_to())

    def _read(self, number: int, current: int | None = None) -> Version:
        path, is_current = self._path(number), number == current
        try:
            lines = (path / SUMS).read_text("utf-8").splitlines()
            promised = {name: digest for digest, name in (line.split(maxsplit=1) for line in lines)}
            for name in (MODEL, CARD):
                if _sha256_of(path / name) != promised[name]:
                    return Version(number, is_current, problem=f"{name} is not what {SUMS} promises")
            card = json.loads((path / CARD).read_text("utf-8"))
            return Version(number, is_current, card["day"], card["note"], card["report"])
        except OSError as error:
            name = Path(error.filename).name if error.filename else path.name
            return Version(number, is_current, problem=f"{name} cannot be read ({error.strerror})")
        except (ValueError, KeyError, TypeError):
            return Version(number, is_current, problem=f"{SUMS} or {CARD} cannot be understood")

    def _refusal(self, version: Version) -> str:
        whole = [each.number for each in self.all() if not each.problem]
        mend = f"go back to {_listed(whole)}" if whole else "no other version is whole, so save one anew"
        return f"Version {version.number} in {self.folder} is damaged, {version.problem}: {mend}."

    def _pointed_to(self) -> int | None:
        """The version that `current` names, None where there is no such file or it is damaged."""
        try:
            name = (self.folder / CURRENT).read_text("ascii").strip()
        except (OSError, ValueError):
            return None
        return int(name[1:]) if NAME.fullmatch(name) else None

    def _point_to(self, number: int) -> None:
        with replacing(self.folder / CURRENT) as temporary:
            temporary.write_text(f"{self._path(number).name}\n", encoding="ascii", newline="\n")
            _to_disk(temporary)

    def _path(self, number: int) -> Path:
        return self.folder / f"v{number:04d}"


def _plain(report: Mapping[str, Any] | None) -> dict[str, Any]:
    """The report as JSON will give it back."""
    try:
        found = json.loads(json.dumps(report or {}, allow_nan=False))
        if isinstance(found, dict):
            return found
    except (TypeError, ValueError, RecursionError):
        pass
    raise CourseError(
        "A report is a dict of texts, finite numbers, lists and dicts of them, as a JSON file holds it; "
        "NumPy's numbers become such by float(...)."
    )


def _sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _to_disk(path: Path) -> None:
    """Wait until a file is on the disk, before a name points to it."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _names_to_disk(folder: Path) -> None:
    """Wait until what a folder's files are called is on the disk: a pointer to a new name must not be there before it.

    Not on Windows, which opens no folder.
    """
    if os.name == "nt":
        return
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _listed(numbers: list[int]) -> str:
    return ", ".join(map(str, numbers[-10:]))
