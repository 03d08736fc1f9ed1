"""`studio`: the studio as an app in the browser."""

from __future__ import annotations

import argparse
import os

from course_lib.commands.arguments import positive
from course_lib.commands.lab import port_number, require_free

HELP = "open the studio as an app in the browser, for you or for a class"
DESCRIPTION = """\
x"""
EXAMPLE = """\
  python3 -m course_lib studio"""
NEEDS = ("keras", "tensorflow", "PIL", "ipywidgets", "ipykernel", "voila")
EXTRAS = ("lab", "studio")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--theme", default="sprites")
    parser.add_argument("--visitors", type=positive(int), default=12)
    parser.add_argument("--ip", default="127.0.0.1")
    parser.add_argument("--port", type=port_number, metavar="N")
    parser.add_argument("--no-browser", action="store_true")


def run(args: argparse.Namespace) -> int:
    if args.port:
        require_free(args.port)
    from course_lib.studio.app.server import serve

    serve(args.theme, args.visitors, args.ip, args.port, not args.no_browser)
    return 0
