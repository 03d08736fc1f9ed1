"""data/melodies.csv: whole, of the script's columns, and with what lesson 12 says of it."""

from __future__ import annotations

from types import ModuleType

import numpy as np
import pytest

from course_lib.datasets.tables import read_rows
from course_lib.models.sequences import pretrained
from tests import data_scripts


@pytest.fixture(scope="module")
def script() -> ModuleType:
    return data_scripts.load("make_melodies")


@pytest.fixture(scope="module")
def rows() -> list[dict[str, str]]:
    return read_rows("melodies.csv")


def of(rows: list[dict[str, str]], task: str, model: str, column: str = "bits") -> np.ndarray:
    """A column of one model's rows, by seed."""
    return np.array([float(row[column]) for row in rows if (row["task"], row["model"]) == (task, model)])


def test_the_table_is_whole_and_in_order(script: ModuleType, rows) -> None:
    assert tuple(rows[0]) == script.COLUMNS
    assert [(row["task"], row["model"]) for row in rows] == [
        (task, model)
        for task, model in script.ORDER
        for _ in (script.SEEDS if model in script.NETWORKS[task] else (0,))
    ]
    assert script.missing(script.SECONDS) == []
    for row in rows:
        if row[
            "budget"
        ]:  # a run ends with the block of steps in which its budget is spent; a long one has a second
            longer = 1.25 if row["model"] in script.LONG.values() else 1
            assert 1 <= float(row["processor_seconds"]) / float(row["budget"]) / longer < 1.15


def test_networks_beat_the_n_gram_and_the_n_gram_beats_the_rest(rows) -> None:
    counted = {name: of(rows, "tunes", name).item() for name in ("uniform", "unigram", "n-gram")}
    assert counted["uniform"] - 2 > counted["unigram"] > counted["n-gram"] + 1.5
    recurrent, attention = of(rows, "tunes", "recurrent"), of(rows, "tunes", "attention")
    assert (recurrent < attention).all()  # on equal compute, whatever the seed
    assert attention.max() < counted["n-gram"]
    assert of(rows, "tunes", "recurrent_long").item() < recurrent.min() - 0.05


def test_of_an_n_gram_the_order_is_the_one_that_validation_chose(rows) -> None:
    (note,) = {row["note"] for row in rows if (row["task"], row["model"]) == ("tunes", "n-gram")}
    assert note == "order 3, witten_bell"


def test_where_tunes_are_few_transposing_them_is_worth_something(rows) -> None:
    own, transposed = of(rows, "keys", "recurrent_own_keys"), of(rows, "keys", "recurrent_transposed")
    assert transposed.max() < own.min()


def test_who_answers_best(rows) -> None:
    simple = {name: of(rows, "answers", name).item() for name in ("unigram", "n-gram", "copy")}
    assert simple["unigram"] > simple["n-gram"] > simple["copy"]
    assert of(rows, "answers", "network_long").item() < min(of(rows, "answers", "network"))
    assert of(rows, "answers", "network").max() < simple["copy"]


def test_the_reports_of_the_weights_are_rows_of_the_table(rows) -> None:
    for name, task, model in (
        ("recurrent", "tunes", "recurrent_long"),
        ("answers", "answers", "network_long"),
    ):
        report = pretrained.report(name)
        for column in ("bits", "bits_error", "validation_bits", "steps", "processor_seconds"):
            assert report[column] == of(rows, task, model, column).item()


def test_the_script_does_what_is_missing_and_writes_in_order(
    script: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = {}
    monkeypatch.setattr(
        "measured_tables.publish", lambda name, content: written.update({name: content.decode()})
    )
    monkeypatch.setattr(script, "read", lambda name: [])
    runs = script.missing(8.0)
    assert [run.what for run in runs[:4]] == [
        "tunes, baselines",
        "answers, baselines",
        "tunes, recurrent, seed 0",
        "tunes, attention, seed 0",
    ]
    assert len(runs) == 2 + 5 * 3 + 2
    assert runs[2].measure.args == ("tunes", "recurrent", 0, 8.0)
    assert {run.measure.args[3] for run in runs[2:] if run.measure.args[0] == "keys"} == {4.0}
    done = [{"task": "tunes", "model": "attention", "seed": "1", "budget": "8.0", "note": ""}]
    monkeypatch.setattr(script, "read", lambda name: done)
    assert len(script.missing(8.0)) == len(runs) - 1 and len(script.missing(9.0)) == len(runs)

    again = [{**done[0], "budget": "9.0"}, {**done[0], "model": "recurrent", "seed": "2"}]
    script.put(again)
    lines = written["melodies.csv"].splitlines()
    assert lines[0] == ",".join(script.COLUMNS)
    assert [line.split(",")[:4] for line in lines[1:]] == [
        ["tunes", "recurrent", "2", "8.0"],
        ["tunes", "attention", "1", "9.0"],
    ]
