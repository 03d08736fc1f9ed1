"""Every preset shows what it says, with three seeds."""

from dataclasses import replace

import numpy as np
import pytest

from course_lib.playground.game import Game
from course_lib.playground.presets import PRESETS, WORDS

SEEDS = (1, 2, 3)
pytestmark = pytest.mark.slow


def played(name: str, seed: int, rounds: int, **changes: object) -> Game:
    game = Game(replace(PRESETS[name], seed=seed, **changes))
    game.play(rounds)
    return game


def share_right(game: Game) -> float:
    """The share of real points and fakes that D judges rightly."""
    layers = game.layers()
    return float(np.mean([*(game.judge(layers.real) > 0), *(game.judge(layers.fake) < 0)]))


def push(game: Game) -> float:
    return float(np.linalg.norm(game.layers().arrows, axis=1).mean())


def test_every_preset_has_its_words() -> None:
    assert PRESETS.keys() == WORDS.keys()


@pytest.mark.parametrize("seed", SEEDS)
def test_the_healthy_game_finds_all_modes_and_keeps_them(seed: int) -> None:
    history = played("healthy", seed, 800).history
    late = history["measured_round"] > 500
    assert history["modes"][late].min() >= 7
    assert np.median(history["modes"][late]) == 8
    assert np.median(history["js"][late]) < 0.1


@pytest.mark.parametrize("seed", SEEDS)
def test_in_mode_collapse_two_modes_or_fewer_are_covered(seed: int) -> None:
    history = played("mode collapse", seed, 600).history
    late = history["modes"][history["measured_round"] > 100]
    assert np.mean(late <= 2) > 0.8
    assert np.median(history["kl"]) > 3


@pytest.mark.parametrize("seed", SEEDS)
def test_circling_fakes_do_not_come_to_rest_and_a_penalty_calms_them(seed: int) -> None:
    def distances(penalty: float) -> np.ndarray:
        """Of the fakes' mean from the real spot, every 10 rounds of the last 400 of 800."""
        game, found = played("circling", seed, 400, penalty=penalty), []
        for _ in range(40):
            game.play(10)
            found.append(game.layers().fake.mean(axis=0) - game.settings.drawn[0])
        return np.array(found)

    circling, calm = distances(0.0), distances(1.0)
    assert (np.ptp(np.sign(circling), axis=0) == 2).all()  # they pass the spot on all sides
    assert np.hypot(*circling.T).mean() > 3 * np.hypot(*calm.T).mean()
    assert np.hypot(*circling.T).mean() > 0.2  # two deviations of the spot


@pytest.mark.parametrize("seed", SEEDS)
def test_where_the_gradient_vanishes_d_is_right_and_the_other_loss_would_push(seed: int) -> None:
    game = played("vanishing gradient", seed, 300)
    assert share_right(game) > 0.99
    assert push(game) < 0.01
    assert game.history["modes"].max() == 0
    game.change(loss="non_saturating")  # the same players, and the loss that does not saturate
    assert push(game) > 1


@pytest.mark.parametrize("seed", SEEDS)
def test_an_overpowering_d_is_right_and_pushes_and_g_stays(seed: int) -> None:
    before = played("overpowering D", seed, 0).layers().fake
    game = played("overpowering D", seed, 300)
    assert share_right(game) > 0.99
    assert push(game) > 0.5
    assert game.history["generator_loss"][-1] > 5
    assert np.linalg.norm(game.layers().fake - before, axis=1).mean() < 0.1
