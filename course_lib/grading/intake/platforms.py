"""How Moodle and Canvas name the files of a download, and whose a name says a file is.

Moodle: `Name_17_assignsubmission_file/...`, `..._onlinetext/...`, or all in one folder, `..._file_hw.ipynb`. The name
holds no underscore; with blind marking it is "Participant", for a team the team's name, which may have no number.

Canvas: `name_LATE_17_99_hw.ipynb`, where 17 is the student, 99 the attachment, and everything behind is the student's
own. Text and links are `name_17_text.html`, `name_17_link.html`. With anonymous grading the name is
`LATE_anon_x5d8f_99_hw.ipynb`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

MOODLE = re.compile(r"(?P<name>.+?)(?:_(?P<id>[0-9]+))?_assignsubmission_[a-z]+(?:_(?P<file>.*))?", re.DOTALL)
ANONYMOUS = re.compile(
    r"(?P<late>LATE_)?anon_(?P<again>LATE_)?(?P<id>[0-9A-Za-z]+)_"
    r"(?:(?P<attachment>[0-9]+)_(?P<file>.+)|(?P<text>(?:text|link)\.html))",
    re.DOTALL,
)
CANVAS = re.compile(
    r"(?P<name>.*?)_(?P<late>LATE_)?(?P<id>[1-9][0-9]*)_(?P<attachment>[1-9][0-9]*)_(?P<file>.+)", re.DOTALL
)
CANVAS_TEXT = re.compile(r"(?P<name>.*?)_(?P<late>LATE_)?(?P<id>[1-9][0-9]*)_(?P<file>(?:text|link)\.html)")
NUMBER_FIRST = re.compile(r"(?P<number>[1-9][0-9]*)_(?P<file>.+)", re.DOTALL)


@dataclass(frozen=True)
class Owner:
    """Who a file belongs to, by its path. Files of equal `key` belong to one student."""

    key: tuple[str, ...]
    name: str
    id: str = ""
    """The number on the platform, "" where it has none that others know the student by."""
    late: bool = False
    file: str = ""
    """What the student called the file, as far as that is known."""
    attachment: int = 0
    platform: str = ""
    """ "moodle", "canvas" or ""."""


def moodle(top: str) -> Owner | None:
    """The owner by the first part of a path, if Moodle named it; `file` is "" for a folder.

    The number is the student's within one assignment only, so the name is part of the key: of downloads that were put
    into one folder, nobody takes another's place.
    """
    found = MOODLE.fullmatch(top)
    if not found:
        return None
    number = found["id"] or ""
    return Owner(
        ("moodle", found["name"], number), found["name"], number, file=found["file"] or "", platform="moodle"
    )


def canvas(files: Iterable[str]) -> dict[str, Owner]:
    """Of files that lie side by side, those that Canvas named, each with its owner; the rest is left out.

    One student an id, whatever the name says. Canvas takes `_17_` out of names, but a name may end with `_17`; then,
    and if a student's own file begins with a number, a name can be read in two ways:

        student_1_345_678_hw.ipynb        student 1 handed in "678_hw.ipynb", or student 345 "hw.ipynb"?

    What the other files show decides: how long the numbers of attachments are, and that none is there twice. If it
    does not, no number is believed.
    """
    readings = {file: found for file in files if (found := _readings(file))}
    lengths = {len(found[0]["attachment"]) for found in readings.values() if len(found) == 1}
    uses = Counter(each["attachment"] for found in readings.values() for each in found)
    owners = {}
    for file, found in readings.items():
        likely = found
        if len(likely) > 1:
            likely = [each for each in found if len(each["attachment"]) in lengths] or found
        if len(likely) > 1:
            likely = [each for each in found if uses[each["attachment"]] == 1] or found
        owners[file] = _of_canvas(likely[0]) if len(likely) == 1 else _undecided(found)
    return owners | _without_attachment(files, owners)


def is_platforms(names: Iterable[str]) -> bool:
    """Is any of these as Moodle or Canvas names what it packs?"""
    return any(MOODLE.fullmatch(name) or _readings(name) for name in names)


def _readings(file: str) -> Sequence[dict[str, str]]:
    """What the name may mean, one or two readings; none if it is not Canvas's."""
    if anonymous := ANONYMOUS.fullmatch(file):
        late, file = anonymous["late"] or anonymous["again"], anonymous["file"] or anonymous["text"]
        number = anonymous["attachment"] or "0"
        return [
            {"name": "", "late": late, "id": anonymous["id"], "attachment": number, "file": file, "anon": ""}
        ]
    first = CANVAS.fullmatch(file)
    if not first:
        return []
    second = NUMBER_FIRST.fullmatch(first["file"])
    if not second or first["late"]:  # Canvas writes names in small letters: LATE ends them
        return [first.groupdict()]
    longer = {"name": f"{first['name']}_{first['id']}", "late": "", "id": first["attachment"]}
    return [first.groupdict(), {**longer, "attachment": second["number"], "file": second["file"]}]


def _of_canvas(reading: dict[str, str]) -> Owner:
    attachment = int(reading["attachment"][:18])
    is_late, file = bool(reading["late"]), reading["file"]
    if "anon" in reading:  # one word, no number: a student of the roster may have this number
        key = ("canvas", "anonymous", reading["id"])
        return Owner(key, f"anon{reading['id']}", "", is_late, file, attachment, "canvas")
    key = ("canvas", reading["id"])
    name = reading["name"] or f"student {reading['id']}"
    return Owner(key, name, reading["id"], is_late, file, attachment, "canvas")


def _undecided(found: Sequence[dict[str, str]]) -> Owner:
    """All that may be part of the name, for people to look at, as the name."""
    name = f"{found[1]['name']}_{found[1]['id']}"
    key = ("canvas", "undecided", name)
    return Owner(key, name, file=found[0]["file"], attachment=0, platform="canvas")


def _without_attachment(files: Iterable[str], owners: dict[str, Owner]) -> dict[str, Owner]:
    """Texts and links, which are Canvas's only if other files are."""
    found = {}
    for file in files if owners else ():
        text = CANVAS_TEXT.fullmatch(file)
        if text and file not in owners:
            key, name = ("canvas", text["id"]), text["name"] or f"student {text['id']}"
            found[file] = Owner(key, name, text["id"], bool(text["late"]), text["file"], 0, "canvas")
    return found
