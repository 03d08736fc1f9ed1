"""`site`: the course as a static site to read."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable

from course_lib.commands.arguments import folder

HELP = "make a web site to read: lessons with their results, library, pages for instructors"
DESCRIPTION = """\
Writes a folder of pages: the lessons with the outputs that are stored in their notebooks, the library described, the
pages for instructors and lesson 08's table of cures, to print. It can be searched, by day and by night, on a telephone
and on paper. Nothing is run, and the pages ask nothing of any other host: open DIR/index.html, or put DIR on a server.

Lessons get buttons for Binder and Colab where the course has an address (`links --repo OWNER/NAME`)."""
EXAMPLE = """\
python3 -m course_lib site --out public
python3 -m course_lib site --out private --solutions
                                            with the answers and the notes for teachers"""
NEEDS = ("jupytext", "nbformat", "nbclient", "keras", "sphinx", "myst_nb", "furo", "math_core", "ziamath")
EXTRAS = ("lab", "site")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--out",
        type=folder,
        required=True,
        metavar="DIR",
        help="a folder: new, empty, or made by `site` before",
    )
    parser.add_argument(
        "--solutions",
        action="store_true",
        help="a second page of each lesson, with solutions and teaching notes: not for a public place",
    )


def run(arguments: argparse.Namespace) -> int:
    from course_lib.authoring.lesson import sources
    from course_lib.site import build, library
    from course_lib.site.folder import check_folder

    out = check_folder(arguments.out)
    started = time.monotonic()
    rooms = ["", *library.rooms()]
    built = build.build(out, sources(), rooms, arguments.solutions, progress_line())
    size = sum(path.stat().st_size for path in out.rglob("*") if path.is_file())
    for warning in built.warnings:
        print(warning, file=sys.stderr)
    print(
        f"{arguments.out / 'index.html'}: {built.lessons} lessons, {built.pages} pages, {size / 1e6:.0f} MB, "
        f"in {time.monotonic() - started:.0f} s; open it in a browser."
    )
    return 0


def progress_line() -> Callable[[str, int, int], None]:
    """One line that counts pages; where the output is no terminal, a line every hundred."""
    shown = sys.stderr.isatty()

    def tell(name: str, done: int, total: int) -> None:
        if shown:
            print(
                f"\r\x1b[K{done} of {total}: {name[:60]}",
                end="" if done < total else "\r\x1b[K",
                file=sys.stderr,
                flush=True,
            )
        elif done % 100 == 0:
            print(f"{done} of {total} steps", file=sys.stderr, flush=True)

    return tell
