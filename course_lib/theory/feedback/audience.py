"""People of a taste that nobody tells us, who now and then click on what they see.

    audience = draw_audience(table, people=1000, mean_rate=0.015, minority=0.2, seed=0)
    audience.rate                           click rate of each look over all people, (looks,)
    clicked, group = audience.visit(looks, rng)

`table` takes looks apart, 0 and 1, (looks, columns), as `banners.conditions()` does; here it may be any. NumPy only.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from course_lib import CourseError
from course_lib.theory.bandits.checking import check_share
from course_lib.theory.feedback.gallery import check_looks
from course_lib.theory.taste.checking import check_count, check_number, check_numbers

Array = np.ndarray
MAJORITY, MINORITY = 0, 1
MOST_SPREAD = 10
"""With more, a look would be clicked on always or never."""


@dataclass(frozen=True, eq=False)
class Audience:
    """table: (looks, columns). tastes: (people, columns), what each column adds to the log-odds of a click.
    base: log-odds of a click before taste. groups: int (people,), 0 or 1. Made by `draw_audience`."""

    table: Array
    tastes: Array
    base: float
    groups: Array

    @cached_property
    def rates(self) -> Array:
        """How likely each person clicks on each look, (people, looks)."""
        return 1 / (1 + np.exp(-self.base - self.tastes @ self.table.T))

    @cached_property
    def rate(self) -> Array:
        """Of a visitor drawn from all people alike, by look, (looks,)."""
        return self.rates.mean(axis=0)

    def rate_of(self, group: int) -> Array:
        """Of a visitor of one group, (looks,). Raises CourseError for a group without people."""
        if group not in (MAJORITY, MINORITY) or not (self.groups == group).any():
            raise CourseError(
                f"Nobody in this audience is of group {group}; 0 is the majority, 1 the minority."
            )
        return self.rates[self.groups == group].mean(axis=0)

    def only(self, group: int) -> Audience:
        """The people of one group, as an audience of its own. Raises CourseError for a group without people."""
        self.rate_of(group)
        there = self.groups == group
        return Audience(self.table, self.tastes[there], self.base, self.groups[there])

    @property
    def log_odds(self) -> Array:
        """What a model of all together can know: the log-odds of `rate`, (looks,)."""
        return np.log(self.rate) - np.log1p(-self.rate)

    def visit(self, looks: ArrayLike, rng: np.random.Generator) -> tuple[Array, Array]:
        """One visitor for each look shown, drawn from the people: did they click, bool (n,), and their groups (n,).

        Raises CourseError for looks that there are not."""
        looks = check_looks(looks, len(self.table))
        people = rng.integers(len(self.tastes), size=len(looks))
        return rng.random(len(looks)) < self.rates[people, looks], self.groups[people]


def draw_audience(
    table: ArrayLike,
    people: int = 1000,
    mean_rate: float = 0.015,
    spread: float = 0.35,
    own_spread: float = 0.3,
    minority: float = 0.0,
    seed: int = 0,
) -> Audience:
    """An audience by chance: each group has its taste, from which each person's own departs a little.

    spread, own_spread: standard deviations of what a column adds to a group's log-odds, and of what sets a person apart
    from the group. minority: the share of people, rounded, whose group has a taste of its own, drawn apart from the
    majority's. mean_rate: clicks a visitor if all looks are shown alike, which the base is chosen for.
    Raises CourseError for a table that is not 0 and 1 and for numbers out of their ranges.
    """
    table = check_numbers("The conditions in table", table)
    if table.ndim != 2 or not table.size or not np.isin(table, (0, 1)).all():
        raise CourseError(f"table is 0 and 1, (looks, columns); this one has the shape {table.shape}.")
    people = check_count("people", people)
    check_share("mean_rate", check_number("mean_rate", mean_rate))
    if not 0 < check_number("spread", spread) <= MOST_SPREAD:
        raise CourseError(f"spread is a number above 0, up to {MOST_SPREAD}, not {spread!r}.")
    if not 0 <= check_number("own_spread", own_spread) <= MOST_SPREAD:
        raise CourseError(f"own_spread is a number from 0 on, up to {MOST_SPREAD}, not {own_spread!r}.")
    if not 0 <= check_number("minority", minority) < 0.5:
        raise CourseError(f"minority is a share of people from 0 and below a half, not {minority!r}.")
    rng = np.random.default_rng(check_count("seed", seed, least=0))
    groups = (np.arange(people) < round(minority * people)).astype(int)
    of_groups = rng.normal(scale=spread, size=(2, table.shape[1]))
    tastes = of_groups[groups] + rng.normal(scale=own_spread, size=(people, table.shape[1]))
    return Audience(table, tastes, _base(tastes @ table.T, mean_rate), groups)


def _base(logits: Array, mean_rate: float) -> float:
    """The number to add to all log-odds so that their chances are `mean_rate` on average, by bisection."""
    middle = math.log(mean_rate / (1 - mean_rate))
    low, high = middle - logits.max(), middle - logits.min()
    for _ in range(60):
        base = (low + high) / 2
        if (1 / (1 + np.exp(-base - logits))).mean() < mean_rate:
            low = base
        else:
            high = base
    return float((low + high) / 2)
