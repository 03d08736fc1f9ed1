"""The points of a class as tables: grades.csv, canvas.csv and moodle.csv to upload, results.jsonl for scripts."""

from __future__ import annotations

import html
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from course_lib import CourseError
from course_lib.authoring.lesson import Lesson
from course_lib.files import replacing
from course_lib.grading.intake.submissions import Submission
from course_lib.grading.points import spreadsheet
from course_lib.grading.points.final_points import Marked


def write(marked: Sequence[Marked], lesson: Lesson, out: Path) -> None:
    """Write all tables into the folder `out`, the students in this order. Raises CourseError if that fails."""
    try:
        _grades(marked, lesson, out / "grades.csv")
        _canvas(marked, lesson, out / "canvas.csv")
        _moodle(marked, lesson, out / "moodle.csv")
        lines = [json.dumps(_object(each)) for each in marked]
        with replacing(out / "results.jsonl") as temporary:
            temporary.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    except OSError as error:
        raise CourseError(f"{out}: the tables cannot be written ({error.strerror}).") from error


def _grades(marked: Sequence[Marked], lesson: Lesson, path: Path) -> None:
    headings = [
        f"{cell.number} {each} ({spreadsheet.number(lesson.points[each])})"
        for each, cell in lesson.exercises.items()
    ]
    header = ["student", "id", *headings, "total", "possible", "status", "late", "message", "file"]
    rows = []
    for each in marked:
        who = each.graded.submission
        points = [each.points[grade_id] for grade_id in lesson.exercises]
        late = each.late if who.late else ""
        row = [who.student, who.student_id, *points, each.total, each.possible, each.status, late]
        rows.append([*row, " ".join(each.sentences), who.file])
    spreadsheet.write(path, header, rows, for_excel=True)


def _canvas(marked: Sequence[Marked], lesson: Lesson, path: Path) -> None:
    """Canvas looks students up by its own id, then by SIS ids, then by name; its second row tells the maximum."""
    header = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", lesson.name]
    rows: list[list[str | float]] = [["    Points Possible", "", "", "", "", sum(lesson.points.values())]]
    for each in marked:
        who = each.graded.submission
        # a row that has these two words in its name changes the maximum
        name = who.student.replace("Points Possible", "Points possible")
        own = _own_id(who)
        grade = each.total if each.has_grade else ""
        rows.append([name, _platform_id(who, "canvas"), own, own, who.section, grade])
    spreadsheet.write(path, header, rows)


def _moodle(marked: Sequence[Marked], lesson: Lesson, path: Path) -> None:
    """For the assignment's "Upload grading worksheet", which knows students by Identifier and wants the column of the
    last change, and for the gradebook's CSV import, which knows them by ID number."""
    header = ["Identifier", "Full name", "ID number", "Grade", "Maximum Grade"]
    header += ["Last modified (grade)", "Feedback comments"]
    rows = []
    for each in marked:
        who = each.graded.submission
        number = _platform_id(who, "moodle")
        comment = html.escape(" ".join(each.sentences), quote=False)  # Moodle shows it as HTML
        texts = [f"Participant {number}" if number else "", who.student, _own_id(who)]
        # PHP takes a backslash before a closing quotation mark for an escape: the next student's row would be lost
        texts = [text.replace("\\", "/") for text in texts]
        grade = each.total if each.has_grade else ""
        rows.append([*texts, grade, each.possible, "", comment.replace("\\", "/")])
    spreadsheet.write(path, header, rows)


def _platform_id(who: Submission, platform: str) -> str:
    """The student's number on this platform, if the file came from there."""
    return who.platform_id if who.platform == platform else ""


def _own_id(who: Submission) -> str:
    """The id from the roster: a platform's own number might be another student's id elsewhere."""
    is_platforms = who.student_id in (_platform_id(who, "canvas"), _platform_id(who, "moodle"))
    return "" if is_platforms else who.student_id


def _object(marked: Marked) -> dict:
    graded, who = marked.graded, marked.graded.submission
    return {
        "lesson": graded.lesson,
        "student": who.student,
        "student_id": who.student_id,
        "file": who.file,
        "digest": who.digest,
        "is_late": who.late,
        "status": marked.status,
        "message": graded.message,
        "points": marked.points,
        "late": marked.late,
        "total": marked.total,
        "possible": marked.possible,
        "reasons": marked.reasons,
        "outcomes": [asdict(outcome) for outcome in graded.outcomes.values()],
        "notes": graded.notes,
        "seconds": graded.seconds,
    }
