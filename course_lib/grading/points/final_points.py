"""Marks: what a submission counts in the end, the points of grading less lateness, then adjusted by hand."""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

from course_lib import CourseError
from course_lib.authoring.lesson import Lesson
from course_lib.grading.points.adjustments import TOTAL, Adjustment, assign
from course_lib.grading.points.spreadsheet import number
from course_lib.grading.running.outcome import Graded


@dataclass(frozen=True)
class LatePolicy:
    """What late work loses: a share of the points it earned, or a number of points."""

    amount: float
    is_percent: bool

    @classmethod
    def of(cls, text: str) -> LatePolicy:
        """From "10%", "2" or "0%". Raises CourseError for anything else."""
        found = re.fullmatch(r"\s*(\d{1,6}(?:\.\d{1,6})?)\s*(%?)\s*", text, re.ASCII)
        if not found or (found[2] and float(found[1]) > 100):
            raise CourseError(f"--late is a share up to 100% or a number of points (10%, 2), not {text!r}.")
        return cls(float(found[1]), bool(found[2]))

    def off(self, points: float) -> float:
        """What is taken off these points, at most all of them."""
        return round(min(points, points * self.amount / 100 if self.is_percent else self.amount), 4)


@dataclass(frozen=True)
class Marked:
    """A submission with its final points.

    points: by grade_id, after adjustments, for all exercises of the lesson (0 where nothing could be graded).
    late: taken off their sum for lateness. total: what counts, adjustments of the total included.
    reasons: by grade_id or "total", what was changed after grading, in sentences for the student.
    """

    graded: Graded
    points: dict[str, float]
    late: float
    total: float
    possible: float
    reasons: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def status(self) -> str:
        """Of the submission: graded, unreadable, crashed, or missing if nothing was handed in."""
        return self.graded.status if self.graded.submission.file else "missing"

    @property
    def has_grade(self) -> bool:
        """False if nobody has graded it, no instructor either: it is uploaded as a blank, which changes nothing."""
        return self.graded.status == "graded" or bool(self.reasons)

    @property
    def sentences(self) -> list[str]:
        """What there is to say beside points: what happened to the file and each exercise, and what was changed."""
        said = [self.graded.message] if self.graded.message else []
        outcomes = self.graded.outcomes
        for grade_id in [*outcomes, *(each for each in self.reasons if each not in outcomes)]:
            outcome = outcomes.get(grade_id)
            about = (
                f"Exercise {outcome.number}: " if outcome else "" if grade_id == TOTAL else f"{grade_id}: "
            )
            texts = [outcome.message if outcome else "", *self.reasons.get(grade_id, ())]
            said += [about + text for text in texts if text]
        return said


def mark(
    graded: Graded, lesson: Lesson, late: LatePolicy, changes: Sequence[tuple[str, Adjustment]] = ()
) -> Marked:
    """Its final points, never below 0. changes: (grade_id or "total", adjustment), in the order they are made."""
    points = dict.fromkeys(lesson.exercises, 0.0)
    points |= {each: outcome.points for each, outcome in graded.outcomes.items() if each in points}
    off = late.off(sum(points.values())) if graded.submission.late else 0.0
    reasons: dict[str, tuple[str, ...]] = {}
    if off:
        share = f" ({number(late.amount)}%)" if late.is_percent else ""
        reasons[TOTAL] = (f"Handed in late: −{number(off)}{share}.",)
    for grade_id, change in changes:
        reasons[grade_id] = (*reasons.get(grade_id, ()), change.described)
        if grade_id != TOTAL:
            points[grade_id] = round(change.apply(points[grade_id]), 4)
    total = max(0.0, sum(points.values()) - off)
    for grade_id, change in changes:
        if grade_id == TOTAL:
            total = change.apply(total)
    return Marked(graded, points, off, round(total, 4), sum(lesson.points.values()), reasons)


def mark_class(
    everybody: Sequence[Graded], lesson: Lesson, late: LatePolicy, by_hand: Sequence[Adjustment] = ()
) -> list[Marked]:
    """All with their final points, sorted by name; on stderr a line for each adjustment that is nobody's here.

    Raises:
        CourseError: if several students may be meant by an adjustment.
    """
    everybody = sorted(everybody, key=_by_name)
    changes, warnings = assign(by_hand, [each.submission for each in everybody], lesson)
    for warning in warnings:
        print(f"warning: {warning}", file=sys.stderr)
    return [mark(each, lesson, late, changes.get(place, ())) for place, each in enumerate(everybody)]


def _by_name(graded: Graded) -> tuple[str, ...]:
    who = graded.submission
    name = unicodedata.normalize("NFKD", who.student.casefold())
    plain = "".join(letter for letter in name if not unicodedata.combining(letter))  # É among the Es
    return plain, who.student, who.student_id, who.file, who.digest
