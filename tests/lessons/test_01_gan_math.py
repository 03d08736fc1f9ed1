"""What lesson 1 says about its training and its pictures is true of them."""

from __future__ import annotations

import math

import numpy as np
import pytest

from course_lib.theory import divergences
from tests.lessons.run_solved import names_of

pytestmark = pytest.mark.slow  # imports Keras and trains for some seconds


@pytest.fixture(scope="module")
def names() -> dict:
    return names_of("01")


def bell(x: float, mean: float, std: float) -> float:
    return math.exp(-(((x - mean) / std) ** 2) / 2) / (std * math.sqrt(2 * math.pi))


@pytest.mark.parametrize("x", [-2.5, -2, -1, -0.3, 0.5, 1.5, 2])
def test_the_trained_discriminator_finds_the_best_one(names, x):
    real, fake = 0.7 * bell(x, -2, 0.6) + 0.3 * bell(x, 1.5, 0.9), bell(x, 0.5, 1.3)
    assert np.interp(x, names["x"], names["trained"]) == pytest.approx(real / (real + fake), abs=0.05)


def test_it_knows_nothing_where_there_are_no_samples(names):
    error = np.abs(names["trained"] - names["best"])
    assert error[names["often"]].max() < 0.1
    assert error[names["seldom"]].max() > 0.3


def test_it_earns_nearly_the_optimal_value_and_not_more(names):
    optimal = -np.log(4) + 2 * divergences.jensen_shannon(names["p_data"], names["p_g"], names["x"])
    earned = names["value"](names["trained"], names["p_data"], names["p_g"])
    assert optimal - 0.02 < earned <= optimal + 1e-6
    values = -2 * np.array(names["history"].history["loss"])
    assert values[-1] > values[0] > -np.log(4)
    assert values[-1] == pytest.approx(optimal, abs=0.02)


def test_the_network_measures_js_from_samples(names):
    measured = (names["measured"] + np.log(4)) / 2
    assert measured == pytest.approx(
        divergences.jensen_shannon(names["p_data"], names["p_g"], names["x"]), abs=0.015
    )


def test_js_stands_still_and_wasserstein_goes_on(names):
    js, w = names["js_curve"], names["w_curve"]
    apart = names["thetas"] >= 1.05
    assert np.ptp(js[apart]) < 1e-9 and js[apart][0] == pytest.approx(np.log(2))
    assert np.all(np.diff(w) > 0.04)
    assert names["pulls"][-1] < 1e-4 * max(names["pulls"])


def test_the_critic_is_nowhere_steep_and_reaches_the_distance(names):
    assert np.abs(np.diff(names["critic"]) / np.diff(names["x"])).max() <= 1 + 1e-9
    assert names["earned"] == pytest.approx(4, abs=1e-5)


def test_bold_earns_less_than_blind(names):
    earned = {
        name: names["value"](player(names["x"]), names["p_data"], names["p_g"])
        for name, player in names["players"].items()
    }
    assert earned["careful"] > earned["blind"] > earned["bold"]
    sure = names["players"]["bold"](1.5)
    assert 1 / 23_000 < sure < 1 / 21_000 and -np.log(sure) == pytest.approx(10, abs=0.1)


@pytest.mark.parametrize("x", [-2.5, -2, -1, -0.3, 0.5, 1.5, 2])
def test_training_with_a_third_of_soft_real_labels_finds_the_answer_to_exercise_4(names, x):
    real, fake = 0.7 * bell(x, -2, 0.6) + 0.3 * bell(x, 1.5, 0.9), bell(x, 0.5, 1.3)
    found = np.interp(x, names["x"], names["found"])
    assert found == pytest.approx(0.9 * real / (real + 2 * fake), abs=0.06)


def test_every_direction_away_from_the_best_discriminator_loses(names):
    pushed = np.array(names["pushed"])
    at_zero = pushed[:, names["sizes"] == 0]
    assert pushed.shape == (300, 17) and np.allclose(at_zero, names["highest"])
    assert (np.delete(pushed, 8, axis=1) < names["highest"]).all()


def test_the_answers_under_play_are_those_of_the_search(names):
    """Once more by another way: the normal density nearest by KL has the data's mean and variance."""
    nearest = names["nearest"]
    assert nearest["kullback_leibler"] == pytest.approx((-1, math.sqrt(0.3**2 + 2**2)), abs=0.05)
    assert nearest["wasserstein"] == pytest.approx((-1, 1.9))
    mean, std = nearest["jensen_shannon"]
    assert mean in (-3, 1) and std == pytest.approx(0.3)
