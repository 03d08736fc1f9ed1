"""Where does the course run? On Colab, Binder, a hub, in a container, over SSH or at home: what to expect there.

Standard library only, and parses on Python 3.8.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple


class Place(NamedTuple):
    """A kind of machine: its name, how it is recognised, and what is different there, a sentence a line."""

    name: str
    variables: tuple[str, ...] = ()
    """Environment variables of which one is set there."""
    files: tuple[str, ...] = ()
    """Files of which one exists there."""
    expect: tuple[str, ...] = ()


COLAB = "Google Colab"
PLACES = (
    Place(
        COLAB,
        ("COLAB_RELEASE_TAG",),
        ("/opt/google/colab",),
        (
            "The packages are Colab's own, and the course replaces none of them.",
            "The machine is given back after some time without you, with all files on it: File, Download.",
            "A GPU costs nothing: Runtime, Change runtime type. No lesson needs one.",
        ),
    ),
    Place(
        "Binder",
        ("BINDER_LAUNCH_HOST", "BINDER_SERVICE_HOST"),
        (),
        (
            "Everything is installed. Memory is enough for one lesson: shut a kernel down before the next one.",
            "After ten minutes without you the session ends, and its files are gone: download your notebooks.",
        ),
    ),
    Place(
        "JupyterHub",
        ("JUPYTERHUB_USER", "JUPYTERHUB_API_URL"),
        (),
        (
            "Your home folder stays. How much memory and processor you get is decided by who runs the hub.",
            "JupyterLab runs already: open lessons/00_start_here.ipynb there, `lab` is not needed.",
        ),
    ),
    Place(
        "GitHub Codespaces",
        ("CODESPACES",),
        (),
        ("Files stay until the codespace is deleted. `lab --no-browser`, then open the forwarded port.",),
    ),
    Place(
        "Windows Subsystem for Linux",
        ("WSL_DISTRO_NAME",),
        (),
        ("Keep the course in Linux's own folders: those of Windows, under /mnt/c, are slow from here.",),
    ),
    Place(
        "a container",
        ("KUBERNETES_SERVICE_HOST",),
        ("/.dockerenv", "/run/.containerenv"),
        ("What is not in a mounted folder is gone with the container: keep your copies of lessons in one.",),
    ),
    Place(
        "a machine reached over SSH",
        ("SSH_CONNECTION",),
        (),
        ("`lab --no-browser` there, and at home: ssh -L 8888:localhost:8888 and the name of this machine.",),
    ),
)
"""From the most to the least particular: Binder is a hub, and a hub's machines are containers."""
HOME = Place("your own machine", (), (), ("Files stay, and nothing more is fetched once it is set up.",))


def find_place(environment: Mapping[str, str] = os.environ, root: Path = Path("/")) -> Place:
    """The place that this process runs in, by its environment variables and the files below `root`."""
    for place in PLACES:
        if any(environment.get(name) for name in place.variables):
            return place
        if any((root / name.lstrip("/")).exists() for name in place.files):
            return place
    return HOME
