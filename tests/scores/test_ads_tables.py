"""The tables of lesson 15: whole, made by the code as it is, and what the lesson says of them."""

from __future__ import annotations

import csv
import io
from types import ModuleType

import numpy as np
import pytest

from course_lib import ROOT
from course_lib.datasets.tables import read_table
from tests import data_scripts


@pytest.fixture(scope="module")
def script() -> ModuleType:
    return data_scripts.load("make_ads")


def tables_read(name: str) -> list[dict[str, str]]:
    """The rows of a table as text."""
    return list(csv.DictReader((ROOT / "data" / name).read_text("utf-8").splitlines()))


def rows_of(table: str, **wanted: object) -> list[dict]:
    found = [
        row for row in read_table(f"{table}.csv") if all(row[name] == value for name, value in wanted.items())
    ]
    assert found, wanted
    return found


def one(table: str, column: str, **wanted: object) -> float:
    (row,) = rows_of(table, **wanted)
    return row[column]


def test_the_tables_are_whole(script: ModuleType) -> None:
    assert script.missing() == []
    for table, columns in script.TABLES.items():
        rows = tables_read(table)
        assert tuple(rows[0]) == columns
        assert len({tuple(row.values()) for row in rows}) == len(rows)
    assert len(script.SEEDS) == 10


CHEAP = (
    ("ad_values.csv", {"campaign": "men"}),
    ("ad_tests.csv", {"what": "peeking", "looks": 10}),
    ("ad_tests.csv", {"what": "power", "rate_b": 0.006}),
    ("ad_tests.csv", {"what": "interval", "method": "wilson"}),
    ("bandits.csv", {"world": "five_day", "learner": "thompson_window", "seed": 3}),
    ("bandits.csv", {"world": "five_day", "learner": "epsilon_greedy", "seed": 9}),
)


def is_of(about: dict, row: dict) -> bool:
    return all(row[name] == str(value) for name, value in about.items())


@pytest.mark.slow
@pytest.mark.parametrize(("table", "about"), CHEAP, ids=str)
def test_rows_made_again_are_those_of_the_table(script, monkeypatch, table: str, about: dict) -> None:
    """Lost rows are measured anew, and take their own place in the table, to the letter but for rounding."""
    tables = {name: tables_read(name) for name in script.TABLES}
    whole = tables[table]
    tables[table] = [row for row in whole if not is_of(about, row)]
    assert len(tables[table]) < len(whole)
    monkeypatch.setattr("measured_tables.read", tables.get)
    (run,) = script.missing()
    assert run.what == ", ".join(f"{name} {value}" for name, value in about.items())
    written = {}
    monkeypatch.setattr(
        "measured_tables.publish", lambda name, content: written.update({name: content.decode()})
    )
    run.measure()
    again = list(csv.DictReader(io.StringIO(written[table])))
    assert len(again) == len(whole)
    for found, wanted in zip(again, whole, strict=True):
        for name, text in wanted.items():
            try:
                assert float(found[name]) == pytest.approx(float(text), rel=1e-4, abs=1e-9), (name, wanted)
                assert ("." in found[name]) == ("." in text), (name, wanted)
            except ValueError:
                assert found[name] == text, wanted


@pytest.mark.slow
def test_a_world_s_coverage_is_measured_as_the_table_says(script) -> None:
    """A few logs of the world without spread: near the table's share, and the width its own."""
    found = {row["method"]: row for row in script.ad_test_rows.bootstrap_rows(0.0, 0.0, logs=6)}
    for name, row in found.items():
        table = one("ad_tests", "width", what="bootstrap", method=name, spread=0)
        assert row["width"] == pytest.approx(table, rel=0.2), name


def test_the_script_goes_on_where_it_stopped(script, monkeypatch, capsys) -> None:
    about = {"world": "log", "learner": "thompson", "seed": 4}
    left = {
        name: [row for row in tables_read(name) if "world" not in row or not is_of(about, row)]
        for name in script.TABLES
    }
    monkeypatch.setattr("measured_tables.read", left.get)
    (run,) = script.missing()
    assert (run.table, run.what) == ("bandits.csv", "world log, learner thompson, seed 4")
    monkeypatch.setattr("sys.argv", ["make_ads.py", "--minutes", "0"])
    script.main()
    assert "1 runs are left" in capsys.readouterr().out


def test_ctrl_c_keeps_what_was_finished(script, monkeypatch, capsys) -> None:
    def press() -> None:
        raise KeyboardInterrupt

    runs = [*script.runs(), ("bandits.csv", {"world": "none"}, 1, press)]
    monkeypatch.setattr(script, "runs", lambda: runs)
    monkeypatch.setattr("sys.argv", ["make_ads.py"])
    before = tables_read("bandits.csv")
    with pytest.raises(SystemExit) as ended:
        script.main()
    assert ended.value.code == 130 and "call this again" in capsys.readouterr().err
    assert tables_read("bandits.csv") == before


def test_ten_looks_err_about_19_times_in_100_and_both_cures_hold() -> None:
    for looks in (1, 2, 5, 10, 20, 50):
        shares = {
            method: one("ad_tests", "share", what="peeking", method=method, looks=looks, rate_b=0.005)
            for method in ("uncorrected", "pocock", "coin")
        }
        assert shares["pocock"] == pytest.approx(0.05, abs=0.008) and shares["coin"] < 0.05
        if looks == 10:
            assert shares["uncorrected"] == pytest.approx(0.193, abs=0.012)
        if looks > 1:
            assert shares["uncorrected"] > 0.075


def test_the_cures_cost_power_and_save_visitors() -> None:
    for method in ("pocock", "coin"):
        about = {"what": "peeking", "looks": 10, "rate_b": 0.006}
        power = one("ad_tests", "share", method=method, **about)
        once = one("ad_tests", "share", method="uncorrected", what="peeking", looks=1, rate_b=0.006)
        assert power < once - 0.08
        assert one("ad_tests", "visitors_used", method=method, **about) < 0.82 * 200_000


def test_wald_fails_where_wilson_and_the_exact_interval_hold() -> None:
    for shown in (100, 300, 1000, 3000):
        about = {"what": "interval", "visitors": shown}
        assert one("ad_tests", "share", method="wald", **about) < 0.92
        assert one("ad_tests", "share", method="wilson", **about) > 0.91
        assert one("ad_tests", "share", method="exact", **about) >= 0.95


def test_the_formula_of_power_is_what_tests_find() -> None:
    for row in rows_of("ad_tests", what="power", method="formula"):
        found = one(
            "ad_tests",
            "share",
            what="power",
            method="simulated",
            rate_b=row["rate_b"],
            visitors=row["visitors"],
        )
        assert found == pytest.approx(row["share"], abs=0.016)


def test_women_are_worth_two_rows_or_537() -> None:
    def of(column: str, rows: str, estimator: str) -> float:
        about = {"campaign": "women", "rows": rows, "estimator": estimator, "limit": None}
        return one("ad_values", column, **about)

    assert round(of("effective_samples", "all", "ips"), 1) == 2.1
    assert round(of("effective_samples", "measured", "ips")) == 537
    assert of("value", "all", "doubly_robust") < 0 < of("value", "measured", "doubly_robust")
    assert of("value", "measured", "self_normalised") > 3 * of("value", "all", "self_normalised")


def bootstrap_row(method: str, spread: float, lean: float = 0.0) -> dict:
    (row,) = rows_of("ad_tests", what="bootstrap", method=method, spread=spread, lean=lean)
    return row


def test_the_bootstrap_holds_less_and_less_with_heavier_tails_and_errs_below() -> None:
    for method in ("ips", "self_normalised", "doubly_robust"):
        even, men, worse = (bootstrap_row(method, spread) for spread in (0, 1.8, 2.3))
        assert even["share"] > 0.9 and men["share"] < 0.83 and worse["share"] < 0.78
        for row in (men, worse):
            assert row["below"] > 5 * row["above"]  # it seldom says too much
        assert men["rmse"] > 2 * even["rmse"]
        assert even["effective_samples"] == pytest.approx(10_000)
        assert 400 < men["effective_samples"] < 900  # campaign "men" has 656


def test_the_direct_method_is_right_where_the_log_was_blind_and_biased_where_it_leaned() -> None:
    """The rates hardly differ, so any mean of them does, unless the log prefers the better items."""
    blind, leaning = bootstrap_row("direct", 1.8), bootstrap_row("direct", 1.5, 1.0)
    assert blind["share"] > 0.88 and leaning["share"] < 0.75
    assert leaning["bias"] > 5 * abs(blind["bias"]) and leaning["above"] > 0.3
    assert leaning["earned"] > 1.1 * leaning["rate_a"]


def regrets(world: str, learner: str, visitors: int) -> np.ndarray:
    found = rows_of("bandits", world=world, learner=learner, visitors=visitors)
    assert [row["seed"] for row in found] == list(range(10))
    return np.array([row["regret"] for row in found])


def test_bandits_lose_less_than_uniform_and_much_less_later() -> None:
    for learner in ("epsilon_greedy", "thompson", "thompson_rare"):
        assert regrets("log", learner, 1_000_000).max() < regrets("log", "uniform", 1_000_000).min()
    early, late = (
        regrets("log", "thompson_rare", visitors).mean() / regrets("log", "uniform", visitors).mean()
        for visitors in (10_000, 1_000_000)
    )
    assert (
        early > 0.85 and late < 0.25
    )  # 10,000 visitors, as many as a campaign of the log has, teach nearly nothing


def test_epsilon_greedy_begins_better_and_ends_far_better_or_far_worse() -> None:
    """With ten seeds the means at a million cannot be told apart; what differs is the spread."""
    greedy, thompson = (
        [regrets("log", learner, visitors) for visitors in (100_000, 1_000_000)]
        for learner in ("epsilon_greedy", "thompson_rare")
    )
    assert (greedy[0] < thompson[0]).sum() == 8
    assert (greedy[1] < thompson[1].min()).sum() == 7 and (greedy[1] > 2 * thompson[1].max()).sum() == 3


def test_greed_alone_is_a_matter_of_luck() -> None:
    found = regrets("log", "greedy", 1_000_000)
    assert found.min() < 10 and np.median(found) > 2000


def test_a_better_prior_helps_where_clicks_are_rare() -> None:
    assert (regrets("log", "thompson_rare", 1_000_000) < regrets("log", "thompson", 1_000_000)).sum() >= 8


def test_forgetting_costs_where_clicks_are_rare() -> None:
    for memory in ("thompson_discount", "thompson_window"):
        more = regrets("log_day", memory, 300_000) - regrets("log_day", "thompson_rare", 300_000)
        assert more.mean() > 2 * more.std(ddof=1) / np.sqrt(10)


def test_forgetting_pays_where_clicks_are_many_most_of_all_if_what_is_forgotten_is_tried_again() -> None:
    """A uniform prior expects much of what it has forgotten; one of half a per cent leaves it at that."""
    for memory in ("flat_discount", "flat_window"):
        forgetful, plain = (regrets("five_day", learner, 100_000) for learner in (memory, "thompson"))
        assert (forgetful < 0.6 * plain).all() and 2 * forgetful.mean() < plain.mean()
        assert (
            regrets("log_day", memory, 300_000) > 1.2 * regrets("log_day", "thompson", 300_000).mean()
        ).all()
    more = regrets("five_day", "thompson_window", 100_000) - regrets("five_day", "thompson_rare", 100_000)
    assert more.mean() < -2 * more.std(ddof=1) / np.sqrt(10)
