"""The game goes as its settings say, and the same way however it is cut."""

import numpy as np

from course_lib.playground.game import Game
from course_lib.playground.settings import Settings


def assert_same(one: Game, other: Game) -> None:
    assert one.round == other.round
    for name, values in one.history.items():
        np.testing.assert_array_equal(values, other.history[name], err_msg=name)
    for name, values in vars(one.layers()).items():
        np.testing.assert_array_equal(values, vars(other.layers())[name], err_msg=name)


def test_rounds_may_be_cut_in_any_way() -> None:
    whole, cut = Game(Settings(discriminator_steps=2)), Game(Settings(discriminator_steps=2))
    whole.play(45)
    for rounds in (1, 0, 20, 4):
        cut.play(rounds)
    for _ in range(17):
        cut.step_discriminator()
        cut.step_discriminator()
        cut.step_generator()
    cut.step_discriminator()  # which begins a round that play finishes
    cut.play(3)
    assert_same(whole, cut)
