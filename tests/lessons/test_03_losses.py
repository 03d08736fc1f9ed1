"""What lesson 3 says about its runs, its numbers and its pictures is true of them."""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
import pytest

from course_lib.panels.batch_under_loss import BatchUnderLoss
from tests.lessons.run_solved import names_of

pytestmark = pytest.mark.slow  # imports Keras and trains for some seconds


@pytest.fixture(scope="module")
def names() -> dict:
    return names_of("03")


def test_the_batch_is_one_in_which_the_discriminator_wins(names):
    assert (names["fake_logits"] < 0).sum() == 7 and (names["real_logits"] > 0).sum() == 7
    assert names["share"] > 0.5  # minimax: one fake of eight makes more than half of the pull


def test_minimax_stands_still_and_both_arrive_at_the_same_place(names):
    arrivals = names["arrivals"]
    assert all(ours < 30 for ours, _ in arrivals.values())
    assert arrivals[3.0][1] > 10 * arrivals[3.0][0]
    assert arrivals[4.0][1] is None
    ends = [names["play"](gradient, 3.0, 500)[-1] for gradient in names["GRADIENTS"].values()]
    assert ends == pytest.approx([0, 0], abs=0.02)
    minimax = names["play"](names["GRADIENTS"]["minimax"], 3.0, 300)
    assert 1.5 < minimax[300] < 2.5 < minimax[200]
    assert 19_000 < names["ratio"] < 21_000


@pytest.mark.parametrize("theta", [0.3, 1.5, 2.5])
def test_the_pull_is_the_gradient_of_kl_minus_two_js(names, theta):
    """Against a mean over evenly spread fakes and a closed form, without the lesson's integrals."""
    z = np.array([NormalDist().inv_cdf((i + 0.5) / 20_000) for i in range(20_000)])
    fakes = theta + 0.5 * z
    d = 1 / (1 + np.exp(-(theta**2 - 2 * theta * fakes) / 0.5))
    slope = -theta / 0.25
    assert names["whole_pull"]("minimax", theta) == pytest.approx(np.mean(-d) * slope, rel=0.01)
    both = names["whole_pull"]("minimax", theta) + names["whole_pull"]("non-saturating", theta)
    assert both == pytest.approx(theta / 0.25, rel=1e-6)  # the derivative of theta^2 / (2 s^2)


def test_the_misprints_have_the_symptoms_the_text_gives_them(names):
    found, shares = names["found"], names["shares"]
    at_half = {name: float(np.interp(0.5, shares, values)) for name, values in found.items()}
    assert at_half["right"] == pytest.approx(1 / 2, abs=2e-4)
    assert at_half["4: a term twice"] == pytest.approx(1 / 3, abs=2e-4)
    assert found["2: a missing log"][shares < 0.5].max() < 2e-4
    for r in (0.6, 0.75, 0.9):  # what D / (1 - D) knows: the quotient, half of it, or the quotient less 1
        d = {name: float(np.interp(r, shares, values)) for name, values in found.items()}
        odds = {name: each / (1 - each) for name, each in d.items()}
        assert odds["right"] == pytest.approx(r / (1 - r), rel=0.01)
        assert odds["4: a term twice"] == pytest.approx(r / (1 - r) / 2, rel=0.01)
        assert odds["2: a missing log"] == pytest.approx(r / (1 - r) - 1, rel=0.01)
    right, wrong = names["mean_logits"].values()
    assert right[-1] > 2 > right[0] > wrong[-1] + 15


def test_rounding_breaks_three_of_the_four_ways(names):
    ways = names["ways"]
    with np.errstate(all="ignore"):
        at = {name: way(np.array([-20, 17, 20, 89], np.float32)) for name, way in ways.items()}
    assert at["textbook"][0] == at["patched"][0] == at["one exponential"][0] == 0
    assert np.isinf(at["textbook"][1:]).all() and np.isinf(at["one exponential"][3])
    assert at["patched"][1:] == pytest.approx(-math.log(1e-7), rel=1e-3)
    expected = [math.log1p(math.exp(-20)), 17 + math.exp(-17), 20, 89]
    assert at["by hand"] == pytest.approx(expected, rel=1e-6)
    assert names["error"] < 1e-6


def test_smoothing_of_real_targets_keeps_the_slope_at_the_fakes_and_the_other_kills_it(names):
    assert names["paths"]["t = 1"][-1] > 5 and names["paths"]["t = 1.1"][-1] > 20
    assert names["paths"]["t = 0.9"][-1] == pytest.approx(math.log(9), abs=1e-6)
    assert names["losses_of_real"]["t = 1.1"].min() < -0.5
    path = names["paths"]["t = 1.1"]
    assert path[-1] - path[-2] == pytest.approx(0.1, abs=1e-3)  # a tenth of the full speed, for ever
    places = np.linspace(-2, 5, 701)
    slopes = {
        name: np.interp(3, places, np.gradient(values, places))
        for name, values in names["best_logits"].items()
    }
    assert slopes["no smoothing"] == pytest.approx(-12, rel=1e-3)
    assert slopes["real 0.9, fake 0"] == pytest.approx(-12, rel=1e-3)
    assert slopes["real 0.9, fake 0.1"] == pytest.approx(0, abs=1e-3)


def test_trained_discriminators_know_what_the_theory_says(names):
    assert names["d_error"] < 0.06 and names["squares_error"] < 0.06
    assert names["hinge_error"] < 0.2
    final = {name: history[-1] for name, (_, history) in names["trained"].items()}
    assert final["Wasserstein"] < -30
    assert all(value > 0 for name, value in final.items() if name != "Wasserstein")


def test_keras_without_logits_caps_the_loss_and_drops_the_gradient(names):
    with_logits, without, twice = names["answers_of_keras"]
    assert with_logits == pytest.approx((20, 1), rel=1e-4)
    assert 15 < without[0] < 17 and without[1] == 0
    assert twice[0] == pytest.approx(math.log(1 + math.e), rel=1e-3) and abs(twice[1]) < 1e-6


def test_least_squares_pulls_the_worst_fake_hardest(names):
    forces = {name: np.abs(gradient(names["fake_logits"])) for name, (_, gradient) in names["G_FAKE"].items()}
    assert forces["least squares"].max() == pytest.approx(8.4)
    assert forces["non-saturating"].max() == pytest.approx(1, abs=0.01)
    assert forces["least squares"].argmax() == names["fake_logits"].argmin()


def test_the_answers_under_play_are_what_the_panel_shows():
    panel = BatchUnderLoss()
    panel.controls["fake"].value = -6.0
    assert panel.numbers["G on fake"] == pytest.approx(1, abs=0.01)
    panel.controls["loss"].value = "minimax"
    sizes = np.abs(panel.pulls["G on fake"])
    assert sizes.mean() < 0.01 and sizes.max() == pytest.approx(sizes.sum() / 2, rel=0.05)
    panel.controls["loss"].value = "hinge"
    for real, fake, rests in ((3.2, -3.3, False), (3.3, -3.2, False), (3.3, -3.3, True)):
        panel.controls["real"].value, panel.controls["fake"].value = real, fake
        assert (panel.numbers["D on real"] + panel.numbers["D on fake"] == 0) is rests
    assert panel.numbers["G on fake"] == 1
    panel.controls["loss"].value, panel.controls["fake"].value = "least_squares", 3.0
    fakes = panel.batch()[1]
    assert (fakes < 1).sum() == 1 and np.allclose(fakes - panel.pulls["G on fake"], 1)


def test_our_own_loss_of_exercise_8_brings_the_generator_home(names):
    way = names["play"](names["your_gradient"], 3.0, 60, learning_rate=0.05 / names["loudest"])
    assert abs(way[60]) < 0.1 < 2 < way[1]
