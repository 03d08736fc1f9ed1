"""The program that the playground gives away is plain Keras, and walks the same curves as the game."""

import re
import subprocess
import sys
from ast import literal_eval
from pathlib import Path

import numpy as np
import pytest

from course_lib.playground.code import as_code
from course_lib.playground.game import Game
from course_lib.playground.presets import PRESETS
from course_lib.playground.settings import LOSSES, OPTIMIZERS, Settings
from course_lib.playground.targets import TARGETS

ROUNDS = 200
DRAWN = ((0.0, 1.0), (0.33, -0.5), (-2.0, 2.0), (1.5, 1.5), (1.6, 1.5))
CASES = {
    **PRESETS,
    "all at once": Settings(
        target="grid",
        loss="wasserstein",
        spectral=True,
        penalty=2.0,
        discriminator_steps=3,
        layers=3,
        hidden=8,
    ),
    "moons": Settings(target="moons", loss="hinge", optimizer="rmsprop", generator_rate=0.01, seed=7),
    "line": Settings(
        target="line", loss="least_squares", optimizer="sgd", penalty=0.7, hidden=32, generator_rate=0.1
    ),
    "clusters": Settings(target="clusters", optimizer="rmsprop", spectral=True, hidden=16, batch=64),
    "drawn": Settings(target="drawn", drawn=DRAWN, loss="least_squares", hidden=16, layers=1),
    # Here a rounding error of 1e-16 in the first round is one of 0.1 in the 200th: both add up in the same order.
    "wild": Settings(target="spiral", beta_1=0.9, generator_rate=0.02, discriminator_rate=0.02, hidden=32),
}
"""All losses, optimizers, targets and switches are among them: see the test below."""


def curves_of(program: str) -> np.ndarray:
    """What the program leaves in `losses`, (2, rounds)."""
    space: dict = {"__name__": "__main__"}
    exec(compile(program, "program", "exec"), space)
    return np.array(space["losses"]).T


@pytest.mark.parametrize(
    ("setting", "values"), [("loss", LOSSES), ("optimizer", OPTIMIZERS), ("target", (*TARGETS, "drawn"))]
)
def test_every_choice_is_among_the_cases(setting: str, values: tuple) -> None:
    assert {getattr(settings, setting) for settings in CASES.values()} == set(values)


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_the_program_walks_the_curves_of_the_game(name: str) -> None:
    game = Game(CASES[name])
    game.play(ROUNDS)
    ours = np.stack([game.history["discriminator_loss"], game.history["generator_loss"]])
    theirs = curves_of(as_code(CASES[name], ROUNDS))
    assert theirs.shape == (2, ROUNDS)
    np.testing.assert_allclose(theirs, ours, rtol=0, atol=1e-4)
    assert np.ptp(ours, axis=1).min() > 0  # they are curves


def test_the_program_needs_nothing_of_the_course_and_runs_alone(tmp_path: Path) -> None:
    settings = Settings(hidden=8, layers=1, penalty=1.0)
    program = as_code(settings, 3)
    assert "course_lib" not in program
    (tmp_path / "gan.py").write_text(program, "utf-8")
    done = subprocess.run(
        [sys.executable, "gan.py"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    game = Game(settings)
    game.play(3)
    last = [float(word) for word in re.findall(r"-?\d[\d.e-]*", done.stdout)]
    np.testing.assert_allclose(
        last, [game.history["discriminator_loss"][-1], game.history["generator_loss"][-1]], atol=1e-9
    )


@pytest.mark.parametrize("name", CASES)
def test_the_program_is_short_and_says_what_is_set(name: str) -> None:
    settings = CASES[name]
    program = as_code(settings, ROUNDS)
    lines = [line for line in program.splitlines() if line.strip()]
    assert len(lines) < 60
    assert max(map(len, lines)) <= 120
    assert f"seed = {settings.seed}\n" in program
    assert f"range({ROUNDS})" in program
    assert ("R1" in program) == bool(settings.penalty)
    assert ("svd" in program) == settings.spectral


def test_its_first_lines_say_whether_it_plays_what_was_seen() -> None:
    seen, other = (as_code(Settings(), 3, replayable) for replayable in (True, False))
    assert "of that game once more" in seen and "single steps" in other
    assert seen.split('"""')[2] == other.split('"""')[2]  # the program is the same


def test_a_whole_drawing_fits_on_the_page() -> None:
    points = tuple((x / 10, y / 10) for x in range(-15, 15) for y in range(-15, 15))
    program = as_code(Settings(target="drawn", drawn=points), 1)
    assert max(map(len, program.splitlines())) <= 120
    lines = program.split("np.array([\n")[1].split("\n])")[0].splitlines()
    assert all(
        len(pair) == 2 for line in lines for pair in literal_eval(f"[{line.strip()}]")
    )  # none is cut in two
    space: dict = {}
    exec(program.split("def batch")[0], space)
    np.testing.assert_array_equal(space["points"], points)
