"""Settings that cannot be are refused in one line; targets are what their names say."""

import numpy as np
import pytest

from course_lib import CourseError
from course_lib.models import losses
from course_lib.playground.game import Game
from course_lib.playground.measures import RADIUS
from course_lib.playground.settings import LOSSES, Settings
from course_lib.playground.targets import REACH, TARGETS


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"target": "rings"}, "There is no target 'rings'; choose one of line, moons, ring"),
        ({"loss": "jensen"}, "There is no loss 'jensen'"),
        ({"optimizer": "Adam"}, "There is no optimizer 'Adam'"),
        ({"generator_rate": -0.1}, "generator_rate is a number from 0 to 10, not -0.1"),
        ({"discriminator_rate": float("nan")}, "discriminator_rate is a number"),
        ({"beta_1": 1}, "beta_1 is a number from 0 to 0.999, not 1"),
        ({"penalty": "1"}, "penalty is a number from 0 to 1000, not '1'"),
        ({"layers": 5}, "layers is a whole number from 1 to 4, not 5"),
        ({"hidden": 32.5}, "hidden is a whole number from 1 to 512, not 32.5"),
        ({"batch": True}, "batch is a whole number from 1 to 4096, not True"),
        ({"discriminator_steps": 0}, "discriminator_steps is a whole number from 1 to 50, not 0"),
        ({"seed": -1}, "seed is a whole number from 0"),
        ({"spectral": "yes"}, "spectral is True or False, not 'yes'"),
        ({"target": "drawn"}, "nothing is: give at least one point"),
        ({"drawn": [(0, 1, 2), (1, 2)]}, "drawn is a list of points"),
        ({"drawn": [1, 2, 3]}, "drawn is a list of points"),
        ({"drawn": np.zeros((2, 10))}, "drawn is a list of points"),  # the xs, then the ys
        ({"drawn": 3}, "drawn is a list of points"),
        ({"drawn": [(0, 1), (3.5, 0)]}, r"lies at (3.5, 0), outside of the plane from -3 to 3"),
        ({"drawn": [(0, float("nan"))]}, "outside of the plane"),
        ({"drawn": [(0, 0)] * 901}, "901 points are drawn; 900 are the most"),
    ],
)
def test_a_setting_that_cannot_be_is_refused_in_a_line(wrong: dict, words: str) -> None:
    with pytest.raises(CourseError) as refused:
        Settings(**wrong)
    assert words in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_drawing_is_kept_with_two_decimals_and_settings_can_be_compared() -> None:
    drawn = Settings(target="drawn", drawn=np.array([[0.123, 1], [2, -2.999]]))
    assert drawn.drawn == ((0.12, 1.0), (2.0, -3.0))
    assert drawn == Settings(target="drawn", drawn=[(0.12, 1), (2, -3)])
    assert hash(drawn) == hash(Settings(target="drawn", drawn=[(0.12, 1), (2, -3)]))
    np.testing.assert_array_equal(drawn.points(), [(0.12, 1), (2, -3)])
    assert drawn.modes().shape == (0, 2)


def test_the_losses_are_those_of_the_course() -> None:
    assert set(LOSSES) == set(losses.NAMES)


@pytest.mark.parametrize("name", TARGETS)
def test_a_target_lies_in_the_plane_with_its_noise(name: str) -> None:
    points = Settings(target=name).points()
    assert points.ndim == 2
    assert points.shape[1] == 2
    assert np.abs(points).max() + 3 * TARGETS[name].deviation < REACH


@pytest.mark.parametrize(
    ("name", "count"), [("ring", 8), ("grid", 25), ("clusters", 2), ("line", 0), ("spiral", 0)]
)
def test_targets_have_their_modes_further_apart_than_they_reach(name: str, count: int) -> None:
    centres = Settings(target=name).modes()
    assert centres.shape == (count, 2)
    distances = np.linalg.norm(centres[:, None] - centres, axis=2)[~np.eye(count, dtype=bool)]
    assert (distances > 2 * RADIUS * TARGETS[name].deviation).all()


def test_the_points_of_a_curve_lie_evenly_along_it() -> None:
    for name in ("line", "spiral"):
        steps = np.linalg.norm(np.diff(TARGETS[name].points(), axis=0), axis=1)
        assert steps.max() < 1.6 * np.median(steps), name
    upper, lower = np.split(TARGETS["moons"].points(), 2)
    np.testing.assert_allclose(upper, -lower, atol=1e-12)  # each moon is the other turned by half a turn


def test_numbers_of_numpy_become_plain_ones() -> None:
    settings = Settings(
        seed=np.arange(8)[7], penalty=np.float64(0.5), layers=np.int32(1), spectral=np.bool_(True)
    )
    assert settings == Settings(seed=7, penalty=0.5, layers=1, spectral=True)
    assert [type(each) for each in (settings.seed, settings.penalty, settings.layers)] == [int, float, int]
    assert settings.spectral is True
    assert Game(settings).round == 0
