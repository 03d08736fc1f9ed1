"""What is graded already: an SQLite file with a row for each submission, on the disk as soon as it is graded.

A script may read it too: table `submission`, where `outcomes` is a JSON list with an object for each exercise, and
`handed_in` an object that says by grade_id what the file shows: code, output, and output of the check.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Self

from course_lib import CourseError
from course_lib.grading.intake.handed_in import HandedIn
from course_lib.grading.intake.submissions import Submission
from course_lib.grading.running.outcome import Graded, Outcome

APPLICATION = 0x47414E43  # "GANC", marks the file as ours
FORMAT = 2
BUSY_SECONDS = 30.0
TABLE = """
CREATE TABLE submission (
    number INTEGER PRIMARY KEY,
    lesson TEXT NOT NULL,
    student TEXT NOT NULL,
    student_id TEXT NOT NULL,
    file TEXT NOT NULL,
    digest TEXT NOT NULL,
    problem TEXT NOT NULL,
    version TEXT NOT NULL,
    status TEXT NOT NULL,
    message TEXT NOT NULL,
    seconds REAL NOT NULL,
    notes TEXT NOT NULL,
    outcomes TEXT NOT NULL,
    handed_in TEXT NOT NULL,
    UNIQUE (lesson, student, student_id, file, digest, problem)
)"""
ADD = "INSERT OR REPLACE INTO submission VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
FIND = """
SELECT status, message, seconds, notes, outcomes, handed_in FROM submission
WHERE lesson = ? AND student = ? AND file = ? AND digest = ? AND problem = ? AND (? IS NULL OR version = ?)
ORDER BY number DESC LIMIT 1"""


class Results:
    """The results in the file at `path`, which is made if it is missing.

    with Results(out / "grades.db") as results:
        results.add(graded, version)
        results.find(submission, "01_gan_math")

    Raises:
        CourseError: in one line, if the file is damaged, not ours, of another version or cannot be written.
    """

    def __init__(self, path: str | os.PathLike) -> None:
        self.path = Path(path)
        with self._clear_errors():
            # isolation_level=None: each statement is committed by itself, before the next line of Python runs
            self.connection = sqlite3.connect(self.path, timeout=BUSY_SECONDS, isolation_level=None)
            try:
                self._open()
            except BaseException:
                self.connection.close()
                raise

    def _open(self) -> None:
        self.connection.execute("BEGIN")  # one look at all: another run may be making the table just now
        with self.connection:
            ours = self._value("PRAGMA application_id") == APPLICATION
            is_empty = not self._value("SELECT count(*) FROM sqlite_master")
            version = self._value("PRAGMA user_version")
        if not ours and not is_empty:
            raise CourseError(f"{self.path} is a database, but not of grades: choose another --out.")
        if version > FORMAT:
            raise CourseError(
                f"{self.path} was made by a newer version of the course: update this one to use it."
            )
        if ours and version < FORMAT:
            raise CourseError(
                f"{self.path} was made by an older version of the course: move it away and run again; "
                "everything is then graded anew."
            )
        if self._value("PRAGMA quick_check") != "ok":
            raise sqlite3.DatabaseError("quick_check failed")
        self._value("PRAGMA journal_mode = WAL")
        self.connection.execute("BEGIN IMMEDIATE")  # two runs that start together make one table
        with self.connection:
            if not self._value("SELECT count(*) FROM sqlite_master"):
                self.connection.execute(TABLE)
                self.connection.execute(f"PRAGMA application_id = {APPLICATION}")
                self.connection.execute(f"PRAGMA user_version = {FORMAT}")

    def _value(self, statement: str) -> int | str:
        return self.connection.execute(statement).fetchone()[0]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.connection.close()

    def add(self, graded: Graded, version: str) -> None:
        """Store it; what was stored of the same submission is replaced. It is on the disk when this returns.

        Args:
            version: what it was graded with: key and course.
        """
        submission = graded.submission
        with self._clear_errors():
            self.connection.execute(
                ADD,
                (
                    _storable(graded.lesson),
                    _storable(submission.student),
                    _storable(submission.student_id),
                    _storable(submission.file),
                    submission.digest,
                    _storable(submission.problem),
                    version,
                    graded.status,
                    _storable(graded.message),
                    graded.seconds,
                    json.dumps(graded.notes),
                    json.dumps([asdict(outcome) for outcome in graded.outcomes.values()]),
                    json.dumps({grade_id: asdict(seen) for grade_id, seen in graded.handed_in.items()}),
                ),
            )

    def lessons(self) -> list[str]:
        """The lessons that something is stored of."""
        with self._clear_errors():
            return [name for (name,) in self.connection.execute("SELECT DISTINCT lesson FROM submission")]

    def find(self, submission: Submission, lesson: str, version: str | None = None) -> Graded | None:
        """How it was graded, or None. It is known by student, file and content, or, unread, by its problem.

        What is returned holds `submission` itself: lateness and ids are those of today.

        Args:
            version: only if it was graded with this one; otherwise the newest result counts.
        """
        known_by = (submission.student, submission.file, submission.digest, submission.problem)
        with self._clear_errors():
            values = (_storable(lesson), *map(_storable, known_by), version, version)
            row = self.connection.execute(FIND, values).fetchone()
            if row is None:
                return None
            status, message, seconds, notes, outcomes, handed_in = row
            found = [Outcome(**each) for each in json.loads(outcomes)]
            by_id = {outcome.grade_id: outcome for outcome in found}
            seen = {grade_id: HandedIn(**each) for grade_id, each in json.loads(handed_in).items()}
            return Graded(submission, lesson, status, message, by_id, tuple(json.loads(notes)), seconds, seen)

    @contextmanager
    def _clear_errors(self) -> Iterator[None]:
        """SQLite's errors as a line that says what to do."""
        try:
            yield
        except sqlite3.OperationalError as error:
            if "locked" in str(error):
                raise CourseError(
                    f"{self.path} is in use: is another `grade` writing to this folder?"
                ) from error
            raise CourseError(f"{self.path} cannot be used ({error}).") from error
        except (sqlite3.DatabaseError, ValueError, TypeError, AttributeError) as error:
            if isinstance(error, CourseError):
                raise
            raise CourseError(
                f"{self.path} is damaged: move it away and run again; everything is then graded anew."
            ) from error


def _storable(text: str) -> str:
    """The same, as SQLite can hold it: a name out of a broken zip may have characters that are none."""
    return text.encode("utf-8", "replace").decode()
