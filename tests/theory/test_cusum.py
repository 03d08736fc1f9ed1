"""CUSUM: the recursion, and its run lengths by a chain, by simulation, by Siegmund's formula and by others' tables."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from course_lib import CourseError
from course_lib.theory import cusum
from course_lib.theory.cusum import empirical, run_length, siegmund, simulated_run_lengths, threshold_for

SOME = arrays(float, st.integers(1, 40), elements=st.floats(-10, 10))


def by_recursion(values: np.ndarray, allowance: float) -> list[float]:
    found, total = [], 0.0
    for value in values:
        total = max(0.0, total + value - allowance)
        found.append(total)
    return found


@given(SOME, st.floats(0, 3))
def test_sums_by_reflection_are_those_of_the_recursion(values, allowance) -> None:
    assert cusum.cusum(values, allowance) == pytest.approx(by_recursion(values, allowance), abs=1e-9)
    stacked = np.stack([values, values[::-1]])
    assert cusum.cusum(stacked, allowance)[1] == pytest.approx(
        by_recursion(values[::-1], allowance), abs=1e-9
    )


@given(SOME, st.floats(0.1, 20))
def test_an_alarm_is_where_the_sum_first_reaches_the_threshold_and_it_begins_again(values, threshold) -> None:
    rest, before = values, 0
    for number in cusum.alarms(values, threshold):
        reached = np.array(by_recursion(rest, 0.5)) >= threshold
        assert number - before == reached.argmax() + 1 and reached.any()
        rest, before = values[number:], number
    assert not (np.array(by_recursion(rest, 0.5)) >= threshold).any()


@pytest.mark.parametrize(
    ("threshold", "shift", "length"),
    [
        (4, 0, 336),
        (4, 0.5, 26.6),
        (4, 1, 8.38),
        (4, 2, 3.34),
        (5, 0, 930),
        (5, 0.5, 38.0),
        (5, 1, 10.4),
        (5, 3, 2.57),
    ],
)
def test_run_lengths_of_tables(threshold, shift, length) -> None:
    """Montgomery, "Introduction to Statistical Quality Control", for k = 0.5; his 168 and 465 are of two sides."""
    assert run_length(threshold, shift=shift) == pytest.approx(length, rel=0.01)


@pytest.mark.parametrize(
    ("allowance", "threshold", "shift"), [(0.5, 3, 0), (0.25, 5, 0), (0.5, 4, 1.5), (0.3, 4, 0.3)]
)
def test_chain_simulation_and_formula_agree(allowance, threshold, shift) -> None:
    lengths = simulated_run_lengths(threshold, allowance, shift, runs=4000, seed=1)
    found = run_length(threshold, allowance, shift)
    assert found == pytest.approx(lengths.mean(), abs=4 * lengths.std() / math.sqrt(len(lengths)))
    assert found == pytest.approx(siegmund(threshold, allowance, shift), rel=0.03)


def test_of_two_values_the_run_length_is_exact() -> None:
    """Steps of +1 and -1 to a sum of 3: a walk on 0, 1, 2, for which a = 1 + Q a is solved by hand."""
    chance = 0.3
    steps = empirical([1.5] * 3 + [-0.5] * 7)
    walk = np.array([[1 - chance, chance, 0], [1 - chance, 0, chance], [0, 1 - chance, 0]])
    by_hand = np.linalg.solve(np.eye(3) - walk, np.ones(3))[0]
    assert run_length(2.9, 0.5, steps=steps, states=600) == pytest.approx(by_hand, rel=1e-6)


def test_distributions_count_what_is_x_or_less() -> None:
    assert empirical([3, 2, 1, 2])(np.array([[0.9, 1], [2, 3]])).tolist() == [[0, 0.25], [0.75, 1]]
    assert cusum.normal([0, 1.959964, -1.959964]) == pytest.approx([0.5, 0.975, 0.025], abs=1e-7)


def test_skewed_values_alarm_far_more_often_than_normal_theory_says_and_the_chain_knows() -> None:
    values = np.random.default_rng(0).chisquare(2, 2000)
    values = (values - values.mean()) / values.std()
    measured = simulated_run_lengths(5, values=values, runs=3000, seed=2)
    assert run_length(5, steps=empirical(values)) == pytest.approx(
        measured.mean(), abs=4 * measured.std() / math.sqrt(3000)
    )
    assert run_length(5) > 4 * measured.mean()


def test_run_lengths_grow_with_threshold_and_allowance_and_fall_with_the_shift() -> None:
    for along in (
        [run_length(threshold) for threshold in (0.5, 1, 2, 4, 6)],
        [run_length(3, allowance) for allowance in (0, 0.2, 0.5, 1)],
        [run_length(3, shift=shift) for shift in (2, 1, 0, -1)],
    ):
        assert (np.diff(along) > 0).all()
    assert run_length(1e-9) == pytest.approx(1 / (1 - cusum.normal(0.5)), rel=1e-6)  # each value above alarms


@pytest.mark.parametrize("length", [10, 300, 1000, 50_000])
def test_the_threshold_gives_the_length_that_was_wanted(length) -> None:
    assert run_length(threshold_for(length)) == pytest.approx(length, rel=1e-6)
    assert threshold_for(1000) == pytest.approx(5.07, abs=0.005)


def test_a_threshold_chosen_from_values_holds_on_others() -> None:
    rng = np.random.default_rng(5)
    chosen = threshold_for(200, steps=empirical(rng.normal(size=5000)))
    fresh = rng.normal(size=200_000)
    assert len(cusum.alarms(fresh, chosen)) / len(fresh) == pytest.approx(1 / 200, rel=0.25)


@pytest.mark.filterwarnings("error")
def test_where_no_alarm_can_come_the_run_length_is_infinite() -> None:
    assert run_length(1, steps=empirical([-1.0, 0.2])) == math.inf
    assert run_length(30) == run_length(1e300) == math.inf
    with pytest.raises(CourseError, match="No value exceeds the allowance"):
        threshold_for(100, steps=empirical([-1.0, 0.2]))


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: cusum.cusum([]), "at least one"),
        (lambda: cusum.cusum([1, np.nan]), "NaN"),
        (lambda: cusum.cusum(["a"]), "values: numbers are wanted"),
        (lambda: cusum.cusum([1.0], -1), "allowance is a number from 0 on"),
        (lambda: cusum.alarms([[1.0]], 1), "one sequence"),
        (lambda: cusum.alarms([1.0], 0), "threshold is a number above 0"),
        (lambda: run_length(np.inf), "threshold is a finite number"),
        (lambda: run_length(3, shift=np.nan), "shift is a finite number"),
        (lambda: run_length(3, states=1), "states is a whole number from 2 on"),
        (lambda: threshold_for(0.5), "length is how many values"),
        (lambda: threshold_for(1e9), "length is how many values"),
        (lambda: threshold_for(True), "length is a finite number"),
        (lambda: simulated_run_lengths(8, longest=10), "1000 of 1000 runs are not over"),
        (lambda: simulated_run_lengths(3, seed=-1), "seed is a whole number from 0 on"),
        (lambda: siegmund("3"), "threshold is a finite number"),
    ],
)
def test_odd_input_is_named_in_one_line(call, said) -> None:
    with pytest.raises(CourseError, match=said) as raised:
        call()
    assert "\n" not in str(raised.value)
