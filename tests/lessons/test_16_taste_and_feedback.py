"""What lesson 16 says of clicks, crowds and loops is so."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from course_lib.datasets.tables import read_table
from course_lib.scores.intervals import exact_interval
from tests.lessons.run_solved import names_of

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def defined() -> dict[str, Any]:
    """The globals of the lesson, run with the course's own answers."""
    return names_of("16")


def mean_of(table: str, column: str, **where: Any) -> float:
    """Over the ten seeds."""
    found = [
        row[column] for row in read_table(table) if all(row[name] == value for name, value in where.items())
    ]
    assert len(found) == 10, where
    return float(np.mean(found))


def taste(column: str, **where: Any) -> float:
    return mean_of("taste.csv", column, **where)


def loop(column: str, **where: Any) -> float:
    return mean_of("loop.csv", column, **where)


def asking(column: str, method: str, clicks: int, kind: str = "linear", features: str = "all") -> float:
    return taste(column, what="asking", kind=kind, features=features, method=method, clicks=clicks)


def test_twenty_clicks_foretell_as_well_as_a_person_repeats_herself(defined) -> None:
    program, ceiling = defined["asked"].agreement[20].mean(), defined["asked"].ceiling.mean()
    herself = (defined["chance"] ** 2 + (1 - defined["chance"]) ** 2).mean()
    assert 0.75 < program < 0.8 and 0.82 < ceiling < 0.86 and herself < ceiling - 0.04
    assert abs(program - herself) < 0.015


def test_six_of_six_and_no_less_exclude_guessing() -> None:
    assert exact_interval(6, 6)[0] > 0.5 > exact_interval(5, 6)[0]
    assert math.isclose(exact_interval(6, 6)[0], 0.54, abs_tol=0.005)
    assert exact_interval(16, 20)[0] > 0.5 and exact_interval(15, 20)[0] > 0.5 > exact_interval(14, 20)[0]


def test_neither_is_worth_something_and_less_than_a_click(defined) -> None:
    found = defined["found_agreement"]
    gain = found["all 20 answers"] - found["without 'neither'"]
    assert gain.mean() > 2 * gain.std(ddof=1) / math.sqrt(len(gain))
    used, thrown, clicks = (each.mean() for each in found.values())
    assert thrown < used < clicks


def test_pairs_learned_from_flatter_and_chosen_ones_do_the_opposite(defined) -> None:
    learned, chosen, _, yours = (each.mean() for each in defined["scores"].values())
    truth, spread = defined["steered"].agreement[20].mean(), defined["scores"]["yours"].std()
    assert learned > truth + 0.1 and chosen < truth - 0.01
    assert abs(yours - truth) < 2 * spread / math.sqrt(300)


def test_thompson_saves_clicks_for_the_best_and_not_for_agreement_and_information_for_both() -> None:
    for clicks in (10, 20, 40):
        informative, random = (asking("agreement", m, clicks) for m in ("informative", "random"))
        assert informative > random + 0.015
        for method in ("thompson", "informative"):
            assert asking("regret", method, clicks) < 0.7 * asking("regret", "random", clicks)
    assert 0 < asking("agreement", "thompson", 20) - asking("agreement", "random", 20) < 0.012
    for clicks in (40, 60):
        assert asking("agreement", "thompson", clicks) < asking("agreement", "random", clicks)


def test_an_ideal_point_stays_unknown_to_a_line_and_one_feature_more_mends_it() -> None:
    kind = {"kind": "ideal_point"}
    assert asking("agreement", "random", 60, **kind) < 0.75 < 0.86 < asking("ceiling", "random", 60, **kind)
    assert asking("regret", "thompson", 60, **kind) < 0.5 * asking("regret", "informative", 60, **kind)
    mended = {"kind": "ideal_point", "features": "length"}
    assert asking("ceiling", "random", 60, **mended) - asking("agreement", "informative", 60, **mended) < 0.01
    assert asking("agreement", "random", 20, features="length") < asking("agreement", "random", 20) - 0.005


def test_erring_people_and_hidden_features_are_as_told() -> None:
    def share_of_the_way(kind: str, clicks: int) -> float:
        found, ceiling = (asking(column, "random", clicks, kind) for column in ("agreement", "ceiling"))
        return (found - 0.5) / (ceiling - 0.5)

    assert share_of_the_way("erring", 60) < share_of_the_way("linear", 20)
    assert 0.69 < asking("agreement", "informative", 60, features="half") < 0.71


def test_low_rank_wins_from_five_clicks_on_where_tastes_differ_in_two_ways_and_loses_where_in_twenty() -> (
    None
):
    def crowd(method: str, clicks: int, rank: int) -> float:
        return taste("agreement", what="crowd", rank=rank, method=method, clicks=clicks)

    assert crowd("low_rank_2", 2, 2) < crowd("all", 2, 2)
    for clicks in (5, 10, 20, 40):
        assert crowd("low_rank_2", clicks, 2) > max(crowd("all", clicks, 2), crowd("alone", clicks, 2)) + 0.05
        assert crowd("low_rank_2", clicks, 20) < crowd("alone", clicks, 20) - 0.05
    assert crowd("alone", 5, 2) < crowd("all", 5, 2) and crowd("alone", 40, 2) > crowd("all", 40, 2)
    assert crowd("low_rank_2", 10, 2) > crowd("alone", 40, 2)


def test_coins_do_little_harm_and_dropping_suspects_no_good() -> None:
    def coins(method: str, share: float) -> float:
        return taste("agreement", what="coins", coins=share, clicks=20, method=method)

    assert coins("kept", 0.0) - coins("kept", 0.3) < 0.01
    assert abs(coins("dropped", 0.3) - coins("kept", 0.3)) < 0.003


def test_saved_clicks_are_as_told(defined) -> None:
    saved = defined["checked_clicks_saved"]
    slow = defined["asked"]
    told = {("Thompson", "agreement"): (2, 6), ("Thompson", "regret"): (12, 30)}
    told |= {("information", "agreement"): (28, 36), ("information", "regret"): (15, 40)}
    for (name, measure), (least, most) in told.items():
        sign = 1 if measure == "agreement" else -1
        curves = (sign * getattr(run, measure).T for run in (slow, defined["runs"][name]))
        number, error = saved(*curves, 20)
        assert least < number < most and number > 2 * error


def test_the_longer_trained_generator_obeys_as_told_and_copies_nothing(defined) -> None:
    last, program = defined["report"]["moments"][-1], defined["report"]["renderer"]["trained"]
    for looks in ("trained", "held_out"):
        assert 0.6 < last[looks]["all"] < 0.72 and 0.68 < last[looks]["kind"] < 0.75
    assert last["held_out"]["all"] > last["trained"]["all"]
    assert last["trained"]["nearest"] > 1.4 * program["nearest"] > 0.25
    assert 0.6 < (defined["gallery"].seen == np.arange(144)[:, None]).mean() < 0.72


def test_greedy_shows_one_look_earns_most_and_stays_wrong_about_the_rest() -> None:
    def at_the_end(column: str, policy: str) -> float:
        return loop(column, world="one_taste", policy=policy, round=40)

    assert at_the_end("entropy", "greedy") == 0 and at_the_end("looks", "greedy") == 1
    assert at_the_end("click_rate", "greedy") > 1.5 * at_the_end("click_rate", "uniform")
    assert at_the_end("taste_error", "greedy") > 1.8 * at_the_end("taste_error", "uniform")
    for policy in ("thompson", "greedy_0.2"):
        assert at_the_end("click_rate", policy) > at_the_end("click_rate", "greedy") - 0.001
    prices = [at_the_end("entropy", f"greedy_{price}") for price in (0.1, 0.2, 0.4, 0.8)]
    assert prices == sorted(prices)
    assert at_the_end("click_rate", "greedy_0.8") < 0.75 * at_the_end("click_rate", "greedy")
    assert 0.92 < at_the_end("click_rate", "greedy_0.4") / at_the_end("click_rate", "greedy") < 0.96


def test_the_audience_shown_is_as_told_and_no_asking_brings_the_best_look(defined) -> None:
    closed, audience, as_drawn = (defined["loops"]["greedy"], defined["audience"], defined["as_drawn"])
    uniform = defined["loops"]["uniform"].click_rate[-10:].mean()
    assert 1.6 < closed.click_rate[-10:].mean() / uniform < 2
    assert closed.click_rate[1:].max() < as_drawn.max() < 0.9 * audience.rate.max()
    assert set(closed.looks[1:]) == {1} and len(set(closed.probabilities[1:].argmax(axis=1))) == 2
    assert (as_drawn > as_drawn[closed.probabilities[-1].argmax()]).sum() == 9
    assert defined["believed"] < 0.7 * audience.rate.max()


def test_the_hidden_taste_is_found_by_uniform_showing_but_for_what_the_generator_does_not_obey(
    defined,
) -> None:
    ignorant, learned, if_obeyed = (defined[name].mean() for name in ("ignorant", "learned", "if_obeyed"))
    assert 0.5 < ignorant < 0.6 and 0.19 < learned < 0.23 and 0.1 < if_obeyed < 0.13
    assert 0.4 < loop("taste_error", world="one_taste", policy="greedy", round=40) < 0.43
    assert np.mean([each.covered[-1] for each in defined["obeyed"]]) > 0.93


def test_a_thousand_clicks_do_not_find_an_ideal_point_by_a_line(defined) -> None:
    assert 0.75 < defined["by_a_line"][1000] < 0.775


def test_in_its_second_round_greedy_promises_more_than_it_has() -> None:
    early = {"world": "one_taste", "policy": "greedy", "round": 2}
    assert loop("promised", **early) > 1.05 * loop("click_rate", **early)


def test_a_minority_gains_less_than_the_majority_and_a_policy_of_its_own_gives_it_most() -> None:
    def rate(column: str, policy: str) -> float:
        return loop(column, world="two_tastes", policy=policy, round=40)

    for policy in ("greedy", "thompson", "greedy_0.2"):
        gains = [
            rate(column, policy) - rate(column, "uniform") for column in ("majority_rate", "minority_rate")
        ]
        assert gains[0] > 2 * gains[1]
        assert rate("minority_rate", "thompson_groups") > 1.3 * rate("minority_rate", policy)


def test_a_count_of_looks_is_fooled_by_epsilon_and_the_shop_chooses_by_its_condition(defined) -> None:
    epsilon = defined["loops"]["epsilon 0.1"]
    mean = epsilon.probabilities[-10:].mean(axis=0)
    assert defined["checked_effective_looks"](mean, np.eye(144)) < 4
    keep, rates = defined["checked_policy_to_keep"], defined["group_rates"][:5]
    free, bound, none = (
        keep(rates, defined["first_visitors"], defined["coming_back"], least) for least in (0.0, 0.33, 0.45)
    )
    assert free[0] != bound[0] >= 0 and free[1] > bound[1] and none[0] == -1
