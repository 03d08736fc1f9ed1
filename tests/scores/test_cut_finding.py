"""Cuts counted one to one, and thresholds: against every pairing and every threshold there is."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib import CourseError
from course_lib.scores import cut_finding
from course_lib.scores.cut_finding import Hits, best_threshold, hits, matched, precision_recall, roc
from course_lib.scores.intervals import exact_interval

NUMBERS = st.lists(st.integers(1, 12), unique=True, max_size=5).map(sorted)


@given(NUMBERS, NUMBERS, st.integers(0, 3))
def test_there_is_no_better_pairing(found: list[int], true: list[int], tolerance: int) -> None:
    pairs = matched(found, true, tolerance)
    few, many = sorted((found, true), key=len)
    best = max(
        sum(abs(one - other) <= tolerance for one, other in zip(few, order, strict=True))
        for order in permutations(many, len(few))
    )
    assert len(pairs) == best
    assert len(set(pairs[:, 0])) == len(set(pairs[:, 1])) == len(pairs)
    assert all(abs(found[a] - true[b]) <= tolerance for a, b in pairs)


def test_one_found_cut_does_not_count_for_two() -> None:
    assert hits([10], [9, 11], 1) == Hits(1, 1, 2)
    assert hits([9, 11], [10], 1) == Hits(1, 2, 1)
    assert precision_recall([3, 9, 20], [3, 10, 20, 30]) == (2 / 3, 2 / 4)
    assert precision_recall([3, 9, 20], [3, 10, 20, 30], 1) == (3 / 3, 3 / 4)


def test_hits_of_films_add_up_and_their_shares_are_of_the_sum() -> None:
    both = hits([1, 5], [1]) + hits([2], [2, 4, 8])
    assert both == Hits(2, 3, 4)
    assert (both.precision, both.recall) == (2 / 3, 2 / 4)
    assert both.f1 == pytest.approx(2 / (3 / 2 + 4 / 2))
    assert both.precision_interval == exact_interval(2, 3)
    assert both.recall_interval == exact_interval(2, 4)
    nothing = hits([], [])
    assert np.isnan([nothing.precision, nothing.recall, nothing.f1]).all()
    with pytest.raises(CourseError, match="of 0"):
        _ = Hits(0, 0, 3).precision_interval


def test_stretches_count_where_both_ends_do() -> None:
    true = [(10, 20), (40, 50)]
    assert cut_finding.stretch_hits([(12, 18), (40, 54)], true, 3) == Hits(1, 2, 2)
    assert cut_finding.stretch_hits([(12, 18), (40, 54)], true, 4) == Hits(2, 2, 2)
    assert cut_finding.stretch_hits([(9, 14), (15, 20)], [(10, 20)], 10) == Hits(1, 2, 1)
    assert cut_finding.stretch_hits([], true) == Hits(0, 0, 2)


@given(st.lists(st.tuples(st.integers(0, 6), st.booleans()), min_size=2, max_size=20), st.integers(1, 18))
def test_the_curve_and_the_threshold_are_the_best_of_all(places: list[tuple[int, bool]], split: int) -> None:
    values, is_cut = (np.array(column) for column in zip(*places, strict=True))
    if is_cut.all() or not is_cut.any():
        return
    split = min(split, len(values) - 1)  # in two films
    films = [slice(0, split), slice(split, None)]
    signals = [values[part] for part in films]
    truths = [1 + np.flatnonzero(is_cut[part]) for part in films]
    curve = roc(signals, truths)
    assert (np.diff(curve.thresholds) < 0).all() and np.isnan(curve.precision[0])
    for threshold, recall, false_rate, precision in zip(*curve, strict=True):
        above = values > threshold
        assert recall == above[is_cut].mean() and false_rate == above[~is_cut].mean()
        assert not above.any() or precision == is_cut[above].mean()

    def f1(threshold: float) -> float:
        above = values > threshold
        return 2 * (above & is_cut).sum() / (above.sum() + is_cut.sum())

    inner = np.unique(values)
    tried = (inner[1:] + inner[:-1]) / 2 if len(inner) > 1 else [-np.inf]
    assert f1(best_threshold(signals, truths)) == pytest.approx(max(map(f1, tried)))


def test_the_threshold_lies_half_way_between_cuts_and_others() -> None:
    assert best_threshold([np.array([0.1, 0.9, 0.2])], [[2]]) == pytest.approx(0.55)
    assert best_threshold([np.array([0.1, 0.9, 0.2]), np.array([0.3, 0.7])], [[2], [2]]) == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: matched([3, 2], [1]), "The found cuts are frame numbers"),
        (lambda: matched([2, 2], [1]), "rising"),
        (lambda: matched([2.0], [1]), "whole"),
        (lambda: matched([2], [[1]]), "The true cuts"),
        (lambda: matched([True], [1]), "array of numbers"),
        (lambda: matched("12", [1]), "array of numbers"),
        (lambda: matched([2], [1], -1), "tolerance is"),
        (lambda: matched([2], [1], True), "tolerance is"),
        (lambda: cut_finding.stretch_hits([3, 4, 5], []), "pairs"),
        (lambda: cut_finding.stretch_hits([(3, 4)], [(3.5, 4.5)]), "pairs"),
        (lambda: roc([np.zeros(3)], []), "1 signals, but the true cuts of 0"),
        (lambda: roc([np.zeros(3)], [[]]), "a true cut and a place that is none"),
        (lambda: roc([], []), "a true cut and a place that is none"),
        (lambda: roc([np.zeros(3)], [[4]]), "from 1 to 3"),
        (lambda: best_threshold([np.array([0, np.nan])], [[1]]), "finite number"),
        (lambda: best_threshold([np.zeros((2, 2))], [[1]]), "finite number"),
    ],
)
def test_bad_input_is_one_line(call, says: str) -> None:
    with pytest.raises(CourseError, match=says) as error:
        call()
    assert "\n" not in str(error.value)
