"""Kinds of values that several commands take, as argparse wants them: text in, a value out or one line."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from course_lib import CourseError

KINDS = {int: "a whole number", float: "a number"}


def positive(kind: type) -> Callable[[str], float]:
    """A number of this kind, `int` or `float`, above 0 and finite."""

    def number(text: str) -> float:
        try:
            value = kind(text)
        except ValueError:
            value = 0
        if not 0 < value < float("inf"):
            raise argparse.ArgumentTypeError(f"must be {KINDS[kind]} above 0, not {text}")
        return value

    return number


def folder(text: str) -> Path:
    """A folder, there already or not, as argparse reads it; "" would be the current one, and nobody means that."""
    if not text.strip():
        raise argparse.ArgumentTypeError("name a folder, such as runs/first")
    return Path(text)


def seed(text: str) -> int:
    """A seed that Keras and NumPy both take: a whole number from 0 to 2^32 - 1."""
    try:
        value = int(text)
    except ValueError:
        value = -1
    if not 0 <= value < 2**32:
        raise argparse.ArgumentTypeError(f"must be a whole number from 0 to {2**32 - 1}, not {text}")
    return value


def generator_file(path: Path) -> Path:
    """The generator that is meant by a file or by the folder of a run. Raises CourseError if there is none."""
    if path.is_dir():
        path /= "generator.keras"
    if not path.is_file():
        raise CourseError(f"There is no file {path}: `train` writes one, generator.keras.")
    return path
