"""Checks of arguments that are lists or switches, as `checking` has them for images and numbers."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from course_lib import CourseError


def checked_list(name: str, values: Iterable) -> list:
    """`values` as a list. Raises CourseError for text, and for what holds no values, such as a number or None."""
    try:
        if not isinstance(values, str | bytes):
            return list(values)
    except TypeError:
        pass
    raise CourseError(f"{name} are a list, not {values!r:.60}.")


def check_switch(name: str, value: bool) -> None:
    """Raise CourseError, with the argument's name, unless this is True or False."""
    if not isinstance(value, bool | np.bool_):
        raise CourseError(f"{name} is True or False, and this is neither.")
