"""What came of a submission: what each exercise in it earned, and all of them together."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from course_lib.grading.intake.handed_in import HandedIn
from course_lib.grading.intake.submissions import Submission

Status = Literal["right", "partly", "wrong", "empty", "error", "too slow", "too much", "lost", "not graded"]
"""Of an exercise. empty: the stub or nothing; too much: memory or output; lost: the kernel died; not graded: no points
are to be had, or another part of the file was asked for."""


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
    """A submission after grading; without outcomes where the file could not be read.

    handed_in: by grade_id, what the file shows for each exercise, so that nobody reads it a second time.
    """

    submission: Submission
    lesson: str
    status: Literal["graded", "unreadable", "crashed"]
    message: str = ""
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    seconds: float = 0.0
    handed_in: dict[str, HandedIn] = field(default_factory=dict)

    @property
    def total(self) -> float:
        """Points earned."""
        return sum(outcome.points for outcome in self.outcomes.values())

    @property
    def possible(self) -> float:
        """Points to be had."""
        return sum(outcome.of for outcome in self.outcomes.values())
