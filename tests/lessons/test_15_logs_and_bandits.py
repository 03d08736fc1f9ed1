"""What lesson 15 says of its log, its simulations and its tables is so."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from course_lib.datasets.clicks import CAMPAIGNS, POLICIES, load_clicks
from course_lib.datasets.tables import read_table
from course_lib.scores.policy_values import weight_facts
from course_lib.theory.bandits import ab_tests, off_policy, peeking, proportions
from tests.lessons.run_solved import names_of


@pytest.fixture(scope="module")
def defined() -> dict[str, Any]:
    """The globals of the lesson, run with the course's own answers; seconds, for no network is trained."""
    return names_of("15")


def uniform_weights(campaign: str) -> np.ndarray:
    log = load_clicks("bts", campaign)
    return off_policy.importance_weights(1 / log.item_count, log.propensities)


def test_the_log_has_287_clicks_and_the_items_and_rates_that_are_told() -> None:
    logs = [load_clicks(policy, campaign) for campaign in CAMPAIGNS for policy in POLICIES]
    assert sum(log.clicked for log in logs) == 287 and {len(log) for log in logs} == {10_000}
    assert [log.item_count for log in logs[::2]] == [80, 34, 46]
    shown, clicked = load_clicks("random", "all").counts
    assert clicked.max() == 3 and (clicked == 0).sum() == 51 and (clicked / shown).max() < 0.03
    assert [log.rate for log in logs] == [0.0038, 0.0042, 0.0046, 0.0069, 0.0046, 0.0046]


def test_one_row_of_women_has_two_thirds_of_the_weight_and_its_propensity_was_never_measured() -> None:
    women, w = load_clicks("bts", "women"), uniform_weights("women")
    row = int(w.argmax())
    assert women.propensities[row] == 1e-6 and women.clicks[row] == 0
    assert round(w[row]) == 21_739 and 0.65 < w[row] / w.sum() < 0.7
    rest = np.arange(len(w)) != row
    assert math.isclose(off_policy.self_normalised(women.clicks, w), 0.0024, abs_tol=5e-5)
    assert math.isclose(off_policy.self_normalised(women.clicks[rest], w[rest]), 0.0077, abs_tol=5e-5)
    assert 0.5 < w[women.clicks == 1].max() / w[women.clicks == 1].sum() < 0.54
    for campaign in CAMPAIGNS:
        log = load_clicks("bts", campaign)
        draws = 200_000 * log.propensities
        odd = (np.abs(draws - draws.round()) > 1e-3) & (np.abs(log.propensities * log.item_count - 1) > 1e-6)
        assert log.propensities[odd].tolist() == ([1e-6] if campaign == "women" else [])
    facts = [weight_facts(load_clicks("bts", campaign)) for campaign in CAMPAIGNS]
    assert [round(each["effective_samples"]) for each in facts] == [340, 656, 2]
    assert round(facts[2]["mean"]) == 3


def test_the_rate_below_zero_and_a_gain_that_looks_like_a_finding(defined) -> None:
    assert defined["robust"]["women"] < -0.002 and min(defined["robust"][name] for name in ("all", "men")) > 0
    gain, error = defined["gains"]["all"]
    counted = defined["own"]["all"].rate - defined["other"]["all"].rate
    assert gain < -2 * error and abs(counted) < 0.0005


def test_one_click_holds_a_third_a_sixth_and_a_half_of_the_estimates_and_none_may_be_reported(
    defined,
) -> None:
    for campaign, effective, moved in zip(CAMPAIGNS, (340, 656, 537), (-0.33, -0.16, -0.52), strict=True):
        log, w, known = defined["other"][campaign], uniform_weights(campaign), defined["kept"][campaign]
        row, without, report = defined["checked_weakest_row"](log.clicks, w, known, 0.1)
        whole = off_policy.self_normalised(log.clicks[known], w[known])
        assert log.clicks[row] == 1 and not report
        assert math.isclose(without / whole - 1, moved, abs_tol=0.005)
        assert round(off_policy.effective_samples(w[known])) == effective
        assert 1 < effective * log.rate < 5


def test_an_articles_own_rate_is_the_worst_prediction(defined) -> None:
    early, late = slice(0, 5000), slice(5000, None)
    for log in defined["own"].values():
        (n, c), (n_late, c_late) = (defined["tally"](log, rows) for rows in (early, late))
        common = np.full(log.item_count, c.sum() / n.sum())
        shrunk = (c + 1000 * common) / (n + 1000)
        own, other, third = (
            defined["click_loss"](guess, c_late / n_late, n_late)
            for guess in (np.maximum(c / n, 1e-6), common, shrunk)
        )
        assert own > 1.5 * other and abs(other - third) < 0.00025


def test_walds_interval_fails_where_clicks_are_few() -> None:
    assert proportions.coverage(proportions.wald_interval, 0.005, 125) < 0.5
    for shown in (125, 1000, 10_000):
        assert abs(proportions.coverage(proportions.wilson_interval, 0.005, shown) - 0.95) < 0.03


def test_no_part_shows_that_articles_differ(defined) -> None:
    random = np.random.default_rng(7)
    for part in defined["everything"]:
        shown, clicked = part.counts
        dealt = random.multinomial(part.clicked, shown / shown.sum(), size=4000)
        unevenness = defined["unevenness"]
        assert (unevenness(dealt, shown) >= unevenness(clicked, shown)).mean() > 0.2
    assert 0.3 < defined["noticed"][0.5] < 0.37 and defined["noticed"][1.0] > 0.85


def test_only_men_differ_and_the_two_rules_of_thumb_err_on_either_side(defined) -> None:
    own, other = defined["own"], defined["other"]
    for name in CAMPAIGNS:
        counts = own[name].clicked, 10_000, other[name].clicked, 10_000
        low, high = defined["checked_difference_interval"](*counts)
        assert bool(low > 0) == (name == "men")
        assert high > 0
    yours, overlap, within = (alarm.mean() for alarm in defined["alarms"].values())
    assert 0.04 < yours < 0.055 and overlap < 0.01 and within > 0.15


def test_visitors_and_power_are_as_told() -> None:
    assert ab_tests.visitors_needed(0.005, 0.006) == 85_862
    assert 3.7 < ab_tests.visitors_needed(0.005, 0.0055) / 85_862 < 4
    assert math.isclose(ab_tests.power(0.005, 0.006, 10_000), 0.16, abs_tol=0.005)
    assert 7_700 < ab_tests.visitors_needed(0.003, 0.006) < 7_900


def test_ten_looks_find_a_winner_in_a_fifth_of_tests_without_a_difference_and_cures_hold(defined) -> None:
    play, null, lifted = (defined[name] for name in ("checked_play_the_looks", "null", "lifted"))
    found = {name: play(null.z, bounds)[0] for name, bounds in defined["rules"].items()}
    alarms = list(found.values())
    assert 0.18 < alarms[1] < 0.22 and all(0.04 < alarms[place] < 0.06 for place in (0, 2, 3))
    power = [play(lifted.z, bounds)[0] for bounds in defined["rules"].values()]
    used = [play(lifted.z, bounds)[2] / 10 for bounds in defined["rules"].values()]
    assert np.allclose(power, (0.80, 0.87, 0.68, 0.78), atol=0.02)
    assert np.allclose(used, (1, 0.51, 0.69, 0.77), atol=0.02)
    assert (null.evidence >= 20).any(axis=1).mean() < 0.02
    assert 0.43 < (lifted.evidence >= 20).any(axis=1).mean() < 0.49


def test_three_looks_in_a_row_beyond_the_bound_come_in_six_of_a_hundred() -> None:
    looks = peeking.simulate_looks(0.005, 0.005, visitors=100_000, looks=10, runs=10_000, seed=0)
    side = np.sign(looks.z) * (np.abs(looks.z) >= 1.96)
    assert 0.05 < (np.abs(side[:, :-2] + side[:, 1:-1] + side[:, 2:]) == 3).any(axis=1).mean() < 0.07


def test_the_intervals_of_the_quiz() -> None:
    low, high = proportions.wilson_interval(1, 340)
    assert np.allclose((low, high), (0.0005, 0.016), atol=0.0005)


def test_ips_is_right_on_average_and_doubly_robust_if_either_half_is(defined) -> None:
    means = {name: defined["over_all_logs"](each)[0] for name, each in defined["estimators"].items()}
    assert math.isclose(means["IPS"], 0.52) and math.isclose(means["plain mean"], 0.3)
    assert means["SNIPS"] < 0.4


def test_the_bootstrap_holds_the_truth_in_three_of_four_and_misses_below(defined) -> None:
    assert 0.65 < defined["held"] / 60 < 0.85 and defined["held"] + defined["too_low"] == 60
    assert defined["by_error"] / 60 < 0.85 and defined["by_error"] + defined["error_too_low"] == 60
    tests = [row for row in read_table("ad_tests.csv") if row["what"] == "bootstrap"]
    share = {(row["method"], row["spread"], row["lean"]): row["share"] for row in tests}
    for method in ("ips", "self_normalised", "doubly_robust"):
        assert share[method, 0.0, 0.0] > 0.9 > 0.8 > share[method, 1.8, 0.0] > share[method, 2.3, 0.0]
    assert share["direct", 1.8, 0.0] > 0.9 and share["direct", 1.5, 1.0] < 0.75
    (leaning,) = [row for row in tests if row["lean"] and row["method"] == "direct"]
    assert leaning["above"] > 0.25 and leaning["bias"] > 0.001


def test_seven_seeds_of_epsilon_greedy_end_below_every_run_of_thompson_and_three_far_above(defined) -> None:
    regrets = defined["regrets"]
    greedy, *thompson = (
        np.sort(regrets("log", learner, 1_000_000))
        for learner in ("epsilon_greedy", "thompson", "thompson_rare")
    )
    assert (
        len(greedy) == 10 and greedy[6] < min(map(min, thompson)) and greedy[7] > 2 * max(map(max, thompson))
    )
    bold = np.sort(regrets("log", "greedy", 1_000_000))
    assert bold[1] < 10 and bold[2] > 1500
    early = [regrets("log", learner, 100_000) for learner in ("epsilon_greedy", "thompson")]
    assert early[0].mean() < 0.6 * early[1].mean()


def test_forgetting_pays_among_five_creatives_and_costs_in_the_logs_world(defined) -> None:
    regrets = defined["regrets"]
    for way in ("discount", "window"):
        five = regrets("five_day", f"flat_{way}", 100_000) - regrets("five_day", "thompson", 100_000)
        many = regrets("log_day", f"flat_{way}", 300_000) - regrets("log_day", "thompson", 300_000)
        assert (five < 0).all() and (many > 0).all()
