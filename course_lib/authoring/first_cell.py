"""The set-up cell that the builder puts before the first code cell of every lesson.

At home and on Binder the course is there, and the cell finds it. On Colab it fetches a shallow clone, and nothing
else: of what the course needs Colab has all, in versions that belong together, but mido, which only MIDI files want and
lesson 12 does without. `pip install` would only be another way to put one folder on Python's path, and could replace
some of them.
"""

from __future__ import annotations

from string import Template

from course_lib.authoring.address import UNSET, repository

FOLDED = {"jupyter": {"source_hidden": True}, "cellView": "form"}
"""A code cell whose source is collapsed, in JupyterLab and Notebook 7, and in Colab."""

PREPARE = "from course_lib.keras_settings import prepare_keras\n\nprepare_keras()"
"""What every kernel runs first, so that Keras is set up for the course and not for this machine's owner."""

SOURCE = Template('''\
# @title Find the course; on Colab, fetch it once
import importlib.util
import os
import subprocess
import sys
import tempfile
from pathlib import Path


class NoCourse(Exception):
    """Shown as one line, without a traceback."""

    def _render_traceback_(self):
        return [str(self)]


def fetch_course():
    """The folder of the course on Colab, there whole or not at all. Colab's own packages stay as they are."""
    folder, address = Path("/content/course"), "$address"
    if (folder / "course_lib").is_dir():
        return folder
    if folder.exists():
        raise NoCourse(f"{folder} is in the way of the course: rename it, then run this cell again.")
    if not address:
        raise NoCourse(
            "Colab cannot fetch the course: this copy does not say where its repository is. "
            "Please tell whoever gave it to you."
        )
    print("Fetching the course, once. This takes half a minute.")
    with tempfile.TemporaryDirectory(dir=folder.parent) as temporary:
        command = ["git", "clone", "--quiet", "--depth=1", "--branch=$branch", address, f"{temporary}/course"]
        no_questions = {**os.environ, "GIT_TERMINAL_PROMPT": "0"}
        try:
            git = subprocess.run(command, env=no_questions, capture_output=True, text=True)
        except FileNotFoundError:
            raise NoCourse("The course is fetched by git, which is not here: !apt-get install git") from None
        if git.returncode != 0:
            reason = next((line for line in git.stderr.splitlines() if "fatal:" in line), "git failed")
            raise NoCourse(f"The course was not fetched ({reason}). Please run this cell again in a minute.")
        Path(temporary, "course").rename(folder)
    return folder


if importlib.util.find_spec("course_lib") is None:
    above = [Path.cwd(), *Path.cwd().parents]
    course = next((folder for folder in above if (folder / "course_lib/__init__.py").is_file()), None)
    if course is None and "google.colab" in sys.modules:
        course = fetch_course()
    if course is None:
        raise NoCourse(
            "This notebook needs the course's folder, which is not here. Get the whole course$at, and open the "
            "notebook in it: python3 -m course_lib lab"
        )
    sys.path.insert(0, str(course))

$prepare  # on TensorFlow, whatever this machine's settings are, and without a page of log lines''')


def first_cell() -> str:
    """The source of the set-up cell; it imports nothing heavy."""
    address, branch = repository()
    known = address != UNSET
    return SOURCE.substitute(
        address=f"https://github.com/{address}.git" if known else "",
        branch=branch,
        at=f" at https://github.com/{address}" if known else "",
        prepare=PREPARE,
    )
