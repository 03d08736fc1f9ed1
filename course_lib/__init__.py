"""Helper library of the GAN course: small modules to read beside the lessons.

Importing the package loads nothing heavy; TensorFlow comes in with the modules that need it.
"""

import sys

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
    """A mistake the user can mend; the message is one line that says what was wrong, where, and what to do."""
