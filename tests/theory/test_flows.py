"""Flow matching where the velocity is known: does it carry noise to the data, and keep the density's books?"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib import CourseError
from course_lib.theory import flows

CENTRES, STD = np.array([[1.0, 0.5], [-1.0, 1.5], [0.0, -2.0]]), 0.4


@given(st.floats(0, 1), st.floats(0, 0.3), st.integers(0, 1000))
def test_paths_lead_from_noise_to_data_at_constant_speed(time: float, least: float, seed: int) -> None:
    noise, data = np.random.default_rng(seed).normal(size=(2, 5, 3))
    start, velocity = flows.conditional_path(noise, data, np.zeros(5), least)
    point, same = flows.conditional_path(noise, data, np.full(5, time), least)
    np.testing.assert_array_equal(start, noise)
    np.testing.assert_array_equal(same, velocity)
    np.testing.assert_allclose(point, noise + time * velocity)
    np.testing.assert_allclose(noise + velocity, data + least * noise)


def test_pictures_have_a_time_each() -> None:
    noise, data = np.zeros((2, 4, 4, 1)), np.ones((2, 4, 4, 1))
    point, _ = flows.conditional_path(noise, data, np.array([0.25, 0.75]))
    assert (point[0] == 0.25).all() and (point[1] == 0.75).all()
    with pytest.raises(CourseError, match=r"a time for each are needed, not \(2, 4, 4, 1\)"):
        flows.conditional_path(noise, data, np.zeros(3))


def test_the_mixture_velocity_is_the_mean_of_the_pairs_that_pass() -> None:
    """Against pairs drawn at random: the mean velocity of those that pass near a place."""
    random = np.random.default_rng(0)
    count, time, place = 400_000, 0.6, np.array([[0.3, 0.2]])
    noise = random.normal(size=(count, 2))
    data = CENTRES[random.integers(0, 3, count)] + STD * random.normal(size=(count, 2))
    point, velocity = flows.conditional_path(noise, data, np.full(count, time))
    near = velocity[np.linalg.norm(point - place, axis=1) < 0.05]
    assert len(near) > 300
    error = near.std(axis=0) / np.sqrt(len(near))
    exact = flows.mixture_velocity(place, time, CENTRES, STD)[0]
    assert (np.abs(near.mean(axis=0) - exact) < 4 * error + 0.02).all()


@pytest.mark.parametrize("time", [0.1, 0.5, 0.9])
def test_velocity_and_density_obey_the_continuity_equation(time: float) -> None:
    """d log p / dt + u . grad log p + div u = 0 along the flow, by central differences."""
    places, h = np.random.default_rng(1).normal(size=(20, 2)), 1e-5

    def log_density(x: np.ndarray, t: float = time) -> np.ndarray:
        return flows.mixture_log_density(x, t, CENTRES, STD)

    def velocity(x: np.ndarray) -> np.ndarray:
        return flows.mixture_velocity(x, time, CENTRES, STD)

    change = (log_density(places, time + h) - log_density(places, time - h)) / (2 * h)
    for axis in np.eye(2):
        change += (
            velocity(places)
            @ axis
            * (log_density(places + h * axis) - log_density(places - h * axis))
            / (2 * h)
        )
        change += (velocity(places + h * axis) - velocity(places - h * axis)) @ axis / (2 * h)
    np.testing.assert_allclose(change, 0, atol=1e-6)


def test_densities_at_both_ends() -> None:
    places = np.random.default_rng(2).normal(size=(5, 2))
    noise = -np.square(places).sum(axis=1) / 2 - np.log(2 * np.pi)
    np.testing.assert_allclose(flows.mixture_log_density(places, 0.0, CENTRES, STD), noise)
    squares = np.square(places[:, None] - CENTRES).sum(axis=-1)
    data = np.log(np.exp(-squares / (2 * STD**2)).mean(axis=1) / (2 * np.pi * STD**2))
    np.testing.assert_allclose(flows.mixture_log_density(places, 1.0, CENTRES, STD), data)


def test_wrong_shapes_and_times_are_refused() -> None:
    with pytest.raises(CourseError, match=r"shapes are \(3,\) and \(3, 2\)"):
        flows.mixture_velocity(np.zeros(3), 0.5, CENTRES, STD)
    with pytest.raises(CourseError, match=r"a time from 0 to 1 and a std above 0, not 1\.5 and 0\.4"):
        flows.mixture_velocity(np.zeros((1, 2)), 1.5, CENTRES, STD)


@pytest.mark.parametrize(
    "time, std", [(1.0, 1e-200), (0.5, np.nan), (np.nan, 1.0), ([0.1, 0.2], 1.0), (0.5, [1, 2])]
)
def test_times_and_spreads_without_a_density_are_refused(time: object, std: object) -> None:
    for ask in (flows.mixture_velocity, flows.mixture_log_density):
        with pytest.raises(CourseError, match="a std above 0"):
            ask(np.ones((2, 2)), time, np.eye(2), std)
        with pytest.raises(CourseError, match="of one d are needed"):
            ask(np.ones((2, 2)), 0.5, np.zeros((0, 2)), 1.0)
