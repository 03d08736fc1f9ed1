"""`lab`: open the course in JupyterLab."""

from __future__ import annotations

import argparse
import os
import socket
import subprocess
import sys
from pathlib import Path

from course_lib import ROOT, CourseError
from course_lib.files import how_to_restore
from course_lib.updates.news import news

HELP = "open the lessons in JupyterLab; the first time it sets up what is missing"
DESCRIPTION = """\
Open JupyterLab in your browser on lessons/00_start_here.ipynb. The first time this makes .venv with every package
the course needs (some minutes, about 2 GB); after that it starts in seconds. Stop it with Ctrl-C, twice, in this
terminal. In a clone it also says, in one line, whether lessons have changed in the course (see `update`).

On a machine without a screen take --no-browser and open the address it prints. To reach a server over SSH, forward
the port first: ssh -L 8888:localhost:8888 SERVER"""
EXAMPLE = """\
  python3 -m course_lib lab
  python3 -m course_lib lab --no-browser --port 8890"""
NEEDS = ("tensorflow", "keras", "numpy", "matplotlib", "PIL", "tqdm", "ipywidgets", "ipykernel", "jupyterlab")
EXTRAS = ("lab",)

FIRST_LESSON = "lessons/00_start_here.ipynb"
SETTINGS = Path(__file__).parent / "jupyter"
"""JupyterLab's settings for the course: no question about news on the first start, no call home."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--no-browser", action="store_true", help="print the address instead of opening a browser"
    )
    parser.add_argument(
        "--port", type=port_number, metavar="N", help="serve on this port (default: 8888 or the next)"
    )


def port_number(text: str) -> int:
    """A port as argparse reads it."""
    if not text.isdigit() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port: take a number from 1024 to 65535")
    return int(text)


def run(args: argparse.Namespace) -> int:
    if args.port:
        require_free(args.port)
    if not (ROOT / FIRST_LESSON).exists():
        raise CourseError(f"{FIRST_LESSON} is missing; {how_to_restore('lessons')}")
    print(f"JupyterLab serves {ROOT} and opens {FIRST_LESSON}. Stop it with Ctrl-C, twice.", flush=True)
    if line := news(ROOT):
        print(line, flush=True)
    command = jupyter_command(args)
    env = dict(os.environ)
    env["JUPYTER_PREFER_ENV_PATH"] = "1"  # a kernel of the same name in the home folder stays out
    prepend(env, "PYTHONPATH", ROOT)  # for the kernels
    prepend(env, "JUPYTER_CONFIG_PATH", SETTINGS)
    if os.name == "nt":  # exec on Windows gives the prompt back at once
        return subprocess.call(command, env=env)
    os.execve(command[0], command, env)


def prepend(env: dict[str, str], name: str, folder: Path) -> None:
    """Put a folder before those in a path variable."""
    env[name] = os.pathsep.join([str(folder), *filter(None, [env.get(name)])])


def jupyter_command(args: argparse.Namespace) -> list[str]:
    """The call of JupyterLab: token on, first lesson in front, quiet but for the address and warnings."""
    command = [
        sys.executable,
        "-m",
        "jupyterlab",
        f"--ServerApp.root_dir={ROOT}",
        f"--LabApp.default_url=/lab/tree/{FIRST_LESSON}",
        "--ServerApp.log_level=WARN",
        "--LabApp.log_level=WARN",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        *encryption(),
    ]
    if args.port:
        command += [f"--ServerApp.port={args.port}", "--ServerApp.port_retries=0"]
    if args.no_browser:
        command.append("--no-browser")
    if hasattr(os, "geteuid") and os.geteuid() == 0:  # in containers everybody is root
        command.append("--allow-root")
    return command


def encryption() -> list[str]:
    """The option by which kernels and server talk in cipher, where they know how.

    Others on the same machine could listen, and newer kernels say so in the terminal, each time one starts.
    """
    import zmq
    from jupyter_client import KernelManager

    known = hasattr(KernelManager, "transport_encryption") and zmq.has("curve")
    return ["--KernelManager.transport_encryption=auto"] if known else []


def require_free(port: int) -> None:
    """Raise CourseError if the port cannot be had."""
    with socket.socket() as probe:
        if os.name != "nt":  # there this option would take the port away from its owner
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("localhost", port))
        except PermissionError:
            raise CourseError(f"port {port} is kept for the system; choose one above 1023") from None
        except OSError:
            raise CourseError(f"port {port} is taken; choose another, or leave --port out") from None
