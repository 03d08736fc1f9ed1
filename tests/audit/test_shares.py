"""Shares of classes: closed forms, how often intervals hold, and a judge whose errors are known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize
from scipy.stats import beta

from course_lib import CourseError
from course_lib.audit.shares import class_shares, confused, corrected, corrected_interval, skewed

EVEN = np.full(4, 0.25)
RATES = np.array([[0.9, 0.1, 0, 0], [0.2, 0.7, 0.1, 0], [0, 0, 1, 0], [0.05, 0.05, 0.1, 0.8]])


def test_a_table_by_hand() -> None:
    found = class_shares(np.repeat([0, 1, 3], [700, 240, 60]), np.array([0.5, 0.24, 0.2, 0.06]))
    assert found.counts.tolist() == [700, 240, 0, 60] and found.shares.tolist() == [0.7, 0.24, 0, 0.06]
    assert (found.often, found.dropped, found.seldom) == ((0,), (2,), ())
    assert found.total_variation == pytest.approx(0.2)
    assert found.low[0] == pytest.approx(
        beta.ppf(0.05 / 8, 700, 301), abs=1e-8
    )  # 0.05 over 4 classes and 2 ends
    assert class_shares(np.repeat([0, 1, 2, 3], [400, 250, 250, 100]), EVEN).seldom == (3,)


def test_fair_draws_are_rarely_suspected_and_differ_by_chance_as_told() -> None:
    rng = np.random.default_rng(0)
    expected = np.array([0.4, 0.3, 0.2, 0.1])
    found = [class_shares(rng.choice(4, 500, p=expected), expected) for _ in range(100)]
    suspected = [bool(each.seldom or each.often or each.dropped) for each in found]
    assert np.mean(suspected) <= 0.08  # 0.05 are promised for all classes together
    assert np.mean([each.total_variation for each in found]) == pytest.approx(found[0].by_chance, rel=0.05)


def test_a_judge_whose_errors_are_known_is_corrected() -> None:
    true = np.array([0.1, 0.2, 0.3, 0.4])
    assert corrected(true @ RATES, RATES) == pytest.approx(true)
    assert corrected(true @ RATES, RATES * [[10], [3], [7], [1]]) == pytest.approx(true)  # counts do as well
    assert corrected(true, np.eye(4)) == pytest.approx(true)


@given(st.lists(st.floats(0.01, 1), min_size=4, max_size=4))
def test_corrected_shares_are_the_nearest_that_can_be(raw) -> None:
    shares = np.array(raw) / sum(raw)
    found, target = corrected(shares, RATES), np.linalg.solve(RATES.T, shares)
    assert found.min() >= 0 and found.sum() == pytest.approx(1)
    constraint = {"type": "eq", "fun": lambda p: p.sum() - 1}
    best = minimize(lambda p: ((p - target) ** 2).sum(), EVEN, bounds=[(0, 1)] * 4, constraints=constraint)
    assert ((found - target) ** 2).sum() <= best.fun + 1e-6


@pytest.mark.slow
def test_the_corrected_interval_holds_the_truth_about_as_often_as_it_says() -> None:
    true, rng = np.array([0.05, 0.15, 0.3, 0.5]), np.random.default_rng(1)
    held = []
    for seed in range(60):
        counts = rng.multinomial(800, true @ RATES)
        test = np.stack([rng.multinomial(200, row) for row in RATES])
        low, high = corrected_interval(counts, test, rounds=200, seed=seed)
        held.append((low <= true) & (true <= high))
    assert 0.9 < np.mean(held) < 0.99


def test_a_class_that_was_not_counted_is_not_surely_absent() -> None:
    low, high = corrected_interval(np.array([500, 500, 0, 0]), np.eye(4, dtype=int) * 100)
    assert low[2:].tolist() == [0, 0] and high[2:] == pytest.approx(
        1 - 0.025 ** (1 / 1000)
    )  # the rule of three


def test_confusion_counts_pairs() -> None:
    judged, true = np.array([0, 1, 1, 2, 2]), np.array([0, 0, 1, 2, 1])
    assert confused(judged, true, 3).tolist() == [[1, 1, 0], [0, 1, 1], [0, 0, 1]]


@pytest.mark.parametrize("share", [0.01, 0.1, 0.25])
def test_a_skewed_set_has_the_share_and_all_others(share: float) -> None:
    labels = np.random.default_rng(0).permutation(np.repeat(np.arange(4), 300))
    rows = skewed(labels, 2, share, seed=3)
    kept = labels[rows]
    assert np.mean(kept == 2) == pytest.approx(share, abs=1 / len(kept)) and (np.diff(rows) > 0).all()
    assert np.sum(kept != 2) == 900
    assert (rows == skewed(labels, 2, share, seed=3)).all()


LABELS = np.array([0, 1, 2, 3])
WRONG = [
    (lambda: class_shares(np.array([]), EVEN), "there are none"),
    (lambda: class_shares(LABELS + 1, EVEN), "lie in 0..3"),
    (lambda: class_shares(LABELS.astype(float), EVEN), "whole numbers"),
    (lambda: class_shares(LABELS[None], EVEN), "whole numbers"),
    (lambda: class_shares(np.int64(3), EVEN), "whole numbers"),
    (lambda: class_shares(LABELS, EVEN * 2), "with the sum 1"),
    (lambda: class_shares(LABELS, [1.0]), "two or more classes"),
    (lambda: class_shares(LABELS, [0.5, np.nan, 0.25, 0.25]), "with the sum 1"),
    (lambda: class_shares(LABELS, EVEN, confidence=95), "between 0 and 1"),
    (lambda: confused(LABELS, LABELS[:3], 4), "3 whole numbers"),
    (lambda: confused(LABELS, LABELS, 3), "lie in 0..2"),
    (lambda: confused([], [], 3), "True labels"),
    (lambda: corrected(EVEN, np.eye(3)), r"\(4, 4\)"),
    (lambda: corrected(EVEN, -np.eye(4)), "from 0 on"),
    (lambda: corrected(EVEN, np.full((4, 4), np.nan)), "from 0 on"),
    (lambda: corrected(EVEN, np.diag([1, 1, 1, 0])), "row of zeros"),
    (lambda: corrected(EVEN, np.ones((4, 4))), "cannot tell"),
    (lambda: corrected_interval(EVEN, np.eye(4, dtype=int)), "no shares"),
    (lambda: corrected_interval(LABELS, np.eye(4)), "no shares"),
    (lambda: corrected_interval(LABELS * 0, np.eye(4, dtype=int)), "with the sum 1"),
    (lambda: corrected_interval(LABELS, np.eye(4, dtype=int), rounds=1), "from 20 on"),
    (lambda: skewed(LABELS, 2, 0.9), "beside 3 others"),
    (lambda: skewed(LABELS, 7, 0.1), "there are 0"),
    (lambda: skewed(LABELS, 2, float("nan")), "share is the share"),
    (lambda: skewed(EVEN, 2, 0.1), "whole numbers"),
]


@pytest.mark.parametrize(("call", "reason"), WRONG)
def test_what_are_no_shares_is_refused_in_one_line(call, reason: str) -> None:
    with pytest.raises(CourseError, match=reason) as error:
        call()
    assert "\n" not in str(error.value)
