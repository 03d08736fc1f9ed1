"""An answer of an audit: a number with its interval, what it means, and what it does not mean.

What cannot be answered is a finding, too, and says why: a page that leaves a question out looks like one that was well
answered.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

Array = np.ndarray


class Pair(NamedTuple):
    """A generated picture and the training picture nearest to it, uint8 (height, width, channels).

    said: what they are, in words, for who does not see them; caption: what a look does not tell.
    """

    generated: Array
    training: Array
    said: str
    caption: str


class Bar(NamedTuple):
    """A class in the table of shares: found with its interval, expected, corrected with its interval, all 0 to 1."""

    name: str
    share: float
    low: float
    high: float
    expected: float
    corrected: float
    corrected_low: float
    corrected_high: float


class Finding(NamedTuple):
    """An answer. key: its name in model_card.json. said: the number in words; means, not_means: a sentence each.

    numbers: as JSON holds them, empty where nothing was measured. lines, bars, pairs: what else the page shows.
    """

    key: str
    title: str
    said: str
    means: str = ""
    not_means: str = ""
    numbers: dict[str, Any] = {}  # noqa: RUF012 -- never written to
    lines: tuple[str, ...] = ()
    bars: tuple[Bar, ...] = ()
    pairs: tuple[Pair, ...] = ()

    @property
    def is_measured(self) -> bool:
        return bool(self.numbers)


def not_measured(key: str, title: str, why: str) -> Finding:
    """The finding that there is none, and why."""
    return Finding(key, title, f"Not measured: {why}.")


def percent(share: float, digits: int = 1) -> str:
    """A share for people: 0.123 as 12.3 %."""
    return f"{100 * share:.{digits}f} %"
