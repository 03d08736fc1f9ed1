"""The class list: reading roster.csv, and finding out which of its students a file belongs to, without guessing."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path

from course_lib import CourseError
from course_lib.grading.intake.entries import shown

MOST_BYTES = 10_000_000
COLUMNS = {
    "name": "name student student_name full_name fullname",
    "first": "first_name firstname given_name",
    "last": "last_name lastname surname family_name",
    "id": "id student_id id_number number student_number matriculation_number sis_user_id identifier",
    "username": "username user login login_id sis_login_id user_name github_username email email_address e_mail",
    "participant": "identifier",
    "section": "section group groups class",
    "team": "team team_name group_name",
}
"""What a heading means, in lower case with underscores; Moodle's, Canvas's and GitHub Classroom's are among them."""
MEANING = {heading: meaning for meaning, headings in COLUMNS.items() for heading in headings.split()}
NOTHING = "Nothing was handed in."
PARTICIPANT = "participant "
LETTERS = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe", "ı": "i", "ð": "d", "þ": "th"})


@dataclass(frozen=True)
class Student:
    """One row of the roster."""

    name: str
    ids: tuple[str, ...] = ()
    usernames: tuple[str, ...] = ()
    section: str = ""
    team: str = ""
    participant: str = ""
    """The number in Moodle's "Participant 17", which is of one assignment; among the ids too."""


@dataclass
class Matches:
    """For each file its student or None, and a note or ""; and who has no file, with the reason."""

    students: list[Student | None] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    missing: list[tuple[Student, str]] = field(default_factory=list)


def load(path: Path) -> list[Student]:
    """The students of a roster, in its order; equal rows count once.

    Raises:
        CourseError: in one line, if it cannot be read or its columns are not known.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)  # of a pipe or device nobody knows the size
        if len(data) > MOST_BYTES:
            raise CourseError(f"{path}: the roster is too large.")
        text = data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except OSError as error:
        raise CourseError(f"{path}: the roster cannot be read ({error.strerror}).") from error
    except UnicodeDecodeError as error:
        raise CourseError(f"{path}: the roster is not UTF-8 text: save it as 'CSV UTF-8'.") from error
    first = (text.splitlines() or [""])[0]
    reader = csv.reader(StringIO(text, newline=""), delimiter=max(",;\t", key=first.count), strict=True)
    try:
        rows = list(reader)
    except csv.Error as error:
        raise CourseError(f"{path}:{reader.line_num}: the roster is no CSV file here ({error}).") from error
    headings = [re.sub(r"[^a-z0-9]+", "_", cell.lower()).strip("_") for cell in (rows or [[]])[0]]
    columns = [MEANING.get(heading, "") for heading in headings]
    if not {"name", "first", "last", "id", "username", "participant"} & set(columns):
        raise CourseError(
            f"{path}: the first line of the roster names its columns, for instance name,student_id,email,section; "
            "a name, an id or a username is needed."
        )
    students = (_student(columns, row) for row in rows[1:])
    return list(dict.fromkeys(student for student in students if student))


def _student(columns: list[str], row: list[str]) -> Student | None:
    values: dict[str, list[str]] = defaultdict(list)
    for column, value in zip(columns, row, strict=False):
        value = shown(" ".join(value.split()))
        if value:
            values[column].append(value)
    # the second line of Canvas's export
    if values["name"] and values["name"][0].lower() == "points possible":
        return None
    name = " ".join([*values["first"], *values["last"]]) if values["last"] or not values["name"] else ""
    name = (
        name
        or next(iter(values["name"]), "")
        or next(iter(values["username"] + values["id"] + values["participant"]), "")
    )
    identifier = " ".join(values["participant"])
    participant = re.fullmatch(r"\D*\s(?P<number>\d+)", identifier)  # "Participant 17", in whatever language
    number = participant["number"] if participant else ""
    ids = [each for each in (number or identifier, *values["id"]) if each]
    ids = [re.sub(r"^participant\s+", "", value, flags=re.IGNORECASE) for value in ids]
    if not name:
        return None
    section, team = " ".join(values["section"]), " ".join(values["team"])
    return Student(name, tuple(ids), tuple(values["username"]), section, team, number)


def match(files: Sequence[tuple[str, str]], roster: Sequence[Student]) -> Matches:
    """Whose is each file, given as (name, id)? By id, else by username, else by name; nothing ambiguous is guessed.

    An id of Moodle is given as "participant 17": it is nobody's number elsewhere, and at most tells namesakes apart.
    """
    index: dict[tuple[str, str], set[int]] = defaultdict(set)
    for place, student in enumerate(roster):
        for key in _keys_of_student(student):
            index[key].add(place)
    matches = Matches([None] * len(files), [""] * len(files))
    claims: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for number, (name, student_id) in enumerate(files):
        keys = _keys_of_file(name, student_id)
        found = [set().union(*(index.get((kind, key), ()) for key in keys[kind])) for kind in keys]
        level = next((level for level, places in enumerate(found) if places), None)
        if level == 2 and len(found[2]) > 1 and student_id.startswith(PARTICIPANT):
            told_apart = found[2] & index.get(("id", _plain_id(student_id.removeprefix(PARTICIPANT))), set())
            found[2] = told_apart or found[2]
        if level is None:
            matches.notes[number] = "It matches nobody on the roster."
        elif len(found[level]) > 1 or (len(found[2]) == 1 and found[2] != found[level]):
            who = sorted({roster[place].name for place in found[level] | found[2]})
            matches.notes[number] = f"It may belong to several on the roster ({_few(who)}); none was chosen."
        else:
            claims[found[level].pop()].append((level, number))
    contested: dict[int, str] = {}
    for place, claim in claims.items():
        best = [number for level, number in claim if level == min(claim)[0]]
        if len(best) == 1:
            matches.students[best[0]] = roster[place]
        else:
            contested[place] = _few([files[number][0] for number in best])
        for _, number in claim:
            if matches.students[number] is None:
                matches.notes[number] = (
                    f"It may belong to {roster[place].name}, as other files may; see the roster."
                )
    taken = {place for place in claims if place not in contested}
    for place, student in enumerate(roster):
        if place not in taken:
            several = f"Several files may be this student's ({contested.get(place)}); none was chosen."
            matches.missing.append((student, several if place in contested else NOTHING))
    return matches


def _keys_of_student(student: Student) -> Iterable[tuple[str, str]]:
    for each in student.ids:
        yield "id", _plain_id(each)
    if student.participant:
        yield "id", _plain_id(PARTICIPANT + student.participant)
    for username in student.usernames:
        yield "username", username.casefold()
        yield "username", username.casefold().partition("@")[0]
    name = words(student.name)
    for group in ("", student.section, student.team):  # Moodle's "Group-Name"
        yield "name", " ".join(sorted(words(group) + name))
    for first in range(len(name)):  # Canvas writes surname and name in one word
        yield "name", "".join(name[first:] + name[:first])


def _keys_of_file(name: str, student_id: str) -> dict[str, set[str]]:
    ids = {_plain_id(student_id)}
    if not student_id.startswith(PARTICIPANT):  # in "Participant 123" the name does not say who 123 is
        ids |= {_plain_id(piece) for piece in re.split(r"[^0-9A-Za-z]+", name) if len(piece) > 2}
        ids.add(_plain_id(name.strip()))
    folded = name.casefold().strip()
    usernames = {folded} | {piece for piece in re.split(r"[\s_]+", folded) if re.search(r"[\d.@]", piece)}
    if not re.search(r"\s", folded):  # lesson-username
        usernames |= {folded[place + 1 :] for place, letter in enumerate(folded) if letter == "-"}
    parts = words(name)
    return {
        "id": ids - {""},
        "username": usernames - {""},
        "name": {" ".join(sorted(parts)), "".join(parts)} - {""},
    }


def _plain_id(text: str) -> str:
    """An id as it is compared: spreadsheets drop zeros at the start."""
    text = text.casefold().strip()
    return text.lstrip("0") or text


def words(name: str) -> list[str]:
    """A name's words as they are compared: small letters without accents."""
    plain = unicodedata.normalize("NFKD", name.casefold().translate(LETTERS))
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return re.findall(r"[^\W_]+", plain)


def _few(names: Sequence[str]) -> str:
    counted = [name if count == 1 else f"{name} ({count} times)" for name, count in Counter(names).items()]
    return ", ".join(counted[:3]) + (f" and {len(counted) - 3} more" if len(counted) > 3 else "")
