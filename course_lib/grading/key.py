"""The key of a class: the secret that decides the inputs on which its answers are tried, and what was released.

Whoever has it can work out these inputs, so the file is the instructor's alone and never goes where students' code
runs. Without it no one can grade the class's work again on the same inputs: keep a copy.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import math
import os
import re
import secrets
import stat
import sys
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path

from course_lib import CourseError, __version__
from course_lib.authoring.build import library_of
from course_lib.authoring.lesson import Lesson, find_source, load_lesson
from course_lib.authoring.solutions import solved

KIND = "key of a class of the GAN course"
FORMAT = 1
MOST_BYTES = 1_000_000
SALT = b"gan-course class seed"


@dataclass(frozen=True)
class LessonKey:
    """A lesson as it was released: points by grade_id, and the digest of what decides them."""

    points: dict[str, float]
    digest: str


@dataclass(frozen=True)
class Key:
    """A class's key. secret: 32 bytes in hex; made: the day, 2026-09-01."""

    secret: str = field(repr=False)
    course_version: str
    made: str
    lessons: dict[str, LessonKey]

    def class_seed(self, lesson: str) -> str:
        """The secret seed of one lesson: knowing one lesson's says nothing about another's."""
        return hmac.digest(bytes.fromhex(self.secret), lesson.encode(), "sha256").hex()

    @property
    def fingerprint(self) -> str:
        """12 hex digits to tell keys apart by, safe to print. Keys of the same secret have the same."""
        return hmac.digest(bytes.fromhex(self.secret), b"\0fingerprint", "sha256").hex()[:12]

    def save(self, path: Path) -> None:
        """Write it for its owner's eyes only; the whole of it or nothing.

        Raises:
            CourseError: if there is something at `path` already, which is left as it is, or it cannot be written.
        """
        path = Path(path)
        content = {"what": KIND, "format": FORMAT} | asdict(self)
        temporary = path.with_name(f".{os.getpid()}.{secrets.token_hex(4)}.{path.name}")
        try:
            descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(json.dumps(content, indent=2) + "\n")
                file.flush()
                os.fsync(file.fileno())
            _take_name(temporary, path)
        except FileExistsError as error:
            raise CourseError(
                f"{path} is there already and is never overwritten: a class graded with it needs it. "
                "Name another file."
            ) from error
        except OSError as error:
            raise CourseError(f"{path}: the key cannot be written ({error.strerror}).") from error
        finally:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)


def _take_name(temporary: Path, path: Path) -> None:
    """Give the finished file its name, unless something has it. Raises FileExistsError."""
    try:
        path.hardlink_to(temporary)  # unlike rename, it fails if the name is taken
    except FileExistsError:
        raise
    except OSError:  # a file system without links, such as a USB stick's
        if os.path.lexists(path):
            raise FileExistsError from None
        temporary.rename(path)


def make(names: Iterable[str], seed: str | None = None) -> Key:
    """A new key for these lessons ("01" or "01_gan_math"), different each time.

    Args:
        seed: makes it reproducible: the same seed gives the same secret. It is as secret as the key, and should be as
            hard to guess: a sentence, not a year.

    Raises:
        CourseError: for an unknown lesson, none at all, or an empty seed.
    """
    lessons = {lesson.name: lesson for lesson in (load_lesson(find_source(name)) for name in names)}
    if not lessons:
        raise CourseError("A key is for at least one lesson.")
    if seed is not None and not seed.strip():
        raise CourseError("The class seed is empty; leave it out to have one drawn.")
    secret = secrets.token_hex(32)
    if seed is not None:
        # slow on purpose (30 ms): who tries out seeds against a fingerprint pays this for each
        secret = hashlib.scrypt(
            seed.encode(errors="surrogateescape"), salt=SALT, n=2**14, r=8, p=1, dklen=32
        ).hex()
    released = {name: LessonKey(lesson.points, digest_of(lesson)) for name, lesson in sorted(lessons.items())}
    return Key(secret, __version__, date.today().isoformat(), released)


def digest_of(lesson: Lesson) -> str:
    """What decides the points: set-up, solutions, graded cells and the library they use; 16 hex digits."""
    cells = lesson.having("setup", "exercise", "graded")
    texts = [repr((cell.grade_id, solved(cell.source), cell.points, cell.tolerance)) for cell in cells]
    code = "\n".join(solved(cell.source) for cell in cells)
    texts += [path.read_text(encoding="utf-8") for path in library_of(code)]
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:16]


def load(path: Path) -> Key:
    """Read a key; a line on stderr if others than its owner can read the file too.

    Raises:
        CourseError: in one line, if it is missing, damaged, no key, or made by a newer version of the course.
    """
    path = Path(path)
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise CourseError(f"{path} is no file: --key names the key file that `release` made.")
        if status.st_size > MOST_BYTES:
            raise CourseError(f"{path} is no key of a class: it is too large.")
        content = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(content, dict) or content.get("what") != KIND:
            raise CourseError(f"{path} is no key of a class; `release` makes one.")
    except FileNotFoundError as error:
        raise CourseError(f"There is no key {path}; `release` makes one.") from error
    except OSError as error:
        raise CourseError(f"{path}: the key cannot be read ({error.strerror}).") from error
    except (json.JSONDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise CourseError(f"{path} is no key of a class, or damaged: use your copy of it.") from error
    key = _key(path, content)
    if os.name == "posix" and status.st_mode & (stat.S_IRGRP | stat.S_IROTH):
        print(f"warning: others on this computer can read the key: chmod 600 {path}", file=sys.stderr)
    return key


def _key(path: Path, content: dict) -> Key:
    """The key that the JSON holds. Raises CourseError if anything in it is not as `save` writes it."""
    version = content.get("format")
    if isinstance(version, int) and version > FORMAT:
        raise CourseError(f"{path} was made by a newer version of the course: update this one to use it.")
    try:
        lessons = {
            name: LessonKey(each["points"], each["digest"]) for name, each in content["lessons"].items()
        }
        key = Key(content["secret"], content["course_version"], content["made"], lessons)
        points = [each for lesson in lessons.values() for each in lesson.points.values()]
        texts = [key.course_version, key.made, *(lesson.digest for lesson in lessons.values())]
        whole = (
            version == FORMAT
            and re.fullmatch(r"[0-9a-f]{64}", key.secret)
            and lessons
            and all(isinstance(text, str) for text in texts)
            and all(type(each) in (int, float) and math.isfinite(each) and each >= 0 for each in points)
        )
    except (KeyError, TypeError, AttributeError):
        whole = False
    if not whole:
        raise CourseError(f"{path} is a key of a class, but damaged: use your copy of it.")
    return key
