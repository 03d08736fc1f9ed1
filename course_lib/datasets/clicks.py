"""A log of advertisements: who was shown what, where, with which probability, and whether it was clicked.

    log = load_clicks("bts", "men")         10,000 impressions of one policy and one campaign
    log.rate                                share of impressions that were clicked
    shown, clicked = log.counts             by item, int64 (k,) each

`data/ad_clicks.csv.gz` is a sample of the Open Bandit Dataset (Saito et al. 2020, arXiv:2008.07146): two policies
chose what a fashion shop showed in one week, "random" and "bts" (Bernoulli Thompson sampling), in three campaigns. A
log of one's own in the same columns is read by `from_csv`. NumPy only.
"""

from __future__ import annotations

import csv
import functools
import gzip
import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import itemgetter

import numpy as np

from course_lib import CourseError
from course_lib.datasets.bundled import read_verified

FILE = "ad_clicks.csv.gz"
MOST_ITEMS = 1_000_000
"""Rates and beliefs are kept for every item up to the largest; a number from a product database is no such number."""
POLICIES, CAMPAIGNS, POSITIONS = ("random", "bts"), ("all", "men", "women"), 3
FEATURES = tuple(f"user_feature_{number}" for number in range(4))
COLUMNS = (
    *("policy", "campaign", "timestamp", "item_id", "position", "click", "propensity_score"),
    *FEATURES,
)
TIME = re.compile(r"\d{4}-\d\d-\d\d([ T]\d\d:\d\d(:\d\d(\.\d+)?)?)?")
Array = np.ndarray


@dataclass(frozen=True, eq=False)
class ClickLog:
    """The impressions of one policy in one campaign, in order of time: n rows, k items.

    times: datetime64[us] (n,), UTC. items: int64 (n,) in 0..k - 1. positions: int64 (n,), 1 is the leftmost of three.
    clicks: int64 (n,), 0 or 1. propensities: float (n,), the probability with which the policy showed this item at this
    moment and position, in (0, 1]. features: text (n, 4), hashes that say which rows are alike, not how.

    Raises CourseError, in one line with the first row at fault, as `check_columns` does, and for times that are missing
    or run backwards.
    """

    policy: str
    campaign: str
    item_count: int
    times: Array
    items: Array
    positions: Array
    clicks: Array
    propensities: Array
    features: Array

    def __post_init__(self) -> None:
        name = f"The log of {self.policy!r} in {self.campaign!r}"
        for column in ("items", "positions", "clicks", "propensities", "times", "features"):
            object.__setattr__(self, column, _copied(name, column, getattr(self, column)))
        lengths = {
            *map(len, (self.items, self.positions, self.clicks, self.propensities, self.times, self.features))
        }
        if len(lengths) > 1:
            raise CourseError(f"{name}: its columns differ in length: {sorted(lengths)}.")
        check_columns(
            *(self.items, self.positions, self.clicks, self.propensities),
            where=lambda row: f"{name}, row {row}",
        )
        if self.features.shape[1:] != (len(FEATURES),):
            raise CourseError(f"{name}: features are (n, {len(FEATURES)}), not {self.features.shape}.")
        if (wrong := np.isnat(self.times)).any():
            raise CourseError(f"{name}, row {wrong.argmax()}: the time is missing.")
        if (late := np.diff(self.times) < np.timedelta64(0)).any():
            raise CourseError(
                f"{name}, row {late.argmax() + 1}: earlier than the row before it; sort by time."
            )
        if isinstance(self.item_count, bool) or not isinstance(self.item_count, int | np.integer):
            raise CourseError(f"{name}: item_count is a whole number, not {self.item_count!r}.")
        if self.items.max() >= self.item_count:
            row = int(self.items.argmax())
            raise CourseError(
                f"{name}, row {row}: item {self.items[row]:g} of {self.item_count}, counted from 0."
            )
        for column in ("items", "positions", "clicks"):
            object.__setattr__(self, column, getattr(self, column).astype(np.int64))
        for column in (self.times, self.items, self.positions, self.clicks, self.propensities, self.features):
            column.flags.writeable = False

    def __len__(self) -> int:
        return len(self.items)

    @property
    def clicked(self) -> int:
        """How many impressions were clicked."""
        return int(self.clicks.sum())

    @property
    def rate(self) -> float:
        """The share of impressions that were clicked: what this policy earned, on its own."""
        return float(self.clicks.mean())

    @property
    def counts(self) -> tuple[Array, Array]:
        """How often each item was shown, and how often clicked, int64 (k,) each."""
        shown = np.bincount(self.items, minlength=self.item_count)
        return shown, np.bincount(self.items[self.clicks == 1], minlength=self.item_count)

    def where(self, mask: Array) -> ClickLog:
        """Only the rows of bool `mask` (n,), with the same items. Raises CourseError if that leaves none."""
        if np.shape(mask) != (len(self),) or np.asarray(mask).dtype != bool:
            raise CourseError(f"A mask is one True or False for each of {len(self):,} rows.")
        columns = (self.times, self.items, self.positions, self.clicks, self.propensities, self.features)
        return ClickLog(self.policy, self.campaign, self.item_count, *(column[mask] for column in columns))

    def __repr__(self) -> str:
        return (
            f"<ClickLog {self.policy} {self.campaign}: {len(self):,} rows, {self.item_count} items, "
            f"{self.clicked} clicks>"
        )


def load_clicks(policy: str, campaign: str) -> ClickLog:
    """One of the six parts of the bundled log, 10,000 rows. Raises CourseError for any other name."""
    if policy not in POLICIES or campaign not in CAMPAIGNS:
        raise CourseError(
            f"There is no log of {policy!r} in {campaign!r}: policies are {', '.join(POLICIES)}, "
            f"campaigns {', '.join(CAMPAIGNS)}."
        )
    return _parts()[policy, campaign]


@functools.cache
def _parts() -> dict[tuple[str, str], ClickLog]:
    return from_csv(gzip.decompress(read_verified(FILE)).decode("utf-8"), f"data/{FILE}")


def from_csv(text: str, name: str = "the log") -> dict[tuple[str, str], ClickLog]:
    """A log as text, split by (policy, campaign). Items of a campaign are those up to the largest number in it.

    name: what the log is called in errors. Raises CourseError, with the first line at fault, for columns that are
    missing or there twice, no rows, a row that is there twice, rows of one part that are not in order of time, and
    whatever `check_columns` finds.
    Nothing is mended silently: whether a row twice in a log is a mistake only its maker knows.
    """
    if not isinstance(text, str):
        raise CourseError(
            f"{name} is wanted as text, such as path.read_text(); this is a {type(text).__name__}."
        )
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff")))  # the mark that spreadsheets put in front
    try:
        header, *found = list(reader) or [[]]
    except csv.Error as error:
        raise CourseError(f"{name}, line {reader.line_num}: no table with commas: {error}.") from None
    if lost := [column for column in COLUMNS if column not in header]:
        raise CourseError(
            f"{name} lacks the column{'s' * (len(lost) > 1)} {', '.join(lost)}; the first line names all."
        )
    if twice := [column for column in COLUMNS if header.count(column) > 1]:
        raise CourseError(f"{name} has the column {twice[0]} more than once; which one counts?")
    if not found:
        raise CourseError(f"{name} holds no row below its first line, so there is nothing to learn from.")
    if odd := next((line for line, row in enumerate(found, 2) if len(row) != len(header)), 0):
        raise CourseError(
            f"{name}, line {odd}: {len(found[odd - 2])} fields, and the first line has {len(header)} names."
        )
    rows = list(map(itemgetter(*map(header.index, COLUMNS)), found))
    _check_once(rows, name)
    return _by_part(rows, name)


def check_columns(
    items: Array, positions: Array, clicks: Array, propensities: Array, where: Callable[[int], str]
) -> None:
    """Raise CourseError with the first row at fault of columns (n,), named by `where`.

    Items are whole numbers from 0 on, below a million, negative where nothing was shown; positions 1, 2, 3; clicks 0 or
    1; propensities above 0 (and not so small that 1 over it is infinite) and at most 1. None of them may be NaN.
    """
    if not len(items):
        raise CourseError(f"{where(0)}: there is no row, so there is nothing to learn from.")
    nothing = ~(np.asarray(items) >= 0)
    checks = (
        (nothing & (np.asarray(clicks) == 1), items, "a click on nothing shown; item_id is missing"),
        (nothing, items, "nothing was shown; leave out rows without an item_id"),
        (np.asarray(items) != np.floor(items), items, "item {} is no whole number"),
        (
            np.asarray(items) >= MOST_ITEMS,
            items,
            f"item {{}} is above {MOST_ITEMS - 1:,}; number the items from 0 on",
        ),
        (~np.isin(positions, range(1, POSITIONS + 1)), positions, "position {} is none of 1, 2, 3"),
        (~np.isin(clicks, (0, 1)), clicks, "click {} is neither 0 nor 1; a rate is no click"),
        (
            ~((np.asarray(propensities) >= np.finfo(float).tiny) & (np.asarray(propensities) <= 1)),
            propensities,
            "propensity_score {} is no probability of what was shown: above 0, and at most 1",
        ),
    )
    for wrong, values, fault in checks:
        if wrong.any():
            row = int(wrong.argmax())
            raise CourseError(f"{where(row)}: {fault.format(f'{values[row]:g}')}.")


def _copied(name: str, column: str, values: object) -> Array:
    """A column of its own, so that the caller's stays writable: times and numbers as such, of one row each."""
    kinds = {"times": "datetime64[us]", "features": None}
    try:
        copied = np.array(values, kinds.get(column, float))
    except (TypeError, ValueError):
        raise CourseError(f"{name}: {column} cannot be read as one a row.") from None
    if copied.ndim != (2 if column == "features" else 1):
        raise CourseError(f"{name}: {column} has the shape {copied.shape}, and one a row is wanted.")
    return copied


def _check_once(rows: Sequence[tuple[str, ...]], name: str) -> None:
    first: dict[tuple[str, ...], int] = {}
    for line, row in enumerate(rows, 2):
        if (before := first.setdefault(row, line)) != line:
            raise CourseError(f"{name}, line {line}: the same row as line {before}; count it once.")


def _by_part(rows: Sequence[tuple[str, ...]], name: str) -> dict[tuple[str, str], ClickLog]:
    texts = dict(zip(COLUMNS, zip(*rows, strict=True), strict=True))
    whole = {
        column: _numbers(texts[column], column, name)
        for column in ("item_id", "position", "click", "propensity_score")
    }
    check_columns(*whole.values(), where=lambda row: f"{name}, line {row + 2}")
    times = _times(texts["timestamp"], name)
    features = np.array([texts[column] for column in FEATURES]).T
    policies, campaigns = np.array(texts["policy"]), np.array(texts["campaign"])
    logs = {}
    for policy, campaign in dict.fromkeys((row[0], row[1]) for row in rows):
        chosen = campaigns == campaign
        item_count = int(whole["item_id"][chosen].max()) + 1
        here = np.flatnonzero(chosen & (policies == policy))
        if len(late := np.flatnonzero(np.diff(times[here]) < np.timedelta64(0))):
            raise CourseError(
                f"{name}, line {here[late[0] + 1] + 2}: earlier than the row before it; sort each part by timestamp."
            )
        numbers = [column[here] for column in whole.values()]
        logs[policy, campaign] = ClickLog(policy, campaign, item_count, times[here], *numbers, features[here])
    return logs


def _numbers(texts: Sequence[str], column: str, name: str) -> Array:
    """A column as floats; empty fields become -1 for items, where nothing was shown, and NaN elsewhere."""
    empty = "-1" if column == "item_id" else "nan"
    filled = [text or empty for text in texts]
    return _converted(filled, float, lambda text: f"{column} is no number: {text!r}", name)


def _times(texts: Sequence[str], name: str) -> Array:
    plain = [text.removesuffix("+00:00") for text in texts]
    times = _converted(
        [text if TIME.fullmatch(text) or text == "NaT" else "none" for text in plain],
        "datetime64[us]",
        lambda text: "timestamp is none in UTC, such as 2019-11-24 00:00:34+00:00",
        name,
    )
    if np.isnat(times).any():
        raise CourseError(f"{name}, line {np.isnat(times).argmax() + 2}: timestamp is missing.")
    return times


def _converted(texts: Sequence[str], kind: type | str, fault: Callable[[str], str], name: str) -> Array:
    """All at once, which is fast; if that fails, one by one to find the line."""
    try:
        return np.array(texts, kind)
    except ValueError:
        for line, text in enumerate(texts, 2):
            try:
                np.array([text], kind)
            except ValueError:
                raise CourseError(f"{name}, line {line}: {fault(text)}.") from None
        raise
