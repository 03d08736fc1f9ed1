"""Tables measured run by run: what was stopped loses one run, and what was not begun is counted."""

from __future__ import annotations

import shutil
import signal
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from course_lib import ROOT
from course_lib.datasets import bundled
from tests import data_scripts

NAME, COLUMNS = "squares.csv", ("number", "square")


@pytest.fixture
def tables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """data/measured_tables.py, in a folder of its own."""
    for name in ("SHA256SUMS", "README.md"):
        shutil.copy(ROOT / "data" / name, tmp_path)
    monkeypatch.setattr(bundled, "DATA", tmp_path)
    return data_scripts.load("measured_tables")


@pytest.fixture
def missing(tables: ModuleType) -> Callable[[], list]:
    """The runs of a table of three squares that are still to do."""

    def square(number: int) -> None:
        row = {"number": number, "square": number**2}
        tables.write(NAME, COLUMNS, [*tables.read(NAME), row])

    def missing() -> list:
        done = {row["number"] for row in tables.read(NAME)}
        wanted = (number for number in (1, 2, 3) if str(number) not in done)
        return [tables.Run(NAME, f"of {each}", 30, lambda each=each: square(each)) for each in wanted]

    return missing


def test_ctrl_c_loses_one_run_and_the_next_call_goes_on(tables, missing, capsys) -> None:
    def stop() -> None:
        raise KeyboardInterrupt

    first, second, _ = missing()
    with pytest.raises(SystemExit) as ended:
        tables.do([first, second._replace(measure=stop)])
    assert ended.value.code == 130 and "kept; call this again" in capsys.readouterr().err
    assert [run.what for run in missing()] == ["of 2", "of 3"]

    tables.do(missing())
    assert "1 of 2: squares, of 2" in (said := capsys.readouterr().out) and "whole" in said
    assert tables.read(NAME) == [{"number": str(n), "square": str(n * n)} for n in (1, 2, 3)]
    assert bundled.read_verified(NAME).startswith(b"number,square\n")


@pytest.mark.parametrize(("minutes", "left"), [(0, 3), (0.4, 3), (0.6, 0), (None, 0)])
def test_no_run_begins_that_the_minutes_would_not_hold(
    tables, missing, monkeypatch, capsys, minutes, left
) -> None:
    # a clock that stands: a busy machine changes nothing
    monkeypatch.setattr(tables.time, "monotonic", lambda: 0.0)
    tables.do(missing(), minutes)
    assert len(missing()) == left
    assert ("3 runs are left; call this again." in capsys.readouterr().out) == bool(left)


def test_a_run_longer_than_expected_counts_for_the_next_of_its_table(tables, monkeypatch, capsys) -> None:
    now = [0.0]
    monkeypatch.setattr(tables.time, "monotonic", lambda: now[0])

    def last(seconds: float) -> Callable[[], None]:
        return lambda: now.__setitem__(0, now[0] + seconds)

    runs = [
        tables.Run("slow.csv", "first", 10, last(100)),
        tables.Run("quick.csv", "second", 10, last(5)),
        tables.Run("slow.csv", "third", 10, last(100)),
    ]
    tables.do(runs, minutes=3.5)  # 105 s are gone, and the third may take 120
    said = capsys.readouterr().out
    assert "2 of 3: quick, second" in said and "1 runs are left" in said


def test_ctrl_c_waits_until_a_file_and_its_checksum_are_written(tables, monkeypatch) -> None:
    feature_network = data_scripts.load("make_feature_network")
    write = feature_network._write

    def interrupted(path: Path, content: bytes) -> None:
        signal.raise_signal(signal.SIGINT)
        write(path, content)

    handler = signal.getsignal(signal.SIGINT)
    monkeypatch.setattr(feature_network, "_write", interrupted)
    with pytest.raises(KeyboardInterrupt):
        tables.write(NAME, COLUMNS, [{"number": 1, "square": 1}])
    assert bundled.read_verified(NAME) == b"number,square\n1,1\n"
    assert (bundled.DATA / "SHA256SUMS").read_text() in (bundled.DATA / "README.md").read_text("utf-8")
    assert signal.getsignal(signal.SIGINT) is handler


@pytest.mark.parametrize("minutes", ["nan", "-1", "many"])
def test_minutes_that_are_no_limit_are_refused(tables, minutes, capsys) -> None:
    with pytest.raises(SystemExit):
        tables.parser("").parse_args([f"--minutes={minutes}"])
    assert "--minutes" in capsys.readouterr().err
    assert tables.parser("").parse_args(["--minutes=0"]).minutes == 0


def test_groups_of_rows_are_made_once_and_kept_in_order(tables, capsys) -> None:
    def groups(*names: str) -> list:
        return [
            (
                {"kind": name, "part": 1.0},  # a fraction, written as 1
                30,
                lambda name=name: [{"size": n, "share": n / 3} for n in (1, 2)],
            )
            for name in names
        ]

    columns = ("kind", "part", "size", "share")

    def missing() -> list:
        return tables.missing_groups(NAME, columns, groups("first", "second", "third"))

    assert [run.what for run in missing()] == [
        "kind first, part 1.0",
        "kind second, part 1.0",
        "kind third, part 1.0",
    ]
    tables.do(missing()[2:])
    tables.do(missing()[1:])
    assert [run.what for run in missing()] == ["kind first, part 1.0"]
    tables.do(missing())
    rows = tables.read(NAME)
    assert [(row["kind"], row["size"], row["share"]) for row in rows] == [
        (kind, size, share)
        for kind in ("first", "second", "third")
        for size, share in (("1", "0.333333"), ("2", "0.666667"))
    ]
    assert missing() == []
    tables.write(NAME, columns, rows[:2] + rows[4:])  # lost, and put back into their place
    tables.do(missing())
    assert tables.read(NAME) == rows


def test_rows_that_belong_to_no_group_are_named(tables) -> None:
    tables.write(NAME, ("kind", "size"), [{"kind": "tenth", "size": 1}])
    with pytest.raises(SystemExit, match="has a row of no group: kind tenth"):
        tables.missing_groups(NAME, ("kind", "size"), [({"kind": "first"}, 1, list)])
