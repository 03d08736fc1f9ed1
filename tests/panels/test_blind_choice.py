"""The blind choice: real buttons clicked as the browser does, and nothing that gives a method away."""

from __future__ import annotations

import numpy as np
import pytest

from course_lib import CourseError
from course_lib.panels.blind_choice import BlindChoice
from course_lib.scores.intervals import exact_interval
from tests.panels.shown_picture import picture_of

COUNT = 12
LIGHT = np.full((COUNT, 20, 30, 3), 0.5, "float32")
DARK = np.full((COUNT, 20, 30, 3), -0.5, "float32")
MIDDLE = np.zeros((COUNT, 20, 30, 3), "float32")
METHODS = {"light": LIGHT, "dark": DARK}
QUESTION = "Which is lighter?"


def lighter_side(panel: BlindChoice) -> str:
    _, pixels = picture_of(panel.picture.value)
    half = pixels.shape[1] // 2
    return "left" if pixels[:, : half // 2].mean() > pixels[:, -half // 2 :].mean() else "right"


@pytest.mark.parametrize("references", [None, MIDDLE])
def test_who_sees_the_difference_always_chooses_the_same(references: np.ndarray | None) -> None:
    panel = BlindChoice(METHODS, QUESTION, references, seed=3)
    sides = []
    for number in range(1, COUNT + 1):
        alt, _ = picture_of(panel.picture.value)
        assert alt.startswith(f"Pair {number} of 12") and QUESTION in panel.message.value
        sides.append(lighter_side(panel))
        panel.buttons[sides[-1]].click()
    assert panel.finished and panel.chosen == ["light"] * COUNT and set(sides) == {"left", "right"}
    assert all(panel.buttons[side].disabled for side in ("left", "right"))
    low, high = exact_interval(COUNT, COUNT)
    assert "light 12 times of 12" in panel.message.value
    assert f"between {low:.2f} and {high:.2f}. No difference (0.50) does not." in panel.message.value


def test_who_always_takes_one_side_chooses_each_method_about_as_often() -> None:
    counts = []
    for seed in range(60):
        panel = BlindChoice(METHODS, QUESTION, seed=seed)
        for _ in range(COUNT):
            panel.buttons["left"].click()
        counts.append(panel.chosen.count("light"))
    assert abs(np.mean(counts) - COUNT / 2) < 4 * np.sqrt(COUNT / 4 / 60)
    assert len(set(counts)) > 4  # a coin for every pair, not six of each


def test_nothing_is_given_away_before_the_end_and_the_next_test_is_another() -> None:
    panel = BlindChoice(METHODS, QUESTION, seed=0)
    first = panel.pairs.on_the_left.copy()
    panel.buttons["left"].click()
    for told in (panel.message.value, panel.picture.value, panel.alt()):
        assert "dark" not in told and "light " not in told
    for _ in range(COUNT + 5):  # some clicks too many
        panel.buttons["left"].click()
    assert len(panel.chosen) == COUNT
    panel.buttons["again"].click()
    assert panel.chosen == [] and not panel.buttons["left"].disabled
    assert not np.array_equal(panel.pairs.on_the_left, first)


def test_pages_without_a_kernel_get_all_pairs_and_who_is_who_folded(capsys: pytest.CaptureFixture) -> None:
    panel = BlindChoice(METHODS, QUESTION, MIDDLE)
    page = panel._without_kernel()
    folded = page[page.index("<details>") :]
    assert "dark" not in page[: page.index("<details>")]
    for number in range(COUNT):
        left = "light" if panel.pairs.on_the_left[number] == 0 else "dark"
        assert f"{number + 1} {left} | " in folded
    panel.show()
    assert "A blind choice between two methods, 12 pairs" in capsys.readouterr().out


@pytest.mark.parametrize(
    "methods", [{"light": LIGHT}, METHODS | {"third": DARK}, {"light": LIGHT, "dark": DARK[1:]}]
)
def test_other_than_two_methods_of_one_shape_are_refused(methods: dict[str, np.ndarray]) -> None:
    with pytest.raises(CourseError, match="two methods with images of one shape"):
        BlindChoice(methods, QUESTION)


def test_references_of_another_shape_are_refused() -> None:
    with pytest.raises(CourseError, match="of one shape"):
        BlindChoice(METHODS, QUESTION, MIDDLE[:, :10])


@pytest.mark.parametrize("images", [LIGHT[:0], LIGHT[0], LIGHT[:, :0], 1.0])
def test_images_that_are_no_pairs_are_refused(images: object) -> None:
    with pytest.raises(CourseError, match=r"of one shape, \(N, height, width, channels\)"):
        BlindChoice({"light": images, "dark": images}, QUESTION)


@pytest.mark.parametrize("methods", [[LIGHT, DARK], None])
def test_methods_without_names_are_refused(methods: object) -> None:
    with pytest.raises(CourseError, match="a dict of two names"):
        BlindChoice(methods, QUESTION)


def test_names_and_question_are_words_and_no_html() -> None:
    panel = BlindChoice({"<b>light": LIGHT, 2: DARK}, "a < b?")
    assert "a &lt; b?" in panel.message.value and "<b>" not in panel._without_kernel().split("<details>")[1]
    for _ in range(COUNT):
        panel.buttons["left"].click()
    assert "&lt;b&gt;light" in panel.message.value
