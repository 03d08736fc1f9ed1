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


def test_a_target_with_fewer_modes_is_refused() -> None:
    with pytest.raises(CourseError, match="ring has 8 modes, so 25 cannot be covered"):
        rounds_to_cover(Settings())
    with pytest.raises(CourseError, match="moons has no modes to count: take ring, grid or clusters"):
        rounds_to_cover(Settings(target="moons"), modes=1)
