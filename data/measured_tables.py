"""Tables that are measured run by run, as scripts of this folder do: what is done is kept, and the next call goes on.

A run adds its rows when it is done, so Ctrl-C costs no more than the run it stops.
"""

from __future__ import annotations

import argparse
import csv
import io
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import NamedTuple

import keras
import numpy as np
from make_feature_network import publish

from course_lib.datasets import bundled


class Run(NamedTuple):
    """What is measured at once. seconds: how long a run of this table takes at most, as far as is known beforehand."""

    table: str
    what: str
    seconds: float
    measure: Callable[[], None]


def read(name: str) -> list[dict[str, str]]:
    """The rows of data/NAME, none if it is not there yet."""
    path = bundled.DATA / name
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines())) if path.exists() else []


def four_digits(value: object) -> object:
    """A number as tables hold it: more digits than it is known to, and nothing where it is not finite."""
    if isinstance(value, float | np.floating):
        return float(f"{value:.4g}") if np.isfinite(value) else ""
    return value


def write(name: str, columns: Sequence[str], rows: Iterable[Mapping[str, object]]) -> None:
    """The whole table anew, with its checksum."""
    table = io.StringIO()
    writer = csv.DictWriter(table, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    publish(name, table.getvalue().encode())


def parser(description: str | None, seconds: float | None = None) -> argparse.ArgumentParser:
    """Of a script's command line: its docstring as it stands, and --minutes; with `seconds`, a run's, --seconds too."""
    made = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    made.add_argument(
        "--minutes", type=_from_zero, help="begin no run that would not end within so many minutes"
    )
    if seconds is not None:
        made.add_argument("--seconds", type=_above_zero, default=seconds, help="processor seconds a run")
    return made


def _from_zero(text: str) -> float:
    if not float(text) >= 0:  # with NaN minutes every run would begin
        raise argparse.ArgumentTypeError("a number from 0 on is wanted")
    return float(text)


def _above_zero(text: str) -> float:
    if not float(text) > 0:  # no training reaches NaN seconds
        raise argparse.ArgumentTypeError("a number above 0 is wanted")
    return float(text)


@contextmanager
def stopped_in_one_line(kept: str = "What was finished is kept; call this again to go on.") -> Iterator[None]:
    """Ctrl-C within ends the script with a line that says what is kept."""
    try:
        yield
    except KeyboardInterrupt:
        print(f"\nStopped. {kept}", file=sys.stderr)
        sys.exit(130)


@stopped_in_one_line()
def do(runs: Sequence[Run], minutes: float | None = None) -> None:
    """Do the runs one after the other, and say so; none that might not end within so many minutes from now."""
    began_at = time.monotonic()
    longest: dict[str, float] = {}
    for number, run in enumerate(runs, 1):
        run_began_at = time.monotonic()
        seconds = longest.setdefault(run.table, run.seconds)
        if minutes is not None and run_began_at - began_at + seconds > 60 * minutes:
            print(f"{len(runs) - number + 1} runs are left; call this again.", flush=True)
            return
        print(f"{number} of {len(runs)}: {run.table.removesuffix('.csv')}, {run.what} ...", flush=True)
        run.measure()
        keras.utils.clear_session()
        took = time.monotonic() - run_began_at
        longest[run.table] = max(seconds, 1.2 * took)
        print(f"    done in {took:.0f} s", flush=True)
    print("The tables are whole.", flush=True)


def missing_groups(
    name: str,
    columns: Sequence[str],
    groups: Sequence[tuple[Mapping[str, object], float, Callable[[], Iterable[Mapping[str, object]]]]],
    written: Callable[[object], object] | None = None,
) -> list[Run]:
    """Runs for the groups of rows that data/NAME lacks, in the order of `groups`, in which the table is kept, too.

    Each group: what its rows have in common, column by column, and no row of another group has; seconds; and what
    measures its rows, which hold the rest. written: how a value stands in the table; if not said, fractions have six
    digits, more than any is known to, and whole numbers no point.
    """
    written = written or _six_digits
    abouts = [{column: str(written(value)) for column, value in about.items()} for about, *_ in groups]

    def number_of(row: Mapping[str, object]) -> int:
        for number, about in enumerate(abouts):
            if all(str(row[column]) == value for column, value in about.items()):
                return number
        told = ", ".join(f"{column} {value}" for column, value in row.items() if value)
        sys.exit(f"data/{name} has a row of no group: {told}. Delete it.")

    def add(number: int) -> None:
        about, _, measure = groups[number]
        found = [{**about, **row} for row in measure()]
        texts = [{column: written(row.get(column, "")) for column in columns} for row in found]
        kept = [row for row in read(name) if number_of(row) != number]
        write(name, columns, sorted([*kept, *texts], key=number_of))

    there = {number_of(row) for row in read(name)}
    return [
        Run(
            name, ", ".join(f"{column} {value}" for column, value in about.items()), seconds, partial(add, at)
        )
        for at, (about, seconds, _) in enumerate(groups)
        if at not in there
    ]


def _six_digits(value: object) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)
