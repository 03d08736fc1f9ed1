"""Creations as files that say where they come from: a network, which one, with what settings, and on what terms.

    save(theme, creation, "made")                       [made/sprites-faces-17-1.0.png]
    load("made/sprites-faces-17-1.0.png").creation     the same creation, which draws the same picture again

A picture is a PNG file with it in a text chunk. A melody is a WAV and, where mido is installed, a MIDI file, a couplet
a text, with it in a JSON file of the same name beside them. Whoever removes it can: this is for those who want to know,
no protection.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple

from course_lib import CourseError, __version__, datasets
from course_lib.datasets.bundled import checksums
from course_lib.datasets.numbers import check_number
from course_lib.media.whole_files import whole_file
from course_lib.studio.kinds.pictures import told_in
from course_lib.studio.kinds.theme import GREATEST_SEED, LEAST, MADE_BY, MOST, Creation, Theme

LONGEST_TEXT, LARGEST_FILE = 400, 10_000_000


class Provenance(NamedTuple):
    """Where a file comes from. model: below the course's `data`; sha256: of its weights; course: the version."""

    creation: Creation
    parameter: str
    model: str
    sha256: str
    course: str
    trained_on: str
    licence: str
    made_by: str = MADE_BY


def provenance(theme: Theme, creation: Creation) -> Provenance:
    """Of a creation that would be made now."""
    theme.check(creation)
    creation = creation._replace(setting=float(creation.setting), seed=int(creation.seed))
    digest = checksums().get(f"{theme.model}.npz", "")
    facts = theme.parameter, theme.model, digest, __version__, theme.trained_on, theme.licence
    return Provenance(creation, *facts, theme.made_by(creation.style))


def stem(creation: Creation) -> str:
    """A file's name without its ending: letters, digits and hyphens, whatever the style is called."""
    words = re.sub(r"[^a-z0-9]+", "-", f"{creation.theme} {creation.style}".lower()).strip("-")
    return f"{words}-{creation.seed}-{float(creation.setting)}"


def files(theme: Theme, creation: Creation, made: Any = None) -> dict[str, bytes]:
    """The contents by the files' names, for a disk or a link. made: what `theme.make` gave, if it is at hand."""
    told = json.dumps(_entry(provenance(theme, creation)), indent=1, ensure_ascii=False)
    found = theme.files(theme.make(creation) if made is None else made, creation, told)
    beside = {".json": told.encode() + b"\n"} if {*found} != {".png"} else {}
    return {f"{stem(creation)}{ending}": content for ending, content in (beside | found).items()}


def save(theme: Theme, creation: Creation, folder: str | os.PathLike) -> list[Path]:
    """Write the files of one creation into a folder, all or none. See `save_all`."""
    return save_all([(theme, creation, None)], folder)


def save_all(creations: Iterable[tuple[Theme, Creation, Any]], folder: str | os.PathLike) -> list[Path]:
    """Write the files of (theme, creation, what was made or None), all or none; their paths.

    The folder is made if there is none. Raises CourseError for no name of a folder, for a file of the same name that
    was not written here, and where they cannot be written.
    """
    if not isinstance(folder, str | os.PathLike) or not str(folder) or "\0" in str(folder):
        raise CourseError(f"A folder for what was made is wanted, such as 'made', not {folder!r}.")
    contents = {name: content for each in creations for name, content in files(*each).items()}
    paths = {name: Path(folder) / name for name in contents}
    try:
        Path(folder).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CourseError(f"Cannot make the folder {folder}: {error.strerror or error}.") from error
    for path in paths.values():
        if path.is_file():
            _refuse_anothers(path)
    with ExitStack() as stack:
        for name, content in contents.items():
            temporary = stack.enter_context(whole_file(paths[name]))
            try:
                temporary.write_bytes(content)
            except OSError as error:
                raise CourseError(f"Cannot write {paths[name]}: {error.strerror or error}.") from error
    return list(paths.values())


def load(path: str | os.PathLike) -> Provenance:
    """What a file written here says of itself; for any but a PNG, the JSON file beside it.

    Raises CourseError if there is no such file, or none with this in it: another file, or a damaged one.
    """
    if not isinstance(path, str | os.PathLike) or not str(path):
        raise CourseError(f"{path!r} is no name of a file: give the one of something made in the studio.")
    path = Path(path)
    source = path if path.suffix.lower() == ".png" else path.with_suffix(".json")
    try:
        if source.stat().st_size > LARGEST_FILE:
            raise ValueError("too large to be ours")
        content = source.read_bytes()
        text = told_in(content) if source.suffix.lower() == ".png" else content.decode()
        return _checked(json.loads(text))
    except FileNotFoundError as error:
        raise CourseError(f"There is no file {source}: save something first, or mend the name.") from error
    # bytes from anywhere make Pillow and JSON raise many things
    except Exception as error:
        raise CourseError(f"{source} does not say how it was made, or it is damaged.") from error


def _entry(told: Provenance) -> dict[str, Any]:
    entry = told._asdict()
    return {"made_by": entry.pop("made_by"), **entry, "creation": told.creation._asdict()}


def _checked(entry: dict[str, Any]) -> Provenance:
    """The provenance of an entry. Raises an exception of whatever kind for what is none."""
    found = Provenance(**{**entry, "creation": Creation(**entry["creation"])})
    creation = found.creation
    for text in (*found[1:], creation.theme, creation.style):
        if not isinstance(text, str) or len(text) > LONGEST_TEXT:
            raise ValueError("a text is wanted")
    check_number("setting", f"the {found.parameter}", creation.setting, LEAST, MOST)
    datasets.check_whole("seed", "what a creation follows from", creation.seed, 0, GREATEST_SEED)
    return found


def _refuse_anothers(path: Path) -> None:
    try:
        load(path)
    except CourseError as error:
        raise CourseError(f"{path} is there already and was not made here: choose another folder.") from error
