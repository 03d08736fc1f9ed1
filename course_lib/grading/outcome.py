"""What grading is about: a file that was handed in, what each exercise in it earned, and both together."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Literal

Status = Literal["right", "partly", "wrong", "empty", "error", "too slow", "too much", "lost", "not graded"]
"""Of an exercise. empty: the stub or nothing; too much: memory or output; lost: the kernel died; not graded: no points
are to be had, or another part of the file was asked for."""


@dataclass(frozen=True)
class Submission:
    """One file that a student handed in.

    student: the name to show, any text. student_id: from the roster or else the platform, "" if there is none;
    platform_id: the number on Moodle or Canvas, for their upload files. file: where it was found, inside the folder or
    zip. data: its bytes; problem: why there are none, in one line. notes: how it was come by, for the student.
    """

    student: str
    file: str
    data: bytes = b""
    student_id: str = ""
    problem: str = ""
    late: bool = False
    notes: tuple[str, ...] = ()
    platform_id: str = ""
    section: str = ""

    @property
    def digest(self) -> str:
        """SHA-256 of the bytes, in hex."""
        return hashlib.sha256(self.data).hexdigest()


@dataclass(frozen=True)
class Outcome:
    """What one exercise earned. `message` names what happened, never a value, since values are secret."""

    grade_id: str
    number: int
    points: float
    of: float
    status: Status
    message: str = ""
    found_by: str = ""


@dataclass(frozen=True)
class Graded:
    """A submission after grading; without outcomes where the file could not be read."""

    submission: Submission
    lesson: str
    status: Literal["graded", "unreadable", "crashed"]
    message: str = ""
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    seconds: float = 0.0

    @property
    def total(self) -> float:
        """Points earned."""
        return sum(outcome.points for outcome in self.outcomes.values())

    @property
    def possible(self) -> float:
        """Points to be had."""
        return sum(outcome.of for outcome in self.outcomes.values())
