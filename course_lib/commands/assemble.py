"""`assemble`: one submission as a notebook that plain pytest grades."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

HELP = "make one submission into a notebook that pytest grades (trusted work only)"
DESCRIPTION = """\
Put the answers of one submission into our own notebook, with the graded cells and the values they should publish, for
pytest and nbval to run; the exact command is printed. A graded cell that passes earns its points.

The notebook holds expected values, so it is as secret as the key; and pytest runs the student's code outside any
sandbox, with your rights, on your files. For work you trust only: `grade` is for everything else."""
EXAMPLE = """\
python3 -m course_lib assemble ada/01_gan_math.ipynb --key class.key --out ada.ipynb
python3 -m course_lib assemble ada.ipynb --key class.key --out graded.ipynb --lesson 01"""
NEEDS = ("nbval", "pytest", "jupytext", "nbformat", "nbclient", "ipykernel", "keras")
EXTRAS = ("lab", "grading")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("submission", metavar="SUBMISSION", type=Path, help="a student's notebook")
    parser.add_argument("--key", type=Path, required=True, help="the class's key, made by `release`")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="the notebook to write")
    parser.add_argument(
        "--lesson", help="its number, where it does not show (default: by the exercises in the file)"
    )


def run(args: argparse.Namespace) -> int:
    from course_lib.grading import gradable

    written = gradable.write(args.submission, args.key, args.out, args.lesson)
    lesson, collected = written.lesson, written.collected
    print(f"{lesson.name}: {len(collected.answers)} of {len(lesson.exercises)} exercises found in the file.")
    for said in collected.notes:
        print(f"  {said}")
    print("Each cell below that passes earns its points (nbval 0.11 counts cells from 0):")
    code = (cell for cell in written.notebook.cells if cell.cell_type == "code")
    for number, cell in enumerate(code):
        course = cell.metadata.course
        if "points" in course:
            print(f"  Cell {number}: exercise {course.exercise}, points: {course.points:g}")
    print(f"\n{gradable.pytest_command(args.out)}\n", flush=True)
    print(f"warning: {gradable.WARNING}", file=sys.stderr)
    return 0
