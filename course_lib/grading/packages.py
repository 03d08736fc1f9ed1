"""Which packages an answer finds when it is graded: those of the grader's own Python."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from importlib.util import find_spec

PACKAGES = {
    "numpy": "NumPy",
    "scipy": "SciPy",
    "pandas": "pandas",
    "sklearn": "scikit-learn",
    "matplotlib": "Matplotlib",
    "PIL": "Pillow",
    "tensorflow": "TensorFlow",
    "keras": "Keras",
}
"""What students may think of, by the name under which it is imported."""


def what_is_there(packages: Mapping[str, str] = PACKAGES) -> str:
    """Python's version and those of the packages that are installed here, as a list in a sentence."""
    found = [name for module, name in packages.items() if find_spec(module) is not None]
    version = ".".join(platform.python_version_tuple()[:2])
    return f"Python {version} with {', '.join([*found, 'and `course_lib`'])}"
