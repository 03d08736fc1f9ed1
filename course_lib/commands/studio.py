"""`studio`: the studio as an app in the browser."""

from __future__ import annotations

import argparse
import socket

from course_lib import CourseError
from course_lib.commands.arguments import positive
from course_lib.commands.lab import port_number, require_free

HELP = "open the studio as an app in the browser, for you or for a class"
DESCRIPTION = """\
Opens the studio on a page of its own: two creations of a network, which do you like better? Whoever opens the page has
a studio of their own; nobody sees another's choices, and nothing is written to this machine. A place becomes free when
the page is closed, or when nothing was done there for 20 minutes. Stop it with Ctrl-C: every studio ends with it.

It can be reached from this machine alone. For a class in a room take --ip 0.0.0.0 and tell the address of this machine:
visitors can use the studio and nothing else here, no file and no code. But there is no password, and the network can
read along; so only in a network that you trust, and not on the internet. Otherwise forward the port of a server over
SSH: ssh -L 8866:localhost:8866 SERVER

A visitor takes some 300 MB of memory, and four seconds of a core or more to come in. As many are let in as half of the
free memory holds, at most 4 for each core; whoever comes then is asked to come again in a few minutes."""
EXAMPLE = """\
  python3 -m course_lib studio
  python3 -m course_lib studio --theme melodies --no-browser --port 8890
  python3 -m course_lib studio --ip 0.0.0.0 --visitors 20         for a class, in a network that you trust"""
NEEDS = ("keras", "tensorflow", "PIL", "numpy", "matplotlib", "ipywidgets", "ipykernel", "voila")
EXTRAS = ("lab", "studio")

EACH, A_CORE = 300e6, 4
"""Bytes that a visitor takes, and how many a core carries; measured by `bench --only studio`."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--theme", default="sprites", help="where visitors begin (default: sprites)")
    parser.add_argument(
        "--visitors", type=positive(int), metavar="N", help="most at a time (default: by memory and cores)"
    )
    parser.add_argument(
        "--port", type=port_number, metavar="N", help="serve on this port (default: 8866 or near it)"
    )
    parser.add_argument(
        "--ip",
        default="127.0.0.1",
        help="listen there; 0.0.0.0: on every network (default: this machine alone)",
    )
    parser.add_argument(
        "--no-browser", action="store_true", help="print the address instead of opening a browser"
    )


def run(args: argparse.Namespace) -> int:
    if args.port:
        require_free(args.port)
    require_own(args.ip)
    from course_lib.studio.themes import all_themes

    themes = all_themes()
    if args.theme not in themes:
        raise CourseError(f"There is no theme {args.theme!r}; choose one of {', '.join(themes)}.")
    from course_lib.studio.app.server import serve

    visitors = args.visitors or carried()
    print(f"At most {visitors} visitor{'s' if visitors > 1 else ''} at a time.", flush=True)
    serve(args.theme, visitors, args.ip, args.port, not args.no_browser)
    return 0


def require_own(ip: str) -> None:
    """Raises CourseError unless one can listen at this address; at "" one would listen on every network."""
    try:
        family, kind, _, _, place = socket.getaddrinfo(ip or None, 0, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as trial:
            trial.bind(place)
    except (OSError, UnicodeError):
        place = None
    if not (ip and place):
        raise CourseError(
            f"{ip!r} is no address of this machine; take 0.0.0.0 for every network, or leave --ip out."
        )


def carried() -> int:
    """How many visitors this machine carries now, one at least."""
    import psutil

    held = psutil.virtual_memory().available / 2 / EACH
    return max(1, min(int(held), A_CORE * (psutil.cpu_count() or 1)))
