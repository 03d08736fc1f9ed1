"""`test`: run the course's tests."""

from __future__ import annotations

import argparse
import os

from course_lib import ROOT, CourseError

HELP = "run the tests; the first time it sets up what is missing, test tools included"
DESCRIPTION = """\
Run the whole test suite: the library, the command line, every lesson in all its forms, the browser. With --quick
only the fast part, under two minutes on two cores; with --no-long all but what takes a minute and more, such as a
second run of most lessons in the browser. A test that needs a tool this machine lacks (Chromium, bubblewrap) is
skipped, and the summary names the tool and how to install it; with CI=true it fails instead.
Two processes share the tests where there are two cores; --jobs says otherwise (each may need 2 GB).

What follows -- goes to pytest, for instance -k WORD for the tests whose names hold WORD, or -x to stop at the
first failure."""
EXAMPLE = """\
  python3 -m course_lib test
  python3 -m course_lib test --quick
  python3 -m course_lib test -- -k losses -x"""
NEEDS = (
    *("tensorflow", "keras", "numpy", "matplotlib", "mido", "PIL", "tqdm", "ipywidgets"),
    *("ipykernel", "jupyterlab", "jupytext", "nbclient", "nbformat", "tensorboard"),
    *(
        "pytest",
        "xdist",
        "nbval",
        "hypothesis",
        "repo2docker",
        "playwright",
        "scipy",
        "ruff",
        "flit_core",
        "jinja2",
        "joblib",
        "distributed",
    ),
)
EXTRAS = ("lab", "grading", "dev", "studio", "site")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--quick", action="store_true", help="leave out slow tests and those that need a browser"
    )
    parser.add_argument(
        "--no-long",
        action="store_true",
        help="leave out what takes a minute or more and is checked in a shorter way too",
    )
    parser.add_argument(
        "--jobs",
        type=int,
        default=min(2, os.cpu_count() or 1),
        metavar="N",
        help="processes that share the tests",
    )
    parser.add_argument("pytest_args", nargs="*", metavar="-- PYTEST ARGS", help="handed to pytest")


def run(args: argparse.Namespace) -> int:
    import pytest

    os.chdir(ROOT)
    if args.jobs < 1:
        raise CourseError(f"--jobs must be at least 1, not {args.jobs}.")
    left_out = "not slow and not browser" if args.quick else "not long" if args.no_long else ""
    chosen = ["-m", left_out] if left_out else []
    # In the order of collection: the lessons, which take longest, must not come last. tests/conftest.py says how.
    shared = [f"-n{args.jobs}", "--dist=loadscope", "--no-loadscope-reorder"] if args.jobs > 1 else []
    code = pytest.main([*chosen, *shared, *args.pytest_args])
    if code == pytest.ExitCode.INTERRUPTED:
        raise KeyboardInterrupt
    return int(code)
