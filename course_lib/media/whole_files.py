"""Files that a person asked for, such as a sound or a score: written whole or not at all, and refused in one line."""

from __future__ import annotations

import os

from course_lib import CourseError
from course_lib.files import replacing


def write_whole(path: str | os.PathLike, content: bytes) -> None:
    """Write these bytes; atomic. Raises CourseError for what is no name of a file, and where it cannot be written."""
    try:
        with replacing(path) as temporary:
            temporary.write_bytes(content)
    except OSError as error:
        raise CourseError(f"Cannot write {path}: {error.strerror or error}.") from error
    except (TypeError, ValueError) as error:  # None, "", "/", a NUL within
        raise CourseError(
            f"Cannot write {path!r}, which is no name of a file: give one, such as 'tune.mid'."
        ) from error
