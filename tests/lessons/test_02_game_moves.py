"""What lesson 2 says about its games, its two networks and its pictures is true of them."""

from __future__ import annotations

import contextlib
import io
import re

import matplotlib
import numpy as np
import pytest

from course_lib import ROOT
from course_lib.authoring.lesson import Cell, Lesson, load_lesson
from course_lib.authoring.solutions import solved
from course_lib.authoring.student import check_source
from course_lib.theory import games

LONG = re.compile(r"panel\.show|for seed in")
"""A panel, and the runs with two more seeds: no test is about them."""


@pytest.fixture(scope="module")
def lesson() -> Lesson:
    return load_lesson(ROOT / "lessons" / "source" / "02_game_moves.py")


@pytest.fixture(scope="module")
def code_cells(lesson) -> list[Cell]:
    return [cell for cell in lesson.cells if cell.kind == "code"]


def played(lesson: Lesson, cells: list[Cell], names: dict) -> str:
    """Run cells with the solutions in, but no drawing and nothing `LONG`: what they print."""
    matplotlib.use("Agg")
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        for cell in cells:
            if cell.role in ("graded", "notes") or cell.fold.startswith("Draw") or LONG.search(cell.source):
                continue
            source = check_source(lesson, cell) if cell.role == "check" else solved(cell.source)
            exec(compile(source, cell.id, "exec"), names)
    return printed.getvalue()


def where_tensorflow_comes(cells: list[Cell]) -> int:
    (place,) = (n for n, cell in enumerate(cells) if "import keras" in cell.source)
    return place


@pytest.fixture(scope="module")
def by_numbers(lesson, code_cells) -> tuple[dict, str]:
    """The names that the part without TensorFlow defines, and what it prints."""
    names: dict = {}
    opening = next(cell for cell in code_cells if cell.fold)  # its imports and games are used all along
    before = code_cells[: where_tensorflow_comes(code_cells)]
    exec(compile(opening.source, opening.id, "exec"), names)
    return names, played(lesson, before, names)


@pytest.fixture(scope="module")
def by_networks(lesson, code_cells, by_numbers) -> tuple[dict, str]:
    names = dict(by_numbers[0])
    begin = where_tensorflow_comes(code_cells)
    # from there on the playground plays, which has tests of its own
    end = next(place for place, cell in enumerate(code_cells) if "import Playground" in cell.source)
    return names, played(lesson, code_cells[begin:end], names)


@pytest.fixture
def printed(by_numbers) -> str:
    return by_numbers[1]


def test_tensorflow_comes_late_and_one_exercise_with_points_needs_it(code_cells):
    place = where_tensorflow_comes(code_cells)
    assert code_cells[place].role == "setup" and "import tensorflow" in code_cells[place].source
    after = {cell.grade_id for cell in code_cells[place:]} - {""}
    assert after == {"generator_step", "cover_the_grid"}  # the second has no points, and its check plays
    assert not any(re.search(r"\b(tf|keras)\b", cell.source) for cell in code_cells[:place])


def test_the_gan_is_written_in_under_ninety_lines(code_cells):
    heads = ("CENTRES =", "def discriminator_step", "# Exercise 7", "def make_train_step")
    cells = [cell for cell in code_cells if cell.source.lstrip().startswith(heads)]
    assert len(cells) == len(heads)
    source = "\n".join(solved(cell.source) for cell in cells)
    assert sum(bool(line.strip()) for line in source.splitlines()) < 90
    assert "course_lib" not in source and "GradientTape" in source


def test_ten_times_finer_steps_stay_ten_times_closer_to_the_circle(printed):
    ends = [float(end) for end in re.findall(r"after time 30 is ([\d.]+)", printed)]
    drifts = np.array(ends) - 1
    assert drifts[0] == pytest.approx(0.4, abs=0.05)  # "by 40 per cent"
    assert drifts[:-1] / drifts[1:] == pytest.approx([10, 10], rel=0.2)


def test_the_broken_function_leaves_the_picture_below(code_cells):
    (cell,) = (cell for cell in code_cells if "broken.append" in cell.source)
    played = cell.source[: cell.source.index("right_path")]
    names = {"sigmoid": games.sigmoid}
    exec(compile(played, "the broken copy", "exec"), names)
    theta, phi = names["broken"][-1]
    assert phi < -3 and abs(theta) < 3
    path = games.play(games.GAMES["non_saturating"], (1.5, 0), 400, eta=0.2, gamma=0.3)
    assert np.hypot(*path[-1]) < 0.05


def test_the_slope_wanted_decides_whether_the_critic_rests(printed):
    ends = dict(re.findall(r"slope (\d) wanted: the players end at distance ([\d.]+)", printed))
    assert float(ends["0"]) < 1e-3 and float(ends["1"]) > 0.9


def test_the_maps_have_their_colours():
    """One after the other: brown right, purple in a wedge, brown far left above. At once: brown everywhere."""
    critic = games.GAMES["wasserstein"]
    for eta in (0.02, 0.14, 0.5, 1.0):
        assert all(games.growth(critic, eta, beta) > 1 for beta in (0.025, 0.5, 0.9))
        assert all(games.growth(critic, eta, beta, alternating=False) > 1 for beta in (-0.9, -0.3, 0.9))
    for eta in (0.02, 0.14):
        assert all(games.growth(critic, eta, beta) < 1 for beta in (-0.9, -0.5, -0.025))
    assert games.growth(critic, 1.0, -0.9) > 1.1


def test_growth_one_is_no_fixed_distance():
    critic = games.GAMES["wasserstein"]
    assert games.growth(critic, 1.5) == pytest.approx(1)
    distances = np.hypot(*games.play(critic, (1, 0), 200, eta=1.5).T)
    assert distances.min() == pytest.approx(0.76, abs=0.005)
    assert distances.max() == pytest.approx(2.00, abs=0.005)


def test_the_panel_answers_its_own_questions():
    game = games.GAMES["minimax"]
    assert all(games.growth(game, eta, alternating=False) > 1 for eta in np.arange(0.05, 2.55, 0.05))
    assert games.growth(game, 2.0, gamma=0.5) < 1e-6 and games.growth(game, 2.5, gamma=0.5) > 1
    assert games.growth(game, 0.3, 0.9, gamma=1.0) > 1 > games.growth(game, 0.3, 0.9, gamma=1.2)


def test_your_functions_are_what_the_lesson_goes_on_with(printed):
    assert "1.0   0.3      21           2.472, 2.472              0.974, 0.974" in printed
    rounds = re.findall(r"^ ?(\d+) +([\d.]+) +(-?[\d.]+) +([\d.]+)", printed, re.MULTILINE)
    growth = {int(k): float(growth) for k, _, _, growth in rounds}
    assert growth[11] == 1 < 1.5 < growth[12]  # "here from k = 12 on"
    assert all(float(determinant) == 1 for _, determinant, *_ in rounds)


@pytest.mark.slow
def test_the_tape_walks_the_path_of_the_formulas(by_networks):
    names, printed = by_networks
    assert "60 steps: GradientTape, formulas: they differ by at most" in printed
    assert np.abs(np.array(names["tape_path"]) - names["formula_path"]).max() < 1e-5


@pytest.mark.slow
def test_the_arrows_lead_downhill_on_the_generators_loss(by_networks):
    """Against difference quotients, on a network that was trained for nothing."""
    names = by_networks[0]
    names["keras"].utils.set_random_seed(4)
    discriminator = names["network"](1)
    fakes = np.random.default_rng(4).normal(size=(20, 2)).astype("float32")
    arrows, tiny = names["arrows_on"](fakes, discriminator), 0.01
    for axis in np.eye(2, dtype="float32"):
        ahead, behind = (
            np.log1p(np.exp(-discriminator(fakes + sign * tiny * axis).numpy()))[:, 0] for sign in (1, -1)
        )
        assert arrows @ axis == pytest.approx((behind - ahead) / (2 * tiny), abs=1e-3)


@pytest.mark.slow
def test_much_momentum_is_wild_and_less_finds_the_bumps(by_networks):
    found = re.findall(r"(.+?) +moves by ([\d.]+) in 50 steps; (\d+)% .+; ([\d.]+) of 8", by_networks[1])
    (unrest_09, hits_09, bumps_09), (unrest_05, hits_05, bumps_05), (unrest_r1, hits_r1, _) = (
        tuple(map(float, numbers)) for _, *numbers in found
    )
    assert unrest_09 > 2 * unrest_05 > 2 * unrest_r1
    assert hits_09 < 50 and min(hits_05, hits_r1) > 75
    assert bumps_09 < 5 and bumps_05 > 7


@pytest.mark.slow
def test_with_a_penalty_the_arrows_on_the_fakes_are_the_shortest(by_networks):
    """At the moment that is drawn, after 100 steps."""
    runs = by_networks[0]["runs"]
    wild, calm, fined = (np.linalg.norm(arrows[1], axis=1).mean() for _, arrows, _ in runs.values())
    assert wild > calm > 1.5 * fined
