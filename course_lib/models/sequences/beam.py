"""Beam search: the most likely whole that a few beginnings, kept side by side, lead to.

Lowerre, "The Harpy Speech Recognition System", 1976; with one beginning it is the greedy choice.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from course_lib import CourseError
from course_lib.datasets.checking import check_whole
from course_lib.models.sequences.vocabulary import END

Next = Callable[[list[np.ndarray]], np.ndarray]
"""Beginnings of equal length to P(next), (count, V)."""


def by_beam(next_of: Next, beam: int, length: int) -> np.ndarray | None:
    """The most likely sequence, int32 (n,), END left out, that `beam` beginnings lead to; None if all are impossible.

    What has `length` events counts as whole, with no END. One that ended stays; what is less likely than it is dropped,
    since what goes on can only become less likely. Raises CourseError for a beam that is not 1 to 1000, and for
    probabilities that are none, such as NaN.
    """
    check_whole("beam", "how many beginnings are kept", beam, 1, 1000)
    running: list[tuple[float, np.ndarray]] = [(0.0, np.empty(0, "int32"))]
    ended: list[tuple[float, np.ndarray]] = []
    for _ in range(length):
        chances = next_of([ids for _, ids in running])
        if not (chances >= 0).all():  # NaN passes no comparison
            raise CourseError("Probabilities are numbers from 0 on: mend what gives these.")
        with np.errstate(divide="ignore"):
            logs = np.log(chances)
        totals = np.array([total for total, _ in running])[:, None] + logs
        going = []
        for flat in np.argsort(-totals, axis=None, kind="stable")[:beam]:
            row, event = divmod(int(flat), totals.shape[1])
            total = float(totals[row, event])
            if not np.isfinite(total):
                continue
            if event == END:
                ended.append((total, running[row][1]))
            else:
                going.append((total, np.append(running[row][1], np.int32(event))))
        best = max((total for total, _ in ended), default=-np.inf)
        running = [one for one in going if one[0] > best]
        if not running:
            break
    whole = [*ended, *running]
    return max(whole, key=lambda one: one[0])[1] if whole else None
