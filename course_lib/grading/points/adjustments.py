"""Points by hand: adjustments.csv, which the instructor writes and we only ever read."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from course_lib import CourseError
from course_lib.authoring.lesson import Lesson
from course_lib.grading.intake.submissions import Submission
from course_lib.grading.points.spreadsheet import cell, number

COLUMNS = ("student", "exercise", "points", "reason")
TOTAL = "total"
MOST_BYTES = 10_000_000
POINTS = re.compile(r"'?([=+-]?)(\d{1,6}(?:\.\d{1,6})?|\.\d{1,6})", re.ASCII)


@dataclass(frozen=True)
class Adjustment:
    """One line: +1, -0.5, or set to 2. where: file and line, for messages."""

    student: str
    exercise: str
    points: float
    is_set: bool
    reason: str
    where: str

    def apply(self, points: float) -> float:
        """The points after it, never below 0."""
        return max(0.0, self.points if self.is_set else points + self.points)

    @property
    def described(self) -> str:
        """For the student: "By hand: set to 2 (the idea is right)."."""
        sign = "set to " if self.is_set else "−" if self.points < 0 else "+"
        reason = f" ({self.reason})" if self.reason else ""
        return f"By hand: {sign}{number(abs(self.points))}{reason}."


def load(path: Path) -> list[Adjustment]:
    """The lines of the file, in its order. If there is none, one with the header is made.

    Raises:
        CourseError: in one line with file and line number, for the first mistake.
    """
    try:
        with path.open("x", encoding="utf-8-sig", newline="") as file:  # the mark is for Excel
            file.write(",".join(COLUMNS) + "\r\n")
    except FileExistsError:
        pass
    except OSError as error:
        raise CourseError(f"{path}: cannot be written ({error.strerror}).") from error
    text = _content(path)
    separator = max(",;\t", key=text.partition("\n")[0].count)
    reader = csv.reader(StringIO(text, newline=""), delimiter=separator, strict=True)
    found: list[Adjustment] = []
    places: dict[str, int] | None = None
    try:
        for row in reader:
            if not any(each.strip() for each in row):
                continue
            where = f"{path}:{reader.line_num}"
            if places is None:
                places = _places(row, where)
            else:
                values = {
                    name: row[place].strip() if place < len(row) else "" for name, place in places.items()
                }
                found.append(_adjustment(values, where, separator))
    except csv.Error as error:
        raise CourseError(f"{path}:{reader.line_num}: this is no line of a CSV file ({error}).") from error
    if places is None:
        raise CourseError(f"{path}:1: the first line is missing: {','.join(COLUMNS)}")
    return found


def _content(path: Path) -> str:
    try:
        if not path.is_file() or path.stat().st_size > MOST_BYTES:
            raise CourseError(f"{path}: this is no CSV file.")
        data = path.read_bytes()
        return data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except OSError as error:
        raise CourseError(f"{path}: cannot be read ({error.strerror}).") from error
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise CourseError(f"{path}:{line}: this is not UTF-8 text: save it as 'CSV UTF-8'.") from error


def _places(header: list[str], where: str) -> dict[str, int]:
    names = [each.strip().lower() for each in header]
    for name in COLUMNS[:3]:
        if names.count(name) != 1:
            raise CourseError(f"{where}: the first line names the columns: {','.join(COLUMNS)}")
    return {name: names.index(name) for name in COLUMNS if name in names}


def _adjustment(values: dict[str, str], where: str, separator: str) -> Adjustment:
    for name in ("student", "exercise"):
        if not values[name]:
            raise CourseError(f"{where}: the {name} is missing.")
    text = values["points"].replace(" ", "").replace("−", "-")
    if separator == ";":  # so spreadsheets separate where 0,5 is a half
        text = text.replace(",", ".")
    points = POINTS.fullmatch(text)
    if not points:
        raise CourseError(f"{where}: points are +1, -0.5, or =2 or 2 to set them, not {values['points']!r}.")
    sign = -1 if points[1] == "-" else 1
    is_set = points[1] in ("", "=")
    reason = values.get("reason", "")
    if separator == "," and reason.isdecimal():  # 0,5 is two cells here, and would set the points to 0
        raise CourseError(f"{where}: the reason is {reason!r}: write half points with a point, as 0.5.")
    return Adjustment(values["student"], values["exercise"], sign * float(points[2]), is_set, reason, where)


def assign(
    adjustments: Sequence[Adjustment], students: Sequence[Submission], lesson: Lesson
) -> tuple[dict[int, list[tuple[str, Adjustment]]], list[str]]:
    """For each student's place in `students` what to do, as (grade_id or "total", adjustment); and warnings.

    A student is meant by name, id or file. Whoever is not known is named in the warnings, and so is an unknown
    exercise.

    Raises:
        CourseError: if several students may be meant.
    """
    by_name: dict[str, set[int]] = {}
    for place, student in enumerate(students):
        for name in (student.student, student.student_id, student.file, student.platform_id):
            for form in (name, cell(name)):  # as copied from grades.csv
                by_name.setdefault(_name_key(form), set()).add(place)
    exercises = {TOTAL: TOTAL}
    for grade_id, exercise in lesson.exercises.items():
        exercises |= dict.fromkeys((grade_id, str(exercise.number), f"exercise {exercise.number}"), grade_id)
    found: dict[int, list[tuple[str, Adjustment]]] = {}
    warnings = []
    for each in adjustments:
        places = by_name.get(_name_key(each.student), set())
        exercise = exercises.get(each.exercise.lower())
        if len(places) > 1:
            raise CourseError(
                f"{each.where}: {len(places)} students are called {each.student!r}: "
                "write the id or the file of the one that is meant."
            )
        if not places:
            warnings.append(
                f"{each.where}: nobody here is called {each.student!r}; the line was passed over."
            )
        elif exercise is None:
            warnings.append(
                f"{each.where}: {lesson.name} has no exercise {each.exercise!r}; the line was passed over."
            )
        else:
            found.setdefault(next(iter(places)), []).append((exercise, each))
    return found, warnings


def _name_key(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold().strip()
