"""Three faults of published melody generators, as checks. Each is silent if all is well, and one clear line if not.

    check_rolls(images)                      digits taken for music: are these piano rolls at all?
    check_is_music(pieces, reference)        noise given to D as real data: is there an order in these notes?
    check_written(path, notes, read)         a file played that nobody wrote: is this what was made?

None of the three stops a program: a GAN of digits trains, D learns noise as gladly as tunes, an old file plays well.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from course_lib import CourseError
from course_lib.datasets.bar_rolls import ROWS, STEPS, from_labels
from course_lib.datasets.checking import check_images, check_whole
from course_lib.scores.melodies import (
    histogram_distance,
    interval_shares,
    pitch_classes,
    shuffled,
)

Notes = np.ndarray


def check_rolls(images: np.ndarray, least: float = 0.99) -> None:
    """Raise CourseError unless images (N, steps, rows, 1) in [-1, 1] are rolls of one voice.

    least: the share of steps that must have exactly one row at 1 and all others at -1, since a roll or two may be torn.
    """
    check_images(images)
    lit, dark = (np.isclose(images[..., 0], value).sum(axis=2) for value in (1, -1))
    share = float(((lit == 1) & (lit + dark == images.shape[2])).mean())
    if share < least:
        raise CourseError(
            f"Exactly one row is lit in {share:.0%} of the steps, and a melody needs it in {least:.0%}: these are "
            "pictures, not piano rolls. Look at one, and load the melodies instead."
        )


def random_rolls(count: int, seed: int = 0) -> np.ndarray:
    """Rolls (count, 16, 32, 1) with a row drawn evenly at each step: noise in the shape of music."""
    check_whole("count", "how many rolls are drawn", count, 1)
    check_whole("seed", "what the random numbers follow from", seed, 0)
    rows = np.random.default_rng(seed).integers(0, ROWS, (count, STEPS))
    return from_labels(rows)


def check_is_music(pieces: Sequence[Notes], reference: Sequence[Notes], seed: int = 0) -> None:
    """Raise CourseError unless pieces are nearer to reference melodies than these are with their notes shuffled.

    By the distances of pitch classes and of intervals, added up: noise has neither the scale nor the small steps of
    tunes, and shuffled notes have the scale alone. Both have a shape that every check of arrays lets through.
    """

    def far(these: Sequence[Notes]) -> float:
        return sum(
            histogram_distance(shares(these), shares(reference))
            for shares in (pitch_classes, interval_shares)
        )

    found, limit = far(pieces), far(shuffled(reference, seed))
    if found >= limit:
        raise CourseError(
            f"These pieces are {found:.2f} from the reference by pitch classes and intervals, and shuffled notes only "
            f"{limit:.2f}: this is noise, not music. Look at where the array was filled."
        )


def check_written(path: str | Path, notes: Notes, read: Callable[[Path], Notes]) -> None:
    """Raise CourseError unless the file at `path` holds these notes.

    read: path -> notes (n, 2), what reads such a file. A player asks no file who wrote it: one from a download or from
    yesterday's run sounds fine.
    """
    if not isinstance(path, str | Path):
        raise CourseError(f"{path!r} is no name of a file: give the one that the notes were written to.")
    path = Path(path)
    if not path.exists():
        raise CourseError(
            f"There is no file {path.name}: nobody has written it. Save the notes before they are played."
        )
    found = np.asarray(read(path))
    if not np.array_equal(found, np.asarray(notes)):
        raise CourseError(
            f"{path.name} holds {len(found)} notes, but not the {len(notes)} that were made: it is another melody. "
            "Save these notes, and play that file."
        )
