"""Helper library of the GAN course: small modules to read beside the lessons.

Importing the package loads nothing heavy; TensorFlow comes in with the modules that need it. This file must run on
Python 2.7, where it says that Python is too old.
"""

import sys

if sys.version_info < (3, 8):  # later ones read `setup/bootstrap.py`, which can say more
    try:
        from shlex import quote
    except ImportError:  # Python 2
        from pipes import quote
    called, words = ["python3.12", "-m", "course_lib"], sys.argv[1:] or ["lab"]
    if sys.argv[0].endswith(("course_lib", "__main__.py")):  # by its path
        called = ["python3.12", sys.argv[0]]
    elif sys.argv[0] not in ("-m", "-c"):  # another program imports it; for `-m`, Python 2 has -c
        words = ["lab"]
    problem = "error: this is Python %d.%d, the course needs 3.11, 3.12 or 3.13; " % sys.version_info[:2]
    command = " ".join(quote(word) for word in called + words)
    sys.exit(problem + "call one of these by its name, for example " + command)

try:
    from pathlib import Path
except KeyboardInterrupt:
    if sys.argv[:1] != ["-m"]:
        raise
    # Ctrl-C in the first moments of `python3 -m course_lib`; what comes later is heard in `__main__`
    sys.stderr.write("\nInterrupted.\n")
    sys.exit(130)

__version__ = "0.1.0"

ROOT = Path(__file__).resolve().parent.parent
"""The checkout: the folder that holds `lessons/`, `data/` and this package."""


class CourseError(ValueError):
    """A mistake the user can mend; the message is one line that says what was wrong, where, and what to do.

    Line breaks are made spaces: those of an array, or of a file's name, that the message shows.
    """

    def __init__(self, message: str) -> None:
        super().__init__(" ".join(line.strip() for line in str(message).splitlines()))
