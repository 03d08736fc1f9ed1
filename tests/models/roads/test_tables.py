"""data/roads.csv and data/collapse.csv: whole, of the script's columns, and with what the lesson says of them."""

from __future__ import annotations

from types import ModuleType

import numpy as np
import pytest

from course_lib.datasets.tables import read_rows
from tests import data_scripts


@pytest.fixture(scope="module")
def script() -> ModuleType:
    return data_scripts.load("make_roads")


def test_every_model_has_three_seeds_of_one_budget() -> None:
    rows = read_rows("roads.csv")
    assert len({row["budget"] for row in rows}) == 1
    runs = {(row["model"], row["seed"]) for row in rows}
    assert runs == {(model, seed) for model in ("gan", "vae", "flow") for seed in "012"}
    for row in rows:  # a run ends with the block of steps in which its budget is spent
        budget = float(row["budget"])
        assert budget <= float(row["processor_seconds"]) < 1.2 * budget


def test_the_gan_has_no_likelihood_and_the_others_cost_less_than_noise() -> None:
    for row in read_rows("roads.csv"):
        if row["model"] == "gan":
            assert row["bits_per_pixel"] == ""
        else:
            assert 1 < float(row["bits_per_pixel"]) < 8
            assert 0 < float(row["bits_error"]) < 0.5


def test_more_steps_of_the_solver_draw_better() -> None:
    rows = [row for row in read_rows("roads.csv") if row["model"] == "flow"]
    scores = {(row["draw"], row["seed"]): float(row["frechet_distance"]) for row in rows}
    for seed in "012":
        assert scores["euler 10", seed] < scores["euler 2", seed]


def test_an_averaged_reconstruction_collapses_and_free_bits_cure() -> None:
    rows = read_rows("collapse.csv")

    def of(row: str, column: str) -> np.ndarray:
        return np.array([float(each[column]) for each in rows if each["row"] == row])

    assert (of("averaged", "active_units") == 0).all() and (of("averaged", "divergence") < 0.1).all()
    assert (of("plain", "active_units") == 16).all() and of("plain", "divergence").min() > 20
    assert of("averaged_free_bits", "active_units").min() > 8
    assert of("averaged_free_bits", "bits_per_pixel").max() < of("averaged", "bits_per_pixel").min()
    assert of("heavy", "divergence").max() < of("plain", "divergence").min()


def test_the_script_does_what_is_missing_and_writes_in_order(
    script: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = {}
    monkeypatch.setattr(
        "measured_tables.publish", lambda name, content: written.update({name: content.decode()})
    )
    monkeypatch.setattr(script, "read", lambda name: [])
    runs = script.missing(5.0)
    assert [(run.table, run.what) for run in runs[:4]] == [
        ("roads.csv", f"{name}, seed {seed}")
        for name, seed in (("gan", 0), ("vae", 0), ("flow", 0), ("gan", 1))
    ]
    assert runs[0].measure.args == ("gan", 0, 5.0) and runs[-1].measure.args == ("heavy_free_bits", 1)
    assert len(runs) == 9 + 2 * len(script.COLLAPSE)
    done = [{"model": "vae", "seed": "0", "budget": "5.0"}]
    monkeypatch.setattr(script, "read", lambda name: done if name == "roads.csv" else [])
    assert len(script.missing(5.0)) == len(runs) - 1 and len(script.missing(6.0)) == len(runs)

    rows = [{"row": row, "seed": seed} for row, seed in (("heavy", 1), ("plain", 0), ("heavy", 0))]
    script.write_sorted("collapse.csv", rows)
    lines = written["collapse.csv"].splitlines()
    assert lines[0] == ",".join(script.COLUMNS["collapse.csv"])
    assert [line.split(",")[:2] for line in lines[1:]] == [["plain", "0"], ["heavy", "0"], ["heavy", "1"]]


@pytest.mark.parametrize("name", ["roads.csv", "collapse.csv"])
def test_the_tables_have_the_columns_that_the_script_writes(script: ModuleType, name: str) -> None:
    assert tuple(read_rows(name)[0]) == script.COLUMNS[name]
