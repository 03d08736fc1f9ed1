"""Values of the uniform policy from the log: the estimators' own, their intervals, and what the lesson says of them."""

from __future__ import annotations

import numpy as np
import pytest

from course_lib import CourseError
from course_lib.datasets.click_weights import STEP, is_on_floor, weights
from course_lib.datasets.clicks import CAMPAIGNS, ClickLog, load_clicks
from course_lib.scores import policy_values
from course_lib.theory.bandits.item_rates import cross_fitted, item_rates
from course_lib.theory.bandits.off_policy import direct, doubly_robust

FEW = 60


def by_name(log: ClickLog, **options) -> dict[str, dict]:
    return {row["estimator"]: row for row in policy_values.uniform_values(log, draws=FEW, **options)}


@pytest.mark.parametrize("campaign", CAMPAIGNS)
def test_values_by_plain_loops(campaign: str) -> None:
    log = load_clicks("bts", campaign)
    k, found = log.item_count, by_name(log)
    above = below = 0.0
    for click, propensity in zip(log.clicks.tolist(), log.propensities.tolist(), strict=True):
        above += click / (k * propensity)
        below += 1 / (k * propensity)
    assert found["ips"]["value"] == pytest.approx(above / len(log))
    assert found["self_normalised"]["value"] == pytest.approx(above / below)
    target = np.full(k, 1 / k)
    assert found["direct"]["value"] == pytest.approx(direct(item_rates(*log.counts, 1000), target))
    predicted = cross_fitted(log.items, log.clicks, k, 1000)
    assert found["doubly_robust"]["value"] == pytest.approx(
        doubly_robust(log.clicks, weights(log), log.items, predicted, target)
    )


def test_from_the_uniform_policy_s_own_log_all_find_the_plain_rate() -> None:
    log = load_clicks("random", "men")
    for name, row in by_name(log).items():
        assert row["low"] < log.rate < row["high"], name
        assert row["value"] == pytest.approx(log.rate, rel=0.01), name


def test_the_figures_of_the_plan() -> None:
    found = {name: by_name(load_clicks("bts", name)) for name in CAMPAIGNS}
    percent = {
        name: [round(100 * rows[estimator]["value"], 2) for estimator in ("ips", "self_normalised")]
        for name, rows in found.items()
    }
    assert percent == {"all": [0.24, 0.23], "men": [0.30, 0.32], "women": [0.74, 0.24]}
    facts = {name: policy_values.weight_facts(load_clicks("bts", name)) for name in CAMPAIGNS}
    assert [round(fact["effective_samples"]) for fact in facts.values()] == [340, 656, 2]
    assert [round(fact["largest"]) for fact in facts.values()] == [278, 178, 21_739]


def test_one_row_whose_probability_nobody_measured_is_why_women_are_worth_two() -> None:
    log = load_clicks("bts", "women")
    measured = log.where(~is_on_floor(log))
    assert len(measured) == len(log) - 1
    assert policy_values.weight_facts(measured)["effective_samples"] > 500
    with_it, without = by_name(log), by_name(measured)
    assert with_it["doubly_robust"]["value"] < 0 < without["doubly_robust"]["value"]
    assert without["self_normalised"]["value"] > 3 * with_it["self_normalised"]["value"]
    assert without["ips"]["value"] == pytest.approx(with_it["ips"]["value"], rel=0.001)


def test_intervals_hold_their_value() -> None:
    for campaign in CAMPAIGNS:
        log = load_clicks("bts", campaign)
        for name, row in by_name(log.where(~is_on_floor(log))).items():
            assert row["low"] < row["value"] < row["high"], name


def test_clipping_ends_at_the_values_unclipped() -> None:
    log = load_clicks("bts", "women")
    last = policy_values.clipped_values(log, [10, 1e6])[-1]
    found = by_name(log)
    assert (
        last["ips"] == found["ips"]["value"] and last["self_normalised"] == found["self_normalised"]["value"]
    )


def test_a_log_that_never_shows_an_item_is_refused() -> None:
    log = load_clicks("bts", "men")
    with pytest.raises(CourseError, match="never shows item 3"):
        policy_values.uniform_values(log.where(log.items != 3))


def test_doubly_robust_is_that_of_the_target_and_not_of_the_uniform_policy() -> None:
    rng = np.random.default_rng(4)
    items, target = rng.integers(3, size=200), np.array([0.7, 0.2, 0.1])
    rewards = (rng.random(200) < np.array([0.8, 0.4, 0.1])[items]).astype(float)
    weights = target[items] * 3
    predicted = cross_fitted(items, rewards, 3, 10.0, seed=0)
    (row,) = (
        each
        for each in policy_values.values(items, rewards, weights, target, 10.0, draws=5)
        if each["estimator"] == "doubly_robust"
    )
    assert row["value"] == pytest.approx(doubly_robust(rewards, weights, items, predicted, target))


def test_the_largest_weight_of_those_clicked_and_the_floor_are_told_apart_from_their_neighbors() -> None:
    step = STEP
    log = ClickLog(
        *("bts", "men", 2, np.arange(4).astype("datetime64[us]"), [0, 1, 0, 1], [1] * 4, [0, 1, 0, 0]),
        *([step / 2, 0.5, step, 0.25], np.full((4, 4), "x")),
    )
    facts = policy_values.weight_facts(log)
    assert facts["largest"] == 1 / step and facts["largest_clicked"] == 1
    assert is_on_floor(log).tolist() == [True, False, False, False]
