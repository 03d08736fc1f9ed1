"""Submissions, from what a class handed in: a folder, a zip of Moodle or Canvas, clones of GitHub Classroom, one file.

One submission a student. A bad file is that student's problem and never stops the others; what was passed over is
said in the notes.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from course_lib import CourseError
from course_lib.grading.intake.entries import Entry, shown
from course_lib.grading.intake.listing import is_zip, listing, unpacked
from course_lib.grading.intake.owners import is_notebook, likeness, owners
from course_lib.grading.intake.platforms import Owner, is_platforms
from course_lib.grading.intake.roster import NOTHING, PARTICIPANT, Student, load, match
from course_lib.grading.intake.teams import files_of_teams, named_after_teams, team_key

MOST_TOGETHER = 2_000_000_000
"""Bytes of a whole class, which are held in memory."""
MOST_ZIPS = 5
MOST_TRIED = 10
"""Of one student's zips and notebooks: many that are broken should not hold up the class."""


@dataclass(frozen=True)
class Submission:
    """One file that a student handed in.

    student: the name to show, any text. student_id: from the roster or else the platform, "" if there is none;
    platform_id: the number on the platform, "moodle" or "canvas", for its upload file. file: where it was found, inside
    the folder or zip. data: its bytes; problem: why there are none, in one line. notes: how it was come by, for the
    student.
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
    platform: str = ""

    @property
    def digest(self) -> str:
        """SHA-256 of the bytes, in hex."""
        return hashlib.sha256(self.data).hexdigest()


def gather(path: Path, lesson: str, roster: Path | None = None) -> list[Submission]:
    """One submission for each student, sorted by name; with a roster, those who handed nothing in are among them.

    Args:
        path: a folder, a zip or a notebook.
        lesson: its name, "01_gan_math"; of several notebooks of a student the one that is called so is taken.
        roster: a CSV file; its names and ids are used where a file's owner is found in it.

    Raises:
        CourseError: if there is no notebook at all, the zip as a whole is broken, or the roster cannot be read.
    """
    students = load(roster) if roster else []  # first: a mistake there should not cost the reading
    with listing(Path(path)) as entries:
        belongings: dict[tuple[str, ...], list[tuple[Entry, Owner]]] = {}
        for entry, owner in owners(_without(entries, path, roster), lesson):
            belongings.setdefault(owner.key, []).append((entry, owner))
        found, together, some = [], 0, False
        for key in sorted(belongings):
            mine = _with_zips_unpacked(belongings[key], lesson)
            if len(belongings) == 1 and _is_platforms_zip(mine):
                break
            some = some or any(is_notebook(owner.file) for _, owner in mine)
            submission = _one_of(mine, lesson)
            together += len(submission.data)
            if together > MOST_TOGETHER:
                problem = "The files together are too large for one run: grade the class in parts."
                submission = replace(submission, data=b"", problem=problem)
            found.append(submission)
        if not some:
            raise CourseError(_nothing(path, entries))
    if roster:
        found = _named(found, students)
    return sorted(found, key=_order)


def _without(entries: Sequence[Entry], path: Path, roster: Path | None) -> list[Entry]:
    """The entries, the roster not among them."""
    if roster is None or roster.resolve().parent != path.resolve():
        return list(entries)
    return [entry for entry in entries if entry.parts != (shown(roster.name),)]


def _nothing(path: Path, entries: Sequence[Entry]) -> str:
    archives = [entry.label for entry in entries if entry.label.lower().endswith(".zip")]
    hint = f"; it holds {archives[0]}: name that file, if it is the platform's" if archives else ""
    return f"{shown(str(path))} holds no notebook (.ipynb){hint}."


def _with_zips_unpacked(mine: list[tuple[Entry, Owner]], lesson: str) -> list[tuple[Entry, Owner]]:
    """The files of one student, zips replaced by what lies in them, unless the lesson's notebook lies beside them."""
    if any(likeness(each.file, lesson) == 3 and _is_readable(entry, each) for entry, each in mine):
        return mine
    zips = [entry for entry, each in mine if is_zip(each.file) and not entry.is_folder and not entry.problem]
    found = []
    for entry, each in mine:
        inside = unpacked(entry) if entry in zips[:MOST_ZIPS] else [entry]
        # whose it is, is said by the zip's own place and name, never by a name in it
        found += [(one, replace(each, file=one.parts[-1]) if one.in_zip else each) for one in inside]
    return found


def _is_readable(entry: Entry, owner: Owner) -> bool:
    return is_notebook(owner.file) and not entry.is_folder and not entry.problem


def _is_platforms_zip(mine: list[tuple[Entry, Owner]]) -> bool:
    """All there is lies in one zip, and there it is named as Moodle or Canvas names it."""
    return all(entry.in_zip for entry, _ in mine) and is_platforms(
        part for entry, _ in mine for part in entry.parts[1:]
    )


def _one_of(mine: list[tuple[Entry, Owner]], lesson: str) -> Submission:
    """The submission of one student, out of all this student's files."""
    owner = mine[0][1]
    late = any(each.late for _, each in mine)
    notebooks = [(entry, each) for entry, each in mine if is_notebook(each.file) and not entry.is_folder]

    def rank(place: int) -> tuple:
        entry, each = notebooks[place]
        return (
            not entry.problem,
            likeness(each.file, lesson),
            each.attachment,
            not entry.in_zip,
            entry.when,
            entry.parts,
            place,
        )

    ranked = [notebooks[place] for place in sorted(range(len(notebooks)), key=rank, reverse=True)]
    blank = Submission(shown(owner.name), "", student_id=owner.id, late=late, platform_id=owner.id)
    blank = replace(blank, platform=owner.platform)
    if not ranked:
        return replace(blank, file=_folder(mine), problem=_no_notebook(mine))
    notes: list[str] = []
    first = ranked[0]
    problem = ""
    for place, (entry, each) in enumerate(ranked[:MOST_TRIED]):
        if likeness(each.file, lesson) < likeness(first[1].file, lesson):
            break
        try:
            if entry.problem:
                raise CourseError(entry.problem)
            data = entry.read()
        except CourseError as error:
            problem = problem or str(error)
            continue
        if place:
            notes.append(f"{first[0].label} could not be read: {problem}")
        others = [other for other, _ in ranked if other is not entry and (not place or other is not first[0])]
        notes += _passed_over(others, entry)
        return replace(blank, file=entry.label, data=data, notes=tuple(notes))
    notes += _passed_over([other for other, _ in ranked[1:]], first[0])
    return replace(blank, file=first[0].label, problem=problem, notes=tuple(notes))


def _passed_over(others: list[Entry], taken: Entry) -> list[str]:
    if not others:
        return []
    more = f" and {len(others) - 3} more" if len(others) > 3 else ""
    return [f"{taken.label} was taken; passed over: {', '.join(other.label for other in others[:3])}{more}."]


def _no_notebook(mine: list[tuple[Entry, Owner]]) -> str:
    problems = [entry.problem for entry, _ in mine if entry.problem]
    files = [each.file for entry, each in mine if not entry.is_folder and not entry.problem]
    if problems and not files:
        return problems[0]
    if any(file.lower().endswith((".zip", ".7z", ".rar", ".gz", ".tar")) for file in files):
        return f"No notebook: unpack {files[0]} and hand in the .ipynb file itself."
    if not files:
        return "The folder holds no notebook (.ipynb)."
    more = f" and {len(files) - 3} more" if len(files) > 3 else ""
    return f"No notebook (.ipynb) was handed in, only {', '.join(files[:3])}{more}."


def _folder(mine: list[tuple[Entry, Owner]]) -> str:
    """The label for somebody without a notebook: the first of the files, or the folder."""
    files = [entry.label for entry, _ in mine if not entry.is_folder]
    return (files or [entry.label for entry, _ in mine])[0]


def _named(found: list[Submission], students: list[Student]) -> list[Submission]:
    """The same with the roster's names and ids, and with those who handed nothing in or have it from their team."""
    teams = named_after_teams([each.student for each in found], students)
    # a team's number may be a student's too, and is never looked up
    keys = [("", "") if team else _key(each) for each, team in zip(found, teams, strict=True)]
    matches = match(keys, students)
    of_teams = files_of_teams(teams, matches.students)
    missing, shared = [], set()
    for student, problem in matches.missing:
        places = of_teams.get(team_key(student.team), []) if problem == NOTHING else []
        if len({found[place].digest for place in places}) > 1:
            files = ", ".join(found[place].file for place in places[:3])
            problem = f"Several files may be those of the team {student.team} ({files}); none was chosen."
        elif places:
            missing.append(_of_team(found[places[0]], student))
            shared |= set(places)
            continue
        missing.append(_as(Submission("", "", problem=problem), student))
    named = []
    for place, each in enumerate(found):
        student, note = matches.students[place], matches.notes[place]
        if teams[place]:
            if place in shared:
                continue
            note = "It is a team's, and nobody of the team needed it; see the roster."
        each = _as(each, student) if student else each
        named.append(replace(each, notes=(*each.notes, note)) if note else each)
    return named + missing


def _key(found: Submission) -> tuple[str, str]:
    prefix = PARTICIPANT if found.platform == "moodle" and found.student_id else ""
    return found.student, prefix + found.student_id


def _as(found: Submission, student: Student) -> Submission:
    """The same under the roster's name."""
    number = student.ids[0] if student.ids else found.student_id
    return replace(found, student=student.name, student_id=number, section=student.section)


def _of_team(found: Submission, student: Student) -> Submission:
    """A team's file as this member's. The number on the platform is the team's, or that of who handed it in."""
    note = f"Handed in by the team {student.team}: the points are those of all its members."
    number = student.participant if found.platform == "moodle" else ""
    return replace(
        _as(replace(found, student_id=""), student), platform_id=number, notes=(*found.notes, note)
    )


def _order(found: Submission) -> tuple:
    return (
        unicodedata.normalize("NFKD", found.student.casefold()),
        found.student_id,
        found.file,
        found.student,
    )
