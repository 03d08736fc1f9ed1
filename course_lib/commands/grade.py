"""`grade`: everything a class handed in to one lesson, in one go."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

HELP = "grade what a class handed in, each in a sandbox; points, feedback and a report"
DESCRIPTION = """\
Grade all submissions to a lesson. SUBMISSIONS is a folder of notebooks, a folder with a folder for each student, or the
zip file that Moodle or Canvas gives. From each file only the answers are taken; they run in our own notebook, in a
sandbox without network, and what they compute is compared outside it with our solutions' values for the same secret
inputs. A file that cannot be read, or code that breaks things, costs its own points and disturbs nobody else.

OUT holds afterwards: grades.csv; canvas.csv and moodle.csv to upload; feedback/STUDENT/LESSON.html; report.html on the
class; results.jsonl for scripts; and grades.db, which remembers what is done. Run the same command again after new
files came in, or after Ctrl-C: only what is new or changed is graded.

Points by hand: write them into OUT/adjustments.csv (student, exercise, points, reason) and run it again; 2 sets the
points, '+1 and '-0.5 add to them (with the apostrophe, because spreadsheets eat a plus sign). One OUT a lesson."""
EXAMPLE = """\
  python3 -m course_lib grade 01 submissions.zip --key class.key --out graded
  python3 -m course_lib grade 01 submissions/ --key class.key --out graded --roster roster.csv --jobs 2
  python3 -m course_lib grade 01 submissions/ --key class.key --out graded --student "Ada Lovelace" --exercise 3
  python3 -m course_lib grade --self-test 01             does grading work on this machine?"""
NEEDS = (
    "numpy",
    "nbval",
    "pytest",
    "jupytext",
    "nbformat",
    "nbclient",
    "ipykernel",
    "jinja2",
    "joblib",
    "tqdm",
    "keras",
)
EXTRAS = ("lab", "grading")


USAGE = """\
%(prog)s LESSON SUBMISSIONS --key KEY --out OUT [options]
       %(prog)s --self-test LESSON [--sandbox WHERE] [--timeout S]"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.usage = USAGE  # argparse's own would ask --self-test for all that grading needs
    needed = [
        parser.add_argument("lesson", metavar="LESSON", help="its number, for instance 01"),
        parser.add_argument("submissions", metavar="SUBMISSIONS", type=Path, help="folder or zip file"),
        parser.add_argument("--key", type=Path, required=True, help="the class's key, made by `release`"),
        parser.add_argument("--out", type=Path, required=True, help="folder for the results"),
    ]

    class SelfTest(argparse.Action):
        """Takes a lesson, and then nothing else is needed."""

        def __call__(
            self, _: object, found: argparse.Namespace, lesson: str, option: str | None = None
        ) -> None:
            found.self_test = lesson
            for each in needed:
                each.required = False

    parser.add_argument("--roster", type=Path, help="CSV with the students' names, ids and usernames")
    parser.add_argument(
        "--jobs",
        type=int,
        default=os.cpu_count() or 1,
        metavar="N",
        help="processes (as many as there are cores)",
    )
    parser.add_argument(
        "--timeout",
        type=float,
        default=20.0,
        metavar="S",
        help="seconds that a cell may take (20); another limit grades all anew",
    )
    parser.add_argument(
        "--sandbox",
        choices=("auto", "bwrap", "podman", "docker", "none"),
        default="auto",
        help="where the students' code runs (auto: the first of these that works here, never none)",
    )
    parser.add_argument(
        "--late",
        metavar="POLICY",
        default="0%",
        help="what is taken off late work: 10%%, 2 (points) or 0%% (nothing)",
    )
    parser.add_argument("--student", help="by name or id: grade this student again, and nobody else")
    parser.add_argument("--exercise", help="with --student: this exercise only, by number or grade_id")
    parser.add_argument(
        "--scheduler", default="", metavar="ADDRESS", help="a dask scheduler, tcp://HOST:PORT"
    )
    parser.add_argument(
        "--self-test",
        action=SelfTest,
        metavar="LESSON",
        help="grade built-in right, empty and hostile answers; needs nothing else",
    )


def run(args: argparse.Namespace) -> int:
    if args.self_test:
        from course_lib.grading.running import self_test

        return self_test.run(args.self_test, args.sandbox, args.timeout)
    from course_lib.grading.class_run import grade_class

    grade_class(
        args.lesson,
        args.submissions,
        args.key,
        args.out,
        roster=args.roster,
        late=args.late,
        student=args.student,
        exercise=args.exercise,
        timeout=args.timeout,
        sandbox=args.sandbox,
        jobs=args.jobs,
        scheduler=args.scheduler,
    )
    return 0
