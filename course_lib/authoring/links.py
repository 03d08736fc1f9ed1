"""Launch links: written into the README and the lessons' notebooks, without executing anything.

A notebook's outputs, ids and digests stay as they are, and a file in which nothing changes is not touched.
"""

from __future__ import annotations

import json
import re
from contextlib import ExitStack
from pathlib import Path

from course_lib import ROOT, CourseError
from course_lib.authoring.address import SETTINGS, Address, assuming, rewritten, settings_text
from course_lib.authoring.as_shipped import digest, is_as_shipped
from course_lib.authoring.first_cell import first_cell
from course_lib.authoring.lesson import sources
from course_lib.authoring.student import launch_links, with_launch_links
from course_lib.files import replacing

README = ROOT / "README.md"
SOURCES = ROOT / "lessons" / "source"
BOM = "\ufeff"
"""What some editors of Windows put before all text."""
HALF = re.compile(r"[\ud800-\udfff]")
"""Half a character, as a cut emoji leaves one: JSON can name it, no file can hold it."""
BEGIN, END = "<!-- launch links -->", "<!-- end of launch links -->"
"""What stands before and after those of the first lesson in the README; between the two everything is written anew."""
HOW_TO = (
    "For buttons that open the lessons on Binder and Colab, give the course its address: "
    "`python3 -m course_lib links --repo OWNER/NAME`."
)
"""What stands in their place while the course has no address."""


def set_address(address: Address) -> list[Path]:
    """Write the address into pyproject.toml and every launch link, and return the files that changed.

    Raises:
        CourseError: a file cannot be read or has no place for the links; then nothing is changed.
    """
    with assuming(address):
        old = {SETTINGS: settings_text()} | {path: read(path) for path in carriers()}
        new = {SETTINGS: rewritten(old[SETTINGS], address)}
        new |= {path: stamped(path, text)[0] for path, text in old.items() if path != SETTINGS}
    changed = [path for path in new if new[path] != old[path]]
    with ExitStack() as files:  # each takes its place only when all of them are written
        for path in changed:
            files.enter_context(replacing(path)).write_bytes(new[path].encode("utf-8"))
    return changed


def outdated(path: Path) -> list[str]:
    """What in a file is not as the setting has it, in words: nothing, its launch links, its set-up cell."""
    return stamped(path, read(path))[1]


def carriers() -> list[Path]:
    """The files that carry launch links: the README, and the notebook of each lesson that has one."""
    notebooks = [source.parent.parent / f"{source.stem}.ipynb" for source in sources(SOURCES)]
    return [README, *(path for path in notebooks if path.exists())]


def read(path: Path) -> str:
    """A file's text, character for character, or a CourseError."""
    try:
        return path.read_bytes().decode("utf-8")
    except OSError as error:
        raise CourseError(f"cannot read {shown(path)}: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise CourseError(
            f"{shown(path)} is not UTF-8 text (from byte {error.start} on): open it in an editor and save it as UTF-8"
        ) from None


def shown(path: Path) -> str:
    """A file of the course as messages name it."""
    return path.relative_to(ROOT).as_posix()


def stamped(path: Path, text: str) -> tuple[str, list[str]]:
    """The text of README or notebook with the launch links of the setting, and the names of what changed in it.

    Raises:
        CourseError: there is no place for them.
    """
    return _stamped_notebook(path, text) if path.suffix == ".ipynb" else _stamped_readme(text)


def _stamped_readme(text: str) -> tuple[str, list[str]]:
    between = re.compile(rf"(?<={re.escape(BEGIN)})[\s\S]*?(?={re.escape(END)})")
    if not between.search(text):
        raise CourseError(
            f"README.md has no place for the launch links: put back the lines {BEGIN} and {END}"
        )
    end = "\r\n" if "\r\n" in text else "\n"
    row = next((launch_links(source.stem) for source in sources(SOURCES)), "") or HOW_TO
    new = between.sub(lambda _: f"{end}{row}{end}", text, count=1)
    return new, ["its launch links"] * (new != text)


def _stamped_notebook(path: Path, text: str) -> tuple[str, list[str]]:
    changed = []
    try:
        notebook = json.loads(text.removeprefix(BOM))
        # a student may have put a cell before it
        ours = (cell for cell in notebook["cells"] if cell.get("metadata", {}).get("course"))
        first = next(ours, notebook["cells"][0])
        setup = next(cell for cell in notebook["cells"] if cell.get("id") == "course-setup")
        for cell, source, what in (
            (first, with_launch_links("".join(first["source"]), path.stem), "its launch links"),
            (setup, first_cell(), "its set-up cell"),
        ):
            if "".join(cell["source"]) != source:
                if is_as_shipped(cell):
                    cell["metadata"]["course"]["digest"] = digest(source)
                cell["source"] = source.splitlines(keepends=True)
                changed.append(what)
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, StopIteration):
        mend = f"move it to another folder, then run: python3 -m course_lib build {path.stem.split('_')[0]}"
        raise CourseError(f"{shown(path)} is not a notebook that was built here; {mend}") from None
    if not changed:
        return text, []
    # as nbformat and JupyterLab write notebooks, so that all other bytes stay as they are
    new = BOM * text.startswith(BOM) + json.dumps(notebook, ensure_ascii=False, indent=1) + "\n"
    return HALF.sub(lambda half: f"\\u{ord(half[0]):x}", new), changed
