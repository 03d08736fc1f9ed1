"""The solvers, on equations whose solutions are known."""

from __future__ import annotations

import numpy as np
import pytest

from course_lib import CourseError
from course_lib.models.roads import ode

TURN = np.array([[0.0, -1.0], [1.0, 0.0]])


@pytest.mark.parametrize(("method", "order"), [("euler", 1), ("midpoint", 2)])
def test_errors_fall_as_the_order_says(method: str, order: int) -> None:
    """dx/dt = x: halved steps leave half the error, or a quarter."""
    errors = [abs(ode.integrate(lambda x, t: x, np.ones(1), n, method)[-1, 0] - np.e) for n in (40, 80)]
    assert errors[0] / errors[1] == pytest.approx(2**order, rel=0.05)


def test_a_linear_field_is_followed_as_the_matrix_exponential_says() -> None:
    start = np.array([[1.0, 0.0], [0.5, -2.0]])
    found = ode.integrate(lambda x, t: x @ TURN.T, start, 1000)
    turned = np.array([[np.cos(1), -np.sin(1)], [np.sin(1), np.cos(1)]])
    np.testing.assert_allclose(found[-1], start @ turned.T, atol=1e-6)
    np.testing.assert_array_equal(found[0], start)


def test_a_velocity_that_depends_on_the_time_alone_is_integrated() -> None:
    found = ode.integrate(lambda x, t: np.full_like(x, 2 * t), np.zeros(1), 10, "midpoint", 0.0, 3.0)
    np.testing.assert_allclose(
        found[:, 0], np.linspace(0, 3, 11) ** 2
    )  # exact: the midpoint of a straight line


def test_there_and_back_again() -> None:
    start = np.random.default_rng(0).normal(size=(10, 2))

    def field(x: np.ndarray, t: float) -> np.ndarray:
        return np.sin(x @ TURN.T) + t

    there = ode.integrate(field, start, 200)[-1]
    back = ode.integrate(field, there, 200, begin=1.0, end=0.0)[-1]
    np.testing.assert_allclose(back, start, atol=1e-4)
    assert np.abs(there - start).max() > 0.5


def test_unknown_solvers_and_odd_numbers_of_steps_are_refused() -> None:
    with pytest.raises(CourseError, match="There is no solver 'heun': choose euler or midpoint"):
        ode.integrate(lambda x, t: x, np.ones(1), 3, "heun")
    with pytest.raises(CourseError, match="steps is a whole number from 1 on, such as 20, not 0"):
        ode.integrate(lambda x, t: x, np.ones(1), 0)


@pytest.mark.parametrize("steps", [np.nan, np.inf, "2", None, 2.0, True])
def test_what_is_no_whole_number_of_steps_is_refused(steps: object) -> None:
    with pytest.raises(CourseError, match="steps is a whole number"):
        ode.times(steps, "euler")


def test_a_single_step_knows_no_other_solver_either() -> None:
    with pytest.raises(CourseError, match="There is no solver 'heun'"):
        ode.step(lambda x, t: -x, np.ones(2), 0.0, 0.1, "heun")
