"""What lesson 2 says about its games, its two networks and its pictures is true of them."""

from __future__ import annotations

import re

import nbformat
import numpy as np
import pytest

from course_lib import ROOT
from course_lib.authoring.lesson import load_lesson
from course_lib.theory import games


@pytest.fixture(scope="module")
def code_cells() -> list:
    lesson = load_lesson(ROOT / "lessons" / "source" / "02_game_moves.py")
    return [cell for cell in lesson.cells if cell.kind == "code"]


@pytest.fixture(scope="module")
def printed() -> str:
    """All that the lesson's cells printed when it was built."""
    cells = nbformat.read(ROOT / "lessons" / "02_game_moves.ipynb", as_version=4).cells
    outputs = [output for cell in cells if cell.cell_type == "code" for output in cell.outputs]
    return "".join(output.text for output in outputs if output.output_type == "stream")


def test_tensorflow_comes_late_and_grading_never_needs_it(code_cells):
    heavy = [
        cell for cell in code_cells if "import keras" in cell.source or "import tensorflow" in cell.source
    ]
    assert len(heavy) == 1 and heavy[0].role == "demo"
    after = code_cells[code_cells.index(heavy[0]) :]
    assert not any(cell.role in ("setup", "exercise", "check", "graded") for cell in after)


def test_the_gan_is_written_in_under_sixty_lines(code_cells):
    (gan,) = (cell for cell in code_cells if "def make_train_step" in cell.source)
    assert len(gan.source.strip().splitlines()) < 60
    assert "course_lib" not in gan.source and "GradientTape" in gan.source


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


def test_the_tape_walks_the_path_of_the_formulas(printed):
    assert "60 steps: GradientTape, formulas: they differ by at most" in printed


def test_much_momentum_is_wild_and_less_finds_the_bumps(printed):
    found = re.findall(r"(.+?) +moves by ([\d.]+) in 50 steps; (\d+)% .+; ([\d.]+) of 8", printed)
    (unrest_09, hits_09, bumps_09), (unrest_05, hits_05, bumps_05), (unrest_r1, hits_r1, _) = (
        tuple(map(float, numbers)) for _, *numbers in found
    )
    assert unrest_09 > 2 * unrest_05 > 2 * unrest_r1
    assert hits_09 < 50 and min(hits_05, hits_r1) > 75
    assert bumps_09 < 5 and bumps_05 > 7
