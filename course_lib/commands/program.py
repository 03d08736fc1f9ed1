"""The commands' parser, and what becomes of their errors.

Like `setup/bootstrap.py`, this file must parse on Python 3.8.
"""

from __future__ import annotations

import argparse
import difflib
import importlib
import io
import os
import re
import shlex
import shutil
import sys
import textwrap

from course_lib import ROOT, CourseError, __version__
from course_lib.keras_settings import prepare_keras
from course_lib.setup import bootstrap, home, write_errors

COMMANDS = (
    *("lab", "test", "doctor", "train", "sample", "publish", "audit", "bench", "run"),
    *("release", "grade", "assemble", "build", "links", "update"),
)

WITHOUT_COURSE = ("sample",)
"""Commands that need no lessons and no data."""

DESCRIPTION = """\
A hands-on course on generative adversarial networks, from the mathematics to a
working DCGAN. The first command sets up what is missing in .venv, once; after
that every command starts in seconds."""

EXAMPLE = """\
examples:
  python3 -m course_lib lab                       open the lessons in the browser
  python3 -m course_lib test                      check that everything works here
  python3 -m course_lib train --seconds 120 --out runs/first
                                                  train a DCGAN without a notebook
  python3 -m course_lib COMMAND --help            what a command does, with examples"""


def build_parser() -> argparse.ArgumentParser:
    """The parser of all commands; each describes itself in `course_lib/commands/`."""
    style = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(
        prog="python3 -m course_lib", description=filled(DESCRIPTION), epilog=EXAMPLE, formatter_class=style
    )
    parser.add_argument("--version", action="version", version=f"gan-course {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name in COMMANDS:
        command = importlib.import_module(f"course_lib.commands.{name}")
        epilog = "examples:\n" + textwrap.indent(textwrap.dedent(command.EXAMPLE), "  ")
        own = commands.add_parser(
            name,
            help=command.HELP,
            description=filled(command.DESCRIPTION),
            epilog=epilog,
            formatter_class=style,
        )
        command.add_arguments(own)
        own.set_defaults(own_parser=own)
    return parser


def filled(text: str) -> str:
    """Paragraphs broken for this terminal's width, as argparse breaks all but the description; no word is cut."""
    width = min(shutil.get_terminal_size().columns, 120) - 2
    whole = {"break_on_hyphens": False, "break_long_words": False}
    return "\n\n".join(textwrap.fill(paragraph, width, **whole) for paragraph in text.split("\n\n"))


def main(argv: list[str] | None = None) -> int:
    """Run one command.

    Args:
        argv: the words after `python3 -m course_lib`; those of this process by default.

    Returns:
        0 done, 1 a mistake explained in one line, 130 interrupted; argparse exits with 2 on wrong usage.
    """
    argv = sys.argv[1:] if argv is None else argv
    print_anything()
    try:
        bootstrap.check_python(argv)
        parser = build_parser()
        if argv and not argv[0].startswith("-") and argv[0] not in COMMANDS:
            near = difflib.get_close_matches(argv[0], COMMANDS, n=1, cutoff=0.5)
            hint = f"did you mean {near[0]}?" if near else f"the commands are {', '.join(COMMANDS)}"
            parser.error(f"there is no command {argv[0]!r}; {hint}")
        args, unknown = parser.parse_known_args(argv or ["--help"])
        if unknown:
            refuse_words(args.own_parser, args.command, argv, unknown)
        command = importlib.import_module(f"course_lib.commands.{args.command}")
        require_checkout(args.command)
        only_looks = not getattr(command, "MAY_INSTALL", True)
        bootstrap.ensure(command.NEEDS, command.EXTRAS, argv, not only_looks)
        if "keras" in command.NEEDS and not only_looks:
            prepare_keras()
        if not only_looks:
            home.prepare_home(command.NEEDS)
        code = command.run(args)
        sys.stdout.flush()  # a full disk behind `> FILE` shows here, and not after the last word
        return code
    except CourseError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt as interrupt:
        print("\n" + (str(interrupt) or "Interrupted."), file=sys.stderr)
        return 130
    except BrokenPipeError:  # `| head` has seen enough
        forget_output()
        return 1
    except Exception as error:
        refusal = write_errors.explain_refusal(error)
        if refusal is None:
            raise
        print(f"error: {refusal}", file=sys.stderr)
        forget_output()
        return 1


def require_checkout(command: str) -> None:
    """Raise CourseError where course_lib lies without the course, as pip puts it among other packages."""
    if not (ROOT / "pyproject.toml").is_file() and command not in WITHOUT_COURSE:
        raise CourseError(
            f"{ROOT / 'course_lib'} is the library alone, without lessons and data: get the whole course, by git clone "
            f"or as a ZIP, and call `python3 -m course_lib {command}` in its folder"
        )


def print_anything() -> None:
    """Let a question mark stand for what a console cannot show, such as an arrow in Windows' cp1252."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # Python itself sees to stderr


def forget_output() -> None:
    """Let what was printed and could not be written go nowhere: Python would try, and fail, once more at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def refuse_words(own: argparse.ArgumentParser, command: str, argv: list[str], unknown: list[str]) -> None:
    """End with the usage of a command, whose parser is `own`, and one line on words that it does not know."""
    options = re.findall(r"--[\w-]+", own.format_usage())
    near = difflib.get_close_matches(unknown[0].partition("=")[0], options, n=1, cutoff=0.7)
    if near:
        hint = f"did you mean {near[0]}?"
    elif command == "test":
        rest = shlex.join(word for word in argv[1:] if word not in options)
        hint = f"options of pytest come after two dashes: python3 -m course_lib test -- {rest}"
    else:
        hint = f"python3 -m course_lib {command} --help lists what it takes"
    own.error(f"there is no {unknown[0]!r} here; {hint}")
