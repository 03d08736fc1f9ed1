"""The log of advertisements: what is in the file, and what is refused, in one line each."""

from __future__ import annotations

import csv
import gzip
import io
import re
from collections import Counter

import numpy as np
import pytest

from course_lib import ROOT, CourseError
from course_lib.datasets import click_weights, clicks
from course_lib.datasets.clicks import CAMPAIGNS, POLICIES, ClickLog, from_csv, load_clicks

ITEMS = {"all": 80, "men": 34, "women": 46}
HEADER = ",".join(clicks.COLUMNS)
ROWS = (
    "random,men,2019-11-24 00:00:01+00:00,0,1,0,0.5,a,b,c,d",
    "random,men,2019-11-24 00:00:02.5+00:00,1,3,1,0.5,a,b,c,e",
    "bts,men,2019-11-24 00:00:00+00:00,1,2,0,0.9,a,b,c,d",
)


def written(*rows: str) -> str:
    return "\n".join((HEADER, *rows)) + "\n"


def small_log(items=(0, 1, 1), propensities=(0.5, 0.5, 0.25), clicked=(0, 1, 0), count: int = 2) -> ClickLog:
    rows = len(items)
    times = np.arange(rows).astype("datetime64[us]")
    return ClickLog(
        *("bts", "men", count, times, list(items), [1] * rows, list(clicked), list(propensities)),
        np.full((rows, 4), "x"),
    )


def test_the_file_is_what_plain_loops_read() -> None:
    text = gzip.decompress((ROOT / "data" / clicks.FILE).read_bytes()).decode()
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == 60_000 and sum(row["click"] == "1" for row in rows) == 287
    for policy in POLICIES:
        for campaign in CAMPAIGNS:
            here = [row for row in rows if (row["policy"], row["campaign"]) == (policy, campaign)]
            log = load_clicks(policy, campaign)
            assert len(log) == len(here) == 10_000 and log.item_count == ITEMS[campaign]
            assert log.items.tolist() == [int(row["item_id"]) for row in here]
            assert log.positions.tolist() == [int(row["position"]) for row in here]
            assert log.propensities.tolist() == [float(row["propensity_score"]) for row in here]
            assert log.features[:, 2].tolist() == [row["user_feature_2"] for row in here]
            shown = Counter(int(row["item_id"]) for row in here)
            hit = Counter(int(row["item_id"]) for row in here if row["click"] == "1")
            assert log.counts[0].tolist() == [shown[item] for item in range(log.item_count)]
            assert log.counts[1].tolist() == [hit[item] for item in range(log.item_count)]
            assert log.clicked == sum(hit.values()) == round(10_000 * log.rate)


def test_random_shows_each_item_with_the_same_probability_and_each_half_shows_all() -> None:
    for campaign in CAMPAIGNS:
        np.testing.assert_allclose(load_clicks("random", campaign).propensities, 1 / ITEMS[campaign])
        for policy in POLICIES:
            assert load_clicks(policy, campaign).counts[0].min() > 0


def test_time_goes_on_and_lasts_a_week() -> None:
    for policy in POLICIES:
        for campaign in CAMPAIGNS:
            times = load_clicks(policy, campaign).times
            assert (np.diff(times) >= np.timedelta64(0)).all()
            days = np.unique(times.astype("datetime64[D]"))
            assert len(days) == 7 and str(days[0]) == "2019-11-24"


def test_one_propensity_of_bts_was_never_measured_and_the_others_are_shares_of_200_000() -> None:
    """The lesson's explanation of the two effective samples of "women"."""
    on_floor = {name: click_weights.is_on_floor(load_clicks("bts", name)).sum() for name in CAMPAIGNS}
    assert on_floor == {"all": 0, "men": 0, "women": 1}
    for campaign in CAMPAIGNS:
        log = load_clicks("bts", campaign)
        steps = log.propensities / click_weights.STEP
        whole = np.isclose(steps, steps.round(), atol=1e-6, rtol=0)
        plain = np.isclose(log.propensities, 1 / log.item_count)
        assert (whole | plain | click_weights.is_on_floor(log)).all()


def test_a_log_cannot_be_written_to_and_leaves_the_callers_arrays_alone() -> None:
    items = np.array([0, 1])
    log = ClickLog(
        *("bts", "men", 2, items.astype("datetime64[us]"), items, items + 1, items, items / 2 + 0.5),
        np.full((2, 4), "x"),
    )
    with pytest.raises(ValueError, match="read-only"):
        log.items[0] = 1
    items[0] = 1
    assert log.items.tolist() == [0, 1] and load_clicks("bts", "men").items.flags.writeable is False


def test_rows_chosen_keep_their_items() -> None:
    log = load_clicks("bts", "women")
    first = log.where(log.positions == 1)
    assert len(first) == (log.positions == 1).sum() and first.item_count == 46
    assert first.clicked == log.clicks[log.positions == 1].sum()
    with pytest.raises(CourseError, match="one True or False"):
        log.where(log.positions)
    with pytest.raises(CourseError, match="no row"):
        log.where(log.positions > 3)


def test_a_small_log_is_read() -> None:
    logs = from_csv(written(*ROWS))
    assert list(logs) == [("random", "men"), ("bts", "men")]
    assert [log.item_count for log in logs.values()] == [2, 2] and len(logs["random", "men"]) == 2


def test_columns_may_come_in_another_order() -> None:
    turned = "\n".join(",".join(reversed(line.split(","))) for line in (HEADER, *ROWS))
    assert from_csv(turned)["random", "men"].items.tolist() == [0, 1]


def changed(column: str, value: str, row: int = 1) -> str:
    fields = ROWS[row].split(",")
    fields[clicks.COLUMNS.index(column)] = value
    return written(*ROWS[:row], ",".join(fields), *ROWS[row + 1 :])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (HEADER.replace("click,", "") + "\n", "lacks the column click"),
        ("a,b\n1,2\n", "lacks the columns policy, campaign, timestamp, item_id"),
        ("", "lacks the columns"),
        (HEADER + "\n", "holds no row"),
        (written(ROWS[0], "random,men"), "line 3: 2 fields, and the first line has 11 names"),
        (written(ROWS[0], ROWS[0]), "line 3: the same row as line 2"),
        (written(ROWS[1], ROWS[0]), "line 3: earlier than the row before it"),
        (changed("propensity_score", "0"), "line 3: propensity_score 0 is no probability"),
        (changed("propensity_score", "1.5"), "line 3: propensity_score 1.5 is no probability"),
        (changed("propensity_score", "nan"), "line 3: propensity_score nan is no probability"),
        (changed("propensity_score", ""), "line 3: propensity_score nan is no probability"),
        (changed("propensity_score", "often"), "line 3: propensity_score is no number: 'often'"),
        (changed("click", "0.004"), "line 3: click 0.004 is neither 0 nor 1; a rate is no click"),
        (changed("click", "2"), "line 3: click 2 is neither 0 nor 1"),
        (changed("item_id", ""), "line 3: a click on nothing shown"),
        (changed("item_id", "", row=0), "line 2: nothing was shown"),
        (changed("item_id", "nan"), "line 3: a click on nothing shown"),
        (changed("item_id", "1.5"), "line 3: item 1.5 is no whole number"),
        (changed("position", "4"), "line 3: position 4 is none of 1, 2, 3"),
        (changed("position", ""), "line 3: position nan is none of 1, 2, 3"),
        (changed("timestamp", "yesterday"), "line 3: timestamp is none in UTC"),
        (changed("timestamp", "now"), "line 3: timestamp is none in UTC"),
        (changed("timestamp", "today"), "line 3: timestamp is none in UTC"),
        (changed("timestamp", "2019-11-24 09:00:00-01:00"), "line 3: timestamp is none in UTC"),
        (changed("timestamp", "999999999-11-24"), "line 3: timestamp is none in UTC"),
        (changed("item_id", "inf"), "line 3: item inf is above 999,999"),
        (changed("item_id", "4900171234567"), "line 3: item 4.90017e+12 is above 999,999"),
        (changed("propensity_score", "1e-320"), "line 3: propensity_score 9.99989e-321 is no probability"),
        (changed("user_feature_0", "x" * 200_000), "line 3: no table with commas: field larger"),
        (changed("timestamp", "2019-11-24 09:00:00+09:00"), "line 3: timestamp is none in UTC"),
        (changed("timestamp", ""), "line 3: timestamp is none in UTC"),
        (changed("timestamp", "NaT"), "line 3: timestamp is missing"),
    ],
)
def test_what_is_wrong_with_a_log_is_said_in_one_line(text: str, said: str) -> None:
    with pytest.raises(CourseError, match=re.escape(said)) as raised:
        from_csv(text, "mine.csv")
    assert "\n" not in str(raised.value) and str(raised.value).startswith("mine.csv")


def test_a_log_made_of_columns_is_checked_as_well() -> None:
    with pytest.raises(CourseError, match=r"'bts' in 'men', row 2: propensity_score 0 "):
        small_log(propensities=(0.5, 0.5, 0))
    with pytest.raises(CourseError, match="row 1: item 2 of 2, counted from 0"):
        small_log(items=(0, 2, 1))
    with pytest.raises(CourseError, match="differ in length"):
        small_log(clicked=(0, 1))
    with pytest.raises(CourseError, match="no row"):
        small_log(items=(), propensities=(), clicked=())


def test_another_policy_is_named() -> None:
    with pytest.raises(CourseError, match=r"'ucb' in 'men': policies are random, bts"):
        load_clicks("ucb", "men")


def test_weights_are_target_over_propensity() -> None:
    assert click_weights.weights(small_log(), "uniform").tolist() == [1, 1, 2]
    assert click_weights.weights(small_log(), [0.2, 0.8]).tolist() == [0.4, 1.6, 3.2]
    for campaign in CAMPAIGNS:
        np.testing.assert_allclose(click_weights.weights(load_clicks("random", campaign)), 1)


@pytest.mark.parametrize(
    ("log", "target", "said"),
    [
        (load_clicks("random", "men"), "bts", "does not hold how likely 'bts' would have shown"),
        (
            small_log(items=(1, 1, 1)),
            "uniform",
            "never shows item 0, and the target does with probability 0.5",
        ),
        (small_log(), [0.5, 0.5, 0], "one probability for each of 2 items"),
        (small_log(), [0.5, 0.6], "the sum 1.1"),
        (small_log(), [-0.5, 1.5], "none below 0"),
        (small_log(), [np.nan, 1], "none below 0"),
    ],
)
def test_no_weight_where_the_log_does_not_hold_one(log: ClickLog, target: object, said: str) -> None:
    with pytest.raises(CourseError, match=re.escape(said)):
        click_weights.weights(log, target)


def test_an_item_that_neither_shows_is_no_trouble() -> None:
    assert click_weights.weights(small_log(items=(1, 1, 1)), [0, 1]).tolist() == [2, 2, 4]


def test_a_spreadsheets_mark_in_front_is_no_part_of_the_first_name() -> None:
    text = changed("click", "0")
    assert from_csv("\ufeff" + text).keys() == from_csv(text).keys()


def test_a_column_that_is_there_twice_is_not_chosen_from() -> None:
    first, *rows = changed("click", "0").splitlines()
    with pytest.raises(CourseError, match="column click more than once"):
        from_csv("\n".join([f"{first},click", *(f"{row},1" for row in rows)]))
    with pytest.raises(CourseError, match="wanted as text"):
        from_csv(b"policy")


@pytest.mark.parametrize(
    ("column", "values", "said"),
    [
        ("items", ["a", "b"], "items cannot be read"),
        ("items", [[0], [1, 2]], "items cannot be read"),
        ("items", None, "items has the shape"),
        ("items", [[0], [1]], "items has the shape"),
        ("items", [0, np.inf], "row 1: item inf"),
        ("clicks", [0, None], "row 1: click nan"),
        ("propensities", ["often", "rarely"], "propensities cannot be read"),
        ("times", ["yesterday", "today"], "times cannot be read"),
        ("times", ["2019-11-24", "NaT"], "row 1: the time is missing"),
        ("times", ["2019-11-25", "2019-11-24"], "row 1: earlier than the row before"),
        ("features", ["x", "y"], "features has the shape"),
        ("features", [["x"], ["y"]], "features are"),
        ("item_count", "2", "item_count is a whole number"),
        ("item_count", np.nan, "item_count is a whole number"),
    ],
)
def test_columns_that_are_none_are_named(column: str, values: object, said: str) -> None:
    columns = {
        **{"policy": "bts", "campaign": "men", "item_count": 2, "times": ["2019-11-24", "2019-11-25"]},
        **{"items": [0, 1], "positions": [1, 2], "clicks": [0, 1], "propensities": [0.5, 0.5]},
        "features": np.full((2, 4), "x"),
    }
    assert len(ClickLog(**columns)) == 2
    with pytest.raises(CourseError, match=said) as raised:
        ClickLog(**{**columns, column: values})
    assert "\n" not in str(raised.value)


def test_a_log_of_unhashable_names_is_refused_like_any_other() -> None:
    with pytest.raises(CourseError, match="There is no log"):
        load_clicks(["bts"], "men")  # type: ignore[arg-type]
