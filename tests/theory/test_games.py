"""Two-number games against what is known of them: losses, closed forms and the eigenvalues' promise."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib import ROOT
from course_lib.theory import games

GAMES = games.GAMES
LOSSES = {  # (L_G, L_D) of one fake theta, a real number 0 and the logit phi x, from their definitions
    "minimax": (
        lambda theta, phi: -np.logaddexp(0, phi * theta),
        lambda theta, phi: np.log(2) + np.logaddexp(0, phi * theta),
    ),
    "non_saturating": (
        lambda theta, phi: np.logaddexp(0, -phi * theta),
        lambda theta, phi: np.log(2) + np.logaddexp(0, phi * theta),
    ),
    "wasserstein": (lambda theta, phi: -phi * theta, lambda theta, phi: phi * theta),
}


def test_importing_the_games_and_their_panel_loads_no_tensorflow():
    code = (
        "import sys, course_lib.theory.games, course_lib.panels.two_players; "
        "assert not {'tensorflow', 'keras'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)


def test_every_game_has_its_losses_here():
    assert LOSSES.keys() == GAMES.keys()


@pytest.mark.parametrize("name", GAMES)
@given(theta=st.floats(-3, 3), phi=st.floats(-3, 3), gamma=st.floats(0, 2))
@settings(max_examples=30, deadline=None)
def test_the_field_is_downhill_on_the_losses(name, theta, phi, gamma):
    loss_g, loss_d = LOSSES[name]
    h = 1e-5
    slope_g = (loss_g(theta + h, phi) - loss_g(theta - h, phi)) / (2 * h)
    slope_d = (loss_d(theta, phi + h) - loss_d(theta, phi - h)) / (2 * h)
    seen = GAMES[name].field(theta, phi, gamma)
    assert seen == pytest.approx((-slope_g, -slope_d - gamma * phi), abs=1e-7)


def test_sigmoid_neither_overflows_nor_is_wrong():
    with np.errstate(all="raise"):
        assert games.sigmoid(np.array([-1000.0, 0.0, 1000.0])).tolist() == [0.0, 0.5, 1.0]
    assert games.sigmoid(1.3) == pytest.approx(1 / (1 + np.exp(-1.3)))


@given(eta=st.floats(0.01, 1.7))  # above, 20 steps come to games.FAR
@settings(max_examples=20, deadline=None)
def test_bilinear_steps_at_once_run_away_and_in_turn_stay_on_their_ellipse(eta):
    at_once = games.play(GAMES["wasserstein"], (1, 0), 20, eta, alternating=False)
    assert np.hypot(*at_once.T) == pytest.approx((1 + eta**2) ** (np.arange(21) / 2))
    theta, phi = games.play(GAMES["wasserstein"], (1, 0), 50, eta).T
    assert theta**2 + phi**2 - eta * theta * phi == pytest.approx(np.ones(51))


def test_the_discriminator_goes_first():
    path = games.play(GAMES["wasserstein"], (1, 0), 1, eta=0.5)
    assert path.tolist() == [[1, 0], [0.75, -0.5]]
    assert games.play(GAMES["wasserstein"], (1, 0), 1, 0.5, alternating=False)[1].tolist() == [1, -0.5]


@pytest.mark.parametrize("alternating", [True, False])
@pytest.mark.parametrize("beta, gamma", [(0, 0.3), (-0.5, 0), (0.4, 0.5), (0.8, 0)])
@pytest.mark.parametrize("name", GAMES)
def test_near_the_equilibrium_a_game_grows_as_its_eigenvalues_say(name, beta, gamma, alternating):
    rule = {"eta": 0.2, "beta": beta, "gamma": gamma, "alternating": alternating}
    path = games.play(GAMES[name], (1e-100, 0), 500, **rule)  # so close that none gets away in 500 steps
    measured = (np.hypot(*path[500]) / np.hypot(*path[250])) ** (1 / 250)
    # The spirals are squeezed: the distance may be off by a factor of e at both ends.
    assert np.log(measured) == pytest.approx(np.log(games.growth(GAMES[name], **rule)), abs=2 / 250)


def test_a_step_is_its_matrix():
    state = np.array([0.3, -0.7, 0.2, 0.1])
    for alternating in (True, False):
        rule = {"eta": 0.4, "beta": -0.3, "gamma": 0.6, "alternating": alternating}
        matrix = games.step_matrix(GAMES["wasserstein"], **rule)
        assert matrix @ state == pytest.approx(games.step(GAMES["wasserstein"], state, **rule))
    dirac = games.step_matrix(GAMES["minimax"], eta=0.4, alternating=False)
    assert dirac[:2, :2].tolist() == [[1, 0.2], [-0.2, 1]]  # 0.4 times a pull of one half


def test_a_runaway_path_is_cut_short_and_stays_finite():
    path = games.play(GAMES["wasserstein"], (1, 0), 1_000, eta=2.4, beta=0.9)
    assert len(path) < 100 and np.isfinite(path).all()
