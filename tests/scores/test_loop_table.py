"""The table of lesson 16's loops: whole, made by the code as it is, and what the lesson says of it."""

from __future__ import annotations

import csv
import io
import math
from types import ModuleType

import numpy as np
import pytest

from course_lib.datasets.banners import LOOKS
from course_lib.datasets.tables import read_table
from tests import data_scripts


@pytest.fixture(scope="module")
def script() -> ModuleType:
    return data_scripts.load("make_loop")


def column(name: str, **wanted: object) -> np.ndarray:
    """Of the ten seeds, in their order."""
    rows = [row for row in read_table("loop.csv") if all(row[key] == value for key, value in wanted.items())]
    assert [row["seed"] for row in rows] == list(range(10)), wanted
    return np.array([row[name] for row in rows], float)


def at_the_end(name: str, world: str, policy: str) -> np.ndarray:
    return column(name, world=world, policy=policy, round=40)


def test_the_table_is_whole(script: ModuleType) -> None:
    assert script.missing() == []
    rows = data_scripts.load("measured_tables").read("loop.csv")
    assert tuple(rows[0]) == script.COLUMNS and len(script.SEEDS) == 10
    about = [(row["world"], row["policy"], int(row["seed"]), int(row["round"])) for row in rows]
    assert about == [(*run.values(), number) for run in script.runs() for number in script.ROUNDS]
    for row in rows:
        assert 0 <= float(row["entropy"]) <= math.log(len(LOOKS)) + 1e-3
        assert float(row["click_rate"]) > 0
        if row["policy"] != script.GROUPS:  # a look for each group may bring more than any one look for all
            assert float(row["click_rate"]) <= float(row["best_rate"]) + 1e-9
        assert not row["covered"] or 0 <= float(row["covered"]) <= 1


CHEAP = (
    {"world": "few_visitors", "policy": "greedy", "seed": 4},
    {"world": "two_tastes", "policy": "thompson_groups", "seed": 9},
)


@pytest.mark.slow
@pytest.mark.parametrize("about", CHEAP, ids=str)
def test_rows_made_again_are_those_of_the_table(script, monkeypatch, about: dict) -> None:
    """Lost rows are measured anew, and take their own place in the table."""
    whole = data_scripts.load("measured_tables").read("loop.csv")
    left = [row for row in whole if any(row[name] != str(value) for name, value in about.items())]
    assert len(left) == len(whole) - len(script.ROUNDS)
    monkeypatch.setattr("measured_tables.read", lambda name: left)
    (run,) = script.missing()
    assert run.what == ", ".join(f"{name} {value}" for name, value in about.items())
    written = {}
    monkeypatch.setattr(
        "measured_tables.publish", lambda name, content: written.update({name: content.decode()})
    )
    run.measure()
    again = list(csv.DictReader(io.StringIO(written["loop.csv"])))
    assert len(again) == len(whole)
    for found, wanted in zip(again, whole, strict=True):
        for name, text in wanted.items():
            if name in ("world", "policy") or text == "":
                assert found[name] == text, (name, wanted)
            else:
                assert float(found[name]) == pytest.approx(float(text), rel=0.02, abs=1e-6), (name, wanted)


def test_ctrl_c_keeps_what_was_finished(script, monkeypatch, capsys) -> None:
    def press(world: str, policy: str, seed: int) -> None:
        raise KeyboardInterrupt

    whole = data_scripts.load("measured_tables").read("loop.csv")
    # A run that lacks a row is there.
    monkeypatch.setattr("measured_tables.read", lambda name: whole[:-1])
    assert script.missing() == []
    monkeypatch.setattr("measured_tables.read", lambda name: whole[: -len(script.ROUNDS)])
    monkeypatch.setattr(script, "loop_rows", press)
    monkeypatch.setattr("sys.argv", ["make_loop.py"])
    with pytest.raises(SystemExit) as ended:
        script.main()
    assert ended.value.code == 130 and "call this again" in capsys.readouterr().err
    monkeypatch.setattr("sys.argv", ["make_loop.py", "--minutes", "0"])
    script.main()
    assert "1 runs are left" in capsys.readouterr().out


@pytest.mark.parametrize("world", ["one_taste", "two_tastes", "few_visitors"])
def test_without_feedback_nothing_narrows_and_greedy_narrows_at_once(world: str) -> None:
    for number in (1, 2, 40):
        uniform = {
            name: column(name, world=world, policy="uniform", round=number) for name in ("entropy", "looks")
        }
        np.testing.assert_allclose(uniform["entropy"], math.log(len(LOOKS)), rtol=1e-3)
        assert uniform["looks"].min() > 60
    assert column("entropy", world=world, policy="greedy", round=2).max() < 1e-9
    assert at_the_end("looks", world, "greedy").max() == 1
    distance = {
        policy: at_the_end("distance", world, policy) for policy in ("uniform", "greedy", "greedy_0.4")
    }
    assert (distance["greedy"] < 0.8 * distance["uniform"]).all()
    assert distance["greedy_0.4"].mean() > distance["greedy"].mean()


@pytest.mark.parametrize("world", ["one_taste", "two_tastes", "few_visitors"])
def test_what_is_never_shown_stays_unknown(world: str) -> None:
    greedy, thompson, uniform = (
        at_the_end("taste_error", world, policy) for policy in ("greedy", "thompson", "uniform")
    )
    assert greedy.mean() > thompson.mean() > uniform.mean() and (greedy > uniform).all()
    assert at_the_end("top", world, "greedy").mean() < at_the_end("top", world, "thompson").mean()


def test_exploration_fades_and_a_price_for_variety_stays() -> None:
    def mean(name: str, policy: str, number: int) -> float:
        return column(name, world="one_taste", policy=policy, round=number).mean()

    for name in ("entropy", "looks", "distance"):
        fading = [mean(name, "thompson", number) for number in (1, 2, 5, 10, 20, 40)]
        assert fading == sorted(fading, reverse=True) and fading[-1] < 0.6 * fading[0]
        assert mean(name, "greedy_0.4", 40) > 0.9 * mean(name, "greedy_0.4", 10)
        assert mean(name, "greedy", 40) < mean(name, "thompson", 40) < mean(name, "greedy_0.4", 40)


def gain_over_greedy(world: str, policy: str) -> tuple[float, float, int]:
    """Clicks a visitor in round 40 audience by audience, its standard error, and in how many it is above 0."""
    gain = at_the_end("click_rate", world, policy) - at_the_end("click_rate", world, "greedy")
    return gain.mean(), gain.std(ddof=1) / math.sqrt(len(gain)), int((gain > 0).sum())


def test_exploration_pays_where_visitors_are_few_and_is_not_to_be_told_from_greedy_where_they_are_many() -> (
    None
):
    for policy in ("thompson", "greedy_0.2"):
        gain, error, _ = gain_over_greedy("one_taste", policy)
        assert abs(gain) < 2 * error and abs(gain) < 0.002
    gain, error, number = gain_over_greedy("few_visitors", "thompson")
    assert gain > 0.007 and gain > 2 * error and number == 8
    assert gain_over_greedy("few_visitors", "greedy_0.2")[0] > 0.005
    for number in (2, 3, 5):  # and it costs at first
        early = [
            column("click_rate", world="one_taste", policy=each, round=number).mean()
            for each in ("thompson", "greedy")
        ]
        assert early[0] < 0.95 * early[1]


def test_a_generator_that_does_not_obey_leaves_the_belief_of_uniform_showing_too_sure() -> None:
    assert 0.6 < at_the_end("obeyed", "one_taste", "uniform").mean() < 0.75
    assert at_the_end("covered", "one_taste", "uniform").mean() < 0.8
    assert at_the_end("covered", "one_taste", "greedy").mean() > 0.95


def test_the_dearer_variety_the_more_of_it_and_the_fewer_clicks() -> None:
    prices = ["greedy_0.1", "greedy_0.2", "greedy_0.4", "greedy_0.8"]
    means = [
        [at_the_end(name, "one_taste", policy).mean() for policy in prices]
        for name in ("entropy", "click_rate")
    ]
    assert means[0] == sorted(means[0])
    assert means[1][1:] == sorted(means[1][1:], reverse=True)


def test_to_each_group_its_own_look_is_worth_no_more_than_their_best_ones(script: ModuleType) -> None:
    about = {"world": "two_tastes", "policy": script.GROUPS}
    for seed in range(10):
        audience = script.draw_audience(script.conditions(), minority=0.2, seed=seed)
        best = [audience.rate_of(group).max() for group in (script.MAJORITY, script.MINORITY)]
        for number in script.ROUNDS:
            found = column("click_rate", **about, round=number)[seed]
            assert 0 < found <= (0.8 * best[0] + 0.2 * best[1]) * (1 + 1e-3)


def test_knowing_the_groups_serves_the_minority_best() -> None:
    groups = at_the_end("minority_rate", "two_tastes", "thompson_groups")
    for policy in ("uniform", "greedy", "thompson", "greedy_0.4"):
        assert groups.mean() > at_the_end("minority_rate", "two_tastes", policy).mean() + 0.005


def test_learning_from_clicks_makes_the_minority_lose_in_some_audiences() -> None:
    alike = at_the_end("minority_rate", "two_tastes", "uniform")
    losers = {}
    for policy in ("greedy", "thompson", "greedy_0.2", "greedy_0.4"):
        served = at_the_end("minority_rate", "two_tastes", policy)
        losers[policy] = int((served < alike).sum())
        assert alike.mean() < served.mean() < 0.5 * at_the_end("minority_best", "two_tastes", policy).mean()
    assert losers["greedy"] == 5 and losers["thompson"] == losers["greedy_0.4"] == 2
