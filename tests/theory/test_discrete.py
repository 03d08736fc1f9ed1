"""Estimators of a gradient through letters, against the exact one, finite differences, and laws that always hold."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib import CourseError
from course_lib.theory import discrete

NUMBERS = st.floats(-3, 3)
TASKS = st.lists(st.tuples(NUMBERS, NUMBERS), min_size=2, max_size=5).map(lambda rows: np.array(rows).T)
VALUES, LOGITS = np.array([1.0, -0.5, 2.0]), np.array([0.3, 1.0, -0.4])
DRAWS = 40_000


def noise(k: int, draws: int = DRAWS, seed: int = 0) -> np.ndarray:
    return discrete.gumbel_noise((draws, k), np.random.default_rng(seed))


def rows(bend: float, **options: object) -> dict[tuple, dict]:
    found = discrete.compare(VALUES, LOGITS, bend=bend, **options)
    return {(row["estimator"], row["temperature"]): row for row in found}


@given(TASKS)
def test_the_exact_gradient_sums_to_zero(task: np.ndarray) -> None:
    assert discrete.exact_gradient(*task).sum() == pytest.approx(0, abs=1e-12)


@given(TASKS)
def test_the_exact_gradient_is_what_differences_say(task: np.ndarray) -> None:
    values, logits = task
    step = 1e-5 * np.eye(len(logits))
    ahead, behind = (discrete.softmax(logits + sign * step) @ values for sign in (1, -1))
    np.testing.assert_allclose(discrete.exact_gradient(values, logits), (ahead - behind) / 2e-5, atol=1e-8)


@given(TASKS, NUMBERS)
def test_a_value_added_to_all_letters_changes_nothing(task: np.ndarray, more: float) -> None:
    values, logits = task
    found = discrete.exact_gradient(values + more, logits)
    np.testing.assert_allclose(found, discrete.exact_gradient(values, logits), atol=1e-12)


def test_gumbel_noise_has_its_mean_and_variance() -> None:
    drawn = noise(1, 200_000)
    assert drawn.mean() == pytest.approx(0.5772, abs=0.01)
    assert drawn.var() == pytest.approx(np.pi**2 / 6, abs=0.03)


def test_gumbel_noise_of_a_zero_is_a_number() -> None:
    class Zeros:
        def random(self, shape: tuple) -> np.ndarray:
            return np.zeros(shape)

    assert np.isfinite(discrete.gumbel_noise((2,), Zeros())).all()


@settings(max_examples=20, deadline=None)
@given(TASKS)
def test_gumbel_max_draws_letters_as_often_as_softmax_says(task: np.ndarray) -> None:
    _, logits = task
    letters = discrete.gumbel_max(logits, noise(len(logits)))
    chances = discrete.softmax(logits)
    found = np.bincount(letters, minlength=len(logits)) / DRAWS
    assert (np.abs(found - chances) <= 5 * np.sqrt(chances * (1 - chances) / DRAWS) + 1e-12).all()


@settings(max_examples=20, deadline=None)
@given(TASKS, NUMBERS)
def test_reinforce_has_no_bias_whatever_its_baseline(task: np.ndarray, baseline: float) -> None:
    values, logits = task
    letters = discrete.gumbel_max(logits, noise(len(logits)))
    estimates = discrete.reinforce_gradient(values, logits, letters, baseline)
    found = discrete.errors(estimates, discrete.exact_gradient(values, logits))
    assert found.bias <= 5 * found.sampling_error + 1e-12


@given(TASKS, st.floats(-4, 4))
def test_no_baseline_has_less_variance_than_the_best(task: np.ndarray, other: float) -> None:
    values, logits = task
    chances, letters = discrete.softmax(logits), np.arange(len(logits))

    def second_moment(
        baseline: float,
    ) -> float:  # the mean does not depend on the baseline, so this is what differs
        squares = np.square(discrete.reinforce_gradient(values, logits, letters, baseline)).sum(axis=1)
        return float(chances @ squares)

    assert second_moment(discrete.best_baseline(values, logits)) <= second_moment(other) + 1e-12


@given(TASKS, st.floats(-2, 2))
def test_a_bent_judge_agrees_with_its_values_at_the_letters(task: np.ndarray, bend: float) -> None:
    values, _ = task
    judge = discrete.Bent(tuple(values), bend)
    np.testing.assert_allclose(judge.value(np.eye(len(values))), values)


@given(st.floats(-2, 2), st.floats(0.2, 2))
def test_gumbel_softmax_is_the_slope_of_the_softened_task(bend: float, temperature: float) -> None:
    judge, drawn = discrete.Bent(tuple(VALUES), bend), noise(3, 4)
    found = discrete.gumbel_softmax_gradient(judge.slope, LOGITS, drawn, temperature)
    for letter, step in enumerate(1e-5 * np.eye(3)):
        ahead, behind = (
            judge.value(discrete.softmax(LOGITS + sign * step + drawn, temperature)) for sign in (1, -1)
        )
        np.testing.assert_allclose(found[:, letter], (ahead - behind) / 2e-5, atol=1e-6)


def test_at_a_low_temperature_the_softened_letter_is_the_letter() -> None:
    drawn = noise(3, 2000)
    letters = discrete.one_hot(discrete.gumbel_max(LOGITS, drawn), 3)
    apart = [np.abs(discrete.softmax(LOGITS + drawn, t) - letters).mean() for t in (1.0, 0.1, 0.01, 1e-3)]
    assert apart == sorted(apart, reverse=True)
    assert apart[-1] < 1e-3


def test_a_lower_temperature_takes_bias_for_variance() -> None:
    found = rows(bend=1.0, temperatures=(0.1, 0.5, 1.0), draws=DRAWS)
    soft = [found["Gumbel-softmax", t] for t in (0.1, 0.5, 1.0)]
    assert [row["variance"] for row in soft] == sorted((row["variance"] for row in soft), reverse=True)
    assert soft[0]["bias"] < soft[1]["bias"] < soft[2]["bias"]


def test_straight_through_is_exact_for_a_linear_judge_and_biased_for_a_bent_one() -> None:
    straight = rows(bend=0.0)["straight-through", None]
    assert straight["bias"] == pytest.approx(0, abs=1e-12)
    assert straight["variance"] == pytest.approx(0, abs=1e-12)
    bent = rows(bend=1.0)["straight-through", None]
    assert bent["bias"] > 10 * bent["sampling_error"]


def test_a_bend_changes_nothing_for_reinforce() -> None:
    assert rows(bend=0.0)["REINFORCE", None] == rows(bend=2.0)["REINFORCE", None]


def test_the_comparison_is_the_same_for_the_same_seed() -> None:
    assert rows(1.0, seed=3) == rows(1.0, seed=3)
    assert rows(1.0, seed=3) != rows(1.0, seed=4)


def test_bias_and_variance_of_numbers_known_beforehand() -> None:
    found = discrete.errors(np.array([[0.0, 1.0], [2.0, 1.0]]), np.array([1.0, 4.0]))
    assert found == discrete.Errors(bias=3.0, variance=2.0, sampling_error=1.0)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: discrete.softmax([1.0, 2.0], 0.0), "temperature is a number above 0"),
        (lambda: discrete.softmax([1.0, 2.0], float("nan")), "temperature is a number above 0"),
        (lambda: discrete.exact_gradient([1.0], [1.0, 2.0]), "one value and one logit"),
        (lambda: discrete.errors(np.zeros((1, 2)), np.zeros(2)), "two or more estimates"),
        (lambda: discrete.compare([1.0, 2.0], [0.0, 0.0], draws=1), "draws"),
    ],
)
def test_what_makes_no_sense_is_refused(call: object, said: str) -> None:
    with pytest.raises(CourseError, match=said):
        call()
