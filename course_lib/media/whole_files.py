"""Files that a person asked for, such as a sound or a score: written whole or not at all, and refused in one line."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from course_lib import CourseError
from course_lib.files import replacing


def write_whole(path: str | os.PathLike, content: bytes) -> None:
    """Write these bytes; atomic. Raises CourseError for what is no name of a file, and where it cannot be written."""
    with whole_file(path) as temporary:
        temporary.write_bytes(content)


@contextmanager
def whole_file(path: str | os.PathLike) -> Iterator[Path]:
    """`files.replacing` that raises CourseError as `write_whole` does; nothing but writing belongs into its block."""
    try:
        with replacing(path) as temporary:
            yield temporary
    except CourseError:
        raise
    except OSError as error:
        raise CourseError(f"Cannot write {path}: {error.strerror or error}.") from error
    except (TypeError, ValueError) as error:  # None, "", "/", a NUL within
        raise CourseError(
            f"Cannot write {path!r}, which is no name of a file: give one, such as 'tune.mid'."
        ) from error
