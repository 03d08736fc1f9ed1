"""`release`: what a class gets, and its key."""

from __future__ import annotations

import argparse
import shlex
from pathlib import Path

from course_lib import CourseError

HELP = "prepare lessons for a class: what students get, and the key to grade it with"
DESCRIPTION = """\
Make a folder for a class. DIR/students is for the students: the notebooks, checked to be up to date and without
solutions, graded cells, teaching notes and outputs of checks, and a page that says what to hand in and how.
DIR/private/class.key is for you alone: the secret from which the inputs are drawn on which answers are tried, and the
points. Keep a copy of it; without it nothing handed in can be graded again on the same inputs.

A key lets nobody in and signs nothing: it keeps students from knowing the inputs, no more. Nothing that is there
already is overwritten, neither a release nor a key."""
EXAMPLE = """\
python3 -m course_lib release 01 --out autumn
python3 -m course_lib release 01 06 --out autumn --with-library
                                            students need nothing but the folder
python3 -m course_lib release 02 --out week2 --key ~/keys/week2.key"""
NEEDS = ("jupytext", "nbformat", "nbclient", "ipykernel", "keras", "nbval", "pytest", "jinja2")
EXTRAS = ("lab", "grading")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("lessons", metavar="LESSON", nargs="+", help="which lessons, by number (01) or name")
    parser.add_argument("--out", type=Path, metavar="DIR", required=True, help="a new folder for the release")
    parser.add_argument(
        "--class-seed",
        metavar="S",
        help="a sentence that makes the key: the same sentence, the same secret (default: drawn at random)",
    )
    parser.add_argument(
        "--key", type=Path, metavar="FILE", help="write the key there and not into DIR/private"
    )
    parser.add_argument(
        "--with-library", action="store_true", help="put course_lib and data in: 35 MB, works without a clone"
    )
    parser.add_argument(
        "--timeout",
        type=float,
        default=20.0,
        metavar="S",
        help="seconds a cell may take, as students are told (20, as in `grade`)",
    )


def run(args: argparse.Namespace) -> int:
    from course_lib.authoring.address import UNSET, repository
    from course_lib.authoring.lesson import find_source, load_lesson
    from course_lib.grading import key, release

    if not 0 < args.timeout < float("inf"):
        raise CourseError(f"--timeout is a number of seconds above 0, not {args.timeout}.")
    paths = sorted({find_source(name) for name in args.lessons})
    lessons = [load_lesson(path) for path in paths]
    class_key = key.make([path.stem for path in paths], args.class_seed)
    written = release.write(
        lessons,
        class_key,
        args.out,
        key_path=args.key.expanduser() if args.key else None,
        library=args.with_library,
        seconds=args.timeout,
    )
    points = {lesson.name: sum(lesson.points.values()) for lesson in lessons}
    print("Released " + ", ".join(f"{name} ({value:g} points)" for name, value in points.items()))
    also = ", course_lib and data" if args.with_library else ""
    print(f"\nFor the students:   {written.students}")
    names = ", ".join(f"{name}.ipynb" for name in written.notebooks)
    print(f"    {names}{also}; README.md says what to hand in, how, and what is graded.")
    print("    Checked: up to date; no solution, graded cell, teaching note or output of a check in them.")
    if not args.with_library and repository()[0] == UNSET:
        print(
            "    They need the course too, and it has no address yet: give it to them, or use --with-library."
        )
    print(f"\nFor you alone:      {written.key}   (key {class_key.fingerprint})")
    print(
        "    Keep it secret, as you keep what `grade` and `assemble` write; never put it where students' code"
    )
    print("    runs. Keep a copy: without it nothing can be graded again on the same inputs.")
    print("    The solutions are in lessons/source: if your repository is public, so are they.")
    print("\nWhen the work is in:")
    for name, value in points.items():
        if value:
            number = name.split("_")[0]
            words = ["grade", number, "SUBMISSIONS", "--key", str(written.key), "--out", f"graded{number}"]
            print(f"    python3 -m course_lib {shlex.join(words)}")
    return 0
