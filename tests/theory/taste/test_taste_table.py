"""The table of lesson 16's first half: whole, made by the code as it is, and what the lesson says of it."""

from __future__ import annotations

from functools import cache, partial
from types import ModuleType

import numpy as np
import pytest

from course_lib.datasets.tables import read_table
from course_lib.theory.taste.asking import clicks_needed
from tests import data_scripts


@pytest.fixture(scope="module")
def script() -> ModuleType:
    return data_scripts.load("make_taste")


@cache
def rows() -> list[dict]:
    return read_table("taste.csv")


def column(name: str, **wanted: object) -> np.ndarray:
    """A column of the rows wanted, one number a seed."""
    found = [row[name] for row in rows() if all(row[each] == value for each, value in wanted.items())]
    assert len(found) in (3, 10), wanted
    return np.array(found)


def asked(name: str, method: str, clicks: int, kind: str = "linear", features: str = "all") -> np.ndarray:
    return column(name, what="asking", kind=kind, features=features, method=method, clicks=clicks)


def curve(name: str, method: str) -> np.ndarray:
    """Means over seeds after 0 to 60 clicks, straight between those that the table has."""
    at = (0, 1, 2, 3, 5, 7, 10, 15, 20, 25, 30, 35, 40, 50, 60)
    return np.interp(range(61), at, [asked(name, method, clicks).mean() for clicks in at])


def test_the_table_is_whole(script: ModuleType) -> None:
    assert script.missing() == []
    rows = read_table("taste.csv")
    assert tuple(rows[0]) == script.COLUMNS and len(script.SEEDS) == 10
    assert len({tuple(row.values()) for row in rows}) == len(rows)
    for row in rows:
        if row["what"] != "directions":
            assert 0 <= row["agreement"] <= row["ceiling"] + 1e-6 <= 1 and row["regret"] >= 0


CHEAP = (
    ({"what": "asking", "kind": "ideal_point", "features": "length", "method": "thompson"}, "asking_rows", 3),
    ({"what": "asking", "kind": "linear", "features": "half", "method": "informative"}, "asking_rows", 0),
    ({"what": "dimensions", "dimensions": 6, "method": "random"}, "dimension_rows", 9),
    ({"what": "crowd", "rank": 2, "clicks": 10}, "crowd_rows", 5),
    ({"what": "joining"}, "joining_rows", 1),
    ({"what": "coins", "coins": 0.3, "clicks": 20}, "coin_rows", 2),
)


@pytest.mark.parametrize(("about", "measure", "seed"), CHEAP, ids=lambda each: str(each))
def test_rows_made_again_are_those_of_the_table(script, about: dict, measure: str, seed: int) -> None:
    values = [each for name, each in about.items() if name != "what"]
    again = getattr(script, measure)(*values, seed)
    kept = [
        row
        for row in read_table("taste.csv")
        if row["seed"] == seed and all(row[name] == value for name, value in about.items())
    ]
    assert len(again) == len(kept)
    for found, wanted in zip(again, kept, strict=True):
        for name, value in found.items():
            if isinstance(value, str):
                assert value == wanted[name]
            else:  # a rounding elsewhere may turn one choice of a hundred people
                assert float(value) == pytest.approx(wanted[name], rel=0.02, abs=0.02), (name, wanted)


def test_the_script_goes_on_where_it_stopped(script, monkeypatch, capsys) -> None:
    whole = read_lines = data_scripts.load("measured_tables").read("taste.csv")
    left = [row for row in whole if (row["what"], row["seed"]) != ("directions", "2")]
    monkeypatch.setattr("measured_tables.read", lambda name: left)
    (run,) = script.missing()
    assert (run.table, run.what) == ("taste.csv", "what directions, seed 2")
    monkeypatch.setattr("sys.argv", ["make_taste.py", "--minutes", "0"])
    script.main()
    assert "1 runs are left" in capsys.readouterr().out and read_lines == whole


def test_ctrl_c_keeps_what_was_finished(script, monkeypatch, capsys) -> None:
    def press() -> None:
        raise KeyboardInterrupt

    lost = data_scripts.load("measured_tables").Run("taste.csv", "none", 1, partial(press))
    monkeypatch.setattr(script, "missing", lambda: [lost])
    monkeypatch.setattr("sys.argv", ["make_taste.py"])
    with pytest.raises(SystemExit) as ended:
        script.main()
    assert ended.value.code == 130 and "call this again" in capsys.readouterr().err
    monkeypatch.undo()
    assert script.missing() == []


# what the lesson says


def test_thompson_halves_the_clicks_to_the_best_and_saves_few_for_agreement() -> None:
    regret, agreement = (
        {method: curve(name, method) for method in ("random", "thompson", "informative")}
        for name in ("regret", "agreement")
    )
    assert clicks_needed(regret["random"], regret["thompson"][20], rising=False) > 40
    assert (asked("regret", "thompson", 20) < asked("regret", "random", 20)).all()
    assert clicks_needed(agreement["random"], agreement["thompson"][20]) < 25
    later = asked("agreement", "thompson", 60) - asked("agreement", "random", 60)
    assert later.mean() < 0  # pairs of what is liked best anyway say little of all the others


def test_information_foretells_best_and_finds_the_best_as_fast_where_the_model_is_right() -> None:
    for clicks in (10, 20, 40):
        assert (asked("agreement", "informative", clicks) > asked("agreement", "random", clicks)).all()
        assert (asked("agreement", "informative", clicks) > asked("agreement", "thompson", clicks)).all()
    assert asked("regret", "informative", 20).mean() < 1.2 * asked("regret", "thompson", 20).mean()


@pytest.mark.parametrize(("kind", "features"), [("ideal_point", "all"), ("linear", "half")])
def test_where_the_model_is_wrong_thompson_still_finds_what_is_liked(kind: str, features: str) -> None:
    told = {
        method: asked("regret", method, 40, kind, features)
        for method in ("random", "thompson", "informative")
    }
    assert (told["thompson"] < told["informative"]).all() and (told["thompson"] < told["random"]).all()
    short = asked("ceiling", "random", 60, kind, features) - asked("agreement", "random", 60, kind, features)
    assert short.min() > 0.1
    if kind == "ideal_point":  # and one feature more mends it
        mended = asked("agreement", "random", 60, kind, "length")
        assert (mended > asked("ceiling", "random", 60, kind, "length") - 0.04).all()


def test_twenty_clicks_are_too_few_for_sixty_four_dimensions() -> None:
    known = {
        size: column("agreement", what="dimensions", method="random", dimensions=size, clicks=20).mean()
        for size in (2, 6, 20, 64)
    }
    assert known[2] > known[6] > known[20] > known[64]
    assert known[6] > 0.75 and known[64] < 0.65


def crowd(name: str, method: str, clicks: int, rank: int = 2) -> np.ndarray:
    return column(name, what="crowd", rank=rank, method=method, clicks=clicks)


def test_together_people_are_known_in_far_fewer_clicks_if_they_differ_in_few_ways() -> None:
    for clicks in (5, 10, 20, 40):
        for other in ("all", "alone"):
            assert (crowd("agreement", "low_rank_2", clicks) > crowd("agreement", other, clicks)).all()
    assert crowd("agreement", "low_rank_2", 10).mean() > crowd("agreement", "alone", 40).mean()
    assert crowd("agreement", "low_rank_4", 20).mean() < crowd("agreement", "low_rank_2", 20).mean()
    assert crowd("agreement", "all", 2).mean() > crowd("agreement", "low_rank_2", 2).mean()
    assert crowd("hits", "low_rank_2", 20).mean() > 0.9


def test_where_everybody_differs_in_every_way_few_ways_cannot_hold_them() -> None:
    alone, together = (crowd("agreement", method, 40, rank=20) for method in ("alone", "low_rank_2"))
    assert (alone > together + 0.02).all()


def test_coins_are_found_and_harm_little() -> None:
    def coins(name: str, share: float, method: str = "kept", clicks: int = 20) -> np.ndarray:
        return column(name, what="coins", coins=share, method=method, clicks=clicks)

    assert coins("auc", 0.1).mean() > 0.9 and coins("auc", 0.1, clicks=10).mean() < coins("auc", 0.1).mean()
    assert coins("found", 0.3).mean() > 0.6 and coins("falsely", 0.3).mean() < 0.15
    assert abs(coins("agreement", 0.3) - coins("agreement", 0.3, "dropped")).max() < 0.02
    assert 0 < coins("agreement", 0.0).mean() - coins("agreement", 0.3).mean() < 0.03


def test_newcomers_are_known_from_a_few_clicks() -> None:
    together, alone = (
        {
            clicks: column("agreement", what="joining", method=method, clicks=clicks).mean()
            for clicks in (0, 5, 20, 40)
        }
        for method in ("low_rank_2", "alone")
    )
    assert together[0] > 0.65 and alone[0] == 0.5
    assert together[5] > alone[40]


def test_the_generator_s_own_directions_decide_more_than_random_ones_but_few_are_not_all() -> None:
    main, random = (
        {
            count: column("share", what="directions", method=method, dimensions=count).mean()
            for count in (1, 6, 64)
        }
        for method in ("main", "random")
    )
    assert main[64] == pytest.approx(1) and main[1] < main[6] < 0.9
    assert main[6] > random[6]
