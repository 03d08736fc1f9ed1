"""Settings are judged by playing them."""

import numpy as np
import pytest

from course_lib import CourseError
from course_lib.playground.design import rounds_to_cover
from course_lib.playground.game import Game
from course_lib.playground.settings import Settings


def test_the_rounds_are_those_of_the_history() -> None:
    settings = Settings(hidden=32, discriminator_steps=2)
    rounds = rounds_to_cover(settings, modes=4, js=0.2, at_most=400)
    assert rounds is not None
    game = Game(settings)
    game.play(400)
    touched, near = game.history["modes"] >= 4, game.history["js"] <= 0.2
    assert rounds == game.history["measured_round"][np.argmax(touched & near)]
    assert np.argmax(touched) < np.argmax(touched & near), "a cloud touches them before it is near"
    assert rounds_to_cover(settings, modes=4, js=0.2, at_most=rounds - 1) is None


@pytest.mark.slow
def test_five_steps_of_d_arrive_but_slower_players_stay() -> None:
    """What lesson 02 says after exercise 8: the share of measurements from step 1,000 to 3,000 that are good."""
    shares = []
    for rates in ({}, {"generator_rate": 0.001, "discriminator_rate": 0.002}):
        good: list[bool] = []
        for seed in (1, 2, 3):
            settings = Settings(target="grid", discriminator_steps=5, seed=seed, **rates)
            assert rounds_to_cover(settings, at_most=160) is not None
            game = Game(settings)
            game.play(500)
            seen = game.history
            late = 6 * seen["measured_round"] > 1_000
            good += ((seen["modes"] == 25) & (seen["js"] <= 0.1))[late].tolist()
        shares.append(np.mean(good))
    assert shares[0] < 1 / 4 and shares[1] > 1 / 2


def test_a_target_with_fewer_modes_is_refused() -> None:
    with pytest.raises(CourseError, match="ring has 8 modes, so 25 cannot be covered"):
        rounds_to_cover(Settings())
    with pytest.raises(CourseError, match="moons has no modes to count: take ring, grid or clusters"):
        rounds_to_cover(Settings(target="moons"), modes=1)
