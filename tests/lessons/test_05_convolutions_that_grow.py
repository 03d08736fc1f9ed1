"""What lesson 5 says about its pictures and numbers is true of them."""

from __future__ import annotations

import re

import matplotlib
import numpy as np
import pytest

from course_lib import ROOT
from course_lib.authoring.lesson import load_lesson
from tests.lessons.conftest import printed_with_stubs

pytestmark = pytest.mark.slow  # the fixture runs the whole lesson

NAME = "05_convolutions_that_grow"


@pytest.fixture(scope="module")
def printed() -> str:
    return printed_with_stubs("05")


def numbers(pattern: str, text: str) -> np.ndarray:
    """The numbers in the first match of `pattern`."""
    found = re.search(pattern, text)
    assert found, pattern
    return np.array(re.findall(r"-?\d+\.?\d*(?:e-?\d+)?", found[1]), float)


def test_the_opening_picture_shows_what_its_text_says() -> None:
    """No smaller grid with 4 x 4 than with 5 x 5, and none with resizing. Draws hundreds of pictures in NumPy."""
    matplotlib.use("Agg")
    lesson = load_lesson(ROOT / "lessons" / "source" / f"{NAME}.py")
    code = [cell for cell in lesson.cells if cell.kind == "code" and cell.role in ("setup", "demo")]
    names: dict = {}
    for cell in code[:2]:
        exec(compile(cell.source, cell.id, "exec"), names)
    five, four, resized = names["repeated"].values()
    assert four >= five > 0.1 and resized < 0.01


def test_down_and_up_again_does_not_bring_the_signal_back(printed: str) -> None:
    back = numbers(r"C\^T y = (\[.*?\])", printed)
    assert not np.allclose(back, numbers(r"and x was (\[.*?\])", printed))


def test_strengths_stand_as_9_to_6_to_6_to_4(printed: str) -> None:
    assert numbers(r"four phases in descending order: (\[.*?\])", printed) == pytest.approx(
        [9, 6, 6, 4], rel=0.06
    )
    assert "kernel 5, stride 2: 9 : 6 : 6 : 4" in printed and "kernel 4, stride 2: 4 : 4 : 4 : 4" in printed


def test_one_network_has_four_levels_whatever_its_kernel(printed: str) -> None:
    levels = np.unique(numbers(r"(?s)4 x 4, stride 2, a corner of the middle:\n(\[\[.*?\]\])", printed))
    assert len(levels) == 4 and np.diff(levels).min() > 1
    five, four = (numbers(rf"kernel {size}: ([\d.]+) repeats", printed)[0] for size in (5, 4))
    assert four > 0.8 * five > 0.15


def test_one_more_convolution_turns_the_pattern_inside_out(printed: str) -> None:
    even, mixed, mixed_too, odd = numbers(r"behind one more convolution: (.*)", printed)
    assert even < min(mixed, mixed_too) <= max(mixed, mixed_too) < odd < 1.5 * even  # 9 : 4 is 2.25


def test_what_training_does_to_the_grid(printed: str) -> None:
    looks = [numbers(rf"generator, step +{step}:(.*)", printed) for step in (0, 20, 100, 300)]
    whole, middle = np.transpose(looks)
    real_whole, real_middle = numbers(r"real garments:(.*)", printed)
    assert whole[0] > 15 and whole[-1] < 0.2 * whole[0] and real_whole < 0.2
    assert middle[-1] > 2 * real_middle and whole[-1] < middle[-1]


def test_batch_norm_moves_only_in_training_and_draws_grey_before(printed: str) -> None:
    assert re.findall(r"running values moved, (.+?): +(\w+)", printed) == [
        ("nothing said", "False"),
        ("training=True", "True"),
        ("frozen", "False"),
    ]
    fresh, in_training, moved = map(
        float, re.findall(r"standard deviation of the pixels, .*: ([\d.]+)", printed)
    )
    assert fresh < 0.01 * in_training
    assert moved == pytest.approx(in_training, rel=0.05)
