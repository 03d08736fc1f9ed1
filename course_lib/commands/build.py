"""`build`: lesson sources to notebooks."""

from __future__ import annotations

import argparse
from pathlib import Path

HELP = "make the notebooks from their sources"
DESCRIPTION = """\
Make lessons/NN_topic.ipynb from lessons/source/NN_topic.py: cut the solutions,
put in stubs, run all cells with the solutions and keep their outputs. Notebooks
are never edited by hand; edit the source and build.

A lesson is run again only if its code, or the part of course_lib it imports,
has changed since its outputs were made. To run it in any case, delete the
notebook first. A notebook in which somebody wrote is kept in before/.
LESSON is a number (01), a name (01_gan_math) or a path."""
EXAMPLE = """\
python3 -m course_lib build 01              one lesson
python3 -m course_lib build --check         is every notebook what its source gives?
python3 -m course_lib build --solutions solutions 01 06
                                            the teacher's copies of two lessons"""
NEEDS = ("jupytext", "nbformat", "nbclient", "ipykernel", "keras", "matplotlib", "tqdm")
EXTRAS = ("lab",)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("lessons", metavar="LESSON", nargs="*", help="which lessons (default: all)")
    task = parser.add_mutually_exclusive_group()
    task.add_argument(
        "--check",
        action="store_true",
        help="change nothing; name each notebook that is not what its source gives, and exit 1",
    )
    task.add_argument(
        "--solutions",
        metavar="DIR",
        type=Path,
        help="write the teacher's copies into DIR instead: solutions and notes in, executed",
    )


def run(args: argparse.Namespace) -> int:
    from course_lib import ROOT, CourseError
    from course_lib.authoring import build
    from course_lib.authoring.lesson import find_source, load_lesson, sources
    from course_lib.commands.run import failing_cell_shown, show_progress

    paths = [find_source(name) for name in args.lessons] or sources()
    lessons = [load_lesson(path) for path in paths]
    if args.check:
        problems = [problem for lesson in lessons for problem in build.check_built(lesson)]
        if not args.lessons:
            problems += _without_source(ROOT / "lessons", {path.stem for path in paths})
        for problem in problems:
            print(problem)
        print(f"{len(lessons)} lessons checked, {len(problems)} problems." if problems else "All as built.")
        return 1 if problems else 0
    if args.solutions and args.solutions.resolve() == ROOT / "lessons":
        raise CourseError("--solutions: lessons/ holds the students' copies; choose another folder")
    for lesson in lessons:
        with failing_cell_shown():
            if args.solutions:
                done = f"written to {build.build_solutions(lesson, args.solutions, show_progress)}"
            else:
                keep_work(build.notebook_path(lesson.path))
                executed = build.build(lesson, show_progress)
                done = "executed and written" if executed else "written; its outputs are up to date"
        print(f"{lesson.name}: {done}")
    return 0


def keep_work(notebook: Path) -> None:
    """Keep a notebook in which somebody wrote, as `update` does, before a new one takes its place; say where."""
    from course_lib import ROOT
    from course_lib.updates import keeping
    from course_lib.updates.notebooks import has_work

    if notebook.is_file() and notebook.is_relative_to(ROOT) and has_work(content := notebook.read_bytes()):
        name = notebook.relative_to(ROOT).as_posix()
        folder = keeping.keep({name: content}, ROOT)
        keeping.finish(folder)
        print(f"{name}: somebody wrote in it; that is kept in {folder.relative_to(ROOT).as_posix()}")


def _without_source(folder: Path, names: set[str]) -> list[str]:
    """A notebook among the lessons that no source gives: forgotten, or a solution saved in the wrong place."""
    strangers = sorted(path for path in folder.glob("*.ipynb") if path.stem not in names)
    return [f"lessons/{path.name}: no source gives this notebook; delete it or move it" for path in strangers]
