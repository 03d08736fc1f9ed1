"""Medians, ratios and targets against numbers worked out by hand."""

import csv
import io
import math

import pytest

from course_lib.benchmark import figure
from course_lib.benchmark.plan import Plan
from course_lib.benchmark.report import Report, Spread, columns, one_line
from course_lib.plots import png_bytes

PLAN = Plan(rounds=3, race_limit=240)


def speed(architecture: str, engine: str, rates: list[float]) -> list[dict]:
    return [
        {
            "kind": "speed",
            "architecture": architecture,
            "engine": engine,
            "round": number,
            "images_per_second": rate,
            "mflop_per_image": 100.0,
            "gflops": rate / 10,
            "first_step_seconds": 5.0,
            "peak_memory_mb": 900.0,
        }
        for number, rate in enumerate(rates, 1)
    ]


def race(architecture: str, engine: str, curves: list[list], first_round: int = 1) -> list[dict]:
    return [
        {
            "kind": "race",
            "architecture": architecture,
            "engine": engine,
            "round": number,
            "curve": curve,
            "best": min(score for _, _, score in curve),
        }
        for number, curve in enumerate(curves, first_round)
    ]


@pytest.fixture
def report() -> Report:
    results = race("tutorial", "tutorial", [[[100, 1, 150.0], [400, 4, 80.0], [500, 5, 90.0]]], first_round=0)
    # To T = 80 after 10, 8 and 16 s; to T/8 = 10 after 100 s, never, 50 s.
    curves = [
        [[5, 1, 100.0], [10, 2, 79.0], [100, 3, 9.0]],
        [[8, 1, 60.0], [240, 3, 11.0]],
        [[16, 1, 80.0], [50, 2, 10.0]],
    ]
    results += race("dcgan", "ours", curves)
    results += speed("tutorial", "tutorial", [100, 200, 400])
    results += speed("tutorial", "ours", [110, 180, 480])
    results += [
        {"kind": "matmul", "architecture": "", "engine": "", "round": n, "gflops": 100.0} for n in (1, 2)
    ]
    pictures = [(9.0, 11.0), (12.0, 14.0), (8.0, 10.0)]
    results += [
        {
            "kind": "first_picture",
            "architecture": "dcgan",
            "engine": "ours",
            "round": number,
            "before_training": before,
            "in_training": during,
        }
        for number, (before, during) in enumerate(pictures, 1)
    ]
    return Report(PLAN, results, 80.0)


def test_times_are_the_clock_at_the_first_score_that_is_low_enough(report: Report) -> None:
    assert report.seconds_to(("dcgan", "ours"), 1) == {1: 10, 2: 8, 3: 16}
    assert report.seconds_to(("dcgan", "ours"), 8) == {1: 100, 2: math.inf, 3: 50}
    assert report.seconds_to(("tutorial", "tutorial"), 1) == {0: 400}
    assert report.seconds_to(("tutorial", "tutorial"), 2) == {0: math.inf}


def test_ratios_are_formed_within_a_round(report: Report) -> None:
    pair = (("tutorial", "tutorial"), ("tutorial", "ours"))
    assert report.speed_ratio(pair) == Spread(1.1, 0.9, 1.2)  # not 180 / 200, the ratio of the medians
    assert report.race_ratio(1) == Spread(40, 25, 50)
    assert report.race_ratio(8) == Spread(4, 0, 8)


def test_ratios_leave_out_rounds_in_which_one_side_failed(report: Report) -> None:
    lost = ("tutorial", "ours", 2)
    rest = [r for r in report.results if (r["architecture"], r["engine"], r["round"]) != lost]
    ratio = Report(PLAN, rest, 80.0).speed_ratio((("tutorial", "tutorial"), ("tutorial", "ours")))
    assert ratio.median == pytest.approx(1.15)


def test_targets_are_judged_by_the_median(report: Report) -> None:
    verdicts = {verdict.target: (verdict.met, verdict.measured) for verdict in report.verdicts()}
    assert list(verdicts.values()) == [
        (True, "40.0 (25.0 .. 50.0) times sooner"),
        (True, "4.0 (not reached .. 8.0) times sooner"),
        (True, "1.10 (0.90 .. 1.20) times the images per second"),
        (True, "9.0 (8.0 .. 12.0) s"),
    ]


def test_a_target_that_was_not_reached_is_missed(report: Report) -> None:
    slow = race("dcgan", "ours", [[[240, 1, 70.0]]] * 3)
    other = [r for r in report.results if r["kind"] != "race" or r["round"] == 0]
    verdicts = Report(PLAN, other + slow, 80.0).verdicts()
    assert [(v.met, v.measured) for v in verdicts[:2]] == [
        (False, "1.7 times sooner"),
        (False, "not reached"),
    ]
    assert "not within 240 s" in Report(PLAN, other + slow, 80.0).table()


def test_half_a_race_that_did_not_arrive_is_no_time() -> None:
    assert Spread.of([50.0, math.inf]) == Spread(math.inf, 50.0, math.inf)
    assert Spread.of([50.0, 70.0]) == Spread(60.0, 50.0, 70.0)
    assert Spread.of([50.0, math.inf, 40.0]).text(missing="not within 9 s") == "50 (40 .. not within 9 s)"


def test_the_table_says_it_all(report: Report) -> None:
    table = report.table()
    for line in (
        "Medians of 3 rounds (lowest .. highest).",
        "T = 80.00, T/2 = 40.00, T/4 = 20.00, T/8 = 10.00",
        "ours / theirs   1.10 (0.90 .. 1.20)",
        "First picture after 9.0 (8.0 .. 12.0) s, the first in training after 11.0 (10.0 .. 14.0) s.",
        "2048 x 2048: 100 GFLOP/s",
        "20%",  # 200 images a second of 0.1 GFLOP each
    ):
        assert line in table
    assert "torch" not in table


def test_without_results_there_is_a_table_and_a_figure_too() -> None:
    empty = Report(PLAN, [], None)
    assert empty.verdicts() == [] and empty.table()
    assert png_bytes(figure.draw(empty)).startswith(b"\x89PNG")


def test_the_csv_has_a_row_for_each_job(report: Report) -> None:
    rows = list(csv.DictReader(io.StringIO(report.csv())))
    assert len(rows) == len(report.results)
    ours = next(row for row in rows if (row["kind"], row["engine"], row["round"]) == ("race", "ours", "1"))
    assert (float(ours["best"]), float(ours["seconds_to_T/1"]), float(ours["seconds_to_T/8"])) == (9, 10, 100)
    assert not any("curve" in row for row in rows)


def test_the_figure_shows_every_race_and_every_speed(report: Report) -> None:
    left, right = figure.draw(report).axes
    assert [text.get_text() for text in left.get_legend().get_texts()] == ["tutorial", "ours"]
    assert [text.get_text() for text in left.texts] == ["T", "T/2", "T/4", "T/8"]
    assert (left.get_xscale(), left.get_yscale()) == ("log", "log")
    assert [label.get_text() for label in right.get_yticklabels()] == ["tutorial", "ours on tutorial"]


def test_lines_for_the_terminal(report: Report) -> None:
    found = {result["kind"]: one_line(result) for result in report.results}
    assert found["speed"] == "480 images/s, 48 GFLOP/s"
    assert found["race"] == "score 10.00 after 50 s of training; best 10.00"
    assert found["first_picture"] == "8.0 s; in training 10.0 s"


def test_columns_are_as_wide_as_their_widest_cell() -> None:
    assert columns([("a", "bb", "c"), ("aaa", "b", "")]) == ["  a    bb  c", "  aaa  b"]
