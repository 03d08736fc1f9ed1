"""`update`: get the newest version of the course and keep what was written in the lessons."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

from course_lib import ROOT, CourseError
from course_lib.setup import write_errors

HELP = "get the newest version of the course, and keep your answers and notes"
DESCRIPTION = """\
Get the newest version of the course and bring your work into it: answers, notes, cells that you added or changed.
Save and close your lessons first. Every file that is replaced and holds something of yours is kept whole in a folder
such as before/2026-11-28, and what could not be brought over is named. Files that have not changed in the course stay
as they are. If it is interrupted, run it again.

In a clone (`git clone`) the new version comes from the remote that it follows; in a clone of your own fork name the
course's, for example `--remote upstream`. Without git, unpack the new ZIP beside the old folder
and run this in the NEW folder with --from and the OLD one. The old folder is only read, so you can look at the result
before you delete it. --from takes another clone, a ZIP, a folder of downloaded notebooks or one notebook as well."""
EXAMPLE = """\
python3 -m course_lib update --check        what would happen; nothing is changed
python3 -m course_lib update
python3 -m course_lib update --from ../gan-course-old"""
NEEDS = ()
EXTRAS = ()


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--from",
        dest="other",
        type=Path,
        metavar="COPY",
        help="bring the work in another copy of the course into this one: its folder, a ZIP, or a notebook",
    )
    parser.add_argument("--remote", metavar="NAME", help="the git remote that has the course, in a clone")
    parser.add_argument(
        "--check", "--dry-run", action="store_true", help="say what would happen and change nothing"
    )


def run(args: argparse.Namespace) -> int:
    with nullcontext() if args.check else alone(ROOT):
        return bring(args)


def bring(args: argparse.Namespace) -> int:
    """The update itself, or what it would do; prints the lines for the student."""
    # all of it, before git changes the files it would be read from
    from course_lib.updates.clone import Clone, quoted
    from course_lib.updates.other_copy import bring_from
    from course_lib.updates.stepping import update_clone

    try:
        if args.other and args.remote:
            raise CourseError("--from takes another copy, --remote asks git: give the one or the other")
        if args.other:
            lines = bring_from(args.other, ROOT, args.check)
        elif Clone(ROOT).is_one():
            lines = update_clone(ROOT, args.check, args.remote or "")
        else:
            raise CourseError(
                "this copy of the course did not come with git clone, so it cannot fetch: download the new one, unpack "
                f"it beside this folder and run there: python3 -m course_lib update --from {quoted(ROOT)}"
            )
    except OSError as error:
        if error.errno in write_errors.REFUSALS or not os.access(ROOT, os.W_OK):
            raise  # the command line says it
        where = write_errors.file_meant(error) if error.filename else ROOT
        raise CourseError(
            f"cannot read or write {where} ({error.strerror or error}); nothing is lost: mend that, then run the same "
            "command to finish"
        ) from None
    except KeyboardInterrupt:
        raise KeyboardInterrupt("Interrupted; nothing is lost: run the same command to finish it.") from None
    if args.check:
        lines.append("Nothing has been changed; without --check it will be.")
    print("\n".join(lines))
    return 0


@contextmanager
def alone(root: Path) -> Iterator[None]:
    """Lock the course's folder; CourseError if another update is at work there."""
    if os.name == "nt":  # Windows locks no folders
        yield
        return
    import fcntl

    folder = os.open(root, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(folder)
        raise CourseError("another update is at work here: wait until it has ended") from None
    except OSError:
        pass  # a file system without locks
    try:
        yield
    finally:
        os.close(folder)
