"""Teams: who shares a file, by the roster's column `team`.

A file belongs to a team if it is named after the team, as Moodle and Canvas name a group's, or if one of its members
handed it in. Whoever has no file of their own shares the team's, if there is just one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from course_lib.grading.intake.roster import Student, words


def team_key(name: str) -> str:
    """Equal for the ways in which platforms write a team's name: "Red 1", "red_1" and "red1"."""
    return "".join(words(name))


def named_after_teams(names: Sequence[str], roster: Sequence[Student]) -> list[str]:
    """For each file, given by its owner's name, the key of the team that is called so, or "".

    A name that is a student's too is the student's.
    """
    people = {team_key(student.name) for student in roster}
    teams = {team_key(student.team) for student in roster} - people - {""}
    keys = map(team_key, names)
    return [key if key in teams else "" for key in keys]


def files_of_teams(named_after: Sequence[str], students: Sequence[Student | None]) -> dict[str, list[int]]:
    """The places of each team's files, by the team's key.

    Args:
        named_after: for each file what `named_after_teams` found.
        students: for each file who handed it in, if that is known.
    """
    files: dict[str, list[int]] = defaultdict(list)
    for place, (key, student) in enumerate(zip(named_after, students, strict=True)):
        key = key or (team_key(student.team) if student else "")
        if key:
            files[key].append(place)
    return files
