"""The site built: its pages collected in a folder, Sphinx run on them, the result put in its place."""

from __future__ import annotations

import io
import os
import posixpath
import re
import shutil
import tempfile
from collections.abc import Callable, Sequence
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

import nbformat
from sphinx.application import Sphinx
from sphinx.errors import SphinxError
from sphinx.util.docutils import docutils_namespace, patch_docutils

from course_lib import ROOT, CourseError
from course_lib.authoring.lesson import load_lesson
from course_lib.authoring.links import HOW_TO
from course_lib.authoring.pages import links_in
from course_lib.site import library
from course_lib.site.folder import replacing_folder
from course_lib.site.lessons import cures_page, lesson_page
from course_lib.site.markdown import for_the_site
from course_lib.site.mathml import NAME

INSTRUCTORS = ("lessons/INSTRUCTORS.md", "course_lib/training/CLUSTER.md", "course_lib/benchmark/NOTES.md")
COURSE = ("CONTRIBUTING.md", "CHANGELOG.md", "data/README.md", "lessons/LICENSE.md")
MARKDOWN = {"README.md": "index.md"} | {page: page for page in (*INSTRUCTORS, *COURSE)}
"""The Markdown pages of the course, and the pages that they are on the site."""
CURES_LESSON = "08"
FONT = ("fonts", "STIXTwoMath-Regular.ttf")
"""In the package ziamath; SIL Open Font License 1.1."""
SETTINGS = {
    "project": "Generative adversarial networks, hands on",
    "author": "The course contributors",
    "copyright": "The course contributors. Code: MIT. Text and figures of the lessons: CC BY 4.0",
    "html_title": "GANs, hands on",
    "language": "en",
    "extensions": ["myst_nb", "course_lib.site.mathml"],
    "html_theme": "furo",
    "html_theme_options": {"navigation_with_keys": True},
    "html_math_renderer": NAME,
    "html_static_path": ["_static"],
    "html_css_files": ["site.css"],
    # from disk no page may be read by a script, so a found page is named there without an excerpt
    "html_js_files": [
        (
            None,
            {"body": "if (location.protocol == 'file:') DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false"},
        )
    ],
    "html_favicon": "_static/icon.svg",
    "html_copy_source": False,
    "html_permalinks_icon": "#",
    "html_baseurl": "",
    "nb_execution_mode": "off",
    "nb_merge_streams": True,
    "myst_enable_extensions": ["dollarmath", "colon_fence"],
    "myst_heading_anchors": 3,
    "myst_update_mathjax": False,
    "myst_links_external_new_tab": False,
    "add_module_names": False,
    "python_maximum_signature_line_length": 90,
    "toc_object_entries_show_parents": "hide",
}

Progress = Callable[[str, int, int], None]
"""Called for each page that was read or written: its name, which it is, and how many there are."""


class Built(NamedTuple):
    """What was built: lessons and pages in all, and what Sphinx had to say against them, a line each."""

    lessons: int
    pages: int
    warnings: list[str]


def build(
    out: Path,
    lessons: Sequence[Path],
    rooms: Sequence[str],
    solutions: bool = False,
    progress: Progress = lambda *_: None,
) -> Built:
    """Build the site into `out`, whole or not at all; nothing of the course is run.

    Args:
        out: as `folder.check_folder` gives it.
        lessons: sources of the lessons that are to be on it.
        rooms: of the library; "" stands for its flat files.
        solutions: a second page of each lesson, with the solutions and the notes for teachers.
        progress: is told of each page.

    Raises:
        CourseError: a lesson was never built, a file cannot be read or written, or Sphinx gives up.
    """
    with tempfile.TemporaryDirectory() as temporary, replacing_folder(out) as new:
        work = Path(temporary)
        pages = collect(work / "pages", lessons, rooms, solutions)
        # built there and then copied, since myst-nb writes beside the folder that it is given
        warnings = _run_sphinx(work / "pages", work / "built", work / "doctrees", progress)
        shutil.copytree(work / "built", new, dirs_exist_ok=True)
        (new / ".nojekyll").touch()  # GitHub's pages would leave out folders that begin with _
    return Built(len(lessons), len(pages), warnings)


def collect(folder: Path, lessons: Sequence[Path], rooms: Sequence[str], solutions: bool) -> list[str]:
    """Write into `folder` what Sphinx is to read, and return the names of its pages."""
    pages = site_pages(lessons, rooms)
    static = folder / "_static"
    pictures = static / "pictures"
    pictures.mkdir(parents=True)
    shutil.copyfile(files("ziamath").joinpath(*FONT), static / FONT[-1])
    for name in ("site.css", "icon.svg"):
        shutil.copyfile(files("course_lib.site").joinpath(name), static / name)
    written: list[str] = []

    def write(page: str, text: str) -> None:
        (folder / page).parent.mkdir(parents=True, exist_ok=True)
        (folder / page).write_text(text, encoding="utf-8", newline="\n")
        written.append(page)

    for path in lessons:
        lesson = load_lesson(path)
        for where in ("lessons", "solutions")[: 1 + solutions]:
            page = f"{where}/{lesson.name}.ipynb"
            notebook = lesson_page(lesson, page, pages, pictures, where == "solutions")
            write(page, nbformat.writes(notebook))
        if lesson.name.startswith(CURES_LESSON):
            write("cures.md", cures_page(lesson, pages))
    for source, page in MARKDOWN.items():
        text = (ROOT / source).read_text("utf-8").replace(HOW_TO, "")
        for picture in _pictures(text, source):
            (folder / picture).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / picture, folder / picture)
        write(page, for_the_site(text, source, page, pages) + "\n")
    for room in rooms:
        write(f"library/{room or 'flat'}.md", library.room_page(room))
    for path in _modules(rooms):
        write(f"library/{library.module_name(path)}.md", library.module_page(path))
    write("library/index.md", _library_index(rooms))
    with (folder / "index.md").open("a", encoding="utf-8", newline="\n") as index:
        index.write(_contents(written))
    return written


def site_pages(lessons: Sequence[Path], rooms: Sequence[str]) -> dict[str, str]:
    """Which page of the site stands for a file or folder of the course."""
    pages = {f"lessons/{path.stem}.ipynb": f"lessons/{path.stem}.ipynb" for path in lessons}
    pages |= MARKDOWN
    for source in MARKDOWN:
        pages |= {picture: picture for picture in _pictures((ROOT / source).read_text("utf-8"), source)}
    pages |= {"lessons": "index.md", "course_lib": "library/index.md"}
    pages |= {f"course_lib/{room}": f"library/{room}.md" for room in rooms if room}
    for path in _modules(rooms):
        pages[path.relative_to(ROOT).as_posix()] = f"library/{library.module_name(path)}.md"
    return pages


def _modules(rooms: Sequence[str]) -> list[Path]:
    """The files of these rooms that have a page of their own; what an `__init__.py` says stands on the room's page."""
    return [path for room in rooms for path in library.modules_of(room) if path.stem != "__init__"]


def _pictures(markdown: str, source: str) -> list[str]:
    """The pictures of the course that a page shows, from the course's folder."""
    files = (
        posixpath.normpath(posixpath.join(posixpath.dirname(source), to)) for _, to in links_in(markdown)
    )
    return [file for file in files if file.endswith(".png") and (ROOT / file).is_file()]


def _library_index(rooms: Sequence[str]) -> str:
    lines = "\n".join(f"{room or 'flat'}" for room in rooms)
    intro = (
        "The library behind the lessons is small and meant to be read: a page for each file says what is in it and "
        "ends with its source. [](genindex) lists every name."
    )
    return f"# The library\n\n{intro}\n\n```{{toctree}}\n:maxdepth: 1\n\n{lines}\n```\n"


def _contents(written: Sequence[str]) -> str:
    """The tables of contents for the sidebar, which also say what comes before and after a page."""
    parts = {
        "Lessons": [page for page in written if page.startswith("lessons/") and page.endswith(".ipynb")],
        "To print": [page for page in written if page == "cures.md"],
        "Solutions": [page for page in written if page.startswith("solutions/")],
        "For instructors": [*INSTRUCTORS],
        "The course": [*COURSE],
        "Library": ["library/index.md"],
    }
    trees = [
        f"```{{toctree}}\n:hidden:\n:caption: {caption}\n:maxdepth: 1\n\n" + "\n".join(pages) + "\n```"
        for caption, pages in parts.items()
        if pages
    ]
    return "\n\n" + "\n\n".join(trees) + "\n"


def _run_sphinx(source: Path, out: Path, doctrees: Path, progress: Progress) -> list[str]:
    warnings = io.StringIO()
    places = (str(source), None, str(out), str(doctrees))
    try:
        with (
            patch_docutils(),
            docutils_namespace(),
        ):  # what Sphinx registers is forgotten: it may be built again
            app = Sphinx(*places, "html", confoverrides=SETTINGS, status=None, warning=warnings)
            _count(app, progress)
            app.build()
    except SphinxError as error:
        raise CourseError(f"Sphinx gives up: {' '.join(str(error).split())}") from error
    said = re.sub(r"\x1b\[[0-9;]*m", "", warnings.getvalue()).replace(f"{source}{os.sep}", "")
    return [line for line in said.splitlines() if line.strip()]


def _count(app: Sphinx, progress: Progress) -> None:
    """Tell `progress` of each page read, and of each written."""
    done = 0

    def step(name: str) -> None:
        nonlocal done
        done += 1
        progress(name, done, 2 * len(app.project.docnames))

    app.connect("doctree-read", lambda app, _: step(app.env.docname))
    app.connect(
        "html-page-context", lambda app, name, *_: step(name) if name in app.project.docnames else None
    )
