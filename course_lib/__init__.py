"""Helper library of the GAN course: small modules to read beside the lessons.

Importing the package loads nothing heavy; TensorFlow comes in with the modules that need it.
"""

from pathlib import Path

__version__ = "0.1.0"

ROOT = Path(__file__).resolve().parent.parent
"""The checkout: the folder that holds `lessons/`, `data/` and this package."""


class CourseError(ValueError):
    """A mistake the user can mend; the message is one line that says what was wrong, where, and what to do."""
